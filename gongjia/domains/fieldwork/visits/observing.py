"""The verbs of what a visit finds: opened with an owner, solved by one, verified by another."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.backbone.posts.models import Post
from gongjia.domains.fieldwork import figures, params, rules
from gongjia.domains.fieldwork.flow import UNDER_WAY
from gongjia.domains.fieldwork.permissions import PLAN, SOLVE
from gongjia.domains.fieldwork.visits.models import FieldVisit, Observation
from gongjia.domains.fieldwork.words import Grade, ObservationKind, Result
from gongjia.engines.casework import services as casework
from gongjia.engines.messages import services as messages
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import end_of, today_of
from gongjia.kernel.numbers import tells_a_number
from gongjia.kernel.verbs import note, verb

_NUMBERS = "这里不要写手机号、身份证号，请删去后再提交。"
_TITLE = 60


@dataclass(frozen=True)
class Seen:
    """What somebody saw, before it is an observation. Without `owner` it never becomes one."""

    kind: ObservationKind
    grade: Grade
    words: str
    owner: Organisation | None
    due_on: date | None
    person: Person | None = None


@verb("fieldwork.observe", zh="记一条调研发现", may=PLAN, on="visit")
def observe(*, visit: FieldVisit, seen: Seen, by: Actor, at: datetime, key: str = "") -> Observation:
    """Keep what was found at a place as a matter of its owner, on the owner's work list at once. Refused before the
    visit has begun, and without an owner."""
    if visit.arrived_at is None or visit.arrived_on is None:
        raise Refused("还没有到这个地方，不能记问题。")
    fits = seen.person is None or (seen.owner is not None and _serves(seen.person, seen.owner, today_of(at)))
    facts: dict[str, Any] = {"words": seen.words, "has_owner": seen.owner is not None, "due_on": seen.due_on}
    named: dict[str, Any] = {"names_person": seen.person is not None, "person_fits": fits}
    wrong = rules.wrong_with_observation(**facts, **named, found_on=visit.arrived_on)
    if wrong or seen.owner is None or seen.due_on is None:
        raise Refused(*wrong.values(), fields=list(wrong))
    made = Observation(
        organisation=seen.owner,
        counterpart=visit.organisation,
        owner=seen.person,
        visit=visit,
        union_id=visit.union_id,
        employer_id=visit.employer_id,
        kind=seen.kind,
        grade=seen.grade,
        words=seen.words.strip(),
        found_on=visit.arrived_on,
        due_on=seen.due_on,
    )
    _mark_repeat(made)
    title = f"{made.get_kind_display()}：{made.words[:_TITLE]}"
    casework.open_matter(matter=made, title=title, by=by, at=at, due_at=end_of(made.due_on))
    figures.observed(made)
    note(made, kind=str(seen.kind))
    _tell_owner(made, by=by, at=at)
    return made


def _serves(person: Person, owner: Organisation, on: date) -> bool:
    rows = Post._base_manager.filter(person=person, organisation=owner, from_on__lte=on)
    return any(each.is_open_on(on) for each in rows)


def _mark_repeat(made: Observation) -> None:
    """The same kind at the same place within the months that count: the rule of `rules.repeats`."""
    place = {"employer_id": made.employer_id} if made.employer_id else {"union_id": made.union_id, "employer": None}
    rows = Observation._base_manager.filter(**place, kind=made.kind, found_on__lte=made.found_on)
    earlier = list(rows.exclude(result=Result.WITHDRAWN).order_by("-found_on", "-pk").values_list("pk", "found_on"))
    region = made.organisation.region.code
    months = params.repeat_months(on=made.found_on, region=region)
    times = rules.repeats(made.found_on, [day for _, day in earlier], months=months)
    made.times = times + 1
    made.repeats_id = earlier[0][0] if times else None


def _tell_owner(matter: Observation, *, by: Actor, at: datetime) -> None:
    if matter.owner_id is None:
        return
    person = Person._base_manager.get(pk=matter.owner_id)
    messages.tell(
        person=person,
        organisation=matter.organisation,
        title=f"有一个问题由您负责：{matter.get_kind_display()}",
        body=f"{matter.place_zh}：{matter.words}\n最迟 {matter.due_on:%Y-%m-%d} 解决。",
        path=reverse("fieldwork:observation", args=[matter.reference]),
        by=by,
        at=at,
    )


# ── the owner ───────────────────────────────────────────────────────────────────────────────────────────────────


@verb("fieldwork.take", zh="着手办理问题", may=SOLVE, on="observation")
def take(*, observation: Observation, measure: str, by: Actor, at: datetime, key: str = "") -> Observation:
    """The owner says what will be done."""
    held = _held(observation, measure)
    _move(held, "take", by=by, at=at, words=measure, filled={"measure": measure})
    held.measure = measure
    return _kept(held, "measure")


@verb("fieldwork.decline", zh="退回不归本级办的问题", may=SOLVE, on="observation")
def decline(*, observation: Observation, reason: str, by: Actor, at: datetime, key: str = "") -> Observation:
    """The owner says why it is not theirs; who went there names another one. The day does not move."""
    held = _held(observation, reason)
    _move(held, "decline", by=by, at=at, words=reason)
    note(held)
    return held


@verb("fieldwork.report_solved", zh="报告问题已解决", may=SOLVE, on="observation")
def report_solved(*, observation: Observation, evidence: str, by: Actor, at: datetime, key: str = "") -> Observation:
    """The owner says how it was solved; this day decides whether it was in time, if it is verified."""
    held = _held(observation, evidence)
    _move(held, "report", by=by, at=at, words=evidence[:300], filled={"evidence": evidence})
    held.evidence, held.reported_on, held.solved_by_id = evidence, today_of(at), by.person_id
    return _kept(held, "evidence", "reported_on", "solved_by")


# ── who went there ──────────────────────────────────────────────────────────────────────────────────────────────


@verb("fieldwork.verify", zh="核实问题已解决", may=PLAN, on="counterpart")
def verify(
    *, observation: Observation, counterpart: Organisation, words: str, by: Actor, at: datetime, key: str = ""
) -> Observation:
    """It is solved, as somebody else has seen: never who reported it, nor the person who answers for it."""
    held = _of(observation, counterpart, words)
    if by.person_id is not None and by.person_id in {held.solved_by_id, held.owner_id}:
        raise Refused("解决问题的人不能核实自己的办理，请换一位同事核实。")
    _move(held, "verify", by=by, at=at, words=words)
    before = figures.share_of(held)
    held.verified_by_id = by.person_id
    in_time = rules.is_on_time(held.reported_on or today_of(at), held.due_on)
    held.result = Result.ON_TIME if in_time else Result.LATE
    done = _kept(held, "verified_by", "result")
    figures.observation_changed(before, done)
    return done


@verb("fieldwork.send_back", zh="退回继续办理", may=PLAN, on="counterpart")
def send_back(
    *, observation: Observation, counterpart: Organisation, reason: str, by: Actor, at: datetime, key: str = ""
) -> Observation:
    """It is not solved: the owner goes on. The day does not move."""
    held = _of(observation, counterpart, reason)
    if by.person_id is not None and by.person_id == held.solved_by_id:
        raise Refused("这是您自己报告的，请换一位同事核实。")
    _move(held, "send_back", by=by, at=at, words=reason)
    held.reported_on, held.solved_by = None, None
    return _kept(held, "reported_on", "solved_by")


@verb("fieldwork.assign", zh="重新交办问题", may=PLAN, on="counterpart")
def assign(
    *,
    observation: Observation,
    counterpart: Organisation,
    owner: Organisation,
    by: Actor,
    at: datetime,
    person: Person | None = None,
    due_on: date | None = None,
    words: str = "",
    key: str = "",
) -> Observation:
    """Another owner for what came back, and another day where one is given. Refused for a person who does not serve
    there, and for a day that is over."""
    held = _of(observation, counterpart, words)
    if person is not None and not _serves(person, owner, today_of(at)):
        raise Refused("选的人不在负责办理的工会任职，请重新选，或者先不写到人。", fields=["person"])
    if due_on is not None and due_on < today_of(at):
        raise Refused("新的期限不能早于今天。", fields=["due_on"])
    held.due_on = due_on or held.due_on
    _move(held, "assign", by=by, at=at, words=words)
    casework.hand_over(matter=held, to=owner, by=by, at=at)
    held.owner = person
    _kept(held, "owner", "due_on")
    _tell_owner(held, by=by, at=at)
    return held


@verb("fieldwork.withdraw_observation", zh="撤销问题", may=PLAN, on="counterpart")
def withdraw(
    *, observation: Observation, counterpart: Organisation, reason: str, by: Actor, at: datetime, key: str = ""
) -> Observation:
    """It was no problem after all, or is in the list twice: counted no more, and kept."""
    held = _of(observation, counterpart, reason)
    _move(held, "withdraw", by=by, at=at, words=reason)
    before = figures.share_of(held)
    held.result = Result.WITHDRAWN
    done = _kept(held, "result")
    figures.observation_changed(before, done)
    return done


def _held(observation: Observation, words: str) -> Observation:
    """The row as it stands, locked; words that tell somebody's number are refused. The version stays that which was
    read, so that who was slower is told."""
    if tells_a_number([words]):
        raise Refused(_NUMBERS)
    held: Observation = (
        Observation._base_manager.select_for_update(of=("self",))
        .select_related("organisation__region", "counterpart", "union", "employer")
        .get(pk=observation.pk)
    )
    held.version = observation.version
    return held


def _of(observation: Observation, counterpart: Organisation, words: str) -> Observation:
    """As `_held`, for the side that went there: the right was asked for at its organisation."""
    if counterpart.pk != observation.counterpart_id:
        raise RuntimeError("the right is asked for at the union that went there")
    return _held(observation, words)


def _move(
    held: Observation, code: str, *, by: Actor, at: datetime, words: str, filled: dict[str, Any] | None = None
) -> None:
    """A state that is to be left by the observation's own day is given it; the others have their clock or none."""
    target = held.flow.move(code).to_state
    due_at = end_of(held.due_on) if target in UNDER_WAY else None
    casework.move(matter=held, move_code=code, by=by, at=at, words=words[:300], filled=filled, due_at=due_at)


def _kept(held: Observation, *names: str) -> Observation:
    held.save(update_fields=list(names))
    note(held)
    return held
