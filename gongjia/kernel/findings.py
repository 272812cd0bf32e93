"""The answer of a rule: yes, no or unknown, with every figure seen, every figure needed and the article behind it.

A stored finding still says in three years why something was decided. What is not known stays unknown: it never turns
into nought or "no".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self

from gongjia.kernel import quantities
from gongjia.kernel.moments import day_zh
from gongjia.kernel.words import Word

Figure = int | Decimal | Fraction | date | str | bool | None


class Outcome(Word):
    YES = "yes", "符合"
    NO = "no", "不符合"
    UNKNOWN = "unknown", "无法判断"


class Comparison(Word):
    """How the figure seen must stand to the figure needed."""

    AT_LEAST = "at_least", "以上"
    AT_MOST = "at_most", "以下"
    MORE_THAN = "more_than", "超过"
    LESS_THAN = "less_than", "不满"
    EQUAL = "equal", "等于"
    NOT_EQUAL = "not_equal", "不是"


_ORDERED = {
    Comparison.AT_LEAST: quantities.at_least,
    Comparison.AT_MOST: quantities.at_most,
    Comparison.MORE_THAN: quantities.more_than,
    Comparison.LESS_THAN: quantities.less_than,
}
_BEHIND = {Comparison.AT_LEAST, Comparison.AT_MOST}


@dataclass(frozen=True)
class Reason:
    """One comparison. `zh` names the figure; `basis` cites document and article; `missing` says what is not known."""

    code: str
    zh: str
    saw: Figure = None
    needed: Figure = None
    comparison: Comparison | None = None
    basis: str = ""
    missing: str = ""
    unit: str = ""

    @property
    def line(self) -> str:
        """The reason as a sentence for the person concerned."""
        basis = f"（{self.basis}）" if self.basis else ""
        if self.missing:
            return f"{self.zh}：缺少{self.missing}，无法判断{basis}"
        if self.comparison is None:
            return f"{self.zh}{basis}"
        return f"{self.zh}：现为 {_say(self.saw)}{_after(self.unit)}，要求{self._need()}{basis}"

    def _need(self) -> str:
        word = self.comparison.zh if self.comparison else ""
        figure = f"{_say(self.needed)}{_after(self.unit)}"
        if self.comparison in _BEHIND:
            return f" {figure}{'' if self.unit else ' '}{word}"
        return f"{word} {figure}"


@dataclass(frozen=True)
class Finding:
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()

    @property
    def ok(self) -> bool:
        """Only a clear yes is yes."""
        return self.outcome is Outcome.YES

    @property
    def lines(self) -> list[str]:
        """All reasons as Chinese sentences, in the order in which the rule looked."""
        return [reason.line for reason in self.reasons]

    @classmethod
    def yes(cls, *reasons: Reason) -> Self:
        return cls(Outcome.YES, reasons)

    @classmethod
    def no(cls, *reasons: Reason) -> Self:
        return cls(Outcome.NO, reasons)

    @classmethod
    def unknown(cls, *reasons: Reason) -> Self:
        return cls(Outcome.UNKNOWN, reasons)

    def as_json(self) -> dict[str, Any]:
        return {"outcome": self.outcome.value, "reasons": [_reason_to_json(reason) for reason in self.reasons]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(Outcome(data["outcome"]), tuple(_reason_from_json(reason) for reason in data["reasons"]))


def compare(
    code: str, zh: str, saw: Figure, comparison: Comparison, needed: Figure, *, basis: str = "", unit: str = ""
) -> Finding:
    """One comparison as a finding. A figure that is None, seen or needed, makes it unknown."""
    missing = zh if saw is None else f"“{zh}”的标准" if needed is None else ""
    reason = Reason(code, zh, saw, needed, comparison, basis, missing, unit)
    if missing:
        return Finding.unknown(reason)
    return Finding.yes(reason) if _holds(saw, comparison, needed) else Finding.no(reason)


def all_of(findings: Iterable[Finding]) -> Finding:
    """No if one is no; else unknown if one is unknown; else yes. Keeps all reasons. Raises ValueError for none."""
    return _combined(findings, decisive=Outcome.NO, otherwise=Outcome.YES)


def any_of(findings: Iterable[Finding]) -> Finding:
    """Yes if one is yes; else unknown if one is unknown; else no. Keeps all reasons. Raises ValueError for none."""
    return _combined(findings, decisive=Outcome.YES, otherwise=Outcome.NO)


def _combined(findings: Iterable[Finding], *, decisive: Outcome, otherwise: Outcome) -> Finding:
    findings = list(findings)
    if not findings:
        raise ValueError("nothing was asked, so nothing is found")
    outcomes = {finding.outcome for finding in findings}
    outcome = next((one for one in (decisive, Outcome.UNKNOWN) if one in outcomes), otherwise)
    return Finding(outcome, tuple(reason for finding in findings for reason in finding.reasons))


def _holds(saw: Figure, comparison: Comparison, needed: Figure) -> bool:
    if comparison is Comparison.EQUAL:
        return saw == needed
    if comparison is Comparison.NOT_EQUAL:
        return saw != needed
    if isinstance(saw, date) and isinstance(needed, date):
        return _ORDERED[comparison](saw.toordinal(), needed.toordinal())
    return _ORDERED[comparison](saw, needed)  # type: ignore[arg-type]  # raises TypeError for words


def _say(figure: Figure) -> str:
    match figure:
        case bool():
            return "是" if figure else "否"
        case date():
            return day_zh(figure)
        case int():
            return f"{figure:,}"
        case _:
            return str(figure)


def _after(unit: str) -> str:
    return f" {unit}" if unit else ""


def _reason_to_json(reason: Reason) -> dict[str, Any]:
    texts = {"comparison": reason.comparison, "basis": reason.basis, "missing": reason.missing, "unit": reason.unit}
    return {
        "code": reason.code,
        "zh": reason.zh,
        "saw": _figure_to_json(reason.saw),
        "needed": _figure_to_json(reason.needed),
        **{key: str(text) for key, text in texts.items() if text},
    }


def _reason_from_json(data: Mapping[str, Any]) -> Reason:
    comparison = data.get("comparison")
    return Reason(
        code=data["code"],
        zh=data["zh"],
        saw=_figure_from_json(data["saw"]),
        needed=_figure_from_json(data["needed"]),
        comparison=Comparison(comparison) if comparison else None,
        basis=data.get("basis", ""),
        missing=data.get("missing", ""),
        unit=data.get("unit", ""),
    )


def _figure_to_json(figure: Figure) -> Any:
    match figure:
        case Decimal():
            return {"decimal": str(figure)}
        case Fraction():
            return {"fraction": str(figure)}
        case date():
            return {"date": figure.isoformat()}
        case _:
            return figure


def _figure_from_json(data: Any) -> Figure:
    match data:
        case {"decimal": text}:
            return Decimal(text)
        case {"fraction": text}:
            return Fraction(text)
        case {"date": text}:
            return date.fromisoformat(text)
        case _:
            figure: Figure = data
            return figure
