"""The dated figures of this portal; each YAML row carries its source."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from gongjia.kernel.parameters import Parameters


@lru_cache(maxsize=1)
def _table() -> Parameters:
    return Parameters.load(Path(__file__).parent)


def answer_days(*, on: date) -> int:
    """Within how many working days a letter is answered that came on that day."""
    return _table().value("liaison.answer_days", on=on).whole
