"""What is covered stays covered: on screen in the middle, in public all but the surname."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjia.kernel.masking import card_tail, child_initials, mask_identity, mask_name, mask_phone, public_name


@pytest.mark.parametrize(
    ("name", "screen", "public"),
    [
        ("张三", "张*", "张*"),
        ("张小三", "张*三", "张*"),
        ("张王小三", "张**三", "张*"),
        ("欧阳娜", "欧阳*", "欧阳*"),
        ("欧阳娜娜", "欧阳**", "欧阳*"),
        ("买买提·艾力", "买**·**", "买*"),
        ("𠮷小野", "𠮷*野", "𠮷*"),
        ("张", "张", "张*"),
        ("", "", ""),
    ],
)
def test_a_name_is_covered_on_screen_and_more_so_in_public(name, screen, public):
    assert mask_name(name) == screen
    assert public_name(name) == public


def test_a_child_is_shown_by_initials():
    assert child_initials("曾小明") == "ZXM"


def test_an_identity_number_shows_three_and_four():
    assert mask_identity("42012019900101" + "1234") == "420***********1234"
    assert mask_identity("42012090010" + "1234") == "420********1234"


def test_a_phone_shows_three_and_four():
    assert mask_phone("13800005678") == "138****5678"


def test_a_card_shows_its_last_four():
    assert card_tail("6222020000001234567") == "尾号4567"
    assert card_tail("622202000012") == "尾号0012"
    assert card_tail("62220200001") == "*" * 11


@pytest.mark.parametrize(("length", "covered"), [(0, 0), (4, 4), (10, 10), (11, 4), (15, 8), (18, 11)])
def test_what_is_too_short_is_covered_whole(length, covered):
    for cover in (mask_identity, mask_phone):
        assert cover("1" * length).count("*") == covered
        assert len(cover("1" * length)) == length


@given(st.text(alphabet="王李张单欧阳·艾力娜𠮷", min_size=2, max_size=8))
def test_a_covered_name_keeps_its_length_and_hides_at_least_one_sign(name):
    masked = mask_name(name)
    assert len(masked) == len(name)
    if set(name[1:]) != {"·"}:
        assert "*" in masked
    assert len(public_name(name)) <= 3
