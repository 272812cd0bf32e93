"""The commit of an import: block by block, each in one transaction with its traces and the cursor.

While one block is written, a thread makes the next one ready: sealing it takes this processor as long as the database
needs for writing. It touches no database.
"""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import F

from gongjia.engines.intake.core import Row
from gongjia.engines.intake.importers import Fate, Many, Written
from gongjia.engines.intake.kept import INDEX, NUMBER, PLAIN, SHEET, rows_of
from gongjia.engines.intake.models import Import, ImportBlock, ImportRow, ImportTrace
from gongjia.engines.intake.noting import Told, note_rows
from gongjia.engines.intake.turns import ONE_BY_ONE, TakenOver, Turn, tried_again
from gongjia.kernel import db
from gongjia.kernel.actors import TICK, Actor
from gongjia.kernel.permissions import INSIDE
from gongjia.kernel.verbs import note, verb

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Block:
    """Rows of the file from `start` to `end` (excluded): those that were `plain` when they were checked, the same made
    `ready` to be written, and the `others`."""

    start: int
    end: int
    plain: "pl.DataFrame"
    ready: "pl.DataFrame"
    others: "pl.DataFrame"


def commit(turn: Turn) -> None:
    """Write the good rows block by block, from the cursor on."""
    from gongjia.engines.intake.blocks import waiting  # polars comes with it, which no page needs

    one = turn.one
    for block in _ready(turn.importer.many, waiting(one)):
        tried_again(partial(commit_block, turn=turn, block=block, by=TICK, at=turn.moment()))
        one.cursor = block.end
        db.give_way()
    turn.end(Import.State.DONE, done=one.total, cursor=one.total)
    ImportBlock.objects.filter(source=one).delete()


def _ready(many: Many, coming: Iterator[tuple[int, int, "pl.DataFrame"]]) -> Iterator[Block]:
    """Blocks made ready, one ahead of the one that is written."""
    with ThreadPoolExecutor(1, thread_name_prefix="ready") as ahead:
        before: Future[Block] | None = None
        for found in coming:
            after = ahead.submit(_made_ready, many, *found)
            if before is not None:
                yield before.result()
            before = after
        if before is not None:
            yield before.result()


def _made_ready(many: Many, start: int, end: int, table: "pl.DataFrame") -> Block:
    plain, others = table.filter(table[PLAIN]), table.filter(~table[PLAIN])
    return Block(start, end, plain, many.ready(plain) if plain.height else plain, others)


@verb("intake.commit_block", zh="导入一批行", may=INSIDE)
def commit_block(*, turn: Turn, block: Block, by: Actor, at: datetime) -> int:
    """Write one block, its traces and the cursor. Returns how many rows were written."""
    one = turn.one
    moved = Import.objects.filter(pk=one.pk, attempts=one.attempts, state=one.state, cursor__lte=block.start)
    if not moved.update(cursor=block.end, done=block.end, beat_at=at, tries=0):
        raise TakenOver(one.pk)
    still, others = _still_plain(turn, block)
    added = _write_plain(turn, still, at) if still.height else 0
    amended = 0
    rows = iter(rows_of(others, one))
    while some := list(islice(rows, ONE_BY_ONE)):
        fates = [each.judgement.fate for each in _write_rows(turn, some, at) if each.facts is not None]
        added, amended = added + fates.count(Fate.NEW), amended + fates.count(Fate.CHANGED)
    Import.objects.filter(pk=one.pk).update(
        added_count=F("added_count") + added, amended_count=F("amended_count") + amended
    )
    note(one, start=block.start, added=added, amended=amended)
    return added + amended


def _still_plain(turn: Turn, block: Block) -> "tuple[pl.DataFrame, pl.DataFrame]":
    """Asked once more in this transaction: who has got a file since the check goes the way of those who have one."""
    if not block.plain.height:
        return block.ready, block.others
    still = turn.importer.many.plain(block.plain, block.plain[INDEX].to_list(), on=turn.one.read_on)
    if still.all():
        return block.ready, block.others
    known = block.plain.filter(~still)
    ready = block.ready.filter(~block.ready[NUMBER].is_in(known[NUMBER].to_list()))
    return ready, block.others.vstack(known)


def _write_plain(turn: Turn, rows: "pl.DataFrame", at: datetime) -> int:
    one = turn.one
    facts = turn.importer.many.write(organisation=one.organisation, rows=rows, on=one.read_on, by=turn.actor, at=at)
    numbers = rows[NUMBER].to_list()
    first = min(numbers)
    _trace(one, rows[SHEET][0], first, {"numbers": numbers} | facts, rows.height).save()
    return rows.height


def _write_rows(turn: Turn, rows: list[Row], at: datetime) -> list[Written]:
    """Those that were looked at one by one."""
    one = turn.one
    written = turn.importer.write(
        organisation=one.organisation, rows=rows, takes_changes=one.takes_changes, on=one.read_on,
        by=turn.actor, at=at,
    )  # fmt: skip
    pairs = list(zip(rows, written, strict=True))
    traces = [_trace(one, row.sheet, row.number, each.facts) for row, each in pairs if each.facts is not None]
    ImportTrace.objects.bulk_create(traces)
    refused = [(row, each) for row, each in pairs if each.judgement.fate == Fate.CONFLICT]
    note_rows(one, [Told(row, ImportRow.State.CONFLICT, each.judgement.remarks) for row, each in refused])
    return written


def _trace(one: Import, sheet: str, number: int, facts: dict[str, Any], row_count: int = 1) -> ImportTrace:
    trace = ImportTrace(source=one, sheet=sheet[:120], number=number, row_count=row_count)
    trace.seal_in(facts=json.dumps(facts, ensure_ascii=False))
    return trace
