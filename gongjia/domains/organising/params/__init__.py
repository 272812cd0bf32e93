"""The dated figures of this domain; each YAML row carries its source."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from gongjia.kernel.parameters import Parameters


@lru_cache(maxsize=1)
def _table() -> Parameters:
    return Parameters.load(Path(__file__).parent)


def listed_headcount(*, on: date) -> int:
    """From how many people on an employer without a union is listed, on that day."""
    return _table().value("organising.listed_headcount", on=on).whole


def counts_since(*, on: date) -> date:
    """The first day of which a headcount still counts on that day; earlier ones are too old."""
    months = on.year * 12 + on.month - 1 - _table().value("organising.headcount_months", on=on).whole
    return date(months // 12, months % 12 + 1, 1)


def founding_members(*, on: date) -> int:
    """From how many members on a union committee is founded by law, on that day."""
    return _table().value("organising.founding_members", on=on).whole


def stall_days(*, on: date) -> int:
    """After how many days without a step an employer stands on the superior's list, on that day."""
    return _table().value("organising.stall_days", on=on).whole


def recheck_days(*, on: date) -> int:
    """After how many days an employer that was left is looked at again by a comparison, on that day."""
    return _table().value("organising.recheck_days", on=on).whole
