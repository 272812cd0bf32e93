"""Names sort and are found by the pinyin that their bearers use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjia.kernel.names import surname_of, surname_readings
from gongjia.kernel.pinyin import initials, pinyin_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("单雄", "shan xiong"),
        ("仇英", "qiu ying"),
        ("区小红", "ou xiao hong"),
        ("查文", "zha wen"),
        ("解晓东", "xie xiao dong"),
        ("曾小贤", "zeng xiao xian"),
        ("朴正", "piao zheng"),
        ("盖文", "ge wen"),
        ("翟天", "zhai tian"),
        ("覃华", "qin hua"),
        ("缪娟", "miao juan"),
        ("员晓", "yun xiao"),
        ("种道", "chong dao"),
        ("乐嘉", "yue jia"),
        ("黑娃", "he wa"),
        ("任重", "ren zhong"),
        ("尉迟恭", "yu chi gong"),
        ("万俟雪", "mo qi xue"),
        ("单于明", "chan yu ming"),
        ("长孙云", "zhang sun yun"),
        ("澹台月", "tan tai yue"),
        ("欧阳娜娜", "ou yang na na"),
    ],
)
def test_a_surname_of_several_readings_is_read_as_a_surname(name, key):
    assert pinyin_key(name) == key


@pytest.mark.parametrize(
    ("name", "key"),
    [("张单", "zhang dan"), ("王解", "wang jie"), ("李重阳", "li chong yang"), ("吕布", "lv bu"), ("王乐", "wang le")],
)
def test_the_same_character_in_a_given_name_is_read_as_usual(name, key):
    assert pinyin_key(name) == key


def test_an_ethnic_name_has_no_surname_and_its_dot_falls_away():
    assert surname_of("单木·艾力") == ""
    assert pinyin_key("买买提·艾力") == "mai mai ti ai li"
    assert initials("买买提·艾力") == "mmtal"


def test_a_compound_surname_needs_a_given_name_behind_it():
    assert surname_of("欧阳娜") == "欧阳"
    assert surname_of("欧阳") == "欧"
    assert surname_of("钟离") == "钟"
    assert surname_of("") == ""


def test_names_sort_by_syllable_and_not_by_letter():
    names = ["程安", "陈忠", "陈安", "单安", "曾安", "欧阳安"]
    assert sorted(names, key=pinyin_key) == ["陈安", "陈忠", "程安", "欧阳安", "单安", "曾安"]


def test_initials_are_the_first_letters():
    assert initials("王芳") == "wf"
    assert initials("曾小贤") == "zxx"
    assert initials("欧阳娜") == "oyn"
    assert initials("") == pinyin_key("") == ""


def test_a_character_outside_the_basic_plane_stays_and_does_not_crash():
    assert pinyin_key("𠮷野") == "𠮷 ye"
    assert pinyin_key("张𬍛").startswith("zhang ")
    assert pinyin_key("王\U000323af") == "wang \U000323af"


def test_latin_letters_and_blanks_are_kept_in_lower_case():
    assert pinyin_key("Anna Wang") == "anna wang"
    assert initials("Anna Wang") == "aw"


@given(st.text(max_size=12))
def test_any_text_gives_a_key_whose_syllables_have_the_initials(text):
    key = pinyin_key(text)
    assert "".join(syllable[0] for syllable in key.split(" ") if syllable) == initials(text)


def test_every_reading_in_the_table_is_plain_lower_case_pinyin():
    for surname, reading in surname_readings().items():
        syllables = reading.split(" ")
        assert len(syllables) == len(surname) <= 2
        assert all(syllable.isascii() and syllable.isalpha() and syllable.islower() for syllable in syllables)
