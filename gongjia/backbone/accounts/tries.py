"""What may be tried only so often: a row for each phone, address, account or code, cleared away once it says nothing.

A table of its own and no cache: a cache may throw away whatever it likes, and would let a guesser go on by filling it.
Names are hashed: neither phone nor address stands in the table. Called outside a transaction, so that a try counts
whatever becomes of it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from gongjia.backbone.accounts.models import Tries
from gongjia.kernel.ticks import every

#: How many uses are allowed within how many seconds.
Allowance = tuple[int, float]


def take(what: str, allowances: Iterable[Allowance], *, at: datetime) -> float:
    """Count one use of `what`; 0, or after how many seconds it is allowed. A use that is refused is not counted."""
    allowed = tuple(allowances)
    with _held(what, at=at, seconds=max(seconds for _, seconds in allowed)) as row:
        return _counted(row, allowed, at=at)


def take_unless_locked(what: str, allowance: Allowance, *, at: datetime) -> datetime | None:
    """Count one use; None, or until when nothing is looked at: by a lock, or because the uses are spent."""
    with _held(what, at=at, seconds=allowance[1]) as row:
        if row.locked_until is not None and row.locked_until > at:
            return row.locked_until.astimezone(at.tzinfo)
        wait = _counted(row, (allowance,), at=at)
    return at + timedelta(seconds=wait) if wait else None


def lock_if_spent(what: str, allowance: Allowance, *, at: datetime, lasts: timedelta) -> datetime | None:
    """Lock once all uses of the allowance are spent; until when, else None. Then it is counted from nothing."""
    most, seconds = allowance
    with _held(what, at=at, seconds=seconds) as row:
        if len(_within(row.used, seconds, at=at)) < most:
            return None
        row.used, row.locked_until = [], at + lasts
        row.save(update_fields=["used", "locked_until"])
        return row.locked_until


def locked(whats: Iterable[str], *, at: datetime) -> dict[str, datetime]:
    """Which of these are locked now, and until when; one query."""
    keys = {_key(what): what for what in whats}
    found = Tries.objects.filter(key__in=keys, locked_until__gt=at).values_list("key", "locked_until")
    return {keys[key]: until.astimezone(at.tzinfo) for key, until in found if until is not None}


def forget(what: str) -> None:
    """Uses and lock alike."""
    Tries.objects.filter(key=_key(what)).delete()


@contextmanager
def _held(what: str, *, at: datetime, seconds: float) -> Iterator[Tries]:
    """The row, made where there is none, and nobody else's until the block ends."""
    key, expires_at = _key(what), at + timedelta(seconds=seconds)
    with transaction.atomic():
        # An upsert also locks a row that is there: it cannot be cleared away between here and the next statement.
        Tries.objects.bulk_create(
            [Tries(key=key, expires_at=expires_at)],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["expires_at"],
        )
        yield Tries.objects.get(key=key)


def _counted(row: Tries, allowances: tuple[Allowance, ...], *, at: datetime) -> float:
    wait = max(_wait(row.used, allowance, at=at) for allowance in allowances)
    if wait <= 0:
        longest = max(seconds for _, seconds in allowances)
        row.used = [*_within(row.used, longest, at=at), at.timestamp()]
        row.save(update_fields=["used"])
    return max(0.0, wait)


def _wait(used: list[float], allowance: Allowance, *, at: datetime) -> float:
    most, seconds = allowance
    inside = _within(used, seconds, at=at)
    return inside[-most] + seconds - at.timestamp() if len(inside) >= most else 0.0


def _within(used: list[float], seconds: float, *, at: datetime) -> list[float]:
    return [each for each in used if each > at.timestamp() - seconds]


def _key(what: str) -> str:
    return hashlib.sha256(what.encode()).hexdigest()


@every(timedelta(hours=1), name="accounts.tries")
def clear(*, at: datetime) -> int:
    """Throw away what counts nothing and locks nobody any more; returns how many rows."""
    count, _ = Tries.objects.filter(Q(locked_until=None) | Q(locked_until__lte=at), expires_at__lt=at).delete()
    return count
