"""Working days follow the published table; periods follow the Civil Code."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjia.kernel.days import (
    Calendar,
    Due,
    Skipped,
    add_calendar_days,
    add_months,
    add_working_days,
    add_years,
    national_calendar,
    roll_forward,
    working_days_between,
)

CHINA = national_calendar()
published = st.dates(date(2023, 1, 1), date(2026, 6, 30))


def test_the_table_reaches_from_2023_to_2026_without_a_gap():
    assert CHINA.years == {2023, 2024, 2025, 2026}


def test_every_day_of_the_table_agrees_with_the_package_it_came_from():
    day = date(2023, 1, 1)
    while day.year < 2027:
        assert CHINA.is_working_day(day) is chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 2, 13), None),
        (date(2026, 2, 14), None),
        (date(2026, 2, 15), "春节"),
        (date(2026, 2, 23), "春节"),
        (date(2026, 2, 24), None),
        (date(2026, 2, 28), None),
        (date(2026, 3, 1), "星期日"),
        (date(2026, 9, 20), None),
        (date(2026, 9, 25), "中秋节"),
        (date(2026, 10, 7), "国庆节"),
        (date(2026, 10, 8), None),
        (date(2026, 10, 10), None),
        (date(2026, 10, 17), "星期六"),
        (date(2025, 1, 26), None),
        (date(2024, 5, 11), None),
        (date(2023, 10, 6), "国庆节"),
    ],
)
def test_days_off_and_make_up_days_are_those_of_the_notices(day, why):
    assert CHINA.why_off(day) == why
    assert CHINA.is_working_day(day) is (why is None)


def test_the_starting_day_does_not_count():
    assert add_working_days(date(2026, 11, 16), 1, CHINA) == Due(date(2026, 11, 17), provisional=False, skipped=())
    assert add_working_days(date(2026, 11, 16), 0, CHINA).day == date(2026, 11, 16)


def test_weekends_are_passed_over_and_named():
    assert add_working_days(date(2026, 11, 19), 2, CHINA) == Due(
        date(2026, 11, 23),
        provisional=False,
        skipped=(Skipped(date(2026, 11, 21), "星期六"), Skipped(date(2026, 11, 22), "星期日")),
    )


def test_a_make_up_saturday_counts_and_the_spring_festival_does_not():
    due = add_working_days(date(2026, 2, 12), 3, CHINA)
    assert due.day == date(2026, 2, 24)
    assert [one.why for one in due.skipped] == ["春节"] * 9


def test_fifteen_working_days_over_the_national_holiday():
    """Counted by hand: 20 to 24 and 28 to 30 September are eight days, 8 to 10 and 12 to 15 October seven."""
    due = add_working_days(date(2026, 9, 18), 15, CHINA)
    assert due.day == date(2026, 10, 15)
    assert [one.why for one in due.skipped] == ["星期六"] + ["中秋节"] * 3 + ["国庆节"] * 7 + ["星期日"]


def test_beyond_the_last_published_year_weekends_alone_are_off_and_the_result_is_provisional():
    last_day = add_working_days(date(2026, 12, 30), 1, CHINA)
    assert (last_day.day, last_day.provisional) == (date(2026, 12, 31), False)
    beyond = add_working_days(date(2026, 12, 30), 2, CHINA)
    assert (beyond.day, beyond.provisional) == (date(2027, 1, 1), True)
    assert CHINA.why_off(date(2027, 1, 2)) == "星期六"
    assert not CHINA.is_published(date(2027, 1, 1))


def test_what_was_provisional_changes_when_the_year_is_published(tmp_path):
    (tmp_path / "2027.yaml").write_text("year: 2027\nholidays: {2027-01-01: 元旦}\nmake_up_days: {2027-01-02: 元旦}\n")
    later = Calendar.load(tmp_path)
    assert add_working_days(date(2026, 12, 31), 1, later) == Due(
        date(2027, 1, 2), provisional=False, skipped=(Skipped(date(2027, 1, 1), "元旦"),)
    )


def test_a_later_folder_takes_the_place_of_an_earlier_ones_year(tmp_path):
    for name, holiday in (("one", "2027-03-01: 一"), ("two", "2027-03-02: 二")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "2027.yaml").write_text(f"year: 2027\nholidays: {{{holiday}}}\nmake_up_days:\n")
    both = Calendar.load(tmp_path / "one", tmp_path / "two")
    assert both.is_working_day(date(2027, 3, 1))
    assert both.why_off(date(2027, 3, 2)) == "二"


@pytest.mark.parametrize("add", [add_working_days, add_calendar_days])
def test_a_period_does_not_run_backward(add):
    with pytest.raises(ValueError, match="forward"):
        add(date(2026, 11, 16), -1, CHINA)


def test_calendar_days_count_every_day_and_roll_over_a_last_day_that_is_off():
    assert add_calendar_days(date(2026, 11, 2), 15, CHINA) == Due(date(2026, 11, 17), provisional=False, skipped=())
    rolled = add_calendar_days(date(2026, 9, 16), 15, CHINA)
    assert rolled.day == date(2026, 10, 8)
    assert rolled.skipped == tuple(Skipped(date(2026, 10, day), "国庆节") for day in range(1, 8))
    assert add_calendar_days(date(2026, 9, 16), 15, CHINA, roll=False).day == date(2026, 10, 1)


def test_a_last_day_on_a_make_up_sunday_stays():
    assert roll_forward(date(2026, 9, 20), CHINA) == Due(date(2026, 9, 20), provisional=False, skipped=())


def test_a_roll_into_an_unpublished_year_is_provisional():
    assert roll_forward(date(2027, 1, 2), CHINA).provisional
    assert add_calendar_days(date(2026, 12, 30), 2, CHINA).provisional
    assert not add_calendar_days(date(2026, 12, 30), 1, CHINA).provisional


@given(published, st.integers(0, 60))
def test_counting_back_gives_what_was_added(start, n):
    due = add_working_days(start, n, CHINA)
    assert working_days_between(start, due.day, CHINA) == n
    assert working_days_between(due.day, start, CHINA) == -n
    assert (due.day - start).days == n + len(due.skipped)
    assert n == 0 or CHINA.is_working_day(due.day)


@given(published, st.integers(0, 90))
def test_a_rolled_period_never_ends_early_nor_on_a_day_off(start, n):
    due = add_calendar_days(start, n, CHINA)
    assert due.day >= start + timedelta(days=n)
    assert CHINA.is_working_day(due.day)
    assert all(not CHINA.is_working_day(one.day) for one in due.skipped)


@pytest.mark.parametrize(
    ("day", "n", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 30), 1, date(2026, 2, 28)),
        (date(2026, 1, 28), 1, date(2026, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 5, 20), 0, date(2026, 5, 20)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(day, n, then):
    assert add_months(day, n) == then


def test_years_take_the_leap_day_to_the_28th():
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert add_years(date(2026, 11, 21), -3) == date(2023, 11, 21)
