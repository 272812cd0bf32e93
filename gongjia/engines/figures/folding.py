"""How changes become sums: each fold in one transaction with the changes that it takes away.

Reading adds the changes that still wait to the sums, in one statement, so that a fold is never seen half way. When an
organisation moves, what its subtree holds is taken from its old superiors and given to the new ones in the move's own
transaction; changes that wait are summed by the tree of the day they are folded.
"""

# ruff: noqa: S608 - the statements are put together from names and numbers of our own; every value is a parameter

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.figures.cells import (
    CELLS,
    CHANGES,
    COARSER,
    COUNTED,
    KEY,
    LOCK,
    TREE,
    add,
    add_counted,
    grains_of,
)
from gongjia.engines.figures.indicators import OWN, Indicator, registered
from gongjia.engines.figures.models import Change, Vantage
from gongjia.kernel.db import above, after, is_postgresql, lock
from gongjia.kernel.ticks import every

BATCH = 20_000


def fold(indicator: Indicator, *, batch: int = BATCH) -> bool:
    """Fold the oldest changes; True while more wait. Killed at any point, it has folded all of them or none."""
    oldest = f"SELECT id FROM {CHANGES} WHERE indicator = %s ORDER BY id LIMIT %s"
    params: list[Any] = [indicator.code, batch]
    with transaction.atomic():
        lock(LOCK)
        if is_postgresql():
            # One statement, one snapshot: a change that commits meanwhile is neither counted nor taken away.
            taken = f"DELETE FROM {CHANGES} WHERE id IN ({oldest}) RETURNING {COUNTED}"
            add_counted(indicator, f"counted AS ({taken})", params)
        else:
            taken = f"SELECT {COUNTED} FROM {CHANGES} WHERE id IN ({oldest})"
            add_counted(indicator, f"counted AS ({taken})", params)
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {CHANGES} WHERE id IN ({oldest})", params)
    return Change._base_manager.filter(indicator=indicator.code).exists()


@every(timedelta(seconds=15), name="figures.fold")
def fold_all(*, at: datetime, most_batches: int = 100) -> None:
    """Fold what waits, of every indicator; what a flood of changes leaves over waits for the next turn."""
    for indicator in registered():
        for _ in range(most_batches):
            if not fold(indicator):
                break


def follow_move(*, organisation: Organisation, old_path: str, new_path: str, **_: Any) -> None:
    """Listens to organisations.moved, while the tree stands as it is after this one move."""
    lock(LOCK)
    old, new = _vantages_above(old_path), _vantages_above(new_path)
    shifts = [(pk, -1) for pk in old - new] + [(pk, 1) for pk in new - old]
    if not shifts:
        return
    below = f"""
        shifts(id, sign) AS (VALUES {", ".join(f"({pk}, {sign})" for pk, sign in shifts)}),
        moved AS (
            SELECT month, {KEY}, SUM(amount) AS amount FROM {TREE} o JOIN {CELLS} c ON c.organisation_id = o.id
            WHERE o.path >= %s AND o.path < %s AND c.indicator = %s AND c.grain = {OWN}
            GROUP BY 1, 2, 3, 4, 5
        ),
        below AS (SELECT shifts.id AS organisation_id, month, {KEY}, sign * amount AS amount FROM moved, shifts)"""
    for indicator in registered():
        tables = f"{below}, {grains_of(indicator)}"
        add(indicator, tables, COARSER, [new_path, after(new_path), indicator.code])


def _vantages_above(path: str) -> set[int]:
    found = Vantage._base_manager.filter(organisation__path__in=above(path))
    return set(found.values_list("organisation_id", flat=True))
