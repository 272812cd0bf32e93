"""The verbs of plans and visits: planned in secret, begun on arrival, recorded by who went."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from gongjia.backbone.files import services as files
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.posts.models import Post
from gongjia.domains.fieldwork import figures, pictures
from gongjia.domains.fieldwork.asking.models import ResearchTopic
from gongjia.domains.fieldwork.permissions import PLAN
from gongjia.domains.fieldwork.places import Place
from gongjia.domains.fieldwork.visits import observing
from gongjia.domains.fieldwork.visits.models import FieldVisit, VisitGoer, VisitPhoto, VisitPlan
from gongjia.domains.fieldwork.words import Checked, Spoken
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.numbers import tells_a_number
from gongjia.kernel.verbs import note, verb

MOST_ITEMS, MOST_PLACES, MOST_GOERS, MOST_PHOTOS = 30, 60, 20, 6


@verb("fieldwork.plan_visits", zh="制定走访计划", may=PLAN, on="organisation")
def plan_visits(
    *,
    organisation: Organisation,
    purpose: str,
    items: Sequence[str],
    from_on: date,
    to_on: date,
    places: Sequence[Place],
    goers: Sequence[Post],
    by: Actor,
    at: datetime,
    others: str = "",
    topic: ResearchTopic | None = None,
    key: str = "",
) -> VisitPlan:
    """A plan that no place knows of. Who goes holds a post at the organisation itself; nobody goes who holds one at a
    place on the plan. No message, event or figure tells of it."""
    if to_on < from_on:
        raise Refused("结束的日子不能早于开始的日子。", fields=["to_on"])
    if from_on < today_of(at):
        raise Refused("计划要在去之前定：开始的日子不能早于今天。", fields=["from_on"])
    if not goers or len(goers) > MOST_GOERS:
        raise Refused("请选谁去，最多 20 人。", fields=["goers"])
    if any(each.organisation_id != organisation.pk for each in goers):
        raise Refused("去的人要在制定计划的工会任职。", fields=["goers"])
    if topic is not None and topic.organisation_id != organisation.pk:
        raise Refused("这个课题不是本级的。", fields=["topic"])
    plan = VisitPlan._base_manager.create(
        organisation=organisation,
        purpose=purpose,
        items=list(items)[:MOST_ITEMS],
        from_on=from_on,
        to_on=to_on,
        others=others,
        topic=topic,
        made_at=at,
        made_by_id=by.person_id,
    )
    people = list(dict.fromkeys(each.person_id for each in goers))
    VisitGoer._base_manager.bulk_create(
        VisitGoer(organisation=organisation, plan=plan, person_id=each) for each in people
    )
    _add(plan, places, by)
    note(plan, count=len(places))
    return plan


@verb("fieldwork.add_places", zh="增加走访地点", may=PLAN, on="plan")
def add_places(*, plan: VisitPlan, places: Sequence[Place], by: Actor, at: datetime, key: str = "") -> VisitPlan:
    """More places for a plan that is not dropped, also on the way."""
    plan = _held(plan)
    _add(plan, places, by)
    note(plan, count=len(places))
    return plan


@verb("fieldwork.leave_place", zh="去掉走访地点", may=PLAN, on="visit")
def leave_place(*, visit: FieldVisit, by: Actor, at: datetime, key: str = "") -> None:
    """One place less: only where nobody has been yet."""
    held = FieldVisit._base_manager.select_for_update(of=("self",)).get(pk=visit.pk)
    if held.arrived_at is not None:
        raise Refused("这里已经去过，记录要留下。")
    note(held.plan)
    held.delete()


@verb("fieldwork.drop_plan", zh="取消走访计划", may=PLAN, on="plan")
def drop_plan(*, plan: VisitPlan, by: Actor, at: datetime, key: str = "") -> VisitPlan:
    """What has not begun does not take place; what has stays."""
    plan = _held(plan)
    FieldVisit._base_manager.filter(plan=plan, arrived_at=None).delete()
    plan.dropped_at = at
    plan.save(update_fields=["dropped_at"])
    note(plan)
    return plan


@verb("fieldwork.begin_visit", zh="到达走访地点", may=PLAN, on="visit")
def begin_visit(*, visit: FieldVisit, by: Actor, at: datetime, key: str = "") -> FieldVisit:
    """Somebody of those who go has arrived, now: from here on the place sees that a visit takes place."""
    visit = _of_goer(visit, by)
    if visit.arrived_at is None:
        _arrive(visit, at)
    note(visit)
    return visit


@verb("fieldwork.record_visit", zh="记现场走访", may=PLAN, on="visit")
def record_visit(
    *,
    visit: FieldVisit,
    arrived_at: datetime,
    answers: Mapping[str, str],
    spoken: Mapping[str, int],
    by: Actor,
    at: datetime,
    spoken_names: str = "",
    words: str = "",
    observations: Sequence[observing.Seen] = (),
    photos: Sequence[bytes] = (),
    key: str = "",
) -> FieldVisit:
    """What was seen and said, with what was found: all of it or nothing. Written again, the newest stands, and what
    was found is added. Refused for an arrival that is to come or lies before the plan, for numbers of persons in words,
    and for an observation without an owner."""
    visit = _of_goer(visit, by)
    if arrived_at > at:
        raise Refused("到达时间不能晚于现在。", fields=["arrived_at"])
    if today_of(arrived_at) < today_of(visit.plan.made_at):
        raise Refused("到达时间早于计划：走访要先有计划。", fields=["arrived_at"])
    if tells_a_number([words, spoken_names]):
        raise Refused("这里不要写手机号、身份证号，请删去后再提交。", fields=["words"])
    if visit.arrived_at is None:
        _arrive(visit, arrived_at)
    visit.answers = {
        number: said for number, said in answers.items() if said in Checked and _is_item(number, visit.plan.items)
    }
    visit.spoken = {kind: count for kind, count in spoken.items() if kind in Spoken and count > 0}
    visit.spoken_names, visit.words = spoken_names, words
    visit.recorded_at, visit.recorded_by_id = at, by.person_id
    visit.version += 1
    visit.save()
    for each in observations:
        observing.observe(visit=visit, seen=each, by=by, at=at)
    _keep_photos(visit, photos, by=by, at=at)
    note(visit, count=len(observations))
    return visit


def _is_item(number: str, items: Sequence[Any]) -> bool:
    return number.isdigit() and int(number) < len(items)


def _held(plan: VisitPlan) -> VisitPlan:
    held: VisitPlan = (
        VisitPlan._base_manager.select_for_update(of=("self",)).select_related("organisation").get(pk=plan.pk)
    )
    if held.dropped_at is not None:
        raise Refused("这份计划已经取消。")
    return held


def _add(plan: VisitPlan, places: Sequence[Place], by: Actor) -> None:
    rows = FieldVisit._base_manager.filter(plan=plan)
    known: set[tuple[int | None, int | None]] = set(rows.values_list("union_id", "employer_id"))
    if not places and not known:
        raise Refused("还没有选去哪里：先按名称找到，再打勾。", fields=["place"])
    if len(known) + len(places) > MOST_PLACES:
        raise Refused(f"一份计划最多 {MOST_PLACES} 个地点，再多请另做一份。", fields=["place"])
    goers = {by.person_id, *VisitGoer._base_manager.filter(plan=plan).values_list("person_id", flat=True)} - {None}
    for each in places:
        below = each.employer.organisation.path if each.employer else each.path
        if not below.startswith(plan.organisation.path) or (each.union and each.union.pk == plan.organisation_id):
            raise Refused(f"“{each.zh}”不在本级以下，不能走访。", fields=["place"])
        key = (each.union.pk if each.union else None, each.employer.pk if each.employer else None)
        if key in known:
            continue
        known.add(key)
        if each.union is not None and _holds_post_at(goers, each.union):
            raise Refused(f"制定计划的人或者去的人在“{each.zh}”任职，不能走访自己任职的地方。", fields=["goers"])
        FieldVisit._base_manager.create(
            organisation=plan.organisation, plan=plan, union=each.union, employer=each.employer
        )


def _holds_post_at(people: Any, union: Organisation) -> bool:
    return Post._base_manager.filter(person_id__in=people, organisation=union, until_on=None).exists()


def _of_goer(visit: FieldVisit, by: Actor) -> FieldVisit:
    """The visit as it stands, held until the transaction ends. Refused to who does not go, and on a dropped plan."""
    held: FieldVisit = (
        FieldVisit._base_manager.select_for_update(of=("self",))
        .select_related("organisation__region", "plan__organisation", "union__region", "employer__organisation")
        .get(pk=visit.pk)
    )
    if held.plan.dropped_at is not None and held.arrived_at is None:
        raise Refused("这份计划已经取消。")
    goes = VisitGoer._base_manager.filter(plan=held.plan, person_id=by.person_id or 0).exists()
    if not goes and by.channel != "command":
        raise Refused("您不在这次走访的名单里，请由去的人记。")
    return held


def _arrive(visit: FieldVisit, at: datetime) -> None:
    visit.arrived_at, visit.arrived_on = at, today_of(at)
    visit.save(update_fields=["arrived_at", "arrived_on"])
    figures.visit_begun(visit)


def _keep_photos(visit: FieldVisit, photos: Sequence[bytes], *, by: Actor, at: datetime) -> None:
    if photos and VisitPhoto._base_manager.filter(visit=visit).count() + len(photos) > MOST_PHOTOS:
        raise Refused(f"一次走访最多留 {MOST_PHOTOS} 张照片。", fields=["photos"])
    for number, content in enumerate(photos, 1):
        try:
            kind, clean = pictures.without_traces(content)
        except ValueError as wrong:
            raise Refused(f"第 {number} 张照片：{wrong}", fields=["photos"]) from wrong
        stored = files.store(
            organisation=visit.organisation, name=f"走访照片.{kind}", kind="visit_photo", chunks=[clean], by=by, at=at
        )
        VisitPhoto._base_manager.create(organisation=visit.organisation, visit=visit, file=stored)
