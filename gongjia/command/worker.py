"""`gongjia worker`: runs background tasks until it is told to stop; a task that has begun is finished first."""

import argparse

from django.core.management import call_command

from gongjia.command import wake

SUMMARY = "启动后台任务"


def run(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="gongjia worker", description=SUMMARY)
    parser.add_argument("--once", action="store_true", help="做完现有的任务就退出")
    given = parser.parse_args(argv)
    wake()
    call_command("db_worker", queue_name="*", batch=given.once, reload=False, startup_delay=False, verbosity=1)
    return 0
