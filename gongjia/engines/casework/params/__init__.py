"""The dated figures of handing matters on; each YAML row carries its source."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from gongjia.kernel.parameters import Parameters


@lru_cache(maxsize=1)
def _table() -> Parameters:
    return Parameters.load(Path(__file__).parent)


def accept_days(on: date) -> int:
    """Within how many working days a forwarded matter is accepted or sent back."""
    return _table().value("casework.accept_days", on=on).whole


def climb_days(on: date) -> int:
    """After how many working days a matter that is late is told one level higher again."""
    return _table().value("casework.climb_days", on=on).whole


def guest_days(on: date) -> int:
    """For how many days a guest's link opens."""
    return _table().value("casework.guest_days", on=on).whole


def unsealed_days(on: date) -> int:
    """For how many days an opened seal may be looked behind."""
    return _table().value("casework.unsealed_days", on=on).whole
