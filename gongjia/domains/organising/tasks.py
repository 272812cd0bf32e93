"""Running a comparison in the background: read, compare, write; killed at any step it begins again and doubles nothing.

Nothing is held while it computes: the writes come last, in batches, keyed so that a second run of the same batch
changes nothing. Each write begins by asking, under the lock of the run's row, whether it is still this worker's turn:
one that was given up for dead and wakes up writes nothing beside its successor.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django_tasks import task

from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.organising import comparing, comparison, founded, recheck, review, sheets
from gongjia.domains.organising.classes import Classified, classified
from gongjia.domains.organising.comparison import Comparison, Cover, EmployerRecord, HeadcountRecord, UnionRecord
from gongjia.domains.organising.listing import OF_EMPLOYERS, OF_HEADCOUNTS, ListKind
from gongjia.domains.organising.models import EmployerResult, Lead, Run, RunList, UnionPair
from gongjia.domains.organising.run_leads import close_what_is_gone, count_again, hold_leads, known_leads, write_leads
from gongjia.domains.organising.run_results import Before, covered_now, pair_row, previous_of, result_rows, taken_away
from gongjia.domains.organising.words import RunState
from gongjia.engines.intake.core import Row, Unreadable
from gongjia.engines.intake.services import rows_of
from gongjia.engines.matching.core import Grade
from gongjia.engines.messages import services as messages
from gongjia.kernel import clock, db
from gongjia.kernel.actors import TICK
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import everywhere
from gongjia.kernel.ticks import every

log = logging.getLogger("gongjia.organising")
T = TypeVar("T")
_TOGETHER = 1000
_UNEXPECTED = "比对时出了意外。名单都还在，可以重新比对；仍不行请联系系统管理员。"
_TOO_MUCH = "比对几次都没有做完，可能是名单太大、机器内存不够。请把名单按县拆开再比对，或联系系统管理员。"
_AFTER_ANOTHER = "前一次比对还没有做完，做完就开始"
_SILENT = timedelta(minutes=10)
_MOST_ATTEMPTS = 3
_DRAFTS_KEPT = timedelta(days=7)
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
        one = Run.objects.select_related("organisation", "asked_by").get(pk=run_id)
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


@every(timedelta(hours=1), name="organising.drop_drafts", aside=True)
def drop_drafts(*, at: datetime) -> int:
    """Comparisons that nobody has begun within a week go with their lists; returns how many."""
    with everywhere(reason="comparisons that nobody begins"):
        old = Run.objects.filter(state=RunState.DRAFT, asked_at__lt=at - _DRAFTS_KEPT).select_related("organisation")
        some = list(old.order_by("pk")[:50])
        for one in some:
            try:
                comparing.drop(run=one, by=TICK, at=at)
            except Exception:  # begun in this moment, or held by something: the others do not wait for it
                log.exception("comparison %s could not be dropped", one.pk)
    return len(some)


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
    lists = _Lists(one, now)
    covered = covered_now()
    found = comparison.compare(
        lists.employers(),
        lists.unions(),
        lists.headcounts(),
        at_least=one.at_least,
        since=one.since,
        covered=covered,
        takes_strangers=True,
        model=shipped(),
        decisions=review.decisions_of(one.organisation),
    )
    written, total = 0, len(found.pairs) + len(found.employers) + len(found.doubles) + len(found.unorganised)
    with _writing(one, now, "保存结果", 0, total):  # what an earlier worker has left half done
        taken_away(EmployerResult.objects.filter(run=one))
        taken_away(UnionPair.objects.filter(run=one))
    for pairs in _in_batches(enumerate(found.pairs)):
        written += len(pairs)
        rows = [pair_row(one, found, place, pair) for place, pair in pairs]
        with _writing(one, now, "保存结果", written):
            UnionPair.objects.bulk_create(rows)
    classes: dict[int, Classified] = {}
    previous = previous_of(one)
    of_each = _keeping(found, one, covered, classes)
    tally: Counter[str] = Counter()
    odd = 0
    for results in _in_batches(result_rows(one, found, of_each, Before(previous))):
        written += len(results)
        tally.update(each.found for each in results)
        odd += sum(bool(each.contradiction) for each in results)
        with _writing(one, now, "保存结果", written):
            EmployerResult.objects.bulk_create(results)
    known = known_leads(one)
    for leads in _in_batches(found.unorganised):
        written += len(leads)
        with _writing(one, now, "保存结果", written):
            write_leads(one, leads, began, known, classes)
    with _writing(one, now, "保存结果", written):
        hold_leads(Lead.objects.filter(origin=one.organisation))
        close_what_is_gone(one)
        recheck.reopen(one, on=today_of(now()))
        founded.follow(one, at=now())
        count_again(one)
        Run.objects.filter(pk=one.pk).update(previous=previous)
        _end(
            _turn_of(one),
            one,
            RunState.DONE,
            now(),
            summary=_summary(found, leads=len(known.written), classes=tally, odd=odd),
        )


def _keeping(
    found: Comparison, one: Run, covered: Mapping[str, Cover], classes: dict[int, Classified]
) -> Iterator[Classified]:
    """The classes as they come; those of leads are kept beside, by the employer's number."""
    for each in classified(found, at_least=one.at_least, since=one.since, covered=covered):
        if each.found.is_lead:
            classes[each.entry] = each
        yield each


def _in_batches(rows: Iterable[T]) -> Iterator[list[T]]:
    source = iter(rows)
    while taken := list(islice(source, _TOGETHER)):
        yield taken


class _Lists:
    """The lists of a run, read one after the other as they are asked for."""

    def __init__(self, one: Run, now: Callable[[], datetime]) -> None:
        self._one, self._now = one, now
        rows = RunList.objects.filter(run=one).exclude(kind=ListKind.UNUSED).select_related("batch__file")
        self._lists = list(rows.order_by("place"))

    def employers(self) -> Iterator[EmployerRecord]:
        for each in self._of(*OF_EMPLOYERS):
            for record in self._records(each, sheets.employer_record):
                yield record._replace(headcounts=record.headcounts.dated(each.as_of))

    def headcounts(self) -> Iterator[HeadcountRecord]:
        for each in self._of(*OF_HEADCOUNTS):
            record_of = sheets.taxed_record if each.kind == ListKind.TAX else sheets.headcount_record
            for record in self._records(each, record_of):
                yield record._replace(headcounts=record.headcounts.dated(each.as_of))

    def unions(self) -> Iterator[UnionRecord]:
        for each in self._of(ListKind.ROSTER):
            yield from self._records(each, sheets.named_union)

    def _of(self, *kinds: ListKind) -> list[RunList]:
        return [each for each in self._lists if each.kind in kinds]

    def _records(self, listed: RunList, record_of: Callable[[Row], T | None]) -> Iterator[T]:
        stage = f"读取“{listed.batch.file.name[-40:]}”"
        count = 0

        @contextmanager
        def writing() -> Iterator[None]:
            with _writing(self._one, self._now, stage, count):
                yield

        for count, row in enumerate(rows_of(listed.batch, writing=writing)):
            if count % _BEAT_EVERY == 0:
                _beat(self._one, self._now(), stage, count)
            record = None if row.skipped else record_of(row)
            if record is not None:
                yield record


def _summary(found: Comparison, *, leads: int, classes: Mapping[str, int], odd: int) -> dict[str, Any]:
    return {
        "employers": len(found.employers),
        "unions": len(found.pairs),
        **{grade.value: found.count(grade) for grade in Grade},
        "unorganised": leads,
        "unplaced": found.unplaced,
        "strangers": found.strangers,
        "classes": dict(classes),
        "odd": odd,
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
def _writing(one: Run, now: Callable[[], datetime], stage: str, done: int, total: int | None = None) -> Iterator[None]:
    """One transaction of this worker's turn."""
    with transaction.atomic():
        _beat(one, now(), stage, done, total)
        yield
    db.give_way()


def _end(
    rows: QuerySet[Run],
    one: Run,
    state: RunState,
    at: datetime,
    *,
    summary: dict[str, Any] | None = None,
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
