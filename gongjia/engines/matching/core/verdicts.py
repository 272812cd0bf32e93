"""From proposals to a verdict for each record: linked by itself, for a person to decide, or nothing found."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from gongjia.engines.matching.core.records import Known, Record, Rows
from gongjia.engines.matching.core.stages import EXACT, Proposal, Stage, Strength
from gongjia.kernel import numbers
from gongjia.kernel.words import Word

if TYPE_CHECKING:
    from gongjia.engines.matching.core.columns import Column
    from gongjia.engines.matching.core.model import Model
    from gongjia.engines.matching.core.near import Weighed
    from gongjia.engines.matching.core.register import Register

MOST_CANDIDATES = 5
MOST_FOR_REVIEW = 0.8  # what a person must decide never looks as sure as what links by itself
GUESS_FROM = 0.6
_WORTH_A_LOOK = 0.2  # likely entries whose shares together are less are not shown
_MORE_LIKELY_THAN_NOT = 0.5


class Grade(Word):
    """How a record found its entry. Only 代码, 名称 and 近似 link by themselves."""

    CODE = "code", "代码"
    NAME = "name", "名称"
    NEAR = "near", "近似"
    REVIEW = "review", "待核"
    NONE = "none", "无"

    @property
    def links(self) -> bool:
        return self in {Grade.CODE, Grade.NAME, Grade.NEAR}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry (its number in the register) that may be the one, with all reasons found for it."""

    entry: int
    score: float
    reason: str
    strength: Strength


@dataclass(frozen=True, slots=True)
class Verdict:
    """`entry` is the one found, or the best guess where a person must decide, or None; `score` is that entry's.

    `candidates` are at most five, best first; the found one is the first.
    """

    grade: Grade
    entry: int | None
    score: float
    reason: str
    candidates: tuple[Candidate, ...] = ()


class Decided(NamedTuple):
    """What a person has said of one record: the entry it belongs to, that it belongs to none, or which ones not to."""

    entry: int | None = None
    none: bool = False
    refused: frozenset[int] = frozenset()


def match(
    register: "Register",
    records: Iterable[Record] | Rows,
    *,
    ending: re.Pattern[str] | None = None,
    tiers: Sequence[Sequence[Stage]] = EXACT,
    model: "Model | None" = None,
    decided: Mapping[int, Decided] | None = None,
) -> Iterator[Verdict]:
    """One verdict for each record, in order.

    `ending` cuts from a record's name what the entries' names do not carry. A tier of stages is asked only where the
    tiers before it have found nothing that links by itself. Where nothing has linked in the end, the learnt `model`
    weighs the entries that are most alike. What a person has `decided` of a record (by its place) stands above all.
    """
    said = decided or {}
    column = register.know_all(records, ending)
    if model is not None:
        tiers = tiers[:1]  # the model hears of shortened names too
    verdicts = exact(register, column, tiers, said)
    if model is not None:
        nearer(register, column, verdicts, model, said, list(linked(verdicts)))
    return iter(verdicts)


def exact(
    register: "Register",
    column: "Column",
    tiers: Sequence[Sequence[Stage]] = EXACT[:1],
    said: Mapping[int, Decided] | None = None,
) -> list[Verdict]:
    """What the stages alone, and what a person has said, make of each row."""
    from gongjia.engines.matching.core.settled import Settled  # here: as the register, it wakes a library of numbers

    said = said or {}
    register.announce(column)
    plain: Iterable[Verdict | None] = repeat(None, len(column))
    if tiers and tiers[0] is EXACT[0]:
        plain = Settled(register, column, nobody_too=len(tiers) == 1).verdicts()
    verdicts = []
    for at, settled in enumerate(plain):
        if settled is not None and at not in said:
            verdicts.append(settled)
            continue
        known, refused = column[at], said[at].refused if at in said else ()
        proposals = [one for one in ask(known, register, tiers) if one.entry not in refused]
        verdict = decide(known, register, proposals)
        verdicts.append(_as_said(said[at], verdict) if at in said else verdict)
    register.let_go()
    return verdicts


def decide(known: Known, register: "Register", proposals: Sequence[Proposal]) -> Verdict:
    """Weigh the proposals of all stages for one record."""
    candidates = _gather(proposals)
    if not candidates:
        return nobody(named=bool(known.name.full))
    coded = [candidate for candidate in candidates if candidate.strength == Strength.CODE]
    named = [candidate for candidate in candidates if candidate.strength == Strength.NAME]
    if len(coded) == 1 and not named:
        return _linked(Grade.CODE, coded[0], candidates)
    if coded:
        return _for_review("代码和名称指向不同的单位", candidates)
    if len(named) == 1:
        if _other_body(known.code, register.entries.codes[named[0].entry]):
            return _for_review("名称相同，但名册上的代码是另一个有效代码", candidates)
        return _linked(Grade.NAME, named[0], candidates)
    return _for_review("有几家单位都可能" if len(candidates) > 1 else "只有一家可能，但依据不足", candidates)


def nobody(*, named: bool) -> Verdict:
    """Nothing was found for a record, which has a name or has none."""
    return Verdict(Grade.NONE, None, 0.0, "没有找到代码或名称相同的单位" if named else "没有填写名称，无法比对")


def ask(known: Known, register: "Register", tiers: Sequence[Sequence[Stage]]) -> list[Proposal]:
    proposals: list[Proposal] = []
    for tier in tiers:
        proposals += [proposal for stage in tier for proposal in stage(known, register)]
        if any(proposal.strength > Strength.HINT for proposal in proposals):
            break
    return proposals


def _gather(proposals: Iterable[Proposal]) -> list[Candidate]:
    """One candidate for each entry, best first: its strongest proposal, with every reason that was found."""
    held: dict[int, list[Proposal]] = {}
    for proposal in proposals:
        held.setdefault(proposal.entry, []).append(proposal)
    candidates = []
    for entry, mine in held.items():
        best = max(mine, key=lambda one: (one.strength, one.score))
        reasons = dict.fromkeys([best.reason, *(one.reason for one in mine if one.strength > Strength.HINT)])
        candidates.append(Candidate(entry, best.score, "；".join(reasons), best.strength))
    return sorted(candidates, key=lambda one: (-one.strength, -one.score, one.entry))


def _linked(grade: Grade, found: Candidate, candidates: Sequence[Candidate]) -> Verdict:
    return Verdict(grade, found.entry, found.score, found.reason, tuple(candidates[:MOST_CANDIDATES]))


def _for_review(why: str, candidates: Sequence[Candidate]) -> Verdict:
    """The first candidate is the guess, unless the second is as good or both are too weak to guess."""
    first = candidates[0]
    tied = len(candidates) > 1 and candidates[1].score >= first.score
    entry = None if tied or first.score < GUESS_FROM else first.entry
    score = min(first.score, MOST_FOR_REVIEW)
    return Verdict(Grade.REVIEW, entry, score, f"{why}：{first.reason}", tuple(candidates[:MOST_CANDIDATES]))


def _other_body(code: str, found: str) -> bool:
    """Whether a code is valid, of the same register (its first sign) and not the found one: somebody else's."""
    return bool(code and found and code != found and code[0] == found[0]) and numbers.is_uscc(code)


def _as_said(said: Decided, verdict: Verdict) -> Verdict:
    """What a person has decided, in the place of what was found."""
    if said.none:
        return Verdict(Grade.NONE, None, 0.0, "经人核对，没有对应的单位")
    if said.entry is None or (verdict.grade.links and verdict.entry == said.entry):
        return verdict
    reason = "经人核对确认"
    return Verdict(Grade.NEAR, said.entry, 1.0, reason, (Candidate(said.entry, 1.0, reason, Strength.CODE),))


def linked(verdicts: Iterable[Verdict]) -> Iterator[int]:
    """The entries that records have been linked to."""
    return (one.entry for one in verdicts if one.grade.links and one.entry is not None)


def nearer(
    register: "Register",
    column: "Column",
    verdicts: list[Verdict],
    model: "Model",
    said: Mapping[int, Decided],
    taken: Iterable[int],
) -> None:
    """Weigh the likely entries of every row that has not linked, and put in place what that says of it.

    `taken` are the entries that records have been linked to, those of the other parts of the roster too.
    """
    from gongjia.engines.matching.core.near import Survey  # here, since it wakes libraries that a page does not need

    settled = {at for at, one in said.items() if one.none}
    rows = [at for at, verdict in enumerate(verdicts) if not verdict.grade.links and at not in settled]
    extra = {at: [one.entry for one in verdicts[at].candidates] for at in rows}
    survey = Survey(register, column, rows, extra=extra, taken=taken)
    refused = {at: one.refused for at, one in said.items() if one.refused}
    shares = survey.shares(model, refused)
    weighed = survey.weighed(shares, most=MOST_CANDIDATES, least=_WORTH_A_LOOK, sure=model.near_from)
    for at, found in zip(rows, weighed, strict=True):
        verdicts[at] = _nearer(verdicts[at], found, column.codes[at], register, model.near_from)


def _nearer(before: Verdict, found: "Sequence[Weighed]", code: str, register: "Register", near_from: float) -> Verdict:
    """The verdict on a record, given what the exact stages said and what the model found."""
    candidates = [Candidate(one.entry, min(one.share, 0.9999), one.reason, Strength.HINT) for one in found]
    held = {one.entry: one for one in before.candidates}
    if any(one.strength > Strength.HINT for one in before.candidates) or not found:
        more = [one for one in candidates if one.entry not in held]
        return replace(before, candidates=(*before.candidates, *more)[:MOST_CANDIDATES])
    candidates = [replace(one, reason=held[one.entry].reason) if one.entry in held else one for one in candidates]
    best = candidates[0]
    if best.score >= near_from and not found[0].barred and not _other_body(code, register.entries.codes[best.entry]):
        return Verdict(Grade.NEAR, best.entry, best.score, best.reason, tuple(candidates))
    entry = best.entry if best.score >= _MORE_LIKELY_THAN_NOT else None
    why = (
        "相近，要人核对"
        if entry is not None
        else "有几家单位相近"
        if len(candidates) > 1
        else "只有一家相近，但依据不足"
    )
    return Verdict(Grade.REVIEW, entry, min(best.score, MOST_FOR_REVIEW), f"{why}：{best.reason}", tuple(candidates))
