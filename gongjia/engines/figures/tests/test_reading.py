from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongjia.engines.figures import answers, reading, vantages
from gongjia.engines.figures.folding import fold
from gongjia.engines.figures.tests.conftest import Town
from gongjia.engines.figures.tests.loans import LOANS, add, change, lend
from gongjia.kernel.reach import NOTHING, PUBLIC, OutOfReach, Reach, entering

pytestmark = [pytest.mark.urls("gongjia.engines.figures.tests.urls"), pytest.mark.system("G2")]
TODAY = date(2026, 11, 21)
JUNE = date(2026, 6, 30)


@pytest.fixture(params=["waiting", "half", "folded", "seen from vantages", "half, from vantages"])
def lent_books(request: pytest.FixtureRequest, town: Town) -> Town:
    """Six loans, one of them returned; read from changes, from sums, from both; with sums of subtrees and without."""
    if "vantages" in request.param:
        vantages.choose(wide=2)
    lend(town.mill, date(2026, 3, 5))
    lend(town.mill, date(2026, 6, 30), colour="green", size="large")
    lend(town.farm, None, colour="green")
    returned = lend(town.farm, date(2025, 12, 1), cover="soft")
    if "half" in request.param:
        fold(LOANS)
    change(returned, until_on=date(2026, 9, 2))
    lend(town.east, date(2026, 11, 20), colour="")
    lend(town.harbour, date(2026, 7, 1), size="large")
    if "half" not in request.param and request.param != "waiting":
        fold(LOANS)
    return town


def test_a_total_counts_the_whole_subtree(lent_books: Town) -> None:
    counted = [
        reading.total("loans", each, on=TODAY).value
        for each in (lent_books.city, lent_books.east, lent_books.west, lent_books.mill, lent_books.farm)
    ]
    assert counted == [5, 4, 1, 2, 1]


def test_the_rows_of_a_list_have_their_totals_by_one_statement(lent_books: Town) -> None:
    town = [lent_books.city, lent_books.east, lent_books.west, lent_books.mill, lent_books.farm]
    for day in (TODAY, JUNE):
        with CaptureQueriesContext(connection) as asked:
            found = reading.of_each("loans", town, on=day)
        assert len(asked) == 1
        assert {pk: each.value for pk, each in found.items()} == {
            each.pk: reading.total("loans", each, on=day).value for each in town
        }
    assert reading.of_each("loans", [], on=TODAY) == {}
    with entering(Reach(subtrees=(lent_books.east.path,))), pytest.raises(OutOfReach):
        reading.of_each("loans", town, on=TODAY)


def test_a_past_month_end_shows_what_was_then(lent_books: Town) -> None:
    days = [date(2025, 11, 30), date(2025, 12, 31), date(2026, 3, 31), JUNE, date(2026, 7, 31), date(2026, 9, 30)]
    assert [reading.total("loans", lent_books.city, on=day).value for day in days] == [1, 2, 3, 4, 5, 4]


def test_filters_take_one_value_or_several(lent_books: Town) -> None:
    city = lent_books.city
    assert reading.total("loans", city, on=TODAY, size="large").value == 2
    assert reading.total("loans", city, on=TODAY, colour=("red", "blank")).value == 3
    assert reading.total("loans", city, on=TODAY, colour="green", size="large").value == 1
    assert reading.total("loans", city, on=date(2026, 5, 31), colour="green", size=["small", "large"]).value == 1


def test_a_value_nobody_declared_is_refused_and_not_counted_as_nothing(town: Town) -> None:
    with pytest.raises(ValueError, match="blue"):
        reading.total("loans", town.city, on=TODAY, colour="blue")
    with pytest.raises(ValueError, match="no values of colour"):
        reading.total("loans", town.city, on=TODAY, colour=())
    with pytest.raises(ValueError, match="not kept by weight"):
        reading.total("loans", town.city, on=TODAY, weight="1")


def test_a_total_taken_apart_shows_every_declared_value(lent_books: Town) -> None:
    parts = reading.by("loans", "colour", lent_books.city, on=TODAY)
    assert [(each.label, each.value) for each in parts] == [("红", 2), ("绿", 2), ("未填", 1)]
    only = reading.by("loans", "colour", lent_books.city, on=TODAY, colour=("green",), size="small")
    assert [(each.label, each.value) for each in only] == [("绿", 1)]


def test_a_series_stands_at_each_month_end(lent_books: Town) -> None:
    points = reading.series("loans", lent_books.city, on=TODAY, months=6)
    assert [each.value for each in points] == [4, 5, 5, 4, 4, 5]
    assert [each.label for each in points] == ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"]
    assert [points[0].as_of, points[-1].as_of] == [JUNE, TODAY]
    assert [each.value for each in reading.series("loans", lent_books.mill, on=TODAY, months=2)] == [2, 2]
    assert [each.value for each in reading.series("loans", lent_books.west, on=JUNE, months=2)] == [0, 0]


def test_a_cross_table_adds_up_to_the_total(lent_books: Town) -> None:
    table = reading.cross("loans", "colour", "size", lent_books.city, on=TODAY)
    assert [table.rows, table.columns] == [["红", "绿", "未填"], ["小", "大"]]
    assert [[each.value for each in row] for row in table.cells] == [[1, 1], [1, 1], [1, 0]]
    then = reading.cross("loans", "size", "cover", lent_books.city, on=date(2026, 3, 31))
    assert [[each.value for each in row] for row in then.cells] == [[2, 1], [0, 0]]


def test_a_cross_table_by_month_runs_along_either_side(lent_books: Town) -> None:
    across = reading.cross(
        "loans", "cover", reading.MONTH, lent_books.city, on=TODAY, months=3, colour=("red", "blank")
    )
    assert across.columns == ["2026-09", "2026-10", "2026-11"]
    assert [[each.value for each in row] for row in across.cells] == [[2, 2, 3], [0, 0, 0]]
    down = reading.cross("loans", reading.MONTH, "cover", lent_books.city, on=TODAY, months=3, colour=("red", "blank"))
    assert [[each.value for each in row] for row in down.cells] == [[2, 0], [2, 0], [3, 0]]


def test_parts_of_a_total_add_up_to_it(lent_books: Town) -> None:
    parts = reading.children("loans", lent_books.city, on=TODAY)
    assert [(each.organisation.name, each.figure.value) for each in parts.shown] == [
        ("东区图书馆", 4),
        ("西区图书馆", 1),
    ]
    east = reading.children("loans", lent_books.east, on=TODAY, most=1)
    assert [east.own.value, [each.figure.value for each in east.shown]] == [1, [2]]
    assert [east.others, east.others_count] == [1, 1]
    large = reading.children("loans", lent_books.east, on=JUNE, size="large")
    assert [(each.figure.label, each.figure.value) for each in large.shown] == [("工厂书屋", 1), ("农家书屋", 0)]


def test_a_library_without_parts_counts_only_its_own(lent_books: Town) -> None:
    parts = reading.children("loans", lent_books.mill, on=TODAY)
    assert [parts.own.value, parts.shown, parts.others] == [2, [], 0]


def test_every_number_says_what_it_is_and_opens_its_rows(lent_books: Town) -> None:
    city, mill = lent_books.city, lent_books.mill
    figure = reading.total("loans", city, on=JUNE, colour=("red", "green"))
    assert [figure.zh, figure.unit, figure.as_of] == ["借出图书", "册", JUNE]
    assert figure.definition == LOANS.definition
    assert figure.rows_url == f"/loans/?under={city.reference}&on=2026-06-30&shelf=open&colour=red&colour=green"
    cell = reading.cross("loans", "colour", reading.MONTH, city, on=TODAY, months=2, size="large").cells[1][0]
    assert cell.rows_url == f"/loans/?under={city.reference}&on=2026-10-31&shelf=open&size=large&colour=green", (
        cell.rows_url
    )
    assert cell.label == "绿 · 2026-10"
    part = reading.children("loans", lent_books.east, on=TODAY, cover="hard").shown[0].figure
    assert part.rows_url == f"/loans/?under={mill.reference}&on=2026-11-21&shelf=open&cover=hard"


def test_several_totals_are_one_statement(lent_books: Town) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        figures = reading.totals(["loans"], lent_books.east, on=TODAY)
    assert [figures["loans"].value, len(queries)] == [4, 1]


@pytest.mark.parametrize("libraries", [1, 30])
def test_a_reading_costs_the_same_however_much_there_is(town: Town, libraries: int) -> None:
    for number in range(libraries):
        lend(add(f"书屋 {number}", town.west), TODAY)
    with CaptureQueriesContext(connection) as queries:
        reading.total("loans", town.city, on=TODAY, colour="red", size="small")
        reading.by("loans", "colour", town.city, on=TODAY)
        reading.series("loans", town.city, on=TODAY)
        reading.cross("loans", "colour", "size", town.city, on=TODAY)
        reading.children("loans", town.west, on=TODAY)
    assert len(queries) == 6


def test_a_subtree_outside_the_reach_is_refused(lent_books: Town) -> None:
    readings = (
        lambda place: reading.total("loans", place, on=TODAY),
        lambda place: reading.totals(["loans"], place, on=TODAY),
        lambda place: reading.by("loans", "colour", place, on=TODAY),
        lambda place: reading.series("loans", place, on=TODAY),
        lambda place: reading.cross("loans", "colour", "size", place, on=TODAY),
        lambda place: reading.children("loans", place, on=TODAY),
    )
    with entering(Reach(subtrees=(lent_books.east.path,))):
        for read in readings:
            read(lent_books.east)
            read(lent_books.mill)
            for place in (lent_books.city, lent_books.west, lent_books.harbour):
                with pytest.raises(OutOfReach):
                    read(place)


@pytest.mark.parametrize("reach", [NOTHING, PUBLIC, Reach(person_id=1)])
def test_only_posts_open_figures(town: Town, reach: Reach) -> None:
    with entering(reach), pytest.raises(OutOfReach):
        reading.total("loans", town.mill, on=TODAY)


def test_a_drawing_has_the_numbers_of_the_figures(lent_books: Town) -> None:
    points = reading.series("loans", lent_books.city, on=TODAY, months=2)
    assert answers.chart(points) == {
        "labels": ["2026-10", "2026-11"],
        "series": [{"name": "借出图书", "values": [4, 5]}],
    }
    table = reading.cross("loans", "size", "cover", lent_books.city, on=TODAY)
    assert answers.chart_of_table(table) == {
        "labels": ["精装", "平装"],
        "series": [{"name": "小", "values": [3, 0]}, {"name": "大", "values": [2, 0]}],
    }
    parts = reading.children("loans", lent_books.east, on=TODAY, most=1)
    assert answers.chart_of_children(parts) == {
        "labels": ["工厂书屋", "其他 1 家"],
        "series": [{"name": "借出图书", "values": [2, 1]}],
    }
