"""The undo of an import: the last trace first; a trace goes in the transaction that takes it back."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import takewhile

from django.db.models import F

from gongjia.engines.intake.models import Import, ImportTrace
from gongjia.engines.intake.noting import note_kept
from gongjia.engines.intake.turns import ONE_BY_ONE, Turn, tried_again
from gongjia.kernel import db
from gongjia.kernel.actors import TICK, Actor
from gongjia.kernel.permissions import INSIDE
from gongjia.kernel.verbs import note, verb


def undo(turn: Turn) -> None:
    """Take back block by block until no trace is left."""
    while tried_again(partial(undo_block, turn=turn, by=TICK, at=turn.moment())):
        db.give_way()
    turn.end(Import.State.UNDONE)


@verb("intake.undo_block", zh="撤销一批行", may=INSIDE)
def undo_block(*, turn: Turn, by: Actor, at: datetime) -> int:
    """Take back one block of what was written: many rows that were written together, or some that were written one by
    one. Returns how many rows were dealt with."""
    one = turn.one
    turn.update()
    traces = _last_written(one)
    if not traces:
        return 0
    count = sum(trace.row_count for trace in traces)
    kept = _taken_back(turn, traces, at)
    ImportTrace.objects.filter(pk__in=[trace.pk for trace in traces]).delete()
    note_kept(one, kept)
    Import.objects.filter(pk=one.pk).update(
        undone_count=F("undone_count") + count - len(kept),
        kept_count=F("kept_count") + len(kept),
        done=F("done") + count,
        tries=0,
    )
    note(one, undone=count - len(kept), kept=len(kept))
    return count


def _last_written(one: Import) -> list[ImportTrace]:
    """The traces that were written last: one of many rows, or those of single rows before the next such one."""
    last = list(ImportTrace.objects.filter(source=one).order_by("-pk").values_list("pk", "row_count")[:ONE_BY_ONE])
    singles = list(takewhile(lambda each: each[1] == 1, last))
    chosen = [pk for pk, _ in singles or last[:1]]
    return list(ImportTrace.objects.filter(pk__in=chosen).order_by("-pk"))


def _taken_back(turn: Turn, traces: Sequence[ImportTrace], at: datetime) -> list[tuple[str, int, str, str]]:
    """(sheet, number, name, why) of the rows that were left as they are."""
    importer, organisation = turn.importer, turn.one.organisation
    facts = [json.loads(trace.reveal("facts")) for trace in traces]
    kept: list[tuple[str, int, str, str]] = []
    for trace, fact in zip(traces, facts, strict=True):
        if "numbers" in fact:  # of rows that were written together
            answers = importer.many.undo(organisation=organisation, facts=fact, by=turn.actor, at=at)
            rows = zip(fact["numbers"], fact["names"], answers, strict=True)
            kept += [(trace.sheet, number, name, why) for number, name, why in rows if why]
    singles = [(trace, fact) for trace, fact in zip(traces, facts, strict=True) if "numbers" not in fact]
    if singles:
        given = [fact for _, fact in singles]
        answers = importer.undo(organisation=organisation, facts=given, by=turn.actor, at=at)
        for (trace, fact), why in zip(singles, answers, strict=True):
            if why:
                kept.append((trace.sheet, trace.number, fact.get("name", ""), why))
    return kept
