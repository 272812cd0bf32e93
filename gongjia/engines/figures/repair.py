"""Whether the sums are true, and how they are made true again: a recount from the rows, inside the database."""

# ruff: noqa: S608 - the statements are put together from names and numbers of our own; every value is a parameter

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from gongjia.engines.figures import vantages
from gongjia.engines.figures.cells import (
    ALL_VANTAGES,
    BELOW,
    CELLS,
    CHANGES,
    COARSER,
    COUNTED,
    KEY,
    LOCK,
    add,
    grains_of,
)
from gongjia.engines.figures.indicators import BLANK, COLUMNS, OWN, Indicator, indicator, registered
from gongjia.engines.figures.models import Cell, Vantage
from gongjia.kernel.db import is_postgresql, lock
from gongjia.kernel.reach import OutOfReach, everywhere
from gongjia.kernel.ticks import every

log = logging.getLogger("gongjia.figures")
Statement = tuple[str, list[Any]]
_SUM = f"organisation_id, grain, month, {KEY}"
_CORRECTION = f"SELECT {_SUM}, truth - kept FROM differing"


class Disagreement(RuntimeError):
    """Sums and rows differ: somebody wrote rows without counting them."""


@dataclass(frozen=True)
class Difference:
    """One sum that is not what a recount gives. `grain` is OWN for an organisation's own rows."""

    indicator: str
    organisation_id: int
    grain: int
    month: int
    values: tuple[str, ...]
    kept: int
    true: int


def check(code: str, *, most: int = 100) -> list[Difference]:
    """The first `most` differences: own sums and waiting changes against the rows, then vantages against both.

    Each half is one statement, so that business may go on meanwhile.
    """
    declared = indicator(code)
    own = _differences(declared, _differing_own(declared), most)
    return (own + _differences(declared, _differing_below(declared), most))[:most]


def rebuild(code: str) -> None:
    """Count the rows again and correct what differs: everything, the first time. Readers see the old sums meanwhile."""
    declared = indicator(code)
    with transaction.atomic(), connection.cursor() as cursor:
        lock(LOCK)
        vantages.choose()
        waiting = f"DELETE FROM {CHANGES} WHERE indicator = %s"
        tables, params = _differing_own(declared, with_waiting=False)
        if is_postgresql():
            cursor.execute("SET LOCAL work_mem = '256MB'")
            # In the statement that counts: what commits between two of them would be counted twice.
            tables, params = f"waiting AS ({waiting}), {tables}", [code, *params]
        else:
            cursor.execute(waiting, [code])
        add(declared, tables, _CORRECTION, params)
        if is_postgresql():  # a planner that knows nothing of a million fresh sums tries each with each
            cursor.execute(f"ANALYZE {CELLS}, {Vantage._meta.db_table}")
        tables, params = _differing_below(declared)
        add(declared, tables, _CORRECTION, params)


def reconcile(code: str, organisation_id: int) -> None:
    """Recount one organisation's own rows and count the difference: for changes that come without before and after."""
    declared = indicator(code)
    with transaction.atomic(), connection.cursor() as cursor:
        lock(LOCK)
        tables, params = _differing_own(declared, of=organisation_id)
        cursor.execute(
            f"WITH {tables} INSERT INTO {CHANGES} (indicator, {COUNTED}) "
            f"SELECT %s, organisation_id, month, {KEY}, truth - kept FROM differing",
            [*params, code],
        )


@every(timedelta(days=1), name="figures.check", aside=True)
def check_all(*, at: datetime) -> None:
    """Compare every indicator with its rows, and clear away sums that have become nothing."""
    found = [each for declared in registered() for each in check(declared.code)]
    with transaction.atomic():
        lock(LOCK)
        Cell._base_manager.filter(amount=0).delete()
    for each in found:
        log.error("figure differs: %s", each)
    if found:
        raise Disagreement(f"{len(found)} sums differ from their rows")


def _recount(declared: Indicator) -> Statement:
    """The table expression `counted`, over every row whatever the reach; refused where a reach would narrow it."""
    with everywhere(reason=f"recount of {declared.code}") as reach:
        if not reach.everything:
            raise OutOfReach("a recount needs every row")
        parts = [rows.order_by().query.sql_with_params() for rows in declared.recount()]
    known = COLUMNS[: len(declared.dimensions)]
    kept = ", ".join(
        f"COALESCE(NULLIF({each}, ''), '{BLANK}') AS {each}" if each in known else f"'' AS {each}" for each in COLUMNS
    )
    columns = ", ".join(["organisation_id", *known, "month", "amount"])
    union = " UNION ALL ".join(sql for sql, _ in parts)
    counted = (
        f"rows_counted({columns}) AS ({union}), counted AS ("
        f"SELECT organisation_id, COALESCE(month, 0) AS month, {kept}, amount FROM rows_counted)"
    )
    return counted, [value for _, values in parts for value in values]


def _differing_own(declared: Indicator, *, with_waiting: bool = True, of: int | None = None) -> Statement:
    """The table expression `differing`: own sums and waiting changes beside the rows, of one organisation or all."""
    counted, params = _recount(declared)
    waiting = f"UNION ALL SELECT {COUNTED}, 0 FROM {CHANGES} WHERE indicator = %s" if with_waiting else ""
    where = "" if of is None else "WHERE organisation_id = %s"
    tables = f"""{counted},
        beside(organisation_id, month, {KEY}, kept, truth) AS (
            SELECT organisation_id, month, {KEY}, 0, amount FROM counted
            UNION ALL SELECT {COUNTED}, 0 FROM {CELLS} WHERE indicator = %s AND grain = {OWN} {waiting}
        ),
        differing AS (
            SELECT organisation_id, {OWN} AS grain, month, {KEY}, SUM(kept) AS kept, SUM(truth) AS truth
            FROM beside {where} GROUP BY organisation_id, month, {KEY} HAVING SUM(kept) <> SUM(truth)
        )"""
    codes = [declared.code] * (2 if with_waiting else 1)
    return tables, [*params, *codes, *([] if of is None else [of])]


def _differing_below(declared: Indicator) -> Statement:
    """The table expression `differing`: what each vantage keeps beside the own sums of what stands below it."""
    tables = f"""{grains_of(declared)}, {ALL_VANTAGES},
        own AS (SELECT {COUNTED} FROM {CELLS} WHERE indicator = %s AND grain = {OWN}), {BELOW},
        parts({_SUM}, amount) AS ({COARSER}),
        beside({_SUM}, kept, truth) AS (
            SELECT {_SUM}, 0, amount FROM parts
            UNION ALL SELECT {_SUM}, amount, 0 FROM {CELLS} WHERE indicator = %s AND grain <> {OWN}
        ),
        differing AS (
            SELECT {_SUM}, SUM(kept) AS kept, SUM(truth) AS truth FROM beside GROUP BY {_SUM}
            HAVING SUM(kept) <> SUM(truth)
        )"""
    return tables, [declared.code, declared.code]


def _differences(declared: Indicator, differing: Statement, most: int) -> list[Difference]:
    tables, params = differing
    dimensions = len(declared.dimensions)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {tables} SELECT {_SUM}, kept, truth FROM differing LIMIT %s", [*params, most])
        return [
            Difference(declared.code, pk, grain, month, tuple(values[:dimensions]), int(kept), int(true))
            for pk, grain, month, *values, kept, true in cursor.fetchall()
        ]
