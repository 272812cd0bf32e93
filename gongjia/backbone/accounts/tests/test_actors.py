"""Who is behind a request."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory

from gongjia.backbone.accounts.actors import actor_of
from gongjia.backbone.accounts.models import Account, AccountGrant
from gongjia.backbone.accounts.tests.seats import sit_down
from gongjia.kernel import middleware
from gongjia.kernel.actors import NOBODY
from tests import factories


def request_of(account, at, *, strong=True):
    request = RequestFactory().get("/")
    request.at, request.user, request.session = at, account, SessionStore()
    moment = at.isoformat()
    request.session["sitting"] = {"since": moment, "seen": moment, "fresh": moment, "strong": strong, "device": 0}
    return request


def test_the_function_is_the_one_that_the_middleware_asks(db):
    assert middleware._actor_of == ["gongjia.backbone.accounts.actors.actor_of"]


def test_nobody_is_behind_a_request_without_an_account(db, at):
    assert actor_of(request_of(AnonymousUser(), at)) is NOBODY


def test_an_officer_acts_by_the_posts_of_today(tree, at, django_assert_num_queries):
    factories.post(tree.officer, tree.foreign_county, from_on=date(2026, 6, 16))
    factories.post(tree.officer, tree.city, from_on=date(2025, 1, 1), until_on=date(2026, 6, 15))
    account = Account.objects.select_related("person").get(pk=factories.account(tree.officer, "zhangmin").pk)
    with django_assert_num_queries(1):
        actor = actor_of(request_of(account, at))
    assert (actor.account_id, actor.person_id, actor.name) == (account.pk, tree.officer.pk, "张敏")
    assert [held.path for held in actor.posts] == [tree.county.path]
    assert actor.posts[0].zh == "咸安区总工会 组织部干部"


@pytest.mark.parametrize(
    ("hour", "minute", "count"),
    [(15, 59, 1), (16, 0, 0)],  # the day ends in Shanghai eight hours before it ends in Greenwich
)
def test_a_post_ends_with_shanghais_day(hour, minute, count, tree):
    factories.post(tree.member, tree.union, "clerk", from_on=date(2026, 1, 1), until_on=date(2026, 6, 16))
    account = factories.account(tree.member)
    at = datetime(2026, 6, 15, hour, minute, tzinfo=UTC)
    assert len(actor_of(request_of(account, at)).posts) == count


def test_a_newcomer_without_a_person_acts_by_grants(db, at, django_assert_num_queries):
    account = factories.account(None, "newcomer")
    AccountGrant.objects.create(account=account, kind="enrolment.application", number=7, given_at=at)
    with django_assert_num_queries(1):
        actor = actor_of(request_of(account, at))
    assert actor.grants == {("enrolment.application", 7)}
    assert actor.person_id is None


def test_a_code_alone_is_too_weak_for_a_strict_post(tree, at):
    account = factories.account(tree.officer, "zhangmin")
    assert actor_of(request_of(account, at, strong=False)) is NOBODY
    chair = factories.account(tree.chair)
    assert actor_of(request_of(chair, at, strong=False)).posts


def test_a_session_that_nobody_began_properly_is_none(tree, at):
    account = factories.account(tree.member)
    client = Client()
    client.force_login(account)
    assert client.get("/signin/devices").status_code == 302
    assert sit_down(Client(), account).get("/signin/devices").status_code == 200
