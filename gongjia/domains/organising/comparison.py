"""数据比对: employer lists against a roster of unions. Pure: no Django, no database."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from gongjia.domains.organising.decisions import Decision, apply
from gongjia.domains.organising.headcounts import Headcounts
from gongjia.engines.matching.core import EXACT, Grade, Located, Rows, Stage, Verdict, match
from gongjia.engines.matching.core.names import fold, fold_all
from gongjia.engines.matching.core.regions import Places, stem

if TYPE_CHECKING:
    from gongjia.engines.matching.core import Register
    from gongjia.engines.matching.core.model import Model

UNION_ENDING = re.compile(r"(?:联合|基层)*工会(?:联合会|委员会|小组)*(?:筹备(?:工作)?(?:组|委员会))?$")
"""What a union's name carries behind its employer's: 工会, 工会委员会, 联合工会, 基层工会委员会, 工会联合会 …

分工会 is not cut, since the 分 may be what a clerk left of 分公司.
"""

_NO_COUNTY = re.compile(r"开发|工业|高新|经济|产业|管理|风景|新区|[园小校库社街镇乡村路]区")
_MOVED = ("迁出", "迁移", "已迁")
_CLOSED = ("注销", "吊销", "撤销", "歇业", "停业", "清算", "关闭", "已注销", "已吊销", "拟注销", *_MOVED)
_LOST = re.compile(r"失联|异常|非正常|空壳|查无|不实")


class EmployerRecord(NamedTuple):
    """One employer. `uscc` is valid or empty; `wrong_code` is what stands in its place and is none; `status` is the
    registration's own word for it."""

    name: str
    uscc: str = ""
    place: Located = Located()
    headcounts: Headcounts = Headcounts()
    status: str = ""
    wrong_code: str = ""

    @property
    def closed(self) -> bool:
        """Struck off, revoked or gone: nobody can found a union there."""
        return self.status.startswith(_CLOSED)

    @property
    def moved(self) -> bool:
        """Gone to another place."""
        return self.status.startswith(_MOVED)

    @property
    def lost(self) -> bool:
        """Registered, and not found by whoever keeps the register."""
        return bool(_LOST.search(self.status))


class UnionRecord(NamedTuple):
    """One row of the roster. `number` names it in the results; `code` may be empty, old or mistyped."""

    number: str
    name: str
    code: str = ""
    employer: str = ""
    place: Located = Located()


class HeadcountRecord(NamedTuple):
    """Headcounts of an employer from another list, found by code, or by name where the code is missing."""

    name: str
    uscc: str
    headcounts: Headcounts


class Cover(NamedTuple):
    """A union of this system that an employer has: its name, and whether it is one of several employers."""

    union: str
    is_joint: bool = False


class Pair(NamedTuple):
    """A union record and what was found for it."""

    union: UnionRecord
    verdict: Verdict


class Unorganised(NamedTuple):
    """An employer large enough to have a union, for which no record was found; `unsure` if one awaits review.

    `headcounts` are those of all lists together, `most` the largest that counts, `entry` is the employer's number; city
    and county are stems (咸宁, 咸安), empty where the list leaves them open.
    """

    employer: EmployerRecord
    headcounts: Headcounts
    unsure: bool
    city: str = ""
    county: str = ""
    most: int = 0
    entry: int = -1


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result. Numbers in verdicts point into `employers`, from which doubles by code have been taken out."""

    employers: Sequence[EmployerRecord]
    pairs: Sequence[Pair]
    unorganised: Sequence[Unorganised]
    """largest first"""
    unplaced: int
    """rows of headcounts that belong to none of the employers, or to several of the same name"""
    undecided: int = 0
    """decisions about records or employers that are not in these lists"""
    headcounts: Sequence[Headcounts] = ()
    """of each employer, of all lists together"""
    doubles: Sequence[tuple[int, EmployerRecord]] = ()
    """what was taken out because its code was there already, and whose code it is"""
    strangers: int = 0
    """employers that only a list of headcounts knows"""

    @property
    def review(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.verdict.grade == Grade.REVIEW]

    def count(self, grade: Grade) -> int:
        return sum(pair.verdict.grade == grade for pair in self.pairs)


def compare(
    employers: Iterable[EmployerRecord],
    unions: Iterable[UnionRecord],
    headcounts: Iterable[HeadcountRecord] = (),
    *,
    at_least: int,
    since: date | None = None,
    covered: Mapping[str, Cover] | None = None,
    takes_strangers: bool = False,
    tiers: Sequence[Sequence[Stage]] = EXACT,
    model: "Model | None" = None,
    decisions: Iterable[Decision] = (),
    matcher: Callable[..., Iterator[Verdict]] = match,
) -> Comparison:
    """Find each union's employer, and the employers of `at_least` people (that number included) without a union.

    Employers and unions are held in memory (about 1 KB an employer), headcounts are streamed. A union record links
    only with an automatic grade; an employer that is merely proposed for review stays on the list, flagged as unsure.
    Where the exact stages find nothing the `model` judges names that are alike; what people have decided stands.
    Headcounts of a day before `since` do not count. `covered`: codes of employers that have a union whatever the roster
    says. With `takes_strangers` an employer that only a list of headcounts knows, by its code, is one like the others.
    `matcher` does what `match` does, elsewhere.
    """
    listed, counts, doubles = _without_doubles(employers)
    own = len(listed)
    unplaced = _add_headcounts(listed, counts, headcounts, takes_strangers=takes_strangers)
    register = register_of(listed)
    known = list(unions)
    records = roster_of(known)
    said = apply(decisions, listed, known)
    verdicts = matcher(register, records, ending=UNION_ENDING, tiers=tiers, model=model, decided=said.decided)
    pairs = [Pair(union, verdict) for union, verdict in zip(known, verdicts, strict=True)]
    found = _without_union(listed, counts, pairs, at_least, since, covered or {})
    entries = register.entries
    unorganised = [
        Unorganised(listed[at], counts[at], unsure, *_where(entries.place(at), entries.divisions(at)), people, at)
        for at, (people, unsure) in found.items()
    ]
    strangers = len(listed) - own
    return Comparison(listed, pairs, unorganised, unplaced, said.unplaced, counts, doubles, strangers)


def register_of(employers: Sequence[EmployerRecord]) -> "Register":
    """The employers as the side that is searched."""
    from gongjia.engines.matching.core import Register  # here: it wakes a library of numbers that no page needs

    columns = ([one.name for one in employers], [one.uscc for one in employers], [one.place for one in employers])
    return Register(Rows(*columns))


def roster_of(unions: Sequence[UnionRecord]) -> Rows:
    """The unions as the side that looks for its entries."""
    employers = [one.employer for one in unions]
    columns = ([one.name for one in unions], [one.code for one in unions], [one.place for one in unions])
    return Rows(*columns, employers if any(employers) else ())


@lru_cache(maxsize=100_000)
def _where(places: Places, divisions: tuple[str, ...]) -> tuple[str, str]:
    """City and county.

    The county is the one that the list's words mean; where the list knows none, the one that the address itself writes
    behind its city (咸宁市赤壁市): a county that stands in a list once cannot be learnt from it.
    """
    if places.counties:
        return _only(places.cities), _only(places.counties)
    words = [word for word in divisions if not word.endswith(("省", "自治区"))]
    return _only(places.cities), stem(words[1]) if len(words) == 2 and not _NO_COUNTY.search(words[1]) else ""


def _only(words: frozenset[str]) -> str:
    """The one place that was named; nothing where there are none or several."""
    return next(iter(words)) if len(words) == 1 else ""


def employers_of(employers: Iterable[EmployerRecord]) -> list[EmployerRecord]:
    """The employers as a comparison numbers them: doubles by code are out."""
    return _without_doubles(employers)[0]


def _without_doubles(
    employers: Iterable[EmployerRecord],
) -> tuple[list[EmployerRecord], list[Headcounts], list[tuple[int, EmployerRecord]]]:
    """An employer listed twice under one code counts once, with the headcounts of both, which stand beside the list."""
    listed: list[EmployerRecord] = []
    counts: list[Headcounts] = []
    doubles: list[tuple[int, EmployerRecord]] = []
    seen: dict[str, int] = {}
    for employer in employers:
        before = seen.get(employer.uscc) if employer.uscc else None
        if before is None:
            seen[employer.uscc] = len(listed)
            listed.append(employer)
            counts.append(employer.headcounts)
        else:
            counts[before] = counts[before].joined(employer.headcounts)
            doubles.append((before, employer))
    return listed, counts, doubles


def _add_headcounts(
    listed: list[EmployerRecord],
    counts: list[Headcounts],
    headcounts: Iterable[HeadcountRecord],
    *,
    takes_strangers: bool,
) -> int:
    """Add each row to its employer's headcounts; returns how many rows found none. Strangers are put behind."""
    by_code: dict[str, int] | None = None
    by_name: dict[str, int | None] | None = None
    unplaced = 0
    for record in headcounts:
        if by_code is None:
            by_code = {one.uscc: at for at, one in enumerate(listed) if one.uscc}
        found = by_code.get(record.uscc) if record.uscc else None
        if found is None and (takes_strangers or not record.uscc):
            if by_name is None:
                by_name = _by_name(listed)
            found = by_name.get(fold(record.name))
            if found is not None and record.uscc:
                found = _with_code(listed, by_code, found, record.uscc)
        if found is None and takes_strangers and record.uscc:
            by_code[record.uscc] = len(listed)
            listed.append(EmployerRecord(record.name, record.uscc))
            counts.append(record.headcounts)
        elif found is None:
            unplaced += 1
        else:
            counts[found] = counts[found].joined(record.headcounts)
    return unplaced


def _with_code(listed: list[EmployerRecord], by_code: dict[str, int], at: int, uscc: str) -> int | None:
    """The employer of the same name takes the code, where it has none or a wrong one; None for any other."""
    if listed[at].uscc:
        return None
    listed[at] = listed[at]._replace(uscc=uscc, wrong_code="")
    by_code[uscc] = at
    return at


def _by_name(listed: Sequence[EmployerRecord]) -> dict[str, int | None]:
    """Folded name → place; None where two carry it, for nobody can say which is meant."""
    found: dict[str, int | None] = {}
    for at, name in enumerate(fold_all([one.name for one in listed])):
        found[name] = None if name in found else at
    return found


def _without_union(
    listed: Sequence[EmployerRecord],
    counts: Sequence[Headcounts],
    pairs: Sequence[Pair],
    at_least: int,
    since: date | None,
    covered: Mapping[str, Cover],
) -> dict[int, tuple[int, bool]]:
    """The numbers of the employers without a union, largest first, each with how many people count and whether a record
    awaits review."""
    linked = {pair.verdict.entry for pair in pairs if pair.verdict.grade.links}
    proposed = {one.entry for pair in pairs if pair.verdict.grade == Grade.REVIEW for one in pair.verdict.candidates}
    most = [one.most_since(since) or 0 for one in counts]
    found = [
        at
        for at, employer in enumerate(listed)
        if most[at] >= at_least
        and at not in linked
        and not (employer.status and employer.closed)
        and employer.uscc not in covered
    ]
    found.sort(key=lambda at: listed[at].uscc)
    bare = bisect_right(found, "", key=lambda at: listed[at].uscc)  # without a code the name decides
    found[:bare] = sorted(found[:bare], key=lambda at: listed[at].name)
    found.sort(key=most.__getitem__, reverse=True)
    return {at: (most[at], at in proposed) for at in found}
