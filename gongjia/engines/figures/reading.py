"""Reading figures: totals, parts, tables and series of a subtree, each number with its sentence, date and rows.

Counts are kept by month. `on` is today, or the last day of a month gone by; what was counted in its month or before
is in the figure. Each function is one statement over sums and waiting changes (`children` adds one for the names),
and refuses an organisation outside the reach.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.figures import sums
from gongjia.engines.figures.answers import Child, Children, Figure, Table
from gongjia.engines.figures.indicators import indicator
from gongjia.engines.figures.months import last_day, month_of, months_until
from gongjia.engines.figures.sums import Asked
from gongjia.kernel.db import is_within
from gongjia.kernel.reach import OutOfReach, current

MONTH = "month"
"""The month, where `cross` asks for it like a dimension."""
Filter = str | Iterable[str]


@dataclass(frozen=True)
class _Mark:
    """A value on an axis: of a dimension, or a month with the day its figure stands for."""

    key: Any
    label: str
    dimension: str = ""
    on: date | None = None


def total(code: str, organisation: Organisation, /, *, on: date, **filters: Filter) -> Figure:
    """How many there are in the subtree, of the given values of dimensions: `sex="f"`, `kind=("a", "b")`."""
    asked = _asked(code, organisation, on, filters)
    return _figure(asked, sums.in_subtree(asked)[()])


def totals(codes: Sequence[str], organisation: Organisation, /, *, on: date) -> dict[str, Figure]:
    """Several indicators of one subtree by one statement: the top of a dashboard."""
    asked = [_asked(code, organisation, on, {}) for code in codes]
    found = sums.of_several([each.indicator for each in asked], organisation, on)
    return {each.indicator.code: _figure(each, found.get(each.indicator.code, 0)) for each in asked}


def of_each(code: str, organisations: Sequence[Organisation], /, *, on: date) -> dict[int, Figure]:
    """The totals of several subtrees by one statement, by the id of their tops: a column of a list."""
    asked = [_asked(code, each, on, {}) for each in organisations]
    found = sums.of_each(indicator(code), organisations, on)
    return {each.organisation.pk: _figure(each, found.get(each.organisation.pk, 0)) for each in asked}


def by(code: str, dimension: str, organisation: Organisation, /, *, on: date, **filters: Filter) -> list[Figure]:
    """The total taken apart by one dimension, in the declared order, with the values that count nothing."""
    asked = _asked(code, organisation, on, filters)
    found = sums.in_subtree(asked, [dimension])
    return [_figure(asked, found.get((mark.key,), 0), mark) for mark in _axis(asked, dimension, found, 0)]


def series(code: str, organisation: Organisation, /, *, on: date, months: int = 12, **filters: Filter) -> list[Figure]:
    """How many there were at the end of each of the last `months` months; the last one stands for `on`."""
    asked = _asked(code, organisation, on, filters)
    marks = _months(on, months)
    found = sums.by_month(asked, [mark.key for mark in marks])
    return [_figure(asked, found.get((mark.key,), 0), mark) for mark in marks]


def cross(
    code: str, rows: str, columns: str, organisation: Organisation, /, *, on: date, months: int = 12, **filters: Filter
) -> Table:
    """Two dimensions beside each other. One of them may be MONTH: the ends of the last `months` months."""
    asked = _asked(code, organisation, on, filters)
    keys = [each for each in (rows, columns) if each != MONTH]
    axes: dict[str, list[_Mark]] = {}
    if len(keys) == 2:
        found = sums.in_subtree(asked, keys)
    else:
        axes[MONTH] = _months(on, months)
        found = sums.by_month(asked, [mark.key for mark in axes[MONTH]], keys)
    axes |= {dimension: _axis(asked, dimension, found, place) for place, dimension in enumerate(keys)}
    keys += [MONTH] if MONTH in axes else []

    def cell(row: _Mark, column: _Mark) -> Figure:
        at = {rows: row.key, columns: column.key}
        return _figure(asked, found.get(tuple(at[each] for each in keys), 0), row, column)

    return Table(
        rows=[row.label for row in axes[rows]],
        columns=[column.label for column in axes[columns]],
        cells=[[cell(row, column) for column in axes[columns]] for row in axes[rows]],
    )


def children(code: str, organisation: Organisation, /, *, on: date, most: int = 100, **filters: Filter) -> Children:
    """The total taken apart by the direct parts of the organisation, largest first, for a list to drill down."""
    asked = _asked(code, organisation, on, filters)
    (own, *parts), whole, count = sums.of_parts(asked, most)
    named = Organisation.objects.in_bulk([each.organisation_id for each in parts])
    shown = [Child(child := named[each.organisation_id], _part(asked, child, each.amount)) for each in parts]
    return Children(
        own=_figure(asked, own.amount),
        shown=shown,
        others=whole - own.amount - sum(each.amount for each in parts),
        others_count=count - len(parts),
    )


def _asked(code: str, organisation: Organisation, on: date, filters: Mapping[str, Filter]) -> Asked:
    """Raises OutOfReach for a subtree that may not be seen, ValueError for what the indicator is not kept by."""
    reach = current()
    if not reach.everything and not any(is_within(organisation.path, each) for each in reach.subtrees):
        raise OutOfReach(f"figures of organisation {organisation.pk}")
    declared = indicator(code)
    wanted = {key: (value,) if isinstance(value, str) else tuple(value) for key, value in filters.items()}
    for key, values in wanted.items():
        if not values or not declared.dimension(key).values.keys() >= set(values):
            raise ValueError(f"{code}: {sorted(values)} are no values of {key}")
    return Asked(declared, organisation, on, wanted)


def _figure(asked: Asked, value: int, *marks: _Mark) -> Figure:
    on = next((mark.on for mark in marks if mark.on), asked.on)
    filters = {**asked.filters, **{mark.dimension: mark.key for mark in marks if mark.dimension}}
    return Figure(value, asked.indicator, asked.organisation, on, filters, " · ".join(mark.label for mark in marks))


def _part(asked: Asked, child: Organisation, value: int) -> Figure:
    return Figure(value, asked.indicator, child, asked.on, asked.filters, child.name)


def _axis(asked: Asked, dimension: str, found: Mapping[tuple[Any, ...], int], place: int) -> list[_Mark]:
    """The declared values, or those filtered for; then any code that rows hold and nobody has declared."""
    declared = asked.indicator.dimension(dimension).values
    known = [value for value in declared if value in asked.filters.get(dimension, declared)]
    unknown = sorted({key[place] for key in found} - set(known))
    return [_Mark(value, declared.get(value, value), dimension) for value in [*known, *unknown]]


def _months(on: date, count: int) -> list[_Mark]:
    return [
        _Mark(month, f"{month // 100}-{month % 100:02}", on=min(last_day(month), on))
        for month in months_until(month_of(on), count)
    ]
