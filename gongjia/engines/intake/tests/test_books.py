"""Workbooks: formats, sheets that count, damage, bombs."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from gongjia.engines.intake.core import Limits, Unreadable, books, read
from gongjia.engines.intake.core.kinds import Kind
from gongjia.engines.intake.tests.sheets import FIRMS, HEADING, ods_of, opened, rows, xlsx_of, zip_of

FIRM = ("咸宁星河坊食品有限公司", "", 12)
SAMPLES = Path(__file__).parent / "corpus"


def test_an_xlsx_is_read_whatever_its_cells_hold() -> None:
    heading = (*HEADING, "成立日期")
    got = rows(
        xlsx_of(
            {
                "名单": [
                    heading,
                    ("甲坊", "", 12, datetime.fromisoformat("2020-03-05")),
                    ("乙坊", "", "１２人", "2020年3月"),
                    ("丙坊", "", "约12", 43895),
                ]
            }
        )
    )
    assert [row.values.get("founded_on") for row in got] == [date(2020, 3, 5), date(2020, 3, 1), date(2020, 3, 5)]
    assert [row.values.get("headcount") for row in got] == [12, 12, None]
    assert [[problem.code for problem in row.problems] for row in got] == [[], [], ["bad_headcount"]]
    assert [[note.code for note in row.notes] for row in got] == [[], ["month_only"], []]


def test_rows_are_numbered_as_at_the_left_of_the_sheet() -> None:
    reading = opened(xlsx_of({"名单": [(), ("名单",), (), HEADING, (), FIRM]}))
    assert reading.heading_row == 4
    assert [(row.number, row.skipped) for row in reading.rows()] == [(5, "空行"), (6, "")]


def test_a_table_that_begins_in_a_later_column_is_found() -> None:
    got = rows(xlsx_of({"名单": [(None, None, *HEADING), (None, None, *FIRM)]}))
    assert got[0].values["headcount"] == 12


def test_all_visible_sheets_with_the_heading_count_and_hidden_ones_do_not() -> None:
    content = xlsx_of(
        {
            "说明": [("请逐项填写",)],
            "甲园": [HEADING, FIRM],
            "乙园": [("乙园名单",), HEADING, FIRM, FIRM],
            "字典": [HEADING, FIRM],
        },
        hidden=["字典"],
    )
    reading = opened(content)
    assert [(part.sheet, part.heading_row) for part in reading.parts] == [("甲园", 1), ("乙园", 2)]
    assert [(row.sheet, row.number) for row in reading.rows()] == [("甲园", 2), ("乙园", 3), ("乙园", 4)]


def test_the_rows_of_all_sheets_are_bounded_together() -> None:
    content = xlsx_of({"甲园": [HEADING, FIRM], "乙园": [HEADING, FIRM]})
    assert len(rows(content, Limits(rows=2))) == 2
    with pytest.raises(Unreadable, match="超过 1 行"):
        rows(content, Limits(rows=1))


def test_a_workbook_without_the_heading_is_told_what_is_missing() -> None:
    with pytest.raises(Unreadable, match="“单位名称”"):
        opened(xlsx_of({"台账": [("信用代码", "人数"), ("", 5)], "空": []}))


def test_a_text_merged_over_the_row_is_a_section_and_a_lone_name_is_a_firm() -> None:
    got = rows(xlsx_of({"名单": [HEADING, ("星河街道",), ("甲坊",)]}, merges=["A2:C2"]))
    assert [(row.number, row.skipped) for row in got] == [(2, "分段标题"), (3, "")]


def test_a_block_merged_over_several_rows_is_no_section() -> None:
    got = rows(xlsx_of({"名单": [HEADING, ("甲坊",), (), FIRM]}, merges=["A2:C3"]))
    assert [(row.number, row.skipped) for row in got] == [(2, ""), (3, "空行"), (4, "")]


def test_an_ods_is_read_and_its_repeated_blank_rows_cost_nothing() -> None:
    text = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    table = f"<table:table-row>{text.format('单位名称')}</table:table-row>"
    table += f"<table:table-row>{text.format('甲坊')}</table:table-row>"
    table += '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'
    reading = opened(ods_of(table))
    assert reading.kind is Kind.ODS
    assert [row.values["name"] for row in reading.rows()] == ["甲坊"]


def test_an_xls_is_read_under_any_name() -> None:
    content = next(SAMPLES.glob("53_*.xls")).read_bytes()
    reading = opened(content)
    assert reading.kind is Kind.XLS
    assert sum(row.ok for row in reading.rows()) > 50


@pytest.mark.parametrize("cut", [100, 1500, 3000])
def test_a_workbook_cut_short_is_damaged(cut: int) -> None:
    with pytest.raises(Unreadable, match="损坏"):
        opened(xlsx_of({"名单": [HEADING, *[FIRM] * 50]})[:cut])


def test_a_workbook_with_a_changed_byte_is_damaged() -> None:
    content = bytearray(xlsx_of({"名单": [HEADING, FIRM]}))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        member = package.getinfo("xl/worksheets/sheet1.xml")
    content[member.header_offset + 80] ^= 0xFF
    with pytest.raises(Unreadable, match="损坏"):
        opened(bytes(content))


@pytest.mark.parametrize("at", range(600, 34_000, 1700))
def test_a_damaged_xls_never_gets_further_than_a_sentence(at: int) -> None:
    content = bytearray(next(SAMPLES.glob("53_*.xls")).read_bytes())
    content[at : at + 40] = b"\xff" * 40
    sentence = "。"
    try:
        rows(bytes(content))
    except Unreadable as refused:
        sentence = str(refused)
    assert sentence.endswith("。")


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"xl/workbook.bin": b""}, "xlsb"),
        ({"word/document.xml": b""}, "Word"),
        ({"名单.csv": b"a,b"}, "先解压"),
        ({"xl/workbook.xml": b"<"}, "损坏"),
    ],
)
def test_other_packages_are_told_apart(members: dict[str, bytes], why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        opened(zip_of(members))


def test_an_encrypted_package_is_told_as_such() -> None:
    content = bytearray(zip_of({"xl/workbook.xml": b"<workbook/>"}))
    content[6] |= 1  # the flag of an encrypted member, here and in the directory at the end
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Unreadable, match="密码"):
        opened(bytes(content))


def test_a_zip_bomb_is_refused_while_it_unpacks() -> None:
    content = io.BytesIO(xlsx_of({"名单": [HEADING, FIRM]}))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/blank.bin", b"\0" * 3 * 2**20)
    assert len(content.getvalue()) < 20_000
    with pytest.raises(Unreadable, match="解压后超过 2 MB"):
        opened(content.getvalue(), Limits(unpacked_bytes=2 * 2**20))
    assert opened(content.getvalue()).heading_row == 1


def test_a_cell_in_the_far_corner_takes_no_memory_of_ours() -> None:
    lines: list[tuple[object, ...]] = [HEADING, FIRM]
    content = xlsx_of({"名单": lines})
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    members["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", corner)
    with pytest.raises(Unreadable, match="范围过大"):
        opened(zip_of(members), Limits(workbook_memory=2**30))


def test_a_large_empty_rectangle_is_bounded_by_the_memory_allowed() -> None:
    content = io.BytesIO(xlsx_of({"名单": [HEADING, FIRM]}))
    with zipfile.ZipFile(content) as package:
        members = {name: package.read(name) for name in package.namelist()}
    corner = b'<row r="200000"><c r="GR200000"><v>1</v></c></row></sheetData>'  # forty million cells, 1.3 GB
    sheet = members["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", corner)
    with pytest.raises(Unreadable, match="范围过大"):
        opened(zip_of(members | {"xl/worksheets/sheet1.xml": sheet}), Limits(workbook_memory=2**29))


def test_filled_cells_repeated_without_end_take_no_memory_of_ours() -> None:
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    table = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    with pytest.raises(Unreadable, match="范围过大"):
        opened(ods_of(table), Limits(workbook_memory=2**30))


def test_a_reader_that_is_left_early_ends() -> None:
    content = io.BytesIO(xlsx_of({"名单": [HEADING, *[FIRM] * 3000]}))
    heads = books.heads(content, Kind.XLSX, Limits())
    some = books.records(content, heads[0].number, Limits())
    assert next(some).cells[0] == "单位名称"
    some.close()
    assert sum(1 for _ in books.records(content, heads[0].number, Limits())) == 3001


def test_the_declared_kind_is_kept() -> None:
    assert opened(xlsx_of({"名单": [HEADING, FIRM]})).spec is FIRMS


def test_rows_kept_beside_are_the_rows_and_may_be_drawn_by_two_at_once() -> None:
    content = io.BytesIO(xlsx_of({"名单": [HEADING, *[FIRM] * 1200], "别的": [("说明",)]}))
    head = books.heads(content, Kind.XLSX, Limits(), whole=True)[0]
    assert head.kept is not None
    streamed = list(books.records(content, head.number, Limits()))
    one, other = head.kept.records(), head.kept.records()
    both = [(next(one), next(other)) for _ in range(700)]
    assert [each for each, _ in both] == [each for _, each in both] == streamed[:700]
    assert list(other) == streamed[700:]


def test_a_sheet_of_more_rows_than_allowed_is_not_kept_beside() -> None:
    content = io.BytesIO(xlsx_of({"名单": [HEADING, *[FIRM] * 1200]}))
    limits = Limits(rows=500)
    assert books.heads(content, Kind.XLSX, limits, whole=True)[0].kept is None
    with pytest.raises(Unreadable, match="超过 500 行"):
        list(read(content, FIRMS, limits, whole=True).rows())
