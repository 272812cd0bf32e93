"""What is near a member's union: stations and homes, the nearest first, and nothing of closed ones."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from gongjia.domains.homes.models import UnionSite
from tests import factories

pytestmark = [pytest.mark.system("G3"), pytest.mark.django_db]
SignIn = Callable[[Client, factories.Person], Client]
MOST_QUERIES = 8


def site(organisation: factories.Organisation, code: str, name: str, **facts: Any) -> UnionSite:
    region = factories.region(code, name)
    facts = {"name": name, "is_station": True, "address": f"{name}路一号", "opened_on": date(2025, 1, 1), **facts}
    return UnionSite._base_manager.create(organisation=organisation, region=region, **facts)


def test_what_is_nearest_stands_first(
    tree: factories.Tree, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    tree.union.region = factories.region("421202001", "温泉街道")
    tree.union.save(update_fields=["region"])
    site(tree.foreign_union, "421221100", "外县站")
    site(tree.county, "421202002", "邻街站")
    site(tree.union, "421202001", "本街站", hours="全天", services=["充电热饭"])
    site(tree.city, "421202001", "关了的站", closed_on=date(2026, 1, 1))
    client = sign_in(Client(), tree.member)
    with django_assert_max_num_queries(MOST_QUERIES):
        response = client.get("/my/near/")
    assert [(far, [each.name for each in sites]) for far, sites in response.context["found"]] == [
        ("同一个乡镇街道", ["本街站"]),
        ("同一个县市区", ["邻街站"]),
        ("同一个市", ["外县站"]),
    ]
    shown = response.content.decode()
    assert "充电热饭" in shown
    assert "关了的站" not in shown


def test_where_nothing_is_near_the_way_on_is_said(tree: factories.Tree, sign_in: SignIn) -> None:
    assert "12351" in sign_in(Client(), tree.member).get("/my/near/").content.decode()


def test_who_is_no_member_is_led_to_a_union(tree: factories.Tree, sign_in: SignIn) -> None:
    assert "我要入会" in sign_in(Client(), factories.person("路人")).get("/my/near/").content.decode()
