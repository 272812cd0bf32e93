"""Which union can take a worker, in what order and why. Pure: facts about unions and the worker → proposals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: So many proposals stand on a page; whom none suits is taken by the county.
MOST = 5
_VILLAGE, _TOWNSHIP, _COUNTY = 12, 9, 6

VILLAGE = "village_union"


@dataclass(frozen=True)
class Candidate:
    """A union that takes workers from around. `trade` is the group of new employment that its name, or that of the
    federation of an industry's unions above it, speaks of; `industry` a section of GB/T 4754. `is_bound`: it takes
    workers of its own trade only."""

    reference: str
    name: str
    kind: str
    region_code: str
    region_zh: str = ""
    trade: str = ""
    industry: str = ""
    is_bound: bool = False


@dataclass(frozen=True)
class Sought:
    """What is known of the worker: where, in which group or industry, and whether the register knows the employer as
    one without a union. `trade_zh` is the group's or industry's word."""

    region_code: str
    group: str = ""
    industry: str = ""
    trade_zh: str = ""
    has_no_union: bool = False


@dataclass(frozen=True)
class Proposal:
    candidate: Candidate
    why: str


def proposals(sought: Sought, candidates: Iterable[Candidate], *, most: int = MOST) -> list[Proposal]:
    """The unions of the county that can take the worker, the best first: of the own trade (platforms and stations
    join these), then of the own village or community, then joint unions; in each the nearest first."""
    ranked = [
        (rank, each.region_code, each.name, each) for each in candidates if (rank := _rank(sought, each)) is not None
    ]
    ranked.sort(key=lambda each: each[:3])
    return [Proposal(each, _why(sought, each)) for *_, each in ranked[:most]]


def nearness(one: str, other: str) -> int:
    """0 in the same village, 1 in the same township, 2 in the same county, 3 further away. Of a place that is known
    only roughly, whatever lies in it is as near as its county."""
    for step, digits in enumerate((_VILLAGE, _TOWNSHIP)):
        if min(len(one), len(other)) >= digits and one[:digits] == other[:digits]:
            return step
    known = min(len(one), len(other), _COUNTY)
    return 2 if known and one[:known] == other[:known] else 3


def trade_of(names: Iterable[str], words: Mapping[str, str]) -> str:
    """The group that the first of these names speaks of, by a word of that trade; "" for none."""
    for name in names:
        for word, group in words.items():
            if word in name:
                return group
    return ""


def _rank(sought: Sought, union: Candidate) -> tuple[int, int] | None:
    """Tier and nearness; None for a union that does not come into question."""
    near = nearness(sought.region_code, union.region_code)
    if near > 2:
        return None
    if _is_of_trade(sought, union):
        return 0, near
    if union.is_bound:
        return None
    if union.kind == VILLAGE:
        return (1, near) if near < 2 else (3, near)
    return 2, near


def _is_of_trade(sought: Sought, union: Candidate) -> bool:
    """The own trade; or the own industry, for a union that names no trade."""
    if union.trade:
        return union.trade == sought.group
    return union.kind != VILLAGE and bool(sought.industry) and union.industry == sought.industry


def _why(sought: Sought, union: Candidate) -> str:
    near = nearness(sought.region_code, union.region_code)
    where = ("您所在村（社区）", "您所在乡镇（街道）", "本县（市、区）")[near]
    if _is_of_trade(sought, union):
        what = f"{where}的{sought.trade_zh}联合工会"
    elif union.kind == VILLAGE:
        what = f"{where}的村（社区）工会" if near else f"{where}工会"
    else:
        what = f"{where}的联合工会"
    before = "您单位还没有工会；" if sought.has_no_union else ""
    return f"{before}{what}可以接收"
