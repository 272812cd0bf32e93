"""Sheets of chance: nothing wrong is taken, nothing is lost, and columns give the same as rows."""

import io
from datetime import date
from typing import Any

import pytest

from gongjia.command.tests.ugly import AS_OF, Line, Maker, Sheet
from gongjia.domains.enrolment.sheets import members
from gongjia.engines.intake.core import Reading, Row, read
from gongjia.engines.intake.core.judging import whole_frames

SEEDS = range(60)


def reading_of(sheet: Sheet) -> Reading:
    return read(io.BytesIO(sheet.content), members(AS_OF))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_row_of_a_sheet_of_chance_comes_out_as_it_must(seed: int) -> None:
    sheet = Maker(seed).make()
    reading = reading_of(sheet)
    assert reading.heading_row == sheet.heading_row
    assert reading.columns == sheet.columns
    assert list(reading.unknown) == sheet.unknown
    rows = {row.number: row for row in reading.rows()}
    wrong = []
    for number, line in enumerate(sheet.lines, sheet.heading_row + 1):
        row = rows.get(number)
        if row is None:
            if not line.skipped:
                wrong.append((number, line, "lost"))
        elif told(row) != wanted(line):
            wrong.append((number, row.cells, told(row), wanted(line)))
        elif row.ok:
            differing = {
                each: (row.values[each], line.values[each])
                for each in reading.columns
                if plain(row.values[each]) != line.values[each]
            }
            if differing:
                wrong.append((number, differing))
    assert wrong == []


def told(row: Row) -> tuple[bool, list[str], list[str]]:
    notes = sorted({each.code for each in row.notes}) if row.ok else []
    return bool(row.skipped), sorted({each.code for each in row.problems}), notes


def wanted(line: Line) -> tuple[bool, list[str], list[str]]:
    return line.skipped, sorted(line.codes), [] if line.codes or line.skipped else sorted(line.notes)


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("seed", SEEDS)
def test_columns_give_the_same_as_rows(seed: int) -> None:
    reading = reading_of(Maker(seed).make())
    rows = list(reading.rows())
    assert in_frames(reading) == [in_row(row) for row in rows]


def in_frames(reading: Reading) -> list[tuple[Any, ...]]:
    found = []
    for frame in whole_frames(reading):
        for at, values in enumerate(frame.values.iter_rows(named=True)):
            row = frame.told.get(at) or Row(frame.sheet, frame.first + at, frame.cells_of(at), values)
            assert frame.ok[at] == row.ok
            if row.ok:
                assert {each: row.values.get(each) for each in values} == values
            found.append(in_row(row._replace(values=values)))
    return found


def in_row(row: Row) -> tuple[Any, ...]:
    values = {each: value for each, value in row.values.items() if value is not None} if row.ok else {}
    return row.sheet, row.number, list(row.cells), values, row.problems, row.notes, row.skipped
