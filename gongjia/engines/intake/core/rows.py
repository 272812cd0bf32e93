"""From the records of one sheet to rows: what is passed over, clean values, reasons."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from gongjia.engines.intake.core.books import Tall
from gongjia.engines.intake.core.headings import Heading
from gongjia.engines.intake.core.skipping import why_skipped
from gongjia.engines.intake.core.spec import BadCell, Cell, Column, Noted, Problem, SheetSpec
from gongjia.engines.intake.core.texts import Record
from gongjia.engines.intake.core.values import is_ditto, plain

TOO_MANY_CELLS = Problem("too_many_cells", "", "这一行的格数比表头多，可能有一格里的逗号没有用引号括起来，请核对")
_NEVER = 2**40


class Row(NamedTuple):
    """One row below the heading: the cells as they stood, and either a reason to pass it over, problems, or values.

    `values` holds every field of the heading that could be cleaned, None where the cell is empty; `notes` are remarks
    that do not stop the row.
    """

    sheet: str
    number: int
    cells: Sequence[Cell]
    values: Mapping[str, Any] = MappingProxyType({})
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    skipped: str = ""

    @property
    def ok(self) -> bool:
        return not self.problems and not self.skipped


@dataclass(frozen=True, slots=True)
class Layout:
    """What is the same for all rows of a sheet. `merged`, `width`: see `reading.Part`."""

    sheet: str
    heading: Heading
    merged: frozenset[int]
    width: int | None
    tall: Tall


class _Spans:
    """The cells of one column that are merged over several rows, met one after the other."""

    def __init__(self, at: int, ranges: Sequence[tuple[int, int]]) -> None:
        self.at = at
        self.cell: Cell = None
        self._coming = iter(ranges)
        self.top, self.bottom = next(self._coming)

    def over(self, number: int) -> bool:
        """Whether one of them runs over this row; rows come in order."""
        while number > self.bottom:
            self.top, self.bottom = next(self._coming, (_NEVER, _NEVER))
        return number >= self.top


class Checker:
    """Reads the records of one sheet in order; it remembers what 同上 and merged cells take over from above."""

    def __init__(self, layout: Layout, spec: SheetSpec) -> None:
        found = layout.heading.columns
        self.layout, self.spec = layout, spec
        self.columns = [(column, found[column.field][0]) for column in spec.columns if column.field in found]
        self.key = next((at for column, at in self.columns if column.required), self.columns[0][1])
        self.sign = next(
            ((column.looks, at) for column, at in self.columns if spec.once and column.field == spec.once.key), None
        )
        self.carrying = [(column, at) for column, at in self.columns if column.carries]
        self.above: dict[int, Cell] = {}
        self.spans = [_Spans(at, layout.tall[at]) for _, at in self.carrying if at in layout.tall]

    def rows(self, records: Iterator[Record]) -> Iterator[Row]:
        return map(self.row, records)

    def row(self, record: Record) -> Row:
        """The row of the next record. To be called in order, from the first record below the heading."""
        layout = self.layout
        if record.fault:
            return Row(layout.sheet, record.number, record.cells, problems=(Problem("bad_record", "", record.fault),))
        plains = [plain(cell) for cell in record.cells]
        skipped = why_skipped(
            plains,
            layout.heading,
            key=self.key,
            merged=record.number in layout.merged,
            named=lambda: self._is_named(record.cells),
            alone=self.spec.alone,
        )
        held = self._held(record) if self.carrying else None
        if skipped:
            return Row(layout.sheet, record.number, record.cells, skipped=skipped)
        if layout.width is not None and any(plains[layout.width :]):
            return Row(layout.sheet, record.number, record.cells, problems=(TOO_MANY_CELLS,))
        return self._checked(record, plains, self._carried(record, plains, held or {}) if self.carrying else {})

    def _is_named(self, cells: Sequence[Cell]) -> bool:
        if self.sign is None:
            return False
        looks, at = self.sign
        return looks is not None and at < len(cells) and looks(cells[at])

    def _held(self, record: Record) -> dict[int, Cell]:
        """What cells merged over several rows say in this row, by position."""
        held: dict[int, Cell] = {}
        for span in self.spans:
            if span.over(record.number):
                if span.top == record.number:
                    span.cell = record.cells[span.at] if span.at < len(record.cells) else None
                held[span.at] = span.cell
        return held

    def _carried(self, record: Record, plains: Sequence[str], held: Mapping[int, Cell]) -> dict[int, Cell]:
        """The cells of this row that speak through a merge or 同上, and what is remembered for the next row."""
        taken: dict[int, Cell] = {}
        for _, at in self.carrying:
            cell = record.cells[at] if at < len(record.cells) else None
            own = cell if at < len(plains) and (plains[at] or is_ditto(cell)) else None
            if own is None:
                own = held.get(at)
            if is_ditto(own):
                own = self.above.get(at)
            if own is not cell:
                taken[at] = own
            self.above[at] = own
        return taken

    def _checked(self, record: Record, plains: Sequence[str], carried: Mapping[int, Cell]) -> Row:
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        notes: list[Problem] = []
        for column, at in self.columns:
            cell: Cell = record.cells[at] if at < len(record.cells) else None
            text = plains[at] if at < len(plains) else ""
            if at in carried:
                cell = carried[at]
                text = plain(cell)
            if text:
                self._clean(column, text if isinstance(cell, str) else cell, values, problems, notes)
                continue
            values[column.field] = None
            if column.required:
                problems.append(Problem(column.code_of_missing, column.field, f"没有填“{column.zh}”"))
        if self.spec.finish:
            notes.extend(self.spec.finish(values))
        return Row(self.layout.sheet, record.number, record.cells, values, tuple(problems), tuple(notes))

    @staticmethod
    def _clean(
        column: Column, cell: Cell, values: dict[str, Any], problems: list[Problem], notes: list[Problem]
    ) -> None:
        try:
            value = column.clean(cell)
        except BadCell as bad:
            problems.append(Problem(bad.code, column.field, bad.reason))
            return
        if isinstance(value, Noted):
            notes.append(Problem(value.code, column.field, value.reason))
            value = value.value
        values[column.field] = value
