"""Money: whole fen inside, Decimal yuan in Python, and the ways in which people write it."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")
_WRITTEN = re.compile(r"([+-]?)[¥￥]?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(万?)元?")
MOST_IN_CAPITALS = 10 ** (4 * len(_GROUPS) + 2) - 1


class BadAmount(ValueError):
    """What was written is no amount of money; `reason_zh` is for the person who wrote it."""

    def __init__(self, reason_zh: str) -> None:
        super().__init__(reason_zh)
        self.reason_zh = reason_zh


def to_fen(yuan: Decimal | int | str) -> int:
    """Yuan → fen. Raises TypeError for a float (it is not the number written), BadAmount for parts of a fen."""
    if isinstance(yuan, bool) or not isinstance(yuan, Decimal | int | str):
        raise TypeError(f"money is Decimal, int or str, never {type(yuan).__name__}")
    try:
        fen = Decimal(yuan) * 100
        whole = int(fen)
    except (InvalidOperation, ValueError, OverflowError):
        raise BadAmount("这不是一个金额，请填写数字，例如 1234.56") from None
    if fen != whole:
        raise BadAmount("金额最多保留两位小数（到分）")
    return whole


def to_yuan(fen: int) -> Decimal:
    """Fen → yuan, always with two decimals."""
    return Decimal(fen).scaleb(-2)


def format_yuan(fen: int) -> str:
    """123456 → "1,234.56 元"."""
    return f"{to_yuan(fen):,} 元"


def parse_yuan(text: str) -> int:
    """What people write → fen: 1234.56, 1,234.56元, ￥1234, 1.5万元. Raises BadAmount."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if not plain:
        raise BadAmount("没有填写金额")
    found = _WRITTEN.fullmatch(plain)
    if not found:
        raise BadAmount("这不是一个金额，请填写数字，例如 1234.56")
    sign, whole, decimals, wan = found.groups()
    return to_fen(Decimal(f"{sign}{whole.replace(',', '')}{decimals or ''}") * (10_000 if wan else 1))


def in_capitals(fen: int) -> str:
    """The amount as it stands on a voucher: 123400 → 人民币壹仟贰佰叁拾肆元整.

    After the annex of 支付结算办法; the noughts that it leaves to the writer are not written. Raises ValueError from a
    trillion yuan on.
    """
    if abs(fen) > MOST_IN_CAPITALS:
        raise ValueError("amounts in capitals end below a trillion yuan")
    yuan, small = divmod(abs(fen), 100)
    whole = f"{_whole(yuan)}元" if yuan or not small else ""
    return f"人民币{'负' if fen < 0 else ''}{whole}{_small(small, after_yuan=bool(yuan))}"


def _small(small: int, *, after_yuan: bool) -> str:
    jiao, fen = divmod(small, 10)
    if not small:
        return "整"
    tenths = f"{_DIGITS[jiao]}角" if jiao else "零" * after_yuan
    return tenths + (f"{_DIGITS[fen]}分" if fen else "")


def _whole(number: int) -> str:
    if number == 0:
        return "零"
    text, gap = "", False
    for place in reversed(range(len(_GROUPS))):
        group = number // 10_000**place % 10_000
        if group:
            text += "零" * (bool(text) and (gap or group < 1000)) + _group(group) + _GROUPS[place]
        gap = not group
    return text


def _group(number: int) -> str:
    """One to four digits, a nought for each gap between them."""
    text, gap = "", False
    for place in reversed(range(4)):
        digit = number // 10**place % 10
        if digit:
            text += "零" * (bool(text) and gap) + _DIGITS[digit] + _PLACES[place]
        gap = not digit
    return text
