"""After any history of loans, corrections, moves, folds and crashes, the figures are what a recount gives."""

from collections import Counter
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.figures import reading, repair, vantages
from gongjia.engines.figures.folding import fold, follow_move
from gongjia.engines.figures.tests import loans
from gongjia.engines.figures.tests.loans import COVERS, LOANS, SIZES, Loan
from gongjia.kernel.db import is_within

TODAY = date(2026, 11, 21)
DAYS = st.sampled_from([date(2026, 4, 1), date(2026, 6, 15), date(2026, 7, 31), date(2026, 11, 3), TODAY])
COLOURS = st.sampled_from(["red", "green", ""])


class Killed(Exception):
    pass


class Libraries(RuleBasedStateMachine):
    places = Bundle("places")
    lent = Bundle("lent")

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self) -> None:
        try:
            for place in Organisation.objects.all():
                self.look(place.pk, TODAY)
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    @initialize(target=places)
    def plant(self) -> Any:
        """Three levels, a loan in each place, sums kept from the second level up."""
        root = loans.add("市图书馆")
        districts = [loans.add("区图书馆", root) for _ in range(2)]
        rooms = [loans.add("书屋", district) for district in districts for _ in range(2)]
        for place in (root, *districts, *rooms):
            loans.lend(place, date(2026, 6, 1))
        vantages.choose(wide=2)
        fold(LOANS)
        return multiple(*(place.pk for place in (root, *districts, *rooms)))

    @rule(target=places, under=places)
    def add(self, under: int) -> int:
        return loans.add("书屋", Organisation.objects.get(pk=under)).pk

    @rule(target=lent, at=places, on=st.none() | DAYS, colour=COLOURS, size=st.sampled_from(list(SIZES)))
    def lend(self, at: int, on: date | None, colour: str, size: str) -> int:
        return loans.lend(Organisation.objects.get(pk=at), on, colour, size).pk

    @rule(loan=lent, on=DAYS)
    def give_back(self, loan: int, on: date) -> None:
        row = Loan.objects.get(pk=loan)
        loans.change(row, until_on=max(on, row.from_on or on))

    @rule(loan=lent, colour=COLOURS, cover=st.sampled_from(list(COVERS)))
    def correct(self, loan: int, colour: str, cover: str) -> None:
        loans.change(Loan.objects.get(pk=loan), colour=colour, cover=cover)

    @rule(loan=lent, to=places)
    def hand_over(self, loan: int, to: int) -> None:
        loans.change(Loan.objects.get(pk=loan), organisation_id=to)

    @rule(moved=places, under=places)
    def move(self, moved: int, under: int) -> None:
        organisation, superior = (Organisation.objects.get(pk=pk) for pk in (moved, under))
        if is_within(superior.path, organisation.path):
            return
        old_path = organisation.path
        Organisation.objects.move(organisation, superior, pos="last-child")
        organisation = Organisation.objects.get(pk=moved)
        follow_move(organisation=organisation, old_path=old_path, new_path=organisation.path)

    @rule(batch=st.integers(1, 5))
    def fold(self, batch: int) -> None:
        fold(LOANS, batch=batch)

    @rule()
    def fold_and_be_killed(self) -> None:
        with suppress(Killed), transaction.atomic():
            fold(LOANS)
            raise Killed

    @rule(wide=st.integers(1, 4))
    def choose(self, wide: int) -> None:
        vantages.choose(wide=wide)

    @rule(at=places, on=DAYS)
    def forget_to_count(self, at: int, on: date) -> None:
        loan = Loan(pk=-1, organisation_id=at, colour="red", size="small", cover="hard", from_on=on)
        with transaction.atomic():
            loan.save()
            found = repair.check("loans")
            assert [(each.organisation_id, each.kept + 1) for each in found] == [(at, found[0].true)]
            repair.reconcile("loans", at)
            assert repair.check("loans") == []
            transaction.set_rollback(True)

    @rule()
    def rebuild(self) -> None:
        repair.rebuild("loans")

    @invariant()
    def sums_are_what_a_recount_gives(self) -> None:
        assert repair.check("loans") == []

    @rule(at=places, on=DAYS)
    def look(self, at: int, on: date) -> None:
        """Every reading of a place is what people would count there."""
        paths = dict(Organisation.objects.values_list("pk", "path"))
        rows = [row for row in Loan.objects.all() if is_within(paths[row.organisation_id], paths[at])]
        self.compare(Organisation.objects.get(pk=at), on, [row for row in rows if stands(row, on)])

    def compare(self, place: Organisation, on: date, rows: list[Loan]) -> None:
        assert reading.total("loans", place, on=on).value == len(rows)
        red = [row for row in rows if row.colour == "red"]
        assert reading.total("loans", place, on=on, colour="red").value == len(red)
        sizes = Counter(row.size for row in rows)
        assert [each.value for each in reading.by("loans", "size", place, on=on)] == [sizes[size] for size in SIZES]
        pairs = Counter((row.size, row.cover) for row in rows)
        table = reading.cross("loans", "size", "cover", place, on=on)
        assert [[each.value for each in cells] for cells in table.cells] == [
            [pairs[size, cover] for cover in COVERS] for size in SIZES
        ]
        parts = reading.children("loans", place, on=on, most=2)
        assert parts.own.value + sum(each.figure.value for each in parts.shown) + parts.others == len(rows)
        for each in parts.shown:
            assert reading.total("loans", each.organisation, on=on).value == each.figure.value


def stands(row: Loan, on: date) -> bool:
    """By month: whether the loan began in the month of `on` or before, and did not end by then."""

    def month(day: date) -> tuple[int, int]:
        return day.year, day.month

    begun = row.from_on is None or month(row.from_on) <= month(on)
    ended = row.until_on is not None and month(row.until_on) <= month(on)
    return begun and not ended


@pytest.mark.django_db
@pytest.mark.system("G2")
@pytest.mark.usefixtures("declared")
def test_figures_equal_a_recount_after_any_history() -> None:
    loans.create_table()
    run_state_machine_as_test(
        Libraries,
        settings=settings(
            max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
