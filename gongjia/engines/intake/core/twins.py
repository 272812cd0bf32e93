"""Column-wise twins of the cleaners: for a whole column at once they say which cells are beyond doubt good, and what
they come to. Every other cell goes to the cleaner itself, so that both give the same, which a test holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from gongjia.engines.intake.core.persons import NO_NAMES, FromIdentity, IdentityNumber, ignored, mobile, person_name
from gongjia.engines.intake.core.spec import BadCell, Cell, Column, Noted
from gongjia.engines.intake.core.values import is_ditto, plain, text

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"  # by the weighted sum modulo 11
_FIRST_YEAR = 18000000
_REMEMBERED = 200_000

DTYPES: dict[type, pl.DataType] = {str: pl.String(), date: pl.Date(), bool: pl.Boolean(), int: pl.Int64()}


class Cleaned(NamedTuple):
    """`values` of a column (null where empty or in doubt) and whether a cell is `odd`: to be read by itself."""

    values: pl.Series
    odd: pl.Series


@dataclass
class ColumnTwin:
    """One column of one sheet, block after block; the cells that occur again and again are cleaned once."""

    column: Column
    known: dict[tuple[type, Cell], tuple[bool, Any]] = field(default_factory=dict)
    _table: pl.DataFrame | None = None

    def clean(self, cells: pl.Series | Sequence[Cell]) -> Cleaned:
        if self.column.clean is ignored:
            nothing = pl.repeat(None, n=len(cells), dtype=DTYPES[self.column.holds], eager=True)
            return Cleaned(nothing, pl.repeat(value=False, n=len(cells), eager=True))
        series = cells if isinstance(cells, pl.Series) else as_text(cells)
        if series is None:
            return self._one_by_one(list(cells))
        fast = _fast_of(self.column.clean)
        if fast is None:
            return self._by_distinct(series)
        return self._rest_of(series, fast(series))

    def _rest_of(self, series: pl.Series, values: pl.Series) -> Cleaned:
        """The cells that the twin has left over, each by itself."""
        places = values.is_null().arg_true()
        outcomes = [self._outcome(cell) for cell in series.gather(places).to_list()]
        good = [(at, value) for at, (odd, value) in zip(places, outcomes, strict=True) if not odd and value is not None]
        doubtful = [at for at, (odd, _) in zip(places, outcomes, strict=True) if odd]
        if good:
            values = values.scatter([at for at, _ in good], [value for _, value in good])
        odd = pl.repeat(value=False, n=len(series), eager=True)
        return Cleaned(values, odd.scatter(doubtful, True) if doubtful else odd)

    def _by_distinct(self, series: pl.Series) -> Cleaned:
        """Cells that occur again and again, in this block or in one before it, are cleaned once."""
        frame = series.to_frame("cell")
        if self._table is None or self._table.height > _REMEMBERED:
            self._table = self._outcomes(series.unique())
        joined = frame.join(self._table, on="cell", how="left", nulls_equal=True, maintain_order="left")
        new = joined.filter(pl.col("odd").is_null())["cell"].unique()
        if len(new):
            self._table = pl.concat((self._table, self._outcomes(new)))
            joined = frame.join(self._table, on="cell", how="left", nulls_equal=True, maintain_order="left")
        return Cleaned(joined["value"], joined["odd"])

    def _outcomes(self, cells: pl.Series) -> pl.DataFrame:
        outcomes = [self._tried(cell) for cell in cells.to_list()]
        values = pl.Series([value for _, value in outcomes], dtype=DTYPES[self.column.holds])
        odd = pl.Series([odd for odd, _ in outcomes], dtype=pl.Boolean)
        return pl.DataFrame({"cell": cells, "value": values, "odd": odd})

    def _one_by_one(self, cells: Sequence[Cell]) -> Cleaned:
        outcomes = [self._outcome(cell) for cell in cells]
        values = pl.Series([value for _, value in outcomes], dtype=DTYPES[self.column.holds])
        return Cleaned(values, pl.Series([odd for odd, _ in outcomes], dtype=pl.Boolean))

    def _outcome(self, cell: Cell) -> tuple[bool, Any]:
        """Whether a cell must be read with its row, and its value if not."""
        known = self.known.get((type(cell), cell))
        if known is None:
            if len(self.known) >= _REMEMBERED:
                self.known.clear()
            known = self.known[type(cell), cell] = self._tried(cell)
        return known

    def _tried(self, cell: Cell) -> tuple[bool, Any]:
        text = plain(cell)
        if self.column.carries and is_ditto(cell):
            return True, None
        if not text:
            return self.column.required, None
        try:
            value = self.column.clean(text if isinstance(cell, str) else cell)
        except BadCell:
            return True, None
        return (True, None) if isinstance(value, Noted) else (False, value)


def as_text(cells: Sequence[Cell]) -> pl.Series | None:
    """The cells as a column of text, or None where some are not text."""
    try:
        return pl.Series(cells, dtype=pl.String, strict=True)
    except (TypeError, pl.exceptions.PolarsError):
        return None


Fast = Callable[[pl.Series], pl.Series]
"""Takes the cells of a column and gives the values of those beyond doubt, null for all others."""


def _fast_of(cleaner: object) -> Fast | None:
    if cleaner is person_name:
        return _names
    if cleaner is mobile:
        return _mobiles
    if cleaner is text:
        return _texts
    if isinstance(cleaner, IdentityNumber):
        return _Identities(cleaner)
    return None


def _names(cells: pl.Series) -> pl.Series:
    sure = cells.str.contains(r"^[\x{4e00}-\x{9fff}]{2,10}$") & ~cells.is_in(list(NO_NAMES))
    return cells.set(~sure, None)


def _texts(cells: pl.Series) -> pl.Series:
    """Of three signs or more that begins and ends with a Chinese character: no blank, mark or word for nothing."""
    return cells.set(~cells.str.contains(r"(?s)^[\x{4e00}-\x{9fff}].+[\x{4e00}-\x{9fff}]$"), None)


def _mobiles(cells: pl.Series) -> pl.Series:
    return cells.set(~cells.str.contains(r"^1[3-9][0-9]{9}$"), None)


@dataclass(frozen=True, slots=True)
class _Identities:
    """Eighteen signs with the right check, born on a day that exists, old enough on the day."""

    of: IdentityNumber

    def __call__(self, cells: pl.Series) -> pl.Series:
        on = self.of.on
        oldest = _FIRST_YEAR
        youngest = (on.year - self.of.youngest) * 10000 + on.month * 100 + on.day
        cell, digits, day = pl.col("cell"), pl.col("digits"), pl.col("day")
        frame = cells.str.strip_chars(" \t").to_frame("cell").lazy()
        frame = frame.with_columns(
            cell=cell.str.to_uppercase(),
            digits=cell.str.slice(0, 17).cast(pl.Int64, strict=False),
            born=cell.str.slice(6, 8).str.to_date("%Y%m%d", strict=False),
        )
        frame = frame.with_columns(day=digits // 1000 % 100_000_000, check=_check_sign(digits))
        sure = (
            cell.str.contains(r"^[1-9][0-9]{16}[0-9X]$")
            & pl.col("born").is_not_null()
            & day.is_between(oldest, youngest)
            & (cell.str.slice(17, 1) == pl.col("check"))
        )
        return frame.select(pl.when(sure).then(cell)).collect().to_series()


def _check_sign(digits: pl.Expr) -> pl.Expr:
    total = pl.sum_horizontal(digits // 10 ** (16 - place) % 10 * weight for place, weight in enumerate(_WEIGHTS))
    return (total % 11).replace_strict(dict(enumerate(_CHECK)), default=None, return_dtype=pl.String)


def finish(finish_of: object, values: dict[str, pl.Series]) -> pl.Series | None:
    """The twin of a spec's `finish`: changes the values, and says which rows must be read by themselves.

    None where there is no twin: then every row must.
    """
    if not isinstance(finish_of, FromIdentity):
        return None
    numbers = values[finish_of.number]
    table = pl.DataFrame({"number": numbers}).select(
        born=pl.col("number").str.slice(6, 8).str.to_date("%Y%m%d", strict=False),
        sex=pl.when(pl.col("number").str.slice(16, 1).is_in(list("13579"))).then(pl.lit("男")).otherwise(pl.lit("女")),
    )
    stated = values.get(finish_of.sex)
    values[finish_of.birth], values[finish_of.sex] = table["born"], table["sex"]
    if stated is None:
        return pl.repeat(value=False, n=len(numbers), eager=True)
    return (stated != table["sex"]).fill_null(value=False)
