"""Cleaners: from a cell as people type it to a value, or to the reason why not. Nothing is mended in silence.

`plain` is run once over every cell; a cleaner is given a cell that is not empty, and text in its plain form.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta

from gongjia.engines.intake.core.spec import BadCell, Cell, Noted
from gongjia.kernel import numbers

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_BLANKS = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace()) + _INVISIBLE
_INNER = re.compile(f"[{_BLANKS}]+")
_TEXT_MARKS = ("'", "`", "‘", "’", "=")
_WRAPPED = re.compile(r'="(.*)"', re.DOTALL)
_EMPTY = frozenset(
    ("", "无", "暂无", "/", "-", "—", "——", "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")
)
EXACT_DIGITS = 10**15  # a spreadsheet keeps fifteen digits; beyond that the last ones are already lost

_DITTO = frozenset(("同上", "〃", "″", '"', "“", "”", "„", "''", "′′", "‘’", "’’", "＂"))

_COUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.0+)?[人名]?")
_DAY = re.compile(
    r"(?P<year>\d{4})(?:[-./、\\—–](?P<month>\d{1,2})(?:[-./、\\—–](?P<day>\d{1,2}))?"
    r"|年(?P<zh_month>\d{1,2})月?(?:(?P<zh_day>\d{1,2})[日号]?)?"
    r"|(?P<month6>\d{2})(?P<day8>\d{2})?)"
)
_CLOCK = re.compile(r"(?:\s+|T)\d{1,2}[:：]\d{2}(?:[:：]\d{2}(?:\.\d+)?)?$")
_EXCEL_EPOCH = date(1899, 12, 30)
_FIRST_YEAR, _LAST_YEAR = 1800, 2199


def plain(cell: Cell) -> str:
    """The cell as text: wrappers (`="…"`, a leading apostrophe) and outer blanks fall away; an empty one is ''."""
    if isinstance(cell, str):
        stripped = cell.strip(_BLANKS)
        if stripped.startswith(_TEXT_MARKS):
            stripped = _unwrapped(stripped)
        return "" if stripped in _EMPTY else stripped
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _unwrapped(stripped: str) -> str:
    if stripped.startswith("="):
        held = _WRAPPED.fullmatch(stripped)
        return held.group(1).strip(_BLANKS) if held else stripped
    return stripped[1:].strip(_BLANKS)


def is_ditto(cell: Cell) -> bool:
    """Whether a cell says that it is the same as the one above (同上 〃 ″ ")."""
    return isinstance(cell, str) and cell.strip(_BLANKS) in _DITTO


def compact(written: str) -> str:
    """For codes, numbers and dates: full-width signs narrowed (NFKC) and no blanks inside."""
    if written.isascii() and written.isalnum():
        return written
    return _INNER.sub("", unicodedata.normalize("NFKC", written))


def text(cell: Cell) -> str:
    """Any text, kept as written. A number of more digits than a spreadsheet keeps is refused (`damaged_number`)."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, (int, float)) and abs(cell) >= EXACT_DIGITS:
        raise BadCell("damaged_number", "数字超过15位，表格软件已经丢掉了末几位，请把这一格设为文本格式后重新填写")
    return plain(cell)


def headcount(cell: Cell) -> int:
    """A number of people: 50, ５０, 1,200, 50人, 50.0. About-figures, ranges and negatives are `bad_headcount`."""
    written = compact(plain(cell))
    if len(written) > 2 and written[0] == written[-1] == '"':
        written = written[1:-1]
    found = None if isinstance(cell, (bool, date, timedelta)) else _COUNT.fullmatch(written)
    if found is None:
        raise BadCell("bad_headcount", f"人数“{plain(cell)}”不是一个确定的整数，请只填数字，例如 50")
    return int(found.group(1).replace(",", ""))


def uscc(cell: Cell) -> str:
    """A unified social credit code (GB 32100): eighteen signs with the right check sign, otherwise `bad_uscc`."""
    if isinstance(cell, (int, float)):
        raise BadCell("bad_uscc", "统一社会信用代码存成了数字，末几位可能已经丢失，请设为文本格式后重新填写")
    try:
        return numbers.uscc(plain(cell))
    except numbers.BadNumber as bad:
        raise BadCell("bad_uscc", bad.reason_zh) from bad


def looks_like_uscc(cell: Cell) -> bool:
    """Whether a cell can hardly be anything but a unified social credit code: the right signs and the right check."""
    return isinstance(cell, str) and len(plain(cell)) >= 18 and numbers.is_uscc(plain(cell))


def day(cell: Cell) -> date | Noted:
    """A date in any of the usual spellings, Excel's day number among them; `bad_date` if it is none or does not exist.

    Where only year and month are given the day is the first, and the value is `Noted` (`month_only`).
    """
    if isinstance(cell, date):
        return _in_range(cell.date() if isinstance(cell, datetime) else cell)
    if isinstance(cell, (bool, timedelta)):
        raise _no_date(cell)
    if isinstance(cell, str) and len(cell) == 10 and cell[4] == cell[7] == "-":  # by far the most frequent spelling
        try:
            return _in_range(date.fromisoformat(cell))
        except ValueError:
            raise _no_date(cell) from None
    written = compact(_CLOCK.sub("", plain(cell)))
    if re.fullmatch(r"[1-9]\d{4}", written):
        return _EXCEL_EPOCH + timedelta(days=int(written))
    found = _DAY.fullmatch(written)
    if found is None or (isinstance(cell, float) and not cell.is_integer()):
        raise _no_date(cell)
    part = found.groupdict()
    month = part["month"] or part["zh_month"] or part["month6"]
    given = part["day"] or part["zh_day"] or part["day8"]
    try:
        result = date(int(part["year"]), int(month or 0), int(given or 1))
    except ValueError:
        raise _no_date(cell) from None
    _in_range(result)
    return result if given else Noted(result, "month_only", f"“{plain(cell)}”只有年月，按当月1日记")


def _in_range(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise _no_date(day)
    return day


def _no_date(cell: Cell) -> BadCell:
    return BadCell("bad_date", f"“{plain(cell)}”不是日期，或者没有这一天，请写成 2020-03-05 的样子")
