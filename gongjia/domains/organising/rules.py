"""What a visit may say, what it makes of a lead, and when an employer that was left is looked at again. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

#: Codes of words.py, where their Chinese stands: outcomes that somebody answered,
ANSWERED = frozenset({"agrees", "hesitates", "refuses"})
#: and those after which an employer is no longer one to be organised; the next comparisons look at it again.
NO_LONGER = frozenset({"closed", "moved", "small", "has_union"})
#: An earlier day is a year mistyped.
OLDEST_VISIT = timedelta(days=3653)


@dataclass(frozen=True)
class Said:
    """What an officer says of a visit; codes of words.py."""

    on: date
    met: str
    outcome: str
    met_name: str = ""
    told: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    refusal: str = ""
    headcount: int | None = None
    has_migrants: bool | None = None
    words: str = ""
    next_on: date | None = None


def wrong_with(said: Said, *, today: date, at_least: int) -> dict[str, str]:
    """What cannot be so, by field, in words; empty for a visit that can be kept. `at_least`: the headcount from which
    an employer is listed."""
    found: dict[str, str] = {}
    if said.on > today:
        found["on"] = "走访日期不能晚于今天。还没有去的，请填“下次联系”。"
    elif said.on < today - OLDEST_VISIT:
        found["on"] = "这是十年以前的日期，请核对年份。更早的走访不用补记。"
    if said.next_on is not None and said.next_on < today:
        found["next_on"] = "下次联系的日期不能早于今天。"
    if said.outcome == "refuses" and not said.refusal:
        found["refusal"] = "结果是拒绝建会，请选对方说的原因。"
    if said.refusal and said.outcome != "refuses":
        found["outcome"] = "选了拒绝的原因，结果却不是拒绝建会。请改结果，或者不选原因。"
    if said.refusal == "other" and not said.words:
        found["words"] = "原因选了“其他”，请在说明里写清楚。"
    if said.met == "nobody" and said.outcome in ANSWERED:
        found["outcome"] = "没见到人，就不能记对方同意、考虑或拒绝；请选“没见到能答复的人”，或者改“见到谁”。"
    if said.outcome == "small":
        found |= _wrong_with_small(said, at_least)
    return found


def _wrong_with_small(said: Said, at_least: int) -> dict[str, str]:
    if said.headcount is None:
        return {"headcount": "说职工不足标准人数，请填现场了解到的人数。"}
    if said.headcount >= at_least:
        return {"headcount": f"现场有 {said.headcount} 人，没有少于 {at_least} 人，不能按人数不足办理。"}
    return {}


def ends_work(outcome: str) -> bool:
    """Whether an employer is no longer one to be organised, for now."""
    return outcome in NO_LONGER


@dataclass(frozen=True)
class Left:
    """An employer that somebody left: why (an outcome, or ""), when, and how many people the lists gave it then."""

    code: str
    on: date
    most: int


def looks_again(left: Left, *, most: int, on: date, at_least: int, days: int) -> bool:
    """Whether a comparison of a day, that lists an employer with `most` people, asks about it again.

    Too small: as soon as the lists give more people than then, and enough. Anything else: when `days` full days have
    passed and the lists still have it, since lists lag behind what an officer has seen.
    """
    if left.code == "small" and most >= at_least and most > left.most:
        return True
    return on >= left.on + timedelta(days=days)


def kept(asked: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    """The parts of a form that a visit holds."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in asked.items() if name in names}
