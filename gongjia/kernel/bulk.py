"""Many rows at once, column by column: numbers taken beforehand, rows written on the shortest way that the database
has, values found among millions. For verbs only: nothing here checks a right, tells a listener or leaves an audit row.

Tables are polars frames; polars is loaded by whoever calls, never by a page that writes one row.
"""

# ruff: noqa: S608 - statements are put together from names of our own tables and columns; every value is a parameter

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from gongjia.kernel.db import Values, among, is_postgresql

if TYPE_CHECKING:
    import polars as pl

# The sequence is looked up once, not for each number.
_NEXT = """
    SELECT nextval(s.name::regclass) FROM (SELECT pg_get_serial_sequence(%s, 'id') AS name OFFSET 0) s,
    generate_series(1, %s)
"""
_PIECE = 5_000  # rows that are handed to PostgreSQL, or to SQLite, at a time


def take_numbers(model: type[models.Model], count: int) -> list[int]:
    """Primary keys that nobody else will get, in order; those of a transaction that is undone stay unused."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(_NEXT, [table, count])
            return sorted(number for (number,) in cursor.fetchall())
        # One writer at a time, and the transaction has written already: nobody else counts on meanwhile.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        last: int = found[0] if found else 0
        change = "UPDATE sqlite_sequence SET seq = %s WHERE name = %s"
        cursor.execute(
            change if found else "INSERT INTO sqlite_sequence (seq, name) VALUES (%s, %s)", [last + count, table]
        )
    return list(range(last + 1, last + count + 1))


def copy_in(model: type[models.Model], rows: "pl.DataFrame") -> None:
    """Write rows: a column for each field that is given, by its attribute's name, and for every other what
    `bulk_create` would write. Raises IntegrityError like any insert, TypeError where each row draws its own default.
    """
    frame = rows.with_columns(**_defaults(model, set(rows.columns)))
    fields = {field.attname: field for field in model._meta.concrete_fields}
    if unknown := set(frame.columns) - set(fields):
        raise TypeError(f"{model._meta.label} has no {sorted(unknown)}")
    columns = ", ".join(connection.ops.quote_name(str(fields[name].column)) for name in frame.columns)
    if is_postgresql():
        _copy(model._meta.db_table, columns, frame)
    else:
        marks = ", ".join(["%s"] * frame.width)
        statement = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks})"
        plain = _for_sqlite(frame, fields)
        with connection.cursor() as cursor:
            for piece in plain.iter_slices(_PIECE):
                cursor.executemany(statement, piece.rows())


def _defaults(model: type[models.Model], given: set[str]) -> dict[str, Any]:
    import polars as pl

    found = {}
    for field in model._meta.concrete_fields:
        if field.attname in given:
            continue
        if field.primary_key or (callable(field.default) and field.has_default()):
            raise TypeError(f"{model._meta.label}.{field.attname} is another one in each row: it must be given")
        value = field.get_default()  # of bytes the driver would make an object of its own
        found[field.attname] = pl.lit(value if isinstance(value, bytes) else field.get_db_prep_save(value, connection))
    return found


def _copy(table: str, columns: str, frame: "pl.DataFrame") -> None:
    """As CSV, which polars words for whole columns: an empty text stands in quotation marks, nothing at all is NULL."""
    import polars as pl

    binary = [name for name, kind in frame.schema.items() if kind == pl.Binary]
    statement = f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv)"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for piece in frame.iter_slices(_PIECE):
            hexed = piece.with_columns(pl.format("\\x{}", pl.col(name).bin.encode("hex")) for name in binary)
            copy.write(hexed.write_csv(include_header=False).encode())


def _for_sqlite(frame: "pl.DataFrame", fields: dict[str, Any]) -> "pl.DataFrame":
    """Days as text, and keys without their hyphens, as Django keeps them there."""
    import polars as pl

    days = [pl.col(name).cast(pl.String) for name, kind in frame.schema.items() if kind == pl.Date]
    keys = [name for name in frame.columns if isinstance(fields[name], models.UUIDField)]
    return frame.with_columns(*days, *(pl.col(name).str.replace_all("-", "", literal=True) for name in keys))


def run_numbers(found: Iterable[Sequence[int]]) -> list[int]:
    """The numbers of runs, in order."""
    return [number for first, last in found for number in range(first, last + 1)]


def referred(
    model: type[models.Model],
    numbers: Sequence[int],
    *,
    aside: Mapping[type[models.Model], Sequence[int]] | None = None,
) -> set[int]:
    """Which of these rows any other row points at, but for rows put `aside` by their own numbers; a statement for each
    column that may. Who deletes the rest deletes nothing that somebody else needs."""
    found: set[int] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or not (relation.one_to_many or relation.one_to_one):
            continue
        field: Any = relation.field  # type: ignore[union-attr]  # what points here is a foreign key
        rows = field.model._base_manager.order_by().filter(**{f"{field.name}__among": Values(numbers)})
        if aside and field.model in aside:
            rows = rows.exclude(pk__among=Values(aside[field.model]))
        found.update(rows.values_list(field.attname, flat=True))
    return found


def remove(model: type[models.Model], numbers: Sequence[int]) -> int:
    """Delete rows by their numbers, in one statement. That nothing points at them the caller has seen (`referred`);
    who was faster is found by the database: IntegrityError, at the end of the transaction at the latest."""
    condition, values = among("id", list(numbers))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE {condition}", values)
        return int(cursor.rowcount)
