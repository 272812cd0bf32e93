"""Cleaners for what sheets say about persons: name, identity number, telephone, sex, ethnicity."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from gongjia.engines.intake.core.spec import BadCell, Cell, Noted, Problem
from gongjia.engines.intake.core.values import EXACT_DIGITS, compact, plain
from gongjia.kernel import numbers

HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_DOTS = str.maketrans(dict.fromkeys("•・．‧.∙●⋅", "·"))
_NAME = re.compile(f"[{HAN}](?:[{HAN}]|·(?!·)){{0,28}}[{HAN}]")
_LINE_BREAK = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_TWO = re.compile(r"[、/,;；，\\&+和]")
_FAR = date(2199, 12, 31)
_SEXES = {"男": "男", "女": "女", "男性": "男", "女性": "女", "M": "男", "F": "女", "男士": "男", "女士": "女"}
_PEOPLES = frozenset(
    re.findall(
        r"\S+",
        "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 "
        "土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
        "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 "
        "乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 ",
    )
)


NO_NAMES = frozenset(
    re.findall(
        r"\S+",
        "示例 样例 测试 举例 例子 范例 同上 合计 小计 总计 共计 累计 空白 空缺 不详 不明 "
        "未知 待定 待补 保密 姓名 空岗 缺编 暂缺 暂无 某某 某某某 ",
    )
)
"""Words that stand where a name should."""


def person_name(cell: Cell) -> str:
    """A name as on the identity card: Chinese characters and ·, two to thirty; otherwise `bad_name`."""
    written = plain(cell)
    if _LINE_BREAK.search(written):
        raise BadCell("bad_name", "姓名一格里有两行，好像写了两个人，请一人一行")
    name = compact(written).translate(_DOTS)
    if name in NO_NAMES:
        raise BadCell("bad_name", f"“{name}”不是姓名，请按身份证填写")
    if isinstance(cell, str) and _NAME.fullmatch(name):
        return name
    raise BadCell("bad_name", _why_no_name(name))


def _why_no_name(name: str) -> str:
    shown = name if len(name) <= 12 else f"{name[:12]}…"
    if len(name) == 1:
        return f"姓名“{shown}”只有一个字，请按身份证写全"
    if len(name) > 30:
        return f"姓名“{shown}”超过30个字，请核对这一格"
    if _TWO.search(name) and len(name) > 3:
        return f"姓名“{shown}”里好像有两个人，请一人一行"
    if re.search(r"[?？□*〓\ufffd]", name):
        return f"姓名“{shown}”里有没显示出来的字，请按身份证补上"
    return f"姓名“{shown}”里有不该出现的符号，请按身份证填写：只含汉字和间隔号“·”，不加数字、括号和说明"


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """A resident's identity number of somebody of at least `youngest` years on the day `on`.

    Text as it is stored: 18 signs, or the old 15 with a remark. Codes of refusal: `damaged_id`, `short_id`,
    `bad_id_check`, `bad_id_date`, `under_<youngest>`.
    """

    on: date
    youngest: int = 16

    def __call__(self, cell: Cell) -> str | Noted:
        if isinstance(cell, (int, float)) and abs(cell) >= EXACT_DIGITS:
            raise BadCell(
                "damaged_id", "身份证号存成了数字，表格软件已经丢掉了末几位，请把这一格设为文本格式后重新填写"
            )
        written = plain(cell)
        if isinstance(cell, str) and written.endswith(".0"):  # nothing falls away here but blanks and hyphens
            raise BadCell("short_id", "身份证号后面多了“.0”，请把这一格设为文本格式后重新填写")
        try:
            found = full_number(written, self.on)
        except numbers.BadNumber as bad:
            raise BadCell("short_id" if bad.code == "missing_id" else bad.code, bad.reason_zh) from bad
        if numbers.age_on(found.birth_on, self.on) < self.youngest:
            raise BadCell(f"under_{self.youngest}", f"按身份证号还没有满{self.youngest}周岁，请核对号码")
        if found.old:
            return Noted(found.number, "old_id_15", "这是已经停用的15位身份证号，请换成18位的号码")
        return found.number


@lru_cache(maxsize=256)
def full_number(number: str, on: date) -> numbers.IdentityNumber:
    """What an identity number says; raises `numbers.BadNumber`."""
    return numbers.identity_number(number, on=on)


def looks_like_id(cell: Cell) -> bool:
    """Whether a cell can hardly be anything but an identity number: eighteen signs with a date and the right check, or
    what a spreadsheet makes of them."""
    if isinstance(cell, float):
        return 1e17 <= cell < 1e18 and _born_between(str(int(cell)))
    text = plain(cell) if isinstance(cell, str) else ""
    if len(text) < 18 or not any(map(str.isdigit, text)):
        return False
    try:
        return not full_number(text, _FAR).old
    except numbers.BadNumber:
        return False


def _born_between(digits: str) -> bool:
    return "1900" <= digits[6:10] < "2100" and "01" <= digits[10:12] <= "12" and "01" <= digits[12:14] <= "31"


def mobile(cell: Cell) -> str | Noted:
    """A mobile number of eleven digits. A landline is let go with a remark; anything else is `bad_phone`."""
    try:
        return numbers.mobile(_digits(cell))
    except numbers.BadNumber as bad:
        if bad.code == "landline":
            return Noted(None, "landline", f"“{plain(cell)}”是固定电话，没有记下，请补手机号")
        raise BadCell("bad_phone", _no_phone(cell, bad)) from bad


def telephone(cell: Cell) -> str:
    """A mobile number as eleven digits, or a landline as written; anything else is `bad_phone`."""
    written = _digits(cell)
    try:
        return numbers.mobile(written)
    except numbers.BadNumber as bad:
        if bad.code == "landline":
            return written
        raise BadCell("bad_phone", _no_phone(cell, bad)) from bad


def _digits(cell: Cell) -> str:
    if isinstance(cell, (bool, date)):
        raise BadCell("bad_phone", f"“{plain(cell)}”不是电话号码，请填 11 位手机号")
    return plain(cell)


def _no_phone(cell: Cell, bad: numbers.BadNumber) -> str:
    if re.fullmatch(r"[\d.]+[eE]\+?\d+", plain(cell)):
        return "电话被表格软件变成了科学计数，后面的数字已丢失，请把这一格设为文本后重新填写"
    return "请填写手机号" if bad.code == "missing_phone" else bad.reason_zh


def looks_like_mobile(cell: Cell) -> bool:
    return not isinstance(cell, (bool, date)) and numbers.is_mobile(plain(cell))


def sex(cell: Cell) -> str:
    """男 or 女 in the usual spellings; any other word as written."""
    written = compact(plain(cell)).upper()
    return _SEXES.get(written, written)


def ethnicity(cell: Cell) -> str:
    """One of the fifty-six with its 族 (汉 is 汉族); any other word as written."""
    written = plain(cell)
    word = compact(written)
    return f"{word}族" if word in _PEOPLES else word if word.removesuffix("族") in _PEOPLES else written


def is_ethnicity(word: str) -> bool:
    """Whether `ethnicity` has found one of the fifty-six, or one of the groups that are counted apart (GB/T 3304)."""
    return word.removesuffix("族") in _PEOPLES or word in {"穿青人", "其他", "外国血统中国籍人士"}


@dataclass(frozen=True, slots=True)
class FromIdentity:
    """Birth and sex follow from the identity number, whatever their own columns say; another sex is remarked on."""

    number: str
    birth: str
    sex: str
    on: date

    def __call__(self, values: dict[str, Any]) -> Iterable[Problem]:
        number = values.get(self.number)
        stated = values.get(self.sex)
        if not number:
            values.pop(self.birth, None)
            return ()
        said = full_number(number, self.on)
        values[self.birth], values[self.sex] = said.birth_on, said.sex.zh
        if stated and stated != said.sex.zh:
            return (Problem("sex_mismatch", self.sex, f"性别写的是“{stated}”，按身份证号是“{said.sex.zh}”，请核对"),)
        return ()


def ignored(cell: Cell) -> str:
    """A column that is known but says nothing of its own."""
    return plain(cell)
