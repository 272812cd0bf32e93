"""The stages of a comparison: each proposes entries for a record, with a strength, a score and a reason.

A stage that comes later (names that only resemble, a learnt model) is one more function of this shape.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from gongjia.engines.matching.core.names import Name, is_branch, likeness
from gongjia.engines.matching.core.records import DEPTHS, Known
from gongjia.engines.matching.core.regions import Agreement, Places, agreement
from gongjia.kernel import numbers

if TYPE_CHECKING:
    from gongjia.engines.matching.core.register import Register


class Strength(IntEnum):
    """What a proposal is good for: a hint is for a person; a name or a code may link by itself."""

    HINT = 0
    NAME = 1
    CODE = 2


@dataclass(frozen=True, slots=True)
class Proposal:
    """One entry proposed for one record. `score` runs from 0 to 1; `reason` is Chinese, for a clerk."""

    entry: int
    strength: Strength
    score: float
    reason: str


Stage = Callable[[Known, "Register"], Iterator[Proposal]]

_LIKE_ENOUGH = 0.5  # share of signs in common from which a name supports a repaired code
_SHORTEST_CORE = 3  # 金鑫公司 may be short for 金鑫缘广告有限公司: a core of two signs alone proves nothing
_CORE_WITHOUT_PLACE = 4
_NEVER = 1_000_000
_SCORES = (0.97, 0.95, 0.93, 0.9)
_WHAT_IS_SAME = (
    "名称相同",
    "去掉地名后名称相同",
    "去掉“有限公司”一类字样后名称相同",
    "去掉地名和“有限公司”一类字样后名称相同",
)


def by_code(known: Known, register: "Register") -> Iterator[Proposal]:
    """The same unified code; or the old organisation code of nine signs, which stands within it."""
    same = register.with_code(known.code)
    if same is not None:
        yield _by_code(known, register, same, 0.99, "统一社会信用代码相同")
    elif len(known.code) == 9:
        holders = register.with_organisation_code(known.code)
        for at in holders:
            proposal = _by_code(known, register, at, 0.97, "组织机构代码与统一社会信用代码第9至17位相同")
            yield proposal if len(holders) == 1 else _weakened(proposal)


def by_repaired_code(known: Known, register: "Register") -> Iterator[Proposal]:
    """A code whose check fails, one sign or two swapped neighbours off an entry's sound code, if the name agrees."""
    if len(known.code) != 18 or register.with_code(known.code) is not None or numbers.is_uscc(known.code):
        return
    found = {at for code in numbers.sound_neighbours(known.code) if (at := register.with_code(code)) is not None}
    for at in sorted(found):
        alike = likeness(known.name.core, register.entries.name(at).core)
        reason = f"代码疑似录错（与 {register.entries.codes[at]} 只差一处）"
        if len(found) == 1 and alike >= _LIKE_ENOUGH:
            yield Proposal(at, Strength.CODE, 0.9 + 0.05 * alike, f"{reason}，名称相近")
        else:
            yield Proposal(at, Strength.HINT, 0.6 + 0.2 * alike, f"{reason}，名称不同")


def by_name(known: Known, register: "Register") -> Iterator[Proposal]:
    """The same name, in full or without region words and legal form, where the regions agree."""
    for name in (known.other, known.name):
        if name is None:
            continue
        for depth in range(len(DEPTHS)):
            proposals = list(_at_depth(name, depth, known, register))
            yield from proposals
            if any(proposal.strength == Strength.NAME for proposal in proposals):
                return


def by_abbreviation(known: Known, register: "Register") -> Iterator[Proposal]:
    """A shortened name: the core is the beginning of an entry's core, and the regions agree. A person decides."""
    core = known.name.core
    if len(core) < 2:
        return
    near = [(at, agreement(known.places, register.entries.place(at))) for at in register.starting_with(core)]
    for at, agreed in near:
        if agreed == Agreement.ELSEWHERE or (agreed == Agreement.UNKNOWN and len(core) < _CORE_WITHOUT_PLACE):
            continue
        other = register.entries.name(at)
        branch = is_branch(other.full) and not is_branch(known.name.full)
        score = 0.5 + 0.25 * len(core) / len(other.core) + 0.02 * agreed - 0.05 * branch
        kind = "名称与其开头相同，但它是分支机构" if branch else "名称是其简称（开头相同）"
        yield Proposal(
            at, Strength.HINT, score + _address_bonus(known, register, at), f"{kind}，{_where(known, register, at)}"
        )


EXACT: tuple[tuple[Stage, ...], ...] = ((by_code, by_repaired_code, by_name), (by_abbreviation,))
"""Tiers of stages: all of a tier are heard, and the next tier only where nothing has linked by itself so far."""


def _by_code(known: Known, register: "Register", at: int, score: float, reason: str) -> Proposal:
    other = register.entries.name(at)
    if known.name.full == other.full:
        return Proposal(at, Strength.CODE, score + 0.01, f"{reason}，名称也相同")
    if not set(known.name.core) & set(other.core):
        return Proposal(at, Strength.HINT, 0.7, f"{reason}，但名称完全不同")
    return Proposal(at, Strength.CODE, score, reason)


def _weakened(proposal: Proposal) -> Proposal:
    return Proposal(proposal.entry, Strength.HINT, proposal.score - 0.2, f"{proposal.reason}，但不止一家如此")


def _at_depth(name: Name, depth: int, known: Known, register: "Register") -> Iterator[Proposal]:
    hits = register.named(name, depth)
    agreed = {at: agreement(known.places, register.entries.place(at)) for at in hits}
    best = max(agreed.values(), default=Agreement.ELSEWHERE)
    nearest = [at for at in hits if agreed[at] == best]
    proven = len(nearest) == 1 and len(name.core) >= proof_from(depth, best)
    for at in hits:
        strong = proven and at == nearest[0]
        score = score_of(depth, agreed[at])
        if not strong:
            score = 0.6 + 0.05 * agreed[at] - 0.02 * depth + _address_bonus(known, register, at)
        reason = words_of(depth, _where(known, register, at))
        if len(hits) > 1:
            reason += f"，同名共 {len(hits)} 家"
        yield Proposal(at, Strength.NAME if strong else Strength.HINT, score, reason)


def score_of(depth: int, agreed: Agreement) -> float:
    """The score of a name that is the same at a depth and may link."""
    return _SCORES[depth] + 0.01 * (agreed - Agreement.CITY)


def words_of(depth: int, place: str) -> str:
    """The reason of a name that is the same at a depth; `place` says how the places fit."""
    return f"{_WHAT_IS_SAME[depth]}，{place}"


def proof_from(depth: int, agreed: Agreement) -> int:
    """From how many signs of the core on the same name at this depth may link by itself, if only one entry carries it
    there."""
    if agreed in {Agreement.ELSEWHERE, Agreement.OTHER_COUNTY}:
        return _NEVER
    if agreed == Agreement.UNKNOWN and depth > 0:
        return _CORE_WITHOUT_PLACE
    return _SHORTEST_CORE if DEPTHS[depth] in {"formless", "core"} else 0


def _address_bonus(known: Known, register: "Register", at: int) -> float:
    """The same address, which rosters often cut short, tells two of the same name apart."""
    mine, theirs = known.address, register.entries.address(at)
    return 0.04 if min(len(mine), len(theirs)) >= 6 and (theirs.startswith(mine) or mine.startswith(theirs)) else 0.0


def _where(known: Known, register: "Register", at: int) -> str:
    return where(known.places, register.entries.place(at))


def where(mine: Places, theirs: Places) -> str:
    """How two places fit, in words."""
    agreed = agreement(mine, theirs)
    if agreed == Agreement.UNKNOWN:
        return "地区不明"
    if agreed == Agreement.ELSEWHERE:
        return f"但地区不一致（{_zh(mine.cities)}与{_zh(theirs.cities)}）"
    if agreed == Agreement.OTHER_COUNTY:
        return f"但区县不一致（{_zh(mine.counties)}与{_zh(theirs.counties)}）"
    common = mine.counties & theirs.counties if agreed == Agreement.COUNTY else mine.cities & theirs.cities
    return f"地区一致（{_zh(common)}）"


def _zh(places: Sequence[str] | frozenset[str]) -> str:
    return "、".join(sorted(places))
