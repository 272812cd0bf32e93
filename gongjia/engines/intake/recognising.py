"""A sheet that is to be imported, read before any write begins: a large workbook takes a minute, in which others go on
writing. Nothing here writes to the database."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any

from gongjia.backbone.files import queries as files
from gongjia.backbone.files.models import StoredFile
from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.intake.clear import alone, keep_clear
from gongjia.engines.intake.core import Correction, Limits, Reading, SheetSpec, Unreadable, read
from gongjia.engines.intake.core.preview import covered, preview
from gongjia.engines.intake.importers import importer_of
from gongjia.engines.intake.models import Import, RememberedHeading
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of

#: What a page takes, and what whoever runs the machine may give it: a text is read piece by piece.
_SHEETS_TRIED = 5
_BY_PAGE, _BY_COMMAND = Limits(), Limits(file_bytes=2**30)


@dataclass(frozen=True)
class Recognised:
    """A sheet that is not kept yet: its content in clear, and its heading as found; `error` says why there is none."""

    clear: IO[bytes]
    read_on: date
    parts: list[dict[str, Any]] = field(default_factory=list)
    corrections: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""


@dataclass(frozen=True)
class Corrected:
    """A kept sheet as it reads with one more correction. `before` are the corrections that it had."""

    heading_row: int
    columns: dict[str, int | None]
    before: list[dict[str, Any]]
    corrections: list[dict[str, Any]]
    parts: list[dict[str, Any]]
    fingerprint: str
    read_on: date


def check_taken(organisation: Organisation, kind: str, by: Actor) -> None:
    """Raises Forbidden or Refused where this actor, or this organisation, may import no such sheet."""
    importer = importer_of(kind)
    by.require(importer.may, path=organisation.path)
    if refusal := importer.refusal(organisation):
        raise Refused(refusal)


@contextmanager
def sheet_recognised(
    *, organisation: Organisation, kind: str, name: str, chunks: Iterable[bytes], by: Actor, at: datetime
) -> Iterator[Recognised]:
    """Understand a sheet as this sender's sheets had it before. To be called outside of any transaction.

    Refused where the file as a whole cannot be read. One whose heading alone is not found is given: a person says where
    it is.
    """
    check_taken(organisation, kind, by)
    limits = limits_of(by.account_id)
    with tempfile.TemporaryFile() as clear:
        keep_clear(chunks, clear, limit=limits.file_bytes, what="表格")
        try:
            with alone(clear):
                preview(clear)
                on = today_of(at)
                found = recognised(organisation, kind, importer_of(kind).columns(on), clear, limits, on)
        except Unreadable as refused:
            raise Refused(f"读不了“{name}”：{refused}", fields=["file"]) from refused
        yield found


def limits_of(sent_by_id: int | None) -> Limits:
    return _BY_PAGE if sent_by_id is not None else _BY_COMMAND


def recognised(
    organisation: Organisation, kind: str, spec: SheetSpec, clear: IO[bytes], limits: Limits, on: date
) -> Recognised:
    """The heading as found, or as it was corrected for a sheet that looks the same."""
    known = RememberedHeading._base_manager.filter(organisation=organisation, kind=kind)
    for said in known.order_by("-said_at")[:5]:
        for sheet in list(preview(clear))[:_SHEETS_TRIED]:  # type: ignore[arg-type]  # any seekable file
            correction = Correction(said.heading_row, said.columns, sheet)  # of this sheet: others have their own
            try:
                found = _read(clear, spec, limits, [correction])
            except Unreadable:
                continue
            part = next((each for each in found.parts if each.sheet == sheet), None)
            if part is not None and part.fingerprint == said.fingerprint:
                return Recognised(clear, on, parts_of(found), [_as_json(correction)])
    try:
        return Recognised(clear, on, parts_of(_read(clear, spec, limits, [])))
    except Unreadable as refused:
        return Recognised(clear, on, error=str(refused)[:300])


def _read(clear: IO[bytes], spec: SheetSpec, limits: Limits, said: list[Correction], *, whole: bool = False) -> Reading:
    return read(clear, spec, limits, said, whole=whole)  # type: ignore[arg-type]  # any seekable file


def parts_of(reading: Reading) -> list[dict[str, Any]]:
    """What was recognised, as it is kept and shown. Where a row of a person is taken for the heading, its numbers are
    covered: what is kept here is not sealed."""
    return [
        {
            "sheet": part.sheet,
            "heading_row": part.heading_row,
            "columns": {field: [at, covered(written)] for field, (at, written) in part.heading.columns.items()},
            "texts": [covered(text) for text in part.heading.texts],
            "unknown": [covered(text) for text in part.heading.unknown],
            "fingerprint": part.fingerprint,
        }
        for part in reading.parts
    ]


def _as_json(said: Correction) -> dict[str, Any]:
    return {"heading_row": said.heading_row, "columns": dict(said.columns), "sheet": said.sheet}


def correction_read(
    *, one: Import, heading_row: int, columns: Mapping[str, int | None], at: datetime, sheet: str = ""
) -> Corrected:
    """Read a kept sheet with what a person says of its heading and columns (from 0). Outside of any transaction.

    Refused where a column is given twice, or the sheet cannot be read so.
    """
    on = today_of(at)
    said = Correction(heading_row, dict(columns), sheet)
    with unsealed(one) as clear:
        return corrected(clear, importer_of(one.kind).columns(on), limits_of(one.sent_by_id), one.corrections, said, on)


def corrected(
    clear: IO[bytes],
    spec: SheetSpec,
    limits: Limits,
    before: list[dict[str, Any]],
    said: Correction,
    on: date,
) -> Corrected:
    """A sheet in clear read with one more correction. Refused as `correction_read` says."""
    given = [place for place in said.columns.values() if place is not None]
    if len(given) != len(set(given)):
        raise Refused("同一列选给了两个项目，请检查后再保存。", fields=["columns"])
    corrections = [*(each for each in before if each["sheet"] != said.sheet), _as_json(said)]
    try:
        with alone(clear):
            reading = read_with(clear, spec, limits, corrections)
    except Unreadable as refused:
        raise Refused(str(refused), fields=["columns"]) from refused
    part = next((each for each in reading.parts if each.sheet == said.sheet), reading.parts[0])
    columns: dict[str, int | None] = dict(said.columns)  # type: ignore[arg-type]  # places, as people choose them
    row, parts = said.heading_row or 1, parts_of(reading)
    return Corrected(row, columns, list(before), corrections, parts, part.fingerprint, on)


def read_as(
    clear: IO[bytes], one: Import, on: date, corrections: list[dict[str, Any]], *, whole: bool = False
) -> Reading:
    """A sheet read by the columns of a day and what was said of its heading; `whole` by whoever draws its rows."""
    return read_with(clear, importer_of(one.kind).columns(on), limits_of(one.sent_by_id), corrections, whole=whole)


def read_with(
    clear: IO[bytes], spec: SheetSpec, limits: Limits, corrections: list[dict[str, Any]], *, whole: bool = False
) -> Reading:
    """A sheet read with what was said of its heading, as it is kept; `whole` by whoever draws its rows."""
    said = [Correction(each["heading_row"], each["columns"], each["sheet"]) for each in corrections]
    return _read(clear, spec, limits, said, whole=whole)


@contextmanager
def unsealed(one: Import) -> Iterator[IO[bytes]]:
    """The sheet in a temporary file that disappears with the block. Raises Unreadable where it has been deleted."""
    if one.file is None:
        raise Unreadable("原表已经按期删除，不能再读。要导入的，请重新上传。")
    with in_clear(one.file) as clear:
        yield clear


@contextmanager
def in_clear(file: StoredFile) -> Iterator[IO[bytes]]:
    """A stored file in a temporary one that disappears with the block."""
    with tempfile.TemporaryFile() as clear:
        for piece in files.content_of(file):
            clear.write(piece)
        clear.seek(0)
        yield clear


def first_rows(one: Import) -> dict[str, list[list[str]]]:
    """The first rows of each sheet of an import."""
    with unsealed(one) as clear:
        return first_rows_of(clear)


def first_rows_of(clear: IO[bytes]) -> dict[str, list[list[str]]]:
    """The first rows of each sheet; to find the heading nobody needs a whole number of a person."""
    with alone(clear):
        sheets = preview(clear)  # type: ignore[arg-type]  # any seekable file
    return {name: [[covered(cell) for cell in row] for row in rows] for name, rows in sheets.items()}
