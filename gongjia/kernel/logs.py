"""Each line of the log carries the request's number, which an error page shows; neither carries personal data."""

import logging
import secrets
from contextvars import ContextVar

_number: ContextVar[str] = ContextVar("request_number", default="-")


def new_number() -> str:
    number = secrets.token_hex(4)
    _number.set(number)
    return number


def number() -> str:
    return _number.get()


class RequestNumber(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_number = _number.get()
        return True
