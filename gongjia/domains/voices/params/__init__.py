"""The dated figures of voices; each YAML row carries its source."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from gongjia.kernel.parameters import Parameters


@lru_cache(maxsize=1)
def _table() -> Parameters:
    return Parameters.load(Path(__file__).parent)


def _whole(name: str, on: date) -> int:
    return _table().value(f"voices.{name}", on=on).whole


def urgent_hours(on: date) -> int:
    """Hours in which the worker of an urgent voice is contacted."""
    return _whole("urgent_hours", on)


def receipt_days(on: date) -> int:
    """Working days in which a voice is received by somebody."""
    return _whole("receipt_days", on)


def decide_days(on: date) -> int:
    """Days, from the day it came, in which it is decided whether a voice is accepted."""
    return _whole("decide_days", on)


def consult_days(on: date) -> int:
    """Working days in which a question that was accepted is answered."""
    return _whole("consult_days", on)


def answer_days(on: date) -> int:
    """Working days in which a complaint that was accepted is answered."""
    return _whole("answer_days", on)


def most_extension_days(on: date) -> int:
    """By how many working days, all in all, the answer to a complaint may be put off, by a second person's leave."""
    return _whole("most_extension_days", on)


def supply_days(on: date) -> int:
    """Days in which the worker supplies what was asked for."""
    return _whole("supply_days", on)


def visit_days(on: date) -> int:
    """Working days in which somebody else asks the worker how it went."""
    return _whole("visit_days", on)


def group_workers(on: date) -> int:
    """So many workers of one employer are a group matter, this number included."""
    return _whole("group_workers", on)


def group_days(on: date) -> int:
    """Days that a group is looked for in, the last one included."""
    return _whole("group_days", on)


def alike_days(on: date) -> int:
    """Days in which voices alike are offered for joining."""
    return _whole("alike_days", on)


def small_matter_joiners(on: date) -> int:
    """So many voices about one thing make it a small matter that counts."""
    return _whole("small_matter_joiners", on)


def backdate_days(on: date) -> int:
    """How many days before the day of writing a letter may have come."""
    return _whole("backdate_days", on)


def claim_days(on: date) -> int:
    """Days from knowing in which arbitration is asked for."""
    return _whole("claim_days", on)


def picture_mb(on: date) -> int:
    return _whole("picture_mb", on)


def sound_mb(on: date) -> int:
    return _whole("sound_mb", on)


def most_files(on: date) -> int:
    return _whole("most_files", on)


def review_months(on: date) -> int:
    """After so many months an answer of the book is to be looked at again."""
    return _whole("review_months", on)
