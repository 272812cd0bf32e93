"""What only the whole file can tell (`whole.Whole`), for frames: twenty-odd bytes a row instead of a hundred."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl

from gongjia.engines.intake.core import whole
from gongjia.engines.intake.core.frames import Frame, frames
from gongjia.engines.intake.core.reading import Reading
from gongjia.engines.intake.core.rows import Row
from gongjia.engines.intake.core.spec import Cell, Problem, SheetSpec


def whole_frames(reading: Reading) -> Iterator[Frame]:
    """All rows of a reading as `Reading.rows` gives them, in frames. The file is gone through twice."""
    if reading.spec.once is None and reading.spec.shared is None:
        yield from frames(reading)
        return
    seen = Seen(reading.spec)
    for frame in frames(reading, seen.fields):
        seen.add(frame)
    verdicts = seen.verdicts()
    del seen  # thirty megabytes of a million rows
    for frame in frames(reading):
        yield verdicts.judged(frame)


class Seen:
    """Takes the frames of a file once, keeps hashes of what must be compared, and gives the verdicts."""

    def __init__(self, spec: SheetSpec) -> None:
        self.spec = spec
        self._pairs: list[pl.DataFrame] = []
        self._shares: list[pl.DataFrame] = []

    @property
    def fields(self) -> frozenset[str]:
        """The fields that must be compared, and with them those that every record needs."""
        once, shared = self.spec.once, self.spec.shared
        compared = {once.key, once.name} if once else set()
        needed = {column.field for column in self.spec.columns if column.required}
        return frozenset(compared | needed | ({shared.field} if shared else set()))

    def add(self, frame: Frame) -> None:
        """Rows that are passed over hold no values and so take no part; rows with faults do, by their clean fields."""
        ordinals = pl.int_range(frame.ordinal, frame.ordinal + frame.values.height, dtype=pl.UInt32, eager=True)
        once, shared = self.spec.once, self.spec.shared
        if once and {once.key, once.name} <= set(frame.values.columns):
            key, name = frame.values[once.key], frame.values[once.name]
            table = pl.DataFrame({"ordinal": ordinals, "key": key.hash(), "name": name.hash()})
            self._pairs.append(table.filter(key.is_not_null() & name.is_not_null()))
        if shared and shared.field in frame.values.columns:
            value = frame.values[shared.field]
            self._shares.append(pl.DataFrame({"ordinal": ordinals, "value": value.hash()}).filter(value.is_not_null()))

    def verdicts(self) -> "Verdicts":
        conflict: list[int] = []
        again: list[int] = []
        shares: dict[int, int] = {}
        if self._pairs:
            twice = _doubles(self._pairs, "key")
            self._pairs = []
            twice = twice.with_columns(
                names=pl.col("name").n_unique().over("key"), first=pl.col("ordinal").min().over("key")
            )
            conflict = twice.filter(pl.col("names") > 1)["ordinal"].to_list()
            again = twice.filter((pl.col("names") == 1) & (pl.col("ordinal") != pl.col("first")))["ordinal"].to_list()
        if self._shares and self.spec.shared:
            values = _doubles(self._shares, "value").with_columns(count=pl.len().over("value"))
            many = values.filter(pl.col("count") > self.spec.shared.most)
            shares = dict(zip(many["ordinal"].to_list(), many["count"].to_list(), strict=True))
        return Verdicts(self.spec, set(conflict), set(again), shares)


def _doubles(tables: list[pl.DataFrame], column: str) -> pl.DataFrame:
    """The rows whose hash stands more than once. By sorting the hashes alone: polars would make a group of each row,
    which of a million takes more memory than all the rest."""
    found = np.sort(np.concatenate([table[column].to_numpy() for table in tables]))
    again = pl.Series(np.unique(found[1:][found[1:] == found[:-1]]), dtype=pl.UInt64)
    return pl.concat([table.filter(table[column].is_in(again.implode())) for table in tables])


class Verdicts:
    """What the whole file says about its rows, by their ordinals."""

    def __init__(self, spec: SheetSpec, conflict: set[int], again: set[int], shares: dict[int, int]) -> None:
        self.spec, self.conflict, self.again, self.shares = spec, conflict, again, shares
        self._concerned = pl.Series(sorted(conflict | again | shares.keys()), dtype=pl.UInt32)

    def judged(self, frame: Frame) -> Frame:
        """The frame with the verdicts on its rows."""
        start, end = frame.ordinal, frame.ordinal + frame.values.height
        concerned = self._concerned.filter(self._concerned.is_between(start, end, closed="left")).to_list()
        if not concerned:
            return frame
        told = dict(frame.told)
        bad: list[int] = []
        for ordinal in concerned:
            at = ordinal - start
            row = told.get(at) or self._row(frame, at)
            told[at] = row = self._told(row, ordinal)
            if not row.ok:
                bad.append(at)
        return replace(frame, told=told, ok=frame.ok.scatter(bad, False) if bad else frame.ok)

    def _row(self, frame: Frame, at: int) -> Row:
        """A row that had nothing to tell so far; its cells are read again when somebody asks for them."""
        values = frame.values.row(at, named=True)
        cells: list[Cell] = frame.cells_of(at)
        return Row(frame.sheet, frame.first + at, cells, values)

    def _told(self, row: Row, ordinal: int) -> Row:
        problem = self._problem(ordinal)
        if problem:
            return row._replace(problems=(*row.problems, problem))
        shared = self.spec.shared
        if shared and ordinal in self.shares:
            return row._replace(notes=(*row.notes, whole.shared_note(shared.field, shared.zh, self.shares[ordinal])))
        return row

    def _problem(self, ordinal: int) -> Problem | None:
        once = self.spec.once
        if once and ordinal in self.conflict:
            return whole.conflict(once.key, once.zh)
        return whole.duplicate(once.key, once.zh) if once and ordinal in self.again else None
