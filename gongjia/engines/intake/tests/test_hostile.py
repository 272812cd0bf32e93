"""Files that would do harm: too large to be sent, or with cells that calculate."""

import io
import tempfile
from collections.abc import Iterator
from dataclasses import replace

import pytest
import xlsxwriter

from gongjia.engines.intake.clear import keep_clear
from gongjia.engines.intake.core import Column, Limits, read
from gongjia.engines.intake.core.values import text
from gongjia.engines.intake.tests.sheets import FIRMS
from gongjia.kernel.errors import Refused

pytestmark = pytest.mark.system("O3")
MIB = 2**20
PLACED = replace(FIRMS, columns=(*FIRMS.columns, Column("address", "地址", text)))


def test_of_five_hundred_megabytes_no_more_is_kept_than_is_allowed() -> None:
    asked: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(500):
            asked.append(number)
            yield b"0" * MIB

    with tempfile.TemporaryFile() as target:
        with pytest.raises(Refused, match="超过 50 MB"):
            keep_clear(chunks(), target, limit=Limits().file_bytes, what="“大名单.csv”")
        assert target.tell() <= 50 * MIB
    assert len(asked) == 51, "whoever sends on is not read on"


def test_a_cell_that_calculates_counts_by_its_stored_value_and_an_error_is_empty() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("单位名称", "职工人数", "地址"))
    sheet.write_formula(1, 0, '="咸宁样例"&"制衣厂"', value="咸宁样例制衣厂")
    sheet.write_formula(1, 1, "=20+20", value=40)
    sheet.write_formula(1, 2, '=HYPERLINK("http://example.invalid","点这里")', value="点这里")
    sheet.write_string(2, 0, "=cmd|' /C calc'!A0")
    sheet.write_formula(2, 1, "=1/0", value="#DIV/0!")
    sheet.write_string(2, 2, '=WEBSERVICE("http://example.invalid")')
    book.close()
    rows = [row.values for row in read(io.BytesIO(out.getvalue()), PLACED).rows()]
    assert [(each["name"], each.get("headcount"), each.get("address")) for each in rows] == [
        ("咸宁样例制衣厂", 40, "点这里"),
        ("=cmd|' /C calc'!A0", None, '=WEBSERVICE("http://example.invalid")'),
    ]
