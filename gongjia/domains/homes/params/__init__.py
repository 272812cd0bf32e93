"""The dated words and figures of this domain; each YAML row carries its source, and a place may set its own."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from gongjia.domains.homes.words import THREE
from gongjia.kernel.parameters import Parameters


@lru_cache(maxsize=1)
def _table() -> Parameters:
    return Parameters.load(Path(__file__).parent)


def display_words(*, on: date, region: str = "") -> dict[str, str]:
    """What the three displays are called in a place, by code, in order."""
    words = _table().value("homes.display_words", on=on, region=region).choices
    return {str(kind): str(zh) for kind, zh in zip(THREE, words, strict=True)}


def services(*, on: date, region: str = "") -> list[str]:
    """What a site may offer, in the order shown."""
    return [str(each) for each in _table().value("homes.services", on=on, region=region).choices]


def default_duty(role: str, *, on: date, region: str = "") -> tuple[str, str]:
    """The text of duty and of promise that is offered for a post."""
    duty = _table().value(f"homes.duty_of_{role}", on=on, region=region)
    promise = _table().value(f"homes.promise_of_{role}", on=on, region=region)
    return str(duty.value), str(promise.value)


def remind_days(*, on: date, region: str = "") -> int:
    """After how many days a union may be reminded again."""
    return _table().value("homes.remind_days", on=on, region=region).whole
