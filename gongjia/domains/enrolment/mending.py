"""What the mending page shows of an import: its rows by the column that is wrong, and where in the sheet each cell
stands, so that a block from a spreadsheet finds its cells."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from gongjia.engines.intake import queries as intake
from gongjia.engines.intake.core import SheetSpec
from gongjia.engines.intake.models import Import, ImportRow

#: So many rows stand on a page to be mended: a column of a thousand is pasted in a few goes.
PER_PAGE = 100


@dataclass(frozen=True)
class Fault:
    """A column with rows that are wrong in it."""

    field: str
    zh: str
    count: int


@dataclass(frozen=True)
class Placed:
    """A cell with its column in the sheet, from 0."""

    cell: intake.ShownCell
    column: int


@dataclass(frozen=True)
class Line:
    """A row of the page."""

    row: intake.ShownRow
    cells: list[Placed]


def faults_of(one: Import, spec: SheetSpec) -> list[Fault]:
    """The columns in which rows are wrong, the most first; one statement. Who is wrong in two stands at both."""
    rows = ImportRow.objects.filter(source=one, state=ImportRow.State.BAD).order_by().values("codes")
    counts: Counter[str] = Counter()
    for codes, count in rows.annotate(n=Count("pk")).values_list("codes", "n"):
        for field in {each.partition(":")[0] for each in codes.split()}:
            counts[field] += count
    zh = {column.field: column.zh for column in spec.columns}
    found = [Fault(field, zh[field], count) for field, count in counts.items() if field in zh]
    return sorted(found, key=lambda each: (-each.count, each.zh))


def rows_of(one: Import, states: tuple[str, ...], *, fault: str = "") -> QuerySet[ImportRow]:
    """The rows in these states, or those of them that are wrong in a column."""
    rows = intake.rows_of_import(one, *states)
    return rows.filter(codes__contains=f" {fault}:") if fault else rows


def lines_of(rows: Iterable[ImportRow], one: Import, spec: SheetSpec) -> list[Line]:
    """Rows in clear with the cells that may be mended, in the order of the sheet; no query."""
    places = {part["sheet"]: {field: at for field, (at, _) in part["columns"].items()} for part in one.parts}
    found: list[Line] = []
    for row in intake.shown(rows, one, spec):
        columns = places.get(row.sheet, {})
        cells = [Placed(cell, columns[cell.field]) for cell in row.cells]
        found.append(Line(row, sorted(cells, key=lambda each: each.column)))
    return found
