"""Transfers: each side's part, silence, and what else may happen to the membership meanwhile."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from gongjia.backbone.memberships import services as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Ending, Origin, Retention, State
from gongjia.backbone.organisations import services as organisations
from gongjia.backbone.organisations.words import State as Standing
from gongjia.domains.enrolment.changes import services
from gongjia.domains.enrolment.changes.models import Transfer
from gongjia.domains.enrolment.changes.tests.conftest import IN, OUT, PERSON, Change, moving, rows_of, run
from gongjia.domains.enrolment.changes.words import Why
from gongjia.engines.casework.models import MatterIndex, Step
from gongjia.engines.messages.models import Message
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.reach import entering, everywhere
from tests import factories

pytestmark = [pytest.mark.system("O8"), pytest.mark.django_db]


def fresh(transfer: Transfer) -> Transfer:
    rows = Transfer._base_manager.select_related("organisation", "counterpart", "person", "membership")
    return rows.get(pk=transfer.pk)


def confirm(change: Change, transfer: Transfer) -> Transfer:
    return moving(services.confirm, transfer=fresh(transfer), by=change.out_chair, at=change.at)


def accept(change: Change, transfer: Transfer) -> Transfer:
    return moving(services.accept, transfer=fresh(transfer), by=change.new_chair, at=change.at)


def last_words(transfer: Transfer) -> str:
    return Step._base_manager.filter(matter__matter_id=transfer.pk).order_by("-pk")[0].words


def test_the_member_goes_over_with_two_rows_and_one_history(change: Change) -> None:
    made = change.transfer()
    confirm(change, made)
    accept(change, made)
    old, new = rows_of(change.tree.member)
    today = today_of(change.at)
    assert (old.state, old.ending, old.until_on) == (State.ENDED, Ending.TRANSFERRED, today)
    assert (new.state, new.organisation, new.from_on) == (State.ACTIVE, change.tree.foreign_union, today)
    assert (new.joined_on, new.continued_from, new.origin) == (old.joined_on, old, Origin.TRANSFER)
    assert fresh(made).begun == new
    told = list(Message._base_manager.filter(person=change.tree.member).order_by("pk").values_list("title", flat=True))
    assert told == ["会籍转接已经提出", "转出工会已经确认", "会籍已经转好"]


def test_what_the_out_union_begins_it_has_confirmed(change: Change) -> None:
    made = change.transfer(OUT)
    assert made.state == "in"
    accept(change, made)
    assert rows_of(change.tree.member)[-1].organisation == change.tree.foreign_union


def test_who_shows_a_code_is_taken_at_once_when_the_out_union_confirms(change: Change) -> None:
    made = change.transfer(IN)
    assert made.state == "out"
    confirm(change, made)
    assert fresh(made).state == "completed"
    assert rows_of(change.tree.member)[-1].organisation == change.tree.foreign_union


@pytest.mark.parametrize("wrong", ["unknown", "used", "late", "no membership", "nonsense"])
def test_a_code_that_does_not_do_is_refused_in_the_same_words(change: Change, wrong: str) -> None:
    at = change.at
    with entering(change.member.reach(SIGNED_IN)):
        code = services.make_code(by=change.member, at=at)
        if wrong == "used":
            services.make_code(by=change.member, at=at)
    if wrong == "unknown":
        code = "0000000000"
    if wrong == "nonsense":
        code = "???"
    if wrong == "late":
        at += services.CODE_LASTS
    if wrong == "no membership":
        Membership._base_manager.filter(pk=change.tree.membership.pk).update(
            state=State.ENDED, until_on=today_of(at), ending=Ending.LEFT
        )
    with entering(change.new_chair.reach("memberships.write")), pytest.raises(Refused) as refusal:
        services.begin_with_code(code=code, to=change.tree.foreign_union, why=Why.OTHER, by=change.new_chair, at=at)
    assert refusal.value.reasons == (services._NO_SUCH_CODE,)


def test_a_code_brings_somebody_to_the_own_union_only(change: Change) -> None:
    with entering(change.member.reach(SIGNED_IN)):
        code = services.make_code(by=change.member, at=change.at)
    with everywhere(reason="test"), pytest.raises(Forbidden):
        services.begin_with_code(code=code, to=change.tree.union, why=Why.OTHER, by=change.new_chair, at=change.at)


def test_nobody_begins_it_for_somebody_else(change: Change) -> None:
    other = factories.actor(change.tree.foreign_member)
    with everywhere(reason="test"), pytest.raises(Forbidden):
        services.begin(
            membership=change.tree.membership, to=change.tree.foreign_union, why=Why.OTHER, by=other, at=change.at
        )


@pytest.mark.parametrize("act", ["begin", "confirm"])
def test_nobody_decides_about_themselves(change: Change, act: str) -> None:
    own = factories.membership(change.tree.chair, change.tree.union)
    facts: dict[str, Any] = {"to": change.tree.foreign_union, "why": Why.OTHER, "by": change.out_chair, "at": change.at}
    if act == "begin":
        with everywhere(reason="test"), pytest.raises(Refused, match="自己的事"):
            services.begin_for(membership=own, **facts)
        return
    made = moving(services.begin, membership=own, **facts)
    with everywhere(reason="test"), pytest.raises(Refused, match="自己的事"):
        services.confirm(transfer=made, by=change.out_chair, at=change.at)


def test_silence_confirms_and_then_accepts(change: Change) -> None:
    made = change.transfer()
    at = change.at
    for expected in ("in", "completed"):
        due = MatterIndex._base_manager.get(matter_id=made.pk).due_at
        assert due is not None
        run(due - timedelta(seconds=1))
        assert fresh(made).state != expected
        run(due)
        assert fresh(made).state == expected
        at = due
    new = rows_of(change.tree.member)[-1]
    assert (new.organisation, new.from_on) == (change.tree.foreign_union, today_of(at))
    assert "期限内没有答复" in last_words(made)


def test_silence_does_nothing_to_what_was_moved_meanwhile(change: Change) -> None:
    made = change.transfer()
    due = MatterIndex._base_manager.get(matter_id=made.pk).due_at
    moving(services.object_to, transfer=fresh(made), words="工作服没有交还", by=change.out_chair, at=change.at)
    assert due is not None
    run(due)
    assert fresh(made).state == "objected"
    run(due + timedelta(days=60))
    assert fresh(made).state == "lapsed"
    assert "没有说明" in last_words(made)
    assert [row.state for row in rows_of(change.tree.member)] == [State.ACTIVE]


def test_an_objection_is_answered_and_looked_at_again(change: Change) -> None:
    made = change.transfer()
    moving(services.object_to, transfer=fresh(made), words="没有写新单位", by=change.out_chair, at=change.at)
    moving(services.answer, transfer=fresh(made), words="在渡口样例纺织上班", by=change.member, at=change.at)
    assert fresh(made).state == "out"
    confirm(change, made)
    moving(services.refuse, transfer=fresh(made), words="不在本会范围", by=change.new_chair, at=change.at)
    assert fresh(made).state == "refused"
    assert [row.organisation for row in rows_of(change.tree.member)] == [change.tree.union]


def test_one_at_a_time_and_a_new_one_afterwards(change: Change) -> None:
    made = change.transfer()
    with pytest.raises(Refused, match="已经有一件"):
        change.transfer()
    moving(services.withdraw, transfer=fresh(made), by=change.member, at=change.at)
    change.transfer()


def test_only_the_union_that_began_takes_it_back(change: Change) -> None:
    made = change.transfer()
    confirm(change, made)
    with pytest.raises(Refused, match="不是本会提出"):
        moving(services.recall, transfer=fresh(made), words="x", by=change.out_chair, at=change.at)


@pytest.mark.parametrize("why", [Why.UNEMPLOYED, Why.RETIRED])
def test_who_goes_home_without_work_is_kept_there(change: Change, why: Why) -> None:
    made = change.transfer(why=why)
    confirm(change, made)
    accept(change, made)
    new = rows_of(change.tree.member)[-1]
    assert (new.state, new.retained_on, new.retained_for) == (State.RETAINED, new.from_on, why.value)


@pytest.mark.parametrize("how", ["end", "retain", "merge", "dissolve", "merge in", "dissolve in", "bulk"])
@pytest.mark.parametrize("state", ["out", "in"])
def test_it_closes_with_words_when_its_ground_is_gone(change: Change, state: str, how: str) -> None:
    tree, today = change.tree, today_of(change.at)
    made = change.transfer()
    if state == "in":
        confirm(change, made)
    row = Membership._base_manager.get(pk=tree.membership.pk)
    common: dict[str, Any] = {"by": COMMAND, "at": change.at}
    with everywhere(reason="test"):
        if how == "end":
            memberships.end(membership=row, ending=Ending.LEFT, on=today, **common)
        elif how == "retain":
            memberships.retain(membership=row, reason=Retention.RETIRED, **common)
        elif how == "bulk":
            memberships.transfer(membership=row, to=tree.foreign_union, on=today, **common)
        else:
            union = tree.foreign_union if how.endswith("in") else tree.union
            other = tree.union if how.endswith("in") else tree.foreign_union
            if how.startswith("merge"):
                organisations.merge(organisation=union, into=other, on=today, approval_number="", **common)
            else:
                organisations.dissolve(organisation=union, on=today, approval_number="", reason="注销", **common)
    now = fresh(made)
    assert (now.state, now.closed_at) == ("lapsed", change.at)
    assert last_words(made)
    assert Message._base_manager.filter(person=tree.member, title__contains="没有继续").count() == 1
    rows = rows_of(tree.member)
    assert sum(each.state != State.ENDED for each in rows) == (0 if how == "end" else 1)


def test_silence_towards_a_union_that_takes_nobody_closes_with_the_reason(change: Change) -> None:
    """As it was before anybody followed the union: the sweep must not try for ever."""
    made = change.transfer()
    confirm(change, made)
    type(change.tree.foreign_union)._base_manager.filter(pk=change.tree.foreign_union.pk).update(
        state=Standing.DISSOLVED
    )
    run(change.at + timedelta(days=60))
    assert fresh(made).state == "lapsed"
    assert "不能接收" in last_words(made)


def test_who_joined_today_goes_today(change: Change, at: datetime) -> None:
    today = today_of(at)
    Membership._base_manager.filter(pk=change.tree.membership.pk).update(from_on=today, joined_on=today)
    made = change.transfer()
    confirm(change, made)
    accept(change, made)
    old, new = rows_of(change.tree.member)
    assert (old.from_on, old.until_on, new.from_on) == (today, today, today)


def test_the_days_of_silence_are_parameters() -> None:
    from gongjia.domains.enrolment.changes import params

    assert params.transfer_out_days(date(2026, 1, 1)) == 7
    assert params.correction_days(date(2026, 1, 1)) == 15


def test_the_new_row_is_the_person_s_in_each_reach(change: Change) -> None:
    made = change.transfer()
    for who, found in ((PERSON, 1), (OUT, 1), (IN, 1)):
        actor = change.actor(who)
        reach = actor.reach(SIGNED_IN if who == PERSON else "memberships.write")
        with entering(reach):
            assert Transfer.objects.filter(pk=made.pk).count() == found
    with entering(factories.actor(change.tree.foreign_member).reach(SIGNED_IN)):
        assert not Transfer.objects.filter(pk=made.pk).exists()
