"""What a kept table of good rows holds beside their values, and its rows one by one."""

from datetime import date
from typing import TYPE_CHECKING, Any

from gongjia.engines.intake.core import Row
from gongjia.engines.intake.models import Import

if TYPE_CHECKING:
    import polars as pl

#: Columns beside the values: the sheet and number of the row, under what it is looked for, whether it was plainly new.
SHEET, NUMBER, INDEX, PLAIN = "_sheet", "_number", "_index", "_plain"
_OWN = (SHEET, NUMBER, INDEX, PLAIN)


def rows_of(table: "pl.DataFrame", one: Import) -> list[Row]:
    """Rows by themselves, with cells as they were understood: how they stood is in the sheet."""
    places = {part["sheet"][:120]: part["columns"] for part in one.parts}
    fields = [name for name in table.columns if name not in _OWN]
    found = []
    for values in table.iter_rows(named=True):
        at = {place: field for field, (place, _) in places.get(values[SHEET], {}).items()}
        cells = [_shown(values.get(at[place])) if place in at else "" for place in range(max(at, default=-1) + 1)]
        found.append(Row(values[SHEET], values[NUMBER], cells, {field: values[field] for field in fields}))
    return found


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
