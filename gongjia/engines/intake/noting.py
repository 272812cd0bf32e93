"""Rows of an import that have something to tell are written down, sealed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gongjia.engines.intake.core import Problem, Row
from gongjia.engines.intake.importers import Fate, Judgement
from gongjia.engines.intake.importing import codes_of
from gongjia.engines.intake.models import Import, ImportRow
from gongjia.kernel.db import Values

_State = ImportRow.State
_TOGETHER = 2000


@dataclass(frozen=True)
class Told:
    """A row to be written down; `state` is None for a good row without anything to tell."""

    row: Row
    state: str | None
    problems: Sequence[Problem]


def state_of(judgement: Judgement) -> str | None:
    return {Fate.CHANGED: _State.CHANGED, Fate.CONFLICT: _State.CONFLICT}.get(judgement.fate)


def note_rows(one: Import, found: Iterable[Told]) -> None:
    """Rows that were mended before keep their mends; a good one of these stays as mended."""
    told = {(each.row.sheet[:120], each.row.number): each for each in found}
    if not told:
        return
    rows = ImportRow.objects.filter(source=one, number__among=Values({number for _, number in told}))
    again = []
    for known in rows.exclude(state=_State.LEFT_OUT):
        if (each := told.pop((known.sheet, known.number), None)) is not None:
            known.state = each.state or _State.MENDED
            _describe(known, each.problems)
            again.append(known)
    ImportRow.objects.bulk_update(again, ["state", "codes", "problems"], batch_size=_TOGETHER)
    new = []
    for (sheet, number), each in told.items():
        if each.state is not None:
            row = ImportRow(source=one, sheet=sheet, number=number, state=each.state)
            row.seal_in(cells=json.dumps([_text(cell) for cell in each.row.cells], ensure_ascii=False))
            _describe(row, each.problems)
            new.append(row)
    ImportRow.objects.bulk_create(new, ignore_conflicts=True, batch_size=_TOGETHER)


def note_kept(one: Import, kept: Iterable[tuple[str, int, str, str]]) -> None:
    """Rows that an undo left as they are: (sheet, number, name, why)."""
    why_of = {(sheet, number): (name, why) for sheet, number, name, why in kept}
    if not why_of:
        return
    numbers = {number for _, number in why_of}
    rows = {(row.sheet, row.number): row for row in ImportRow.objects.filter(source=one, number__among=Values(numbers))}
    new: list[ImportRow] = []
    for (sheet, number), (name, why) in why_of.items():
        row = rows.get((sheet, number)) or ImportRow(source=one, sheet=sheet, number=number)
        row.state = _State.KEPT
        row.seal_in(cells=json.dumps([name], ensure_ascii=False))
        _describe(row, [Problem("kept", "", why)])
        if row.pk is None:
            new.append(row)
        else:
            row.save()
    ImportRow.objects.bulk_create(new, batch_size=_TOGETHER)


def _describe(row: ImportRow, problems: Iterable[Problem]) -> None:
    said = [{"field": each.field, "code": each.code, "reason": each.reason} for each in problems]
    row.codes = codes_of(said)
    row.seal_in(problems=json.dumps(said, ensure_ascii=False))


def _text(cell: object) -> str:
    return "" if cell is None else str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
