"""Numbers that nobody carries: identity numbers, phones and credit codes, each once and each with its right check sign.

Identity numbers use the serials 996–999 (GB 11643: they were kept for the centenarians of the first count), so four to
a county and day of birth. They are enumerated, never guessed and tried again.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

from demo.names.draw import Draw, Permutation

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_SIGNS = "10X98765432"
SERIALS = {"m": ("997", "999"), "f": ("996", "998")}


class NumbersExhausted(Exception):
    """More people of one sex and year were asked for than there are numbers: use a smaller scale or more counties."""


def weighed(digits: str, position: int) -> int:
    """The part that these digits, standing from `position` on, add to the weighted sum of GB 11643."""
    return sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS[position:], strict=False))


@cache
def days(year: int) -> tuple[tuple[date, str, int], ...]:
    """Each day of the year: the date, its eight digits, their weighted sum."""
    first = date(year, 1, 1)
    count = (date(year + 1, 1, 1) - first).days
    dates = (first + timedelta(days=number) for number in range(count))
    return tuple((day, f"{day:%Y%m%d}", weighed(f"{day:%Y%m%d}", 6)) for day in dates)


SERIALS_WEIGHED = {sex: tuple((serial, weighed(serial, 14)) for serial in pair) for sex, pair in SERIALS.items()}


class IdentityNumbers:
    """Numbers by county, sex and year of birth; a county that has none left hands on to the others of the province."""

    def __init__(self, seed: int, counties: Sequence[str]) -> None:
        self._draw = Draw(seed, "identity numbers")
        self._counties = tuple(counties)
        self._weighed = {county: weighed(county, 0) for county in counties}
        self._left: dict[tuple[str, str, int], Permutation] = {}
        self._open: dict[tuple[str, int], list[str]] = {}

    def take(self, county: str, sex: str, year: int) -> tuple[str, date]:
        """A new number and the birth date in it; `county` is where it was first given out, if one is left there."""
        index = self._index(county, sex, year)
        while index < 0:
            county = self._another(county, sex, year)
            index = self._index(county, sex, year)
        odd, index = index & 1, index >> 1
        born, digits, day_sum = days(year)[index]
        serial, serial_sum = SERIALS_WEIGHED[sex][odd]
        check = CHECK_SIGNS[(self._weighed[county] + day_sum + serial_sum) % 11]
        return f"{county}{digits}{serial}{check}", born

    def _index(self, county: str, sex: str, year: int) -> int:
        key = (county, sex, year)
        order = self._left.get(key)
        if order is None:
            order = self._left[key] = Permutation(2 * len(days(year)), self._draw.random())
        return order.take()

    def _another(self, exhausted: str, sex: str, year: int) -> str:
        still = self._open.setdefault((sex, year), list(self._counties))
        if exhausted in still:
            still.remove(exhausted)
        if not still:
            raise NumbersExhausted(
                f"{year} 年出生的{'男' if sex == 'm' else '女'}职工的演示身份证号已经用完：请减小演示规模。"
            )
        return self._draw.one(still)


class Phones:
    """Mobile numbers 1990xxxxxxx, each once: a format that forms accept, coined without looking at anybody's."""

    def __init__(self, seed: int) -> None:
        self._order = Permutation(10**7, Draw(seed, "phones").random())

    def take(self) -> str:
        index = self._order.take()
        if index < 0:
            raise NumbersExhausted("演示手机号已经用完：请减小演示规模。")
        return f"1990{index:07d}"


SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SIGN_VALUES = {sign: value for value, sign in enumerate(SIGNS)}
CODE_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
BODY_START = "MY"  # no registrar has given out bodies that begin so
BODY_DIGITS = 6


class CreditCodes:
    """Unified social credit codes (GB 32100, GB 11714), no two with the same organisation code."""

    def __init__(self, seed: int, purpose: str = "union codes") -> None:
        self._order = Permutation(31**BODY_DIGITS, Draw(seed, purpose).random())

    def take(self, start: str, county: str) -> str:
        """A code with the two signs of department and kind (`81` a grassroots union, `91` an enterprise)."""
        index = self._order.take()
        if index < 0:
            raise NumbersExhausted("演示统一社会信用代码已经用完：请减小演示规模。")
        body = BODY_START
        for _ in range(BODY_DIGITS):
            index, place = divmod(index, 31)
            body += SIGNS[place]
        code = f"{start}{county}{body}{body_check(body)}"
        return (
            code + SIGNS[-sum(SIGN_VALUES[sign] * weight for sign, weight in zip(code, CODE_WEIGHTS, strict=True)) % 31]
        )

    def union(self, county: str) -> str:
        return self.take("81", county)


def code_check(code: str) -> str:
    """The eighteenth sign of a credit code, from the seventeen before it."""
    return SIGNS[-sum(SIGN_VALUES[sign] * weight for sign, weight in zip(code, CODE_WEIGHTS, strict=True)) % 31]


def body_check(body: str) -> str:
    """The ninth sign of an organisation code: letters count from A = 10 to Z = 35, ten is X."""
    rest = -sum(int(sign, 36) * weight for sign, weight in zip(body, BODY_WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)
