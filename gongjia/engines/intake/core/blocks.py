"""Text files in blocks of records, column by column: whole blocks are split by polars where that is the same as record
by record, and by the csv module where a quotation mark or a stray return could make a difference."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from gongjia.engines.intake.core.spec import Cell
from gongjia.engines.intake.core.texts import LONGEST_CELL, LONGEST_LINE, Record, Text, bad_record, too_long

_BYTES = 2**20
_LONGEST_WITHOUT_BREAK = 2 * LONGEST_LINE

Cells = pl.Series | Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Block:
    """Records that follow each other: `first` is the number of the first one, `columns` their cells by position (those
    that were asked for), `record` any of them as it stands, by its place in the block, `wide` the places of those that
    have more cells than the heading."""

    first: int
    height: int
    columns: Mapping[int, Cells]
    record: Callable[[int], Record]
    wide: tuple[int, ...] = ()


def blocks(text: Text, wanted: Sequence[int], width: int) -> Iterator[Block]:
    """The records of a text file from the first one, in blocks. `width` is how many cells a record has."""
    lines = _Lines(text)
    number = 1
    while (block := lines.next_block()) is not None:
        made = _split(block, text.delimiter, wanted, width, number)
        if made is None:
            made = of_records(lines.records_of(block, number), wanted, number, width)
        else:
            lines.passed(made.height)
        number += made.height
        if made.height:
            yield made


def of_records(records: list[Record], wanted: Sequence[int], number: int, most: int | None = None) -> Block:
    """A block of records that are in memory."""
    rows = [record.cells for record in records]
    width = max(wanted, default=-1) + 1
    if any(len(row) < width for row in rows):
        rows = [row + [""] * (width - len(row)) if len(row) < width else row for row in rows]
    columns = {at: [row[at] for row in rows] for at in wanted}
    wide = tuple(at for at, row in enumerate(rows) if len(row) > most) if most is not None else ()
    return Block(number, len(records), columns, records.__getitem__, wide)


def _split(block: str, delimiter: str, wanted: Sequence[int], width: int, number: int) -> Block | None:
    """The block split by polars, or None where only the csv module tells for sure."""
    if '"' in block or width < 2:
        return None
    if "\r" in block:
        block = block.replace("\r\n", "\n")
    if "\r" in block or block.startswith("\ufeff"):
        return None
    height = block.count("\n") + (not block.endswith("\n"))
    try:
        frame = pl.read_csv(
            block.encode(),
            has_header=False,
            separator=delimiter,
            quote_char=None,
            schema={f"column_{at}": pl.String for at in range(width)},
            columns=[f"column_{at}" for at in sorted(wanted)],
        )
    except pl.exceptions.PolarsError:
        return None
    if frame.height != height:
        return None
    lines: list[str] = []

    def record(at: int) -> Record:
        if not lines:
            lines.extend(block.split("\n"))
        return Record(number + at, list(lines[at].split(delimiter)) if lines[at] else [])

    return Block(number, height, {at: frame[f"column_{at}"] for at in wanted}, record)


class _Lines:
    """A text file in pieces that end where a line ends; a record that runs over lines takes the pieces it needs."""

    def __init__(self, text: Text) -> None:
        csv.field_size_limit(LONGEST_CELL)
        self._decoded = _decoded(text)
        self._waiting: Iterator[str] = iter(())
        self._more: str | None = None
        self._reader = csv.reader(self._one_by_one(), delimiter=text.delimiter, strict=True)
        self._passed = 0

    def next_block(self) -> str | None:
        return next(self._decoded, None)

    def passed(self, lines: int) -> None:
        """So many lines were read elsewhere: they count for the numbers of lines in reasons."""
        self._passed += lines

    def records_of(self, block: str, number: int) -> list[Record]:
        """All records that begin in a block, by the csv module."""
        self._waiting = iter(io.StringIO(block, newline=""))
        self._more = next(self._waiting, None)
        records: list[Record] = []
        while self._more is not None:
            line = self._passed + self._reader.line_num + 1
            at = number + len(records)
            try:
                records.append(Record(at, list(next(self._reader))))
            except csv.Error as fault:
                records.append(bad_record(at, line, self._passed + self._reader.line_num, fault))
        return records

    def _one_by_one(self) -> Iterator[str]:
        """The lines of the block; a quoted cell that is open at its end goes on into the next one."""
        while True:
            if self._more is None:
                block = self.next_block()
                if block is None:
                    return
                self._waiting = iter(io.StringIO(block, newline=""))
                self._more = next(self._waiting, None)
                continue
            line = self._more
            self._more = next(self._waiting, None)
            yield line


def _decoded(text: Text) -> Iterator[str]:
    """The text in pieces that end with a line."""
    decoder = codecs.getincrementaldecoder(text.encoding)()
    stream = text.opener()
    waiting: list[str] = []
    held, lines = 0, 0
    while chunk := stream.read(_BYTES):
        piece = decoder.decode(chunk)
        cut = piece.rfind("\n") + 1
        if not cut and held + len(piece) > LONGEST_LINE:
            cut = piece.rfind("\r", 0, len(piece) - 1) + 1
        if cut:
            block = "".join((*waiting, piece[:cut]))
            lines += block.count("\n")
            yield block
            waiting, held = [], 0
        waiting.append(piece[cut:])
        held += len(piece) - cut
        if held > _LONGEST_WITHOUT_BREAK:
            raise too_long(lines + 1)
    rest = "".join((*waiting, decoder.decode(b"", final=True)))
    if rest:
        yield rest
