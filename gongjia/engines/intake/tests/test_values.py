"""Cleaning one cell: what is taken, what is refused, and that nothing is mended in silence."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjia.engines.intake.core import BadCell, Noted
from gongjia.engines.intake.core.values import day, headcount, plain, text, uscc
from gongjia.engines.intake.tests.sheets import CODE
from gongjia.kernel import numbers

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "",
        "  ",
        "\u3000",
        "\u00a0",
        "\u200b",
        "无",
        "/",
        "-",
        "—",
        "——",
        "暂无",
        " 无 ",
        "'",
        "#N/A",
        "#REF!",
        '=""',
    ],
)
def test_what_people_write_for_nothing_is_empty(cell: object) -> None:
    assert plain(cell) == ""


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("  咸宁星河坊食品有限公司\u3000", "咸宁星河坊食品有限公司"),
        ("\ufeff星河坊", "星河坊"),
        ("'0715", "0715"),
        ("`0715", "0715"),
        ('="0715"', "0715"),
        ("=1+1", "=1+1"),
        ("@某某", "@某某"),
        (50.0, "50"),
        (50.5, "50.5"),
        (7, "7"),
        (True, "TRUE"),
        ("星河坊（湖北）有限公司", "星河坊（湖北）有限公司"),
        ("无锡某某厂", "无锡某某厂"),
    ],
)
def test_wrappers_and_outer_blanks_fall_away_and_nothing_else(cell: object, expected: str) -> None:
    assert plain(cell) == expected


@given(st.text())
def test_plain_text_stays_plain(written: str) -> None:
    once = plain(written)
    if not once.startswith(("'", "`", "‘", "’", '="')):
        assert plain(once) == once


def test_a_number_that_lost_digits_is_no_text() -> None:
    with pytest.raises(BadCell) as refused:
        text(4.21202199001019e17)
    assert refused.value.code == "damaged_number"
    assert text(123456789012345) == "123456789012345"


@pytest.mark.parametrize("written", ["50", "５０", " 50 ", "50人", "50名", "50.0", "0,050"[2:], 50, 50.0])
def test_a_headcount_in_the_usual_spellings(written: object) -> None:
    assert headcount(written) == 50


@given(st.integers(0, 999_999_999))
def test_a_headcount_with_thousands_marked(number: int) -> None:
    assert headcount(f"{number:,}") == headcount(str(number)) == headcount(number) == number


@pytest.mark.parametrize(
    "written",
    [
        "约50人",
        "50余人",
        "30-40",
        "-3",
        "50.5",
        50.5,
        "五十",
        "1,20",
        "12,00",
        "50万",
        True,
        date(2020, 1, 1),
        1e15,
        "9" * 10,
    ],
)
def test_a_headcount_that_is_no_sure_number_is_refused(written: object) -> None:
    with pytest.raises(BadCell) as refused:
        headcount(written)
    assert refused.value.code == "bad_headcount"
    assert "人数" in refused.value.reason


@pytest.mark.parametrize("written", [CODE, CODE.lower(), f" {CODE[:8]} {CODE[8:]} ", f"{CODE[:2]}-{CODE[2:]}"])
def test_a_code_is_taken_in_the_usual_spellings(written: str) -> None:
    assert uscc(written) == CODE


@given(st.integers(0, 17), st.sampled_from(SIGNS))
def test_a_code_with_one_wrong_sign_is_refused(place: int, sign: str) -> None:
    changed = CODE[:place] + sign + CODE[place + 1 :]
    if changed == CODE:
        assert uscc(changed) == CODE
    else:
        with pytest.raises(BadCell) as refused:
            uscc(changed)
        assert refused.value.code == "bad_uscc"


@pytest.mark.parametrize("cell", [CODE.replace("0", "O"), CODE[:-1], 914212021234567800, 9.14e17, "91421202"])
def test_a_code_is_never_mended(cell: object) -> None:
    with pytest.raises(BadCell) as refused:
        uscc(cell)
    assert refused.value.code == "bad_uscc"


DAYS = ("2020-3-5", "2020-03-05", "2020.3.5", "2020/03/05", "20200305", "2020年3月5日", "2020年3月5", "２０２０-３-５")


@pytest.mark.parametrize(
    "cell",
    [
        *DAYS,
        "2020-03-05 00:00:00",
        "2020-3-5 0:00",
        "2020/3/5 18:30",
        "43895",
        43895,
        43895.0,
        20200305,
        date(2020, 3, 5),
        datetime.fromisoformat("2020-03-05"),
        datetime.fromisoformat("2020-03-05 08:30"),
    ],
)
def test_a_day_in_the_usual_spellings(cell: object) -> None:
    assert day(cell) == date(2020, 3, 5)


@given(
    st.dates(date(1900, 3, 1), date(2099, 12, 31)), st.sampled_from(["%Y-%m-%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"])
)
def test_every_day_comes_back_from_every_spelling(when: date, spelling: str) -> None:
    assert day(when.strftime(spelling)) == when


@pytest.mark.parametrize(
    ("written", "first"),
    [
        ("2020.10", date(2020, 10, 1)),
        ("2020年3月", date(2020, 3, 1)),
        ("202003", date(2020, 3, 1)),
        ("2020-3", date(2020, 3, 1)),
    ],
)
def test_a_month_alone_counts_from_its_first_day_and_says_so(written: str, first: date) -> None:
    noted = day(written)
    assert isinstance(noted, Noted)
    assert (noted.value, noted.code) == (first, "month_only")


@pytest.mark.parametrize(
    "cell",
    [
        "2021-02-29",
        "2020-13-01",
        "2020-00-10",
        "20200231",
        "2020",
        "2020年",
        "去年三月",
        "05/03/2020",
        "3月5日",
        2020.3,
        True,
        timedelta(1),
        time(8, 0),
        "2020-W10-1",
        "1234567",
    ],
)
def test_what_is_no_day_or_no_sure_one_is_refused(cell: object) -> None:
    with pytest.raises(BadCell) as refused:
        day(cell)
    assert refused.value.code == "bad_date"


def test_the_codes_of_these_tests_are_sound() -> None:
    assert numbers.is_uscc(CODE)
