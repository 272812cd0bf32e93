"""The six-digit code to a phone: who types it holds the phone. Nothing is asked about an account before that.

Built on allauth's process (attempts, time, comparison), kept in the encrypted session. What is sent, and what the
database does meanwhile, is the same for a phone that is known and for one that is not.
"""

import base64
import json
import logging
import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.core.internal.cryptokit import compare_user_code
from allauth.core.internal.ratelimit import Rate
from django.conf import settings
from django.db import transaction

from gongjia.engines.messages import sms
from gongjia.kernel import events, keyring
from gongjia.kernel.requests import Request
from gongjia.portals.signin import limits

log = logging.getLogger("gongjia.signin")

SIGN_IN, CONFIRM, NEW_PHONE = "sign_in", "confirm", "new_phone"
LASTS = timedelta(minutes=5)
MOST_ATTEMPTS = 5
_TRIES = (Rate(MOST_ATTEMPTS, 2 * LASTS.total_seconds(), "key"),)
EVENT = "signin.code_wanted"
_KEY = "phone_code"
_CONTEXT = b"signin.code"
_TOO_OFTEN = "这个手机号刚刚发过验证码，或者今天发得太多了。"
_TOO_MANY = "现在要验证码的人太多了。"


class PhoneCode(AbstractCodeVerificationProcess):  # type: ignore[misc]  # the library has no types
    """A code that was sent for one purpose; it opens nothing else."""

    def __init__(self, request: Request, state: dict[str, Any]) -> None:
        super().__init__(max_attempts=MOST_ATTEMPTS, timeout=int(LASTS.total_seconds()), state=state)
        self.request = request

    @classmethod
    def start(cls, request: Request, phone: str, *, purpose: str) -> Self:
        """Send a code to a phone. Raises TooFast."""
        process = cls(request, cls.initial_state(user=None, phone=phone) | {"purpose": purpose})
        process.send()
        return process

    @classmethod
    def resume(cls, request: Request, *, purpose: str) -> Self | None:
        """The code that is waited for, or None: none was sent, it is too old, or it was sent for something else."""
        state = request.session.get(_KEY)
        if not state or state.get("purpose") != purpose:
            return None
        process: Self | None = cls(request, state).abort_if_invalid()
        return process

    @property
    def phone(self) -> str:
        return str(self.state["phone"])

    @property
    def wait_seconds(self) -> int:
        """How long until another code may be sent."""
        gap = limits.CODE_TO_PHONE[0].duration
        return max(0, int(self.state["at"] + gap - self.request.at.timestamp()))

    def is_valid(self) -> bool:
        return bool(self.request.at.timestamp() - self.state["at"] <= self.timeout)

    def send(self) -> None:
        """Send a new code in the place of the one before. Raises TooFast."""
        limits.take_or_stop(self.request, limits.address_of(self.request), limits.CODES_FROM_ADDRESS, _TOO_MANY)
        limits.take_or_stop(self.request, f"phone:{self.phone}", limits.CODE_TO_PHONE, _TOO_OFTEN)
        code = get_adapter().generate_phone_verification_code(user=None, phone=self.phone)
        self.state |= {"code": code, "at": self.request.at.timestamp()}
        self.persist()
        if not is_demo():
            _order(self.phone, code, at=self.request.at)

    def persist(self) -> None:
        self.request.session[_KEY] = self.state

    def abort(self) -> None:
        self.request.session.pop(_KEY, None)

    def accepts(self, typed: str) -> bool:
        """Whether this is the code; a right one is used up, as is any after the fifth wrong try.

        A try is counted in the database before it is looked at: requests at once have each read the session before
        any of them has written its own try into it.
        """
        if limits.take(f"code:{self.phone}:{self.code}:{self.state['at']}", _TRIES, at=self.request.at):
            self.state["failed_attempts"] = self.max_attempts
            self.abort()
            return False
        if compare_user_code(actual=typed, expected=self.code):
            self.abort()
            return True
        self.record_invalid_attempt()
        return False

    @property
    def tries_left(self) -> int:
        return int(self.max_attempts - self.state["failed_attempts"])


def can_send() -> bool:
    """Whether a code can reach anybody: by SMS, or on the demo's page."""
    return is_demo() or bool(settings.SMS_URL)


def is_demo() -> bool:
    """Whether secrets of invented persons may stand on the page."""
    return bool(settings.DEMO)


def shown(process: PhoneCode) -> str:
    """The code itself, for the demo's page; "" everywhere else."""
    return process.code if is_demo() else ""


def _order(phone: str, code: str, *, at: datetime) -> None:
    """Write the event that sends it; the number and the code stand in it sealed."""
    text = json.dumps({"phone": phone, "code": code, "until": (at + LASTS).timestamp()})
    sealed = base64.b64encode(keyring.current().seal(text, context=_CONTEXT)).decode()
    number = uuid.uuid4().hex
    with transaction.atomic():
        events.emit(EVENT, key=number, at=at, sealed=sealed, number=number)


def deliver(*, sealed: str, number: str, at: datetime) -> None:
    """Handler: send the code, unless it has run out meanwhile. A provider that fails raises, and is tried again."""
    order = json.loads(keyring.current().open_text(base64.b64decode(sealed), context=_CONTEXT))
    if at.timestamp() > order["until"]:
        log.warning("code %s ran out before it could be sent", number)
        return
    minutes = int(LASTS.total_seconds() // 60)
    text = f"验证码 {order['code']}，{minutes} 分钟内有效。工会的人不会向您要验证码，请勿告诉他人。"
    values = {"code": order["code"], "minutes": str(minutes)}
    try:
        sms.send(order["phone"], text, key=number, template="code", values=values)
    except sms.Undeliverable as refusal:
        log.warning("code %s was refused by the provider: %s", number, refusal)
