"""Sittings: what an account has open where, kept in Django's sessions and listed in allauth's UserSession.

What the session itself remembers of a sitting stands in its `sitting`: since when, last use, whether password and
second factor were given, when it was last proved fresh, and the browser's row. Ending takes effect at once: the
session's row is gone, and the next request carries a key that opens nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.dateparse import parse_datetime

from gongjia.backbone.accounts.limits import DEVICE_FORGOTTEN_AFTER, MOST_OFFICER_SESSIONS, MOST_SESSIONS
from gongjia.backbone.accounts.models import Account, KnownDevice
from gongjia.kernel.requests import Request
from gongjia.kernel.ticks import every

_KEY = "sitting"
_SEEN, _SINCE, _FRESH, _STRONG, _DEVICE = "seen", "since", "fresh", "strong", "device"
_ENDED = "sitting_ended"


@dataclass(frozen=True)
class Sitting:
    """One line of a person's own list."""

    pk: int
    name: str
    first_at: datetime
    last_at: datetime
    is_current: bool


def begin(request: Request, account: Account, *, is_strong: bool, device: KnownDevice, is_officer: bool) -> None:
    """Write down a sitting that has just begun, and end the oldest beyond the most that are allowed."""
    at = request.at
    request.session[_KEY] = {
        _SINCE: at.isoformat(),
        _SEEN: at.isoformat(),
        _FRESH: at.isoformat(),
        _STRONG: is_strong,
        _DEVICE: device.pk,
    }
    Account.objects.filter(pk=account.pk).update(seen_at=at, vouched_until=None)
    mine = UserSession.objects.filter(user_id=account.pk)
    mine.filter(session_key=request.session.session_key).update(
        created_at=at, last_seen_at=at, data={_DEVICE: device.pk}
    )
    most = MOST_OFFICER_SESSIONS if is_officer else MOST_SESSIONS
    newest = [request.session.session_key, *_others(request, account)][:most]
    _end(mine.exclude(session_key__in=newest))


def _others(request: Request, account: Account) -> list[str]:
    return list(
        UserSession.objects.filter(user_id=account.pk)
        .exclude(session_key=request.session.session_key)
        .order_by("-last_seen_at")
        .values_list("session_key", flat=True)[:MOST_SESSIONS]
    )


def _facts(request: Request) -> dict[str, Any]:
    facts: dict[str, Any] = request.session.get(_KEY, {})
    return facts


def _moment(request: Request, name: str) -> datetime | None:
    return parse_datetime(_facts(request).get(name) or "")


def since(request: Request) -> datetime | None:
    return _moment(request, _SINCE)


def seen(request: Request) -> datetime | None:
    return _moment(request, _SEEN)


def is_strong(request: Request) -> bool:
    """Whether password and second factor were given."""
    return bool(_facts(request).get(_STRONG))


def is_fresh(request: Request, *, minutes: int) -> bool:
    """Whether the person proved to be there within the last minutes."""
    proved = _moment(request, _FRESH)
    return proved is not None and request.at - proved <= timedelta(minutes=minutes)


def freshen(request: Request) -> None:
    request.session[_KEY] = _facts(request) | {_FRESH: request.at.isoformat()}


def touch(request: Request, account: Account, *, gap: timedelta, account_gap: timedelta) -> None:
    """Write the time of use down, at most once in `gap`; on the account at most once in `account_gap`."""
    at, before = request.at, seen(request)
    if before is not None and at - before < gap:
        return
    request.session[_KEY] = _facts(request) | {_SEEN: at.isoformat()}
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=at)
    KnownDevice.objects.filter(pk=_facts(request).get(_DEVICE, 0)).update(last_at=at)
    if account.seen_at is None or at - account.seen_at >= account_gap:
        Account.objects.filter(pk=account.pk).update(seen_at=at)


def break_off(request: Request, *, why: str) -> None:
    """End the sitting of this request; the next page of sign-in says why."""
    leave(request)
    request.session[_ENDED] = why


def why_ended(request: Request) -> str:
    """Why the last sitting was broken off, told once; "" when it was not."""
    return str(request.session.pop(_ENDED)) if _ENDED in request.session else ""


def leave(request: Request) -> None:
    """End the sitting of this request."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    logout(request)


def after_new_password(request: Request, account: Account) -> None:
    """Keep this sitting under the new password and end all others."""
    before = request.session.session_key
    update_session_auth_hash(request, account)
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)
    end_others(account.pk, but=request.session.session_key)


def of_account(request: Request, account_id: int) -> list[Sitting]:
    """What the account has open, this one first, then the last used; at most what the limits let stand."""
    rows = list(UserSession.objects.filter(user_id=account_id).order_by("-last_seen_at")[: 2 * MOST_SESSIONS])
    keys = [row.session_key for row in rows]
    alive = set(
        Session.objects.filter(session_key__in=keys, expire_date__gt=request.at).values_list("session_key", flat=True)
    )
    names = dict(KnownDevice.objects.filter(account_id=account_id).values_list("pk", "name"))
    current = request.session.session_key
    open_now = [
        Sitting(
            row.pk,
            names.get(row.data.get(_DEVICE), "设备"),
            row.created_at,
            row.last_seen_at,
            row.session_key == current,
        )
        for row in rows
        if row.session_key in alive
    ]
    return sorted(open_now, key=lambda each: not each.is_current)


def end_one(account_id: int, pk: int) -> bool:
    """End one sitting of the account, and forget its browser. False when it was not there."""
    return bool(_end(UserSession.objects.filter(user_id=account_id, pk=pk), forget=True))


def end_others(account_id: int, *, but: str | None) -> int:
    """End all sittings of the account, except the one with the session key `but`; returns how many."""
    return _end(UserSession.objects.filter(user_id=account_id).exclude(session_key=but or ""), forget=True)


def _end(sessions: QuerySet[UserSession], *, forget: bool = False) -> int:
    rows = list(sessions)
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
    if forget and rows:
        ended = {row.data.get(_DEVICE) for row in rows}
        kept = {data.get(_DEVICE) for data in _data_of(rows[0].user_id)}
        KnownDevice.objects.filter(pk__in=[pk for pk in ended - kept if pk]).delete()
    return len(rows)


def _data_of(account_id: int) -> list[dict[str, Any]]:
    return list(UserSession.objects.filter(user_id=account_id).values_list("data", flat=True))


@every(timedelta(hours=1), name="accounts.clear")
def clear(*, at: datetime) -> int:
    """Throw away sessions that ran out, what was noted of them, and browsers long forgotten; how many sessions."""
    count, _ = Session.objects.filter(expire_date__lt=at).delete()
    # Not `NOT IN`: PostgreSQL would read the whole list again for every row once it no longer fits into memory.
    UserSession.objects.filter(~Exists(Session.objects.filter(session_key=OuterRef("session_key")))).delete()
    KnownDevice.objects.filter(last_at__lte=at - DEVICE_FORGOTTEN_AFTER).delete()
    return count
