"""When a thing may be registered as shown, and what a site must say. Pure: facts and day → what is wrong, by field."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

#: Codes of words.py.
PLATE, IDENTITY, PROMISE = "plate", "identity", "promise"


@dataclass(frozen=True)
class Shown:
    """What a union says of one display, and what the registers say of its facts. `chair_since` is None where nobody is
    chair; `lapsed_on`: when the same display lapsed before."""

    kind: str
    shown_on: date
    founded_on: date | None = None
    chair_since: date | None = None
    chair_agreed: bool = False
    has_promise: bool = False
    lapsed_on: date | None = None


def wrong_with(shown: Shown, *, today: date) -> dict[str, str]:
    """What cannot be so, by field, in words; empty for a display that can be registered."""
    found: dict[str, str] = {}
    if shown.shown_on > today:
        found["shown_on"] = "展示日期不能晚于今天。还没有做的，做好了再登记。"
    elif shown.founded_on is not None and shown.shown_on < shown.founded_on:
        found["shown_on"] = f"工会 {shown.founded_on:%Y-%m-%d} 成立，展示日期不能更早。"
    elif shown.lapsed_on is not None and shown.shown_on < shown.lapsed_on:
        found["shown_on"] = f"上一次展示到 {shown.lapsed_on:%Y-%m-%d} 失效，重新展示的日期不能更早。"
    if shown.kind == IDENTITY:
        found |= _wrong_with_identity(shown)
    if shown.kind == PROMISE and not shown.has_promise:
        found["kind"] = "主席的承诺还没有写。请先在“职责和承诺”里写好主席的承诺，再登记。"
    return found


def _wrong_with_identity(shown: Shown) -> dict[str, str]:
    if shown.chair_since is None:
        return {"kind": "现在没有登记工会主席，不能登记亮身份。主席选出来以后，请上级工会先登记任职。"}
    if not shown.chair_agreed:
        return {"kind": "主席还没有同意公开姓名。请本人在网上同意，或者登记本人的书面同意，再来登记。"}
    if shown.shown_on < shown.chair_since:
        return {"shown_on": f"现任主席 {shown.chair_since:%Y-%m-%d} 任职，展示日期不能更早。"}
    return {}


def complete_since(shown: dict[str, date], *, of: Collection[str]) -> date | None:
    """From which day all of `of` stand together, by the days since when each is shown; None while one is missing."""
    return max(shown[each] for each in of) if set(of) <= shown.keys() else None


def wrong_with_site(
    *, is_union: bool, is_station: bool, is_home: bool, hours: str, services: Collection[str]
) -> dict[str, str]:
    """What a site must say, by what it is: who is to come needs to know when, and for what."""
    found: dict[str, str] = {}
    if not (is_union or is_station or is_home):
        found["is_union"] = "请至少选一项：工会办公、职工服务站、职工之家。"
    if is_station or is_home:
        if not hours.strip():
            found["hours"] = "服务站和职工之家要写开放时间，职工才知道什么时候能来。"
        if not services:
            found["services"] = "服务站和职工之家要选至少一项服务。"
    return found


def may_remind_from(reminded_on: date | None, *, days: int) -> date | None:
    """The first day on which a union may be reminded again; None: at once."""
    return None if reminded_on is None else reminded_on + timedelta(days=days)
