"""Sheets out."""

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from gongjia.engines.intake.core import harmless, read, write_csv, write_marked
from gongjia.engines.intake.core.values import plain
from gongjia.engines.intake.tests.sheets import FIRMS, HEADING, csv_of, xlsx_of


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", " =1", "\u3000=1", "\r=1"])
def test_a_cell_that_would_be_calculated_is_made_harmless(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@given(st.text())
def test_no_cell_goes_out_as_a_formula_and_each_comes_back(cell: str) -> None:
    out = harmless(cell)
    assert not out.strip().startswith(("=", "+", "-", "@"))
    assert out in {cell, f"'{cell}"}


def test_a_formula_that_went_out_comes_back_as_it_was() -> None:
    assert plain(harmless("=1+1")) == "=1+1"


def test_a_csv_carries_the_mark_that_excel_needs(tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    assert write_csv(path, ("单位名称", "备注"), iter([("甲坊", "=1"), ("乙,坊", "")])) == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        assert list(csv.reader(lines)) == [["单位名称", "备注"], ["甲坊", "'=1"], ["乙,坊", ""]]


def test_a_file_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    write_csv(path, ("单位名称",), [("甲坊",)])
    before = path.read_bytes()

    def breaks() -> Iterator[tuple[str, ...]]:
        yield ("乙坊",)
        raise OSError("no space left")

    with pytest.raises(OSError, match="space"):
        write_csv(path, ("单位名称",), breaks())
    assert path.read_bytes() == before


def marked(
    tmp_path: Path, content: bytes, *, only_bad: bool = False
) -> tuple[int, list[list[object]], list[list[str]]]:
    """How many rows are bad, the cells of the sheet that comes back, and the colours behind them."""
    path = tmp_path / "改.xlsx"
    count = write_marked(path, read(io.BytesIO(content), FIRMS), only_bad=only_bad)
    cells = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return count, cells, colours_of(path)


def colours_of(path: Path) -> list[list[str]]:
    """For each row the cells with a background, by the styles of the workbook itself."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(path) as package:
        sheet = ElementTree.fromstring(package.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own
        styles = ElementTree.fromstring(package.read("xl/styles.xml"))  # noqa: S314 - our own
    fills = [fill.find(f".//{space}fgColor") for fill in styles.find(f"{space}fills") or ()]
    formats = [int(form.get("fillId", "0")) for form in styles.find(f"{space}cellXfs") or ()]
    colours = ["" if fills[fill] is None else str(fills[fill].get("rgb"))[2:] for fill in formats]  # type: ignore[union-attr]
    return [
        [f"{cell.get('r')}:{colour}" for cell in row if (colour := colours[int(cell.get("s", "0"))])]
        for row in sheet.iter(f"{space}row")
    ]


def test_the_sheet_comes_back_as_it_was_with_bad_cells_red_and_the_reasons(tmp_path: Path) -> None:
    content = xlsx_of({"名单": [("甲园名单",), HEADING, ("星河坊", "", 12), ("竹泉坊", "123", 7), ("", "", "约5")]})
    count, cells, colours = marked(tmp_path, content)
    assert count == 2
    assert [row[:3] for row in cells] == [
        ["甲园名单", "", ""],
        [*HEADING],
        ["星河坊", "", 12.0],
        ["竹泉坊", "123", 7.0],
        ["", "", "约5"],
    ]
    assert "18 位" in str(cells[3][3])
    assert cells[2][3] == ""
    assert colours[3] == ["B4:FFC7CE", "D4:FFC7CE"]
    assert colours[4] == ["A5:FFC7CE", "C5:FFC7CE", "D5:FFC7CE"]


def test_a_remark_is_amber_and_no_reason(tmp_path: Path) -> None:
    count, cells, colours = marked(tmp_path, csv_of((*HEADING, "成立日期"), ("星河坊", "", "1", "2020.3")))
    assert count == 0
    assert "只有年月" in str(cells[1][5])
    assert colours[1] == ["D2:FFEB9C", "F2:FFEB9C"]


def test_only_the_bad_rows_come_back_when_asked_for(tmp_path: Path) -> None:
    count, cells, _ = marked(
        tmp_path, csv_of(HEADING, ("星河坊", "", "1"), ("", "", "5"), ("合计", "", "2")), only_bad=True
    )
    assert count == 1
    assert [row[:3] for row in cells] == [[*HEADING], ["", "", "5"]]


def test_what_came_back_can_be_mended_and_sent_again(tmp_path: Path) -> None:
    marked(tmp_path, csv_of(HEADING, ("星河坊", "", "1"), ("竹泉坊", "", "约5")))
    with (tmp_path / "改.xlsx").open("rb") as source:
        again = read(source, FIRMS)
        rows = list(again.rows())
    assert again.columns.keys() == {"name", "uscc", "headcount"}
    assert [row.ok for row in rows] == [True, False]


def test_no_cell_of_the_sheet_that_comes_back_is_calculated(tmp_path: Path) -> None:
    _, cells, _ = marked(tmp_path, csv_of(HEADING, ("=1+1", "", "1"), ("@SUM(1)", "", "2"), ("+86", "", "约3")))
    assert [row[0] for row in cells[1:]] == ["'=1+1", "'@SUM(1)", "'+86"]
    with zipfile.ZipFile(tmp_path / "改.xlsx") as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")


def test_a_number_too_long_for_a_spreadsheet_stays_text(tmp_path: Path) -> None:
    _, cells, _ = marked(tmp_path, csv_of(HEADING, ("星河坊", "914212021234567890", "1")))
    assert cells[1][1] == "914212021234567890"
