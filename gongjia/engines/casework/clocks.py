"""By when something is to be done, with the arithmetic in words. Pure: facts and a calendar give the answer."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from gongjia.engines.casework.flow import State, Unit
from gongjia.kernel.days import PAUSED, Calendar, Due, add_calendar_days, add_working_days, national_calendar
from gongjia.kernel.moments import end_of, today_of

_MOST_SHOWN = 4


class DueAt(NamedTuple):
    """The moment from which a state is late, and how it was counted. `provisional`: in a year whose days off are not
    published yet."""

    at: datetime
    zh: str
    provisional: bool = False


def due_of(state: State, at: datetime) -> DueAt | None:
    """When a state that began at `at` is to be left; None for one without a clock."""
    clock = state.clock
    return counted(clock.unit, clock.length(today_of(at)), at, zh=clock.zh) if clock else None


def counted(
    unit: Unit,
    length: int,
    began: datetime,
    *,
    zh: str,
    pauses: Sequence[tuple[datetime, datetime]] = (),
    calendar: Calendar | None = None,
) -> DueAt:
    """The moment at which `length` units after `began` are over, without what passed in the pauses (from, until).

    Days do not count the first and end with a working day (民法典 201、203 条). Of a pause every day counts out but the
    one on which it ends; of hours its own length.
    """
    if unit is Unit.HOURS:
        due = began + timedelta(hours=length)
        for begins, ends in sorted(pauses):
            if begins < due:
                due += max(ends, began) - max(begins, began)
        return DueAt(due, f"{zh}：{length} {unit}内" + ("，暂停的时间不算" if pauses else ""))
    still = {day for begins, ends in pauses for day in _days(today_of(begins), today_of(ends))}
    count = add_working_days if unit is Unit.WORKING_DAYS else add_calendar_days
    start = today_of(began)
    found = count(start, length, calendar or national_calendar(), paused=still)
    words = _arithmetic(start, found, is_working=unit is Unit.WORKING_DAYS)
    return DueAt(end_of(found.day), f"{zh}：{length} {unit}，{words}", found.provisional)


def _days(begins: date, ends: date) -> list[date]:
    return [begins + timedelta(days=number) for number in range((ends - begins).days)]


def clock_of(state: State, *, since: datetime, at: datetime, due_at: datetime | None = None) -> dict[str, Any] | None:
    """What a page shows of a running clock: how many days of how many, the last one, the arithmetic. None for a state
    without one. `since`: when the state began; `due_at`: the end that was set, where it is not the state's own."""
    found = due_of(state, since)
    if found is None or state.clock is None:
        return None
    first, today = today_of(since), today_of(at)
    last = today_of((due_at or found.at) - timedelta(seconds=1))
    return {
        "zh": state.clock.zh,
        "sums": found.zh,
        "provisional": found.provisional,
        "due": last,
        "spent": max(0, (today - first).days),
        "total": max(1, (last - first).days),
    }


def _arithmetic(start: date, due: Due, *, is_working: bool) -> str:
    """自 9 月 29 日的次日起，不含 10 月 1 日国庆节…，到 10 月 14 日止"""
    words = [f"自 {_zh(start)}的次日起"]
    skipped = [each for each in due.skipped if each.why != PAUSED]
    if stood := len(due.skipped) - len(skipped):
        words.append(f"暂停的 {stood} 天不算")
    named = [each for each in skipped if not each.why.startswith("星期")]
    if named:
        shown = "、".join(f"{_zh(each.day)}{each.why}" for each in named[:_MOST_SHOWN])
        shown += "等" if len(named) > _MOST_SHOWN else ""
        words.append(f"不含{shown}" if is_working else f"最后一天遇{shown}，顺延")
    elif skipped:
        words.append("不含周末" if is_working else "最后一天是周末，顺延")
    words.append(f"到 {_zh(due.day)}止")
    if due.provisional:
        words.append("放假安排公布后再核")
    return "，".join(words)


def _zh(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"
