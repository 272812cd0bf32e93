"""Columns that no heading names, headings that speak of somebody else, and what a person says instead."""

import io
from datetime import date

import pytest

from gongjia.engines.intake.core import Column, Correction, Reading, SheetSpec, Unreadable, read
from gongjia.engines.intake.core.persons import IdentityNumber, looks_like_id, mobile, person_name
from gongjia.engines.intake.tests.sheets import csv_of, xlsx_of

DAY = date(2026, 11, 1)
NUMBERS = ("421202199001019971", "421202199001029985", "421202199001039999")
PEOPLE = SheetSpec(
    "人员名单",
    (
        Column("name", "姓名", person_name, required=True),
        Column("number", "身份证号", IdentityNumber(DAY), required=True, looks=looks_like_id, unnamed=".*"),
        Column("phone", "手机", mobile, ("电话", "联系方式")),
    ),
)


def people(*lines: tuple[str, ...], corrections: tuple[Correction, ...] = ()) -> Reading:
    return read(io.BytesIO(csv_of(*lines)), PEOPLE, corrections=corrections)


def rows_under(*heading: str) -> tuple[tuple[str, ...], ...]:
    return heading, *((name, number, "") for name, number in zip(("王芳", "李静", "张敏"), NUMBERS, strict=True))


@pytest.mark.parametrize("heading", ["", "号", "证照信息", "编号", "备注"])
def test_a_column_of_identity_numbers_is_found_under_any_heading(heading: str) -> None:
    reading = people(*rows_under("姓名", heading, "手机"))
    assert reading.columns == {"name": "姓名", "number": heading, "phone": "手机"}
    assert reading.unknown == ()
    assert all(row.ok for row in reading.rows())


@pytest.mark.parametrize("heading", ["配偶身份证号", "监护人证件", "紧急联系人身份证"])
def test_the_number_of_somebody_else_is_never_taken(heading: str) -> None:
    with pytest.raises(Unreadable, match="身份证号"):
        people(*rows_under("姓名", heading, "手机"))


def test_a_column_of_other_long_numbers_is_not_taken() -> None:
    with pytest.raises(Unreadable, match="身份证号"):
        people(("姓名", "卡号"), *[("王芳", f"62170000000000{n:04}") for n in range(9)])


def test_what_stands_under_the_group_of_somebody_else_is_not_the_field() -> None:
    content = xlsx_of(
        {
            "名单": [
                ("紧急联系人", None, "本人", None, None),
                ("姓名", "电话", "姓名", "身份证号", "电话"),
                ("李四", "13900000002", "王芳", NUMBERS[0], "13900000001"),
            ]
        }
    )
    (row,) = read(io.BytesIO(content), PEOPLE).rows()
    assert (row.values["name"], row.values["phone"]) == ("王芳", "13900000001")


def test_a_row_that_only_divides_a_group_belongs_to_the_heading() -> None:
    lines = [
        ("姓名", "身份证号", "联系方式", None),
        (None, None, "手机", "邮箱"),
        ("王芳", NUMBERS[0], "13900000001", ""),
    ]
    reading = read(io.BytesIO(xlsx_of({"名单": lines})), PEOPLE)
    assert (reading.heading_row, reading.columns["phone"], reading.unknown) == (2, "手机", ("邮箱",))


def test_a_person_can_say_which_row_and_column_it_is() -> None:
    lines = (("一览", "表", "甲"), ("谁", "号", "电话"), ("王芳", NUMBERS[0], "13900000001"))
    said = Correction(heading_row=2, columns={"name": "谁", "number": 1, "phone": None})
    reading = people(*lines, corrections=(said,))
    assert (reading.heading_row, reading.columns) == (2, {"name": "谁", "number": "号"})
    assert reading.unknown == ("电话",)
    assert [row.values for row in reading.rows()] == [{"name": "王芳", "number": NUMBERS[0]}]


def test_sheets_with_the_same_heading_have_the_same_fingerprint() -> None:
    one, other = (
        people(*rows_under("姓名", "号", "手机")),
        people(("名单", "", ""), *rows_under(" 姓名*", "号", "手机")),
    )
    third = people(*rows_under("姓名", "编号", "手机"))
    assert one.parts[0].fingerprint == other.parts[0].fingerprint != third.parts[0].fingerprint


def test_a_heading_that_is_said_but_not_there_leaves_the_column_missing() -> None:
    with pytest.raises(Unreadable, match="姓名"):
        people(*rows_under("姓名", "身份证号", "手机"), corrections=(Correction(columns={"name": "谁"}),))
