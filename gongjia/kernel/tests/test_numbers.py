"""Codes and identity numbers: each right one is let in, each wrong one is refused with a reason, none is mended.

Identity numbers use the serials 996 to 999, which no living person of that age carries; the standard's sample aside.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.cn import uscc as stdnum_uscc

from gongjia.kernel.numbers import (
    USCC_SIGNS,
    BadNumber,
    Sex,
    age_on,
    identity_number,
    is_mobile,
    is_uscc,
    mobile,
    organisation_code_holds,
    organisation_code_of,
    sound_neighbours,
    uscc,
    uscc_kind,
)

TODAY = date(2026, 11, 21)
USCC = "91350100M000100Y43"
STANDARD_SAMPLE = "11010519491231" + "002X"


def identity(region: str = "421202", birth: str = "19900101", serial: str = "997") -> str:
    body = f"{region}{birth}{serial}0"
    return body[:-1] + ric.calc_check_digit(body)


def checked(body: str) -> str:
    """A code with the right check sign, by a formula of our own: powers of 3 modulo 31."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(signs.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return body + signs[-total % 31]


def refusal(read, text: str, **kwargs) -> tuple[str, str]:
    with pytest.raises(BadNumber) as caught:
        read(text, **kwargs)
    return caught.value.code, caught.value.reason_zh


# ---- unified social credit codes


@pytest.mark.parametrize("code", [USCC, "81421200MC1234566A", "81421221MC65432106", "91110000600037341L"])
def test_right_codes_are_accepted(code):
    assert uscc(code) == code


@pytest.mark.parametrize("code", [USCC, "81421200MC1234566A", "81421221MC65432106"])
def test_any_single_changed_sign_is_refused(code):
    for place, right in enumerate(code):
        for wrong in USCC_SIGNS - {right}:
            assert not is_uscc(code[:place] + wrong + code[place + 1 :])


@given(st.text(alphabet=sorted(USCC_SIGNS), min_size=9, max_size=9), st.sampled_from("123456789"))
def test_the_check_sign_agrees_with_an_independent_formula(rest, department):
    code = checked(f"{department}1421202{rest}"[:17])
    assert uscc(code) == stdnum_uscc.validate(code)


@given(st.sampled_from([USCC, "81421200MC1234566A"]), st.integers(0, 17), st.sampled_from([*sorted(USCC_SIGNS), "O"]))
def test_the_sound_neighbours_are_all_that_can_be_reached_by_one_sign_or_one_swap(code, place, sign):
    wrong = code[:place] + sign + code[place + 1 :]
    reached = {wrong[:at] + other + wrong[at + 1 :] for at in range(18) for other in USCC_SIGNS}
    reached |= {wrong[:at] + wrong[at + 1] + wrong[at] + wrong[at + 2 :] for at in range(17)}
    assert sound_neighbours(wrong) == {one for one in reached - {wrong} if is_uscc(one)}


@pytest.mark.parametrize("department", ["A", "N", "Y"])
def test_codes_of_a_letters_department_are_accepted(department):
    code = checked(f"{department}2421202MF123456X")
    assert uscc(code) == code
    assert not is_uscc(code[:-1] + ("0" if code[-1] != "0" else "1"))


@pytest.mark.parametrize(
    "typed",
    [
        " 91350100M000100Y43 ",
        "9135 0100 M000 100Y 43",
        "91350100-M000100Y-43",
        "91350100m000100y43",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "91350100\u00a0M000100Y43\u200b",
        "'91350100M000100Y43",
        '="91350100M000100Y43"',
    ],
)
def test_the_shape_in_which_a_code_is_typed_does_not_matter(typed):
    assert uscc(typed) == USCC


def test_one_look_alike_is_hinted_at_and_not_mended():
    assert refusal(uscc, "91350100Mo00100Y43") == (
        "bad_uscc",
        "第 10 位的字母 O 很可能是数字 0（换过后校验相符），请对照证照核对后改正",
    )


@pytest.mark.parametrize(("letter", "digit"), [("O", "0"), ("I", "1"), ("Z", "2"), ("S", "5")])
def test_each_of_the_four_look_alikes_is_known(letter, digit):
    code = checked("91421202MA4950123")
    place = code.index(digit, 8)
    reason = refusal(uscc, code[:place] + letter + code[place + 1 :])[1]
    assert f"字母 {letter} 很可能是数字 {digit}" in reason


def test_two_look_alikes_or_one_that_does_not_fit_get_no_hint():
    two = USCC.replace("000", "0OO")
    assert "很可能" not in refusal(uscc, two)[1]
    unfit = USCC[:9] + "Z" + USCC[10:]
    assert "不会出现 Z" in refusal(uscc, unfit)[1]
    assert "不会出现 V" in refusal(uscc, USCC[:9] + "V" + USCC[10:])[1]


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        ("", "missing_uscc", "没有填写"),
        ("  ", "missing_uscc", "没有填写"),
        (USCC[:-1], "bad_uscc", "现在是 17 位"),
        (USCC + "0", "bad_uscc", "现在是 19 位"),
        ("421200000794564", "bad_uscc", "旧的 15 位注册号"),
        ("M000100Y4", "bad_uscc", "9 位组织机构代码"),
        ("9.14212021234567e+17", "bad_uscc", "科学计数"),
        (checked("9142120AMA4912345"), "bad_uscc", "行政区划"),
        (USCC[:-1] + "4", "bad_uscc", "校验码不符"),
    ],
)
def test_a_wrong_code_gets_its_own_reason(typed, code, words):
    kind, reason = refusal(uscc, typed)
    assert kind == code
    assert words in reason


def test_a_code_names_its_department_and_category():
    assert uscc_kind("91350100M000100Y43") == ("市场监管", "企业")
    assert uscc_kind("92")[1] == "个体工商户"
    assert uscc_kind("11") == ("机构编制", "机关")
    assert uscc_kind("52")[1] == "民办非企业单位"
    assert uscc_kind("N2") == ("农业", "村级集体经济组织")
    assert uscc_kind("95") == ("市场监管", None)
    assert uscc_kind("X1") == uscc_kind("") == (None, None)


def test_the_organisation_code_stands_within_and_checks_itself():
    assert organisation_code_of(USCC) == "M000100Y4"
    assert organisation_code_holds("M000100Y4")
    assert organisation_code_holds("D2143569X")
    assert not organisation_code_holds("M000100Y5")
    assert not organisation_code_holds("M000100Y")
    assert not organisation_code_holds("咸宁咸宁咸宁咸宁咸")


# ---- identity numbers


def test_the_standards_own_sample_is_read():
    found = identity_number(STANDARD_SAMPLE, on=TODAY)
    assert (found.birth_on, found.sex, found.region_code) == (date(1949, 12, 31), Sex.FEMALE, "110105")
    assert found.region_known
    assert not found.old
    assert found.warnings == ()


@given(
    st.dates(date(1930, 1, 1), TODAY),
    st.sampled_from(["996", "997", "998", "999"]),
    st.sampled_from(["421202", "421281", "422301", "110105"]),
)
def test_every_right_number_gives_birth_sex_and_region(birth, serial, region):
    number = identity(region, f"{birth:%Y%m%d}", serial)
    found = identity_number(number, on=TODAY)
    assert (found.number, found.full, found.birth_on, found.region_code) == (number, number, birth, region)
    assert found.sex is (Sex.MALE if serial in ("997", "999") else Sex.FEMALE)


def test_any_single_changed_digit_is_refused():
    number = identity()
    for place, right in enumerate(number):
        for wrong in set("0123456789") - {right}:
            changed = number[:place] + wrong + number[place + 1 :]
            assert refusal(identity_number, changed, on=TODAY)[0] in {"bad_id_check", "bad_id_date"}


@pytest.mark.parametrize("typed", [" {0} ", "{1} {2}", "{1}-{2}", "'{0}", "`{0}", '="{0}"', "{1}\u00a0{2}\ufeff"])
def test_the_shape_in_which_a_number_is_typed_does_not_matter(typed):
    number = identity()
    assert identity_number(typed.format(number, number[:6], number[6:]), on=TODAY).number == number


def test_a_small_x_and_full_width_digits_are_understood():
    number = next(n for day in range(10, 29) if (n := identity(birth=f"199001{day}")).endswith("X"))
    assert identity_number(number.lower(), on=TODAY).number == number
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    assert identity_number(wide, on=TODAY).number == number


@pytest.mark.parametrize("serial", ["996", "997"])
def test_an_old_number_of_15_digits_is_kept_and_flagged(serial):
    found = identity_number(f"421202800229{serial}", on=TODAY)
    assert found.number == f"421202800229{serial}"
    assert found.full == identity(birth="19800229", serial=serial)
    assert (found.birth_on, found.old, found.warnings) == (date(1980, 2, 29), True, ("old_id_15",))
    assert found.sex is (Sex.MALE if serial == "997" else Sex.FEMALE)


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
def test_residence_permits_of_the_same_build_are_accepted(region):
    found = identity_number(identity(region), on=TODAY)
    assert found.region_known
    assert found.region_code == region


def test_an_unknown_region_is_a_warning_and_no_error():
    found = identity_number(identity("429999"), on=TODAY)
    assert not found.region_known
    assert found.warnings == ("unknown_region",)


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        ("", "missing_id", "没有填写"),
        ("4.21202E+17", "damaged_id", "科学计数"),
        ("4.21224199501119e+17", "damaged_id", "科学计数"),
        ("421202****9971", "damaged_id", "遮盖"),
        ("4212021972****9988", "damaged_id", "遮盖"),
        ("421221199306219000", "damaged_id", "000"),
        ("421221199306219000.0", "damaged_id", "000"),
        ("42120219900101997", "short_id", "现在是 17 位"),
        ("4212021990010199700", "short_id", "现在是 19 位"),
        ("42120290010199", "short_id", "现在是 14 位"),
        ("4212021990010199712", "short_id", "现在是 19 位"),
        ("42120A199001019971", "bad_id_check", "不该出现的字符"),
        ("42120290010199X", "bad_id_check", "不该出现的字符"),
        ("42120219900101997A", "bad_id_check", "不该出现的字符"),
        ("421202800230996", "bad_id_date", "不存在"),
    ],
)
def test_a_wrong_number_gets_its_own_reason(typed, code, words):
    kind, reason = refusal(identity_number, typed, on=TODAY)
    assert kind == code
    assert words in reason


@pytest.mark.parametrize("birth", ["19901301", "19900230", "19900100", "19000229", "00000101"])
def test_a_day_that_never_was_is_refused_before_the_check_sign(birth):
    assert refusal(identity_number, identity(birth=birth), on=TODAY)[0] == "bad_id_date"
    assert refusal(identity_number, identity(birth=birth)[:-1] + "0", on=TODAY)[0] == "bad_id_date"


def test_nobody_is_born_tomorrow_but_somebody_is_born_today():
    today, tomorrow = identity(birth=f"{TODAY:%Y%m%d}"), identity(birth=f"{TODAY + timedelta(1):%Y%m%d}")
    assert identity_number(today, on=TODAY).birth_on == TODAY
    assert refusal(identity_number, tomorrow, on=TODAY) == (
        "bad_id_date",
        "身份证号里的出生日期还没有到，请对照证件核对",
    )


def test_a_number_that_rightly_ends_in_000_is_no_damage():
    number = next(
        n
        for day in range(3650)
        if (n := identity(birth=f"{date(1801, 1, 1) + timedelta(day):%Y%m%d}", serial="900")).endswith("000")
    )  # born so long ago that nobody living carries it
    assert identity_number(number, on=TODAY).number == number


def test_neither_an_error_nor_a_printed_result_shows_the_number():
    number = identity()
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    assert number[6:14] not in refusal(identity_number, wrong, on=TODAY)[1]
    assert number not in repr(identity_number(number, on=TODAY))


@pytest.mark.parametrize(
    ("birth", "on", "age"),
    [
        (date(2010, 11, 21), date(2026, 11, 20), 15),
        (date(2010, 11, 21), date(2026, 11, 21), 16),
        (date(2010, 11, 21), date(2026, 11, 22), 16),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2026, 11, 21), date(2026, 11, 21), 0),
    ],
)
def test_age_turns_on_the_birthday(birth, on, age):
    assert age_on(birth, on) == age


# ---- phones


@pytest.mark.parametrize(
    "typed",
    [
        "19900001234",
        " 199 0000 1234 ",
        "199-0000-1234",
        "+8619900001234",
        "+86 199-0000-1234",
        "8619900001234",
        "008619900001234",
        "(+86)19900001234",
        "（86）19900001234",
        "19900001234.0",
        "１９９００００１２３４",
        "\u202d19900001234\u202c",
    ],
)
def test_a_mobile_number_is_read_in_every_usual_shape(typed):
    assert mobile(typed) == "19900001234"
    assert is_mobile(typed)


@pytest.mark.parametrize("third", "3456789")
def test_mobiles_begin_with_13_to_19(third):
    assert is_mobile(f"1{third}900001234")


@pytest.mark.parametrize(
    "typed", ["0715-8807451", "07158807451", "010-62345678", "+86 0715 8807451", "8807451", "(0715)8807451"]
)
def test_a_landline_is_named_as_one(typed):
    assert refusal(mobile, typed)[0] == "landline"


@pytest.mark.parametrize(
    "typed",
    [
        "12900001234",
        "1990000123",
        "199000012345",
        "19900001234/19900005678",
        "199****1234",
        "问班长",
        "138",
        "1.99E+10",
        "019900001234",
    ],
)
def test_what_is_no_phone_is_refused(typed):
    assert refusal(mobile, typed)[0] == "bad_phone"
    assert not is_mobile(typed)


def test_an_empty_phone_is_missing_and_not_wrong():
    assert refusal(mobile, " ")[0] == "missing_phone"
