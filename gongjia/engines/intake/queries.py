"""How received sheets and their bad rows are found."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.intake.core import SheetSpec
from gongjia.engines.intake.models import BadRow, Batch, Import, ImportRow


def bad_rows_of(batch: Batch) -> QuerySet[BadRow]:
    return BadRow.objects.filter(batch=batch)


def cells_of(row: BadRow) -> list[str]:
    """The cells of a bad row as they stood."""
    cells: list[str] = json.loads(row.reveal("cells") or "[]")
    return cells


# ── imports ────────────────────────────────────────────────────────────────────────────────────────────────
def import_by_reference(reference: str) -> Import:
    """Raises Import.DoesNotExist outside the reach."""
    return Import.objects.select_related("organisation", "file").get(reference=reference)


def imports_sent_by(account_id: int | None, kind: str) -> QuerySet[Import]:
    """One's own imports, as far as the reach goes."""
    return Import.objects.filter(sent_by_id=account_id, kind=kind).select_related("organisation")


def imports_of(organisation: Organisation, kind: str) -> QuerySet[Import]:
    """The imports into one union."""
    return Import.objects.filter(organisation=organisation, kind=kind)


def rows_of_import(one: Import, *states: str) -> QuerySet[ImportRow]:
    return ImportRow.objects.filter(source=one, state__in=states)


@dataclass(frozen=True)
class ShownCell:
    """A cell that may be mended: its field, what it is called, what it holds now, and what is wrong with it."""

    field: str
    zh: str
    text: str
    reason: str = ""
    name: str = ""


@dataclass(frozen=True)
class ShownRow:
    """A row of an import as a person sees it. `whole` are reasons that belong to no cell."""

    key: str
    state: str
    state_zh: str
    sheet: str
    number: int
    title: str
    cells: tuple[ShownCell, ...]
    whole: tuple[str, ...]

    @property
    def wrong(self) -> tuple[ShownCell, ...]:
        return tuple(cell for cell in self.cells if cell.reason)


def shown(rows: Iterable[ImportRow], one: Import, spec: SheetSpec) -> list[ShownRow]:
    """Rows in clear, with the cells that are wrong or were mended; no query."""
    return [_shown(row, one, {column.field: column.zh for column in spec.columns}) for row in rows]


def _shown(row: ImportRow, one: Import, zh: dict[str, str]) -> ShownRow:
    part: dict[str, Any] = next((each for each in one.parts if each["sheet"] == row.sheet), {"columns": {}})
    texts = json.loads(row.reveal("cells") or "[]")
    mends = json.loads(row.reveal("mends") or "{}")
    problems = json.loads(row.reveal("problems") or "[]")
    places = {field: at for field, (at, _) in part["columns"].items()}
    now = {field: mends.get(field, texts[at] if at < len(texts) else "") for field, at in places.items()}
    reasons: dict[str, str] = {}
    for each in problems:
        if each["field"] in now:
            reasons[each["field"]] = "；".join(filter(None, (reasons.get(each["field"], ""), each["reason"])))
    key = str(row.row_key)
    cells = [
        ShownCell(field, zh.get(field, field), now[field], reasons.get(field, ""), f"{key}:{field}")
        for field in now
        if field in reasons or field in mends
    ]
    if row.state == ImportRow.State.KEPT:
        now, cells = {}, []
    named = next((now[field] for field in zh if field in now), texts[0] if texts else "")
    whole = tuple(each["reason"] for each in problems if each["field"] not in now)
    state_zh = str(ImportRow.State(row.state).label)
    return ShownRow(key, row.state, state_zh, row.sheet, row.number, named or "（空）", tuple(cells), whole)
