"""What differs between the databases, and the one way to say "this subtree"."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, reduce
from operator import or_
from typing import Any

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Lookup, OrderBy, Q, Value
from django.db.models.functions import Concat
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.db.models.sql.compiler import SQLCompiler


class BytewiseField(models.CharField[str, str]):
    """A text that is compared byte by byte on every database, be it a key or an order of its own. Nobody looks for a
    piece of it, so it gets no second index for patterns; rosters of a million rows pay for each."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        # Django makes an index for patterns beside that of each `varchar`: by its full name the type is the same.
        found = super().db_type(connection)
        return found and found.replace("varchar", "character varying")

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        parameters = super().db_parameters(connection)
        parameters["collation"] = "C" if connection.vendor == "postgresql" else None
        return parameters


class PathField(BytewiseField):
    """A tree path, so that a subtree is one range of its index."""


#: How many signs of a path each step down the tree takes.
STEP = 4


def above(path: str) -> list[str]:
    """The paths of all that stand above this one, from the top down."""
    return [path[:end] for end in range(STEP, len(path), STEP)]


_is_long: ContextVar[bool] = ContextVar("is_long", default=False)


def gathered(field: str) -> OrderBy:
    """An order by a column of text that no index can walk (a leading - descends): the database fetches what fits and
    sorts it. It would else walk the order in the hope of thirty rows soon, past a million that do not fit."""
    return OrderBy(Concat(F(field.lstrip("-")), Value("")), descending=field.startswith("-"))


@contextmanager
def in_order(*, is_long: bool) -> Iterator[None]:
    """A page of a list is read. Of a long one SQLite is told to walk the order's index and to look at each row's place:
    left to itself it takes the range of the joined paths first, and sorts all that lies in it for thirty rows.
    PostgreSQL counts how its values lie, and chooses well."""
    token = _is_long.set(is_long)
    try:
        yield
    finally:
        _is_long.reset(token)


class _PathLookup:
    """A comparison with a path, out of whose index SQLite is kept (by its unary +) while a long list is read."""

    lhs: Any

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        sql, parameters = self.as_sql(compiler, connection)  # type: ignore[attr-defined]
        query = compiler.query
        is_joined = not query.subquery and getattr(self.lhs, "alias", None) != query.get_initial_alias()
        return f"+{sql}" if _is_long.get() and is_joined else sql, parameters


@PathField.register_lookup
class FromPath(_PathLookup, GreaterThanOrEqual):
    pass


@PathField.register_lookup
class BeforePath(_PathLookup, LessThan):
    pass


class Values:
    """What `among` compares with. Not a list: Django would look at each of ten thousand values three times over."""

    def __init__(self, values: Iterable[Any]) -> None:
        self.listed = list(values)


def among(column: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    """A condition: a column of SQL is one of ten thousand values. Numbers in a few runs are asked for as runs, which
    is what a block of rows written together has; all else is one parameter."""
    if found := runs(sorted(set(values)), most=_FEW) if values and isinstance(values[0], int) else []:
        return f"({' OR '.join([f'{column} BETWEEN %s AND %s'] * len(found))})", [end for run in found for end in run]
    if is_postgresql():
        return f"{column} = ANY(%s)", [list(values)]
    return f"{column} IN (SELECT value FROM json_each(%s))", [json.dumps(list(values))]  # noqa: S608 - a column of ours


_FEW = 20


def runs(numbers: Iterable[int], *, most: int | None = None) -> list[tuple[int, int]]:
    """Ascending numbers as runs that follow each other without a gap: (first, last). None at all beyond `most`."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] + 1 == number:
            found[-1] = (found[-1][0], number)
        elif most is not None and len(found) == most:
            return []
        else:
            found.append((number, number))
    return found


@models.ForeignObject.register_lookup
@models.Field.register_lookup
class Among(Lookup[Any]):
    """`field__among=Values(…)`: like `in`, for ten thousand values: they are one parameter."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        sql, params = self.process_lhs(compiler, connection)
        if params:
            raise TypeError("among compares a plain column")
        return among(sql, self.rhs.listed)


def after(path: str) -> str:
    """The first path behind the whole subtree of `path`."""
    return path[:-1] + chr(ord(path[-1]) + 1)


def within(lookup: str, paths: tuple[str, ...]) -> Q:
    """A condition: the path found by `lookup` lies in one of the subtrees. `startswith` would be a scan on SQLite."""
    if not all(paths):
        raise ValueError("an empty path would mean everything")
    ranges = (Q(**{f"{lookup}__gte": path, f"{lookup}__lt": after(path)}) for path in paths)
    return reduce(or_, ranges, Q(pk__in=()))


def is_within(path: str, subtree: str) -> bool:
    return bool(subtree) and path.startswith(subtree)


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def lock(name: str) -> None:
    """Hold the named lock until the transaction ends. SQLite has one writer at a time, which is the lock."""
    if not connection.in_atomic_block:
        raise RuntimeError("a lock is held by a transaction")
    if is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


def hold(model: type[models.Model], *numbers: int) -> None:
    """Keep rows as they are until the transaction ends: others may hold them too, who would change them waits. What
    was read of them before is read again afterwards. They come first, before the locks on anything that hangs on them.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a row is held by a transaction")
    if is_postgresql():
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} WHERE id = ANY(%s) ORDER BY id FOR SHARE", [list(numbers)])  # noqa: S608


def is_full(error: BaseException) -> bool:
    """Whether the database failed because no room is left on the disk."""
    text = str(error).lower()
    return "disk is full" in text or "no space left" in text or "disk full" in text


def insert(table: str, columns: tuple[str, ...], values: list[Any]) -> None:
    """Add one row of values that the database takes as they are, on the shortest way: to the driver, unless somebody
    counts or wraps statements. Of a small write the wrapping is most."""
    if connection.queries_logged or connection.execute_wrappers:
        with connection.cursor() as cursor:
            cursor.execute(_insert(table, columns, "%s"), values)
        return
    connection.validate_no_broken_transaction()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.execute(_insert(table, columns, "%s" if is_postgresql() else "?"), values)


@cache
def _insert(table: str, columns: tuple[str, ...], mark: str) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"  # noqa: S608


_OTHERS_LOOK_EVERY = 0.1  # seconds: the longest pause in which SQLite lets a waiting writer sleep
_TURN = 0.5
_gave_way = 0.0


def give_way() -> None:
    """To be called between two transactions of a long job. Who waits for SQLite's one lock looks for it ten times a
    second only: a job that takes it again at once would keep everybody else out until they give up."""
    global _gave_way
    if connection.vendor == "sqlite" and time.monotonic() - _gave_way > _TURN:
        time.sleep(_OTHERS_LOOK_EVERY * 1.2)
        _gave_way = time.monotonic()
