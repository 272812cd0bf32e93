"""Clocks: the moment from which a state is late, and the arithmetic that is shown with it."""

from datetime import UTC, date, datetime

import pytest

from gongjia.engines.casework.clocks import due_of
from gongjia.engines.casework.flow import Clock, Flow, Move, State, Unit
from gongjia.kernel.moments import SHANGHAI

pytestmark = pytest.mark.system("O8")


def state(length: int, unit: Unit) -> State:
    return State("waiting", "等待", clock=Clock("答复", lambda on: length, unit))


@pytest.mark.parametrize(
    ("length", "unit", "begins", "ends", "zh"),
    [
        (48, Unit.HOURS, (2026, 3, 6, 17, 30), (2026, 3, 8, 17, 30), "答复：48 小时内"),
        # A first day that does not count, and a last one at whose end the state is late.
        (5, Unit.WORKING_DAYS, (2026, 3, 2, 9, 0), (2026, 3, 10, 0, 0), "不含周末，到 3 月 9 日止"),
        (1, Unit.DAYS, (2026, 3, 2, 23, 59), (2026, 3, 4, 0, 0), "自 3 月 2 日的次日起，到 3 月 3 日止"),
        # A last day that is off: on to the next working day (民法典 203 条).
        (5, Unit.DAYS, (2026, 3, 2, 9, 0), (2026, 3, 10, 0, 0), "到 3 月 9 日止"),
        (5, Unit.WORKING_DAYS, (2025, 9, 29, 9, 0), (2025, 10, 14, 0, 0), "不含10 月 1 日国庆"),
    ],
)
def test_a_state_is_late_from(length: int, unit: Unit, begins: tuple, ends: tuple, zh: str) -> None:
    due = due_of(state(length, unit), datetime(*begins, tzinfo=SHANGHAI))
    assert due is not None
    assert due.at == datetime(*ends, tzinfo=SHANGHAI)
    assert zh in due.zh


def test_the_day_is_shanghais() -> None:
    """Half past four in the afternoon in London is the next day here."""
    due = due_of(state(1, Unit.DAYS), datetime(2026, 3, 2, 16, 30, tzinfo=UTC))
    assert due is not None
    assert due.at == datetime(2026, 3, 5, tzinfo=SHANGHAI)


def test_the_length_is_that_of_the_day_on_which_the_state_begins() -> None:
    longer = State("s", "等", clock=Clock("答复", lambda on: 5 if on < date(2026, 4, 1) else 10, Unit.DAYS))
    before, after = (due_of(longer, datetime(2026, *day, 9, tzinfo=SHANGHAI)) for day in ((3, 31), (4, 1)))
    assert before is not None
    assert after is not None
    assert (after.at - before.at).days >= 5


def test_a_year_whose_days_off_are_not_published_is_marked() -> None:
    due = due_of(state(5, Unit.WORKING_DAYS), datetime(2031, 3, 3, 9, tzinfo=SHANGHAI))
    assert due is not None
    assert due.provisional
    assert "再核" in due.zh


def test_no_clock_no_due_moment() -> None:
    assert due_of(State("s", "等"), datetime(2026, 3, 3, tzinfo=SHANGHAI)) is None


def test_a_flow_that_leads_nowhere_is_not_built() -> None:
    with pytest.raises(ValueError, match="nothing leads out"):
        Flow("x", "试", 1, (State("a", "甲"), State("b", "乙")), (Move("go", "走", ("a",), "b", "p"),))


def test_silence_makes_only_moves_that_leave_the_state() -> None:
    clock = Clock("答复", lambda on: 1, Unit.DAYS, then="back")
    states = (State("a", "甲", clock=clock), State("b", "乙", is_final=True))
    with pytest.raises(ValueError, match="silence"):
        Flow("x", "试", 1, states, (Move("go", "走", ("a",), "b", "p"),))
