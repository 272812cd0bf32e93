"""The dated figures of this domain; each YAML row carries its source."""

from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from gongjia.kernel.parameters import Parameters


@lru_cache(maxsize=1)
def _table() -> Parameters:
    return Parameters.load(Path(__file__).parent)


def card_days(*, on: date) -> int:
    """For how many days the code on a member's card may be relied upon without a network, if signed on that day."""
    return _table().value("enrolment.card_days", on=on).whole


def groups(*, on: date, region: str = "") -> tuple[str, ...]:
    """The groups of new employment that are asked about on that day, in their order; a place may have its own list."""
    return tuple(str(each) for each in _table().value("enrolment.groups", on=on, region=region).choices)


def trades(*, on: date) -> dict[str, str]:
    """Words in the names of unions, and the group that each speaks of."""
    pairs = (str(each).split(":") for each in _table().value("enrolment.trades", on=on).choices)
    return {word: group for group, word in pairs}


def spot_lasts(*, on: date) -> timedelta:
    """How long a code that an officer shows admits at once."""
    return timedelta(seconds=_table().value("enrolment.spot_seconds", on=on).whole)


def spot_finish(*, on: date) -> timedelta:
    """How long somebody who has opened such a code in time may take to fill in."""
    return timedelta(minutes=_table().value("enrolment.spot_finish_minutes", on=on).whole)


def spot_most(*, on: date) -> int:
    """How many one code admits at once."""
    return _table().value("enrolment.spot_most", on=on).whole


def spot_stays(*, on: date) -> timedelta:
    """How long an officer's page goes on showing codes before it is to be begun anew."""
    return timedelta(hours=_table().value("enrolment.spot_hours", on=on).whole)


def pool_answers(*, on: date) -> timedelta:
    """Within what time the county answers whom no union takes."""
    return timedelta(hours=_table().value("enrolment.pool_hours", on=on).whole)
