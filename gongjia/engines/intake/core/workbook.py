"""The reader of workbooks, a process of its own: `python workbook.py MEMORY SECONDS heads|whole ROWS | rows SHEET`.

The workbook comes on standard input, pickled answers go to standard output. A process of its own because a damaged or
malicious workbook can make the library panic or ask for any amount of memory (one cell in the far corner of a sheet is
enough), and that would take the web server or the worker with it. Imports nothing of the project, so it starts quickly.
"""

import io
import pickle
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, BinaryIO
from xml.etree import ElementTree  # in a process bounded in memory and time

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

SHEET, ROWS, END, LOCKED, DAMAGED = "sheet", "rows", "end", "locked", "damaged"
BATCH, CELLS = 500, 200_000  # rows, or so many cells, that go over together
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def main(argv: list[str]) -> int:
    memory, seconds, what, number = int(argv[0]), int(argv[1]), argv[2], int(argv[3])
    with suppress(ValueError, OSError):  # some systems know no such limit
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    content = io.BytesIO(sys.stdin.buffer.read())
    out = sys.stdout.buffer
    try:
        for answer in _rows(content, number) if what == "rows" else _heads(content, number, whole=what == "whole"):
            pickle.dump(answer, out, pickle.HIGHEST_PROTOCOL)
        pickle.dump((END,), out)
    except PasswordError:
        pickle.dump((LOCKED,), out)
    except (CalamineError, OSError, ValueError, MemoryError):
        pickle.dump((DAMAGED,), out)
    out.flush()
    return 0


def _heads(content: BinaryIO, count: int, *, whole: bool) -> Iterator[tuple[Any, ...]]:
    """For each worksheet that a person sees: number, name, width, merged ranges, first rows; `whole` with all its rows
    behind, so that it is unpacked once."""
    book = CalamineWorkbook.from_filelike(content)
    for number, meta in enumerate(book.sheets_metadata):
        if meta.visible == SheetVisibleEnum.Visible and meta.typ == SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_index(number)
            rows = [_trimmed(row) for row in islice(sheet.iter_rows(), count)]
            yield SHEET, number, meta.name, sheet.width, _merged(content, meta.name, sheet), rows
            if whole:
                yield from _batches(sheet)


def _merged(content: BinaryIO, name: str, sheet: Any) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Merged ranges as ((top, left), (bottom, right)) from 0, both included; columns as the rows give them."""
    ranges = sheet.merged_cell_ranges
    if ranges is None:
        ranges = list(_spans(content, name))
    left = sheet.start[1] if sheet.start else 0
    return [((top, max(0, first - left)), (bottom, last - left)) for (top, first), (bottom, last) in ranges]


def _spans(content: BinaryIO, name: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Merged ranges of a table of an OpenDocument workbook, which the library does not tell."""
    try:
        with zipfile.ZipFile(content) as package, package.open("content.xml") as stream:
            yield from _spans_of(ElementTree.iterparse(stream, ("start", "end")), name)  # noqa: S314 - bounded here
    except (KeyError, zipfile.BadZipFile, ElementTree.ParseError):
        return


def _spans_of(
    events: Iterable[tuple[str, ElementTree.Element]], name: str
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    inside, row, at = False, 0, 0
    for event, element in events:
        tag = element.tag.removeprefix(_TABLE)
        if tag == "table":
            inside = event == "start" and element.get(f"{_TABLE}name") == name
        elif inside and event == "start" and tag == "table-row":
            at = 0
        elif inside and event == "end" and tag == "table-row":
            row += int(element.get(f"{_TABLE}number-rows-repeated", "1"))
            element.clear()
        elif inside and event == "end" and tag in {"table-cell", "covered-table-cell"}:
            down = int(element.get(f"{_TABLE}number-rows-spanned", "1"))
            across = int(element.get(f"{_TABLE}number-columns-spanned", "1"))
            if down > 1 or across > 1:
                yield (row, at), (row + down - 1, at + across - 1)
            at += int(element.get(f"{_TABLE}number-columns-repeated", "1"))


def _rows(content: BinaryIO, number: int) -> Iterator[tuple[Any, ...]]:
    yield from _batches(CalamineWorkbook.from_filelike(content).get_sheet_by_index(number))


def _batches(sheet: Any) -> Iterator[tuple[Any, ...]]:
    """Rows that go over together, packed once more: who only keeps them need not unpack them."""
    rows = sheet.iter_rows()
    together = max(1, min(BATCH, CELLS // max(1, sheet.width)))
    while batch := [_trimmed(row) for row in islice(rows, together)]:
        yield ROWS, pickle.dumps(batch, pickle.HIGHEST_PROTOCOL), len(batch)


def _trimmed(row: list[Any]) -> list[Any]:
    """The row without the empty cells at its end, of which a stray cell far to the right makes many."""
    end = len(row)
    while end and row[end - 1] == "":
        end -= 1
    return row[:end]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
