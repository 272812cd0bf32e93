"""What people have decided of earlier comparisons, brought to the lists of this one. Pure: no Django, no database."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gongjia.engines.intake.core import BadCell, Cell, Column, Row, SheetSpec
from gongjia.engines.intake.core.values import plain, text, uscc
from gongjia.engines.matching.core import Decided
from gongjia.engines.matching.core.names import fold, fold_all

if TYPE_CHECKING:
    from gongjia.domains.organising.comparison import EmployerRecord, UnionRecord


_YES = frozenset(("是", "对", "√", "1", "Y", "YES", "TRUE", "同意", "确认"))
_NO = frozenset(("否", "不是", "不对", "×", "X", "0", "N", "NO", "FALSE", "无", "没有"))


def answer(cell: Cell) -> bool:
    """是 or 否, as people write them."""
    written = plain(cell).strip().upper()
    if written in _YES:
        return True
    if written in _NO:
        return False
    raise BadCell("bad_answer", "结论只能填“是”或“否”")


DECISIONS = SheetSpec(
    "核对结论",
    (
        Column("number", "序号", text, ("编号", "记录号", "工会编号")),
        Column("union", "工会名称", text, ("工会全称", "基层工会名称", "工会组织名称")),
        Column("uscc", "统一社会信用代码", uscc, ("统一信用代码", "社会信用代码", "信用代码", "统一代码", "单位代码")),
        Column("employer", "单位名称", text, ("企业名称", "用人单位名称", "公司名称")),
        Column("yes", "结论", answer, ("核对结论", "是否同一单位", "是否", "判断"), required=True),
    ),
    serial=(),
)
"""What people have decided: a union's record, an employer, and whether they belong together (是 or 否)."""


def decision_record(row: Row) -> "Decision | None":
    """The decision of a row, or None where it is in doubt what was decided, or about whom."""
    of = row.values
    if row.problems or not (of.get("number") or of.get("union")):
        return None
    return Decision(
        of.get("number") or "", of.get("union") or "", of.get("uscc") or "", of.get("employer") or "", yes=of["yes"]
    )


class Decision(NamedTuple):
    """One line of a person's decisions (核对结论): whether a union's record belongs to an employer.

    The union is named by its number, its name, or both; the employer by its code or its name. A no without an employer
    says that the record belongs to none.
    """

    number: str
    union: str
    uscc: str = ""
    employer: str = ""
    yes: bool = True


class Applied(NamedTuple):
    """Decisions by the place of the record in the roster, and how many lines fitted nothing in the lists."""

    decided: dict[int, Decided]
    unplaced: int


def apply(
    decisions: Iterable[Decision], employers: "Sequence[EmployerRecord]", unions: "Sequence[UnionRecord]"
) -> Applied:
    """Find what each decision is about. Of two that contradict one another the later one holds."""
    lines = list(decisions)
    if not lines:
        return Applied({}, 0)
    records = _Records(unions)
    by_code = {one.uscc: at for at, one in enumerate(employers) if one.uscc}
    by_name = _unique(fold_all([one.name for one in employers]))
    decided: dict[int, Decided] = {}
    unplaced = 0
    for line in lines:
        entry = by_code.get(line.uscc) if line.uscc else by_name.get(fold(line.employer)) if line.employer else None
        named = bool(line.uscc or line.employer)
        places = records.meant(line)
        if not places or (named and entry is None) or (line.yes and not named):
            unplaced += 1
            continue
        for at in places:
            decided[at] = _later(decided.get(at, Decided()), entry, yes=line.yes)
    return Applied(decided, unplaced)


class _Records:
    """The roster's records by number and by name."""

    def __init__(self, unions: "Sequence[UnionRecord]") -> None:
        self._names = fold_all([one.name for one in unions])
        self._by_number: dict[str, list[int]] = {}
        self._by_name: dict[str, list[int]] = {}
        for at, one in enumerate(unions):
            self._by_number.setdefault(one.number, []).append(at)
            self._by_name.setdefault(self._names[at], []).append(at)

    def meant(self, line: Decision) -> list[int]:
        """The record with the number and the name; a roster numbered anew still has the name, if only one has it."""
        name = fold(line.union)
        numbered = self._by_number.get(line.number, []) if line.number else []
        same = [at for at in numbered if not name or self._names[at] == name]
        named = self._by_name.get(name, []) if name else []
        return same or (named if len(named) == 1 else [])


def _unique(names: Sequence[str]) -> Mapping[str, int | None]:
    """Name → place; None where two carry it, for nobody can say which is meant."""
    found: dict[str, int | None] = {}
    for at, name in enumerate(names):
        found[name] = None if name in found else at
    return found


def _later(before: Decided, entry: int | None, *, yes: bool) -> Decided:
    if entry is None:
        return Decided(none=True)
    if yes:
        return Decided(entry)
    refused = before.refused | {entry}
    return Decided(None if before.entry == entry else before.entry, none=before.none, refused=refused)
