"""Running a comparison in the background: read, compare, write; killed at any step it begins again and doubles nothing.

Nothing is held while it computes: the writes come last, in batches, keyed so that a second run of the same batch
changes nothing. Each write begins by asking, under the lock of the run's row, whether it is still this worker's turn:
one that was given up for dead and wakes up writes nothing beside its successor.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django_tasks import task

from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.organising import comparison, founded, recheck, review, sheets
from gongjia.domains.organising.comparison import Comparison, Unorganised
from gongjia.domains.organising.models import Lead, Run, UnionPair
from gongjia.domains.organising.words import UNDECIDED, LeadState, RunState, size_of
from gongjia.engines.figures.repair import rebuild, reconcile
from gongjia.engines.intake.core import Row, Unreadable
from gongjia.engines.intake.models import Batch
from gongjia.engines.intake.services import rows_of
from gongjia.engines.matching.core import Grade
from gongjia.engines.matching.core.names import fold
from gongjia.engines.messages import services as messages
from gongjia.kernel import clock
from gongjia.kernel.actors import TICK
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import everywhere
from gongjia.kernel.ticks import every

log = logging.getLogger("gongjia.organising")
T = TypeVar("T")
_TOGETHER = 1000
_MANY_HOLDERS = 20
_GONE = "最近一次比对中没有再找到"
_UNEXPECTED = "比对时出了意外。名单都还在，可以重新比对；仍不行请联系系统管理员。"
_TOO_MUCH = "比对几次都没有做完，可能是名单太大、机器内存不够。请把名单按县拆开再比对，或联系系统管理员。"
_AFTER_ANOTHER = "前一次比对还没有做完，做完就开始"
_SILENT = timedelta(minutes=10)
_MOST_ATTEMPTS = 3
_BEAT_EVERY = 20_000


class TakenOver(Exception):
    """The run was given to another worker, or is over: this one has nothing left to write."""


def asked(*, run_id: int, at: datetime) -> None:
    """The event's handler: hand the work to a worker, outside of the event's own transaction."""
    run.enqueue(run_id)


@task()
def run(run_id: int) -> None:
    """A worker's entry point."""
    run_now(run_id, now=clock.now)


def run_now(run_id: int, *, now: Callable[[], datetime]) -> None:
    """Compare and write the results. A run that another worker has in hand is left to it."""
    with everywhere(reason="comparison in the background"):
        turn = _claimed(run_id, now())
        if not turn:
            return
        files = ("employers__file", "unions__file", "insured__file")
        one = Run.objects.select_related("organisation", "asked_by", *files).get(pk=run_id)
        one.attempts = turn
        with suppress(TakenOver):
            _compare_to_the_end(one, now)


def _compare_to_the_end(one: Run, now: Callable[[], datetime]) -> None:
    try:
        _compare_and_write(one, now)
    except TakenOver:
        log.warning("comparison %s was taken over from its worker %s", one.pk, one.attempts)
        raise
    except Unreadable as refused:
        _end(_turn_of(one), one, RunState.FAILED, now(), error=str(refused))
    except Exception:
        log.exception("comparison %s failed", one.pk)
        _end(_turn_of(one), one, RunState.FAILED, now(), error=_UNEXPECTED)
        raise


def _claimed(run_id: int, at: datetime) -> int:
    """Take a run in hand; the number of this turn. 0 where somebody has it, or where an earlier one of the same
    federation is not over: two at once would close each other's leads."""
    with transaction.atomic():
        one = Run.objects.filter(pk=run_id, state=RunState.WAITING).first()
        if one is None:
            return 0
        list(Organisation.objects.filter(pk=one.organisation_id).select_for_update())  # two workers ask in turn
        earlier = Q(state=RunState.RUNNING) | Q(state=RunState.WAITING, pk__lt=run_id)
        if Run.objects.filter(earlier, organisation=one.organisation_id).exists():
            Run.objects.filter(pk=run_id).update(stage=_AFTER_ANOTHER)
            return 0
        turn = one.attempts + 1
        started = {"state": RunState.RUNNING, "beat_at": at, "stage": "读取名单", "done": 0, "total": 0}
        waiting = Run.objects.filter(pk=run_id, state=RunState.WAITING, attempts=one.attempts)
        return turn if waiting.update(**started, attempts=turn) else 0


def _turn_of(one: Run) -> QuerySet[Run]:
    """The run, as long as it is this worker's turn."""
    return Run.objects.filter(pk=one.pk, state=RunState.RUNNING, attempts=one.attempts)


@every(timedelta(minutes=2), name="organising.put_back")
def put_back(*, at: datetime) -> int:
    """Comparisons whose worker fell silent, or that none has begun, are handed over again; one that has silenced
    three workers is given up. Returns how many were handed over."""
    with everywhere(reason="put comparisons back"):
        quiet = Q(beat_at__lt=at - _SILENT) | Q(beat_at=None, asked_at__lt=at - _SILENT)
        silent = Run.objects.filter(quiet, state__in=(RunState.WAITING, RunState.RUNNING))
        for one in silent.filter(attempts__gte=_MOST_ATTEMPTS).select_related("organisation", "asked_by")[:20]:
            with suppress(TakenOver):  # it has woken up in this very moment
                _end(silent.filter(pk=one.pk), one, RunState.FAILED, at, error=_TOO_MUCH)
        numbers = list(silent.filter(attempts__lt=_MOST_ATTEMPTS).values_list("pk", flat=True)[:20])
        put_back = [number for number in numbers if _hand_over_again(silent, number, at)]
    return len(put_back)


def _hand_over_again(silent: QuerySet[Run], number: int, at: datetime) -> bool:
    """False when the worker has woken up, or another tick was faster."""
    with transaction.atomic():
        found = silent.filter(pk=number).update(state=RunState.WAITING, beat_at=at, stage="重新开始")
        if found:
            run.enqueue(number)
    return bool(found)


def _compare_and_write(one: Run, now: Callable[[], datetime]) -> None:
    from gongjia.engines.matching.core.model import shipped  # here: pages that import this module need no numbers

    began = now()
    found = comparison.compare(
        _records(one, one.employers, sheets.employer_record, now),
        _records(one, one.unions, sheets.named_union, now),
        _records(one, one.insured, sheets.headcount_record, now) if one.insured else (),
        at_least=one.at_least,
        model=shipped(),
        decisions=review.decisions_of(one.organisation),
    )
    _beat(one, now(), "保存结果", 0, len(found.pairs) + len(found.unorganised))
    written = 0
    for pairs in _in_batches(enumerate(found.pairs)):
        written += len(pairs)
        rows = [_pair_row(one, found, place, pair) for place, pair in pairs]
        with _writing(one, now, "保存结果", written):
            UnionPair.objects.bulk_create(rows, ignore_conflicts=True)
    known = _known_leads(one)
    for leads in _in_batches(found.unorganised):
        written += len(leads)
        with _writing(one, now, "保存结果", written):
            _write_leads(one, leads, began, known)
    with _writing(one, now, "保存结果", written):
        _hold_leads(Lead.objects.filter(origin=one.organisation))
        _close_what_is_gone(one)
        recheck.reopen(one, on=today_of(now()))
        founded.follow(one, at=now())
        _count_again(one)
        _end(_turn_of(one), one, RunState.DONE, now(), summary=_summary(found, leads=len(known.written)))


def _count_again(one: Run) -> None:
    """The figure of leads, at every union that holds some of this comparison; of many, all at once."""
    holders = Lead.objects.filter(origin=one.organisation).order_by().values_list("organisation_id", flat=True)
    numbers = list(holders.distinct())
    if len(numbers) > _MANY_HOLDERS:
        rebuild("leads")
        return
    for number in numbers:
        reconcile("leads", number)


def _in_batches(rows: Iterable[T]) -> Iterator[list[T]]:
    source = iter(rows)
    while taken := list(islice(source, _TOGETHER)):
        yield taken


def _records(one: Run, batch: Batch, record_of: Callable[[Row], T | None], now: Callable[[], datetime]) -> Iterator[T]:
    stage = f"读取“{batch.file.name[-40:]}”"
    count = 0

    @contextmanager
    def writing() -> Iterator[None]:
        with _writing(one, now, stage, count):
            yield

    for count, row in enumerate(rows_of(batch, writing=writing)):
        if count % _BEAT_EVERY == 0:
            _beat(one, now(), stage, count)
        record = None if row.skipped else record_of(row)
        if record is not None:
            yield record


def _pair_row(one: Run, found: Comparison, place: int, pair: comparison.Pair) -> UnionPair:
    verdict = pair.verdict
    employer = found.employers[verdict.entry] if verdict.entry is not None else None
    candidates = [
        {
            "uscc": found.employers[each.entry].uscc,
            "name": found.employers[each.entry].name,
            "address": found.employers[each.entry].place.address[:200],
            "score": round(each.score * 10_000),
            "reason": each.reason,
        }
        for each in verdict.candidates
    ]
    return UnionPair(
        run=one,
        place=place,
        number=pair.union.number[:40],
        name=pair.union.name[:200],
        grade=verdict.grade,
        score=round(verdict.score * 10_000),
        uscc=employer.uscc if employer else "",
        employer_name=employer.name[:200] if employer else "",
        reason=verdict.reason[:300],
        code=pair.union.code[:40],
        employer=pair.union.employer[:200],
        address=pair.union.place.address[:200],
        candidates=candidates if verdict.grade == Grade.REVIEW else [],
    )


@dataclass(frozen=True)
class _Known:
    """The keys of the leads that a federation has: all of them, and by name and place those that are told apart; those
    that this comparison has written; and by the old key the new one of those that got a code and wait to be written."""

    keys: set[str]
    by_name: dict[str, str | None]
    written: set[str] = field(default_factory=set)
    renamed: dict[str, str] = field(default_factory=dict)


def _known_leads(one: Run) -> _Known:
    keys: set[str] = set()
    by_name: dict[str, str | None] = {}
    rows = Lead.objects.filter(origin=one.organisation).values_list("key", "name", "city", "county")
    for key, name, city, county in rows.iterator():
        keys.add(key)
        named = _named(name, county or city)
        by_name[named] = None if named in by_name else key
    return _Known(keys, by_name)


def _named(name: str, place: str) -> str:
    return f"{fold(name)}@{place}"[:200]


def key_of(one: Unorganised) -> str:
    """What makes an employer the same lead in the next comparison: its code, or name and place."""
    return one.employer.uscc or _named(one.employer.name, one.county or one.city)


def _key_there(one: Run, each: Unorganised, known: _Known) -> str:
    """The key of the lead that this employer is already. A list without codes finds the one that had a code, and one
    with codes gives its code to the lead that had none."""
    key = key_of(each)
    names = (_named(each.employer.name, place) for place in (each.county or each.city, each.city))
    before = next(filter(None, map(known.by_name.get, names)), None)
    if key in known.keys or before is None:
        return key
    if not each.employer.uscc:
        return before
    if "@" in before:
        known.renamed.setdefault(before, key)
        known.keys.add(key)
    return key


_REFRESHED = (
    "run", "name", "city", "county", "address", "insured", "taxed", "declared", "most", "size", "is_unsure",
)  # fmt: skip


def _write_leads(one: Run, leads: Iterable[Unorganised], at: datetime, known: _Known) -> None:
    """New leads come in; known ones get the new numbers and keep what people did with them."""
    rows: list[Lead] = []
    for each in leads:  # the largest come first: of two alike, wherever they stand, the larger stays
        key = _key_there(one, each, known)
        if key not in known.written:
            known.written.add(key)
            rows.append(_lead_row(one, key, each, at))
    mine = Lead.objects.filter(origin=one.organisation)
    _hold_leads(mine.filter(key__in=[*known.renamed, *(row.key for row in rows)]))
    for before, key in known.renamed.items():
        mine.filter(key=before).update(key=key, uscc=key)
    known.renamed.clear()
    Lead.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["origin", "key"],
        update_fields=list(_REFRESHED),
    )


def _hold_leads(rows: QuerySet[Lead]) -> None:
    """Lock leads by their numbers, as those do who hand them over and place them: nobody waits for somebody who waits
    for them."""
    list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))


def _lead_row(one: Run, key: str, each: Unorganised, at: datetime) -> Lead:
    counts = each.headcounts
    most = counts.most or 0
    return Lead(
        organisation=one.organisation,
        origin=one.organisation,
        key=key,
        run=one,
        name=each.employer.name[:200],
        uscc=each.employer.uscc or each.employer.wrong_code,
        city=each.city[:30],
        county=each.county[:30],
        address=each.employer.place.address[:200],
        insured=counts.insured,
        taxed=counts.taxed,
        declared=counts.declared,
        most=most,
        size=size_of(most),
        is_unsure=each.unsure,
        found_on=at.date(),
    )


def _close_what_is_gone(one: Run) -> None:
    """Leads that nobody has taken up, and that this comparison no longer finds, are closed; those closed so, or set
    aside, that it finds stand again as they did before. What people decided, and what they have in hand, stays."""
    mine = Lead.objects.filter(origin=one.organisation)
    bumped = {"version": F("version") + 1}
    mine.filter(state__in=(LeadState.OPEN, LeadState.SET_ASIDE), run__lt=one.pk).update(
        state=LeadState.GONE, reason=_GONE, **bumped
    )
    recheck.take_back(mine.filter(state__in=UNDECIDED, run=one), reason="")
    mine.filter(state=LeadState.ASSIGNED, run__lt=one.pk).update(reason=_GONE)
    mine.filter(state=LeadState.ASSIGNED, run=one, reason=_GONE).update(reason="")


def _summary(found: Comparison, *, leads: int) -> dict[str, int]:
    return {
        "employers": len(found.employers),
        "unions": len(found.pairs),
        **{grade.value: found.count(grade) for grade in Grade},
        "unorganised": leads,
        "unplaced": found.unplaced,
        "wrong_codes": sum(bool(each.wrong_code) for each in found.employers),
    }


def _beat(one: Run, at: datetime, stage: str, done: int, total: int | None = None) -> None:
    """Say how far it has come, and that somebody is still at work. Raises TakenOver where that is another one; in a
    transaction nobody else can take the run before it ends."""
    facts = {"beat_at": at, "stage": stage, "done": done}
    if total is not None:
        facts["total"] = total
    if not _turn_of(one).update(**facts):
        raise TakenOver


@contextmanager
def _writing(one: Run, now: Callable[[], datetime], stage: str, done: int) -> Iterator[None]:
    """One transaction of this worker's turn."""
    with transaction.atomic():
        _beat(one, now(), stage, done)
        yield


def _end(
    rows: QuerySet[Run],
    one: Run,
    state: RunState,
    at: datetime,
    *,
    summary: dict[str, int] | None = None,
    error: str = "",
) -> None:
    """The run is over; whoever asked for it is told, and finds the result behind the message. `rows` is the run, as
    long as whoever ends it may do so: raises TakenOver where it is not found there."""
    with transaction.atomic():
        facts = {"state": state, "finished_at": at, "summary": summary or {}, "error": error[:300], "stage": ""}
        if not rows.update(**facts):
            raise TakenOver
        following = Run.objects.filter(organisation=one.organisation, state=RunState.WAITING).order_by("pk").first()
        if following is not None:
            run.enqueue(following.pk)
        if one.asked_by is None:
            return
        count = (summary or {}).get("unorganised", 0)
        messages.tell(
            person=one.asked_by,
            organisation=one.organisation,
            title=f"数据比对做完了：应建未建单位 {count:,} 家" if state == RunState.DONE else "数据比对没有完成",
            body=error,
            path=reverse("organising:run", args=[one.reference]),
            by=TICK,
            at=at,
        )
