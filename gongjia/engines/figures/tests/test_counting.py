from datetime import date

import pytest

from gongjia.engines.figures.counting import Share, changed, count
from gongjia.engines.figures.models import Change
from gongjia.engines.figures.tests.conftest import Town

JUNE = date(2026, 6, 15)
RED = {"colour": "red", "size": "small", "cover": "hard"}


def waiting() -> list[tuple[int, int, str, int]]:
    return list(Change.objects.order_by("pk").values_list("organisation_id", "month", "d1", "amount"))


def test_one_more_and_one_fewer_are_written_down(town: Town) -> None:
    count("loans", town.mill.pk, on=JUNE, **RED)
    count("loans", town.mill.pk, on=None, amount=-1, **RED | {"colour": ""})
    assert waiting() == [(town.mill.pk, 202606, "red", 1), (town.mill.pk, 0, "blank", -1)]


def test_a_thousand_rows_of_one_kind_are_one_change(town: Town) -> None:
    changed("loans", after=[Share(town.mill.pk, JUNE, ("red", "small", "hard"))] * 1000)
    assert waiting() == [(town.mill.pk, 202606, "red", 1000)]


def test_what_stays_as_it_was_is_not_written(town: Town) -> None:
    small, large = (Share(town.mill.pk, JUNE, ("red", size, "hard")) for size in ("small", "large"))
    changed("loans", before=[small, large], after=[large, small])
    assert waiting() == []
    changed("loans", before=[small, large], after=[small])
    assert waiting() == [(town.mill.pk, 202606, "red", -1)]


@pytest.mark.parametrize("values", [{"colour": "blue"}, {"weight": "1"}])
def test_what_nobody_declared_is_not_counted(town: Town, values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="loans"):
        count("loans", town.mill.pk, on=JUNE, **RED | values)
    with pytest.raises(ValueError, match="a value for each"):
        changed("loans", after=[Share(town.mill.pk, JUNE, ("red",))])
    assert waiting() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("declared")
def test_a_figure_changes_only_in_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="in the transaction of the row"):
        count("loans", 1, on=JUNE, **RED)
