"""Finding the heading: where it stands, how it is written, what each column is."""

import pytest

from gongjia.engines.intake.core import Column, Limits, SheetSpec, Unreadable
from gongjia.engines.intake.core.headings import find_heading, heading_key
from gongjia.engines.intake.core.values import text
from gongjia.engines.intake.tests.sheets import FIRMS, HEADING, csv_of, opened


@pytest.mark.parametrize(
    "written",
    [
        "单位名称",
        " 单位 名称 ",
        "单位\n名称",
        "单位名称*",
        "*单位名称",
        "单位名称（必填）",
        "单位名称(必填)*",
        "【单位名称】",
        "单位名称：",
        "单位\u3000名称",
        "单位名称（全称）",
        "单位名称【必填】",
        "“单位名称”",
        "单位\xa0名称\u200b",
    ],
)
def test_a_heading_is_known_however_it_is_dressed(written: str) -> None:
    assert heading_key(written) == "单位名称"
    assert opened(csv_of((f'"{written}"', "备注"), ("星河坊食品厂", ""))).columns == {
        "name": written.strip("\u3000\u00a0\u200b ")
    }


@pytest.mark.parametrize("written", ["单位名称（曾用）", "原单位名称", "单位名称（紧急联系）", "上级单位名称"])
def test_a_heading_near_a_field_is_not_the_field(written: str) -> None:
    with pytest.raises(Unreadable, match="单位名称"):
        opened(csv_of((written, "备注"), ("星河坊食品厂", "")))


def test_the_unit_in_brackets_does_not_hide_a_heading() -> None:
    assert set(opened(csv_of(("名称", "职工人数（人）"), ("星河坊", "5"))).columns) == {"name", "headcount"}


def test_full_width_and_lower_case_are_the_same() -> None:
    assert heading_key("ｎｏ．") == heading_key("No") == "NO"


def test_titles_above_the_heading_are_passed() -> None:
    reading = opened(csv_of(("2026年单位名单", "", ""), ("填报单位：星河街道", "", ""), HEADING, ("星河坊", "", "5")))
    assert reading.heading_row == 3
    assert [row.number for row in reading.rows()] == [4]


@pytest.mark.parametrize(("above", "found"), [(19, True), (20, False)])
def test_the_heading_is_sought_in_the_first_twenty_rows(above: int, *, found: bool) -> None:
    content = csv_of(*[("说明", "", "")] * above, HEADING, ("星河坊", "", "5"))
    if found:
        assert opened(content).heading_row == above + 1
    else:
        with pytest.raises(Unreadable, match="前 20 行"):
            opened(content)
    assert opened(content, Limits(heading_within=21)).heading_row == above + 1


def test_in_a_heading_of_two_levels_the_lower_row_counts_and_merged_cells_keep_their_text() -> None:
    upper = ["企业名称", "信用代码", "人员情况", None, "备注"]
    lower = [None, None, "职工人数", "党员数", None]
    found = find_heading([["摸底表"], upper, lower, ["星河坊", "", 5, 1, ""]], FIRMS)
    assert found is not None
    assert found.row == 3
    assert found.columns == {"name": (0, "企业名称"), "uscc": (1, "信用代码"), "headcount": (2, "职工人数")}
    assert found.unknown == ("党员数", "备注")


def test_a_title_over_an_open_cell_is_not_taken_for_its_heading() -> None:
    found = find_heading([["2026年名单", "", ""], ["", "单位名称", "职工人数"]], FIRMS)
    assert found is not None
    assert (found.row, found.unknown) == (2, ())


def test_a_row_of_data_with_gaps_does_not_become_the_heading() -> None:
    found = find_heading([list(HEADING), ["星河坊", "", ""], ["", "", ""]], FIRMS)
    assert found is not None
    assert found.row == 1


def test_the_row_that_names_most_fields_is_the_heading() -> None:
    found = find_heading([["名称", "说明", ""], list(HEADING)], FIRMS)
    assert found is not None
    assert found.row == 2


def test_the_better_synonym_wins_and_the_other_column_is_unknown() -> None:
    reading = opened(csv_of(("名称", "企业名称", "序号", "电话"), ("甲坊", "乙坊", "1", "")))
    assert reading.columns == {"name": "企业名称"}
    assert reading.unknown == ("名称", "电话")


def test_of_two_columns_of_one_heading_the_first_counts() -> None:
    reading = opened(csv_of(("单位名称", "单位名称"), ("甲坊", "乙坊")))
    assert [row.values["name"] for row in reading.rows()] == ["甲坊"]
    assert reading.unknown == ("单位名称",)


def test_one_column_is_never_two_fields() -> None:
    both = SheetSpec("名册", (Column("name", "名称", text, ("单位",), required=True), Column("unit", "单位", text)))
    found = find_heading([["单位", "备注"]], both)
    assert found is not None
    assert found.columns == {"name": (0, "单位")}


def test_the_running_number_is_neither_field_nor_unknown() -> None:
    assert opened(csv_of(("序号", "单位名称"), ("1", "星河坊"))).unknown == ()


def test_a_sheet_without_the_required_column_is_refused_and_told_which() -> None:
    with pytest.raises(Unreadable) as refused:
        opened(csv_of(("统一社会信用代码", "职工人数"), ("", "5")))
    assert "“单位名称”" in str(refused.value)
    assert "单位名单" in str(refused.value)
