"""Measurements beside their floor or their peer, taken in the same run. They fail no build: they print what is.

`python -m bench` runs every module of this folder that has `run()`; `python -m bench figures` runs one.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


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
