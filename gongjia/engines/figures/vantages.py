"""Which organisations keep sums of all that stands below them: those with many below. Only speed hangs on it."""

# ruff: noqa: S608 - the statements are put together from names and numbers of our own; every value is a parameter

from datetime import datetime, timedelta

from django.db import connection, transaction

from gongjia.engines.figures.cells import BELOW, CELLS, COARSER, COUNTED, LOCK, TREE, add, grains_of
from gongjia.engines.figures.indicators import OWN, registered
from gongjia.engines.figures.models import Cell, Vantage
from gongjia.kernel.db import STEP, lock
from gongjia.kernel.ticks import every

WIDE = 200
"""From so many organisations below, sums are kept; they are thrown away when less than half of them are left."""


def choose(*, wide: int = WIDE) -> None:
    """Follow the growth of the tree: build the sums of new vantages, throw away those of narrow ones."""
    with transaction.atomic():
        lock(LOCK)
        below = _widths(least=wide // 2)
        kept = set(Vantage._base_manager.values_list("organisation_id", flat=True))
        narrow = kept - below.keys()
        Cell._base_manager.filter(organisation_id__in=narrow).exclude(grain=OWN).delete()
        Vantage._base_manager.filter(organisation_id__in=narrow).delete()
        if new := {pk for pk, organisations in below.items() if organisations >= wide} - kept:
            _build(new)
            Vantage._base_manager.bulk_create([Vantage(organisation_id=pk) for pk in sorted(new)])


@every(timedelta(days=1), name="figures.vantages", aside=True)
def choose_daily(*, at: datetime) -> None:
    choose()


def _widths(*, least: int) -> dict[int, int]:
    """How many organisations stand below each that has at least so many."""
    statement = f"""
        WITH RECURSIVE above(path) AS (
            SELECT CAST(substr(path, 1, length(path) - {STEP}) AS text) FROM {TREE}
            UNION ALL
            SELECT substr(path, 1, length(path) - {STEP}) FROM above WHERE length(path) > {STEP}
        )
        SELECT s.id, COUNT(*) FROM above JOIN {TREE} s ON s.path = above.path GROUP BY s.id HAVING COUNT(*) >= %s"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [max(least, 1)])
        return dict(cursor.fetchall())


def _build(new: set[int]) -> None:
    vantages = f"vantages(organisation_id) AS (VALUES {', '.join(f'({pk})' for pk in sorted(new))})"
    own = f"own AS (SELECT {COUNTED} FROM {CELLS} WHERE indicator = %s AND grain = {OWN})"
    for indicator in registered():
        add(indicator, f"{own}, {vantages}, {BELOW}, {grains_of(indicator)}", COARSER, [indicator.code])
