"""Numbers of people and bodies: unified social credit code, identity number, mobile phone. Checked, never mended.

The arithmetic of check signs is python-stdnum's, except for codes, of which lists hold a million: there it is written
out, and a test holds the two together. What stdnum refuses wrongly (codes of a letter's department, counties that it
does not know) is let in here. No exception carries the number itself: it may end in a log.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import mul
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from stdnum import numdb
from stdnum.cn import ric

from gongjia.kernel.words import Word

_USCC_ORDER = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_SIGNS = frozenset(_USCC_ORDER)
_USCC_VALUES = {sign: value for value, sign in enumerate(_USCC_ORDER)}
_USCC_WEIGHTS = (*(pow(3, place, 31) for place in range(17)), 1)  # a sound code sums to a multiple of 31
_USCC_INVERSES = tuple(pow(weight, -1, 31) for weight in _USCC_WEIGHTS)
_USCC_MEANT = {"O": "0", "I": "1", "Z": "2", "S": "5"}
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENCE_PERMITS = {"81", "82", "83"}
_DASHES = frozenset("-‐‑‒–—―−﹣")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+")
_LANDLINE = re.compile(r"(010|0[2-9]\d{1,2})?[2-8]\d{6,7}")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")


_PERSONAL = re.compile(r"(?<!\d)(\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")


def tells_a_number(texts: Iterable[str]) -> bool:
    """Whether words that others will read hold a mobile or an identity number."""
    return any(_PERSONAL.search(each.replace(" ", "").replace("-", "")) for each in texts)


class BadNumber(ValueError):
    """`code` for machines (missing_…, damaged_id, short_id, bad_…, landline), `reason_zh` for who typed it."""

    def __init__(self, code: str, reason_zh: str) -> None:
        super().__init__(reason_zh)
        self.code, self.reason_zh = code, reason_zh


class Sex(Word):
    MALE = "male", "男"
    FEMALE = "female", "女"


class UsccKind(NamedTuple):
    """Who registers a body and as what, in Chinese; None where the standard knows no such sign."""

    department: str | None
    category: str | None


@dataclass(frozen=True)
class IdentityNumber:
    """What an identity number says. `number` is as written (15 or 18 long), `full` always 18 long."""

    number: str = field(repr=False)
    full: str = field(repr=False)
    birth_on: date
    sex: Sex
    region_code: str
    region_known: bool

    @property
    def old(self) -> bool:
        """Of the 15-digit kind, no longer issued: to be renewed at the next chance."""
        return len(self.number) == 15

    @property
    def warnings(self) -> tuple[str, ...]:
        return ("old_id_15",) * self.old + ("unknown_region",) * (not self.region_known)


def _plain(text: str) -> str:
    """Half width, upper case; blanks, invisible signs, hyphens, and a spreadsheet's marks of text fall away."""
    if text.isascii() and text.isalnum():
        return text.upper()
    text = unicodedata.normalize("NFKC", text).upper().strip().lstrip("='`’\"").rstrip('"')
    kept = (sign for sign in text if not sign.isspace() and sign not in _DASHES)
    return "".join(sign for sign in kept if unicodedata.category(sign) != "Cf")


def uscc(text: str) -> str:
    """The code in its stored form (GB 32100-2015, 18 signs). Raises BadNumber `missing_uscc` or `bad_uscc`."""
    code = _plain(text)
    if not code:
        raise BadNumber("missing_uscc", "没有填写统一社会信用代码")
    if len(code) != 18 or _SCIENTIFIC.fullmatch(code):
        raise BadNumber("bad_uscc", _length_reason(code))
    wrong = [place for place, sign in enumerate(code) if sign not in USCC_SIGNS]
    if wrong:
        raise BadNumber("bad_uscc", _look_alike_reason(code, wrong))
    if not code[2:8].isdigit():
        raise BadNumber("bad_uscc", "统一社会信用代码第 3 至 8 位是行政区划，应全为数字，请对照证照核对")
    if sum(map(mul, _USCC_WEIGHTS, map(_USCC_VALUES.__getitem__, code))) % 31:
        raise BadNumber("bad_uscc", "统一社会信用代码的校验码不符，至少有一位写错了，请对照证照核对")
    return code


def is_uscc(text: str) -> bool:
    try:
        uscc(text)
    except BadNumber:
        return False
    return True


def sound_neighbours(code: str) -> set[str]:
    """The sound codes that differ from one of 18 signs in a single sign, or in two neighbours that are swapped.

    At each place at most one sign makes the check come out right, so that they are few.
    """
    strange = [place for place, sign in enumerate(code) if sign not in USCC_SIGNS]
    if len(strange) > 1:
        return set()
    values = [_USCC_VALUES.get(sign, 0) for sign in code]
    total = sum(map(mul, _USCC_WEIGHTS, values))
    found = set()
    for place in strange or range(18):
        right = (values[place] - total * _USCC_INVERSES[place]) % 31
        found.add(f"{code[:place]}{_USCC_ORDER[right]}{code[place + 1 :]}")
    for at in range(0 if strange else 17):
        gained = (values[at + 1] - values[at]) * (_USCC_WEIGHTS[at] - _USCC_WEIGHTS[at + 1])
        if (total + gained) % 31 == 0:
            found.add(f"{code[:at]}{code[at + 1]}{code[at]}{code[at + 2 :]}")
    return {one for one in found if one != code and one[2:8].isdigit()}


def _length_reason(code: str) -> str:
    if _SCIENTIFIC.fullmatch(code):
        return "代码被表格软件变成了科学计数，后几位已丢失，请把单元格设为文本后重填"
    if len(code) == 15 and code.isdigit():
        return "这是旧的 15 位注册号，不是统一社会信用代码，请填写证照上的 18 位代码"
    if len(code) == 9:
        return "这是 9 位组织机构代码，请填写证照上的 18 位统一社会信用代码"
    return f"统一社会信用代码应为 18 位，现在是 {len(code)} 位，请对照证照核对"


def _look_alike_reason(code: str, wrong: list[int]) -> str:
    first = code[wrong[0]]
    if len(wrong) == 1 and first in _USCC_MEANT:
        meant = _USCC_MEANT[first]
        if is_uscc(code.replace(first, meant)):
            return f"第 {wrong[0] + 1} 位的字母 {first} 很可能是数字 {meant}（换过后校验相符），请对照证照核对后改正"
    signs = "、".join(dict.fromkeys(code[place] for place in wrong))
    return f"统一社会信用代码里不会出现 {signs}（字母 I、O、S、V、Z 不使用），请对照证照核对"


def organisation_code_of(code: str) -> str:
    """The nine signs of the organisation code (GB 11714) within a unified social credit code."""
    return code[8:17]


def organisation_code_holds(code: str) -> bool:
    """Whether the ninth sign checks the first eight. Old codes break this rule: a reason to warn, not to refuse."""
    if len(code) != 9 or not code.isalnum() or not code.isascii():
        return False
    total = sum(weight * int(sign, 36) for weight, sign in zip(_ORGANISATION_WEIGHTS, code[:8], strict=True))
    return code[8].upper() == "0123456789X"[-total % 11]


def uscc_kind(code: str) -> UsccKind:
    """What the first two signs of a code say."""
    department = _departments().get(code[:1])
    if department is None:
        return UsccKind(None, None)
    return UsccKind(department["name"], department["categories"].get(code[1:2]))


@lru_cache(maxsize=1)
def _departments() -> dict[str, Any]:
    text = Path(__file__).with_name("data").joinpath("uscc.yaml").read_text("utf-8")
    departments: dict[str, Any] = yaml.safe_load(text)["departments"]
    return departments


def identity_number(text: str, *, on: date) -> IdentityNumber:
    """Read a resident's identity number (GB 11643-1999) or an 18-digit residence permit of the same build (81, 82, 83).

    `on` is today: nobody is born after it. Raises BadNumber, in this order: missing_id, damaged_id, short_id,
    bad_id_check (a sign that does not belong), bad_id_date, bad_id_check.
    """
    number = _plain(text).removesuffix(".0")
    _refuse_damage(number)
    full = number
    if len(number) == 15:
        full = f"{number[:6]}19{number[6:]}0"
        full = full[:-1] + ric.calc_check_digit(full)
    birth_on = _birth(full, on=on)
    if ric.calc_check_digit(full) != full[-1]:
        raise BadNumber("bad_id_check", "身份证号的校验位不符，至少有一位写错了，请对照证件核对")
    return IdentityNumber(
        number=number,
        full=full,
        birth_on=birth_on,
        sex=Sex.MALE if int(full[16]) % 2 else Sex.FEMALE,
        region_code=full[:6],
        region_known=_region_known(full[:6]),
    )


def _refuse_damage(number: str) -> None:
    if not number:
        raise BadNumber("missing_id", "没有填写身份证号")
    if _SCIENTIFIC.fullmatch(number):
        raise BadNumber(
            "damaged_id", "身份证号被表格软件变成了科学计数，后面的数字已丢失，请把单元格设为文本后重新填写"
        )
    if "*" in number:
        raise BadNumber("damaged_id", "这是遮盖过的身份证号，请填写完整号码")
    if len(number) not in (15, 18):
        raise BadNumber("short_id", f"身份证号应为 18 位，现在是 {len(number)} 位，请对照证件核对")
    digits = number if len(number) == 15 else number[:17]
    if not (digits.isascii() and digits.isdigit() and number[-1] in "0123456789X"):
        raise BadNumber("bad_id_check", "身份证号里有不该出现的字符（只有最后一位可以是 X），请对照证件核对")
    if len(number) == 18 and number.endswith("000") and ric.calc_check_digit(number) != "0":
        raise BadNumber("damaged_id", "身份证号末三位被表格软件变成了 000，请把单元格设为文本后重填")


def _birth(full: str, *, on: date) -> date:
    try:
        birth_on = date(int(full[6:10]), int(full[10:12]), int(full[12:14]))
    except ValueError:
        raise BadNumber("bad_id_date", "身份证号里的出生日期不存在，请对照证件核对") from None
    if birth_on > on:
        raise BadNumber("bad_id_date", "身份证号里的出生日期还没有到，请对照证件核对")
    return birth_on


@lru_cache(maxsize=8192)
def _region_known(code: str) -> bool:
    """Among the counties of today and of former times, as far as the library's list goes."""
    if code[:2] in _RESIDENCE_PERMITS:
        return True
    return any("county" in about for _, about in numdb.get("cn/loc").info(code))


def age_on(birth: date, on: date) -> int:
    """Full years of life. A birthday counts from its first hour; one of 29 February is 1 March in a common year."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def mobile(text: str) -> str:
    """Eleven digits without +86. Raises BadNumber missing_phone, landline (right, but no mobile) or bad_phone."""
    number = re.sub(r"[()\[\]]", "", _plain(text)).removesuffix(".0")
    if not number:
        raise BadNumber("missing_phone", "没有填写手机号")
    found = _MOBILE.fullmatch(number)
    if found:
        return found.group(1)
    if _LANDLINE.fullmatch(re.sub(r"^(\+?86|0086)(?=0)", "", number)):
        raise BadNumber("landline", "这是固定电话，这里需要手机号")
    if "*" in number:
        raise BadNumber("bad_phone", "这是遮盖过的号码，请填写完整的手机号")
    raise BadNumber("bad_phone", "手机号应为 11 位数字、以 13 至 19 开头，一格只填一个号码，请核对")


def is_mobile(text: str) -> bool:
    try:
        mobile(text)
    except BadNumber:
        return False
    return True
