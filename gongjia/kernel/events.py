"""Named events: one row for each handler, written in the transaction that caused it, run by a background task.

Handlers are idempotent by the event's key, tried again after a failure, and put back by the tick when a worker died.
One that asks somebody outside runs in no transaction: on SQLite all writers would wait for the answer with it.
Never `on_commit`: what is only in memory is lost in a crash.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string
from django_tasks import task

from gongjia.kernel.models import Event
from gongjia.kernel.reach import everywhere
from gongjia.kernel.ticks import every

log = logging.getLogger("gongjia.events")
Handler = Callable[..., None]
MOST_ATTEMPTS = 8
CLAIM = timedelta(minutes=5)  # a worker that dies leaves the row to be found again, not lost


@dataclass(frozen=True)
class _Way:
    """How a handler is run: outside of a transaction or inside; after how long first again, each wait twice as long;
    before others; and who is told when it is given up."""

    outside: bool = False
    first_wait: timedelta = timedelta(seconds=20)
    urgent: bool = False
    given_up: str = ""


_handlers: dict[str, list[str]] = {}
_ways: dict[str, _Way] = {}
_listeners: dict[str, list[str]] = {}
_names: dict[str, str] = {}


def declare(name: str, zh: str) -> None:
    """An event must be declared before it is emitted or listened to; docs/events.md lists them."""
    _names[name] = zh


def on(name: str, handler: str, **way: Any) -> None:
    """Connect a handler (dotted path of a function of `at` and the payload) to an event. Called in apps.py only.

    `way` as in `_Way`. A handler that is `outside` asks somebody outside the platform, writes what it must by itself
    and is safe to run twice; `given_up` is called like the handler.
    """
    if handler not in _handlers.setdefault(name, []):
        _handlers[name].append(handler)
    _ways[handler] = _Way(**way)


def _way_of(handler: str) -> _Way:
    return _ways.get(handler, _Way())


def listen(name: str, listener: str) -> None:
    """Connect a listener (dotted path) that must keep step in the same transaction. Called in apps.py only."""
    if listener not in _listeners.setdefault(name, []):
        _listeners[name].append(listener)


def tell(name: str, **facts: Any) -> None:
    """Call at once, in the transaction of the change, those who keep step with it: summaries, rows that move along.

    Unlike an event nothing is stored and a failure undoes the change; the facts may be objects.
    """
    if name not in _names:
        raise RuntimeError(f"event {name} is not declared")
    for listener in _listeners.get(name, ()):
        import_string(listener)(**facts)


def listeners_of(name: str) -> list[str]:
    return list(_listeners.get(name, ()))


def declared() -> dict[str, str]:
    return dict(sorted(_names.items()))


def handlers_of(name: str) -> list[str]:
    return list(_handlers.get(name, ()))


def emit(name: str, *, key: str, at: datetime, due_at: datetime | None = None, **payload: Any) -> None:
    """Write the event for each of its handlers. `key` makes it happen once; the payload holds ids, not objects."""
    if name not in _names:
        raise RuntimeError(f"event {name} is not declared")
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an event is written in the transaction that causes it")
    rows = [
        Event(
            name=name,
            handler=handler,
            key=key,
            payload=payload,
            created_at=at,
            due_at=due_at or at,
            is_urgent=_way_of(handler).urgent,
        )
        for handler in _handlers.get(name, ())
    ]
    Event.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        run_waiting.enqueue()


class TakenOver(RuntimeError):
    """This run took longer than its claim, and another worker has begun the row anew: what this one did is undone."""


@task()
def run_waiting() -> int:
    """Run what waits. Any number of workers may do so: each row is claimed by a conditional update."""
    from gongjia.kernel.clock import now

    return run_due(at=now(), now=now)


@every(timedelta(seconds=15), name="events.sweep", aside=True)
def sweep(*, at: datetime) -> int:
    """What a worker did not come to, or did not come back from."""
    from gongjia.kernel.clock import now

    return run_due(at=at, now=now)


def run_due(*, at: datetime, limit: int = 500, now: Callable[[], datetime] | None = None) -> int:
    """Run up to `limit` waiting events that are due, the urgent ones first; returns how many were done.

    `now` is read for each of them, so that a claim lasts as long as it should however long those before it took;
    without it the time stands still at `at`.
    """
    done = 0
    for _ in range(limit):
        at = now() if now else at
        event = _next(at)
        if event is None:
            break
        waiting = Event.objects.filter(pk=event.pk, attempts=event.attempts, state=Event.State.WAITING)
        if event.attempts >= MOST_ATTEMPTS:  # claimed for the last time by a worker that did not come back
            _give_up(event, waiting, at, "WorkerDied")
        elif waiting.update(attempts=event.attempts + 1, due_at=at + CLAIM):
            event.attempts += 1
            done += _run(event, at=at, now=now)
    return done


def _next(at: datetime) -> Event | None:
    """Looked for anew each time: what is urgent does not wait behind the hundreds that were due before it."""
    due = Event.objects.filter(state=Event.State.WAITING, due_at__lte=at)
    return due.order_by("-is_urgent", "due_at", "pk").first()


def _run(event: Event, *, at: datetime, now: Callable[[], datetime] | None = None) -> bool:
    mine = Event.objects.filter(pk=event.pk, attempts=event.attempts)
    try:
        _handle(event, mine, at)
    except Exception as failure:
        log.exception("event %s failed in %s", event.pk, event.handler)
        error, at = type(failure).__name__, now() if now else at
        if event.attempts >= MOST_ATTEMPTS:
            _give_up(event, mine, at, error)
        else:
            wait = _way_of(event.handler).first_wait * 2 ** (event.attempts - 1)
            mine.update(state=Event.State.WAITING, due_at=at + wait, error=error)
        return False
    return True


def _handle(event: Event, mine: QuerySet[Event], at: datetime) -> None:
    handler: Handler = import_string(event.handler)
    with everywhere(reason=f"event {event.name}"):
        if _way_of(event.handler).outside:
            handler(at=at, **event.payload)
            _done(event, mine)
            return
        with transaction.atomic():
            handler(at=at, **event.payload)
            _done(event, mine)


def _done(event: Event, mine: QuerySet[Event]) -> None:
    if not mine.update(state=Event.State.DONE, error=""):
        raise TakenOver(event.pk)


def _give_up(event: Event, mine: QuerySet[Event], at: datetime, error: str) -> None:
    """Set it aside for good, until somebody asks for it again; its room learns of it in the same transaction."""
    with transaction.atomic(), everywhere(reason=f"event {event.name} was given up"):
        if mine.update(state=Event.State.FAILED, error=error) and (told := _way_of(event.handler).given_up):
            import_string(told)(at=at, **event.payload)


def try_again(*, at: datetime, name: str = "") -> int:
    """Let what was given up be tried anew from the beginning, of one event or of all; returns how many."""
    failed = Event.objects.filter(state=Event.State.FAILED, **({"name": name} if name else {}))
    with transaction.atomic():
        count = failed.update(state=Event.State.WAITING, attempts=0, due_at=at, error="")
        if count:
            run_waiting.enqueue()
    return count
