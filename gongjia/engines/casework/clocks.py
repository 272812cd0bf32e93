"""By when a state is to be left, with the arithmetic in words. Pure: a state and a moment give the answer."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from gongjia.engines.casework.flow import State, Unit
from gongjia.kernel.days import Due, add_calendar_days, add_working_days, national_calendar
from gongjia.kernel.moments import end_of, today_of

_MOST_SHOWN = 4


class DueAt(NamedTuple):
    """The moment from which a state is late, and how it was counted. `provisional`: in a year whose days off are not
    published yet."""

    at: datetime
    zh: str
    provisional: bool = False


def due_of(state: State, at: datetime) -> DueAt | None:
    """When a state that began at `at` is to be left; None for one without a clock.

    Days do not count the first and end with a working day (民法典 201、203 条).
    """
    clock = state.clock
    if clock is None:
        return None
    today = today_of(at)
    length = clock.length(today)
    if clock.unit is Unit.HOURS:
        return DueAt(at + timedelta(hours=length), f"{clock.zh}：{length} {clock.unit}内")
    count = add_working_days if clock.unit is Unit.WORKING_DAYS else add_calendar_days
    due = count(today, length, national_calendar())
    return DueAt(
        end_of(due.day),
        f"{clock.zh}：{length} {clock.unit}，{_arithmetic(today, due, is_working=clock.unit is Unit.WORKING_DAYS)}",
        due.provisional,
    )


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
    named = [each for each in due.skipped if not each.why.startswith("星期")]
    if named:
        shown = "、".join(f"{_zh(each.day)}{each.why}" for each in named[:_MOST_SHOWN])
        shown += "等" if len(named) > _MOST_SHOWN else ""
        words.append(f"不含{shown}" if is_working else f"最后一天遇{shown}，顺延")
    elif due.skipped:
        words.append("不含周末" if is_working else "最后一天是周末，顺延")
    words.append(f"到 {_zh(due.day)}止")
    if due.provisional:
        words.append("放假安排公布后再核")
    return "，".join(words)


def _zh(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"
