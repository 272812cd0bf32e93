"""Names and numbers with their middle covered: for lists on screen, and the stronger form for public notices.

Identity numbers, phones and bank cards have no public form: they never stand in a notice. Too short to be covered in
part means covered whole.
"""

from gongjia.kernel.names import SEPARATOR, surname_of
from gongjia.kernel.pinyin import initials

STAR = "*"


def mask_name(name: str) -> str:
    """For staff without need of the whole: 张三 → 张*, 张小三 → 张*三, 欧阳娜娜 → 欧阳**, 买买提·艾力 → 买**·**."""
    surname = surname_of(name)
    if not surname:
        return name[:1] + "".join(sign if sign == SEPARATOR else STAR for sign in name[1:])
    covered = len(name) - len(surname)
    if len(surname) > 1 or covered < 2:
        return surname + STAR * covered
    return surname + STAR * (covered - 1) + name[-1]


def public_name(name: str) -> str:
    """For notices: the surname and one star, however long the name: 张*, 欧阳*, 买*."""
    return f"{surname_of(name) or name[:1]}{STAR}" if name else ""


def child_initials(name: str) -> str:
    """A child is shown by initials only: 王小明 → WXM."""
    return initials(name).upper()


def mask_identity(number: str) -> str:
    """First three and last four: 420***********1234."""
    return _cover(number, head=3, tail=4)


def mask_phone(number: str) -> str:
    """First three and last four of a mobile number: 138****5678."""
    return _cover(number, head=3, tail=4)


def card_tail(number: str) -> str:
    """尾号 and the last four digits of a bank card."""
    return f"尾号{number[-4:]}" if len(number) >= 12 else STAR * len(number)


def _cover(number: str, *, head: int, tail: int) -> str:
    middle = len(number) - head - tail
    if middle < 4:
        return STAR * len(number)
    return number[:head] + STAR * middle + number[-tail:]
