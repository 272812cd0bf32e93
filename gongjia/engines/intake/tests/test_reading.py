"""Rows: values, reasons, what is passed over, and that a bad row stops no other."""

import pytest

from gongjia.engines.intake.tests.sheets import CODE, HEADING, csv_of, opened, rows


def test_a_bad_row_gets_every_reason_and_stops_no_other() -> None:
    got = rows(csv_of(HEADING, ("甲坊", CODE, "12"), ("", "123", "约5"), ("乙坊", "", "无")))
    assert [row.ok for row in got] == [True, False, True]
    assert [(problem.code, problem.field) for problem in got[1].problems] == [
        ("missing_name", "name"),
        ("bad_uscc", "uscc"),
        ("bad_headcount", "headcount"),
    ]
    assert all(problem.reason for problem in got[1].problems)
    assert got[0].values == {"name": "甲坊", "uscc": CODE, "headcount": 12}
    assert got[2].values == {"name": "乙坊", "uscc": None, "headcount": None}


def test_the_cells_of_a_row_are_kept_as_they_stood() -> None:
    assert rows(csv_of(HEADING, (" 甲坊 ", "12 3", "约5")))[0].cells == [" 甲坊 ", "12 3", "约5"]


def test_a_short_row_has_empty_cells() -> None:
    assert rows(csv_of(HEADING, ("甲坊",)))[0].values == {"name": "甲坊", "uscc": None, "headcount": None}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (("", "", "", ""), "空行"),
        (("", " ", "\u3000", "无"), "空行"),
        (("3", "", "", ""), "只有序号"),
        (("小计", "", "", "12"), "合计行"),
        (("合 计：", "", "", "12"), "合计行"),
        (("", "总计", "", "12"), "合计行"),
        (("合计12人", "", "", ""), "合计行"),
        (("本页小计（人）：", "", "", "12"), "合计行"),
        (("制表人：某某", "", "审核：某某", ""), "表尾说明"),
        (("填报日期:2026-11-01", "", "", ""), "表尾说明"),
        (("注：本表一式两份", "", "", ""), "表尾说明"),
        (("单位盖章（公章）", "", "", ""), "表尾说明"),
        (("星河街道", "", "", ""), "分段标题"),
        (("一、星河街道", "", "", ""), "分段标题"),
        (("", "（二）园区", "", ""), "分段标题"),
        (("序号", "单位名称", "统一社会信用代码", "职工人数"), "重复的表头"),
        (("例", "某某公司", "", ""), "示例行"),
        (("1", "示例", "", ""), "示例行"),
        (("1", "例：某某公司", "", "5"), "示例行"),
        (("1", "某某公司（示例）", "", "5"), "示例行"),
    ],
)
def test_a_row_that_is_no_record_is_passed_over_with_the_reason(line: tuple[str, ...], why: str) -> None:
    got = rows(csv_of(("序号", *HEADING), ("1", "甲坊", "", "5"), line, ("2", "乙坊", "", "6")))
    assert [row.skipped for row in got] == ["", why, ""]
    assert got[1].values == {}


@pytest.mark.parametrize(
    "name",
    [
        "注册会计师事务所",
        "总计算机服务部",
        "合计划服饰店",
        "例外服饰有限公司",
        "测试仪器厂",
        "一家人食品厂",
        "备注印刷厂",
        "说明书印刷厂",
    ],
)
def test_a_name_that_only_begins_like_one_is_a_record(name: str) -> None:
    assert rows(csv_of(("序号", *HEADING), ("1", name, "", "5")))[0].ok
    assert rows(csv_of(HEADING, (name, "", "5")))[0].ok


def test_rows_can_be_drawn_again() -> None:
    reading = opened(csv_of(HEADING, ("甲坊", "", "1"), ("乙坊", "", "2")))
    assert list(reading.rows()) == list(reading.rows())


def test_rows_are_drawn_one_by_one() -> None:
    reading = opened(csv_of(HEADING, *[(f"第{n}坊", "", "1") for n in range(5000)]))
    drawn = reading.rows()
    assert next(drawn).values["name"] == "第0坊"
    assert next(drawn).values["name"] == "第1坊"
