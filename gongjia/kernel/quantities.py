"""The words for quantities in rules (Civil Code art. 1259): 以上 以下 以内 include the number, 超过 不满 exclude it.

Shares are compared in whole numbers, so that no rounding decides a vote; a share of nothing is an error and no "yes".
"""

from decimal import Decimal
from fractions import Fraction

Quantity = int | Decimal | Fraction


def at_least(number: Quantity, threshold: Quantity) -> bool:
    """以上, 不低于: the threshold itself is enough."""
    return _exact(number) >= _exact(threshold)


def at_most(number: Quantity, threshold: Quantity) -> bool:
    """以下, 以内: the threshold itself is within."""
    return _exact(number) <= _exact(threshold)


def more_than(number: Quantity, threshold: Quantity) -> bool:
    """超过, 以外: the threshold itself is not enough."""
    return _exact(number) > _exact(threshold)


def less_than(number: Quantity, threshold: Quantity) -> bool:
    """不满, 不足: the threshold itself is no longer below."""
    return _exact(number) < _exact(threshold)


def fraction_at_least(part: int, whole: int, numerator: int, denominator: int) -> bool:
    """三分之二以上: fraction_at_least(present, expected, 2, 3)."""
    _require_share(part, whole)
    return denominator * part >= numerator * whole


def fraction_at_most(part: int, whole: int, numerator: int, denominator: int) -> bool:
    """不超过百分之二十: fraction_at_most(managers, delegates, 20, 100)."""
    _require_share(part, whole)
    return denominator * part <= numerator * whole


def majority_of(part: int, whole: int) -> bool:
    """过半数: more than half."""
    _require_share(part, whole)
    return 2 * part > whole


def half_or_more(part: int, whole: int) -> bool:
    """半数以上: half is enough."""
    _require_share(part, whole)
    return 2 * part >= whole


def votes_needed_for_majority(whole: int) -> int:
    """The least number that is more than half."""
    _require_share(0, whole)
    return whole // 2 + 1


def extra_candidates(seats: int, percent: int | Decimal) -> int:
    """How many more candidates than seats a differential of `percent` asks for: rounded up, at least one."""
    if seats < 1:
        raise ValueError("an election has at least one seat")
    hundredths = seats * _exact(percent)
    return max(1, -int(-hundredths // 100))


def _exact(number: Quantity) -> Fraction:
    if isinstance(number, bool) or not isinstance(number, Quantity):
        raise TypeError("a quantity in a rule is int, Decimal or Fraction: a float has lost its last digit already")
    return Fraction(number)


def _require_share(part: int, whole: int) -> None:
    if whole <= 0 or not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share")
