"""What waits at the first page, the tree's ends, who above looks in, and addresses that somebody changed."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongjia.backbone.organisations.models import Term
from gongjia.engines.figures import indicators
from gongjia.engines.figures.repair import rebuild
from gongjia.engines.messages.models import Direction, Message
from gongjia.kernel.reach import everywhere
from gongjia.portals.work import home, views
from tests import factories

SignIn = Callable[[Client, factories.Person], Client]


def body(response: Any) -> str:
    return str(response.content.decode())


def shown(client: Client) -> tuple[list[str], list[str]]:
    """What waits for oneself, and below."""
    context = client.get(reverse("work:home")).context
    return tuple([f"{each.count} {each.zh}" for each in context[name]] for name in ("duties", "duties_below"))  # type: ignore[return-value]


LETTER, OVERDUE = "1 封职工留言等待回复", "1 个工会任期已满，还没有换届"


def test_a_letter_waits_for_the_union_it_was_written_to(tree: factories.Tree, sign_in: SignIn, at: datetime) -> None:
    facts = {"person": tree.member, "organisation": tree.union, "direction": Direction.UP, "sent_at": at}
    Message._base_manager.create(title="问", body="问", **facts)
    for who, waits in ((tree.chair, ([LETTER], [])), (tree.officer, ([], [LETTER])), (tree.foreign_officer, ([], []))):
        assert shown(sign_in(Client(), who)) == waits
    assert "下级正在办的" in body(sign_in(Client(), tree.officer).get(reverse("work:home")))


def test_what_waits_is_counted_where_the_permission_reaches(tree: factories.Tree, sign_in: SignIn) -> None:
    ended = {"number": 1, "starts_on": date(2020, 1, 1), "ends_on": date(2025, 1, 1)}
    for union in (tree.union, tree.foreign_union):
        Term._base_manager.create(organisation=union, **ended)
    two = factories.person("双职")
    factories.post(two, tree.county, "leader")
    factories.post(two, tree.foreign_union, "chair")
    assert shown(sign_in(Client(), two)) == ([OVERDUE], [])
    assert shown(sign_in(Client(), tree.officer)) == ([], [OVERDUE])


def test_a_long_branch_keeps_the_way_and_says_what_is_left(
    tree: factories.Tree, client: Client, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_IN_A_BRANCH", 3)
    made = [factories.organisation(f"第{n}样例厂工会", tree.county, kind="grassroots_union") for n in range(6)]
    officer = sign_in(client, tree.officer)
    part = body(officer.get(reverse("work:tree"), {"at": made[-1].reference}, headers={"HX-Request": "true"}))
    assert "第5样例厂工会" in part
    assert 'aria-current="page"' in part
    assert "第4样例厂工会" not in part
    assert "其余 3 个" in part
    level = body(officer.get(reverse("work:tree_level", args=[tree.county.reference])))
    assert f"{reverse('work:unions')}?under={tree.county.reference}" in level
    assert "其余 4 个" in level


def test_each_of_one_s_organisations_says_who_above_looks_in(
    tree: factories.Tree, client: Client, sign_in: SignIn
) -> None:
    factories.post(tree.member, tree.county, "chair")
    factories.post(tree.member, tree.foreign_union, "chair")
    page = body(sign_in(client, tree.member).get(reverse("work:rights")))
    assert "上级工会中有 2 人" in page
    assert "上级工会中有 3 人" in page
    for words in ("咸宁市总工会：总工会领导 1 人", "咸宁市总工会：审计员 1 人", "嘉鱼县总工会：组织部干部 1 人"):
        assert words in page, words


def test_a_foreign_subtree_is_no_such_page_and_a_wrong_day_is_named(
    tree: factories.Tree, client: Client, sign_in: SignIn
) -> None:
    officer = sign_in(client, tree.officer)
    for name in ("work:members", "work:unions", "work:employers"):
        assert officer.get(reverse(name), {"under": tree.foreign_county.reference}).status_code == 404
        page = officer.get(reverse(name), {"on": "2026-13-45"})
        assert page.status_code == 200
        assert "地址里的日期“2026-13-45”写得不对" in body(page)


def test_a_figure_lists_all_parts_when_asked(
    tree: factories.Tree, client: Client, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "MOST_PARTS", 1)
    with everywhere(reason="test"):
        for each in indicators.registered():
            rebuild(each.code)
    leader = sign_in(client, tree.leader)
    address = reverse("work:figure", args=["members"])
    page = body(leader.get(address))
    assert "另有 1 个下级组织，共 1 人" in page
    assert "全部列出" in page
    whole = body(leader.get(address, {"all": "1"}))
    assert "另有" not in whole
    assert "咸安区总工会" in whole
    assert "嘉鱼县总工会" in whole


def test_the_posts_of_a_union_are_told_by_their_rank(tree: factories.Tree, client: Client, sign_in: SignIn) -> None:
    factories.post(factories.person("副手"), tree.union, "vice_chair", from_on=date(2019, 1, 1))
    factories.post(factories.person("干事"), tree.union, "clerk", from_on=date(2026, 1, 1))
    posts = sign_in(client, tree.officer).get(reverse("work:union", args=[tree.union.reference])).context["posts"]
    assert [each.who for each in posts] == ["何建平", "副手", "干事"]
