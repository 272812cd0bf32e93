"""Money is whole fen; what people write is read exactly or refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjia.kernel.money import BadAmount, format_yuan, in_capitals, parse_yuan, to_fen, to_yuan

VALUE = {sign: number for number, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNIT = {"拾": 10, "佰": 100, "仟": 1000}


def read_capitals(text: str) -> int:
    """The other way round, written apart: digit by digit as a cashier reads it, to fen."""
    text = text.removeprefix("人民币")
    sign = -1 if text.startswith("负") else 1
    total = section = digit = 0
    for mark in text.removeprefix("负"):
        if mark in VALUE:
            digit = VALUE[mark]
            continue
        if mark in UNIT:
            section += digit * UNIT[mark]
        elif mark in "万亿":
            total = total + (section + digit) * (10**4 if mark == "万" else 10**8) * 100
            section = 0
        elif mark == "元":
            total += (section + digit) * 100
        elif mark in "角分":
            total += digit * (10 if mark == "角" else 1)
        digit = 0
    return sign * total


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [("0", 0), ("0.01", 1), ("1234.56", 123456), (Decimal("1234.5"), 123450), (3, 300), (-2, -200), ("1E+3", 100000)],
)
def test_yuan_become_fen_exactly(yuan, fen):
    assert to_fen(yuan) == fen


@pytest.mark.parametrize("wrong", [1.5, True, None])
def test_floats_are_refused(wrong):
    with pytest.raises(TypeError, match="never"):
        to_fen(wrong)


@pytest.mark.parametrize("wrong", ["0.001", Decimal("1.005"), "1E-3"])
def test_parts_of_a_fen_are_refused(wrong):
    with pytest.raises(BadAmount, match="两位小数"):
        to_fen(wrong)


@pytest.mark.parametrize("wrong", ["", "abc", "NaN", "Infinity", "1 2"])
def test_what_is_no_number_is_refused(wrong):
    with pytest.raises(BadAmount, match="不是一个金额"):
        to_fen(wrong)


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_fen_to_yuan_and_back(fen):
    assert to_fen(to_yuan(fen)) == fen
    assert to_yuan(fen).as_tuple().exponent == -2


@given(st.integers(-(10**15), 10**15))
def test_what_is_shown_can_be_typed_again(fen):
    assert parse_yuan(format_yuan(fen)) == fen


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (123456, "1,234.56 元"),
        (0, "0.00 元"),
        (5, "0.05 元"),
        (-123456, "-1,234.56 元"),
        (10**11, "1,000,000,000.00 元"),
    ],
)
def test_amounts_are_shown_with_groups_and_two_decimals(fen, shown):
    assert format_yuan(fen) == shown


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("1234.56", 123456),
        ("1,234.56 元", 123456),
        ("￥1,234.5", 123450),
        ("¥ 1234", 123400),
        ("１，２３４．５６", 123456),
        ("1.5万元", 1500000),
        ("3 万", 3000000),
        ("0.00001万", 10),
        ("-20", -2000),
        ("+20元", 2000),
    ],
)
def test_what_people_write_is_read(typed, fen):
    assert parse_yuan(typed) == fen


@pytest.mark.parametrize(
    "typed", ["", "约50", "12,34", "1,2345", "1.234", "0.0000001万", "一百", "5角", "1.2.3", "50-60", "1e3"]
)
def test_what_is_not_clear_is_refused(typed):
    with pytest.raises(BadAmount):
        parse_yuan(typed)


@pytest.mark.parametrize(
    ("fen", "capitals"),
    [
        # the samples of the annex
        (140950, "壹仟肆佰零玖元伍角"),
        (600714, "陆仟零柒元壹角肆分"),
        (168032, "壹仟陆佰捌拾元叁角贰分"),
        (10700053, "壹拾万柒仟元伍角叁分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (32504, "叁佰贰拾伍元零肆分"),
        # noughts in every place
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角"),
        (15, "壹角伍分"),
        (100, "壹元整"),
        (1000, "壹拾元整"),
        (101000, "壹仟零壹拾元整"),
        (100100, "壹仟零壹元整"),
        (1000100, "壹万零壹元整"),
        (10010000, "壹拾万零壹佰元整"),
        (100000000, "壹佰万元整"),
        (10000000000, "壹亿元整"),
        (10000700000, "壹亿零柒仟元整"),
        (10000000001, "壹亿元零壹分"),
        (1000000000000, "壹佰亿元整"),
        (-123456, "负壹仟贰佰叁拾肆元伍角陆分"),
        (99999999999999, "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_amounts_in_capitals_follow_the_banks_annex(fen, capitals):
    assert in_capitals(fen) == f"人民币{capitals}"


@given(st.integers(-(10**14) + 1, 10**14 - 1))
def test_a_cashier_reads_back_what_was_written(fen):
    assert read_capitals(in_capitals(fen)) == fen


@given(st.integers(0, 10**14 - 1))
def test_no_nought_is_doubled_or_left_before_a_unit(fen):
    text = in_capitals(fen).removeprefix("人民币")
    assert "零零" not in text
    if fen >= 100:
        assert not any(pair in text for pair in ("零元", "零万", "零亿", "零角", "零分", "亿万"))


def test_a_trillion_is_refused():
    with pytest.raises(ValueError, match="trillion"):
        in_capitals(10**14)
