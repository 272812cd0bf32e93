"""A union whose member has gone on sees the row of its history, and opens nothing of the person any more."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from gongjia.backbone.memberships import services as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.posts.models import Post
from gongjia.kernel.actors import TICK
from gongjia.kernel.models import AuditRow
from gongjia.kernel.reach import everywhere
from tests import factories

SignIn = Callable[[Client, factories.Person], Client]


@pytest.fixture
def gone(tree: factories.Tree, at: datetime) -> Membership:
    """The membership at the union of before."""
    with everywhere(reason="a test's rows"):
        memberships.transfer(membership=tree.membership, to=tree.foreign_union, on=at.date(), by=TICK, at=at)
    return Membership._base_manager.get(pk=tree.membership.pk)


@pytest.mark.parametrize("name", ["work:person", "work:appoint", "signin:vouch"])
def test_what_only_a_living_membership_opens_is_refused_with_a_way_on(
    name: str, tree: factories.Tree, gone: Membership, client: Client, sign_in: SignIn
) -> None:
    who = tree.chair if name == "signin:vouch" else tree.officer
    answer = sign_in(client, who).get(reverse(name, args=[gone.reference]))
    assert answer.status_code == 409
    assert "会籍已经终止" in answer.content.decode()
    assert not AuditRow.objects.filter(verb__endswith=".opened").exists()


def test_no_purpose_opens_the_file_either(
    tree: factories.Tree, gone: Membership, client: Client, sign_in: SignIn
) -> None:
    url = reverse("work:person", args=[gone.reference])
    answer = sign_in(client, tree.officer).post(url, {"purpose": "request"}, follow=True)
    assert "会籍已经终止" in answer.content.decode()
    assert gone.person.reveal("phone")[-4:] not in answer.content.decode()


def test_the_union_of_before_gives_no_post(
    tree: factories.Tree, gone: Membership, client: Client, sign_in: SignIn
) -> None:
    facts = {"union": tree.union.name, "role": "clerk", "from_on": "2026-11-20"}
    sign_in(client, tree.officer).post(reverse("work:appoint", args=[gone.reference]), facts)
    assert not Post._base_manager.filter(person=tree.member).exists()


def test_the_union_of_today_opens_the_file(
    tree: factories.Tree, gone: Membership, client: Client, sign_in: SignIn
) -> None:
    now = Membership._base_manager.get(organisation=tree.foreign_union, person=tree.member)
    answer = sign_in(client, tree.foreign_officer).get(reverse("work:person", args=[now.reference]))
    assert "会籍已经终止" not in answer.content.decode()
