"""`gongjia worker`: runs background tasks until it is told to stop; a task that has begun is finished first."""

import argparse
import logging
import time

from django.core.management import call_command

from gongjia.command import wake

SUMMARY = "启动后台任务"
SECONDS = 5
log = logging.getLogger("gongjia.command")


def run(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="gongjia worker", description=SUMMARY)
    parser.add_argument("--once", action="store_true", help="做完现有的任务就退出")
    given = parser.parse_args(argv)
    wake()
    from django.db import OperationalError, close_old_connections  # after the settings

    while True:
        try:
            call_command("db_worker", queue_name="*", batch=given.once, reload=False, startup_delay=False, verbosity=1)
        except OperationalError as error:  # gone for a moment, or held by a long write: tasks wait in their rows
            if given.once:
                raise
            log.error("数据库不可用，%s 秒后再试：%s", SECONDS, error)  # noqa: TRY400 - its trace says no more
            close_old_connections()
            time.sleep(SECONDS)
        else:
            return 0
