from datetime import date, datetime

import pytest

from gongjia.engines.figures import reading, repair, vantages
from gongjia.engines.figures.folding import fold
from gongjia.engines.figures.indicators import OWN
from gongjia.engines.figures.models import Cell, Change, Vantage
from gongjia.engines.figures.tests.conftest import Town
from gongjia.engines.figures.tests.loans import LOANS, Loan, lend
from gongjia.kernel.moments import SHANGHAI
from gongjia.kernel.reach import OutOfReach, Reach, entering

NOW = datetime(2026, 11, 21, 3, tzinfo=SHANGHAI)
TODAY = NOW.date()


@pytest.fixture
def folded(town: Town) -> Town:
    vantages.choose(wide=5)
    lend(town.mill, date(2026, 6, 1))
    lend(town.harbour, None, colour="")
    fold(LOANS)
    return town


def test_a_row_that_nobody_counted_is_found(folded: Town) -> None:
    assert repair.check("loans") == []
    Loan.objects.create(
        pk=-1, organisation_id=folded.farm.pk, colour="", size="large", cover="soft", from_on=date(2026, 7, 1)
    )
    assert repair.check("loans") == [
        repair.Difference("loans", folded.farm.pk, OWN, 202607, ("blank", "large", "soft"), kept=0, true=1)
    ]


def test_a_sum_that_somebody_changed_is_found_wherever_it_stands(folded: Town) -> None:
    for cell in Cell.objects.all():
        Cell.objects.filter(pk=cell.pk).update(amount=cell.amount + 1)
        found = repair.check("loans")
        assert (cell.organisation_id, cell.grain, cell.month) in {(d.organisation_id, d.grain, d.month) for d in found}
        Cell.objects.filter(pk=cell.pk).update(amount=cell.amount)
    assert repair.check("loans") == []


def test_only_the_first_differences_are_told(folded: Town) -> None:
    Cell.objects.update(amount=7)
    assert len(repair.check("loans", most=1)) == 1


def test_a_rebuild_makes_the_sums_true_again(folded: Town) -> None:
    Cell.objects.update(amount=7)
    lend(folded.mill, TODAY)
    repair.rebuild("loans")
    assert repair.check("loans") == []
    assert Change.objects.count() == 0
    assert reading.total("loans", folded.city, on=TODAY).value == 3


def test_one_organisation_is_reconciled_without_touching_others(folded: Town) -> None:
    for number, place in enumerate((folded.farm, folded.west)):
        Loan.objects.create(pk=-number - 1, organisation_id=place.pk, colour="red", size="small", cover="hard")
    repair.reconcile("loans", folded.farm.pk)
    repair.reconcile("loans", folded.farm.pk)
    assert reading.total("loans", folded.east, on=TODAY).value == 2
    assert [each.organisation_id for each in repair.check("loans")] == [folded.west.pk]


def test_the_nightly_check_speaks_up_and_clears_away_what_became_nothing(folded: Town) -> None:
    Cell.objects.filter(organisation_id=folded.mill.pk).update(amount=0)
    with pytest.raises(repair.Disagreement, match="7 sums differ"):
        repair.check_all(at=NOW)
    assert not Cell.objects.filter(organisation_id=folded.mill.pk).exists()
    repair.rebuild("loans")
    repair.check_all(at=NOW)


def test_a_recount_inside_a_narrow_reach_is_refused(folded: Town) -> None:
    with entering(Reach(subtrees=(folded.east.path,))), pytest.raises(OutOfReach, match="every row"):
        repair.check("loans")
    with entering(Reach(subtrees=(folded.east.path,))), pytest.raises(OutOfReach, match="every row"):
        repair.rebuild("loans")
    assert repair.check("loans") == []


def test_vantages_follow_the_width_of_the_tree(town: Town) -> None:
    def chosen(wide: int) -> set[int]:
        vantages.choose(wide=wide)
        return set(Vantage.objects.values_list("pk", flat=True))

    lend(town.mill, TODAY)
    fold(LOANS)
    assert chosen(5) == {town.city.pk}
    assert chosen(2) == {town.city.pk, town.east.pk}
    assert repair.check("loans") == []
    assert chosen(4) == {town.city.pk, town.east.pk}, "kept while half as wide"
    assert chosen(6) == {town.city.pk}
    assert chosen(12) == set()
    assert set(Cell.objects.values_list("grain", flat=True)) == {OWN}


def test_a_sum_in_an_organisation_that_is_no_vantage_is_found(folded: Town) -> None:
    Vantage.objects.all().delete()
    assert {each.organisation_id for each in repair.check("loans")} == {folded.city.pk}
