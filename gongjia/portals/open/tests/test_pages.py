"""The public pages: what anybody may know, and nothing more."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from gongjia.backbone.employers.words import State as EmployerState
from gongjia.backbone.memberships import services as memberships
from gongjia.backbone.memberships.words import Origin
from gongjia.backbone.organisations.words import State
from gongjia.backbone.posts.models import Post
from gongjia.backbone.regions.models import Region
from gongjia.domains.enrolment.models import Poster
from gongjia.domains.homes.models import UnionSite
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.reach import everywhere
from gongjia.portals.open import queries
from tests import factories

pytestmark = [pytest.mark.system("O12"), pytest.mark.django_db]
SignIn = Callable[[Client, Any], Client]
MOST_QUERIES = 8


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    cache.clear()


@pytest.fixture
def poster(tree: factories.Tree, at: datetime) -> Poster:
    return Poster._base_manager.create(organisation=tree.union, made_at=at)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def main_of(path: str, **data: str) -> str:
    return text_of(Client().get(path, data)).split("<main")[1]


# ── the landing ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_landing_leads_in(tree: factories.Tree, sign_in: SignIn, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        shown = main_of("/")
    assert "咸宁市总工会" in shown
    for address in ("/unions/", "/signin/", "/help/", "tel:12351"):
        assert f'"{address}"' in shown
    assert "/start/" in text_of(sign_in(Client(), tree.member).get("/"))


def test_the_citys_figures_are_shown_once_there_is_something_to_count(tree: factories.Tree, at: datetime) -> None:
    assert "fig-value" not in main_of("/")
    cache.clear()
    with everywhere(reason="test"):
        memberships.start(
            organisation=tree.union, person=factories.person("白小满"), origin=Origin.PAPER, joined_on=date(2026, 1, 5),
            by=COMMAND, at=at,
        )  # fmt: skip
    shown = main_of("/")
    assert "会员" in shown
    assert "fig-value" in shown


def test_a_figure_is_counted_once_in_ten_minutes(tree: factories.Tree, at: datetime, monkeypatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(queries, "_total", lambda code, on: asked.append(code) or 7)
    with everywhere(reason="test"):
        first, again = queries.figures(at.date()), queries.figures(at.date())
    assert first == again
    assert asked == ["members", "unions"]


# ── finding ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("words", ["青禾", "qhyl", "制衣工会"])
def test_a_union_is_found_by_two_characters_or_by_initials(tree: factories.Tree, poster: Poster, words: str) -> None:
    shown = main_of("/unions/", q=words)
    assert "青禾样例制衣工会委员会" in shown
    assert "渡口" not in shown


def test_an_employer_is_found_with_its_union_or_without(tree: factories.Tree) -> None:
    factories.employer("小满样例餐饮店", tree.county)
    factories.employer("歇业样例店", tree.county, state=EmployerState.CLOSED)
    shown = main_of("/unions/", q="样例", among="employers")
    assert shown.count("已有工会") == 2
    assert shown.count("还没有工会") == 1
    assert "歇业" not in shown


@pytest.mark.parametrize("words", ["", "工", " "])
def test_less_than_two_characters_are_not_searched(tree: factories.Tree, words: str) -> None:
    response = Client().get("/unions/", {"q": words})
    assert response.status_code == 422
    assert "青禾" not in text_of(response)


def test_nothing_found_says_what_to_try(tree: factories.Tree) -> None:
    assert "换一个名称试试" in main_of("/unions/", q="没有的")


def test_a_search_counts_both_tabs_and_turns_to_the_one_that_holds_something(tree: factories.Tree) -> None:
    factories.employer("柳林样例食品厂", tree.county)
    turned = Client().get("/unions/", {"q": "食品"}, follow=True)
    assert turned.redirect_chain == [("/unions/?q=%E9%A3%9F%E5%93%81&among=employers", 302)]
    shown = text_of(turned).split("<main")[1]
    assert "柳林样例食品厂" in shown
    assert re.findall(r'tab-count">(\d+)<', shown) == ["0", "1"]
    both = main_of("/unions/", q="青禾")
    assert "青禾样例制衣工会委员会" in both
    assert re.findall(r'tab-count">(\d+)<', both) == ["1", "1"]


def test_organisations_that_have_ended_are_not_shown(tree: factories.Tree) -> None:
    type(tree.union)._base_manager.filter(pk=tree.union.pk).update(state=State.DISSOLVED)
    assert "青禾样例制衣工会" not in main_of("/unions/", q="制衣工会")
    assert Client().get(f"/unions/{tree.union.reference}/").status_code == 404


def test_whoever_reads_the_register_through_is_slowed(tree: factories.Tree) -> None:
    client = Client()
    answers = [client.get("/unions/", {"q": "工会"}).status_code for _ in range(62)]
    assert answers[:60] == [200] * 60
    assert answers[60:] == [429] * 2
    assert client.get(f"/unions/{tree.union.reference}/").status_code == 200, "reading a page is not searching"


@pytest.mark.parametrize("among", ["unions", "employers"])
@pytest.mark.parametrize("rows", [1, 30])
def test_a_search_costs_the_same_at_one_row_and_at_thirty(
    rows: int, among: str, tree: factories.Tree, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        union = factories.organisation(f"柳林样例{number}工会委员会", tree.county, kind="grassroots_union")
        factories.coverage(union, factories.employer(f"柳林样例{number}厂", tree.county))
    with django_assert_num_queries(3 + 5):  # five count the search: three statements in a transaction
        Client().get("/unions/", {"q": "柳林", "among": among})


# ── a union's page ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_union_shows_who_it_is_and_how_to_join(
    tree: factories.Tree, poster: Poster, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        shown = main_of(f"/unions/{tree.union.reference}/")
    for words in ("基层工会", "咸安区总工会", "咸宁市", f"/j/{tree.union.reference}/"):
        assert words in shown


def test_of_persons_a_public_page_shows_a_surname_and_a_star(tree: factories.Tree, poster: Poster) -> None:
    shown = main_of(f"/unions/{tree.union.reference}/")
    assert "何*" in shown
    assert "何建平" not in shown
    assert "王芳" not in shown
    Post._base_manager.filter(person=tree.chair).update(until_on=date(2026, 1, 1))
    assert "何*" not in main_of(f"/unions/{tree.union.reference}/")


def test_a_union_without_a_poster_shows_the_nearest_that_take_others(tree: factories.Tree, at: datetime) -> None:
    village = factories.organisation("怀德社区工会委员会", tree.county, kind="village_union")
    Poster._base_manager.create(organisation=village, made_at=at)
    shown = main_of(f"/unions/{tree.union.reference}/")
    assert "还没有开通网上入会" in shown
    assert f"/j/{village.reference}/" in shown
    Poster._base_manager.update(revoked_at=at)
    assert f"/j/{village.reference}/" not in main_of(f"/unions/{tree.union.reference}/")


def test_a_federation_leads_to_what_stands_under_it(tree: factories.Tree, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        shown = main_of(f"/unions/{tree.county.reference}/")
    assert "不直接接收会员" in shown
    assert f"/unions/{tree.union.reference}/" in shown
    assert f"/unions/{tree.foreign_union.reference}/" not in shown


def test_an_employer_leads_to_its_union_and_without_one_to_the_nearest(
    tree: factories.Tree, at: datetime, django_assert_max_num_queries: Any
) -> None:
    assert Client().get(f"/employers/{tree.employer.reference}/").url == f"/unions/{tree.union.reference}/"
    lone = factories.employer("小满样例餐饮店", tree.county)
    village = factories.organisation("怀德社区工会委员会", tree.county, kind="village_union")
    Poster._base_manager.create(organisation=village, made_at=at)
    with django_assert_max_num_queries(MOST_QUERIES):
        shown = main_of(f"/employers/{lone.reference}/")
    assert f"/j/{village.reference}/" in shown
    assert f"/j/{tree.city.reference}/" in shown, "whom no union suits is taken by the federation"
    assert "工会法第十一条" in shown


@pytest.mark.parametrize("path", ["/", "/unions/", "/help/", "/privacy/"])
def test_the_public_pages_stand_on_an_empty_database(db: None, path: str) -> None:
    assert Client().get(path).status_code == 200


def test_near_is_the_same_township_then_the_same_county_and_who_is_in_charge_is_named(
    tree: factories.Tree, at: datetime
) -> None:
    county = tree.county.region
    here, there = (
        Region.objects.create(code=f"{county.code}{digits}", name=name, level=Region.Level.TOWNSHIP, parent=county)
        for digits, name in (("101", "怀德镇"), ("102", "柳林镇"))
    )
    town = factories.organisation("怀德镇总工会", tree.county, kind="township_union", region=here)
    far, near = (
        factories.organisation(f"{place.name}样例社区工会", tree.county, kind="village_union", region=place)
        for place in (there, here)
    )
    other = factories.organisation("渡口社区工会", tree.foreign_county, kind="village_union")
    for each in (other, far, near):
        Poster._base_manager.create(organisation=each, made_at=at)
    lone = factories.employer("小满样例餐饮店", tree.county, region=here)
    shown = main_of(f"/employers/{lone.reference}/")
    assert 0 < shown.index(near.name) < shown.index(far.name)
    assert other.name not in shown
    assert f'<a href="/unions/{town.reference}/">怀德镇总工会</a>负责' in shown


def test_a_group_has_no_line_for_a_chair_that_groups_do_not_have(tree: factories.Tree) -> None:
    group = factories.organisation("青禾样例制衣总装二组工会小组", tree.union, kind="union_group")
    assert "工会主席" not in main_of(f"/unions/{group.reference}/").split("<dl")[1]
    assert "工会主席" in main_of(f"/unions/{tree.union.reference}/").split("<dl")[1]


def test_branches_and_groups_are_not_listed_in_public(tree: factories.Tree) -> None:
    factories.organisation("青禾样例制衣总装二组工会小组", tree.union, kind="union_group")
    assert "总装二组" not in main_of("/unions/", q="青禾")
    assert "总装二组" not in main_of(f"/unions/{tree.union.reference}/")


def test_a_station_nearby_is_a_place_to_join(tree: factories.Tree) -> None:
    facts = {"region": tree.county.region, "address": "温泉路 1 号", "hours": "周一至周五", "opened_on": "2026-01-01"}
    UnionSite._base_manager.create(organisation=tree.county, name="温泉样例驿站", is_station=True, **facts)
    shown = main_of("/join/?county=421202")
    assert "温泉样例驿站" in shown
