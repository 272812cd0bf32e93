"""How counts are summed, set-based: the statements that folding, moving, rebuilding and checking have in common.

Every organisation keeps the finest sums of its own rows. A vantage, an organisation with many below it, also keeps
the sums of all that stands below, at several grains; where there are few below, their own sums are read instead.
All writing of sums is done under one lock, in one transaction with what it stands for.
"""

# ruff: noqa: S608 - the statements are put together from names and numbers of our own; every value is a parameter

from collections.abc import Sequence
from typing import Any

from django.db import connection

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.figures.indicators import COLUMNS, MONTH, OWN, Indicator
from gongjia.engines.figures.models import Cell, Change, Vantage

LOCK = "figures.sums"
TREE = Organisation._meta.db_table
CELLS = Cell._meta.db_table
CHANGES = Change._meta.db_table
VANTAGES = Vantage._meta.db_table
KEY = ", ".join(COLUMNS)
COUNTED = f"organisation_id, month, {KEY}, amount"

SUMMED = f"own AS (SELECT organisation_id, month, {KEY}, SUM(amount) AS amount FROM counted GROUP BY 1, 2, 3, 4, 5, 6)"
# What each of the `vantages` has below it; `~` sorts behind every sign of a path. CROSS JOIN fixes the order on SQLite,
# and there is no recursion for PostgreSQL: both would else walk the whole batch, or tree, for each row of the other.
BELOW = f"""
    below AS (
        SELECT s.id AS organisation_id, month, {KEY}, SUM(amount) AS amount
        FROM own CROSS JOIN {TREE} o CROSS JOIN vantages v CROSS JOIN {TREE} s
        WHERE o.id = own.organisation_id AND s.id = v.organisation_id AND o.path > s.path AND o.path < s.path || '~'
        GROUP BY 1, 2, 3, 4, 5, 6
    )"""
ALL_VANTAGES = f"vantages(organisation_id) AS (SELECT organisation_id FROM {VANTAGES})"
_KEPT = ", ".join(f"CASE WHEN (grain & {1 << at}) <> 0 THEN {each} ELSE '' END" for at, each in enumerate(COLUMNS))
COARSER = f"""
    SELECT organisation_id, grain, CASE WHEN (grain & {MONTH}) <> 0 THEN month ELSE 0 END, {_KEPT}, SUM(amount)
    FROM below CROSS JOIN grains GROUP BY 1, 2, 3, 4, 5, 6, 7"""
FINEST = f"SELECT organisation_id, {OWN}, month, {KEY}, amount FROM own"


def grains_of(indicator: Indicator) -> str:
    """A table expression of the grains that a vantage keeps."""
    return f"grains(grain) AS (VALUES {', '.join(f'({grain})' for grain in indicator.grains)})"


def add(indicator: Indicator, tables: str, sums: str, params: Sequence[Any]) -> None:
    """Add `sums`, which stand on the table expressions `tables`, to the cells. In order: an index likes that best."""
    key = f"organisation_id, grain, month, {KEY}"
    statement = f"""
        WITH {tables}, sums({key}, amount) AS ({sums})
        INSERT INTO {CELLS} (indicator, {key}, amount)
        SELECT %s, {key}, amount FROM sums WHERE amount <> 0 ORDER BY {key}
        ON CONFLICT (indicator, {key}) DO UPDATE SET amount = {CELLS}.amount + excluded.amount"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, indicator.code])


def add_counted(indicator: Indicator, counted: str, params: Sequence[Any]) -> None:
    """Add what the table expression `counted` holds to its organisations and to the vantages above them."""
    tables = f"{counted}, {SUMMED}, {ALL_VANTAGES}, {BELOW}, {grains_of(indicator)}"
    add(indicator, tables, f"{FINEST} UNION ALL {COARSER}", params)
