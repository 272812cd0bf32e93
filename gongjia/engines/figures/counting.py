"""Counting: what a verb calls when a row begins or ends to be counted, in its own transaction."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from gongjia.engines.figures.indicators import indicator
from gongjia.engines.figures.models import Change
from gongjia.engines.figures.months import month_of


@dataclass(frozen=True)
class Share:
    """What one row gives to an indicator: `amount` from the day `on` (None: always) at one organisation.

    `values` are those of the dimensions, in their order.
    """

    organisation_id: int
    on: date | None
    values: tuple[str, ...]
    amount: int = 1


def count(code: str, organisation_id: int, *, on: date | None, amount: int = 1, **values: str) -> None:
    """One more (or with -1 one fewer) from a day on. Raises ValueError for what the indicator does not know."""
    dimensions = [each.code for each in indicator(code).dimensions]
    if values.keys() != set(dimensions):
        raise ValueError(f"{code} needs {dimensions}, got {sorted(values)}")
    share = Share(organisation_id, on, tuple(values[each] for each in dimensions), amount)
    changed(code, after=[share])


def changed(code: str, *, before: Iterable[Share] = (), after: Iterable[Share] = ()) -> None:
    """Rows gave `before` and give `after`: write the difference. A thousand rows of one union are a few changes."""
    if not connection.in_atomic_block:
        raise RuntimeError("a figure changes in the transaction of the row it counts")
    declared = indicator(code)
    sums: Counter[tuple[int, int, tuple[str, ...]]] = Counter()
    for sign, shares in ((-1, before), (1, after)):
        for share in shares:
            sums[share.organisation_id, month_of(share.on), declared.key(share.values)] += sign * share.amount
    changes = [
        Change(indicator=code, organisation_id=organisation_id, month=month, d1=d1, d2=d2, d3=d3, d4=d4, amount=amount)
        for (organisation_id, month, (d1, d2, d3, d4)), amount in sums.items()
        if amount
    ]
    if len(changes) > _MANY:
        _copy(changes)
    else:
        Change._base_manager.bulk_create(changes)


_MANY = 200
_COLUMNS = ("indicator", "organisation_id", "month", "d1", "d2", "d3", "d4", "amount")


def _copy(changes: Sequence[Change]) -> None:
    """A roster of years and kinds makes thousands: Django would take longer to word them than the database to write."""
    import polars as pl

    from gongjia.kernel import bulk

    columns = {name: [getattr(each, name) for each in changes] for name in _COLUMNS}
    bulk.copy_in(Change, pl.DataFrame({"id": bulk.take_numbers(Change, len(changes)), **columns}))
