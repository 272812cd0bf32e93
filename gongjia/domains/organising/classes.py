"""What a comparison makes of each employer: one class, the union that it has, and what in the lists does not fit
together. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from gongjia.domains.organising.comparison import UNION_ENDING, Comparison, Cover, EmployerRecord
from gongjia.domains.organising.headcounts import Headcounts
from gongjia.engines.matching.core.names import fold, fold_all, is_branch
from gongjia.kernel.words import Word


class EmployerClass(Word):
    """What an employer of the lists is, as to its union."""

    SHOULD = "should", "应建未建"
    ELSEWHERE = "elsewhere", "总部已建会"
    ORGANISED = "organised", "已建会"
    COVERED = "covered", "联合工会覆盖"
    MAY = "may", "人数不足标准"
    UNKNOWN = "unknown", "人数不明"
    CLOSED = "closed", "已注销、吊销、停业"
    MOVED = "moved", "已迁出"
    LOST = "lost", "失联、空壳"
    DOUBLE = "double", "重复登记"
    ABSENT = "absent", "名单上没有了"

    @property
    def is_lead(self) -> bool:
        """Whether somebody is sent there: a branch too, since only a visit can say that the head office's union covers
        it."""
        return self in {EmployerClass.SHOULD, EmployerClass.ELSEWHERE}


class Contradiction(Word):
    """What the lists say of one employer and cannot all be so."""

    COUNTS = "counts", "各来源人数不一：有的够标准，有的不够"
    CLOSED = "closed", "登记已注销、吊销或迁出，名单上还有职工"
    NAMES = "names", "同一个代码有两个名称"
    ZERO = "zero", "参保人数是 0，别的来源有职工"
    OLD = "old", "人数都太旧，不能作依据"


class Classified(NamedTuple):
    """One employer: its number in the comparison's list, what it is, its union's name and the number of the roster's
    record that says so. `record` is set for what was taken out as double."""

    entry: int
    found: EmployerClass
    contradiction: Contradiction | None = None
    union: str = ""
    pair: int | None = None
    record: EmployerRecord | None = None


_JOINT = re.compile(r"联合(?:基层)?工会")
_HEAD = re.compile(r".{3,}?(?:公司|集团|银行|合作社|厂)(?=.)")


def classified(
    comparison: Comparison, *, at_least: int, since: date | None = None, covered: Mapping[str, Cover] | None = None
) -> Iterator[Classified]:
    """Every employer of a comparison, in the order of the lists; behind them what stood there twice.

    `at_least`, `since` and `covered` as the comparison was made with.
    """
    unions = _unions(comparison)
    heads = _Heads(comparison, unions)
    names = _other_names(comparison)
    known = covered or {}
    for at, (employer, counts) in enumerate(zip(comparison.employers, comparison.headcounts, strict=True)):
        pair = unions.get(at)
        cover = known.get(employer.uscc) if employer.uscc else None
        found = _class_of(employer, counts.most_since(since), at_least, _has_union(comparison, pair, cover))
        union = cover.union if cover else comparison.pairs[pair].union.name if pair is not None else ""
        if found is EmployerClass.SHOULD and (head := heads.union_of(employer)):
            found, union = EmployerClass.ELSEWHERE, head
        yield Classified(
            at, found, _contradiction(employer, counts, at_least, since, has_two_names=at in names), union, pair
        )
    for at, record in comparison.doubles:
        yield Classified(at, EmployerClass.DOUBLE, record=record)


def _unions(comparison: Comparison) -> dict[int, int]:
    """The first record of the roster that is linked to each employer."""
    found: dict[int, int] = {}
    for number, (_, verdict) in enumerate(comparison.pairs):
        if verdict.grade.links and verdict.entry is not None:
            found.setdefault(verdict.entry, number)
    return found


def _has_union(comparison: Comparison, pair: int | None, cover: Cover | None) -> EmployerClass | None:
    if cover is not None:
        return EmployerClass.COVERED if cover.is_joint else EmployerClass.ORGANISED
    if pair is None:
        return None
    return EmployerClass.COVERED if is_joint(comparison.pairs[pair].union.name) else EmployerClass.ORGANISED


def is_joint(union: str) -> bool:
    """Whether a union's name says that it is one of several employers."""
    return bool(_JOINT.search(union))


def _class_of(employer: EmployerRecord, most: int | None, at_least: int, union: EmployerClass | None) -> EmployerClass:
    if employer.closed:
        return EmployerClass.MOVED if employer.moved else EmployerClass.CLOSED
    if union is not None:
        return union
    if most is not None and most >= at_least:  # whoever has people there is to be found, whatever a register says
        return EmployerClass.SHOULD
    if employer.lost:
        return EmployerClass.LOST
    return EmployerClass.UNKNOWN if most is None else EmployerClass.MAY


def _contradiction(
    employer: EmployerRecord, counts: Headcounts, at_least: int, since: date | None, *, has_two_names: bool
) -> Contradiction | None:
    """The one that matters most for whether somebody goes there."""
    if employer.closed and (counts.most_since(since) or 0) > 0:
        return Contradiction.CLOSED
    if counts.contradict(at_least, since):
        return Contradiction.COUNTS
    if has_two_names:
        return Contradiction.NAMES
    if counts.insured == 0 and (counts.most_since(since) or 0) > 0:
        return Contradiction.ZERO
    return Contradiction.OLD if counts.is_only_old(since) else None


def _other_names(comparison: Comparison) -> set[int]:
    """Employers whose code stands in the lists with another name as well."""
    return {at for at, record in comparison.doubles if fold(record.name) != fold(comparison.employers[at].name)}


class _Heads:
    """The unions of head offices, by their names; built when the first branch asks."""

    def __init__(self, comparison: Comparison, unions: Mapping[int, int]) -> None:
        self._comparison, self._unions = comparison, unions
        self._by_name: dict[str, str] | None = None

    def union_of(self, employer: EmployerRecord) -> str:
        """The name of the union of the office whose branch this is; "" where it is none, or nobody knows one."""
        folded = fold(employer.name)
        head = _HEAD.match(folded) if is_branch(folded) else None
        if head is None:
            return ""
        if self._by_name is None:
            self._by_name = self._known()
        return self._by_name.get(head[0], "")

    def _known(self) -> dict[str, str]:
        pairs, employers = self._comparison.pairs, self._comparison.employers
        names: Sequence[str] = fold_all([pair.union.name for pair in pairs])
        found = {UNION_ENDING.sub("", name): pair.union.name for name, pair in zip(names, pairs, strict=True)}
        found.pop("", None)
        return found | {fold(employers[at].name): pairs[number].union.name for at, number in self._unions.items()}
