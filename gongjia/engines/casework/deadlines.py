"""The clocks of a matter as they run: started and stopped by its moves, paused, lengthened by two people."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Min, QuerySet

from gongjia.engines.casework.clocks import DueAt, counted
from gongjia.engines.casework.flow import PERSON, Clock, State, Unit, flow
from gongjia.engines.casework.models import Deadline, DeadlineChange, Matter, MatterIndex
from gongjia.engines.casework.rights import require_handler, touch
from gongjia.engines.casework.timeline import line
from gongjia.kernel import events
from gongjia.kernel.actors import TICK, Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.permissions import INSIDE, SIGNED_IN
from gongjia.kernel.ticks import every
from gongjia.kernel.verbs import note, verb

_NAMED, NAMED_ZH = "named", "办理期限"


def follow(
    *, matter: Matter, index: MatterIndex, state: State, by: Actor, at: datetime, due_at: datetime | None = None
) -> datetime | None:
    """Start, pause and stop clocks as a matter enters a state; returns the earliest end of those that run. `due_at` is
    a day that somebody named for a state without a clock of its own."""
    open_ = {each.code: each for each in Deadline._base_manager.filter(matter=index, stopped_at=None)}
    running: list[Deadline] = []
    for code, clock, is_running in _wanted(matter, state):
        one = open_.pop(code, None)
        if code == state.code or one is None:  # a state's own clock begins anew
            _stop(one, at)
            one = _start(index, code, clock, clock.since(matter) if clock.since else at) if is_running else None
        elif not is_running:
            _pause(one, at, state.zh, by)
        elif not _is_paused_by_hand(one):
            _resume(one, at, clock)
        if one is not None:
            running.append(one)
            _arm(one, climbs=is_running and state.waits_for != PERSON and not clock.then)
    if due_at and state.clock is None and not state.is_final:
        running.append(_kept_or_named(open_.pop(_NAMED, None), index, state, at, due_at))
    for left in open_.values():
        _stop(left, at)
    return min((each.due_at for each in running if each.due_at), default=None)


def _wanted(matter: Matter, state: State) -> Iterator[tuple[str, Clock, bool]]:
    """The clocks of a state: code, clock, and whether it runs there or stands still."""
    if state.clock:
        yield state.code, state.clock, True
    for each in matter.flow.clocks:
        if (state.code in each.runs or state.code in each.pauses) and (each.when is None or each.when(matter)):
            yield each.code, each, state.code in each.runs


def _start(index: MatterIndex, code: str, clock: Clock, at: datetime) -> Deadline:
    length = clock.length(today_of(at))
    due = counted(clock.unit, length, at, zh=clock.zh)
    one = Deadline._base_manager.create(
        matter=index,
        code=code,
        zh=clock.zh,
        unit=clock.unit.name,
        length=length,
        started_at=at,
        due_at=due.at,
        is_provisional=due.provisional,
    )
    _announce_silence(one, clock, at)
    return one


def _announce_silence(one: Deadline, clock: Clock | None, at: datetime) -> None:
    """Write down for its end the move that silence makes. Whether it still runs then is looked at then."""
    if clock and clock.then and one.due_at:
        key = f"ran-out-{one.pk}-{one.due_at.isoformat()}"
        events.emit("casework.ran_out", key=key, at=at, due_at=one.due_at, deadline_id=one.pk, move=clock.then)


def fall_silent(*, at: datetime, deadline_id: int, move: str) -> None:
    """Listens to casework.ran_out: a clock whose end makes a move. One that was stopped, stands still or ends later now
    is left alone; else the domain is told, with the version that the matter has now."""
    one = Deadline._base_manager.select_related("matter").get(pk=deadline_id)
    if one.stopped_at is None and one.is_late(at):
        matter = one.matter.row
        facts = {"flow_code": matter.flow_code, "matter_id": matter.pk, "version": matter.version, "move": move}
        events.emit("casework.due", key=f"due-{one.pk}-{matter.version}", at=at, **facts)


def _kept_or_named(one: Deadline | None, index: MatterIndex, state: State, at: datetime, due_at: datetime) -> Deadline:
    """The day that somebody named: the same one goes on, however far it has climbed."""
    if one is None or one.due_at != due_at:
        _stop(one, at)
        rows = Deadline._base_manager
        one = rows.create(matter=index, code=_NAMED, zh=NAMED_ZH, length=0, started_at=at, due_at=due_at)
    _arm(one, climbs=state.waits_for != PERSON)
    return one


def _arm(one: Deadline, *, climbs: bool) -> None:
    """Whether it climbs when it runs out: not while the person is to act. One that has begun to climb goes on."""
    wanted = ((one.climbs_at or one.due_at) if one.climbed else one.due_at) if climbs else None
    if one.climbs_at != wanted:
        one.climbs_at = wanted
        one.save(update_fields=["climbs_at"])


def _stop(one: Deadline | None, at: datetime) -> None:
    if one is not None:
        _resume(one, at)
        Deadline._base_manager.filter(pk=one.pk).update(stopped_at=at, climbs_at=None)


def _pause(one: Deadline, at: datetime, reason: str, by: Actor, *, is_by_hand: bool = False) -> None:
    if not one.is_paused:
        DeadlineChange._base_manager.create(
            deadline=one,
            kind=DeadlineChange.Kind.PAUSE,
            reason=reason,
            is_by_hand=is_by_hand,
            at=at,
            by_person_id=by.person_id,
        )
        one.paused_at, one.due_at, one.climbs_at = at, None, None
        one.save(update_fields=["paused_at", "due_at", "climbs_at"])


def _is_paused_by_hand(one: Deadline) -> bool:
    return one.is_paused and _pauses(one).filter(until_at=None, is_by_hand=True).exists()


def _resume(one: Deadline, at: datetime, clock: Clock | None = None) -> None:
    if one.is_paused:
        _pauses(one).filter(until_at=None).update(until_at=at)
        one.paused_at = None
        _count(one, at, clock)


def _pauses(one: Deadline) -> QuerySet[DeadlineChange]:
    return DeadlineChange._base_manager.filter(deadline=one, kind=DeadlineChange.Kind.PAUSE)


def due_of(one: Deadline) -> DueAt:
    """How the end of a clock that runs was counted, from its own facts; a day that somebody named has no arithmetic."""
    if not one.unit:
        if one.due_at is None:
            raise ValueError("a named day does not stand still")
        return DueAt(one.due_at, one.zh)
    unit = Unit[one.unit]
    ended = _pauses(one).filter(until_at__isnull=False).values_list("at", "until_at")
    pauses = [(begins, ends) for begins, ends in ended if ends]
    found = counted(unit, one.length + one.extended, one.started_at, zh=one.zh, pauses=pauses)
    return found._replace(zh=f"{found.zh}（含延长 {one.extended} {unit}）") if one.extended else found


def _count(one: Deadline, at: datetime, clock: Clock | None) -> None:
    """Write the end anew: after a pause, a lengthening, or when the days off of a year have become known. Only one that
    has time again forgets how far it has climbed."""
    found = due_of(one)
    one.due_at, one.is_provisional = found.at, found.provisional
    if found.at > at:
        one.climbed = 0
    one.save(update_fields=["paused_at", "due_at", "is_provisional", "climbed", "extended"])
    _announce_silence(one, clock, at)


@verb("casework.pause", zh="暂停计时", may=SIGNED_IN)
def pause(*, matter: Matter, code: str, reason: str, by: Actor, at: datetime) -> Deadline:
    """Let one clock of a matter stand still, with the reason that the timeline shows. Forbidden to whoever does not
    handle the matter; Refused without a reason, and for a clock that is not running."""
    one = _running(matter, code, by)
    if one.is_paused:
        raise Refused(f"“{one.zh}”已经暂停。")
    if not one.unit:
        raise Refused("这个期限是定下的日期，不能暂停；需要改期的，请定期限的单位改。")
    if one.is_late(at):
        raise Refused(f"“{one.zh}”已经超期，不能再暂停；请尽快办理并写明原因。")
    _pause(one, at, _words(reason, "暂停计时"), by, is_by_hand=True)
    return _changed(one, matter, "pause", f"暂停计时：{reason}", by, at)


@verb("casework.resume", zh="恢复计时", may=SIGNED_IN)
def resume(*, matter: Matter, code: str, by: Actor, at: datetime) -> Deadline:
    """Let it run on. Forbidden to whoever does not handle the matter; Refused for one that does not stand still."""
    one = _running(matter, code, by)
    if not one.is_paused:
        raise Refused(f"“{one.zh}”没有暂停。")
    _resume(one, at, matter.flow.clock(one.code))
    return _changed(one, matter, "resume", f"恢复计时：{due_of(one).zh}", by, at)


@verb("casework.ask_extension", zh="申请延长期限", may=SIGNED_IN)
def ask_extension(*, matter: Matter, code: str, units: int, reason: str, by: Actor, at: datetime) -> DeadlineChange:
    """Ask for more time, in the clock's own unit. Refused beyond what the clock allows all in all, for one that nobody
    may lengthen, and while another question is open."""
    one = _running(matter, code, by)
    clock = matter.flow.clock(one.code)
    if clock is None or clock.most_extension is None:
        raise Refused(f"“{one.zh}”按规定不能延长。")
    if one.is_late(at):
        raise Refused(f"“{one.zh}”已经到期，不能再延长；请尽快办理并写明原因。")
    rest = clock.most_extension(today_of(at)) - one.extended
    if not 0 < units <= rest:
        raise Refused(f"“{one.zh}”最多还可以延长 {rest} {clock.unit}，现填 {units}。", fields=["units"])
    if _asked(one).exists():
        raise Refused(f"“{one.zh}”的延长申请正在等审批，不能再申请。")
    asked = DeadlineChange._base_manager.create(
        deadline=one,
        kind=DeadlineChange.Kind.EXTEND,
        answer=DeadlineChange.Answer.ASKED,
        units=units,
        reason=_words(reason, "延长"),
        at=at,
        by_person_id=by.person_id,
    )
    _changed(one, matter, "ask_extension", f"申请延长 {units} {clock.unit}：{reason}", by, at)
    return asked


@verb("casework.answer_extension", zh="审批延长期限", may=SIGNED_IN)
def answer_extension(*, matter: Matter, code: str, grant: bool, by: Actor, at: datetime, words: str = "") -> Deadline:
    """Grant or refuse it: never the person who asked. What was asked for in time may be granted later."""
    one = _running(matter, code, by, of_approver=True)
    asked = _asked(one).first()
    if asked is None:
        raise Refused(f"“{one.zh}”没有等审批的延长申请。")
    if asked.by_person_id == by.person_id:
        raise Forbidden("由申请人以外的人审批")
    answer = DeadlineChange.Answer.GRANTED if grant else DeadlineChange.Answer.REFUSED
    if not grant:
        _words(words, "不批准")
    _asked(one).update(answer=answer, answered_at=at, answered_by_id=by.person_id)
    said = f"{answer.label}延长 {asked.units} {Unit[one.unit]}{'：' if words else ''}{words}"
    if grant:
        one.extended += asked.units
        if one.is_paused:
            one.save(update_fields=["extended"])
        else:
            _count(one, at, matter.flow.clock(one.code))
    return _changed(one, matter, "answer_extension", said, by, at)


def _asked(one: Deadline) -> QuerySet[DeadlineChange]:
    kind, answer = DeadlineChange.Kind.EXTEND, DeadlineChange.Answer.ASKED
    return DeadlineChange._base_manager.filter(deadline=one, kind=kind, answer=answer)


def _words(words: str, what: str) -> str:
    if not words.strip():
        raise Refused(f"{what}要写明原因。", fields=["reason"])
    return words.strip()


def _running(matter: Matter, code: str, by: Actor, *, of_approver: bool = False) -> Deadline:
    """The clock that somebody who handles the matter names, with the matter held until the end of the transaction."""
    require_handler(matter, by, of_approver=of_approver)
    touch(matter)
    rows = Deadline._base_manager.filter(matter__flow_code=matter.flow_code, matter__matter_id=matter.pk)
    one = rows.select_for_update(of=("self",)).filter(code=code, stopped_at=None).select_related("matter").first()
    if one is None:
        raise Refused("这个时限已经停止，请刷新页面看最新的状态。")
    return one


def _changed(one: Deadline, matter: Matter, move: str, words: str, by: Actor, at: datetime) -> Deadline:
    clock = matter.flow.clock(one.code)
    if not one.is_paused:
        _arm(one, climbs=matter.standing.waits_for != PERSON and not (clock and clock.then))
    _index_end(one)
    line(one.matter, move, one.zh, words, by, at)
    note(matter, about_person_id=matter.person_id, code=one.code)
    return one


def _index_end(one: Deadline) -> None:
    earliest = Deadline._base_manager.filter(matter=one.matter, stopped_at=None).aggregate(at=Min("due_at"))["at"]
    MatterIndex._base_manager.filter(pk=one.matter_id).update(due_at=earliest)


@every(timedelta(hours=6), name="casework.recount", aside=True)
def recount(*, at: datetime) -> int:
    """Clocks that were counted into a year whose days off were not known: counted again once they are. Returns how
    many moved."""
    moved = 0
    rows = Deadline._base_manager.filter(is_provisional=True, stopped_at=None, paused_at=None).order_by("due_at")
    for one in rows.select_related("matter").iterator():
        before, found = one.due_at, due_of(one)
        if found.provisional and found.at == before:
            continue
        _recount_one(deadline=one, by=TICK, at=at)
        moved += found.at != before
    return moved


@verb("casework.recount", zh="放假安排公布后重新计算期限", may=INSIDE)
def _recount_one(*, deadline: Deadline, by: Actor, at: datetime) -> None:
    """One of them, in a transaction of its own; said in the timeline where the day has changed."""
    one = Deadline._base_manager.select_for_update(of=("self",)).select_related("matter").get(pk=deadline.pk)
    if one.stopped_at or one.is_paused:
        return
    before, state = one.due_at, one.matter.standing
    clock = flow(one.matter.flow_code).clock(one.code)
    _count(one, at, clock)
    _arm(one, climbs=state.waits_for != PERSON and not (clock and clock.then))
    note(one.matter, about_person_id=one.matter.person_id)
    if one.due_at != before:
        _index_end(one)
        line(one.matter, "recount", one.zh, f"放假安排已经公布，重新计算：{due_of(one).zh}", by, at)
