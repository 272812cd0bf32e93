"""Finding a member by a whole number: only in reach, only live ones, never by an address, always recorded."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from gongjia.kernel.models import AuditRow
from gongjia.portals.work import finding, records
from tests import factories

SignIn = Callable[[Client, factories.Person], Client]


def body(response: Any) -> str:
    return str(response.content.decode())


def sent(client: Client, number: str) -> Any:
    return client.post(reverse("work:find"), {"number": number})


def test_a_member_in_reach_is_found_by_phone_and_by_id_number_and_it_is_recorded(
    tree: factories.Tree, client: Client, sign_in: SignIn
) -> None:
    officer = sign_in(client, tree.officer)
    phone, id_number = tree.member.reveal("phone"), tree.member.reveal("id_number")
    for written in (
        phone,
        f"+86 {phone[:3]}-{phone[3:7]}-{phone[7:]}",
        f"0086{phone}",
        id_number,
        f" {id_number.lower()} ",
    ):
        found = body(sent(officer, written))
        assert tree.member.name in found
        assert reverse("work:person", args=[tree.membership.reference]) in found
        assert found.count(written.strip()) <= 1  # what was typed stands in its field, and nowhere else
    row = AuditRow.objects.filter(verb=finding.VERB).latest("pk")
    assert (row.about_person_id, row.facts) == (tree.member.pk, {"number_kind": "whole_id_number", "count": 1})
    (line,) = records.lines_of([row])
    assert line.what == "按号码查找会员"
    assert ("按什么找", "证件号码") in line.recorded


def test_nobody_out_of_reach_is_found_nor_told_apart_from_nobody(
    tree: factories.Tree, client: Client, sign_in: SignIn
) -> None:
    officer = sign_in(client, tree.officer)
    foreign = body(sent(officer, tree.foreign_member.reveal("id_number")))
    nobody = body(sent(officer, factories.id_number(9_999)))
    assert "没有这个号码的现有会员" in foreign
    assert tree.foreign_member.name not in foreign
    assert "没有这个号码的现有会员" in nobody
    assert {row.about_person_id for row in AuditRow.objects.filter(verb=finding.VERB)} == {None}


def test_a_broken_number_is_named_and_not_counted(tree: factories.Tree, client: Client, sign_in: SignIn) -> None:
    officer = sign_in(client, tree.officer)
    right = tree.member.reveal("id_number")
    assert "校验位不符" in body(sent(officer, right[:-1] + ("1" if right[-1] != "1" else "2")))
    for short in ("1380000", "42120219", "abc"):
        assert "请填 18 位身份证号，或者 11 位手机号" in body(sent(officer, short))
    assert not AuditRow.objects.filter(verb=finding.VERB).exists()


def test_trying_numbers_out_is_stopped(tree: factories.Tree, client: Client, sign_in: SignIn, monkeypatch: Any) -> None:
    monkeypatch.setattr(finding, "ALLOWED", ((2, 3600.0),))
    officer = sign_in(client, tree.officer)
    answers = [sent(officer, tree.member.reveal("phone")).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_the_search_says_where_a_number_belongs(tree: factories.Tree, client: Client, sign_in: SignIn) -> None:
    officer = sign_in(client, tree.officer)
    assert reverse("work:find") in body(officer.get(reverse("work:search"), {"q": "13800000000"}))
    assert reverse("work:find") in body(officer.get(reverse("work:members")))
    leader = sign_in(Client(), tree.leader)
    assert reverse("work:find") not in body(leader.get(reverse("work:members")))
    assert leader.get(reverse("work:find")).status_code == 403
