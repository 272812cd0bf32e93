"""Indicators: what is counted, said once. A figure on any page is one of these, with its sentence and its rows.

    register(Indicator(
        code="books", zh="藏书", unit="册", definition="……", dimensions=(Dimension("shelf", "书架", SHELVES),),
        rows="library:books", recount=recount,
    ))

An indicator keeps up to four dimensions beside the month. `rows` names the page that lists what was counted; its
address carries `under` (the organisation's reference), `on`, the codes of the dimensions and what `rows_filter` adds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

MOST_DIMENSIONS = 4
COLUMNS = ("d1", "d2", "d3", "d4")
MONTH = 16
OWN = 32
"""A grain says what a sum keeps apart: bit 1, 2, 4, 8 for the dimensions in order, MONTH for the month. OWN marks the
finest sums of an organisation's own rows; all others are sums of what stands below a vantage."""
BLANK = "blank"
"""How an empty value is kept, so that it has a name in an address."""
_RESERVED = frozenset({"month", "under", "on", "amount", "months", "most"})


@dataclass(frozen=True)
class Dimension:
    """A way to tell rows apart: `values` are the stored codes, in the order shown, with their labels."""

    code: str
    zh: str
    values: Mapping[str, str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", {value or BLANK: zh for value, zh in self.values.items()})


@dataclass(frozen=True, eq=False)
class Indicator:
    """`definition` is the one sentence that tells people how it is counted.

    `recount` gives the truth from the rows: querysets of (organisation, *dimensions, month, amount), where the amount
    is +1 in the month a thing began and -1 in the month it ended. Anything summed may come in several rows.
    """

    code: str
    zh: str
    unit: str
    definition: str
    rows: str
    recount: Callable[[], Sequence[QuerySet[Any, Any]]]
    dimensions: tuple[Dimension, ...] = ()
    rows_filter: Mapping[str, str | Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        codes = [each.code for each in self.dimensions]
        if len(codes) > MOST_DIMENSIONS or len(set(codes)) < len(codes) or _RESERVED & set(codes):
            raise ValueError(f"{self.code}: up to {MOST_DIMENSIONS} dimensions, each with a code of its own")

    def dimension(self, code: str) -> Dimension:
        return self.dimensions[self._place(code)]

    def column(self, code: str) -> str:
        return COLUMNS[self._place(code)]

    def key(self, values: Sequence[str]) -> tuple[str, str, str, str]:
        """The columns of one count: a known value for each dimension, in order."""
        if len(values) != len(self.dimensions):
            raise ValueError(f"{self.code} needs a value for each of {[each.code for each in self.dimensions]}")
        known = [str(value) or BLANK for value in values]
        for each, value in zip(self.dimensions, known, strict=True):
            if value not in each.values:
                raise ValueError(f"{self.code}: {value!r} is no value of {each.code}")
        d1, d2, d3, d4 = [*known, "", "", "", ""][:MOST_DIMENSIONS]
        return d1, d2, d3, d4

    @property
    def all_dimensions(self) -> int:
        return (1 << len(self.dimensions)) - 1

    @property
    def finest(self) -> int:
        """The grain that keeps everything apart."""
        return self.all_dimensions | MONTH

    @property
    def grains(self) -> tuple[int, ...]:
        """The sums that a vantage keeps: by month with no, one and all dimensions, and by all without the month."""
        single = {MONTH | 1 << place for place in range(len(self.dimensions))}
        return tuple(sorted({MONTH, self.finest, self.all_dimensions} | single))

    def grain_of(self, dimensions: Iterable[str]) -> int:
        """The coarsest monthly sums that still tell these dimensions apart."""
        asked = {1 << self._place(code) for code in dimensions}
        return MONTH | sum(asked) if len(asked) < 2 else self.finest

    def _place(self, code: str) -> int:
        for place, each in enumerate(self.dimensions):
            if each.code == code:
                return place
        raise ValueError(f"{self.code} is not kept by {code}")


_registered: dict[str, Indicator] = {}


def register(*indicators: Indicator) -> None:
    """Called in apps.py by the room whose rows are counted."""
    for each in indicators:
        if _registered.setdefault(each.code, each) is not each:
            raise RuntimeError(f"indicator {each.code} is declared twice")


def indicator(code: str) -> Indicator:
    try:
        return _registered[code]
    except KeyError:
        raise LookupError(f"no indicator {code} is registered") from None


def registered() -> list[Indicator]:
    return sorted(_registered.values(), key=lambda each: each.code)
