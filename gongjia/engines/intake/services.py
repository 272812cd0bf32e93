"""Receiving a sheet and reading it: the heading is understood, then the file is kept; a bad row stops no other."""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from gongjia.backbone.files import services as file_services
from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.intake import recognising
from gongjia.engines.intake.clear import alone, keep_clear, pieces
from gongjia.engines.intake.core import Cell, Correction, Limits, Reading, Row, Unreadable
from gongjia.engines.intake.core.values import plain
from gongjia.engines.intake.models import BadRow, Batch, RememberedHeading
from gongjia.engines.intake.recognising import Corrected, Recognised, in_clear
from gongjia.engines.intake.registry import spec_of
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.permissions import INSIDE, SIGNED_IN
from gongjia.kernel.verbs import note, verb

_TOGETHER = 500
_LIMITS = Limits()
FirstRows = dict[str, list[list[str]]]
"""sheet → its first rows, numbers of persons covered"""


@dataclass(frozen=True)
class Sheet:
    """A sheet that has been read, and is not kept yet."""

    kind: str
    name: str
    read: Recognised


@contextmanager
def sheet_read(
    *,
    organisation: Organisation,
    kind: str | Callable[[str, FirstRows], str],
    name: str,
    chunks: Iterable[bytes],
    at: datetime,
) -> Iterator[Sheet]:
    """Understand a sheet before anything is written: a large workbook takes a minute, in which others go on writing.

    `kind` may be asked of the file's name and its first rows. Refused, with what to do, where the file cannot be read
    as a whole; one whose heading alone is not found is given with the reason. Outside of any transaction.
    """
    with tempfile.TemporaryFile() as clear:
        keep_clear(chunks, clear, limit=_LIMITS.file_bytes, what=f"“{name}”")
        try:
            first = recognising.first_rows_of(clear)
            found = kind if isinstance(kind, str) else kind(name, first)
            with alone(clear):
                read = recognising.recognised(organisation, found, spec_of(found), clear, _LIMITS, today_of(at))
        except Unreadable as refused:
            raise Refused(f"读不了“{name}”：{refused}", fields=["lists"]) from refused
        yield Sheet(found, name, read)


@verb("intake.receive", zh="上传表格", may=SIGNED_IN)
def receive(*, organisation: Organisation, sheet: Sheet, by: Actor, at: datetime) -> Batch:
    """Keep a sheet that has been read."""
    sheet.read.clear.seek(0)
    content = pieces(sheet.read.clear)
    stored = file_services.store(
        organisation=organisation, name=sheet.name, kind=sheet.kind, chunks=content, by=by, at=at
    )
    batch = Batch.objects.create(
        organisation=organisation,
        kind=sheet.kind,
        file=stored,
        parts=sheet.read.parts,
        corrections=sheet.read.corrections,
        error=sheet.read.error,
        received_at=at,
    )
    note(batch, file_id=stored.pk)
    return batch


def read_as_kind(batch: Batch, kind: str, *, at: datetime) -> Recognised:
    """A kept sheet as another kind of sheet reads it: with what was said of its heading, as far as that kind has the
    columns. Outside of any transaction."""
    spec = spec_of(kind)
    fields = {column.field for column in spec.columns}
    said = [
        {**each, "columns": {name: place for name, place in each["columns"].items() if name in fields}}
        for each in batch.corrections
    ]
    with in_clear(batch.file) as clear, alone(clear):
        if said:
            with suppress(Unreadable):
                reading = recognising.read_with(clear, spec, _LIMITS, said)
                return Recognised(clear, today_of(at), recognising.parts_of(reading), said)
        return recognising.recognised(batch.organisation, kind, spec_of(kind), clear, _LIMITS, today_of(at))


def read_with_correction(
    batch: Batch, *, heading_row: int, columns: Mapping[str, int | None], at: datetime, sheet: str = ""
) -> Corrected:
    """A kept sheet as it reads with what a person says of its heading and columns (from 0). Outside of any transaction.

    Refused where a column is given twice, or the sheet cannot be read so.
    """
    said = Correction(heading_row, dict(columns), sheet)
    with in_clear(batch.file) as clear:
        return recognising.corrected(clear, spec_of(batch.kind), _LIMITS, batch.corrections, said, today_of(at))


@verb("intake.take_as", zh="把表格当另一种表格读", may=INSIDE)
def take_as(*, batch: Batch, kind: str, read: Recognised, by: Actor, at: datetime) -> Batch:
    """Say that a kept sheet is of another kind (`read_as_kind`)."""
    batch.kind, batch.parts, batch.corrections, batch.error = kind, read.parts, read.corrections, read.error
    if read.corrections:
        said = read.corrections[0]
        part = next((each for each in read.parts if each["sheet"] == said["sheet"]), read.parts[0])
        _remember(batch, part["fingerprint"], said["heading_row"], said["columns"], at)
    return _save(batch, by, at)


@verb("intake.correct_batch", zh="改正名单的表头和列", may=INSIDE)
def correct_batch(*, batch: Batch, read: Corrected, by: Actor, at: datetime) -> Batch:
    """Take what was said of heading and columns (`read_with_correction`), and remember it for sheets that look the
    same."""
    batch.parts, batch.corrections, batch.error = read.parts, read.corrections, ""
    _remember(batch, read.fingerprint, read.heading_row, read.columns, at)
    return _save(batch, by, at)


def _remember(
    batch: Batch, fingerprint: str, heading_row: int, columns: Mapping[str, int | None], at: datetime
) -> None:
    RememberedHeading._base_manager.update_or_create(
        organisation=batch.organisation,
        kind=batch.kind,
        fingerprint=fingerprint,
        defaults={"heading_row": heading_row, "columns": dict(columns), "said_at": at},
    )


def _save(batch: Batch, by: Actor, at: datetime) -> Batch:
    batch.save(update_fields=["kind", "parts", "corrections", "error"])
    note(batch)
    return batch


def first_rows(batch: Batch) -> FirstRows:
    """The first rows of each sheet of a kept file."""
    with in_clear(batch.file) as clear:
        return recognising.first_rows_of(clear)


def rows_of(batch: Batch, *, writing: Callable[[], AbstractContextManager[None]] = transaction.atomic) -> Iterator[Row]:
    """Every row of a received sheet, streamed; bad ones are written down as they come, and yielded as well.

    Reading again writes them down anew: the result is the same. Raises Unreadable when the file breaks off. `writing`
    is entered around each write; by raising it stops a reader that is no longer the one who should write.
    """
    with writing():
        BadRow.objects.filter(batch=batch).delete()
    counts = {"row_count": 0, "bad_count": 0, "skipped_count": 0}
    waiting: list[BadRow] = []
    with opened(batch) as reading:
        for row in reading.rows():
            counts["skipped_count" if row.skipped else "row_count"] += 1
            if row.problems:
                counts["bad_count"] += 1
                waiting.append(_bad_row(batch, row))
                if len(waiting) >= _TOGETHER:
                    with writing():
                        BadRow.objects.bulk_create(waiting)
                    waiting.clear()
            yield row
    with writing():
        BadRow.objects.bulk_create(waiting)
        Batch.objects.filter(pk=batch.pk).update(state=Batch.State.READ, **counts)


@contextmanager
def opened(batch: Batch) -> Iterator[Reading]:
    """A received sheet as corrected, unsealed into a temporary file that disappears with the block."""
    with in_clear(batch.file) as clear:
        yield recognising.read_with(clear, spec_of(batch.kind), _LIMITS, batch.corrections, whole=True)


def _bad_row(batch: Batch, row: Row) -> BadRow:
    bad = BadRow(batch=batch, sheet=row.sheet[:120], number=row.number)
    bad.seal_in(cells=json.dumps([_written(cell) for cell in row.cells], ensure_ascii=False))
    bad.problems = [{"field": each.field, "code": each.code, "reason": each.reason} for each in row.problems]
    return bad


def _written(cell: Cell) -> str:
    """A cell as people see it: 7, where a workbook says 7.0."""
    return plain(cell) if isinstance(cell, float) else "" if cell is None else str(cell)


@verb("intake.forget", zh="删除收到的表格", may=INSIDE)
def forget(*, batch: Batch, by: Actor, at: datetime) -> None:
    """Take a sheet away that nothing stands on, with its file and its bad rows. Raises ProtectedError otherwise."""
    note(batch, name=str(batch))
    stored = batch.file
    batch.delete()
    file_services.remove(stored=stored, by=by, at=at)
