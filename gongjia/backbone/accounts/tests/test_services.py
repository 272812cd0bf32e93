"""The verbs on accounts."""

import inspect
import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from gongjia.backbone.accounts import services, trail
from gongjia.backbone.accounts.models import Account, AccountGrant, FormerPassword
from gongjia.backbone.accounts.queries import by_phone, id_ends_with, posts_held
from gongjia.backbone.accounts.tests.seats import sit_down
from gongjia.backbone.accounts.words import ClosingReason, ResetReason
from gongjia.backbone.memberships import services as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.kernel.actors import COMMAND, NOBODY, TICK, Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.models import AuditRow
from gongjia.kernel.reach import entering, everywhere
from tests import factories
from tests.inside import inside

PHONE = "19900008888"
GOOD = "晨光-Baoma-2026"
GONE = {"reason": ClosingReason.LEFT}


def myself(account: Account) -> Actor:
    return Actor(account_id=account.pk, person_id=account.person_id)


def test_an_account_is_found_by_its_phone_and_keeps_it_sealed(tree, at):
    account = services.open_account(person=tree.member, phone=PHONE, by=NOBODY, at=at)
    assert by_phone(PHONE) == account
    assert PHONE.encode() not in bytes(account.phone)
    assert account.reveal("phone") == PHONE
    assert not account.has_usable_password()


def test_the_record_of_an_account_holds_no_phone_and_no_name(tree, at):
    services.open_account(person=tree.member, phone=PHONE, username="wangfang", by=NOBODY, at=at)
    row = AuditRow.objects.get(verb="accounts.open")
    assert row.about_person_id == tree.member.pk
    assert row.facts == {"with_phone": True}


def test_a_person_has_one_account_and_a_phone_one_holder(tree, at):
    services.open_account(person=tree.member, phone=PHONE, by=NOBODY, at=at)
    with pytest.raises(Refused, match="已经有账号"):
        services.open_account(person=tree.member, phone="19900008889", by=NOBODY, at=at)
    with pytest.raises(Refused, match="另一个账号"):
        services.open_account(person=tree.chair, phone=PHONE, by=NOBODY, at=at)
    services.open_account(person=tree.chair, username="laohe", by=NOBODY, at=at)
    with pytest.raises(Refused, match="已经有人用了"):
        services.open_account(person=tree.leader, username="LAOHE", by=NOBODY, at=at)


def test_what_is_no_phone_is_refused_with_its_reason(tree, at):
    with pytest.raises(Refused, match="固定电话"):
        services.open_account(person=tree.member, phone="0715-8234567", by=NOBODY, at=at)


def test_nobody_changes_the_phone_of_another(tree, at):
    account = factories.account(tree.member)
    with pytest.raises(Forbidden):
        services.bind_phone(account=account, phone=PHONE, by=myself(factories.account(tree.chair)), at=at)
    services.bind_phone(account=account, phone=PHONE, by=myself(account), at=at)
    assert by_phone(PHONE) == account


# ── whose account it is ─────────────────────────────────────────────────────────────────────────────────────


def test_a_newcomers_account_goes_to_the_person_and_its_grants_fall_away(tree, at):
    account = services.open_account(person=None, phone=PHONE, by=NOBODY, at=at)
    facts = {"account_id": account.pk, "kind": "enrolment.application", "number": 7, "by": myself(account), "at": at}
    with pytest.raises(RuntimeError, match="part of another one"):
        services.grant(**facts)
    for _ in range(2):
        inside(act=lambda: services.grant(**facts), by=myself(account), at=at)
    assert AccountGrant.objects.count() == 1
    services.bind_person(account_id=account.pk, person=tree.member, by=COMMAND, at=at)
    assert Account.objects.get().person == tree.member
    assert not AccountGrant.objects.exists()


def test_rooms_hear_whose_account_it_is_now(tree, at, monkeypatch):
    account = services.open_account(person=None, phone=PHONE, by=NOBODY, at=at)
    told = []
    monkeypatch.setattr(services.events, "tell", lambda name, **facts: told.append((name, facts)))
    services.bind_person(account_id=account.pk, person=tree.member, by=COMMAND, at=at)
    ((name, facts),) = told
    assert (name, facts["account_id"], facts["person"]) == ("accounts.bound", account.pk, tree.member)


def test_an_id_number_that_somebody_knows_does_not_take_over_an_account_in_use(tree, at):
    used = factories.account(tree.member, seen_at=at - timedelta(days=400))
    newcomer = services.open_account(person=None, phone=PHONE, by=NOBODY, at=at)
    with pytest.raises(Refused, match="当面核验"):
        services.bind_person(account_id=newcomer.pk, person=tree.member, by=COMMAND, at=at)
    used.refresh_from_db()
    assert (used.person, used.is_active) == (tree.member, True)


def test_an_account_that_was_never_used_makes_room(tree, at):
    unused = factories.account(tree.member)
    newcomer = services.open_account(person=None, phone=PHONE, by=NOBODY, at=at)
    services.bind_person(account_id=newcomer.pk, person=tree.member, by=COMMAND, at=at)
    unused.refresh_from_db()
    assert (unused.person, unused.is_active) == (None, False)


def test_anothers_account_is_not_given_away(tree, at):
    account = factories.account(tree.member)
    with pytest.raises(Refused, match="属于另一个人"):
        services.bind_person(account_id=account.pk, person=tree.chair, by=COMMAND, at=at)


# ── passwords ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("Ab1-567", "至少 8 位"),
        ("Ab1-5678", None),
        ("ab1defgh", "至少 3 种"),
        ("Password1", "太常见"),
        ("Wang-wangfang-1", "不能有登录名"),
    ],
)
def test_a_members_password_has_eight_signs_of_three_kinds(password, fault, tree, at):
    account = factories.account(tree.member, "wangfang")
    if fault is None:
        services.set_password(account=account, password=password, by=myself(account), at=at)
        assert account.check_password(password)
    else:
        with pytest.raises(Refused, match=fault):
            services.set_password(account=account, password=password, by=myself(account), at=at)


@pytest.mark.parametrize(("password", "taken"), [("Abc-4567890", False), ("Abc-45678901", True)])
def test_an_officers_password_has_twelve_signs(password, taken, tree, at):
    account = factories.account(tree.officer, "zhangmin")
    if taken:
        services.set_password(account=account, password=password, by=myself(account), at=at)
    else:
        with pytest.raises(Refused, match="至少 12 位，现在是 11 位"):
            services.set_password(account=account, password=password, by=myself(account), at=at)


def test_every_fault_is_told_at_once(tree, at):
    account = factories.account(tree.member, "wangfang")
    with pytest.raises(Refused) as refusal:
        services.set_password(account=account, password="123456", by=myself(account), at=at)
    assert len(refusal.value.reasons) == 3


def test_the_last_five_passwords_are_not_taken_again_and_the_sixth_is(tree, at):
    account = factories.account(tree.member, "wangfang")
    for number in range(6):
        services.set_password(account=account, password=f"Good-{number}-word", by=myself(account), at=at)
    for number in range(1, 6):
        with pytest.raises(Refused, match="最近用过"):
            services.set_password(account=account, password=f"Good-{number}-word", by=myself(account), at=at)
    services.set_password(account=account, password="Good-0-word", by=myself(account), at=at)
    assert FormerPassword.objects.filter(account=account).count() == 5


def test_a_password_set_by_somebody_else_must_be_changed(tree, at):
    account = factories.account(tree.member, "wangfang", password_changed_at=at)
    services.set_password(account=account, password=GOOD, by=COMMAND, at=at)
    assert Account.objects.get(pk=account.pk).password_changed_at is None


# ── ending ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_who_manages_accounts_closes_one(tree, at):
    account = factories.account(tree.member)
    with pytest.raises(Forbidden):
        services.close_account(
            account=account, organisation=tree.union, by=factories.actor(tree.officer), at=at, **GONE
        )
    operator = factories.actor(tree.operator)
    with entering(operator.reach()):
        services.close_account(account=account, organisation=tree.union, by=operator, at=at, **GONE)
    assert not Account.objects.get(pk=account.pk).is_active
    with pytest.raises(Refused, match="自己的账号"):
        services.close_account(
            account=Account.objects.get(pk=operator.account_id), organisation=tree.city, by=operator, at=at, **GONE
        )


# ── vouching ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_chair_vouches_for_a_member_of_the_own_union_only(tree, at):
    account = factories.account(tree.member)
    chair = factories.actor(tree.chair)
    services.vouch(membership=tree.membership, by=chair, at=at)
    assert Account.objects.get(pk=account.pk).vouched_until == at + timedelta(hours=24)
    with pytest.raises(Forbidden):
        services.vouch(membership=tree.foreign_membership, by=chair, at=at)


def test_nobody_vouches_for_themselves(tree, at):
    own = factories.membership(tree.chair, tree.union)
    factories.account(tree.chair)
    with pytest.raises(Refused, match="不能为自己核验"):
        services.vouch(membership=own, by=factories.actor(tree.chair), at=at)


def test_the_union_of_before_vouches_for_nobody(tree, at):
    """Who was its member once may be another union's today: the account would be theirs to take."""
    account = factories.account(tree.member)
    with everywhere(reason="a test's rows"):
        stale = Membership.objects.select_related("organisation", "person").get(pk=tree.membership.pk)
        memberships.transfer(membership=tree.membership, to=tree.foreign_union, on=at.date(), by=TICK, at=at)
    for read in (stale, Membership._base_manager.get(pk=stale.pk)):
        with pytest.raises(Refused, match="会籍已经终止"):
            services.vouch(membership=read, phone=PHONE, by=factories.actor(tree.chair), at=at)
    account.refresh_from_db()
    assert (account.vouched_until, account.reveal("phone")) == (None, tree.member.reveal("phone"))


def test_a_phone_that_is_bound_brings_nothing_of_before_back(tree, at):
    """The request had read the account before somebody else closed it, and before its password was changed."""
    account = factories.account(tree.member)
    stale = Account.objects.get(pk=account.pk)
    services.set_password(account=Account.objects.get(pk=account.pk), password=GOOD, by=myself(account), at=at)
    services._close(account)
    services.bind_phone(account=stale, phone=PHONE, by=myself(account), at=at)
    account.refresh_from_db()
    assert (account.is_active, account.check_password(GOOD), account.reveal("phone")) == (False, True, PHONE)


def test_vouching_brings_nothing_of_before_back(tree, at, monkeypatch):
    account = factories.account(tree.member)
    stale = Account.objects.get(pk=account.pk)
    services._close(account)
    monkeypatch.setattr(services, "of_person", lambda _: stale)
    services.vouch(membership=tree.membership, phone=PHONE, by=factories.actor(tree.chair), at=at)
    account.refresh_from_db()
    assert (account.is_active, account.reveal("phone")) == (False, PHONE)


def test_a_member_without_an_account_gets_one_with_the_phone(tree, at):
    chair = factories.actor(tree.chair)
    with pytest.raises(Refused, match="请填写手机号"):
        services.vouch(membership=tree.membership, by=chair, at=at)
    services.vouch(membership=tree.membership, phone=PHONE, by=chair, at=at)
    assert by_phone(PHONE).person == tree.member


@pytest.mark.parametrize(("days", "comes_free"), [(89, False), (90, True), (None, True)])
def test_a_number_comes_free_after_ninety_days_of_rest(days, comes_free, tree, at):
    seen_at = None if days is None else at - timedelta(days=days)
    former = services.open_account(person=tree.foreign_member, phone=PHONE, by=NOBODY, at=at)
    Account.objects.filter(pk=former.pk).update(seen_at=seen_at)
    chair = factories.actor(tree.chair)
    if comes_free:
        services.vouch(membership=tree.membership, phone=PHONE, by=chair, at=at)
        assert by_phone(PHONE).person == tree.member
        assert Account.objects.get(pk=former.pk).phone_index == ""
    else:
        with pytest.raises(Refused, match="最近还在使用"):
            services.vouch(membership=tree.membership, phone=PHONE, by=chair, at=at)
        assert by_phone(PHONE) == former


# ── questions ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_end_of_an_id_is_compared_without_case_and_never_with_nothing(tree):
    number = tree.member.reveal("id_number")
    assert id_ends_with(tree.member.pk, number[-6:].lower())
    assert not id_ends_with(tree.member.pk, number[-5:])
    assert not id_ends_with(tree.member.pk, "")
    tree.member.seal_in(id_number="")
    tree.member.save()
    assert not id_ends_with(tree.member.pk, "")


def test_what_a_person_holds_is_found_on_public_pages_too(tree, at, django_assert_num_queries):
    from gongjia.kernel.reach import PUBLIC, entering

    with entering(PUBLIC), django_assert_num_queries(1):
        held = posts_held(tree.officer.pk, on=at.date())
    assert [(each.organisation_id, each.path, each.role) for each in held] == [
        (tree.county.pk, tree.county.path, "organisation_officer")
    ]


def test_a_closed_account_has_nothing_open(tree, at):
    account = factories.account(tree.member)
    client = sit_down(Client(), account)
    operator = factories.actor(tree.operator)
    with entering(operator.reach()):
        services.close_account(account=account, organisation=tree.union, by=operator, at=at, **GONE)
    assert client.get("/signin/devices").status_code == 302


def test_every_line_of_the_trail_has_words_for_the_auditor():
    written = set(re.findall(r'audit\.record\(\s*"([a-z_.]+)"', inspect.getsource(trail)))
    assert written == trail.WORDS.keys()


def test_nobody_sets_the_password_of_another_by_the_bare_verb(tree: factories.Tree, at: datetime) -> None:
    account = factories.account(tree.officer)
    for by in (factories.actor(tree.member), Actor()):
        with pytest.raises(Forbidden):
            services.set_password(account=account, password=GOOD, by=by, at=at)


def test_an_account_is_managed_at_a_place_where_its_person_stands(tree: factories.Tree, at: datetime) -> None:
    operator = factories.actor(tree.operator)
    account = factories.account(tree.member)
    facts = {"account": account, "by": operator, "at": at}
    with entering(operator.reach()):
        for place in (tree.city, tree.foreign_union):
            with pytest.raises(Forbidden):
                services.close_account(organisation=place, reason=ClosingReason.LEFT, **facts)
            with pytest.raises(Forbidden):
                services.reset_second_factor(organisation=place, reason=ResetReason.LOST, **facts)
    account.refresh_from_db()
    assert account.is_active
