"""Why a sensitive file is opened: asked once, kept for the session and half an hour, written into the record."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime

from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden
from gongjia.kernel.requests import Request

PURPOSES: dict[str, str] = {
    "membership": "办理会籍业务",
    "request": "本人提出的请求",
    "verify": "核对登记信息",
    "assistance": "走访或帮助本人",
    "audit": "审计检查",
}
_AUDIT = "audit"
LASTS = timedelta(minutes=30)
_SESSION_KEY = "purposes"


def offered(actor: Actor) -> dict[str, str]:
    """The purposes that somebody may give: only who audits opens a file to audit."""
    audits = actor.may("audit.read")
    return {code: zh for code, zh in PURPOSES.items() if audits or code != _AUDIT}


def _key(found: Any) -> str:
    return f"{found._meta.label_lower}:{found.pk}"


def state(request: Request, found: Any, purpose: str) -> None:
    """Keep the purpose that somebody gave for opening `found`. Raises KeyError for a purpose that is not listed."""
    PURPOSES[purpose]
    kept: dict[str, list[str]] = request.session.get(_SESSION_KEY, {})
    kept[_key(found)] = [purpose, (request.at + LASTS).isoformat()]
    request.session[_SESSION_KEY] = dict(list(kept.items())[-30:])


def purpose_for(request: Request, found: Any) -> str:
    """The purpose in force, or Forbidden with `purpose=True`, whose page asks for one."""
    if request.method == "POST" and request.POST.get("purpose") in offered(request.actor):
        state(request, found, str(request.POST["purpose"]))
    purpose, until = request.session.get(_SESSION_KEY, {}).get(_key(found), ("", ""))
    ends: datetime | None = parse_datetime(until) if until else None
    if ends is None or ends < request.at:
        raise Forbidden("说明查阅的用途", purpose=True, about=found)
    return str(purpose)
