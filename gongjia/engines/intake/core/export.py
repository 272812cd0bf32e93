"""Sheets out: CSV and workbooks that Excel opens as it should, in which no cell can act as a formula."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from gongjia.engines.intake.core.reading import Part, Reading
from gongjia.engines.intake.core.rows import Row
from gongjia.engines.intake.core.spec import Cell
from gongjia.engines.intake.core.values import EXACT_DIGITS

_LONGEST = 32_767  # signs that a cell of a workbook holds
_ROWS = 1_048_576
_RED, _AMBER = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}, {"bg_color": "#FFEB9C"}
_REASONS, _REMARKS = "问题（改好后删去这一列再上传）", "提示"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: str) -> str:
    """A cell that a spreadsheet would calculate gets a leading apostrophe, which the reader takes away again."""
    return f"'{cell}" if cell.lstrip(" \u3000\u00a0").startswith(_FORMULA) else cell


def write_csv(path: Path, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write UTF-8 with a mark (Excel needs it) row by row; returns how many rows stand below the heading.

    A file of that name is replaced when the last row is written, and left alone if that does not come about.
    """
    count = 0
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([harmless(cell) for cell in heading])
        for count, row in enumerate(rows, 1):  # noqa: B007 - the number is the answer
            writer.writerow([harmless(cell) for cell in row])
    unfinished.replace(path)
    return count


def write_marked(path: Path, reading: Reading, *, only_bad: bool = False) -> int:
    """The sheet back as it came, its bad cells red and a column of reasons behind it; returns how many rows are bad.

    All that stands above the heading, and every column, stays where it was; a sheet that did not count is left out.
    With `only_bad` the rows that could be taken, and those that hold no record, are left out. Text stays text, so that
    no number loses a digit, and nothing can be calculated. A file of that name is replaced when all is written.
    """
    import xlsxwriter  # a command that writes no workbook starts without it

    unfinished = path.with_name(path.name + ".part")
    book = xlsxwriter.Workbook(
        str(unfinished), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    try:
        marked = _Marked(book, reading)
        for row in reading.rows():
            marked.write(row, only_bad=only_bad)
    finally:
        book.close()
    unfinished.replace(path)
    return marked.bad


class _Marked:
    def __init__(self, book: Any, reading: Reading) -> None:
        self.book, self.bad = book, 0
        self.red = book.add_format(_RED | {"num_format": "@"})
        self.amber = book.add_format(_AMBER | {"num_format": "@"})
        self.text = book.add_format({"num_format": "@"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.as_number = {self.red: book.add_format(_RED), self.amber: book.add_format(_AMBER)}
        self.as_day = {
            self.red: book.add_format(_RED | {"num_format": "yyyy-mm-dd"}),
            self.amber: book.add_format(_AMBER | {"num_format": "yyyy-mm-dd"}),
        }
        self.pages = {part.sheet: _Page(self, part) for part in reading.parts}

    def write(self, row: Row, *, only_bad: bool) -> None:
        self.bad += bool(row.problems)
        if row.problems or not only_bad:
            self.pages[row.sheet].write(row, same_place=not only_bad)


class _Page:
    """One sheet of the workbook: the heading as it stood, then rows."""

    def __init__(self, marked: _Marked, part: Part) -> None:
        self.marked, self.part = marked, part
        self.sheet = marked.book.add_worksheet(part.sheet or "名单")
        self.places = {field: at for field, (at, _) in part.heading.columns.items()}
        head = [record.cells for record in islice(part.records(), part.heading_row)]
        self.width = max([len(part.heading.texts), *map(len, head)])
        self.next = 0
        for cells in head:
            self._cells(cells, {}, [])
        self.sheet.write_string(self.next - 1, self.width, _REASONS, marked.text)
        self.sheet.write_string(self.next - 1, self.width + 1, _REMARKS, marked.text)
        self.sheet.freeze_panes(self.next, 0)

    def write(self, row: Row, *, same_place: bool) -> None:
        if same_place:
            self.next = row.number - 1
        if self.next >= _ROWS:
            return
        colours = {self.places[note.field]: self.marked.amber for note in row.notes if note.field in self.places}
        colours |= {self.places[each.field]: self.marked.red for each in row.problems if each.field in self.places}
        reasons = [(self.width, "；".join(each.reason for each in row.problems), self.marked.red)]
        reasons.append((self.width + 1, "；".join(note.reason for note in row.notes), self.marked.amber))
        self._cells(row.cells, colours, reasons)

    def _cells(self, cells: Sequence[Cell], colours: dict[int, Any], behind: Sequence[tuple[int, str, Any]]) -> None:
        for at in sorted({*range(min(len(cells), self.width)), *colours}):
            self._cell(at, cells[at] if at < len(cells) else None, colours.get(at))
        for at, text, colour in behind:
            if text:
                self.sheet.write_string(self.next, at, text[:_LONGEST], colour)
        self.next += 1

    def _cell(self, at: int, cell: Cell, colour: Any) -> None:
        if cell is None or cell == "":
            if colour:
                self.sheet.write_blank(self.next, at, None, colour)
        elif isinstance(cell, bool):
            self.sheet.write_boolean(self.next, at, cell, colour)
        elif isinstance(cell, (int, float)) and abs(cell) < EXACT_DIGITS:
            self.sheet.write_number(self.next, at, cell, self.marked.as_number.get(colour))
        elif isinstance(cell, date):
            known = self.marked.moment if isinstance(cell, datetime) else self.marked.day
            self.sheet.write_datetime(self.next, at, cell, self.marked.as_day.get(colour, known))
        else:
            text = cell if isinstance(cell, str) else _spelt(cell)
            self.sheet.write_string(self.next, at, harmless(text)[:_LONGEST], colour or self.marked.text)


def _spelt(cell: float | time | timedelta) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
