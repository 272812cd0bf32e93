"""Sheets made for tests: a small declared kind, and files of every format around invented firms."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

from gongjia.engines.intake.core import Cell, Column, Limits, Reading, Row, SheetSpec, read
from gongjia.engines.intake.core.values import day, headcount, text, uscc

FIRMS = SheetSpec(
    "单位名单",
    (
        Column("name", "单位名称", text, ("企业名称", "名称"), required=True),
        Column("uscc", "统一社会信用代码", uscc, ("信用代码",)),
        Column("headcount", "职工人数", headcount, ("人数",)),
        Column("founded_on", "成立日期", day),
    ),
)
HEADING = ("单位名称", "统一社会信用代码", "职工人数")
CODE = "91421202MAG1D68Y3Q"


def opened(content: bytes, limits: Limits | None = None) -> Reading:
    return read(io.BytesIO(content), FIRMS, limits)


def rows(content: bytes, limits: Limits | None = None) -> list[Row]:
    return list(opened(content, limits).rows())


def csv_of(*lines: Sequence[str], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    return "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)


def xlsx_of(
    sheets: dict[str, Iterable[Sequence[Cell]]], *, hidden: Sequence[str] = (), merges: Sequence[str] = ()
) -> bytes:
    """Sheets by name; `merges` are ranges of the first one, such as A2:C2, whose first cell keeps its text."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"default_date_format": "yyyy-mm-dd"})
    for name, lines in sheets.items():
        sheet = book.add_worksheet(name)
        for number, line in enumerate(lines):
            for at, cell in enumerate(line):
                if cell is not None:
                    sheet.write(number, at, cell)
        if name in hidden:
            sheet.hide()
    for merged in merges:
        book.worksheets()[0].merge_range(merged, "")
    book.close()
    return content.getvalue()


def ods_of(table: str) -> bytes:
    """An OpenDocument workbook around the inner XML of one table."""
    names = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    }
    spaces = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in names.items())
    body = f'<table:table table:name="名单">{table}</table:table>'
    body = f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
    return zip_of(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": "<manifest:manifest xmlns:manifest="
            '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            "content.xml": f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}>{body}'
            "</office:document-content>",
        }
    )


def zip_of(members: dict[str, Any]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        for name, inside in members.items():
            package.writestr(name, inside)
    return content.getvalue()
