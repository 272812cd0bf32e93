"""Folding: nothing is lost or doubled, whenever a fold is killed and whatever is written meanwhile."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest
from django.db import connection, connections, transaction

from gongjia.engines.figures import folding, reading, repair, vantages
from gongjia.engines.figures.folding import fold, fold_all
from gongjia.engines.figures.indicators import OWN
from gongjia.engines.figures.models import Cell, Change
from gongjia.engines.figures.tests import loans
from gongjia.engines.figures.tests.conftest import Town, plant
from gongjia.engines.figures.tests.loans import LOANS, lend
from gongjia.kernel.moments import SHANGHAI
from gongjia.kernel.reach import everywhere

NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
TODAY = NOW.date()


def sums() -> set[tuple[object, ...]]:
    return set(Cell.objects.values_list("organisation_id", "grain", "month", "d1", "d2", "d3", "amount"))


def test_a_fold_moves_changes_into_sums_once(town: Town) -> None:
    for _ in range(3):
        lend(town.mill, TODAY)
    assert not fold(LOANS)
    first = sums()
    assert first == {(town.mill.pk, OWN, 202611, "red", "small", "hard", 3)}
    assert not fold(LOANS)
    assert sums() == first


def test_a_vantage_keeps_its_subtree_at_every_grain(town: Town) -> None:
    vantages.choose(wide=5)
    lend(town.mill, TODAY)
    lend(town.harbour, date(2026, 3, 1), colour="green")
    fold(LOANS)
    kept = {(grain, month, colour, amount) for at, grain, month, colour, _, _, amount in sums() if at == town.city.pk}
    by_month = {(grain, 202611, "red" if grain & 1 else "", 1) for grain in LOANS.grains if grain >= 16}
    by_month |= {(grain, 202603, "green" if grain & 1 else "", 1) for grain in LOANS.grains if grain >= 16}
    assert kept == by_month | {(7, 0, "red", 1), (7, 0, "green", 1)}


def test_a_batch_leaves_the_rest_for_the_next(town: Town) -> None:
    for _ in range(5):
        lend(town.mill, TODAY)
    assert [fold(LOANS, batch=2), fold(LOANS, batch=2), fold(LOANS, batch=2)] == [True, True, False]
    assert reading.total("loans", town.city, on=TODAY).value == 5


def test_the_tick_folds_every_indicator_until_nothing_waits(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding.fold, "__kwdefaults__", {"batch": 2})
    for _ in range(5):
        lend(town.mill, TODAY)
    fold_all(at=NOW, most_batches=1)
    assert Change.objects.count() == 3
    fold_all(at=NOW)
    assert Change.objects.count() == 0


def test_what_is_undone_leaves_no_difference(town: Town) -> None:
    loan = lend(town.mill, TODAY)
    fold(LOANS)
    loans.change(loan, organisation_id=town.harbour.pk)
    assert repair.check("loans") == []
    fold(LOANS)
    assert repair.check("loans") == []


@pytest.fixture
def committed(transactional_db: None, declared: None) -> Iterator[Town]:
    """The town, committed, for what needs transactions of its own."""
    loans.create_table()
    yield plant()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE figures_tests_loan")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
def test_a_fold_killed_at_any_point_has_folded_all_or_nothing(committed: Town, moment: str) -> None:
    for number in range(7):
        lend((committed.mill, committed.harbour)[number % 2], TODAY)
    vantages.choose(wide=2)
    connections.close_all()  # the child must not inherit a connection
    child = os.fork()
    if child == 0:
        if moment == "before the commit":
            transaction.atomic().__enter__()
        fold(LOANS)
        os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert Change.objects.count() == (7 if moment == "before the commit" else 0)
    assert reading.total("loans", committed.city, on=TODAY).value == 7
    fold(LOANS)
    assert reading.total("loans", committed.city, on=TODAY).value == 7
    assert repair.check("loans") == []


class Day:
    """Four clerks lend a hundred books each; meanwhile sums are folded, rebuilt and chosen, and a reader looks on."""

    def __init__(self, town: Town) -> None:
        self.town, self.over, self.failures = town, threading.Event(), list[BaseException]()

    def live(self) -> None:
        clerks = [threading.Thread(target=self.guarded, args=(self.clerk,)) for _ in range(4)]
        others = [threading.Thread(target=self.guarded, args=(work,)) for work in (self.keeper, self.reader)]
        for each in (*clerks, *others):
            each.start()
        for each in clerks:
            each.join()
        self.over.set()
        for each in others:
            each.join()

    def guarded(self, work: Callable[[], None]) -> None:
        try:
            with everywhere(reason="test"):
                work()
        except BaseException as failure:  # noqa: BLE001 - shown by the test
            self.failures.append(failure)
        finally:
            connections.close_all()

    def clerk(self) -> None:
        for number in range(100):
            place = (self.town.mill, self.town.farm, self.town.harbour)[number % 3]
            lend(place, TODAY, colour=("red", "green")[number % 2])

    def keeper(self) -> None:
        turn = 0
        while not self.over.is_set():
            turn += 1
            fold(LOANS, batch=5)
            vantages.choose(wide=(2, 100)[turn % 2])
            if turn % 5 == 0:
                repair.rebuild("loans")

    def reader(self) -> None:
        seen = 0
        while not self.over.is_set():
            total = reading.total("loans", self.town.city, on=TODAY).value
            assert seen <= total <= 400
            seen = total


@pytest.mark.postgresql
def test_business_goes_on_while_sums_are_folded_chosen_and_rebuilt(committed: Town) -> None:
    day = Day(committed)
    day.live()
    assert day.failures == []
    while fold(LOANS):
        pass
    assert reading.total("loans", committed.city, on=TODAY).value == 400
    assert repair.check("loans") == []
