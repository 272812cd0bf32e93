"""The statements behind a reading: sums of one subtree, together with the changes that are not folded yet."""

# ruff: noqa: S608 - the statements are put together from names and numbers of our own; every value is a parameter

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE
from gongjia.engines.figures.cells import CELLS, CHANGES, KEY, TREE, VANTAGES
from gongjia.engines.figures.indicators import MONTH, OWN, Indicator
from gongjia.engines.figures.months import month_of
from gongjia.kernel.db import STEP, after, is_postgresql

Statement = tuple[str, list[Any]]
#: What stands below those of `direct` that are no vantage: few, and counted one by one.
_DEEPER = f"""deeper(id, part) AS MATERIALIZED (
            SELECT place.id, direct.id FROM direct LEFT JOIN {VANTAGES} v ON v.organisation_id = direct.id
            JOIN {TREE} place ON place.path > direct.path AND place.path < direct.path || '~'
            WHERE v.organisation_id IS NULL
        )"""


@dataclass(frozen=True)
class Asked:
    """A question about one indicator in one subtree: what was counted until a day, of the given values."""

    indicator: Indicator
    organisation: Organisation
    on: date
    filters: Mapping[str, tuple[str, ...]]


def in_subtree(asked: Asked, apart: Sequence[str] = ()) -> dict[tuple[str, ...], int]:
    """Sums by the dimensions `apart`; without any, one sum under the empty key."""
    statement, params = _counts(asked, apart, monthly=False)
    columns = [asked.indicator.column(each) for each in apart]
    return {tuple(key): int(amount) for *key, amount in _summed(columns, statement, params)}


def by_month(asked: Asked, months: Sequence[int], apart: Sequence[str] = ()) -> dict[tuple[Any, ...], int]:
    """How many there were at the end of each of `months`: keys are the dimensions `apart` and the month."""
    statement, params = _counts(asked, apart, monthly=True)
    first = months[0]
    columns = [asked.indicator.column(each) for each in apart]
    standing_at = f"CASE WHEN month < {first} THEN {first} ELSE month END AS month"
    statement = f"SELECT {KEY}, {standing_at}, amount FROM ({statement}) AS dated"
    changes = {tuple(key): int(amount) for *key, amount in _summed([*columns, "month"], statement, params)}
    standing: dict[tuple[Any, ...], int] = {}
    for *key, _ in changes:
        running = 0
        for month in months:
            running += changes.get((*key, month), 0)
            standing[*key, month] = running
    return standing


def of_several(indicators: Sequence[Indicator], organisation: Organisation, on: date) -> dict[str, int]:
    """The totals of several indicators."""
    about = f"indicator IN ({', '.join(['%s'] * len(indicators))}) AND month <= %s"
    values = [*(each.code for each in indicators), month_of(on)]
    columns = "indicator, amount"
    pieces = [
        (
            f"SELECT {columns} FROM {CELLS} WHERE {about} AND organisation_id = %s AND grain IN ({OWN}, {MONTH})",
            [*values, organisation.pk],
        ),
        _own_sums_below(columns, about, values, organisation),
        _waiting(columns, about, values, organisation),
    ]
    return {code: int(amount) for code, amount in _summed(["indicator"], *_union(pieces))}


@dataclass(frozen=True)
class Part:
    organisation_id: int
    amount: int


def of_parts(asked: Asked, most: int) -> tuple[list[Part], int, int]:
    """The organisation's own sum, then its largest direct parts, up to `most`; the whole; how many parts there are.

    A part that has ended is one as long as it counts something.
    """
    path, pk, depth = asked.organisation.path, asked.organisation.pk, asked.organisation.depth + 1
    about, values = _about(asked)
    subtree = [path, after(path)]
    in_force = ", ".join(f"'{state}'" for state in IN_FORCE)
    grains = (OWN, asked.indicator.grain_of(asked.filters))
    statement = f"""
        WITH direct(id, path, stands) AS MATERIALIZED (
            SELECT id, path, state IN ({in_force}) FROM {TREE} WHERE path >= %s AND path < %s AND depth = {depth}
        ),
        {_DEEPER},
        amounts(id, amount) AS (
            SELECT organisation_id, amount FROM {CELLS} WHERE organisation_id = %s AND grain = {OWN} AND {about}
            UNION ALL {_kept_of_direct(about, grains)}
            UNION ALL SELECT part.id, amount FROM {CHANGES} JOIN {TREE} place ON place.id = organisation_id
            JOIN {TREE} part ON part.path = substr(place.path, 1, {len(path) + STEP})
            WHERE {about} AND place.path >= %s AND place.path < %s
        ),
        sums(id, amount) AS (SELECT id, SUM(amount) FROM amounts GROUP BY id)
        SELECT part.id, COALESCE(amount, 0), SUM(amount) OVER (), COUNT(*) OVER ()
        FROM (SELECT * FROM direct UNION ALL SELECT id, path, TRUE FROM {TREE} WHERE id = %s) AS part
        LEFT JOIN sums ON sums.id = part.id WHERE part.stands OR amount <> 0
        ORDER BY length(path), COALESCE(amount, 0) DESC, path LIMIT %s"""
    params = [*subtree, pk, *values, *values, *values, *values, *subtree, pk, most + 1]
    rows = _run(statement, params)
    parts = [Part(number, int(amount)) for number, amount, _, _ in rows]
    return parts, int(rows[0][2] or 0), int(rows[0][3]) - 1


def of_each(declared: Indicator, organisations: Sequence[Organisation], on: date) -> dict[int, int]:
    """The totals of several subtrees by the id of their tops, for the rows of a list; what counts nothing is left out.

    A subtree may stand in another one of them.
    """
    if not organisations:
        return {}
    about, values = "indicator = %s AND month <= %s", [declared.code, month_of(on)]
    keys = [each.pk for each in organisations]
    statement = f"""
        WITH direct(id, path) AS MATERIALIZED (
            SELECT id, path FROM {TREE} WHERE id IN ({", ".join(["%s"] * len(keys))})
        ),
        {_DEEPER},
        amounts(id, amount) AS (
            {_kept_of_direct(about, (OWN, MONTH))}
            UNION ALL SELECT direct.id, amount FROM {CHANGES} JOIN {TREE} place ON place.id = organisation_id
            JOIN direct ON place.path >= direct.path AND place.path < direct.path || '~' WHERE {about}
        )
        SELECT id, SUM(amount) FROM amounts GROUP BY id"""
    return {number: int(amount) for number, amount in _run(statement, [*keys, *values, *values, *values])}


def _kept_of_direct(about: str, grains: Sequence[int]) -> str:
    """The sums kept for `direct` and for what stands `deeper`; asks for the values of `about` twice."""
    return f"""SELECT direct.id, amount FROM direct {_cells_of("direct", "amount", about, grains)}
            UNION ALL SELECT part, amount FROM deeper {_cells_of("deeper", "amount", about, (OWN,))}"""


def _counts(asked: Asked, apart: Iterable[str], *, monthly: bool) -> Statement:
    """The rows to be summed, of the coarsest grain that tells apart what is asked for.

    Two dimensions of a day are taken from the sums of all months, less what came later: the years are not walked.
    """
    declared, organisation = asked.indicator, asked.organisation
    dimensions = {*apart, *asked.filters}
    about, values = _about(asked)
    columns = f"{KEY}, month, amount"
    here = f"FROM {CELLS} WHERE organisation_id = %s"
    place = [organisation.pk]
    pieces = [_own_sums_below(columns, about, values, organisation), _waiting(columns, about, values, organisation)]
    if monthly or len(dimensions) < 2:
        grain = declared.grain_of(dimensions)
        pieces.append((f"SELECT {columns} {here} AND grain IN ({OWN}, {grain}) AND {about}", [*place, *values]))
    else:
        grain = declared.all_dimensions
        later = about.replace("month <= %s", "month > %s")
        pieces.append((f"SELECT {columns} {here} AND grain IN ({OWN}, {grain}) AND {about}", [*place, *values]))
        pieces.append(
            (f"SELECT {KEY}, month, -amount {here} AND grain = {declared.finest} AND {later}", [*place, *values])
        )
    return _union(pieces)


def _own_sums_below(columns: str, about: str, values: list[Any], organisation: Organisation) -> Statement:
    """Below an organisation that is no vantage: the own sums of each organisation there, not many."""
    statement = f"""
        SELECT {columns} FROM (
            SELECT id FROM {TREE} WHERE path > %s AND path < %s
            AND NOT EXISTS (SELECT 1 FROM {VANTAGES} v WHERE v.organisation_id = %s)
        ) AS place {_cells_of("place", columns, about, (OWN,))}"""
    return statement, [organisation.path, after(organisation.path), organisation.pk, *values]


def _cells_of(places: str, columns: str, about: str, grains: Sequence[int]) -> str:
    """A join that looks each place up by its key: a planner that guesses wrong would read the whole table instead."""
    wanted = f"organisation_id = {places}.id AND grain IN ({', '.join(map(str, grains))}) AND {about}"
    if is_postgresql():
        return f"CROSS JOIN LATERAL (SELECT {columns} FROM {CELLS} WHERE {wanted} OFFSET 0) AS cell"
    return f"CROSS JOIN {CELLS} ON {wanted}"


def _waiting(columns: str, about: str, values: list[Any], organisation: Organisation) -> Statement:
    """The changes of the subtree that are not folded yet."""
    statement = f"""
        SELECT {columns} FROM {CHANGES} JOIN {TREE} place ON place.id = organisation_id
        WHERE {about} AND place.path >= %s AND place.path < %s"""
    return statement, [*values, organisation.path, after(organisation.path)]


def _union(pieces: Sequence[Statement]) -> Statement:
    return " UNION ALL ".join(sql for sql, _ in pieces), [value for _, values in pieces for value in values]


def _about(asked: Asked) -> Statement:
    """The condition on indicator, month and the values asked for."""
    condition, values = "indicator = %s AND month <= %s", [asked.indicator.code, month_of(asked.on)]
    for code, wanted in asked.filters.items():
        condition += f" AND {asked.indicator.column(code)} IN ({', '.join(['%s'] * len(wanted))})"
        values += list(wanted)
    return condition, values


def _summed(columns: Sequence[str], statement: str, params: list[Any]) -> list[tuple[Any, ...]]:
    if not columns:
        return _run(f"SELECT COALESCE(SUM(amount), 0) FROM ({statement}) AS counts", params)
    keys = ", ".join(columns)
    return _run(f"SELECT {keys}, SUM(amount) FROM ({statement}) AS counts GROUP BY {keys}", params)


def _run(statement: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
