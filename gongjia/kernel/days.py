"""Working days, and periods counted as the Civil Code counts them.

Which days are off is published year by year (gongjia/kernel/data/calendar). In a year without a table Saturdays and
Sundays are off and nothing else, and whatever was counted there is marked provisional, to be counted again later.
"""

import calendar as months
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Self

import yaml

_ONE = timedelta(days=1)
_WEEKEND = {5: "星期六", 6: "星期日"}
PAUSED = "暂停计时"


class Skipped(NamedTuple):
    """A day that did not count, and why: the holiday's name or the day of the week."""

    day: date
    why: str


class Due(NamedTuple):
    """The last day of a period; `skipped` are the days passed over to reach it, in order."""

    day: date
    provisional: bool
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True)
class Calendar:
    """Days off (with their names) and make-up working days of the years that are published."""

    holidays: Mapping[date, str]
    make_up_days: Mapping[date, str]
    years: frozenset[int]

    @classmethod
    def load(cls, *folders: Path) -> Self:
        """Read every <year>.yaml; a later folder's year takes the place of an earlier one's."""
        tables = {int(path.stem): path for folder in folders for path in sorted(folder.glob("[0-9]*.yaml"))}
        holidays: dict[date, str] = {}
        make_up_days: dict[date, str] = {}
        for path in tables.values():
            table = yaml.safe_load(path.read_text("utf-8"))
            holidays |= table["holidays"] or {}
            make_up_days |= table["make_up_days"] or {}
        return cls(holidays, make_up_days, frozenset(tables))

    def why_off(self, day: date) -> str | None:
        """The holiday or the day of the week that makes a day free; None for a working day."""
        if day in self.holidays:
            return self.holidays[day]
        return None if day in self.make_up_days else _WEEKEND.get(day.weekday())

    def is_working_day(self, day: date) -> bool:
        return self.why_off(day) is None

    def is_published(self, day: date) -> bool:
        return day.year in self.years


@lru_cache(maxsize=1)
def national_calendar() -> Calendar:
    """The State Council's days off, as far as this release knows them."""
    return Calendar.load(Path(__file__).with_name("data") / "calendar")


def add_working_days(start: date, n: int, calendar: Calendar, *, paused: Container[date] = ()) -> Due:
    """The n-th working day after `start`, which itself does not count (Civil Code art. 201). n = 0 is `start`. Days on
    which the count stands still are passed over."""
    if n < 0:
        raise ValueError("a period runs forward: n must not be negative")
    day, provisional, skipped = start, False, []
    while n > 0:
        day += _ONE
        provisional |= not calendar.is_published(day)
        why = PAUSED if day in paused else calendar.why_off(day)
        if why is None:
            n -= 1
        else:
            skipped.append(Skipped(day, why))
    return Due(day, provisional, tuple(skipped))


def add_calendar_days(
    start: date, n: int, calendar: Calendar, *, roll: bool = True, paused: Container[date] = ()
) -> Due:
    """The n-th day after `start` (art. 201) but for paused ones; a last day that is off rolls on to the next working
    day (art. 203)."""
    if n < 0:
        raise ValueError("a period runs forward: n must not be negative")
    last, stood_still = start, []
    while n > 0:
        last += _ONE
        if last in paused:
            stood_still.append(Skipped(last, PAUSED))
        else:
            n -= 1
    due = roll_forward(last, calendar) if roll else Due(last, provisional=False, skipped=())
    return due._replace(skipped=(*stood_still, *due.skipped))


def roll_forward(last: date, calendar: Calendar) -> Due:
    """A period that would end on a day off ends on the next day that is none (Civil Code art. 203)."""
    skipped = []
    day = last
    provisional = not calendar.is_published(day)
    while (why := calendar.why_off(day)) is not None:
        skipped.append(Skipped(day, why))
        day += _ONE
        provisional |= not calendar.is_published(day)
    return Due(day, provisional, tuple(skipped))


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Working days after `start` up to and with `end`; negative where `end` is the earlier."""
    if end < start:
        return -working_days_between(end, start, calendar)
    return sum(calendar.is_working_day(day) for day in _days_after(start, end))


def _days_after(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=number) for number in range(1, (end - start).days + 1))


def add_months(day: date, n: int) -> date:
    """The same day n months on (or back), or the month's last day where there is none (Civil Code art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def add_years(day: date, n: int) -> date:
    """The same day n years on (or back); 29 February becomes 28 February."""
    return add_months(day, 12 * n)
