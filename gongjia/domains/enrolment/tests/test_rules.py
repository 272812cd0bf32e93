"""Who may join: on each threshold, and one day and one sign either side."""

from datetime import date

import pytest
from stdnum.cn import ric

from gongjia.domains.enrolment import rules

ON = date(2026, 11, 20)


def number_of(birth_on: date, serial: str = "996") -> str:
    """The ID number of an invented person born on a day."""
    body = f"421202{birth_on:%Y%m%d}{serial}"
    return body + ric.calc_check_digit(body + "0")


@pytest.mark.system("O7")
@pytest.mark.parametrize(
    ("birth_on", "may_join"),
    [
        (date(2010, 11, 21), False),  # the day before the sixteenth birthday
        (date(2010, 11, 20), True),  # the birthday itself: 不满十六周岁 excludes it
        (date(2010, 11, 19), True),  # the day after
        (date(2012, 1, 1), False),
        (date(1960, 5, 1), True),  # there is no upper limit
    ],
)
def test_nobody_under_sixteen_may_join(birth_on: date, may_join: bool) -> None:  # noqa: FBT001
    number = number_of(birth_on)
    if may_join:
        assert rules.clean_id_number(number, on=ON) == number
    else:
        with pytest.raises(ValueError, match="未满 16 周岁"):
            rules.clean_id_number(number, on=ON)


@pytest.mark.parametrize(
    ("born", "day", "may_join"),
    [
        (date(2008, 2, 29), date(2024, 2, 28), False),
        (date(2008, 2, 29), date(2024, 2, 29), True),
        (date(2010, 3, 1), date(2026, 2, 28), False),
        (date(2010, 3, 1), date(2026, 3, 1), True),
    ],
)
def test_a_birthday_on_the_leap_day_counts(born: date, day: date, may_join: bool) -> None:  # noqa: FBT001
    try:
        rules.clean_id_number(number_of(born), on=day)
    except ValueError:
        assert not may_join
    else:
        assert may_join


@pytest.mark.parametrize("wrong", ["", "42120219900101996", "421202199001019961", "abc", "42120219901301996X"])
def test_a_number_that_is_none_is_refused_with_a_sentence(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"[\u4e00-\u9fff]{4}"):
        rules.clean_id_number(wrong, on=ON)


def test_a_number_is_read_however_it_was_typed() -> None:
    number = number_of(date(1990, 1, 1))
    assert rules.clean_id_number(f" {number[:6]} {number[6:14]} {number[14:]} ".lower(), on=ON) == number


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("王芳", "王芳"),
        (" 王　芳 ", "王芳"),
        ("欧阳娜娜", "欧阳娜娜"),
        ("买买提·艾力", "买买提·艾力"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提．艾力", "买买提·艾力"),
        ("𠮷野", "𠮷野"),  # outside the basic plane
        ("李〇", "李〇"),
        ("阿" * 30, "阿" * 30),
    ],
)
def test_a_name_is_brought_to_the_form_of_the_card(typed: str, name: str) -> None:
    assert rules.clean_name(typed) == name


@pytest.mark.parametrize(
    "typed", ["", "  ", "王", "Wang Fang", "王芳1", "王芳,", "·王芳", "王芳·", "王··芳", "阿" * 31, "王*"]
)
def test_what_is_no_name_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match="姓名"):
        rules.clean_name(typed)
