"""Rows below the heading that hold no record: blank ones, totals, section titles, footers, examples."""

import re
from collections.abc import Callable, Sequence

from gongjia.engines.intake.core.headings import Heading, heading_key

_NUMBER = re.compile(r"[\dA-Za-z._-]{1,12}")
_TOTAL = re.compile(
    r"(?:本页|全部|总|全[厂县市区镇校院公司]+)?(?:[小合总共累]\s*计|总人数|合计人数|人数合计|总数)\s*(?:[(（].{1,6}[)）])?\s*[:：]?\s*"
    r"(?:共\s*)?[\d,.]*\s*[人名家个户项]?[。.]?|共\s*计?\s*\d+\s*[人名家户][。.]?"
)
_FOOTER = re.compile(
    r"(?:(?:制表|填表|填报|报送|审核|审批|复核|核对|录入|统计|打印|导出|上报|经办|盖章|单位盖章|负责人签字|单位负责人|工会主席|主席|分管领导|负责人|注|备注|说明|填表说明"
    r"|数据来源|联系人|联系电话|日期|时间)"
    r"(?:人|员|单位|日期|时间|签字|签名|签章|电话|\d{1,2})*\s*(?:[:：].*|[(（](?:盖章|签字|签名|公章|签章)[)）].*)"
    r"|[(（].{0,10}(?:盖章|公章|签字|签章|印章)[)）]|.{0,20}(?:盖章|公章|签章)[)）]?\s*[:：]?"
    r"|[-—*/\s]*以下(?:为)?(?:空白|无正文|无内容|无)[-—*/\s]*|注\s*\d{1,2}\s*[.、].*)",
    re.DOTALL,
)
_FIRST_SIGNS = frozenset("本全总小合共累人制填报审复核录统打导上经盖单负工主分注备说数联日时(（以-—*/")
_NUMERAL = r"[一二三四五六七八九十百]{1,4}"
_SECTION = re.compile(rf"(?:{_NUMERAL}[、.．:：]|[(（]{_NUMERAL}[)）]|第{_NUMERAL}[部分章节批组]+).*", re.DOTALL)
_LONE_NUMERAL = re.compile(rf"[(（]?{_NUMERAL}[)）]?[、.．]?")
_EXAMPLE = re.compile(
    r"(?:例|示例|样例|测试|举例|例子|范例)\d{0,2}"
    r"|[(（【\[]?(?:例|示例|样例|举例|例如|范例)\d{0,2}[)）】\]]?\s*[:：]?\s*(?<=[:：)）】\]]).*"
    r"|.*[(（【\[](?:示例|样例|例|举例|范例|测试)[)）】\]]",
    re.DOTALL,
)
_A_NUMBER_OF = re.compile(r"\D*\d{6,}\D*")


def why_skipped(
    texts: Sequence[str],
    heading: Heading,
    *,
    key: int,
    merged: bool,
    named: Callable[[], bool] = bool,
    alone: Callable[[str], bool] | None = None,
) -> str:
    """The reason in Chinese why a row is no record, or ''.

    `texts` are the plain texts of the row, `key` the position of the field that names the record, `merged` tells that
    one cell runs over most of the row, `named` that the row carries a number that only a record can have. `alone`
    tells of a text standing alone in the row, in the column of the key, whether it may be a record.
    """
    filled = [at for at, text in enumerate(texts) if text]
    if not filled:
        return "空行"
    if _repeats(texts, heading):
        return "重复的表头"
    if _is_example(texts, heading, key):
        return "示例行"
    reason = _no_record(texts, heading, filled, key=key, merged=merged, alone=alone)
    return "" if reason and named() else reason


def _no_record(
    texts: Sequence[str],
    heading: Heading,
    filled: Sequence[int],
    *,
    key: int,
    merged: bool,
    alone: Callable[[str], bool] | None,
) -> str:
    first = texts[filled[0]]
    lone_serial = len(filled) == 1 and filled[0] == heading.serial
    if lone_serial and _NUMBER.fullmatch(first):
        return "只有序号"
    leading = filled[1:2] if filled[0] == heading.serial else []
    for at in (filled[0], *leading):
        text = texts[at]
        if text[0] in _FIRST_SIGNS and _TOTAL.fullmatch(text):
            return "合计行"
        if at == filled[0] and (text[0] in _FIRST_SIGNS or text[-1] in "章)）:：") and _FOOTER.fullmatch(text):
            return "表尾说明"
    if lone_serial or (len(filled) == 1 and (merged or _SECTION.fullmatch(first))):
        return "分段标题"
    if filled[0] == heading.serial and len(filled) == 2 and _LONE_NUMERAL.fullmatch(first):
        return "分段标题"
    if len(filled) == 1 and alone and not _A_NUMBER_OF.fullmatch(first) and not (filled[0] == key and alone(first)):
        return "分段标题"
    return ""


def _repeats(texts: Sequence[str], heading: Heading) -> bool:
    first = next(filter(None, texts))
    return first[0] in heading.firsts and any(_says(texts, level) for level in heading.levels)


def _says(texts: Sequence[str], level: Sequence[str]) -> bool:
    """Whether the row says again what a row of the heading says, in at least two cells and nowhere otherwise."""
    same = 0
    for at, text in enumerate(texts):
        if text:
            if at >= len(level) or heading_key(text) != level[at]:
                return False
            same += 1
    return same > 1


def is_example_word(text: str) -> bool:
    """Whether a name or a running number says that its row is an example."""
    return bool(_EXAMPLE.fullmatch(text))


def _is_example(texts: Sequence[str], heading: Heading, key: int) -> bool:
    if key < len(texts) and _EXAMPLE.fullmatch(texts[key]):
        return True
    serial = heading.serial
    return serial is not None and serial < len(texts) and bool(_EXAMPLE.fullmatch(texts[serial]))
