"""Employer lists as clerks send them: what must come of each row stands in compared.json beside the files."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gongjia.domains.organising.sheets import EMPLOYERS
from gongjia.engines.intake import tests
from gongjia.engines.intake.core import Row, Unreadable, read

CORPUS = Path(tests.__file__).parent / "corpus"
EXPECTED = json.loads((CORPUS / "compared.json").read_text("utf-8"))["files"]


@pytest.mark.parametrize("expected", EXPECTED, ids=[each["file"] for each in EXPECTED])
def test_every_row_of_an_ugly_list_comes_out_as_it_must(expected: dict[str, Any]) -> None:
    with (CORPUS / expected["file"]).open("rb") as source:
        reading = read(source, EMPLOYERS)
        got = list(reading.rows())
    assert [part.sheet for part in reading.parts] == (expected["sheets"] or [""])
    assert reading.heading_row == expected["heading_row"]
    assert reading.columns == expected["columns"]
    assert {str(row.number): sorted(each.code for each in row.problems) for row in got if row.problems} == expected[
        "error"
    ]
    assert [row.number for row in got if row.skipped] == expected["skip"]
    assert {str(row.number): [each.code for each in row.notes] for row in got if row.notes} == expected["notes"]
    by_number = {str(row.number): row for row in got}
    for number, values in expected["samples"].items():
        assert written(by_number[number], values) == values


def written(row: Row, fields: dict[str, Any]) -> dict[str, Any]:
    values = {field: row.values[field] for field in fields}
    return {field: value.isoformat() if isinstance(value, date) else value for field, value in values.items()}


@pytest.mark.parametrize(("number", "why"), [("14", "损坏"), ("15", "网页")])
def test_a_file_that_is_no_sheet_is_refused(number: str, why: str) -> None:
    with next(CORPUS.glob(f"{number}_*")).open("rb") as source, pytest.raises(Unreadable, match=why):
        read(source, EMPLOYERS)
