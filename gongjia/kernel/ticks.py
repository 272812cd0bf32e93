"""Periodic work: what runs every so often, claimed by conditional update so that two runners do it once."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

log = logging.getLogger("gongjia.ticks")


class Work(Protocol):
    def __call__(self, *, at: datetime) -> Any: ...


W = TypeVar("W", bound=Work)


@dataclass(frozen=True)
class Periodic:
    name: str
    interval: timedelta
    work: Work
    aside: bool


_registered: dict[str, Periodic] = {}


def every(interval: timedelta, *, name: str, aside: bool = False) -> Callable[[W], W]:
    """Register a function of `at` to run each `interval`. What may take minutes goes `aside`: the tick runs it in a
    line of its own, so that nothing that must be prompt waits behind it."""

    def decorate(work: W) -> W:
        _registered[name] = Periodic(name, interval, work, aside)
        return work

    return decorate


def registered() -> list[Periodic]:
    return sorted(_registered.values(), key=lambda each: each.name)


def run(*, at: datetime, aside: bool | None = None) -> list[str]:
    """Run what is due, of both lines or of one. One that fails is written down and tried again at its next turn; it
    never stops the others."""
    from gongjia.kernel.models import Tick

    ran: list[str] = []
    for each in registered():
        if aside is not None and each.aside is not aside:
            continue
        Tick.objects.get_or_create(name=each.name, defaults={"due_at": at})
        claimed = Tick.objects.filter(name=each.name, due_at__lte=at).update(due_at=at + each.interval)
        if not claimed:
            continue
        error = ""
        try:
            each.work(at=at)
        except Exception as failure:  # of a database that is gone, writing it down raises again
            log.exception("%s failed", each.name)
            error = type(failure).__name__
        Tick.objects.filter(name=each.name).update(last_at=at, error=error)
        ran.append(each.name)
    return ran
