"""Names, reduced step by step."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjia.engines.matching.core.names import fold, is_branch, likeness, name_of, without_ending, without_form
from gongjia.engines.matching.core.regions import Regions

REGIONS = Regions(
    {"湖北": ("", ""), "湖北省": ("", ""), "咸宁": ("咸宁", ""), "咸宁市": ("咸宁", ""), "咸安区": ("咸宁", "咸安")}
)


@pytest.mark.parametrize(
    "written",
    [
        "星河坊（湖北）ＡＢ有限公司",
        "星河坊(湖北)ab有限公司",
        "星河坊〔湖北〕 AB 有限公司",
        "星 河·坊湖北AB有限公司\u200b",
        "“星河坊”湖北AB有限公司",
    ],
)
def test_width_case_brackets_dots_and_blanks_make_no_difference(written: str) -> None:
    assert fold(written) == "星河坊湖北AB有限公司"


@given(st.text())
def test_folding_twice_is_folding_once(written: str) -> None:
    assert fold(fold(written)) == fold(written)


def test_characters_outside_the_basic_plane_stay() -> None:
    assert fold("𠮷顺物流") == "𠮷顺物流"


@pytest.mark.parametrize(
    ("full", "bare"),
    [
        ("星河坊食品有限公司", "星河坊食品"),
        ("星河坊食品有限责任公司", "星河坊食品"),
        ("星河坊食品股份有限公司", "星河坊食品"),
        ("星河坊食品公司", "星河坊食品"),
        ("星河坊食品总公司", "星河坊食品"),
        ("星河坊食品厂", "星河坊食品"),
        ("星河坊食品", "星河坊食品"),
        ("星河坊有限公司武汉分公司", "星河坊武汉分"),
        ("星河坊有限公司永安店", "星河坊永安店"),
        ("有限公司", "有限公司"),
        ("A厂", "A厂"),
    ],
)
def test_the_legal_form_falls_away_and_the_branch_stays(full: str, bare: str) -> None:
    assert without_form(full) == bare


def test_region_words_are_taken_from_the_head_and_two_signs_are_left() -> None:
    name = name_of("湖北省咸宁市咸安区星河坊食品有限公司", REGIONS)
    assert name.regions == ("湖北省", "咸宁市", "咸安区")
    assert (name.body, name.core) == ("星河坊食品有限公司", "星河坊食品")
    assert name_of("咸宁市咸宁", REGIONS).body == "咸宁"
    assert name_of("星河坊咸宁食品厂", REGIONS).regions == ()


def test_the_four_depths_are_told_by_number() -> None:
    name = name_of("咸宁星河坊食品厂", REGIONS)
    assert [name.at(depth) for depth in range(4)] == [
        "咸宁星河坊食品厂",
        "星河坊食品厂",
        "咸宁星河坊食品",
        "星河坊食品",
    ]


def test_an_ending_is_cut_unless_nothing_is_left() -> None:
    ending = re.compile("工会$")
    assert without_ending("星河坊工会", ending) == "星河坊"
    assert without_ending("工会", ending) == "工会"
    assert without_ending("星河坊工会", None) == "星河坊工会"


@pytest.mark.parametrize(
    "name", ["星河坊有限公司武汉分公司", "星河银行咸安支行", "星河坊有限公司永安路店", "星河保险咸宁中心支公司"]
)
def test_a_branch_is_known(name: str) -> None:
    assert is_branch(name)


@pytest.mark.parametrize("name", ["星河坊有限公司", "永安大药店", "星河坊食品厂", "某某商店有限公司"])
def test_a_whole_firm_is_no_branch(name: str) -> None:
    assert not is_branch(name)


@given(st.text(max_size=12), st.text(max_size=12))
def test_likeness_is_symmetric_and_between_nought_and_one(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == (1.0 if one else 0.0)
