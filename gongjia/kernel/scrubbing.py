"""Finding what says who somebody is in free text, so that a person can cover it before others read it.

Numbers are found however they are written: with blanks and hyphens, in full-width signs, in Chinese numerals. What
is known of the person (name, phone, address) is found too, the name also in part (白师傅, 小白). Nothing here is
certain to find everything: whoever sends the text on reads it with the findings marked, and may cover more.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gongjia.kernel.names import SEPARATOR, surname_of

_CHINESE = str.maketrans("零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789")
_GAP = r"[\s\-—–·.．,，、_/()（）]{0,4}"
#: What people are called by their surname: 白师傅, 老白.
_CALLED_AFTER = "师傅|先生|女士|小姐|大姐|大哥|姐|哥|叔|姨|工|老师|主任|经理|班长|组长"
_CALLED_BEFORE = "老|小|阿"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金"
    "韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史贺陶顾毛郝龚邵万覃武钱戴严莫孔向常汤康易乔赖文洪季柳庄章鲁倪庞邢俞翟蓝聂齐伍施申殷"
)


_SOME_NUMBER = "号码"


class Span(NamedTuple):
    """A stretch of the text, from and until, and what it gives away, in a word."""

    begins: int
    ends: int
    zh: str


@dataclass(frozen=True)
class Known:
    """What the platform knows of the person; empty where it knows nothing."""

    name: str = ""
    numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


NOBODY = Known()


def _digits(count: str, first: str = r"\d") -> str:
    return rf"{first}(?:{_GAP}\d){count}"


_IN_NUMBERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("证件号码", re.compile(rf"(?<!\d){_digits('{16}')}{_GAP}[\dXx](?!\d)")),
    ("银行卡号", re.compile(rf"(?<!\d){_digits('{15,18}')}(?!\d)")),
    ("证件号码", re.compile(rf"(?<!\d){_digits('{14}')}(?!\d)")),
    ("手机号", re.compile(rf"(?<!\d)(?:(?:\+|00){_GAP})?(?:8{_GAP}6{_GAP})?1{_GAP}{_digits('{9}', '[3-9]')}(?!\d)")),
    ("电话", re.compile(rf"(?<!\d)0\d{{2,3}}{_GAP}{_digits('{6,7}', '[2-8]')}(?!\d)")),
    ("电话", re.compile(rf"(?<=电话)(?:号码)?[是为:：\s]{{0,3}}(?P<what>{_digits('{6,7}', '[2-8]')})(?!\d)")),
)
_IS = r"[是为叫:：\s]{0,3}"
_HAN = "[一-鿿]"
_STREET = rf"{_HAN}{{1,12}}(?:路|街|大道|巷)"
_HOUSE = r"\d{1,5}\s?(?:号楼|栋|幢)(?:\s?\d{1,2}\s?单元)?(?:\s?\d{1,5}\s?室)?"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_SIGNED = "我叫|我是|本人|我名叫|名字叫|姓名|联系人|反映人|投诉人|举报人|申诉人|申请人|署名"
_IN_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("邮箱", re.compile(r"[\w.+-]{1,64}\s?@\s?[\w-]{1,63}(?:\s?\.\s?[A-Za-z]{2,10}){1,3}", re.ASCII)),
    (
        "社交账号",
        re.compile(rf"(?:微信号?|wx|vx|weixin|qq号?|扣扣号?){_IS}[a-z0-9][\w-]{{4,24}}", re.ASCII | re.IGNORECASE),
    ),
    ("车牌", re.compile(rf"[{_PROVINCES}][A-HJ-NP-Z][·\s]?[A-HJ-NP-Z0-9]{{5,6}}(?![A-Z0-9])")),
    ("工号", re.compile(rf"(?:工号|员工编?号|社保(?:卡|账)?号|工牌){_IS}[A-Za-z0-9][A-Za-z0-9-]{{2,20}}")),
    (
        "出生日期",
        re.compile(
            rf"(?:生于|出生(?:于|日期|年月)?){_IS}(?:19|20)?\d{{2}}\s?[年.\-/]\s?\d{{1,2}}(?:\s?[月.\-/]\s?\d{{1,2}}\s?日?|月)?"
        ),
    ),
    (
        "住址",
        re.compile(
            rf"{_STREET}\s?\d{{1,5}}\s?号(?:\s?{_HOUSE})?|(?:{_HAN}{{1,8}}(?:小区|花园|新村)\s?)?{_HOUSE}|{_HAN}{{1,8}}村\s?\w{{1,3}}\s?组"
        ),
    ),
    (
        "姓名",
        re.compile(rf"(?:{_SIGNED}){_IS}(?P<what>[{_SURNAMES}]{_HAN}{{1,2}})(?!{_HAN}?(?:公司|工会|单位|厂))"),
    ),
)


def find(text: str, known: Known = NOBODY) -> list[Span]:
    """What gives somebody away, in the order of the text; stretches that touch are one."""
    plain = "".join(_plain(sign) for sign in text)
    found = [*_numbers(plain), *_words(plain), *_of_person(plain, known)]
    return _joined(sorted(found))


def cover(text: str, spans: Iterable[Span]) -> str:
    """The text with each stretch replaced by what it was: 【手机号】."""
    parts, at = [], 0
    for span in sorted(spans):
        if span.begins >= at:
            parts += [text[at : span.begins], f"【{span.zh}】"]
            at = span.ends
    return "".join([*parts, text[at:]])


def _plain(sign: str) -> str:
    """The usual form of a sign, where that is one sign too: places stay what they were."""
    other = unicodedata.normalize("NFKC", sign)
    return other if len(other) == 1 else sign


def _numbers(plain: str) -> Iterator[Span]:
    digits = plain.translate(_CHINESE)
    for zh, pattern in _IN_NUMBERS:
        yield from _spans(pattern, digits, zh)


def _words(plain: str) -> Iterator[Span]:
    for zh, pattern in _IN_WORDS:
        yield from _spans(pattern, plain, zh)


def _spans(pattern: re.Pattern[str], text: str, zh: str) -> Iterator[Span]:
    """Where it stands; of a pattern that needs words around it, the part called `what`."""
    group = "what" if "what" in pattern.groupindex else 0
    for each in pattern.finditer(text):
        yield Span(each.start(group), each.end(group), zh)


def _of_person(plain: str, known: Known) -> Iterator[Span]:
    for pattern, zh in _patterns_of(known):
        for each in re.finditer(pattern, plain, re.IGNORECASE):
            yield Span(each.start(), each.end(), zh)
    wanted = {"".join(sign for sign in number if sign.isalnum()).upper() for number in known.numbers}
    digits = plain.translate(_CHINESE).upper()
    for number in filter(None, wanted):
        for each in re.finditer(_GAP.join(map(re.escape, number)), digits):
            yield Span(each.start(), each.end(), _SOME_NUMBER)


def _patterns_of(known: Known) -> Iterator[tuple[str, str]]:
    for text in filter(None, known.texts):
        yield r"\s?".join(map(re.escape, _squeezed(text))), "住址"
    name = _squeezed(known.name).replace(SEPARATOR, "")
    if len(name) < 2:
        return
    yield r"[\s·*_-]{0,2}".join(map(re.escape, name)), "姓名"
    surname = surname_of(known.name) or name[:1]
    if len(given := name[len(surname) :]) >= 2:
        yield re.escape(given), "姓名"
    yield rf"{re.escape(surname)}(?:{_CALLED_AFTER})", "称呼"
    yield rf"(?:{_CALLED_BEFORE}){re.escape(surname)}(?![一-鿿]*(?:公司|厂|店))", "称呼"
    yield rf"{re.escape(surname)}(?:某某?|[xX*＊]{{1,2}})", "称呼"


def _squeezed(text: str) -> str:
    return "".join(_plain(sign) for sign in text if not sign.isspace())


def _joined(spans: list[Span]) -> list[Span]:
    """Overlapping findings are one: the longest names it."""
    found: list[Span] = []
    for span in spans:
        if found and span.begins < found[-1].ends:
            last = found.pop()
            longest = max((last, span), key=lambda each: (each.ends - each.begins, each.zh != _SOME_NUMBER))
            span = Span(last.begins, max(last.ends, span.ends), longest.zh)  # noqa: PLW2901 - the two as one
        found.append(span)
    return found
