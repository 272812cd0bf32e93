"""Many go over together: previewed, accepted, in steps, with no statement for each; back again as far as possible."""

from datetime import timedelta
from typing import Any

import pytest

from gongjia.backbone.memberships import services as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Ending, Origin, State
from gongjia.backbone.organisations import services as organisations
from gongjia.backbone.organisations.words import Kind
from gongjia.domains.enrolment.changes import bulk
from gongjia.domains.enrolment.changes.models import BulkTransfer, BulkTransferLine, Transfer
from gongjia.domains.enrolment.changes.tests.conftest import Change, moving, rows_of, run
from gongjia.domains.enrolment.changes.words import LineState
from gongjia.engines.casework.queries import timeline_of
from gongjia.engines.figures import repair
from gongjia.engines.messages.models import Message
from gongjia.kernel.actors import COMMAND, TICK
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.models import Event
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("O8"), pytest.mark.django_db]
MANY = 60


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 25)


@pytest.fixture
def crowd(change: Change) -> Change:
    for number in range(MANY - 1):
        person = factories.person(f"样例{'一二三四五六七八九十'[number % 10]}", number=2000 + number)
        factories.membership(person, change.tree.union)
    with everywhere(reason="test"):
        repair.rebuild("members")
        repair.rebuild("membership_changes")
    return change


def now(batch: BulkTransfer) -> BulkTransfer:
    return BulkTransfer._base_manager.select_related("organisation", "counterpart", "person").get(pk=batch.pk)


def accepted(change: Change) -> BulkTransfer:
    made = change.bulk()
    moving(bulk.send, bulk=made, by=change.out_chair, at=change.at)
    run(change.at)
    moving(bulk.accept, bulk=now(made), by=change.new_chair, at=change.at)
    run(change.at)
    return now(made)


def live_at(union: Any) -> int:
    return Membership._base_manager.filter(organisation=union, state=State.ACTIVE).count()


def states(batch: BulkTransfer) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in BulkTransferLine._base_manager.filter(bulk=batch).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def figures_hold() -> None:
    with everywhere(reason="test"):
        assert repair.check("members") == []
        assert repair.check("membership_changes") == []


def test_all_go_over_and_both_counts_agree(crowd: Change) -> None:
    tree = crowd.tree
    before = live_at(tree.foreign_union)
    made = accepted(crowd)
    assert (made.state, made.total, made.handled) == ("done", MANY, MANY)
    assert (live_at(tree.union), live_at(tree.foreign_union)) == (0, before + MANY)
    assert states(made) == {"done": MANY}
    assert Message._base_manager.filter(title__contains="整批").count() == MANY
    old, new = rows_of(tree.member)
    assert (old.ending, new.origin, new.joined_on, new.continued_from) == (
        Ending.TRANSFERRED, Origin.TRANSFER, old.joined_on, old,
    )  # fmt: skip
    figures_hold()


def test_a_step_costs_the_same_however_many_go(crowd: Change, django_assert_max_num_queries: Any) -> None:
    made = change_in(crowd)
    moving(bulk.accept, bulk=now(made), by=crowd.new_chair, at=crowd.at)
    with everywhere(reason="test"), django_assert_max_num_queries(40):
        bulk.step(bulk=now(made), kind="run", after=0, by=TICK, at=crowd.at)
    assert now(made).handled == 25


def change_in(change: Change) -> BulkTransfer:
    made = change.bulk()
    moving(bulk.send, bulk=made, by=change.out_chair, at=change.at)
    run(change.at)
    return now(made)


def test_nothing_moves_before_the_other_union_agrees(crowd: Change) -> None:
    made = change_in(crowd)
    assert live_at(crowd.tree.union) == MANY
    moving(bulk.refuse, bulk=made, words="容不下", by=crowd.new_chair, at=crowd.at)
    run(crowd.at + timedelta(days=99))
    assert (now(made).state, live_at(crowd.tree.union)) == ("refused", MANY)
    assert states(made) == {"missed": MANY}


def test_silence_accepts_and_later_closes(crowd: Change) -> None:
    made = change_in(crowd)
    run(crowd.at + timedelta(days=15))
    assert (now(made).state, live_at(crowd.tree.union)) == ("done", 0)
    assert now(made).on == today_of(crowd.at + timedelta(days=15))
    run(crowd.at + timedelta(days=30))
    assert now(made).state == "closed"
    figures_hold()


def test_who_stays_out_stays(crowd: Change) -> None:
    made = change_in(crowd)
    line = BulkTransferLine._base_manager.get(bulk=made, membership=crowd.tree.membership)
    with pytest.raises(Forbidden):
        moving(bulk.stay_out, line=line, by=factories.actor(crowd.tree.foreign_member), at=crowd.at)
    moving(bulk.stay_out, line=line, by=crowd.member, at=crowd.at)
    moving(bulk.accept, bulk=now(made), by=crowd.new_chair, at=crowd.at)
    with pytest.raises(Refused, match="不能再退出"):
        moving(bulk.stay_out, line=line, by=crowd.member, at=crowd.at)
    run(crowd.at)
    assert [row.state for row in rows_of(crowd.tree.member)] == [State.ACTIVE]
    assert states(now(made)) == {"done": MANY - 1, "left_out": 1}


def test_the_list_is_changed_before_it_is_sent_only(crowd: Change) -> None:
    made = crowd.bulk()
    ids = list(BulkTransferLine._base_manager.filter(bulk=made).values_list("pk", flat=True)[:3])
    common: dict[str, Any] = {"bulk": made, "line_ids": ids, "by": crowd.out_chair, "at": crowd.at}
    moving(bulk.leave_out, put_back=False, **common)
    assert now(made).total == MANY - 3
    moving(bulk.leave_out, put_back=True, **common)
    assert now(made).total == MANY
    stale = now(made)
    moving(bulk.send, bulk=made, by=crowd.out_chair, at=crowd.at)
    with pytest.raises(Refused, match="不能再改"):
        moving(bulk.leave_out, put_back=False, **{**common, "bulk": now(made)})
    with pytest.raises(Refused, match="不能再改"):  # as a page read it before somebody else sent it
        moving(bulk.leave_out, put_back=False, **{**common, "bulk": stale})


def test_a_list_that_was_emptied_meanwhile_is_not_sent(crowd: Change) -> None:
    made = crowd.bulk()
    ids = list(BulkTransferLine._base_manager.filter(bulk=made).values_list("pk", flat=True))
    moving(bulk.leave_out, bulk=now(made), line_ids=ids, put_back=False, by=crowd.out_chair, at=crowd.at)
    with pytest.raises(Refused, match="没有人了"):
        moving(bulk.send, bulk=made, by=crowd.out_chair, at=crowd.at)


def test_an_own_transfer_that_waits_closes_with_words(crowd: Change) -> None:
    own = crowd.transfer()
    accepted(crowd)
    own.refresh_from_db()
    assert own.state == "lapsed"
    assert sum(row.state != State.ENDED for row in rows_of(crowd.tree.member)) == 1


def test_who_has_left_meanwhile_is_missed(crowd: Change) -> None:
    made = change_in(crowd)
    with everywhere(reason="test"):
        row = Membership._base_manager.get(pk=crowd.tree.membership.pk)
        memberships.end(membership=row, ending=Ending.LEFT, on=today_of(crowd.at), by=COMMAND, at=crowd.at)
    moving(bulk.accept, bulk=made, by=crowd.new_chair, at=crowd.at)
    run(crowd.at)
    assert states(now(made)) == {"done": MANY - 1, "missed": 1}
    figures_hold()


def test_they_come_back_but_for_whom_something_happened(crowd: Change) -> None:
    tree = crowd.tree
    made = accepted(crowd)
    gone = rows_of(tree.member)[-1]
    with everywhere(reason="test"):
        memberships.end(membership=gone, ending=Ending.LEFT, on=today_of(crowd.at), by=COMMAND, at=crowd.at)
    ended = list(Membership._base_manager.filter(state=State.ENDED).order_by("pk").values())
    moving(bulk.undo, bulk=made, words="名单弄错了", by=crowd.new_chair, at=crowd.at)
    run(crowd.at)
    assert now(made).state == "undone"
    assert states(made) == {"undone": MANY - 1, "kept": 1}
    assert live_at(tree.union) == MANY - 1
    numbers = [row["id"] for row in ended]
    assert list(Membership._base_manager.filter(pk__in=numbers).order_by("pk").values()) == ended
    back = Membership._base_manager.filter(organisation=tree.union, origin=Origin.CORRECTION)
    assert set(back.values_list("joined_on", flat=True)) == {factories.BEGAN_ON}
    figures_hold()


@pytest.mark.parametrize("who", ["in", "out"])
@pytest.mark.parametrize("how", ["merge", "dissolve"])
@pytest.mark.parametrize("when", ["waiting", "running"])
def test_a_union_that_ends_ends_it_with_words(crowd: Change, who: str, how: str, when: str) -> None:
    tree = crowd.tree
    made = change_in(crowd)
    if when == "running":
        moving(bulk.accept, bulk=made, by=crowd.new_chair, at=crowd.at)
        with everywhere(reason="test"):
            bulk.step(bulk=now(made), kind="run", after=0, by=TICK, at=crowd.at)
    union, other = (tree.foreign_union, tree.union) if who == "in" else (tree.union, tree.foreign_union)
    common: dict[str, Any] = {"on": today_of(crowd.at), "approval_number": "", "by": COMMAND, "at": crowd.at}
    with everywhere(reason="test"):
        if how == "merge":
            organisations.merge(organisation=union, into=other, **common)
        else:
            organisations.dissolve(organisation=union, reason="注销", **common)
    run(crowd.at)
    found = now(made)
    assert found.state == ("partly" if when == "running" else "lapsed")
    assert "chosen" not in states(made), "of a batch that is over nobody waits"
    if when == "running":
        assert states(made) == {"done": 25, "missed": MANY - 25}
        assert "已转 25 人，其余 35 人没有转" in timeline_of(found)[0].words
    people = Membership._base_manager.exclude(state=State.ENDED).values_list("person_id", flat=True)
    assert len(people) == len(set(people))
    figures_hold()


def test_a_worker_that_dies_in_the_middle_goes_on(crowd: Change) -> None:
    """The rows of a step and its event stand or fall together: run twice, nobody goes twice."""
    made = change_in(crowd)
    moving(bulk.accept, bulk=made, by=crowd.new_chair, at=crowd.at)
    first = Event.objects.get(name="enrolment.bulk_step", state=Event.State.WAITING)
    from gongjia.domains.enrolment.changes import handlers

    with everywhere(reason="test"):
        handlers.bulk_step(at=crowd.at, **first.payload)
        handlers.bulk_step(at=crowd.at, **first.payload)
    run(crowd.at)
    assert now(made).state == "done"
    assert states(made) == {"done": MANY}
    assert not Transfer._base_manager.exists()


def test_nobody_and_too_many_are_refused(crowd: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST", MANY - 1)
    with pytest.raises(Refused, match="一批最多"):
        crowd.bulk()
    Membership._base_manager.filter(organisation=crowd.tree.union).update(
        state=State.ENDED, until_on=today_of(crowd.at)
    )
    with pytest.raises(Refused, match="没有选中会员"):
        crowd.bulk()


def test_only_the_receiving_union_accepts_and_sends_back(crowd: Change) -> None:
    made = change_in(crowd)
    for by in (crowd.out_chair, crowd.member, factories.actor(crowd.tree.leader)):
        with pytest.raises(Forbidden):
            moving(bulk.accept, bulk=made, by=by, at=crowd.at)
    moving(bulk.accept, bulk=made, by=crowd.new_chair, at=crowd.at)
    run(crowd.at)
    with pytest.raises(Forbidden):
        moving(bulk.undo, bulk=now(made), words="x", by=crowd.out_chair, at=crowd.at)


def test_line_states_are_those_that_are_shown() -> None:
    assert {each.value for each in LineState} == {"chosen", "left_out", "done", "missed", "undone", "kept"}


def test_branches_go_along_and_come_back_to_their_own_place(crowd: Change) -> None:
    tree = crowd.tree
    branch = factories.organisation("青禾样例制衣一车间分工会", tree.union, kind=Kind.BRANCH)
    other = factories.organisation("样例下级工会", tree.union, kind=Kind.GRASSROOTS_UNION)
    its_branch = factories.organisation("样例下级工会一分会", other, kind=Kind.BRANCH)
    factories.membership(factories.person("样例下", number=4503), its_branch)
    inside = factories.person("样例里", number=4501)
    outside = factories.person("样例外", number=4502)
    factories.membership(inside, branch)
    factories.membership(outside, other)
    made = accepted(crowd)
    assert made.total == MANY + 1
    assert rows_of(inside)[-1].organisation == tree.foreign_union
    assert [row.organisation for row in rows_of(outside)] == [other]
    moving(bulk.undo, bulk=made, words="弄错了", by=crowd.new_chair, at=crowd.at)
    run(crowd.at)
    assert rows_of(inside)[-1].organisation == branch
    assert rows_of(tree.member)[-1].organisation == tree.union
