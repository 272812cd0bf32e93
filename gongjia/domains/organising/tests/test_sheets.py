"""Employer lists as clerks send them: what must come of each row stands in compared.json beside the files."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gongjia.domains.organising.sheets import EMPLOYERS, INSURED
from gongjia.engines.intake import tests
from gongjia.engines.intake.core import Row, Unreadable, read
from gongjia.engines.intake.tests.sheets import csv_of

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


@pytest.mark.parametrize(
    "heading",
    [
        ("参保单位名称", "信用代码", "参保人数", "所属期"),
        ("缴费单位名称", "统一社会信用代码", "缴费人数", "缴费月份"),
        ("纳税人名称", "纳税人识别号", "个税申报人数", "税款所属期"),
    ],
)
def test_an_office_s_own_word_for_the_employer_is_known(heading: tuple[str, ...]) -> None:
    content = csv_of(heading, ("咸宁青禾农业有限公司", "", "180", "202610"), encoding="gb18030")
    (row,) = read(io.BytesIO(content), INSURED).rows()
    assert row.values["name"] == "咸宁青禾农业有限公司"
    assert 180 in (row.values.get("insured"), row.values.get("taxed"))
