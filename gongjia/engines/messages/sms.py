"""Short messages by HTTP: one JSON document, signed, to the address in GONGJIA_SMS_URL.

Neutral between providers: a provider's own interface stands behind a small relay at that address (docs for operators
show one). The request:

    POST <SMS_URL>   Content-Type: application/json
    X-Gongjia-Time: seconds since 1970      X-Gongjia-Signature: hex HMAC-SHA256(SMS_KEY, time + "." + body)
    {"key": "…", "phone": "199…", "text": "…", "template": "code", "values": {"code": "…"}}

`key` is the same when a message is tried again: the relay sends it once. 2xx is taken; 408, 429 and 5xx are to be
tried again; any other answer is final. No number and no text is ever written to a log.
"""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings

from gongjia.kernel import clock

TIMEOUT_SECONDS = 8
_TRY_AGAIN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


class SmsError(Exception):
    """A message did not go out. The text names neither number nor content."""


class Unavailable(SmsError):
    """The provider cannot be reached or is overloaded: try again later."""


class Undeliverable(SmsError):
    """The provider has refused this message for good."""


class _StandStill(urllib.request.HTTPRedirectHandler):
    """A redirected POST would arrive as a GET without the message, and look as if it had been taken."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(_StandStill)


def is_configured() -> bool:
    return bool(settings.SMS_URL)


def send(phone: str, text: str, *, key: str = "", template: str = "", values: Mapping[str, str] | None = None) -> None:
    """Hand one message over. Returns when the provider has taken it; raises Unavailable or Undeliverable.

    `phone` has eleven digits. Providers that know templates take `template` and `values`, others the text.
    """
    message = {
        "key": key or uuid.uuid4().hex,
        "phone": phone,
        "text": text,
        "template": template,
        "values": dict(values or {}),
    }
    body = json.dumps(message, ensure_ascii=False).encode()
    _post(body, moment=str(int(clock.now().timestamp())))


def signature(body: bytes, *, moment: str) -> str:
    """What the relay computes again to know that the message is ours, and how old it is."""
    return hmac.new(settings.SMS_KEY.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def _post(body: bytes, *, moment: str) -> None:
    url = settings.SMS_URL
    if not url.startswith(("https://", "http://")):
        raise Undeliverable("没有配置短信服务")
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Gongjia-Time": moment,
        "X-Gongjia-Signature": signature(body, moment=moment),
    }
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310 - checked above
    try:
        with _opener.open(request, timeout=TIMEOUT_SECONDS):
            return
    except urllib.error.HTTPError as answer:
        answer.close()
        if answer.code in _TRY_AGAIN or answer.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unavailable(f"短信服务暂时不能发送（{answer.code}）") from None
        raise Undeliverable(f"短信服务拒绝了这条短信（{answer.code}）") from None
    except OSError as error:
        raise Unavailable(f"连不上短信服务（{type(error).__name__}）") from None
