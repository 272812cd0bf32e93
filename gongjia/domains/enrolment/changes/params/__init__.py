"""The dated figures of changes of membership; each YAML row carries its source."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from gongjia.kernel.parameters import Parameters


@lru_cache(maxsize=1)
def _table() -> Parameters:
    return Parameters.load(Path(__file__).parent)


def _whole(name: str, on: date) -> int:
    return _table().value(f"enrolment.{name}", on=on).whole


def transfer_out_days(on: date) -> int:
    """Working days in which the union that is left confirms or objects."""
    return _whole("transfer_out_days", on)


def transfer_in_days(on: date) -> int:
    """Working days in which the union that is gone to accepts or refuses."""
    return _whole("transfer_in_days", on)


def objection_days(on: date) -> int:
    """Days in which the person answers an objection."""
    return _whole("objection_days", on)


def leaving_days(on: date) -> int:
    """Days in which a union talks with who leaves and announces it."""
    return _whole("leaving_days", on)


def correction_days(on: date) -> int:
    """Working days in which a wish to correct one's data is answered."""
    return _whole("correction_days", on)


def lapse_months(on: date) -> int:
    """After how many months without dues and activity somebody is treated as having left."""
    return _whole("lapse_months", on)


def reinstate_days(on: date) -> int:
    """For how many days an ending that was a mistake can be corrected."""
    return _whole("reinstate_days", on)


def bulk_undo_days(on: date) -> int:
    """For how many days a bulk transfer can be sent back."""
    return _whole("bulk_undo_days", on)
