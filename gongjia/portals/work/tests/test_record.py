"""The auditor's record: asked by person, union, day and action; each row says what it holds; who looked, from where."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongjia.backbone.accounts.queries import posts_held
from gongjia.kernel import audit
from tests import factories

SignIn = Callable[[Client, factories.Person], Client]


def body(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def auditor(tree: factories.Tree, client: Client, sign_in: SignIn, at: datetime) -> Client:
    """Who reads a record of an amendment, an appointment of the day before, and openings of two files."""
    officer, foreign = factories.actor(tree.officer), factories.actor(tree.foreign_officer)
    audit.record("organisations.amend", by=officer, at=at, subject=tree.union, facts={"fields": ["name"]})
    facts = {"role": "clerk", "superior_id": 3}
    about = {"about_person_id": tree.foreign_member.pk, "organisation_id": tree.foreign_union.pk}
    audit.record("posts.appoint", by=foreign, at=at - timedelta(days=1), facts=facts, **about)
    for minutes in (0, 10, 29, 31):
        audit.opened(tree.membership, by=officer.for_purpose("verify"), at=at + timedelta(minutes=minutes))
    audit.opened(tree.membership, by=officer.for_purpose("request"), at=at + timedelta(minutes=5))
    return sign_in(client, tree.auditor)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"q": "周远"}, ["posts.appoint"]),
        ({"q": "李青禾"}, ["posts.appoint"]),
        ({"union": "渡口样例"}, ["posts.appoint"]),
        ({"until": "2026-11-19"}, ["posts.appoint"]),
        ({"action": "organisations.amend"}, ["organisations.amend"]),
        ({"since": "2026-11-20", "q": "张敏", "action": "organisations.amend"}, ["organisations.amend"]),
        ({"q": "没有这个人"}, []),
        ({"since": "2026-11-30", "until": "2026-11-01", "action": "organisations.amend"}, ["organisations.amend"]),
        ({"action": "不是事项", "since": "2026-13-45", "q": "周远"}, ["posts.appoint"]),
    ],
)
def test_the_record_is_asked_by_person_union_day_and_action(
    auditor: Client, asked: dict[str, str], expected: list[str]
) -> None:
    lines = auditor.get(reverse("work:audit"), asked).context["lines"]
    assert [each.row.verb for each in lines] == expected


def test_a_row_opens_to_what_is_recorded_in_words(auditor: Client) -> None:
    page = body(auditor.get(reverse("work:audit"), {"q": "周远"}))
    for words in ("<dt>职务</dt><dd>工会干事</dd>", "<dt>相关编号</dt><dd>3</dd>", "<dt>办理方式</dt><dd>网页</dd>"):
        assert words in page, words
    amended = body(auditor.get(reverse("work:audit"), {"action": "organisations.amend"}))
    assert "<dt>改了哪几项</dt><dd>姓名或名称</dd>" in amended


def test_openings_of_one_file_within_half_an_hour_are_one_line(auditor: Client) -> None:
    lines = auditor.get(reverse("work:audit"), {"only": "opened"}).context["lines"]
    assert [(each.row.purpose, each.times) for each in lines] == [("request", 1), ("verify", 1), ("verify", 3)]


def test_who_opened_a_file_is_named_with_the_union_in_whose_name(
    auditor: Client, tree: factories.Tree, at: datetime
) -> None:
    line = auditor.get(reverse("work:audit"), {"only": "opened"}).context["lines"][0]
    assert (line.where, line.by_where) == (tree.union.name, tree.county.name)
    address = reverse("work:person", args=[tree.membership.reference])
    page = body(auditor.post(address, {"purpose": "audit"}, follow=True))
    assert "半小时内 3 次" in page


def test_two_words_must_both_fit(tree: factories.Tree, client: Client, sign_in: SignIn) -> None:
    factories.employer("咸安光电样例有限公司", tree.county)
    officer = sign_in(client, tree.officer)
    assert "咸安光电样例有限公司" in body(officer.get(reverse("work:search"), {"q": "咸安 光电"}))
    assert "没有找到" in body(officer.get(reverse("work:search"), {"q": "咸安 纺织"}))


def test_a_post_is_named_without_saying_federation_twice(tree: factories.Tree, at: datetime) -> None:
    assert [each.zh for each in posts_held(tree.leader.pk, on=at.date())] == ["咸宁市总工会领导"]
    assert [each.zh for each in posts_held(tree.officer.pk, on=at.date())] == ["咸安区总工会 组织部干部"]
