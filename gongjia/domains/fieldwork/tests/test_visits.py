"""Visits and what they find: owner, repeat, two pairs of eyes, in time or late, and the figures of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from gongjia.backbone.files.queries import content_of
from gongjia.domains.fieldwork import handlers
from gongjia.domains.fieldwork.permissions import PLAN, SOLVE
from gongjia.domains.fieldwork.places import Place
from gongjia.domains.fieldwork.tests.conftest import Field, again, doing
from gongjia.domains.fieldwork.tests.test_rules import jpeg
from gongjia.domains.fieldwork.visits import observing, services
from gongjia.domains.fieldwork.visits.models import FieldVisit, Observation, VisitPhoto
from gongjia.domains.fieldwork.words import ObservationKind, Result
from gongjia.engines.casework.models import MatterIndex
from gongjia.engines.figures.reading import by as figure_by
from gongjia.engines.figures.reading import total
from gongjia.engines.figures.repair import check
from gongjia.engines.messages.models import Message
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.reach import entering, everywhere
from tests import factories

pytestmark = [pytest.mark.system("T5"), pytest.mark.django_db]


def record(field: Field, visit: FieldVisit, **facts: Any) -> FieldVisit:
    said: dict[str, Any] = {"arrived_at": field.at, "answers": {"0": "no"}, "spoken": {"workers": 3}, "words": "都在"}
    return doing(field.officer, services.record_visit, PLAN, visit=visit, **{**said, **facts}, at=field.at)


def found(field: Field) -> dict[str, int]:
    with entering(field.officer.reach()):
        figures = figure_by("observations", "result", field.tree.county, on=field.at.date())
    return {str(each.filters["result"]): each.value for each in figures}


# ── plans ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_below_and_before_and_by_those_who_serve_at_the_planner(field: Field, at: datetime) -> None:
    tree = field.tree
    with pytest.raises(Refused, match="不在本级以下"):
        field.plan(Place(tree.county))
    with pytest.raises(Refused, match="不能早于今天"):
        field.plan(from_on=at.date() - timedelta(days=1))
    with pytest.raises(Refused, match="谁去"):
        field.plan(goers=[])
    chair = factories.Post._base_manager.get(person=tree.chair)
    with pytest.raises(Refused, match="制定计划的工会任职"):
        field.plan(goers=[chair])
    with pytest.raises(Refused, match="选去哪里"):
        doing(
            field.officer, services.plan_visits, PLAN, organisation=tree.county, purpose="x", items=[], places=[],
            from_on=at.date(), to_on=at.date(), goers=[field.post()], at=at,
        )  # fmt: skip
    assert not FieldVisit._base_manager.exists()


def test_nobody_visits_the_place_of_their_own_post(field: Field) -> None:
    factories.post(field.tree.officer, field.tree.union, "fund_auditor")
    with pytest.raises(Refused, match="自己任职"):
        field.plan()


def test_an_employer_that_no_union_covers_can_be_visited(field: Field) -> None:
    lone = factories.employer("溪口样例厂", field.tree.county)
    plan = field.plan(Place(None, lone))
    assert field.visit(plan).place_zh == "溪口样例厂"


def test_who_does_not_go_does_not_record(field: Field) -> None:
    visit = field.visit()
    with pytest.raises(Refused, match="不在这次走访的名单"):
        doing(field.other, services.begin_visit, PLAN, visit=visit, at=field.at)
    for who in (field.chair, factories.actor(field.tree.foreign_officer), factories.actor(field.tree.leader)):
        with pytest.raises(Forbidden):
            doing(who, services.begin_visit, PLAN, visit=visit, at=field.at)


def test_a_place_where_one_has_been_stays_and_a_dropped_plan_takes_the_others_away(field: Field) -> None:
    lone = factories.employer("溪口样例厂", field.tree.county)
    plan = field.plan(Place(field.tree.union), Place(None, lone))
    here, there = FieldVisit._base_manager.filter(plan=plan).select_related("organisation").order_by("pk")
    doing(field.officer, services.begin_visit, PLAN, visit=here, at=field.at)
    with pytest.raises(Refused, match="已经去过"):
        doing(field.officer, services.leave_place, PLAN, visit=here, at=field.at)
    doing(field.officer, services.drop_plan, PLAN, plan=plan, at=field.at)
    assert list(FieldVisit._base_manager.filter(plan=plan)) == [here]
    assert not FieldVisit._base_manager.filter(pk=there.pk).exists()


# ── records ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_visit_is_recorded_whole_or_not_at_all(field: Field) -> None:
    visit = field.visit()
    with pytest.raises(Refused, match="没有人负责"):
        record(field, visit, observations=[field.seen(), field.seen(owner=None)])
    visit.refresh_from_db()
    assert (visit.arrived_at, Observation._base_manager.count()) == (None, 0)
    done = record(field, visit, observations=[field.seen(), field.seen(kind=ObservationKind.PAIN)])
    assert (done.arrived_at, done.answers, done.spoken) == (field.at, {"0": "no"}, {"workers": 3})
    assert Observation._base_manager.count() == 2


def test_sent_twice_by_a_bad_connection_it_is_kept_once(field: Field) -> None:
    visit = field.visit()
    for _ in range(2):
        record(field, visit, observations=[field.seen()], key="a")
    assert Observation._base_manager.count() == 1


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"later": 1}, "不能晚于现在"),
        ({"later": -2 * 24 * 60}, "先有计划"),
        ({"words": "联系13800000000"}, "手机号"),
        ({"spoken_names": "13800000000"}, "手机号"),
    ],
)
def test_what_a_record_cannot_say(field: Field, facts: dict[str, Any], words: str) -> None:
    minutes = facts.pop("later", 0)
    with pytest.raises(Refused, match=words):
        record(field, field.visit(), arrived_at=field.at + timedelta(minutes=minutes), **facts)


def test_photographs_are_a_choice_and_lose_what_the_camera_wrote(field: Field) -> None:
    visit = record(field, field.visit())
    assert not VisitPhoto._base_manager.exists()
    record(field, visit, photos=[jpeg()])
    stored = VisitPhoto._base_manager.select_related("file").get().file
    assert b"GPS" not in b"".join(content_of(stored))
    with pytest.raises(Refused, match="最多留 6 张"):
        record(field, visit, photos=[jpeg()] * 6)
    with pytest.raises(Refused, match="只收 JPG 和 PNG"):
        record(field, visit, photos=[b"%PDF"])


# ── observations ────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_found_before_the_visit_has_begun_or_without_an_owner(field: Field) -> None:
    visit = field.visit()
    with pytest.raises(Refused, match="还没有到"):
        field.observe(visit)
    begun = doing(field.officer, services.begin_visit, PLAN, visit=visit, at=field.at)
    with pytest.raises(Refused, match="没有人负责的问题不能保存"):
        field.observe(begun, owner=None)
    assert not Observation._base_manager.exists()
    assert not MatterIndex._base_manager.exists()


def test_no_row_of_an_observation_stands_without_an_owner() -> None:
    assert Observation._meta.get_field("organisation").null is False


def test_the_person_who_is_to_solve_it_is_told_and_serves_there(field: Field) -> None:
    with pytest.raises(Refused, match="不在负责办理的工会任职"):
        field.observe(person=field.tree.officer)
    visit = FieldVisit._base_manager.select_related("organisation", "union").get()
    one = field.observe(visit, person=field.tree.chair)
    told = Message._base_manager.get(person=field.tree.chair)
    assert one.reference in told.leads_to
    assert one.words in told.body


def test_solved_by_one_verified_by_another(field: Field) -> None:
    one = field.report(field.take(field.observe()))
    with pytest.raises(Forbidden):
        field.verify(one, by=field.chair)
    assert field.verify(one).result == Result.ON_TIME


def test_an_officer_who_solves_for_the_own_organisation_never_verifies_it(field: Field) -> None:
    """The county went there and owns it: the one who reported and the one who verifies both serve at the county."""
    one = field.observe(owner=field.tree.county)
    officer = field.officer
    taken = again(doing(officer, observing.take, SOLVE, observation=one, measure="派人", at=field.at))
    solved = again(doing(officer, observing.report_solved, SOLVE, observation=taken, evidence="办好了", at=field.at))
    with pytest.raises(Refused, match="不能核实自己"):
        field.verify(solved, by=officer)
    assert again(solved).state == "reported"
    done = field.verify(solved)
    assert (done.state, done.verified_by, done.solved_by) == ("closed", field.colleague, field.tree.officer)


def test_the_person_who_answers_for_it_never_verifies_it(field: Field) -> None:
    visit = field.begun()
    one = field.observe(visit, owner=field.tree.county, person=field.colleague)
    officer = field.officer
    taken = again(doing(officer, observing.take, SOLVE, observation=one, measure="派人", at=field.at))
    solved = again(doing(officer, observing.report_solved, SOLVE, observation=taken, evidence="办好了", at=field.at))
    with pytest.raises(Refused, match="不能核实自己"):
        field.verify(solved)


def test_sent_back_it_goes_on_and_the_day_of_the_report_that_was_verified_decides(field: Field, at: datetime) -> None:
    one = field.report(field.take(field.observe()))
    sent = {"observation": one, "counterpart": one.counterpart, "reason": "还是没开", "at": at}
    back = again(doing(field.other, observing.send_back, PLAN, **sent))
    assert (back.state, back.reported_on, back.solved_by) == ("doing", None, None)
    late = at + timedelta(days=11)
    assert field.verify(field.report(back, late), at=late).result == Result.LATE


@pytest.mark.parametrize(("days", "result"), [(9, "on_time"), (10, "on_time"), (11, "late")])
def test_in_time_or_late_and_counted_so(field: Field, at: datetime, days: int, result: str) -> None:
    one = field.take(field.observe())
    assert found(field) == {"open": 1, "on_time": 0, "late": 0}
    then = at + timedelta(days=days)
    verified = field.verify(field.report(one, then), at=then + timedelta(days=30))
    assert verified.result == result, "how long the verifying took is not the solver's"
    assert found(field) == {"open": 0, "on_time": 0, "late": 0, result: 1}
    with everywhere(reason="test"):
        assert check("observations") == []


def test_what_is_withdrawn_is_counted_no_more(field: Field) -> None:
    one = field.observe()
    sent = {"observation": one, "counterpart": one.counterpart, "reason": "记重了", "at": field.at}
    assert doing(field.officer, observing.withdraw, PLAN, **sent).result == Result.WITHDRAWN
    assert found(field) == {"open": 0, "on_time": 0, "late": 0}
    with everywhere(reason="test"):
        assert check("observations") == []


def test_what_came_back_goes_to_another_owner_with_its_day(field: Field) -> None:
    one = field.observe()
    declined = again(doing(field.chair, observing.decline, SOLVE, observation=one, reason="是园区管", at=field.at))
    sent = {"observation": declined, "counterpart": one.counterpart, "owner": field.tree.county, "at": field.at}
    given = again(doing(field.officer, observing.assign, PLAN, **sent))
    assert (given.state, given.organisation, given.due_on) == ("todo", field.tree.county, one.due_on)
    assert MatterIndex._base_manager.get(matter_id=one.pk).holder == field.tree.county


def test_a_repeat_is_the_same_kind_at_the_same_place_within_the_months(field: Field, at: datetime) -> None:
    visit = field.begun()
    first, second = field.observe(visit), field.observe(visit)
    other = field.observe(visit, kind=ObservationKind.BLIND)
    assert [(each.times, each.repeats_id) for each in (first, second, other)] == [(1, None), (2, first.pk), (1, None)]
    Observation._base_manager.filter(pk__in=[first.pk, second.pk]).update(found_on=at.date() - timedelta(days=366))
    assert field.observe(visit).times == 1


def test_late_is_marked_by_the_clock_once_and_the_person_told(field: Field, at: datetime) -> None:
    one = field.observe(person=field.tree.chair)
    handlers.follow_days(at=at + timedelta(days=10))
    assert again(one).overdue_at is None
    for hours in (0, 1):
        handlers.follow_days(at=at + timedelta(days=11, hours=hours))
    assert again(one).overdue_at == at + timedelta(days=11)
    assert Message._base_manager.filter(person=field.tree.chair, title__startswith="逾期").count() == 1


def test_a_visit_is_counted_from_its_arrival_on(field: Field, at: datetime) -> None:
    def number() -> int:
        with entering(field.officer.reach()):
            return total("field_visits", field.tree.county, on=at.date()).value

    visit = field.visit()
    assert number() == 0
    record(field, visit)
    record(field, visit)
    assert number() == 1
    with everywhere(reason="test"):
        assert check("field_visits") == []
