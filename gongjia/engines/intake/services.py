"""Receiving a sheet and reading it: the heading is understood, then the file is kept; a bad row stops no other."""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.db import transaction

from gongjia.backbone.files import queries as files
from gongjia.backbone.files import services as file_services
from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.intake.clear import alone, keep_clear, pieces
from gongjia.engines.intake.core import Cell, Limits, Reading, Row, Unreadable, read
from gongjia.engines.intake.core.values import plain
from gongjia.engines.intake.models import BadRow, Batch
from gongjia.engines.intake.registry import spec_of
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.verbs import note, verb

_TOGETHER = 500


@dataclass(frozen=True)
class Sheet:
    """A sheet that has been read, and is not kept yet: its content in clear, and what its heading says."""

    kind: str
    name: str
    clear: IO[bytes]
    heading_row: int
    columns: dict[str, str]
    unknown: tuple[str, ...]


@contextmanager
def sheet_read(*, kind: str, name: str, chunks: Iterable[bytes]) -> Iterator[Sheet]:
    """Understand a sheet before anything is written: a large workbook takes a minute, in which others go on writing.

    Refused, with what to do, when it cannot be read as a whole. To be called outside of any transaction.
    """
    spec = spec_of(kind)
    with tempfile.TemporaryFile() as clear:
        keep_clear(chunks, clear, limit=Limits().file_bytes, what=spec.zh)
        try:
            with alone(clear):
                reading = read(clear, spec)
        except Unreadable as refused:
            raise Refused(f"读不了{spec.zh}“{name}”：{refused}", fields=[kind]) from refused
        yield Sheet(kind, name, clear, reading.heading_row, reading.columns, reading.unknown)


@verb("intake.receive", zh="上传表格", may=SIGNED_IN)
def receive(*, organisation: Organisation, sheet: Sheet, by: Actor, at: datetime) -> Batch:
    """Keep a sheet that has been read."""
    sheet.clear.seek(0)
    stored = file_services.store(
        organisation=organisation, name=sheet.name, kind=sheet.kind, chunks=pieces(sheet.clear), by=by, at=at
    )
    batch = Batch.objects.create(
        organisation=organisation,
        kind=sheet.kind,
        file=stored,
        heading_row=sheet.heading_row,
        columns=sheet.columns,
        unknown=list(sheet.unknown),
        received_at=at,
    )
    note(batch, file_id=stored.pk)
    return batch


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
    """A received sheet, unsealed into a temporary file that disappears with the block."""
    with tempfile.TemporaryFile() as clear:
        for piece in files.content_of(batch.file):
            clear.write(piece)
        clear.seek(0)
        yield read(clear, spec_of(batch.kind))


def _bad_row(batch: Batch, row: Row) -> BadRow:
    bad = BadRow(batch=batch, sheet=row.sheet[:120], number=row.number)
    bad.seal_in(cells=json.dumps([_written(cell) for cell in row.cells], ensure_ascii=False))
    bad.problems = [{"field": each.field, "code": each.code, "reason": each.reason} for each in row.problems]
    return bad


def _written(cell: Cell) -> str:
    """A cell as people see it: 7, where a workbook says 7.0."""
    return plain(cell) if isinstance(cell, float) else "" if cell is None else str(cell)
