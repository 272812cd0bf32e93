"""Periodic work: due, done once however many runners there are, and none stopped by another."""

from datetime import datetime, timedelta

import pytest

from gongjia.kernel import ticks
from gongjia.kernel.models import Tick
from tests.threads import together

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1")]

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def ran(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Only the work of this module is registered; what it did."""
    monkeypatch.setattr(ticks, "_registered", {})
    done: list[datetime] = []

    @ticks.every(HOUR, name="tests.work")
    def work(*, at: datetime) -> None:
        done.append(at)

    return done


def test_work_is_due_at_once_and_then_after_each_interval(at: datetime, ran: list[datetime]) -> None:
    assert ticks.run(at=at) == ["tests.work"]
    assert ticks.run(at=at + HOUR - timedelta(seconds=1)) == []
    assert ticks.run(at=at + HOUR) == ["tests.work"]
    assert ran == [at, at + HOUR]
    assert Tick.objects.get().last_at == at + HOUR


def test_a_pause_is_not_made_up_for(at: datetime, ran: list[datetime]) -> None:
    ticks.run(at=at)
    ticks.run(at=at + 100 * HOUR)
    assert len(ran) == 2


def test_work_that_fails_is_written_down_and_stops_no_other(at: datetime, ran: list[datetime]) -> None:
    from django.db import IntegrityError

    @ticks.every(HOUR, name="tests.a_bad_query")
    def bad_query(*, at: datetime) -> None:
        raise IntegrityError

    @ticks.every(HOUR, name="tests.bad")
    def bad(*, at: datetime) -> None:
        raise ValueError

    assert ticks.run(at=at) == ["tests.a_bad_query", "tests.bad", "tests.work"]
    assert dict(Tick.objects.values_list("name", "error")) == {
        "tests.a_bad_query": "IntegrityError",
        "tests.bad": "ValueError",
        "tests.work": "",
    }
    assert len(ran) == 1


def test_work_that_works_again_clears_its_error(at: datetime) -> None:
    ticks.run(at=at)
    Tick.objects.update(error="ValueError")
    ticks.run(at=at + HOUR)
    assert Tick.objects.get().error == ""


@pytest.mark.django_db(transaction=True)
def test_two_runners_do_it_once(at: datetime, ran: list[datetime]) -> None:
    together(2, lambda _: ticks.run(at=at))
    together(8, lambda _: ticks.run(at=at + HOUR))
    assert ran == [at, at + HOUR]


def test_what_goes_aside_runs_in_its_own_line(at: datetime, ran: list[datetime]) -> None:
    @ticks.every(HOUR, name="tests.a_long_one", aside=True)
    def long(*, at: datetime) -> None:
        ran.append(at)

    assert ticks.run(at=at, aside=False) == ["tests.work"]
    assert ticks.run(at=at, aside=True) == ["tests.a_long_one"]
    assert ticks.run(at=at + HOUR) == ["tests.a_long_one", "tests.work"]
