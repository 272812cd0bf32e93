"""The dated figures of this domain; each YAML row carries its source, and a place may set its own."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from gongjia.domains.fieldwork.words import Grade
from gongjia.kernel.parameters import Parameters


@lru_cache(maxsize=1)
def _table() -> Parameters:
    return Parameters.load(Path(__file__).parent)


def _whole(name: str, on: date, region: str = "") -> int:
    return _table().value(f"fieldwork.{name}", on=on, region=region).whole


def contact_visits(*, on: date, region: str = "") -> int:
    """How often a year somebody is at the place that they look after."""
    return _whole("contact_visits", on, region)


def contact_days(*, on: date, region: str = "") -> int:
    """On how many days a year."""
    return _whole("contact_days", on, region)


def contact_reports(*, on: date, region: str = "") -> int:
    """How many reports a year."""
    return _whole("contact_reports", on, region)


def stationed_months(*, on: date, region: str = "") -> int:
    """For how many months an officer leaves the desk for a place."""
    return _whole("stationed_months", on, region)


def follow_months(*, on: date, region: str = "") -> int:
    """For how many months a place is followed afterwards."""
    return _whole("follow_months", on, region)


def due_days(grade: str, *, on: date, region: str = "") -> int:
    """Within how many days an observation of a grade is to be solved, as it is offered."""
    return _whole(f"due_{Grade(grade)}", on, region)


def verify_days(on: date) -> int:
    """Within how many working days what is reported as solved is verified."""
    return _whole("verify_days", on)


def repeat_months(*, on: date, region: str = "") -> int:
    """Within how many months the same kind at the same place counts as a repeat."""
    return _whole("repeat_months", on, region)


def suggestion_days(on: date) -> int:
    """Within how many working days a suggestion is answered."""
    return _whole("suggestion_days", on)


def least_answers(*, on: date) -> int:
    """From how many answers on anything of a questionnaire is shown."""
    return _whole("least_answers", on)
