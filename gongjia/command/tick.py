"""`gongjia tick`: periodic work, every fifteen seconds, until it is told to stop. What may take minutes runs beside."""

import argparse
import logging
import signal
from threading import Event, Thread

from django.db import DatabaseError, close_old_connections, connection

from gongjia.command import wake
from gongjia.kernel import clock, ticks

SUMMARY = "启动定时任务"
SECONDS = 15
GRACE = 10  # what runs beside is left to its next turn after that: it is claimed anew, or undone with its connection
log = logging.getLogger("gongjia.ticks")


def run(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="gongjia tick", description=SUMMARY)
    parser.add_argument("--once", action="store_true", help="做一遍到期的工作就退出")
    given = parser.parse_args(argv)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    wake()
    if given.once:
        return 0 if _turn() else 1
    beside = Thread(target=_turns, args=(stop,), kwargs={"aside": True}, daemon=True)
    beside.start()
    _turns(stop, aside=False)
    beside.join(GRACE)
    return 0


def _turns(stop: Event, *, aside: bool) -> None:
    _turn(aside=aside)
    while not stop.wait(SECONDS):
        _turn(aside=aside)
    connection.close()


def _turn(*, aside: bool | None = None) -> bool:
    """One turn; False when the database was away. It is waited for: the work is due until it is done."""
    close_old_connections()
    try:
        ticks.run(at=clock.now(), aside=aside)
        return True
    except DatabaseError as error:
        log.error("数据库不可用，%s 秒后再试：%s", SECONDS, error)  # noqa: TRY400 - its trace says no more
        return False
