"""The pages: what the public sees and does not, the chair's desk, the superior's, and the officer's own page."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from gongjia.backbone.organisations.models import Term
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import Role
from gongjia.domains.homes.models import Card, Display, Duty, SiteUse, UnionSite
from gongjia.domains.homes.sites import services as sites
from gongjia.domains.homes.tests.conftest import agree, doing, keep_site, show, show_all, write_promise
from gongjia.engines.messages.models import Message
from gongjia.kernel.actors import Actor
from tests import factories

pytestmark = [pytest.mark.system("O12"), pytest.mark.django_db]
SignIn = Callable[[Client, Any], Client]
Tree = factories.Tree
MOST_QUERIES = 8
DESK_QUERIES = 8  # with who asks: session, account, posts
BOARD_QUERIES = 9  # and the parts, with their names


def text_of(response: Any) -> str:
    return str(response.content.decode())


def main_of(response: Any) -> str:
    return text_of(response).split("<main")[1]


@pytest.fixture
def desk(tree: Tree, sign_in: SignIn) -> Client:
    return sign_in(Client(), tree.chair)


@pytest.fixture
def above(tree: Tree, sign_in: SignIn) -> Client:
    return sign_in(Client(), tree.officer)


def public(union: Any) -> str:
    return main_of(Client().get(f"/unions/{union.reference}/"))


# ── the public page ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_public_page_shows_who_answers_for_what(
    tree: Tree, chair: Actor, post: Post, at: datetime, django_assert_max_num_queries: Any
) -> None:
    show_all(chair, tree.union, post, at)
    keep_site(chair, tree.union, at)
    with django_assert_max_num_queries(MOST_QUERIES):
        shown = public(tree.union)
    for words in (
        "亮牌子", "亮身份", "亮承诺", "何建平", "0715-0880016", "有事找我", "主持工作", "青禾样例职工之家",
        "每天 8:00–20:00", "0715-0880017", "图书阅览", 'class="qr"', "咸安区总工会",
    ):  # fmt: skip
        assert words in shown, words


def test_a_term_that_is_over_is_said_plainly(tree: Tree, at: datetime) -> None:
    term = Term._base_manager.create(
        organisation=tree.union, number=3, starts_on=date(2021, 11, 22), ends_on=date(2026, 11, 22)
    )
    assert "任期已满" not in public(tree.union)
    Term._base_manager.filter(pk=term.pk).update(ends_on=date(2020, 11, 22), starts_on=date(2015, 11, 22))
    assert "任期已满" in public(tree.union)


def test_without_consent_there_is_a_surname_and_no_telephone(
    tree: Tree, chair: Actor, post: Post, at: datetime
) -> None:
    write_promise(chair, tree.union, at)
    factories.post(tree.member, tree.union, Role.VICE_CHAIR)
    shown = public(tree.union)
    assert "何*" in shown
    assert "王*" in shown
    for hidden in ("何建平", "王芳", "tel:0715", "1990000"):
        assert hidden not in shown
    agree(chair, post, at, office_line="0715-0880016")
    assert "何建平" in public(tree.union)
    Card._base_manager.update(ended_at=at)
    shown = public(tree.union)
    assert "何建平" not in shown
    assert "0715-0880016" not in shown


def test_who_has_left_is_not_on_the_page_that_very_day(tree: Tree, chair: Actor, post: Post, at: datetime) -> None:
    agree(chair, post, at)
    Post._base_manager.update(until_on=at.date())
    shown = public(tree.union)
    assert "何建平" not in shown
    assert "何*" not in shown


def test_nothing_about_members_or_about_what_the_desk_knows_is_public(
    tree: Tree, chair: Actor, officer: Actor, post: Post, at: datetime
) -> None:
    show_all(chair, tree.union, post, at)
    Display._base_manager.update(place="三号车间", check_words="看过了")
    shown = public(tree.union)
    for hidden in ("王芳", "会员数", "三号车间", "看过了", factories.id_number(0), factories.phone_number(0)):
        assert hidden not in shown


def test_a_union_that_shows_nothing_says_nothing_of_it(tree: Tree, at: datetime) -> None:
    assert "亮牌子" not in public(tree.union)


def test_a_site_of_another_union_stands_on_the_page_of_whom_it_serves(
    tree: Tree, chair: Actor, officer: Actor, at: datetime
) -> None:
    site = keep_site(chair, tree.union, at)
    other = factories.organisation("溪口样例工会", tree.county, kind="grassroots_union")
    doing(officer, sites.use_site, organisation=other, site_id=site.pk, at=at)
    shown = public(other)
    assert "青禾样例职工之家" in shown
    assert f"由{tree.union.name}提供" in shown
    UnionSite._base_manager.update(closed_on=at.date())
    assert "青禾样例职工之家" not in public(other)


# ── the desk ────────────────────────────────────────────────────────────────────────────────────────────────────


def face(union: Any, page: str = "") -> str:
    return f"/desk/faces/{union.reference}/{page}"


def test_a_chair_brings_it_all_about_in_the_browser(tree: Tree, desk: Client, at: datetime) -> None:
    assert desk.get("/desk/faces/").url == face(tree.union)
    shown = main_of(desk.get(face(tree.union)))
    assert "亮牌子、亮身份、亮承诺、阵地" in shown
    offered = main_of(desk.get(face(tree.union, "duty/?role=chair")))
    assert "主持工会委员会的工作" in offered
    duty = {"duty": "主持工作", "promise": "有事找我", "version": "0"}
    assert desk.post(face(tree.union, "duty/?role=chair"), duty).status_code == 302
    holder = f"chair-{tree.chair.reference}"
    paper = {"holder": holder, "office_line": "0715-0880016", "seen": "on"}
    assert desk.post(face(tree.union, "names/"), paper).status_code == 302
    for kind in ("plate", "identity", "promise"):
        sent = {"shown_on": "2026-11-02", "place": "门口"}
        assert desk.post(face(tree.union, f"show/?kind={kind}"), sent).status_code == 302, kind
    place = {
        "name": "职工之家", "is_union": "on", "is_home": "on", "address": "样例路 1 号", "hours": "每天",
        "services": ["政策咨询"], "version": "0",
    }  # fmt: skip
    assert desk.post(face(tree.union, "site/"), place).status_code == 302
    assert "三亮和阵地都齐全" in main_of(desk.get(face(tree.union)))
    for paper_page in ("plate/", "sheet/"):
        shown = text_of(desk.get(face(tree.union, paper_page)))
        assert "何建平" in shown
        assert 'class="qr"' in shown
    assert "有事找我" in shown


@pytest.mark.parametrize(
    ("page", "sent", "status", "why"),
    [
        ("show/?kind=plate", {"shown_on": ""}, 422, "还没有填"),
        ("show/?kind=plate", {"shown_on": "2999-01-01"}, 409, "不能晚于今天"),
        ("show/?kind=identity", {"shown_on": "2026-11-02"}, 409, "还没有同意公开姓名"),
        ("duty/?role=chair", {"duty": "", "version": "0"}, 422, "还没有填"),
        ("duty/?role=chair", {"duty": "找 19900000001", "version": "0"}, 409, "请删掉号码"),
        ("duty/?role=chair", {"duty": "做事", "version": "7"}, 409, ""),
        ("names/", {"office_line": "19900000001"}, 422, "不要填个人手机号"),
        ("names/", {"holder": "chair-XXXXXXXXXX", "seen": "on"}, 422, "请重新选择"),
        ("site/", {"name": "家", "version": "0"}, 422, "请至少选一项"),
        ("site/", {"name": "家", "is_home": "on", "address": "路", "version": "0"}, 422, "要写开放时间"),
        ("site/", {"services": ["没有的服务"], "version": "0"}, 422, "请重新选择"),
        ("site/use/", {"site": "XXXXXXXXXX"}, 422, "请重新选择"),
        ("site/use/", {"leave": "1"}, 409, "没有登记使用"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_with_the_way_on(
    tree: Tree, desk: Client, page: str, sent: dict[str, Any], status: int, why: str
) -> None:
    if "7" in sent.values():
        Duty._base_manager.create(
            organisation=tree.union, role="chair", duty="旧", promise="", changed_on=date(2026, 11, 1)
        )
    response = desk.post(face(tree.union, page), sent)
    assert response.status_code == status
    assert why in text_of(response)
    assert not Card._base_manager.exists()
    assert not Display._base_manager.exists()
    assert not UnionSite._base_manager.exists()


def test_a_text_that_is_no_kind_leads_back(tree: Tree, desk: Client) -> None:
    for page in ("show/", "show/?kind=all", "duty/?role=clerk", "duty/"):
        assert desk.get(face(tree.union, page)).url == face(tree.union)


def test_taking_down_and_dropping_are_asked_before(
    tree: Tree, desk: Client, chair: Actor, post: Post, at: datetime
) -> None:
    show_all(chair, tree.union, post, at)
    plate, card = Display._base_manager.get(kind="plate"), Card._base_manager.get()
    assert "覆盖率从今天起不计" in text_of(desk.get(f"/desk/displays/{plate.reference}/down/"))
    assert desk.post(f"/desk/displays/{plate.reference}/down/").status_code == 302
    assert desk.get(f"/desk/displays/{plate.reference}/down/").url == face(tree.union)
    assert "主席的身份不再展示" in text_of(desk.get(f"/desk/cards/{card.reference}/drop/"))
    assert desk.post(f"/desk/cards/{card.reference}/drop/").status_code == 302
    assert set(Display._base_manager.filter(lapsed_on=None).values_list("kind", flat=True)) == {"promise"}


def test_that_the_three_stand_together_has_no_page_of_its_own(
    tree: Tree, desk: Client, chair: Actor, post: Post, at: datetime
) -> None:
    show_all(chair, tree.union, post, at)
    together = Display._base_manager.get(kind="all")
    assert desk.get(f"/desk/displays/{together.reference}/down/").status_code == 404


@pytest.mark.system("H4")
def test_a_union_without_premises_chooses_a_site_near_it(
    tree: Tree, desk: Client, officer: Actor, at: datetime
) -> None:
    place = factories.region("421202", "咸安区")
    town = factories.organisation("怀德镇总工会", tree.county, kind="township_union", region=place)
    site = keep_site(officer, town, at, name="怀德镇职工服务站")
    type(tree.union)._base_manager.filter(pk=tree.union.pk).update(region=place)
    page = face(tree.union, "site/use/")
    assert "怀德镇职工服务站" in main_of(desk.get(page))
    assert desk.post(page, {"site": site.reference}).status_code == 302
    assert SiteUse._base_manager.get().organisation == tree.union
    assert "怀德镇职工服务站" in main_of(desk.get(face(tree.union)))
    assert desk.post(page, {"leave": "1"}).status_code == 302
    assert not SiteUse._base_manager.filter(until_on=None).exists()


def test_a_branch_has_no_face_of_its_own(tree: Tree, above: Client) -> None:
    branch = factories.organisation("一车间分工会", tree.union, kind="branch")
    assert "不单独挂牌" in main_of(above.get(face(branch)))


# ── the superior ────────────────────────────────────────────────────────────────────────────────────────────────


def names_in(response: Any) -> list[str]:
    found = re.findall(r'href="/desk/faces/[0-9A-Z]{10}/"[^>]*>([^<]+)</a>', main_of(response))
    return [each for each in found if "工会" in each]


@pytest.fixture
def others(tree: Tree, officer: Actor, at: datetime) -> list[Any]:
    made = [factories.organisation(f"溪口样例{number}工会", tree.county, kind="grassroots_union") for number in "123"]
    show(officer, made[0], "plate", at)
    keep_site(officer, made[1], at)
    return made


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"missing": "plate"}, {"2", "3", "青禾"}),
        ({"missing": "site"}, {"1", "3", "青禾"}),
        ({"missing": "any"}, {"1", "2", "3", "青禾"}),
        ({"shown": "plate"}, {"1"}),
        ({"shown": "site"}, {"2"}),
        ({"shown": "all"}, set()),
        ({"missing": "site", "shown": "plate"}, {"1"}),
        ({"missing": "nothing"}, {"1", "2", "3", "青禾"}),
        ({"q": "溪口样例2"}, {"2"}),
        ({"shown": "plate", "on": "2026-11-01"}, set()),
        ({"shown": "plate", "on": "2026-11-02"}, {"1"}),
    ],
)
def test_the_list_is_narrowed_by_what_is_there_and_what_is_missing(
    tree: Tree, above: Client, others: list[Any], asked: dict[str, str], found: set[str]
) -> None:
    names = names_in(above.get("/desk/faces/", asked))
    assert len(names) == len(found)
    assert all(any(each in name for name in names) for each in found)


def test_a_foreign_part_of_the_tree_is_no_page(tree: Tree, above: Client) -> None:
    assert above.get("/desk/faces/", {"under": tree.foreign_county.reference}).status_code == 404
    assert "渡口" not in text_of(above.get("/desk/faces/"))


@pytest.mark.parametrize("rows", [1, 20])
def test_the_board_costs_the_same_however_many_unions(
    tree: Tree, above: Client, rows: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(rows):
        factories.organisation(f"柳林样例{number}工会", tree.county, kind="grassroots_union")
    with django_assert_max_num_queries(BOARD_QUERIES):
        assert above.get("/desk/faces/").status_code == 200


@pytest.mark.parametrize("rows", [1, 12])
def test_the_desk_of_a_union_costs_the_same_however_many_officers(
    tree: Tree, desk: Client, rows: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(rows):
        factories.post(factories.person(f"柳{'一二三四五六七八九十百千'[number]}"), tree.union, Role.COMMITTEE_MEMBER)
    with django_assert_max_num_queries(DESK_QUERIES):
        assert desk.get(face(tree.union)).status_code == 200


def test_those_who_are_ticked_are_reminded_and_the_others_named(
    tree: Tree, above: Client, others: list[Any], at: datetime
) -> None:
    sent = {"pick": [tree.union.reference, others[0].reference, tree.foreign_union.reference], "back": "missing=site"}
    response = above.post("/desk/faces/", sent, follow=True)
    assert response.redirect_chain[0][0] == "/desk/faces/?missing=site"
    shown = text_of(response)
    assert "已经提醒 1 个工会的主席" in shown
    assert f"“{others[0].name}”没有登记主席" in shown
    assert "渡口" not in shown
    assert Message._base_manager.get().person == tree.chair
    assert "还没有打勾" in text_of(above.post("/desk/faces/", {"back": ""}, follow=True))


def test_a_superior_writes_down_what_it_saw(tree: Tree, above: Client, chair: Actor, post: Post, at: datetime) -> None:
    plate = show(chair, tree.union, "plate", at)
    page = f"/desk/displays/{plate.reference}/check/"
    assert above.post(page, {"on": "2026-11-20"}).status_code == 422
    refused = above.post(page, {"is_there": "no", "on": "2026-11-20"})
    assert refused.status_code == 409
    assert "请写一句" in text_of(refused)
    assert above.post(page, {"is_there": "yes", "on": "2026-11-20"}).status_code == 302
    assert "上级工会已核实" in public(tree.union)
    assert above.post(page, {"is_there": "no", "on": "2026-11-20", "words": "没有了"}).status_code == 302
    assert "上级看到：没有了" in main_of(above.get(face(tree.union)))


# ── the officer's own page ──────────────────────────────────────────────────────────────────────────────────────


def test_an_officer_agrees_and_takes_it_back_on_the_own_page(
    tree: Tree, desk: Client, chair: Actor, at: datetime
) -> None:
    assert "只显示姓氏" in main_of(desk.get("/my/names/"))
    code = f"chair-{tree.union.reference}"
    refused = desk.post("/my/names/", {"post": code, "office_line": "19900000001"})
    assert refused.status_code == 422
    assert "不要填个人手机号" in text_of(refused)
    assert desk.post("/my/names/", {"post": code, "office_line": "0715-0880016"}).status_code == 302
    assert "何建平" in public(tree.union)
    card = Card._base_manager.get()
    assert desk.post(f"/my/names/{card.reference}/withdraw/").status_code == 302
    assert "何建平" not in public(tree.union)
    assert desk.get(f"/my/names/{card.reference}/withdraw/").url == "/my/names/"


def test_a_worker_without_a_post_has_nothing_to_publish(tree: Tree, sign_in: SignIn) -> None:
    client = sign_in(Client(), tree.member)
    assert "没有需要公示的职务" in main_of(client.get("/my/names/"))
    client.post("/my/names/", {"post": f"chair-{tree.union.reference}"})
    assert not Card._base_manager.exists()
