"""Handing on: forwarded, assigned, supervised, joined; and clocks that climb."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from gongjia.engines.casework import deadlines
from gongjia.engines.casework import services as casework
from gongjia.engines.casework.handing import climbing, following
from gongjia.engines.casework.handing import services as handing
from gongjia.engines.casework.handing.flow import FLOWS
from gongjia.engines.casework.handing.links import invitation_by
from gongjia.engines.casework.handing.models import Assignment, Forwarding, Invitation
from gongjia.engines.casework.handing.words import GuestUnit, Way
from gongjia.engines.casework.models import Deadline, MatterIndex, Step
from gongjia.engines.casework.queries import held_by
from gongjia.engines.casework.tests.complaints import Complaint
from gongjia.engines.casework.tests.conftest import Desk
from gongjia.kernel import events
from gongjia.kernel.actors import TICK
from gongjia.kernel.errors import Forbidden, Gone, Refused
from gongjia.kernel.models import Event
from gongjia.kernel.references import new_tracking_code

pytestmark = [pytest.mark.system("R2"), pytest.mark.django_db]
DAY = timedelta(days=1)
ASSIGN, SUPERVISE, JOINT = Way.ASSIGN, Way.SUPERVISE, Way.JOINT


def again(one: Any) -> Any:
    return type(one)._base_manager.get(pk=one.pk)


def forwarded(desk: Desk, one: Complaint, *, to: Any = None, by: Any = None) -> Forwarding:
    to, by = to or desk.town, by or desk.county
    return again(handing.forward(matter=again(one), to=to, words="请就近办理", by=by, at=desk.at))


def assigned(desk: Desk, one: Complaint, kind: Way = ASSIGN, **facts: Any) -> Assignment:
    facts = {"issuer": desk.tree.county, "to": desk.town, "by": desk.county, "at": desk.at, **facts}
    due_on = facts.pop("due_on", desk.at.date() + 5 * DAY)
    return again(handing.assign(matter=again(one), kind=kind, words="请上门核实", due_on=due_on, **facts))


def index(one: Any) -> MatterIndex:
    return MatterIndex.objects.get(matter_id=one.pk, flow_code=one.flow_code)


# ── forwarded ──────────────────────────────────────────────────────────────────────────────────────────────
def test_a_forwarded_matter_stays_until_it_is_accepted(desk: Desk) -> None:
    one = desk.complaint()
    sent = forwarded(desk, one)
    assert again(one).organisation == desk.tree.county
    assert [each.title for each in held_by(desk.street)] == ["转办：拖欠工资"]
    handing.accept(forwarding=sent, by=desk.street, at=desk.at + DAY)
    assert again(one).organisation == desk.town
    assert (index(one).organisation, index(one).holder) == (desk.town, desk.town)
    assert again(sent).state == "accepted"
    assert [each.move for each in Step.objects.filter(matter=index(one)).order_by("pk")] == [
        "open",
        "forwarding",
        "forward_accepted",
    ]


def test_a_refusal_has_a_reason_and_the_third_goes_up(desk: Desk) -> None:
    one = desk.complaint()
    for number in range(3):
        sent = forwarded(desk, one)
        with pytest.raises(Refused, match="写明原因"):
            handing.refuse(forwarding=sent, reason="", by=desk.street, at=desk.at)
        handing.refuse(forwarding=again(sent), reason="不归我们管", by=desk.street, at=desk.at)
        assert again(one).organisation == (desk.tree.city if number == 2 else desk.tree.county)
    designated = again(handing.forward(matter=again(one), to=desk.town, words="由你们办", by=desk.city, at=desk.at))
    assert designated.is_designated
    with pytest.raises(Refused, match="指定"):
        handing.refuse(forwarding=designated, reason="还是不办", by=desk.street, at=desk.at)
    handing.accept(forwarding=again(designated), by=desk.street, at=desk.at)
    assert again(one).organisation == desk.town


def test_one_forwarding_at_a_time_and_only_its_sender_takes_it_back(desk: Desk) -> None:
    one = desk.complaint()
    sent = forwarded(desk, one)
    with pytest.raises(Refused, match="正在转办"):
        forwarded(desk, one)
    with pytest.raises(Forbidden):
        handing.recall(handoff=sent, reason="发错了", by=desk.street, at=desk.at)
    handing.recall(handoff=sent, reason="发错了", by=desk.county, at=desk.at)
    assert again(sent).state == "recalled"
    assert forwarded(desk, one).state == "sent"


@pytest.mark.parametrize("who", ["foreign", "street", "chair", "worker"])
def test_who_does_not_handle_a_matter_hands_nothing_on(desk: Desk, who: str) -> None:
    one, by = desk.complaint(), getattr(desk, who)
    with pytest.raises(Forbidden):
        forwarded(desk, one, by=by)
    with pytest.raises(Forbidden):
        assigned(desk, one, by=by)
    with pytest.raises(Forbidden):
        handing.invite(
            matter=again(one),
            unit=GuestUnit.COURT,
            unit_name="咸安区人民法院",
            contact="",
            words="请派员",
            by=by,
            at=desk.at,
        )


def test_it_is_not_forwarded_to_itself_nor_to_whom_it_is_against(desk: Desk) -> None:
    one = desk.complaint(kept_from=desk.tree.employer)
    with pytest.raises(Refused, match="已经在这个工会"):
        forwarded(desk, one, to=desk.tree.county)
    with pytest.raises(Refused, match="被反映单位自己的工会"):
        forwarded(desk, one, to=desk.tree.union)
    with pytest.raises(Refused, match="被反映单位自己的工会"):
        assigned(desk, one, to=desk.tree.union)


# ── assigned ───────────────────────────────────────────────────────────────────────────────────────────────
def test_what_was_assigned_is_closed_by_the_issuer_only(desk: Desk) -> None:
    one = desk.complaint()
    given = assigned(desk, one)
    assert given.due_at == desk.at.replace(hour=0) + 6 * DAY
    assert Deadline.objects.get(matter=index(given)).due_at == given.due_at
    with pytest.raises(Forbidden):
        handing.close(handoff=given, by=desk.street, at=desk.at)
    handing.answer(assignment=again(given), words="已经上门", by=desk.street, at=desk.at)
    assert again(given).answer == "已经上门"
    with pytest.raises(Forbidden):
        handing.close(handoff=again(given), by=desk.street, at=desk.at)
    handing.again(
        handoff=again(given), reason="没有找到人", due_on=desk.at.date() + 9 * DAY, by=desk.county, at=desk.at
    )
    assert [each.reference for each in held_by(desk.street)] == [given.reference]
    handing.answer(assignment=again(given), words="找到了", by=desk.street, at=desk.at)
    handing.close(handoff=again(given), by=desk.county, at=desk.at)
    assert again(given).state == "closed"
    assert again(one).state == "received", "the matter goes its own way"


def test_who_reported_the_result_does_not_close_it(desk: Desk) -> None:
    """An officer of the county may act below; what he reported there another one closes."""
    given = assigned(desk, desk.complaint())
    handing.answer(assignment=given, words="我去过了", by=desk.county, at=desk.at)
    with pytest.raises(Forbidden, match="反馈人以外"):
        handing.close(handoff=again(given), by=desk.county, at=desk.at)
    handing.close(handoff=again(given), by=desk.colleague, at=desk.at)


def test_it_is_assigned_below_and_supervised_from_above(desk: Desk) -> None:
    one = desk.complaint()
    with pytest.raises(Refused, match="只能交给下级"):
        assigned(desk, one, to=desk.tree.foreign_county)
    assert assigned(desk, one, JOINT, to=desk.tree.foreign_county).counterpart == desk.tree.foreign_county
    with pytest.raises(Refused, match="督办由上级"):
        assigned(desk, one, SUPERVISE)
    watched = assigned(desk, one, SUPERVISE, issuer=desk.tree.city, by=desk.city)
    assert (watched.organisation, watched.counterpart) == (desk.tree.city, desk.tree.county)
    with pytest.raises(Forbidden):
        handing.close(handoff=watched, by=desk.county, at=desk.at)
    with pytest.raises(Refused, match="不能早于今天"):
        assigned(desk, one, due_on=desk.at.date() - DAY)


def test_closing_a_matter_ends_what_was_asked_about_it(desk: Desk) -> None:
    one = desk.complaint()
    given, sent = assigned(desk, one), forwarded(desk, one)
    casework.move(matter=again(one), move_code="withdraw", by=desk.worker, at=desk.at)
    assert (again(given).state, again(sent).state) == ("closed", "recalled")
    with pytest.raises(Refused, match="已经办结"):
        forwarded(desk, one)


# ── clocks that climb ──────────────────────────────────────────────────────────────────────────────────────
def rings(desk: Desk, *, days: float) -> int:
    return climbing.climb(at=desk.at + days * DAY)


def supervision(one: Complaint) -> Assignment:
    return Assignment._base_manager.select_related("organisation", "counterpart", "of").get(of=index(one))


def test_what_is_late_climbs_by_itself_and_ends_by_itself(desk: Desk) -> None:
    one = desk.complaint()  # on a Friday; to be received on Monday
    assert rings(desk, days=3.5) == 0
    assert rings(desk, days=4) == 1
    watched = supervision(one)
    assert (watched.organisation, watched.counterpart) == (desk.tree.city, desk.tree.county)
    assert watched.is_by_clock
    assert watched.reference in [each.reference for each in held_by(desk.county)]
    assert rings(desk, days=4) == 0, "once"
    later = {"handoff": again(watched), "at": desk.at + 4 * DAY}
    for by in (desk.county, desk.city):
        with pytest.raises((Refused, Forbidden)):
            handing.recall(**later, reason="算了", by=by)
        with pytest.raises((Refused, Forbidden)):
            handing.close(**later, by=by)
    casework.move(matter=again(one), move_code="take", by=desk.county, at=desk.at + 5 * DAY)
    assert again(watched).state == "closed"
    assert Step.objects.filter(matter=index(one), move="assignment", words__contains="已经超期").count() == 1


def test_it_climbs_level_after_level_and_a_sweep_that_comes_late_skips_none(desk: Desk) -> None:
    one = desk.complaint(organisation=desk.town)
    assert rings(desk, days=4) == 1
    assert supervision(one).organisation == desk.tree.county
    at = desk.at + 30 * DAY
    while climbing.climb(at=at):
        pass
    assert supervision(one).organisation == desk.tree.city
    moves = [each.move for each in Step.objects.filter(matter=index(one)).order_by("pk")]
    assert (moves.count("assignment"), moves.count("climbed")) == (1, 1)
    first = Deadline.objects.get(matter=index(one), code="received")
    assert (first.climbs_at, first.climbed) == (None, 3), "above the city is nobody to tell"


def test_after_a_day_without_a_worker_each_clock_rings_once(desk: Desk) -> None:
    ones = [desk.complaint() for _ in range(5)]
    at = desk.at + 5 * DAY
    assert climbing.climb(at=at) == 5
    assert climbing.climb(at=at) == 0
    assert {supervision(each).state for each in ones} == {"sent"}


def test_two_sweeps_ring_once(desk: Desk) -> None:
    """The second found the same row before the first had claimed it."""
    one = desk.complaint()
    row = Deadline.objects.get(matter=index(one), code="received")
    at = desk.at + 4 * DAY
    assert climbing.ring(number=row.pk, by=TICK, at=at)
    assert not climbing.ring(number=row.pk, by=TICK, at=at)
    assert Assignment._base_manager.count() == 1


def test_one_bad_row_stops_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = desk.complaint(), desk.complaint()
    real = following.supervise_late

    def failing(*, index: MatterIndex, **facts: Any) -> None:
        if index.matter_id == bad.pk:
            raise RuntimeError("broken")
        real(index=index, **facts)

    monkeypatch.setattr(following, "supervise_late", failing)
    assert rings(desk, days=4) == 1
    assert supervision(good).is_by_clock
    monkeypatch.undo()
    assert rings(desk, days=4) == 1, "it is tried again"


def test_a_forwarding_that_nobody_takes_is_supervised_too(desk: Desk) -> None:
    one = desk.complaint()
    casework.move(matter=one, move_code="take", by=desk.county, at=desk.at)
    sent = forwarded(desk, one)
    assert rings(desk, days=5) == 1
    watched = supervision(one)
    assert (watched.of_id, watched.counterpart) == (index(one).pk, desk.town)
    handing.accept(forwarding=sent, by=desk.street, at=desk.at + 5 * DAY)
    assert again(watched).state == "closed"


def test_waiting_for_the_person_climbs_to_nobody(desk: Desk) -> None:
    one = desk.complaint()
    for code in ("take", "ask"):
        casework.move(matter=one, move_code=code, by=desk.county, at=desk.at, words="请补充")
    assert rings(desk, days=90) == 0


# ── guests ─────────────────────────────────────────────────────────────────────────────────────────────────
def invited(desk: Desk, one: Complaint, by: Any = None) -> str:
    secret = new_tracking_code()
    handing.invite(
        matter=again(one),
        secret=secret,
        unit=GuestUnit.LABOUR,
        unit_name="咸安区人力资源和社会保障局",
        contact="柳主任",
        words="请核实该单位工资支付情况",
        by=by or desk.county,
        at=desk.at,
    )
    return secret


def test_a_guest_answers_by_a_link_and_the_matter_shows_it(desk: Desk) -> None:
    one = desk.complaint()
    secret = invited(desk, one)
    assert secret not in str(list(Invitation._base_manager.values_list())), "the database keeps no link"
    handing.guest_answers(secret=secret, words="已经立案", by=TICK, at=desk.at)
    made = Invitation._base_manager.get()
    assert (made.state, made.answer) == ("answered", "已经立案")
    with pytest.raises(Refused):
        handing.guest_answers(secret=secret, words="再说一次", by=TICK, at=desk.at)
    assert Step.objects.filter(matter=index(one), move="guest_answered").get().words.endswith("已经立案")


@pytest.mark.parametrize(("days", "opens"), [(15, True), (16, False)])
def test_a_link_ends(desk: Desk, days: int, opens: bool) -> None:  # noqa: FBT001
    secret = invited(desk, desk.complaint())
    at = desk.at + days * DAY
    if opens:
        assert invitation_by(secret, at).unit_name.startswith("咸安区")
        return
    with pytest.raises(Gone):
        handing.guest_answers(secret=secret, words="迟了", by=TICK, at=at)


def test_a_link_that_is_not_one_and_one_that_was_taken_back_say_the_same(desk: Desk) -> None:
    secret = invited(desk, desk.complaint())
    handing.recall(handoff=again(Invitation._base_manager.get()), reason="不用了", by=desk.county, at=desk.at)
    said = set()
    for each in (secret, "0" * 16, ""):
        with pytest.raises(Gone) as gone:
            invitation_by(each, desk.at)
        said.add(str(gone.value))
    assert len(said) == 1


# ── who is too close ───────────────────────────────────────────────────────────────────────────────────────
def test_every_final_state_of_the_flows_is_reached_somewhere_above() -> None:
    assert {state.code for flow in FLOWS for state in flow.states if state.is_final} == {
        "accepted",
        "refused",
        "recalled",
        "closed",
    }


def test_an_ended_organisation_hands_its_part_on(desk: Desk, at: datetime) -> None:
    given = assigned(desk, desk.complaint())
    following.follow_end(organisation=desk.town, at=at, superior=desk.tree.county)
    assert (again(given).counterpart, index(given).holder) == (desk.tree.county, desk.tree.county)


# ── what a late unit might try ─────────────────────────────────────────────────────────────────────────────
def test_a_late_clock_is_not_paused_away(desk: Desk) -> None:
    one = desk.complaint()
    assert rings(desk, days=4) == 1
    with pytest.raises(Refused, match="不能再暂停"):
        deadlines.pause(matter=again(one), code="received", reason="等等", by=desk.county, at=desk.at + 4 * DAY)
    assert supervision(one).state == "sent"


def test_asking_the_person_does_not_make_a_late_answer_one_in_time(desk: Desk) -> None:
    one = desk.complaint()
    casework.move(matter=one, move_code="take", by=desk.county, at=desk.at)
    late = desk.at + 40 * DAY
    assert climbing.climb(at=late) == 1
    for code, by in (("ask", desk.county), ("add", desk.worker)):
        casework.move(matter=again(one), move_code=code, by=by, at=late + DAY, words="补充")
        assert supervision(one).state == "sent", code
    assert Deadline.objects.get(code="whole").is_late(late + DAY)
    casework.move(matter=again(one), move_code="answer", by=desk.county, at=late + DAY, words="办好了")
    assert supervision(one).state == "closed"


def test_supervision_follows_the_matter_to_who_has_it(desk: Desk) -> None:
    one = desk.complaint()
    sent = forwarded(desk, one)
    assert rings(desk, days=5) >= 1
    handing.accept(forwarding=again(sent), by=desk.street, at=desk.at + 5 * DAY)
    assert (supervision(one).counterpart, supervision(one).state) == (desk.town, "sent")


def test_what_was_done_to_a_waiting_matter_does_not_lose_what_silence_brings(desk: Desk) -> None:
    """The silent move is bound to its clock, not to a version of the matter."""
    one = desk.complaint()
    for code in ("take", "ask"):
        casework.move(matter=again(one), move_code=code, by=desk.county, at=desk.at, words="请补充")
    invited(desk, one)
    due = Deadline.objects.get(matter=index(one), code="asked").due_at
    assert due is not None
    while events.run_due(at=due):
        pass
    told = {each.payload["version"] for each in Event.objects.filter(name="casework.due")}
    assert told == {again(one).version}
    assert not Event.objects.exclude(error="").exists()


def test_a_guest_who_is_asked_again_may_answer_until_the_new_day(desk: Desk) -> None:
    secret = invited(desk, desk.complaint())
    handing.guest_answers(secret=secret, words="已经立案", by=TICK, at=desk.at)
    until = desk.at.date() + 30 * DAY
    made = Invitation._base_manager.get()
    handing.again(handoff=made, reason="请补充", due_on=until, by=desk.county, at=desk.at)
    assert invitation_by(secret, desk.at + 29 * DAY).state == "sent"
