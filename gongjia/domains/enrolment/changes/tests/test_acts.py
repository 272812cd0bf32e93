"""What a union decides about a membership, leaving, and corrections of the file: rules, grounds, who is told."""

from datetime import date, timedelta
from typing import Any

import pytest

from gongjia.backbone.accounts.models import Account
from gongjia.backbone.memberships import queries as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Ending, Origin, Retention, State
from gongjia.backbone.people import services as people
from gongjia.backbone.people.models import Employment, Person
from gongjia.backbone.posts.words import Role
from gongjia.domains.enrolment.changes import acts, correcting, leaving
from gongjia.domains.enrolment.changes.models import Correction, Ground, Leaving
from gongjia.domains.enrolment.changes.tests.conftest import Change, moving, rows_of, run
from gongjia.domains.enrolment.changes.words import Act, Fact
from gongjia.engines.casework.models import MatterIndex
from gongjia.engines.messages.models import Message
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.models import AuditRow
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("O8"), pytest.mark.django_db]
TODAY = date(2026, 11, 20)


def row_of(change: Change) -> Membership:
    return Membership._base_manager.select_related("organisation", "person").get(pk=change.tree.membership.pk)


def acted(act: Any, change: Change, **facts: Any) -> Ground:
    facts = {"membership": row_of(change), "by": change.out_chair, "at": change.at, "words": "", **facts}
    return moving(act, **facts)


# ── keeping and resuming ───────────────────────────────────────────────────────────────────────────────────────────


def test_who_is_kept_has_no_vote_and_comes_back_by_a_new_row(change: Change) -> None:
    acted(acts.retain, change, reason=Retention.UNEMPLOYED, on=date(2026, 11, 1))
    kept = row_of(change)
    assert (kept.state, kept.retained_on, kept.retained_for) == (State.RETAINED, date(2026, 11, 1), "unemployed")
    assert not memberships.may_vote(kept)
    with everywhere(reason="test"):
        voters = [memberships.voters_of(change.tree.union, on=date(2026, *day)) for day in ((10, 31), (11, 1))]
        assert [kept in each for each in voters] == [True, False]
    acted(acts.resume, change, membership=kept, on=TODAY)
    old, new = rows_of(change.tree.member)
    assert (old.state, old.ending, old.until_on, old.retained_on) == (
        State.ENDED, Ending.RETURNED, TODAY, date(2026, 11, 1),
    )  # fmt: skip
    assert (new.state, new.origin, new.joined_on) == (State.ACTIVE, Origin.RETURN, old.joined_on)
    assert memberships.may_vote(new)
    assert [each.act for each in Ground._base_manager.order_by("pk")] == [Act.RETAINED, Act.RESUMED]


def test_keeping_is_refused_twice_before_the_membership_and_in_the_future(change: Change) -> None:
    with pytest.raises(Refused, match="不能早于"):
        acted(acts.retain, change, reason=Retention.RETIRED, on=date(2019, 12, 31))
    with pytest.raises(Refused, match="不能晚于今天"):
        acted(acts.retain, change, reason=Retention.RETIRED, on=TODAY + timedelta(days=1))
    acted(acts.retain, change, reason=Retention.RETIRED, on=TODAY)
    with pytest.raises(Refused, match="只有正式会员"):
        acted(acts.retain, change, reason=Retention.RETIRED, on=TODAY)
    with pytest.raises(Refused, match="不能早于保留"):
        acted(acts.resume, change, on=TODAY - timedelta(days=1))


# ── endings ────────────────────────────────────────────────────────────────────────────────────────────────────────


def ended(act: Act, change: Change, **facts: Any) -> Ground:
    days = {"group_on": date(2026, 11, 1), "committee_on": date(2026, 11, 2), "reported_on": date(2026, 11, 3)}
    some = {
        Act.LEFT: (acts.record_leaving, {"talked_on": TODAY}),
        Act.LAPSED: (acts.record_lapse, {"unpaid_since": date(2026, 5, 20), "talked_on": date(2026, 11, 1)}),
        Act.EXPELLED: (acts.expel, {**days, "words": "判刑"}),
        Act.DIED: (acts.record_death, {}),
    }
    verb, given = some[act]
    return acted(verb, change, **{"on": TODAY, **given, **facts})


ENDINGS = [Act.LEFT, Act.LAPSED, Act.EXPELLED, Act.DIED]


@pytest.mark.parametrize("act", ENDINGS)
def test_each_ending_leaves_its_grounds_and_tells_the_person(change: Change, act: Act) -> None:
    ground = ended(act, change)
    row = row_of(change)
    assert (row.state, row.ending, row.until_on) == (State.ENDED, act.value, TODAY)
    assert (ground.act, ground.membership) == (act, row)
    told = Message._base_manager.filter(person=change.tree.member).count()
    assert told == (0 if act == Act.DIED else 1)


@pytest.mark.parametrize(
    ("act", "facts", "says"),
    [
        (Act.LEFT, {"talked_on": TODAY + timedelta(days=1)}, "晚于退会的日期"),
        (Act.LAPSED, {"unpaid_since": date(2026, 5, 21)}, "才满"),
        (Act.LAPSED, {"talked_on": date(2026, 5, 19)}, "早于停交"),
        (Act.EXPELLED, {"committee_on": date(2026, 10, 31)}, "早于小组讨论"),
        (Act.EXPELLED, {"words": " "}, "写明开除的事由"),
        (Act.DIED, {"on": TODAY + timedelta(days=1)}, "不能晚于今天"),
    ],
)
def test_an_ending_without_its_conditions_is_refused(change: Change, act: Act, facts: Any, says: str) -> None:
    with pytest.raises(Refused, match=says):
        ended(act, change, **facts)
    assert row_of(change).state == State.ACTIVE
    assert not Ground._base_manager.exists()


@pytest.mark.parametrize("who", ["member", "foreign_officer", "leader", "auditor", "operator"])
def test_nobody_else_ends_a_membership(change: Change, who: str) -> None:
    with pytest.raises(Forbidden):
        ended(Act.DIED, change, by=factories.actor(getattr(change.tree, who)))


def test_who_has_died_signs_in_no_more_until_it_is_corrected(change: Change) -> None:
    account = factories.account(change.tree.member)
    ended(Act.DIED, change)
    assert not Account.objects.get(pk=account.pk).is_active
    acted(acts.reinstate, change, words="登记错了人")
    assert Account.objects.get(pk=account.pk).is_active


@pytest.mark.parametrize("act", ENDINGS)
@pytest.mark.parametrize("was_kept", [False, True])
def test_a_mistake_goes_on_without_a_gap_and_the_row_that_ended_stays(
    change: Change,
    act: Act,
    was_kept: bool,  # noqa: FBT001
) -> None:
    if was_kept:
        acted(acts.retain, change, reason=Retention.RETIRED, on=TODAY - timedelta(days=9))
    ended(act, change)
    before = Membership._base_manager.filter(pk=change.tree.membership.pk).values().get()
    acted(acts.reinstate, change, words="登记错了人")
    assert Membership._base_manager.filter(pk=change.tree.membership.pk).values().get() == before
    old, new = rows_of(change.tree.member)
    assert (new.from_on, new.continued_from, new.joined_on) == (old.until_on, old, old.joined_on)
    assert (new.state, new.origin) == (State.RETAINED if was_kept else State.ACTIVE, Origin.CORRECTION)
    with pytest.raises(Refused, match="已经接续过"):
        acted(acts.reinstate, change, words="再来一次")


def test_a_correction_is_refused_too_late_without_words_and_where_one_is_a_member(change: Change) -> None:
    ended(Act.LEFT, change)
    with pytest.raises(Refused, match="写明错在哪里"):
        acted(acts.reinstate, change)
    acted_at = change.at + timedelta(days=61)
    with pytest.raises(Refused, match="超过 60 天"):
        acted(acts.reinstate, change, words="错了", at=acted_at)
    factories.membership(change.tree.member, change.tree.foreign_union)
    with pytest.raises(Refused, match="已有会籍"):
        acted(acts.reinstate, change, words="错了")


# ── leaving ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_wants_to_leave_leaves_when_the_union_says_nothing(change: Change) -> None:
    made = change.leaving("想清静")
    moving(leaving.counsel, leaving=made, words="谈过，仍要退", by=change.out_chair, at=change.at)
    due = MatterIndex._base_manager.get(matter_id=made.pk).due_at
    assert due is not None
    run(due - timedelta(seconds=1))
    assert row_of(change).state == State.ACTIVE
    run(due)
    assert Leaving._base_manager.get(pk=made.pk).state == "left"
    row = row_of(change)
    assert (row.state, row.ending, row.until_on) == (State.ENDED, Ending.LEFT, today_of(due))
    assert Ground._base_manager.get().talked_on == TODAY


def test_a_talk_delays_nothing_and_leaving_is_taken_back_until_announced(change: Change) -> None:
    made = change.leaving()
    due = MatterIndex._base_manager.get(matter_id=made.pk).due_at
    moving(leaving.counsel, leaving=made, words="谈过", by=change.out_chair, at=change.at + timedelta(days=5))
    assert MatterIndex._base_manager.get(matter_id=made.pk).due_at == due
    moving(leaving.withdraw, leaving=made, by=change.member, at=change.at)
    run(change.at + timedelta(days=60))
    assert row_of(change).state == State.ACTIVE
    change.leaving()


def test_leaving_and_going_elsewhere_do_not_go_together(change: Change) -> None:
    change.leaving()
    with pytest.raises(Refused, match="退会申请"):
        change.transfer()
    with pytest.raises(Refused, match="已经提出"):
        change.leaving()


def test_nobody_leaves_for_another(change: Change) -> None:
    with everywhere(reason="test"), pytest.raises(Forbidden):
        leaving.ask(membership=row_of(change), why="", by=factories.actor(change.tree.foreign_member), at=change.at)


# ── corrections ────────────────────────────────────────────────────────────────────────────────────────────────────


def again(correction: Correction) -> Correction:
    """As the next page reads it."""
    return Correction._base_manager.select_related("organisation", "person").get(pk=correction.pk)


NEW_NUMBER = factories.id_number(7777)


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        (Fact.NAME, "王芳芳"),
        (Fact.ID_NUMBER, NEW_NUMBER),
        (Fact.ETHNICITY, "土家族"),
        (Fact.JOB, "检验员"),
    ],
)
def test_an_approved_fact_stands_in_the_file_and_in_the_record(change: Change, fact: Fact, value: str) -> None:
    made = change.correction(fact, value)
    person = Person._base_manager.get(pk=change.tree.member.pk)
    assert correcting.value_of(person, fact) != value
    moving(correcting.approve, correction=made, by=change.out_chair, at=change.at)
    person = Person._base_manager.get(pk=change.tree.member.pk)
    assert correcting.value_of(person, fact) == value
    if fact == Fact.ID_NUMBER:
        assert person.birth_on == date(1962 + 0, 1, 1) + timedelta(days=7777 // 4)
    assert AuditRow.objects.filter(verb="enrolment.approve_correction", about_person_id=person.pk).exists()
    assert Message._base_manager.filter(person=person, title__contains="已经更正").exists()
    if fact == Fact.NAME:
        assert row_of(change).pinyin_key == person.pinyin_key


def test_a_number_that_has_a_file_is_known_to_nobody_but_refused_at_the_desk(change: Change) -> None:
    taken = change.tree.foreign_member.reveal("id_number")
    made = change.correction(Fact.ID_NUMBER, taken)
    with pytest.raises(Refused, match="另一份档案"):
        moving(correcting.approve, correction=made, by=change.out_chair, at=change.at)
    free = NEW_NUMBER
    titles = []
    for number in (taken, free):
        moving(correcting.withdraw, correction=again(made), by=change.member, at=change.at)
        made = change.correction(Fact.ID_NUMBER, number)
        titles.append((made.state, made.standing.zh))
    assert titles[0] == titles[1]


def test_what_has_changed_meanwhile_is_looked_at_again(change: Change) -> None:
    made = change.correction(Fact.NAME, "王芳芳")
    person = Person._base_manager.get(pk=change.tree.member.pk)
    people.amend(
        person=person, version=person.version, changes={"name": "王小芳"}, by=COMMAND.for_purpose("t"), at=change.at
    )
    with pytest.raises(Refused, match="后来已经改过"):
        moving(correcting.approve, correction=made, by=change.out_chair, at=change.at)
    made = again(made)
    moving(correcting.send_back, correction=made, words="请看看", by=change.out_chair, at=change.at)
    facts = {"value": "王芳芳", "why": "身份证上是这样", "by": change.member, "at": change.at}
    moving(correcting.resubmit, correction=made, **facts)
    moving(correcting.approve, correction=made, by=change.out_chair, at=change.at)
    assert Person._base_manager.get(pk=person.pk).name == "王芳芳"


def test_what_is_so_already_is_not_asked_for(change: Change) -> None:
    with pytest.raises(Refused, match="已经是这样"):
        change.correction(Fact.NAME, change.tree.member.name)
    change.correction(Fact.NAME)
    with pytest.raises(Refused, match="已经在办理"):
        change.correction(Fact.NAME, "王圆")
    change.correction(Fact.ETHNICITY, "土家族")


def test_nobody_approves_their_own(change: Change) -> None:
    own = factories.membership(change.tree.chair, change.tree.union)
    made = moving(
        correcting.ask, membership=own, fact=Fact.NAME, value="何建", why="", by=change.out_chair, at=change.at
    )
    with pytest.raises(Refused, match="自己的事"):
        moving(correcting.approve, correction=made, by=change.out_chair, at=change.at)
    with pytest.raises(Refused, match="自己的事"):
        moving(correcting.look_at_numbers, correction=made, by=change.out_chair, at=change.at)


def test_who_goes_over_is_answered_by_the_new_union(change: Change) -> None:
    made = change.correction(Fact.NAME, "王芳芳")
    from gongjia.backbone.memberships import services

    with everywhere(reason="test"):
        services.transfer(membership=row_of(change), to=change.tree.foreign_union, on=TODAY, by=COMMAND, at=change.at)
    made.refresh_from_db()
    assert made.organisation == change.tree.foreign_union
    with pytest.raises(Forbidden):
        moving(correcting.approve, correction=made, by=change.out_chair, at=change.at)
    moving(correcting.approve, correction=made, by=change.new_chair, at=change.at)


def test_a_job_needs_a_workplace(change: Change) -> None:
    Employment._base_manager.filter(person=change.tree.member).update(until_on=TODAY)
    with pytest.raises(Refused, match="没有登记工作单位"):
        change.correction(Fact.JOB, "检验员")


def test_a_correction_is_asked_against_what_the_file_says_under_the_lock(
    change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = correcting.hold

    def amended_first(matter: Any) -> None:
        held(matter)
        Person._base_manager.filter(pk=change.tree.member.pk).update(name="王小芳")

    monkeypatch.setattr(correcting, "hold", amended_first)
    assert change.correction(Fact.NAME, "王芳芳").old_value == "王小芳"
    monkeypatch.setattr(
        correcting, "hold", lambda _matter: Membership._base_manager.update(state=State.ENDED, until_on=TODAY)
    )
    with pytest.raises(Refused, match="刚刚有变动"):
        change.correction(Fact.ETHNICITY, "土家族")


def test_a_number_that_another_file_takes_meanwhile_is_refused_in_words(
    change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = change.correction(Fact.ID_NUMBER, change.tree.foreign_member.reveal("id_number"))
    monkeypatch.setattr(people, "id_of_number", lambda _number: None)
    with pytest.raises(Refused, match="另一份档案"):
        moving(correcting.approve, correction=made, by=change.out_chair, at=change.at)


def test_who_holds_a_post_is_not_recorded_as_dead_before_the_post_ends(change: Change) -> None:
    factories.post(change.tree.member, change.tree.foreign_union, Role.COMMITTEE_MEMBER)
    account = factories.account(change.tree.member)
    with pytest.raises(Refused, match="先由上级工会登记离任"):
        ended(Act.DIED, change)
    assert row_of(change).state == State.ACTIVE
    assert Account.objects.get(pk=account.pk).is_active


@pytest.mark.parametrize("was_open", [True, False])
def test_only_the_account_that_the_death_shut_opens_again(change: Change, *, was_open: bool) -> None:
    account = factories.account(change.tree.member)
    Account.objects.filter(pk=account.pk).update(is_active=was_open)
    ground = ended(Act.DIED, change)
    assert ground.shut_accounts == ([account.pk] if was_open else [])
    acted(acts.reinstate, change, words="登记错了人")
    assert Account.objects.get(pk=account.pk).is_active is was_open
