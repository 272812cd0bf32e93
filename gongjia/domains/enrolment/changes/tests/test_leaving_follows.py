"""A wish to leave is never lost: it lasts while there is a membership to leave, whatever becomes of that, and its days
run on."""

from datetime import timedelta
from typing import Any

import pytest

from gongjia.backbone.memberships import many
from gongjia.backbone.memberships import services as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Ending, Retention, State
from gongjia.backbone.organisations import services as organisations
from gongjia.domains.enrolment.changes import acts, leaving
from gongjia.domains.enrolment.changes.models import Leaving
from gongjia.domains.enrolment.changes.tests.conftest import Change, moving, rows_of, run
from gongjia.engines.casework.models import MatterIndex
from gongjia.engines.messages.models import Message
from gongjia.kernel.actors import COMMAND, TICK
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("O8"), pytest.mark.django_db]


def live_of(change: Change) -> Membership:
    return Membership._base_manager.select_related("organisation", "person").get(
        person=change.tree.member, state__in=(State.ACTIVE, State.RETAINED)
    )


def now(made: Leaving) -> Leaving:
    return Leaving._base_manager.select_related("organisation", "person", "membership").get(pk=made.pk)


def kept(change: Change) -> None:
    facts: dict[str, Any] = {"reason": Retention.RETIRED, "on": today_of(change.at), "words": ""}
    moving(acts.retain, membership=live_of(change), by=change.out_chair, at=change.at, **facts)


def resumed(change: Change) -> None:
    moving(acts.resume, membership=live_of(change), on=today_of(change.at), words="", by=change.out_chair, at=change.at)


def moved(change: Change) -> None:
    with everywhere(reason="test"):
        ids = [live_of(change).pk]
        to = change.tree.foreign_union
        many.transfer_many(membership_ids=ids, to=to, on=today_of(change.at), by=COMMAND, at=change.at)


def merged(change: Change) -> None:
    with everywhere(reason="test"):
        facts: dict[str, Any] = {"on": today_of(change.at), "by": COMMAND, "at": change.at, "approval_number": ""}
        organisations.merge(organisation=change.tree.union, into=change.tree.foreign_union, **facts)


WAYS = {"kept": (kept,), "resumed": (kept, resumed), "moved": (moved,), "merged": (merged,)}


@pytest.mark.parametrize("way", WAYS)
def test_what_becomes_of_the_membership_does_not_end_the_wish_to_leave_it(change: Change, way: str) -> None:
    made = change.leaving("想清静")
    due = MatterIndex._base_manager.get(matter_id=made.pk, flow_code=made.flow_code).due_at
    assert due is not None
    for step in WAYS[way]:
        step(change)
    found, live = now(made), live_of(change)
    assert (found.state, found.membership, found.organisation) == ("asked", live, live.organisation)
    assert MatterIndex._base_manager.get(matter_id=made.pk, flow_code=made.flow_code).due_at == due
    if way != "resumed":
        told = Message._base_manager.filter(person=change.tree.member, title__contains="退会")
        assert told.exists()
    run(due - timedelta(seconds=1))
    assert now(made).state == "asked"
    run(due)
    assert now(made).state == "left"
    assert [each.ending for each in rows_of(change.tree.member)][-1] == Ending.LEFT


def test_a_wish_that_went_along_is_announced_by_the_new_union_and_taken_back(change: Change) -> None:
    made = change.leaving()
    moved(change)
    moving(leaving.announce, leaving=now(made), by=change.new_chair, at=change.at)
    row = rows_of(change.tree.member)[-1]
    assert (row.organisation, row.ending) == (change.tree.foreign_union, Ending.LEFT)


def test_who_stays_is_a_member_where_the_membership_went(change: Change) -> None:
    made = change.leaving()
    moved(change)
    moving(leaving.withdraw, leaving=now(made), by=change.member, at=change.at)
    run(change.at + timedelta(days=60))
    assert live_of(change).organisation == change.tree.foreign_union


def test_with_the_membership_the_wish_ends_and_says_why(change: Change) -> None:
    made = change.leaving()
    facts: dict[str, Any] = {"on": today_of(change.at), "talked_on": today_of(change.at), "words": ""}
    moving(acts.record_leaving, membership=live_of(change), by=change.out_chair, at=change.at, **facts)
    assert now(made).state == "lapsed"
    assert Message._base_manager.filter(person=change.tree.member, body__contains="会籍已经终止（退会）").exists()


@pytest.mark.parametrize("begun", ["leaving", "transfer"])
def test_nobody_writes_to_the_dead(change: Change, begun: str) -> None:
    getattr(change, begun)()
    before = Message._base_manager.count()
    moving(
        acts.record_death, membership=live_of(change), on=today_of(change.at), words="", by=change.out_chair,
        at=change.at,
    )  # fmt: skip
    assert Message._base_manager.count() == before


def test_leaving_is_asked_of_the_union_where_the_membership_is(change: Change) -> None:
    stale = live_of(change)
    with everywhere(reason="test"):
        facts: dict[str, Any] = {"to": change.tree.foreign_union, "on": today_of(change.at), "at": change.at}
        memberships.transfer(membership=live_of(change), by=TICK, **facts)
    with pytest.raises(Refused, match="已经终止"):
        moving(leaving.ask, membership=stale, why="", by=factories.actor(change.tree.member), at=change.at)
