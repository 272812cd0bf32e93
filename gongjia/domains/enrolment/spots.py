"""The code that an officer shows on the spot (现场码): an address that is signed with its moment.

No row is written while the officer's page goes on showing codes: each carries the moment and a tag made of both with a
key of the keyring. Who opens one in time keeps that in the own encrypted session, so that what is forwarded afterwards,
the address or a photograph, leads to the queue like a poster (decision 19).
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gongjia.domains.enrolment import params
from gongjia.domains.enrolment.models import Poster
from gongjia.kernel import keyring
from gongjia.kernel.moments import today_of
from gongjia.kernel.requests import Request

_SESSION_KEY = "spot"
_TAG = 10  # bytes of the MAC: nobody tries 2^80 addresses
_AHEAD = timedelta(seconds=5)  # the clocks of two machines


@dataclass(frozen=True)
class Opened:
    """A code that this browser has opened in time: until when it admits, and the moment it was shown."""

    shown_at: datetime
    until: datetime


def tag_of(poster: Poster, *, at: datetime) -> str:
    """What makes an address a code of this moment."""
    seconds = int(at.timestamp())
    return f"{seconds:x}-{_mac(poster.reference, seconds)}"


def is_shown(poster: Poster, *, at: datetime) -> bool:
    """Whether the officer's page still shows codes."""
    return poster.shown_until is not None and poster.revoked_at is None and at < poster.shown_until


def shown_at(poster: Poster, tag: str, *, at: datetime) -> datetime | None:
    """The moment of a code that is true and still young enough to admit; None for any other."""
    head, _, mac = tag.partition("-")
    try:
        seconds = int(head, 16)
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    if not hmac.compare_digest(mac.encode(), _mac(poster.reference, seconds).encode()):
        return None
    if poster.shown_until is None or moment >= poster.shown_until:
        return None
    return moment if -_AHEAD <= at - moment <= params.spot_lasts(on=today_of(at)) else None


def keep(request: Request, poster: Poster, moment: datetime) -> None:
    """Remember in the session that the code was opened in time, and when. The first opening counts."""
    kept = request.session.get(_SESSION_KEY, {})
    code = {"poster": poster.reference, "shown": moment.timestamp()}
    if any(kept.get(name) != value for name, value in code.items()):
        request.session[_SESSION_KEY] = code | {"opened": request.at.timestamp()}


def read(request: Request, poster: Poster) -> Opened | None:
    """What this browser has opened of this code, while there is time to finish."""
    kept: dict[str, Any] = request.session.get(_SESSION_KEY, {})
    if kept.get("poster") != poster.reference or poster.revoked_at is not None:
        return None
    opened = datetime.fromtimestamp(kept["opened"], UTC)
    until = opened + params.spot_finish(on=today_of(request.at))
    return Opened(datetime.fromtimestamp(kept["shown"], UTC), until) if request.at <= until else None


def drop(request: Request) -> None:
    request.session.pop(_SESSION_KEY, None)


def _mac(reference: str, seconds: int) -> str:
    message = f"enrolment.spot\0{reference}\0{seconds}".encode()
    return base64.b32encode(keyring.current().audit_mac(message)[:_TAG]).decode().lower()
