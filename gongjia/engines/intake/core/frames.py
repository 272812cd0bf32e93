"""A reading column by column, for large sheets: the same as `Reading.rows`, in frames of many rows.

Rows beyond doubt are taken whole columns at a time (`twins`); every other row goes to the `Checker` as it would there,
and a test holds the two equal. Needs polars, which is loaded with this module only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import polars as pl

from gongjia.engines.intake.core.blocks import Block, blocks, of_records
from gongjia.engines.intake.core.limits import Limits
from gongjia.engines.intake.core.reading import Part, Reading, too_many_rows
from gongjia.engines.intake.core.rows import Checker, Row
from gongjia.engines.intake.core.skipping import is_example_word
from gongjia.engines.intake.core.spec import Cell, SheetSpec
from gongjia.engines.intake.core.twins import DTYPES, ColumnTwin, as_text, finish
from gongjia.engines.intake.core.values import plain

_TOGETHER, _CELLS = 20_000, 1_000_000  # rows, or so many cells, of a workbook in one frame


@dataclass(frozen=True, slots=True)
class Frame:
    """Rows of one sheet that follow each other. `values`: a column for each field, null where empty or not clean.

    `ok` says which rows are to be written. `told` are the rows that have anything to tell (a reason to pass them over,
    problems, notes), by their place in the frame; `first` is the number of the first row, `ordinal` counts the rows of
    the whole file from 0.
    """

    sheet: str
    first: int
    ordinal: int
    values: pl.DataFrame
    ok: pl.Series
    told: dict[int, Row]
    block: Block

    def cells_of(self, at: int) -> list[Cell]:
        """The cells of a row as they stand."""
        return list(self.block.record(at).cells)

    def row(self, at: int) -> Row:
        """One row by itself, as `Reading.rows` gives it."""
        told = self.told.get(at)
        return told or Row(self.sheet, self.first + at, self.cells_of(at), self.values.row(at, named=True))


def sliced(coming: Iterator[Frame], most: int) -> Iterator[Frame]:
    """The same rows in frames of at most so many."""
    for frame in coming:
        for start in range(0, frame.values.height, most):
            yield frame if frame.values.height <= most else _slice(frame, start, most)


def _slice(frame: Frame, start: int, most: int) -> Frame:
    values = frame.values.slice(start, most)
    told = {at - start: row for at, row in frame.told.items() if start <= at < start + values.height}
    block = _without(frame.block, start)
    return Frame(
        frame.sheet, frame.first + start, frame.ordinal + start, values, frame.ok.slice(start, most), told, block
    )


def frames(reading: Reading, only: frozenset[str] | None = None) -> Iterator[Frame]:
    """All rows of a reading, without what only the whole file can tell (`judging.whole_frames` adds that).

    With `only` some fields of rows are looked at: no more is sure than their values, and which rows are passed over.
    """
    ordinal = 0
    for part in reading.parts:
        columns = _Columns(part, reading.spec, only)
        for frame in columns.frames(_blocks(reading, part, columns.wanted), ordinal, reading.limits):
            yield frame
            ordinal += frame.values.height


def _blocks(reading: Reading, part: Part, wanted: Sequence[int]) -> Iterator[Block]:
    if reading.source is not None and part.width is not None:
        yield from blocks(reading.source, wanted, part.width)
        return
    records = part.records()
    number = 1
    width = max(1, len(part.heading.texts))
    while batch := list(islice(records, max(100, min(_TOGETHER, _CELLS // width)))):
        yield of_records(batch, wanted, number, part.width)
        number += len(batch)


class _Columns:
    """The columns of one sheet: a twin for each, and the checker for the rows that they leave over."""

    def __init__(self, part: Part, spec: SheetSpec, only: frozenset[str] | None) -> None:
        self.part, self.spec = part, spec
        self.checker: Checker = part.checker(spec)
        self.only = only
        self.twins = [
            (at, ColumnTwin(column)) for column, at in self.checker.columns if only is None or column.field in only
        ]
        self.fields = {column.field: DTYPES[column.holds] for column in spec.columns}
        self.carrying = [at for _, at in self.checker.carrying]
        serial = part.heading.serial
        self.wanted = sorted({at for at, _ in self.twins} | ({serial} if serial is not None else set()))

    def frames(self, coming: Iterator[Block], ordinal: int, limits: Limits) -> Iterator[Frame]:
        head = self.part.heading_row
        for block in coming:
            passed = max(0, min(block.height, head + 1 - block.first))
            if passed < block.height:
                frame = self._frame(_without(block, passed), ordinal)
                ordinal += frame.values.height
                if ordinal > limits.rows:
                    raise too_many_rows(limits)
                yield frame

    def _frame(self, block: Block, ordinal: int) -> Frame:
        values, odd = self._clean(block)
        told: dict[int, Row] = {}
        read: list[tuple[int, Row]] = []
        for at in odd.arg_true().to_list():
            if self.carrying and at and not odd[at - 1]:
                self._remember(block.record(at - 1).cells)
            row = self.checker.row(block.record(at))
            read.append((at, row))
            if row.skipped or row.problems or row.notes:
                told[at] = row
        if self.carrying and block.height and not odd[-1]:
            self._remember(block.record(block.height - 1).cells)
        frame = self._filled(values, read, odd)
        bad = [at for at, row in told.items() if not row.ok]
        ok = pl.repeat(value=True, n=block.height, eager=True)
        ok = ok.scatter(bad, False) if bad else ok
        return Frame(self.part.sheet, block.first, ordinal, frame, ok, told, block)

    def _clean(self, block: Block) -> tuple[dict[str, pl.Series], pl.Series]:
        """The values of the rows beyond doubt, and which rows are not."""
        values: dict[str, pl.Series] = {}
        odd = self._without_number(block)
        for at, twin in self.twins:
            cleaned = twin.clean(block.columns[at])
            values[twin.column.field] = cleaned.values
            odd = odd | cleaned.odd.fill_null(value=True)
        if block.wide:
            odd = odd.scatter(block.wide, True)
        return values, odd | self._finished(values, block.height) | self._examples(block)

    def _without_number(self, block: Block) -> pl.Series:
        """Rows are certain to be records only where the number is given that a record alone can have; and where cells
        are merged over rows that others take over, each row is read by itself."""
        everything = not self.checker.sign or any(at in self.part.tall for at in self.carrying)
        return pl.repeat(value=everything, n=block.height, eager=True)

    def _finished(self, values: dict[str, pl.Series], height: int) -> pl.Series:
        if self.spec.finish is None or self.only is not None:
            odd: pl.Series | None = pl.repeat(value=False, n=height, eager=True)
        else:
            odd = finish(self.spec.finish, values)
        if odd is None or self.spec.once is None:
            return pl.repeat(value=True, n=height, eager=True)
        return odd | values[self.spec.once.key].is_null()

    def _examples(self, block: Block) -> pl.Series:
        """Rows that may be examples, by what stands as their name or running number."""
        odd = pl.repeat(value=False, n=block.height, eager=True)
        serial = self.part.heading.serial
        for at in {self.checker.key, serial} - {None}:
            cells = block.columns[at]  # type: ignore[index]  # None is taken out above
            series = cells if isinstance(cells, pl.Series) else as_text(cells)
            if series is None:
                odd = odd | pl.Series([is_example_word(plain(cell)) for cell in cells], dtype=pl.Boolean)
            else:
                odd = odd | series.str.contains("[例测范]").fill_null(value=False)
        return odd

    def _remember(self, cells: Sequence[Cell]) -> None:
        """What a row beyond doubt leaves for 同上 in the row below it."""
        for at in self.carrying:
            cell = cells[at] if at < len(cells) else None
            self.checker.above[at] = cell if plain(cell) else None

    def _filled(self, values: dict[str, pl.Series], read: list[tuple[int, Row]], odd: pl.Series) -> pl.DataFrame:
        """The values with those of the rows that were read by themselves."""
        columns = []
        places = [at for at, _ in read]
        for field, series in values.items():
            typed = series.cast(self.fields[field])
            if places:
                typed = typed.set(odd, None)
                own: list[Any] = [row.values.get(field) for _, row in read]
                typed = typed.scatter(places, pl.Series(own, dtype=self.fields[field]))
            columns.append(typed.alias(field))
        return pl.DataFrame(columns)


def _without(block: Block, passed: int) -> Block:
    """A block without its first records."""
    if not passed:
        return block
    columns = {at: cells[passed:] for at, cells in block.columns.items()}
    wide = tuple(at - passed for at in block.wide if at >= passed)
    return Block(block.first + passed, block.height - passed, columns, lambda at: block.record(at + passed), wide)
