"""The figures of sign-in, on each threshold and one step either side."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjia.backbone.accounts import limits

AT = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("password", "classes"),
    [
        ("", 0),
        ("abc", 1),
        ("abcABC", 2),
        ("abcABC123", 3),
        ("abcABC123!", 4),
        ("工会abc1", 3),
        ("１２３", 1),
        ("　", 1),
    ],
)
def test_the_four_kinds_of_sign_are_counted(password, classes):
    assert limits.classes_in(password) == classes


@given(st.text(max_size=40))
def test_there_are_never_more_kinds_than_four_nor_than_signs(password):
    assert limits.classes_in(password) <= min(4, len(password))


@pytest.mark.parametrize(("ago", "away"), [(180 * 24 * 3600 - 1, False), (180 * 24 * 3600, True)])
def test_180_days_away_are_too_long(ago, away):
    assert limits.is_away(AT - timedelta(seconds=ago), at=AT) is away


@pytest.mark.parametrize(("ago", "idle"), [(timedelta(minutes=30), False), (timedelta(minutes=30) + SECOND, True)])
def test_thirty_minutes_are_not_yet_idle(ago, idle):
    assert limits.is_idle(AT - ago, at=AT, minutes=30) is idle


@pytest.mark.parametrize(("ago", "over"), [(timedelta(days=30) - SECOND, False), (timedelta(days=30), True)])
def test_a_session_has_thirty_days(ago, over):
    assert limits.is_over(AT - ago, at=AT) is over


@pytest.mark.parametrize(("ago", "old"), [(timedelta(days=90), False), (timedelta(days=90) + SECOND, True)])
def test_a_password_has_ninety_days(ago, old):
    assert limits.is_old(AT - ago, at=AT, days=90) is old


def test_a_password_that_somebody_else_set_is_old_from_the_start():
    assert limits.is_old(None, at=AT, days=90)
