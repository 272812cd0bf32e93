"""Many at once on one member: one membership, whoever was first."""

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError

from gongjia.backbone.memberships import services as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE, Ending, State
from gongjia.backbone.organisations import services as organisations
from gongjia.backbone.organisations.words import Kind
from gongjia.domains.enrolment.changes import bulk, services
from gongjia.domains.enrolment.changes.models import BulkTransfer, Transfer
from gongjia.domains.enrolment.changes.words import Why
from gongjia.engines.figures import repair
from gongjia.kernel.actors import COMMAND, TICK
from gongjia.kernel.errors import Refused, Stale
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import everywhere
from tests import factories
from tests.threads import together

pytestmark = [pytest.mark.system("O8"), pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def answered(act: Any, **facts: Any) -> str:
    with everywhere(reason="a test's threads"):
        try:
            act(by=COMMAND, **facts)
        except (Refused, Stale, IntegrityError) as refusal:
            return type(refusal).__name__
    return "done"


def live_of(person: Any) -> list[Membership]:
    return list(Membership._base_manager.filter(person=person, state__in=LIVE))


@pytest.fixture
def tree(transactional_db: None) -> factories.Tree:
    tree = factories.tree()
    with everywhere(reason="test"):
        repair.rebuild("members")
        repair.rebuild("membership_changes")
    return tree


def figures_hold() -> None:
    with everywhere(reason="test"):
        assert repair.check("members") == []
        assert repair.check("membership_changes") == []


def test_a_member_transferred_by_eight_at_once_goes_over_once(tree: factories.Tree, at: datetime) -> None:
    unions = [
        factories.organisation(f"样例第{n}工会", tree.foreign_county, kind=Kind.GRASSROOTS_UNION) for n in range(8)
    ]

    def act(turn: int) -> str:
        row = Membership._base_manager.get(pk=tree.membership.pk)
        return answered(memberships.transfer, membership=row, to=unions[turn], on=today_of(at), at=at)

    answers = together(8, act)
    assert sorted(answers) == ["Refused"] * 7 + ["done"]
    assert len(live_of(tree.member)) == 1
    figures_hold()


def test_a_transfer_accepted_and_withdrawn_at_once_is_one_of_both(tree: factories.Tree, at: datetime) -> None:
    row = Membership._base_manager.select_related("organisation", "person").get(pk=tree.membership.pk)
    member = factories.actor(tree.member)
    with everywhere(reason="test"):
        made = services.begin(membership=row, to=tree.foreign_union, why=Why.OTHER, by=member, at=at)
        services.confirm(transfer=made, by=COMMAND, at=at)

    def act(turn: int) -> str:
        rows = Transfer._base_manager.select_related("organisation", "counterpart", "person", "membership")
        found = rows.get(pk=made.pk)
        if turn % 2:
            return answered(services.accept, transfer=found, at=at)
        with everywhere(reason="test"):
            try:
                services.withdraw(transfer=found, by=member, at=at)
            except (Refused, Stale) as refusal:
                return type(refusal).__name__
        return "done"

    assert together(6, act).count("done") == 1
    made.refresh_from_db()
    here = live_of(tree.member)
    assert [each.organisation for each in here] == [tree.foreign_union if made.state == "completed" else tree.union]
    figures_hold()


@pytest.mark.parametrize("how", ["merge", "dissolve"])
@pytest.mark.parametrize("end", ["out", "in"])
def test_a_transfer_against_the_end_of_either_union(tree: factories.Tree, at: datetime, end: str, how: str) -> None:
    successor = factories.organisation("样例承接工会", tree.county, kind=Kind.GRASSROOTS_UNION)
    ended = tree.union if end == "out" else tree.foreign_union
    row = Membership._base_manager.select_related("organisation", "person").get(pk=tree.membership.pk)
    with everywhere(reason="test"):
        made = services.begin(
            membership=row, to=tree.foreign_union, why=Why.OTHER, by=factories.actor(tree.member), at=at
        )
        services.confirm(transfer=made, by=COMMAND, at=at)

    def act(turn: int) -> str:
        if turn:
            rows = Transfer._base_manager.select_related("organisation", "counterpart", "person", "membership")
            return answered(services.accept, transfer=rows.get(pk=made.pk), at=at)
        facts: dict[str, Any] = {"organisation": ended, "on": today_of(at), "approval_number": "", "at": at}
        if how == "merge":
            return answered(organisations.merge, into=successor, **facts)
        return answered(organisations.dissolve, reason="注销", **facts)

    answers = together(2, act)
    assert answers[0] == "done"
    made.refresh_from_db()
    assert (made.state == "completed") is (answers[1] == "done")
    assert made.closed_at is not None
    assert len(live_of(tree.member)) == 1
    here = live_of(tree.member)[0].organisation
    assert here.state == "standing"
    figures_hold()


def test_a_batch_against_single_verbs_neither_waits_for_ever_nor_doubles(tree: factories.Tree, at: datetime) -> None:
    people = [factories.person("样例", number=4000 + n) for n in range(40)]
    rows = [factories.membership(each, tree.union) for each in people]
    with everywhere(reason="test"):
        repair.rebuild("members")
        made = bulk.draw_up(
            organisation=tree.union, to=tree.foreign_union, members=Membership.objects.all(), why=Why.CLOSED,
            words="", by=COMMAND, at=at,
        )  # fmt: skip
        bulk.send(bulk=made, by=COMMAND, at=at)
        bulk.accept(bulk=made, by=COMMAND, at=at)

    def act(turn: int) -> str:
        if turn == 0:
            with everywhere(reason="test"):
                found = BulkTransfer._base_manager.select_related("organisation", "counterpart").get(pk=made.pk)
                bulk.step(bulk=found, kind="run", after=0, by=TICK, at=at)
            return "done"
        for row in rows[turn::4] if turn % 2 else reversed(rows[turn::4]):
            fresh = Membership._base_manager.get(pk=row.pk)
            answer = answered(memberships.end, membership=fresh, ending=Ending.LEFT, on=today_of(at), at=at)
            assert answer in {"done", "Refused"}
        return "done"

    assert together(4, act) == ["done"] * 4
    for person in people:
        spells = Membership._base_manager.filter(person=person)
        assert sum(each.state != State.ENDED for each in spells) <= 1
    figures_hold()
