"""What differs between the databases, and the one way to say "this subtree"."""

import json
from collections.abc import Iterable, Iterator
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


class PathField(models.CharField[str, str]):
    """A tree path, compared byte by byte on every database, so that a subtree is one range of its index."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        parameters = super().db_parameters(connection)
        parameters["collation"] = "C" if connection.vendor == "postgresql" else None
        return parameters


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


def among(values: Iterable[Any]) -> tuple[str, Any]:
    """What follows a column that is to be one of ten thousand values, and the one parameter that holds them."""
    if is_postgresql():
        return "= ANY(%s)", list(values)
    return "IN (SELECT value FROM json_each(%s))", json.dumps(list(values))


@models.ForeignObject.register_lookup
@models.Field.register_lookup
class Among(Lookup[Any]):
    """`field__among=values`: like `in`, for ten thousand values: they are one parameter."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        sql, params = self.process_lhs(compiler, connection)
        condition, values = among(self.rhs)
        return f"{sql} {condition}", [*params, values]


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
