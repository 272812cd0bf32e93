"""Imports in the background: check, write in blocks, take back. Killed at any step it goes on, and doubles nothing.

Every block is written in one transaction together with the cursor, under the number of the worker's turn.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django_tasks import task

from gongjia.backbone.accounts.queries import actor_by_account
from gongjia.engines.intake.core import Problem, Reading, Row, Unreadable
from gongjia.engines.intake.importers import Fate, Importer, Judgement, Written, importer_of
from gongjia.engines.intake.importing import UNDO_WITHIN, codes_of, opened
from gongjia.engines.intake.models import Import, ImportRow, ImportTrace
from gongjia.kernel import clock, events
from gongjia.kernel.actors import COMMAND, TICK, Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.permissions import INSIDE
from gongjia.kernel.reach import everywhere
from gongjia.kernel.ticks import every
from gongjia.kernel.verbs import note, verb

log = logging.getLogger("gongjia.intake")
TOGETHER = 500
_UNDONE_TOGETHER = 100
_SILENT = timedelta(minutes=10)
_MOST_TRIES = 3
_UNEXPECTED = "处理时出了意外。原表和已经写入的都在，可以继续；仍不行请联系系统管理员。"
_TOO_MUCH = "试了几次都没有做完，可能是表太大、机器内存不够。请把表拆成几份，或联系系统管理员。"
_State = Import.State
_Row = ImportRow.State
Now = Callable[[], datetime]


class TakenOver(RuntimeError):
    """This worker was silent for so long that another one has the import in hand: what this one did is undone."""


@task()
def work(import_id: int) -> None:
    """A worker's entry point."""
    work_now(import_id, now=clock.now)


def work_now(import_id: int, *, now: Now) -> None:
    """Do what the import waits for. One that another worker has in hand is left to it."""
    with everywhere(reason="import in the background"):
        waiting = Import.objects.filter(pk=import_id, state__in=Import.AT_WORK, beat_at=None)
        if not waiting.update(beat_at=now(), attempts=F("attempts") + 1, tries=F("tries") + 1):
            return
        one = Import.objects.select_related("organisation", "file").get(pk=import_id)
        turn = _Turn(one, importer_of(one.kind), now)
        try:
            _STEPS[_State(one.state)](turn)
        except TakenOver:
            log.warning("import %s was taken over", import_id)
        except (Unreadable, Refused) as refused:
            turn.fail(str(refused))
        except Forbidden as forbidden:
            turn.fail(f"交办的人现在没有“{forbidden.needed}”的权限，没有继续。请由有权限的人接着办。")
        except Exception:
            log.exception("import %s failed", import_id)
            turn.fail(_UNEXPECTED)
            raise


@dataclass
class _Turn:
    """One worker's turn at an import."""

    one: Import
    importer: Importer
    now: Now
    counts: dict[str, int] = field(default_factory=dict)

    def update(self, **facts: Any) -> None:
        """Write down how it stands. Raises TakenOver when another worker has it."""
        mine = Import.objects.filter(pk=self.one.pk, attempts=self.one.attempts, state=self.one.state)
        if not mine.update(beat_at=self.now(), **facts):
            raise TakenOver(self.one.pk)

    def fail(self, error: str) -> None:
        mine = Import.objects.filter(pk=self.one.pk, attempts=self.one.attempts, state=self.one.state)
        with transaction.atomic():
            if mine.update(state=_State.FAILED, error=error[:300], beat_at=None):
                _tell(self.one, _State.FAILED, self.now())

    def end(self, state: str, **facts: Any) -> None:
        """This piece of work is done; whoever asked for it learns of it."""
        with transaction.atomic():
            self.update(state=state, **facts)
            _tell(self.one, state, self.now())

    def count(self, what: str, number: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + number

    @property
    def actor(self) -> Actor:
        """Who asked for this piece of work, with the posts of today: the right is asked for again with every block."""
        if self.one.asked_by_id is None:
            return COMMAND
        return actor_by_account(self.one.asked_by_id, on=today_of(self.now()), channel="task")


def _tell(one: Import, state: str, at: datetime) -> None:
    key = f"import-{one.pk}-{one.attempts}-{state}"
    events.emit("intake.ended", key=key, at=at, import_id=one.pk, state=str(state))


# ── check ──────────────────────────────────────────────────────────────────────────────────────────────────
def _check(turn: _Turn) -> None:
    """Read every row, classify the good ones, and write down those that have something to tell."""
    one = turn.one
    ImportRow.objects.filter(source=one, mends=b"").exclude(state=_Row.LEFT_OUT).delete()
    seen = 0
    with opened(one) as reading:
        for rows in _blocks(reading):
            seen += len(rows)
            found = list(_judged(turn, rows))
            with transaction.atomic():
                turn.update(done=seen)
                _note_rows(turn.one, found)
    zero = dict.fromkeys(("new", "changed", "same", "conflict", "bad", "skipped"), 0)
    counts = {f"{what}_count": number for what, number in (zero | turn.counts).items()}
    turn.end(_State.CHECKED, total=seen, done=seen, is_mended=False, cursor=0, **counts)


def _blocks(reading: Reading) -> Iterator[list[Row]]:
    source = reading.rows()
    while rows := list(islice(source, TOGETHER)):
        yield rows


@dataclass(frozen=True)
class _Told:
    """A row to be written down; `state` is None for a good row without anything to tell."""

    row: Row
    state: str | None
    problems: Sequence[Problem]


def _judged(turn: _Turn, rows: list[Row]) -> Iterator[_Told]:
    good = [row for row in rows if row.ok]
    judgements = iter(turn.importer.classify(turn.one.organisation, good, on=turn.one.read_on) if good else [])
    for row in rows:
        if row.skipped:
            turn.count("skipped")
        elif row.problems:
            turn.count("bad")
            yield _Told(row, _Row.BAD, row.problems)
        else:
            judgement = next(judgements)
            turn.count(judgement.fate)
            yield _Told(row, _state_of(judgement), judgement.remarks)


def _state_of(judgement: Judgement) -> str | None:
    return {Fate.CHANGED: _Row.CHANGED, Fate.CONFLICT: _Row.CONFLICT}.get(judgement.fate)


def _note_rows(one: Import, found: Iterable[_Told]) -> None:
    """Rows that were mended before keep their mends; a good one of these stays as mended."""
    told = {(each.row.sheet[:120], each.row.number): each for each in found}
    numbers = [number for _, number in told]
    for known in ImportRow.objects.filter(source=one, number__in=numbers).exclude(state=_Row.LEFT_OUT):
        if (each := told.pop((known.sheet, known.number), None)) is not None:
            known.state = each.state or _Row.MENDED
            _describe(known, each.problems)
            known.save(update_fields=["state", "codes", "problems"])
    new = []
    for (sheet, number), each in told.items():
        if each.state is not None:
            row = ImportRow(source=one, sheet=sheet, number=number, state=each.state)
            row.seal_in(cells=json.dumps([_text(cell) for cell in each.row.cells], ensure_ascii=False))
            _describe(row, each.problems)
            new.append(row)
    ImportRow.objects.bulk_create(new, ignore_conflicts=True)


def _describe(row: ImportRow, problems: Iterable[Problem]) -> None:
    said = [{"field": each.field, "code": each.code, "reason": each.reason} for each in problems]
    row.codes = codes_of(said)
    row.seal_in(problems=json.dumps(said, ensure_ascii=False))


def _text(cell: object) -> str:
    return "" if cell is None else str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


# ── commit ─────────────────────────────────────────────────────────────────────────────────────────────────
def _commit(turn: _Turn) -> None:
    """Write the good rows block by block, from the cursor on."""
    place = 0
    with opened(turn.one) as reading:
        for rows in _blocks(reading):
            start, place = place, place + len(rows)
            if place > turn.one.cursor:
                _tried_again(partial(commit_block, turn=turn, rows=rows, start=start, by=TICK, at=turn.now()))
    turn.end(_State.DONE)


def _tried_again(act: Callable[[], Any], most: int = 3) -> None:
    """A block that ran into somebody who wrote the same person at once finds him there the next time."""
    for time in range(1, most + 1):
        try:
            act()
            return
        except IntegrityError:
            if time == most:
                raise


@verb("intake.commit_block", zh="导入一批行", may=INSIDE)
def commit_block(*, turn: _Turn, rows: list[Row], start: int, by: Actor, at: datetime) -> int:
    """Write one block, its traces and the cursor. Returns how many rows were written."""
    one = turn.one
    good = [row for row in rows if row.ok]
    moved = Import.objects.filter(pk=one.pk, attempts=one.attempts, state=one.state, cursor=start)
    end = start + len(rows)
    if not moved.update(cursor=end, done=end, beat_at=at, tries=0):
        raise TakenOver(one.pk)
    written: list[Written] = []
    if good:
        written = turn.importer.write(
            organisation=one.organisation, rows=good, takes_changes=one.takes_changes, on=one.read_on,
            by=turn.actor, at=at,
        )  # fmt: skip
    pairs = list(zip(good, written, strict=True))
    ImportTrace.objects.bulk_create([_trace(one, row, each.facts) for row, each in pairs if each.facts is not None])
    refused = [_Told(row, _Row.CONFLICT, each.judgement.remarks) for row, each in pairs if _is_conflict(each)]
    _note_rows(one, refused)
    fates = [each.judgement.fate for each in written if each.facts is not None]
    added, amended = fates.count(Fate.NEW), fates.count(Fate.CHANGED)
    Import.objects.filter(pk=one.pk).update(
        added_count=F("added_count") + added, amended_count=F("amended_count") + amended
    )
    note(one, start=start, added=added, amended=amended)
    return added + amended


def _is_conflict(written: Written) -> bool:
    return written.judgement.fate == Fate.CONFLICT


def _trace(one: Import, row: Row, facts: dict[str, Any]) -> ImportTrace:
    trace = ImportTrace(source=one, sheet=row.sheet[:120], number=row.number)
    trace.seal_in(facts=json.dumps(facts, ensure_ascii=False))
    return trace


# ── undo ───────────────────────────────────────────────────────────────────────────────────────────────────
def _undo(turn: _Turn) -> None:
    """Take back block by block, the last row first; a trace goes in the transaction that takes it back."""
    while undo_block(turn=turn, by=TICK, at=turn.now()):
        pass
    turn.end(_State.UNDONE)


@verb("intake.undo_block", zh="撤销一批行", may=INSIDE)
def undo_block(*, turn: _Turn, by: Actor, at: datetime) -> int:
    """Take back one block of what was written. Returns how many traces were dealt with."""
    one = turn.one
    turn.update()
    traces = list(ImportTrace.objects.filter(source=one).order_by("-pk")[:_UNDONE_TOGETHER])
    if not traces:
        return 0
    facts = [json.loads(trace.reveal("facts")) for trace in traces]
    answers = turn.importer.undo(organisation=one.organisation, facts=facts, by=turn.actor, at=at)
    kept = [pair for pair in zip(traces, facts, answers, strict=True) if pair[2]]
    ImportTrace.objects.filter(pk__in=[trace.pk for trace in traces]).delete()
    for trace, fact, why in kept:
        row, _ = ImportRow.objects.get_or_create(
            source=one, sheet=trace.sheet, number=trace.number, defaults={"state": _Row.KEPT}
        )
        row.state = _Row.KEPT
        row.seal_in(cells=json.dumps([fact.get("name", "")], ensure_ascii=False))
        _describe(row, [Problem("kept", "", why)])
        row.save()
    gone = len(traces) - len(kept)
    Import.objects.filter(pk=one.pk).update(
        undone_count=F("undone_count") + gone,
        kept_count=F("kept_count") + len(kept),
        done=F("done") + len(traces),
        tries=0,
    )
    note(one, undone=gone, kept=len(kept))
    return len(traces)


_STEPS: dict[Import.State, Callable[[_Turn], None]] = {
    _State.CHECKING: _check,
    _State.COMMITTING: _commit,
    _State.UNDOING: _undo,
}


# ── the tick ───────────────────────────────────────────────────────────────────────────────────────────────
@every(timedelta(minutes=2), name="intake.put_back")
def put_back(*, at: datetime) -> int:
    """Imports whose worker fell silent are handed over again; one that has silenced three at one place is given up."""
    with everywhere(reason="put imports back"):
        silent = Import.objects.filter(beat_at__lt=at - _SILENT, state__in=Import.AT_WORK)
        for one in silent.filter(tries__gte=_MOST_TRIES)[:20]:
            with transaction.atomic():
                mine = silent.filter(pk=one.pk, attempts=one.attempts)
                if mine.update(state=_State.FAILED, error=_TOO_MUCH, beat_at=None):
                    _tell(one, _State.FAILED, at)
        numbers = list(silent.filter(tries__lt=_MOST_TRIES).values_list("pk", flat=True)[:20])
        for number in numbers:
            with transaction.atomic():
                if silent.filter(pk=number).update(beat_at=None):
                    work.enqueue(number)
        lost = Import.objects.filter(beat_at=None, state__in=Import.AT_WORK, sent_at__lt=at - _SILENT)
        for number in lost.values_list("pk", flat=True)[:20]:
            work.enqueue(number)
    return len(numbers)


@every(timedelta(days=1), name="intake.forget", aside=True)
def forget(*, at: datetime) -> int:
    """When nothing can be undone any more, what was kept for that, and the rows' contents, go; at an import's end, be
    it as it may, whatever is left. Returns of how many something was kept."""
    with everywhere(reason="forget what imports kept"):
        settled = Import.objects.filter(state__in=(_State.DONE, _State.UNDONE), committed_at__lt=at - UNDO_WITHIN)
        ended = Import.objects.filter(ends_on__lte=today_of(at))
        forgotten = _forget(settled, ImportRow.objects.exclude(state=_Row.KEPT))
        return len(forgotten | _forget(ended, ImportRow.objects.all()))


def _forget(imports: QuerySet[Import], rows: QuerySet[ImportRow]) -> set[int]:
    """Delete the traces and these rows of the imports that still have any, one import after the other."""
    traces = ImportTrace.objects.all()
    of_it = OuterRef("pk")
    holding = imports.filter(Exists(traces.filter(source=of_it)) | Exists(rows.filter(source=of_it)))
    numbers = set(holding.values_list("pk", flat=True))
    for number in sorted(numbers):
        traces.filter(source=number).delete()
        rows.filter(source=number).delete()
    return numbers
