"""The counting of clocks against an oracle that was written apart: it walks from day to day over the published tables
and knows nothing of the engine."""

import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from gongjia.engines.casework.clocks import counted
from gongjia.engines.casework.flow import Unit
from gongjia.kernel import days
from gongjia.kernel.moments import SHANGHAI

pytestmark = pytest.mark.system("R2")
CASES = 10_000
FIRST, LAST = date(2023, 1, 1), date(2026, 12, 31)
ONE = timedelta(days=1)


class Oracle:
    def __init__(self) -> None:
        self.off: set[date] = set()
        self.worked: set[date] = set()
        for file in (Path(days.__file__).parent / "data" / "calendar").glob("*.yaml"):
            table = yaml.safe_load(file.read_text("utf-8"))
            self.off |= set(table["holidays"] or ())
            self.worked |= set(table["make_up_days"] or ())

    def works(self, day: date) -> bool:
        if day in self.worked:
            return True
        return day not in self.off and day.weekday() < 5

    def last_day(self, unit: Unit, length: int, began: datetime, pauses: list[tuple[datetime, datetime]]) -> date:
        day, left = began.date(), length
        while left:
            day += ONE
            if any(one.date() <= day < two.date() for one, two in pauses):
                continue
            if unit is Unit.WORKING_DAYS and not self.works(day):
                continue
            left -= 1
        while unit is Unit.DAYS and not self.works(day):
            day += ONE
        return day

    def end_of_hours(self, length: int, began: datetime, pauses: list[tuple[datetime, datetime]]) -> datetime:
        """Minute by minute: slow, and without any arithmetic that could be wrong twice."""
        at, left = began, length * 60
        while left:
            if not any(one <= at < two for one, two in pauses):
                left -= 1
            at += timedelta(minutes=1)
        return at


def moment(draw: random.Random, first: date, last: date) -> datetime:
    day = first + timedelta(days=draw.randrange((last - first).days))
    return datetime(day.year, day.month, day.day, draw.randrange(24), draw.randrange(60), tzinfo=SHANGHAI)


def pauses_after(draw: random.Random, began: datetime, minutes: int) -> list[tuple[datetime, datetime]]:
    """Up to three, one after the other."""
    found, at = [], began
    for _ in range(draw.choice((0, 0, 1, 1, 2, 3))):
        begins = at + timedelta(minutes=draw.randrange(1, minutes))
        at = begins + timedelta(minutes=draw.randrange(1, minutes))
        found.append((begins, at))
    return found


def test_ten_thousand_clocks_end_when_the_oracle_says() -> None:
    draw, oracle = random.Random(20261120), Oracle()
    provisional = 0
    for _ in range(CASES):
        unit = draw.choice((Unit.WORKING_DAYS, Unit.WORKING_DAYS, Unit.DAYS))
        began, length = moment(draw, FIRST, LAST), draw.choice((0, 1, 2, 3, 5, 7, 10, 15, 30, 60, 90))
        pauses = pauses_after(draw, began, 20 * 24 * 60)
        found = counted(unit, length, began, zh="办结", pauses=pauses)
        last = oracle.last_day(unit, length, began, pauses)
        assert found.at == datetime(last.year, last.month, last.day, tzinfo=SHANGHAI) + ONE, (
            unit,
            began,
            length,
            pauses,
        )
        assert found.provisional == (last > LAST)
        provisional += found.provisional
    assert provisional > 100, "the end of the tables is among the cases"


def test_hours_run_through_nights_and_stand_still_in_pauses() -> None:
    draw, oracle = random.Random(7), Oracle()
    for _ in range(200):
        began, length = moment(draw, FIRST, LAST), draw.choice((1, 2, 4, 24, 48))
        pauses = pauses_after(draw, began, 30 * 60)
        assert counted(Unit.HOURS, length, began, zh="首次联系", pauses=pauses).at == oracle.end_of_hours(
            length, began, pauses
        )
