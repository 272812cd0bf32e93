"""Coverage of the displays: sums are what a recount finds, whatever happened in what order; every number has rows."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongjia.backbone.organisations import services as organisations
from gongjia.backbone.posts.models import Post
from gongjia.domains.homes import coverage, figures, lapsing, services
from gongjia.domains.homes.models import Display
from gongjia.domains.homes.tests.conftest import agree, doing, keep_site, show, show_all, write_promise
from gongjia.domains.homes.words import THREE, DisplayKind, Lapse
from gongjia.engines.figures import folding, reading, repair
from gongjia.kernel.actors import Actor
from gongjia.kernel.reach import entering, everywhere
from tests import factories

pytestmark = [pytest.mark.system("O12"), pytest.mark.django_db]
Tree = factories.Tree
TODAY = date(2026, 11, 20)


def totals(union: Any, on: date = TODAY) -> dict[str, int]:
    with everywhere(reason="test"):
        found = reading.totals([figures.code_of(kind) for kind in DisplayKind], union, on=on)
    return {code.removeprefix("shown_"): each.value for code, each in found.items()}


def differences() -> list[Any]:
    with everywhere(reason="test"):
        return [each for one in figures.INDICATORS for each in repair.check(one.code)]


def test_the_figures_follow_what_is_shown_and_what_lapses(
    tree: Tree, chair: Actor, officer: Actor, post: Post, at: datetime
) -> None:
    show_all(chair, tree.union, post, at)
    show(officer, tree.county, "plate", at)  # a federation shows its plate, and is not counted
    assert totals(tree.city) == {"plate": 1, "identity": 1, "promise": 1, "all": 1}
    assert totals(tree.foreign_county) == {"plate": 0, "identity": 0, "promise": 0, "all": 0}
    doing(chair, services.take_down, display=Display._base_manager.get(kind="promise"), at=at)
    assert totals(tree.county) == {"plate": 1, "identity": 1, "promise": 0, "all": 0}
    doing(
        officer, organisations.dissolve, "organisations.move", organisation=tree.union, on=TODAY, at=at,
        approval_number="样工〔2026〕1号", reason="单位终止",
    )  # fmt: skip
    assert totals(tree.city) == {"plate": 0, "identity": 0, "promise": 0, "all": 0}
    assert differences() == []


def test_a_past_month_shows_what_stood_then(tree: Tree, chair: Actor, at: datetime) -> None:
    plate = show(chair, tree.union, "plate", at, date(2026, 9, 10))
    doing(chair, services.take_down, display=plate, at=at)
    assert [totals(tree.union, on)["plate"] for on in (date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31))] == [
        0, 1, 1,
    ]  # fmt: skip
    assert totals(tree.union)["plate"] == 0


@pytest.mark.django_db(transaction=False)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["on", "off"]), st.integers(0, 90)), max_size=14))
def test_whatever_is_shown_and_lapses_the_sums_are_a_recount(tree: Tree, steps: list[tuple[int, str, int]]) -> None:
    """Displays of three kinds begin and lapse on any days: the sums are a recount, and all three stand together
    exactly while each does."""
    Display._base_manager.all().delete()
    with everywhere(reason="test"):
        for one in figures.INDICATORS:
            repair.rebuild(one.code)
        for which, way, days in steps:
            kind, on = str(THREE[which]), TODAY - timedelta(days=days)
            shown = lapsing.in_force(tree.union.pk)
            if way == "on" and kind not in shown:
                moment = datetime(2026, 11, 20, 2, 0).astimezone()
                lapsing.begin(Display(organisation=tree.union, kind=kind, shown_on=on, recorded_at=moment))
            elif way == "off":
                lapsing.lapse(tree.union.pk, [kind], on=on, why=Lapse.TAKEN_DOWN)
            now = set(lapsing.in_force(tree.union.pk))
            assert (DisplayKind.ALL in now) == (now >= {str(each) for each in THREE})
        folding.fold_all(at=datetime(2026, 11, 20, 2, 0).astimezone())
    assert differences() == []
    now = set(lapsing.in_force(tree.union.pk))
    assert totals(tree.city) == {str(kind): int(kind in now) for kind in DisplayKind}


@pytest.fixture
def city(tree: Tree, chair: Actor, officer: Actor, post: Post, at: datetime) -> Tree:
    """Unions at the county, under a township of it and in the other county, with this and that."""
    show_all(chair, tree.union, post, at)
    keep_site(chair, tree.union, at)
    town = factories.organisation("怀德镇总工会", tree.county, kind="township_union")
    for number in range(4):
        union = factories.organisation(f"柳林样例{number}工会", town, kind="grassroots_union")
        if number % 2:
            show(officer, union, "plate", at)
        if number == 3:
            write_promise(officer, union, at)
            show(officer, union, "promise", at)
    factories.organisation("联合样例工会", town, kind="joint_grassroots_union")
    foreign = factories.actor(tree.foreign_officer)
    show(foreign, tree.foreign_union, "plate", at)
    factories.organisation("筹备组", tree.county, kind="preparatory_group", state="preparing")
    with everywhere(reason="test"):
        repair.rebuild("unions")
    return tree


def test_the_parts_add_up_to_the_figures_and_each_number_opens_as_many_rows(
    city: Tree, sign_in: Any, django_assert_num_queries: Any
) -> None:
    leader = factories.actor(city.leader)
    with entering(leader.reach("homes.see")):
        for top in (city.city, city.county):
            with django_assert_num_queries(2):
                parts = coverage.parts_of(top)
            sums = {code: sum(each.counts[code] for each in parts) for code in coverage.COLUMNS}
            assert {kind: sums[kind] for kind in totals(top)} == totals(top)
            assert sum(each.unions for each in parts) == reading.total("unions", top, on=TODAY).value
            for part in parts:
                for code, count in part.counts.items():
                    assert coverage.unions(under=part.union.reference, shown=code).count() == count
                lacking = coverage.unions(under=part.union.reference, missing="plate").count()
                assert lacking == part.unions - part.counts["plate"]


def test_the_board_shows_the_figures_with_their_shares(city: Tree, sign_in: Any) -> None:
    client = sign_in(Client(), city.officer)
    shown = client.get("/desk/faces/").content.decode().split("<main")[1]
    assert "覆盖 50.0%，共 6 个工会" in shown  # three of six show their plate
    assert "覆盖 16.7%，共 6 个工会" in shown
    figure = reading_of(city)
    rows = client.get(figure.rows_url).content.decode()
    assert rows.count('href="/desk/faces/') >= figure.value == 3


def reading_of(city: Tree) -> Any:
    with everywhere(reason="test"):
        return reading.total("shown_plate", city.county, on=TODAY)


def test_a_missing_name_is_no_display(tree: Tree, chair: Actor, post: Post, at: datetime) -> None:
    """The name alone, or the promise alone, is nothing that is shown."""
    agree(chair, post, at)
    write_promise(chair, tree.union, at)
    assert totals(tree.union) == {"plate": 0, "identity": 0, "promise": 0, "all": 0}
