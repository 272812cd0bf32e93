"""Today is Shanghai's today."""

from datetime import UTC, date, datetime, timedelta

import pytest

from gongjia.kernel.moments import SHANGHAI, end_of, local, start_of, today_of


def test_the_day_turns_at_shanghais_midnight():
    assert today_of(datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC)) == date(2026, 11, 20)
    assert today_of(datetime(2026, 11, 20, 16, 0, 0, tzinfo=UTC)) == date(2026, 11, 21)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        today_of(datetime(2026, 11, 21, 8, 0))  # noqa: DTZ001 - the very thing refused


def test_a_day_reaches_from_its_start_to_before_its_end():
    day = date(2026, 11, 21)
    assert today_of(start_of(day)) == day
    assert today_of(end_of(day) - timedelta(microseconds=1)) == day
    assert today_of(end_of(day)) == day + timedelta(days=1)
    assert end_of(day) - start_of(day) == timedelta(days=1)


def test_local_keeps_the_moment():
    at = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
    assert local(at) == at
    assert (local(at).hour, local(at).tzinfo) == (8, SHANGHAI)
