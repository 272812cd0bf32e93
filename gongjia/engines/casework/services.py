"""Opening and moving matters: the only writers of a matter's state, its index row and its timeline."""

from datetime import datetime
from typing import Any

from django.db.models import F

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.engines.casework import deadlines
from gongjia.engines.casework.flow import ORGANISATION, PERSON, Move, State
from gongjia.engines.casework.models import FollowCode, Matter, MatterIndex
from gongjia.engines.casework.rights import require_move
from gongjia.engines.casework.timeline import line, line_of_move
from gongjia.kernel import events
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused, Stale
from gongjia.kernel.permissions import INSIDE, SIGNED_IN
from gongjia.kernel.references import digest_of
from gongjia.kernel.verbs import note, verb

#: The step of a timeline that changes who answers, and neither state nor clock.
HAND_OVER = "hand_over"


@verb("casework.open", zh="提出事项", may=SIGNED_IN)
def open_matter(
    *, matter: Matter, title: str, by: Actor, at: datetime, words: str = "", due_at: datetime | None = None
) -> Matter:
    """Save a new matter in the first state of its flow, with its index row and the first line of its timeline.

    `due_at` is said for a matter whose first state has no clock of its own, because only some of them have one.
    """
    flow = matter.flow
    matter.state, matter.flow_version, matter.opened_at = flow.first, flow.version, at
    matter.save(force_insert=True)
    state = flow.state(matter.state)
    index = MatterIndex.objects.create(
        flow_code=flow.code,
        matter_id=matter.pk,
        of_id=getattr(matter, "of_id", None),
        reference=matter.reference,
        title=title,
        organisation_id=matter.organisation_id,
        counterpart_id=matter.counterpart_id,
        holder_id=_holder_of(matter, state),
        person_id=matter.person_id,
        owner_id=matter.owner_id,
        state=matter.state,
        kept_from_id=matter.kept_from_id,
        opened_at=at,
        moved_at=at,
    )
    index.due_at = deadlines.follow(matter=matter, index=index, state=state, by=by, at=at, due_at=due_at)
    if index.due_at:
        index.save(update_fields=["due_at"])
    line_of_move(matter, index, Move("open", "提出", (), matter.state, SIGNED_IN), by, at, words)
    note(matter, about_person_id=matter.person_id, flow=flow.code)
    return matter


@verb("casework.move", zh="办理事项", may=SIGNED_IN)
def move(
    *,
    matter: Matter,
    move_code: str,
    by: Actor,
    at: datetime,
    words: str = "",
    filled: dict[str, Any] | None = None,
    due_at: datetime | None = None,
) -> Matter:
    """Make a move. Forbidden without its permission at the matter's organisation; Refused from a state it does not
    leave or with something missing; Stale when somebody moved the matter since it was read."""
    chosen = matter.flow.move(move_code)
    require_move(matter, chosen, by)
    if matter.state not in chosen.from_states:
        raise Refused(f"现在的状态是“{matter.standing.zh}”，不能再办“{chosen.zh}”。")
    given = {"reason": words, **(filled or {})}
    missing = {name: zh for name, zh in chosen.needs.items() if not given.get(name)}
    if missing:
        raise Refused(f"办“{chosen.zh}”要写明{'、'.join(missing.values())}。", fields=list(missing))
    target = matter.flow.state(chosen.to_state)
    closed_at = at if target.is_final else None
    done = (
        type(matter)
        ._base_manager.filter(pk=matter.pk, version=matter.version)
        .update(state=target.code, version=matter.version + 1, closed_at=closed_at)
    )
    if not done:
        now = type(matter)._base_manager.get(pk=matter.pk)
        raise Stale("这件事刚刚由别人办理过", yours={"办理": chosen.zh}, theirs={"状态": now.standing.zh})
    matter.state, matter.version, matter.closed_at = target.code, matter.version + 1, closed_at
    index = MatterIndex._base_manager.get(flow_code=matter.flow_code, matter_id=matter.pk)
    index.state, index.moved_at, index.closed_at = target.code, at, closed_at
    index.holder_id = None if target.is_final else _holder_of(matter, target)
    index.due_at = deadlines.follow(matter=matter, index=index, state=target, by=by, at=at, due_at=due_at)
    index.save(update_fields=["state", "moved_at", "closed_at", "holder", "due_at"])
    line_of_move(matter, index, chosen, by, at, words)
    note(matter, about_person_id=matter.person_id, move=chosen.code)
    events.tell("casework.moved", index=index, by=by, at=at)
    return matter


@verb("casework.give_person", zh="确认当事人", may=INSIDE)
def give_person(*, matter: Matter, person: Person, by: Actor, at: datetime) -> Matter:
    """Say whom a matter is about, once that is known; called by the domain's verb that found it out."""
    MatterIndex._base_manager.filter(flow_code=matter.flow_code, matter_id=matter.pk).update(person=person)
    note(matter, about_person_id=person.pk)
    return matter


@verb("casework.keep_from", zh="确认回避单位", may=INSIDE)
def keep_from(*, matter: Matter, employer: Employer, by: Actor, at: datetime) -> Matter:
    """Keep whoever is tied to an employer from a matter, and from what was handed on about it, once it is known whom
    it is about; called by the domain's verb that found it out."""
    index = MatterIndex._base_manager.get(flow_code=matter.flow_code, matter_id=matter.pk)
    for each in (index, *MatterIndex._base_manager.filter(of=index)):
        row = each.row
        type(row)._base_manager.filter(pk=row.pk).update(kept_from=employer)
        MatterIndex._base_manager.filter(pk=each.pk).update(kept_from=employer)
    matter.kept_from = employer
    note(matter, about_person_id=matter.person_id, employer_id=employer.pk)
    return matter


@verb("casework.give_code", zh="给查询码", may=INSIDE)
def give_code(*, matter: Matter, code: str, by: Actor, at: datetime) -> None:
    """Let a matter be followed by a code that was shown to its person (a tracking code, normalised)."""
    index = MatterIndex._base_manager.get(flow_code=matter.flow_code, matter_id=matter.pk)
    FollowCode._base_manager.create(matter=index, digest=digest_of(code))
    note(matter)


@verb("casework.hand_over", zh="转交事项", may=INSIDE)
def hand_over(
    *,
    matter: Matter,
    to: Organisation,
    by: Actor,
    at: datetime,
    side: str = ORGANISATION,
    due_at: datetime | None = None,
    words: str = "",
) -> Matter:
    """Another organisation stands on one side of an open matter from now on (ORGANISATION answers for it, COUNTERPART
    is the other). Who may say so is asked by the verb around this one; the state, and with it the clocks, stay. With
    `words` the timeline says why."""
    was = getattr(matter, side)
    type(matter)._base_manager.filter(pk=matter.pk).update(**{side: to}, version=F("version") + 1)
    setattr(matter, side, to)
    matter.version += 1
    index = MatterIndex._base_manager.get(flow_code=matter.flow_code, matter_id=matter.pk)
    setattr(index, side, to)
    index.holder_id = _holder_of(matter, matter.standing)
    if due_at:
        index.due_at = deadlines.follow(matter=matter, index=index, state=matter.standing, by=by, at=at, due_at=due_at)
    index.save(update_fields=[side, "holder", "due_at"])
    if words:
        line(index, HAND_OVER, "转交办理", words, by, at)
    if side == ORGANISATION:
        events.tell("casework.handed_over", matter=matter, was=was, at=at)
    note(matter, about_person_id=matter.person_id)
    return matter


def _holder_of(matter: Matter, state: State) -> int | None:
    """The organisation that is to act in this state; None where it is the person."""
    if state.waits_for == PERSON:
        return None
    found: int | None = getattr(matter, f"{state.waits_for}_id")
    if found is None:
        raise ValueError(f"{matter.flow.code}: {state.code} waits for a {state.waits_for} that is not there")
    return found
