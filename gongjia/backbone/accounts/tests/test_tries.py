"""Tries are counted one by one, kept as long as they count, and lost to nobody who fills the table."""

from datetime import datetime, timedelta

import pytest

from gongjia.backbone.accounts import tries
from gongjia.backbone.accounts.models import Tries
from tests.threads import together

pytestmark = pytest.mark.django_db

FIVE = (5, 900.0)
LASTS = timedelta(minutes=20)


def spend(what: str, at: datetime) -> None:
    for _ in range(5):
        assert tries.take_unless_locked(what, FIVE, at=at) is None


def test_the_sixth_use_waits_until_the_first_is_old(at: datetime) -> None:
    spend("a", at)
    assert tries.take_unless_locked("a", FIVE, at=at) == at + timedelta(seconds=900)
    assert tries.take_unless_locked("a", FIVE, at=at + timedelta(seconds=901)) is None


def test_several_allowances_are_kept_at_once(at: datetime) -> None:
    both = ((1, 60.0), (2, 3600.0))
    assert tries.take("a", both, at=at) == 0
    assert tries.take("a", both, at=at) == 60
    assert tries.take("a", both, at=at + timedelta(minutes=2)) == 0
    assert tries.take("a", both, at=at + timedelta(minutes=4)) == 56 * 60


def test_a_lock_holds_however_many_others_try(at: datetime) -> None:
    """A cache of three hundred entries would have thrown the lock away."""
    spend("a", at)
    until = tries.lock_if_spent("a", FIVE, at=at, lasts=LASTS)
    for number in range(400):
        tries.take(f"phone:{number}", ((1, 60.0),), at=at)
    tries.clear(at=at)
    assert until == at + LASTS
    assert tries.take_unless_locked("a", FIVE, at=at) == until
    assert tries.locked(["a", "b"], at=at) == {"a": until}
    assert all(tries.take(f"phone:{number}", ((1, 60.0),), at=at) for number in range(0, 400, 50))


def test_only_spent_uses_lock_and_what_is_forgotten_is_free(at: datetime) -> None:
    assert tries.take_unless_locked("a", FIVE, at=at) is None
    assert tries.lock_if_spent("a", FIVE, at=at, lasts=LASTS) is None
    spend("b", at)
    tries.lock_if_spent("b", FIVE, at=at, lasts=LASTS)
    tries.forget("b")
    assert tries.take_unless_locked("b", FIVE, at=at) is None


def test_what_counts_nothing_any_more_is_cleared_away(at: datetime) -> None:
    tries.take("a", ((1, 60.0),), at=at)
    spend("b", at)
    tries.lock_if_spent("b", FIVE, at=at, lasts=LASTS)
    later = at + timedelta(minutes=16)  # the uses are old, the lock still holds
    assert tries.clear(at=later) == 1
    assert tries.locked(["b"], at=later) == {"b": at + LASTS}
    assert tries.clear(at=at + LASTS) == 1
    assert not Tries.objects.exists()


def test_neither_phone_nor_name_stands_in_the_table(at: datetime) -> None:
    tries.take("phone:19900000001", ((1, 60.0),), at=at)
    assert "1990000" not in str(Tries.objects.values().get())


@pytest.mark.django_db(transaction=True)
def test_of_tries_at_once_no_more_are_let_through(at: datetime) -> None:
    let_in = together(8, lambda _: [tries.take_unless_locked("a", FIVE, at=at) is None for _ in range(3)])
    assert sum(map(sum, let_in)) == 5
