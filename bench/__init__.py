"""Measurements beside their floor or their peer, taken in the same run. They fail no build: they print what is.

`python -m bench` runs every module of this folder that has `run()`; `python -m bench figures` runs one.
"""

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

Made = TypeVar("Made")


class Measured(NamedTuple):
    """One way to do something, for the table at the end: how well, how long by the clock and by the processors, and
    with how much memory at most (MB; 0 where it was not taken)."""

    what: str
    way: str
    quality: str
    wall: float
    processors: float
    memory: float = 0


table: list[Measured] = []
"""What the benches of this run have measured; where a way is named “ours”, the others of its kind stand beside it."""


def tabulate() -> None:
    """One line for each way, with its times as multiples of ours in the same run."""
    if not table:
        return
    ours = {one.what: one for one in table if one.way == "ours"}
    print(f"\n{'what':<22}{'way':<24}{'F1':>7}{'seconds':>10}{'processors':>12}{'MB':>8}   × ours (clock, processors)")
    for one in table:
        mine = ours.get(one.what)
        beside = f"{one.wall / mine.wall:6.2f} {one.processors / mine.processors:6.2f}" if mine else ""
        memory = f"{one.memory:,.0f}" if one.memory else ""
        numbers = f"{one.quality:>7}{one.wall:>10.2f}{one.processors:>12.2f}{memory:>8}"
        print(f"{one.what:<22}{one.way:<24}{numbers}   {beside}")


def timed(work: Callable[[], Made]) -> tuple[Made, float, float]:
    """What it makes, with seconds of the clock and of the processors. The collector of garbage rests, as it does in
    `gongjia compare`."""
    gc.collect()
    gc.disable()
    try:
        clock, begun = time.perf_counter(), time.process_time()
        made = work()
        return made, time.perf_counter() - clock, time.process_time() - begun
    finally:
        gc.enable()


def median(work: Callable[[], Any], *, times: int = 5) -> float:
    """Seconds of the middle run, after one that warms up."""
    work()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def once(work: Callable[[], Any]) -> float:
    """Seconds of a single run, for what cannot be repeated."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def line(what: str, seconds: float, *, floor: float | None = None, named: str = "") -> None:
    """One figure, and how it stands to its floor or peer: 0.01 of a COUNT is a hundred times faster."""
    shown = f"{seconds * 1000:10.2f} ms" if seconds < 10 else f"{seconds:10.1f} s "
    beside = f"   {seconds / floor:8.3f} × {named}" if floor else ""
    print(f"  {what:<58}{shown}{beside}", flush=True)


@contextmanager
def scratch_database() -> Iterator[None]:
    """The configured database server with an empty database of the bench's own, dropped afterwards."""
    from django.conf import settings
    from django.db import connection

    in_file = connection.vendor == "sqlite"
    connection.settings_dict["TEST"]["NAME"] = str(settings.VAR / "bench.sqlite3") if in_file else "gongjia_bench"
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)
