"""The arithmetic of a drive: days, an even pace, shares of a target; and what cannot be so. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

#: Longer than this, or further away, a year is mistyped.
LONGEST = timedelta(days=1096)
MOST = 1_000_000


@dataclass(frozen=True)
class Pace:
    """How far the days of a drive have gone, both ends included, and what an even pace would have brought by now."""

    days: int
    gone: int
    due: int
    target: int
    done: int

    @property
    def left(self) -> int:
        return self.days - self.gone

    @property
    def behind(self) -> int:
        """How many are missing to the even pace; negative where more are done."""
        return self.due - self.done


def pace(*, from_on: date, until_on: date, on: date, target: int, done: int) -> Pace:
    """`on` counts as a day gone. An employer is due when the whole of it is: nobody is late on the first morning."""
    days = (until_on - from_on).days + 1
    gone = min(max((on - from_on).days + 1, 0), days)
    return Pace(days, gone, target * gone // days, target, done)


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """Parts of a total in proportion to weights, by the largest remainders, together exactly the total; all nothing
    where there is nothing to go by."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    parts = [total * each // whole for each in weights]
    behind = sorted(range(len(weights)), key=lambda at: (-(total * weights[at] % whole), at))
    for at in behind[: total - sum(parts)]:
        parts[at] += 1
    return parts


def wrong_with(*, from_on: date, until_on: date, target: int, today: date) -> dict[str, str]:
    """What cannot be so of a drive that is opened or amended, by field, in words."""
    found: dict[str, str] = {}
    if until_on < from_on:
        found["until_on"] = "到期日不能早于开始日，请核对两个日期。"
    elif until_on - from_on > LONGEST:
        found["until_on"] = "行动最长三年，请核对到期日的年份。"
    elif until_on < today:
        found["until_on"] = "到期日不能早于今天。要结束行动，请用“提前结束”。"
    if abs(from_on - today) > LONGEST:
        found["from_on"] = "开始日离今天超过三年，请核对年份。"
    if not 0 < target <= MOST:
        found["target"] = f"目标要填 1 到 {MOST:,} 之间的家数。"
    return found
