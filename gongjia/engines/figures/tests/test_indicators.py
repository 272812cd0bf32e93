from dataclasses import replace
from datetime import date

import pytest

from gongjia.engines.figures import indicators
from gongjia.engines.figures.indicators import MONTH, Dimension
from gongjia.engines.figures.months import UNDATED, last_day, month_of, months_until
from gongjia.engines.figures.tests.loans import LOANS


def test_the_month_of_a_day_is_a_number_that_sorts() -> None:
    assert [month_of(date(2025, 12, 31)), month_of(date(2026, 1, 1)), month_of(None)] == [202512, 202601, UNDATED]


def test_a_run_of_months_crosses_the_year() -> None:
    assert months_until(202602, 4) == [202511, 202512, 202601, 202602]


@pytest.mark.parametrize(("month", "day"), [(202402, date(2024, 2, 29)), (202512, date(2025, 12, 31))])
def test_a_month_ends_on_its_last_day(month: int, day: date) -> None:
    assert last_day(month) == day


def test_no_more_than_four_dimensions_are_kept() -> None:
    five = tuple(Dimension(f"d{n}", "", {"a": "甲"}) for n in range(5))
    with pytest.raises(ValueError, match="up to 4"):
        replace(LOANS, dimensions=five)


@pytest.mark.parametrize("codes", [("colour", "colour"), ("month",), ("on",)])
def test_a_dimension_needs_a_code_of_its_own(codes: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="code of its own"):
        replace(LOANS, dimensions=tuple(Dimension(code, "", {"a": "甲"}) for code in codes))


def test_the_coarsest_sums_that_tell_apart_what_is_asked_are_read() -> None:
    assert LOANS.grain_of([]) == MONTH
    assert LOANS.grain_of(["size"]) == MONTH | 2
    assert LOANS.grain_of(["size", "cover"]) == LOANS.finest == MONTH | 7
    assert set(LOANS.grains) == {MONTH, MONTH | 1, MONTH | 2, MONTH | 4, MONTH | 7, 7}


def test_a_code_is_declared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indicators, "_registered", {})
    indicators.register(LOANS)
    indicators.register(LOANS)
    with pytest.raises(RuntimeError, match="declared twice"):
        indicators.register(replace(LOANS))


def test_an_indicator_that_nobody_registered_is_not_invented() -> None:
    with pytest.raises(LookupError, match="no_such_thing"):
        indicators.indicator("no_such_thing")
