"""Rows on their way to the database: gathered in memory, sealed column by column, written a batch at a time.

PostgreSQL takes a batch by COPY, SQLite by one prepared INSERT. Keys, references and the keys of sealed values come
from the seed, so that an address into the city stays good when it is built again.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import connection, models

from demo.names.draw import Draw, Permutation
from gongjia.kernel import keyring
from gongjia.kernel.crypto import context_of
from gongjia.kernel.references import ALPHABET, REFERENCE_LENGTH, new_reference
from gongjia.kernel.secrets import WithSecrets

BATCH = 10_000
Adapt = Callable[[Any], Any]


class Rows:
    """The rows of one table. `columns` are attribute names (`person_id`, not `person`); the others keep their default.

    Secrets are given in clear. The id, `reference`, `row_key` and the blind indexes fill themselves.
    """

    def __init__(self, model: type[models.Model], seed: int, columns: tuple[str, ...]) -> None:
        table = model._meta.db_table
        self.model = model
        self.last_id: int = model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0
        self._rows: list[tuple[Any, ...]] = []
        self._places = {column: place for place, column in enumerate(("id", *columns))}
        self._secrets = _secrets_of(model, columns)
        chance = Draw(seed, f"{table} references").random()
        self._references = Permutation(len(ALPHABET) ** (REFERENCE_LENGTH - 1), chance)
        self._references.taken = self.last_id
        self._row_keys = Draw(seed, f"{table} row keys from {self.last_id}").random
        fields = {field.attname: field for field in model._meta.concrete_fields}
        self._filled = [name for name in fields if name not in self._places and self._fills(name)]
        self._constants = _constants(model, set(fields) - {*self._places, *self._filled})
        self._fields = [fields[name] for name in (*self._places, *self._filled, *self._constants)]
        self._adapting = [(place, adapt) for place, field in enumerate(self._fields) if (adapt := _adapting(field))]

    def add(self, *values: Any) -> int:
        """Take one row, its values in the order of the columns; returns its id."""
        self.last_id += 1
        self._rows.append((self.last_id, *values))
        if len(self._rows) == BATCH:
            self.flush()
        return self.last_id

    def flush(self) -> None:
        """Write what waits."""
        rows, self._rows = self._rows, []
        if rows:
            _write(self.model._meta.db_table, [str(field.column) for field in self._fields], self._finished(rows))

    def close(self) -> None:
        """Write what waits, and let the next id that the database gives follow the last one."""
        self.flush()
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [self.model]):
                cursor.execute(statement)

    def _fills(self, name: str) -> bool:
        return name in {"row_key", "reference"} or name.removesuffix("_index") in self._secrets

    def _finished(self, rows: list[tuple[Any, ...]]) -> Iterator[list[Any]]:
        """The rows as the driver takes them, all columns in the order of `_fields`."""
        keys = [self._row_key() for _ in rows] if "row_key" in self._filled else []
        made: dict[str, list[Any]] = {"row_key": keys}
        if "reference" in self._filled:
            made["reference"] = [new_reference(self._next_reference) for _ in rows]
        sealed: dict[int, list[bytes]] = {}
        for secret, purpose in self._secrets.items():
            place = self._places[secret]
            values = [row[place] for row in rows]
            sealed[place] = self._sealed(secret, values, keys)
            made[f"{secret}_index"] = _indexes(values, purpose)
        columns = [made[name] for name in self._filled]
        constants = list(self._constants.values())
        for number, row in enumerate(rows):
            finished = [*row, *(column[number] for column in columns), *constants]
            for place, column in sealed.items():
                finished[place] = column[number]
            for place, adapt in self._adapting:
                if finished[place] is not None:
                    finished[place] = adapt(finished[place])
            yield finished

    def _row_key(self) -> UUID:
        high, low = (int(self._row_keys() * 2**53) for _ in range(2))
        return UUID(int=high << 75 | low << 11, version=4)

    def _next_reference(self, _below: int) -> int:
        return self._references.take()

    def _sealed(self, secret: str, values: list[str], keys: list[UUID]) -> list[bytes]:
        column = f"{self.model._meta.db_table}.{secret}"
        known = ((value, context_of(column, str(key))) for value, key in zip(values, keys, strict=True) if value)
        sealed = iter(keyring.current().seal_many(known))
        return [next(sealed) if value else b"" for value in values]


def _indexes(values: list[str], purpose: str) -> list[str]:
    indexes = iter(keyring.current().blind_index_many(filter(None, values), purpose=purpose))
    return [next(indexes) if value else "" for value in values]


def _secrets_of(model: type[models.Model], columns: tuple[str, ...]) -> dict[str, str]:
    if not issubclass(model, WithSecrets):
        return {}
    return {column: purpose for column, purpose in model.secret_purposes.items() if column in columns}


def _constants(model: type[models.Model], names: set[str]) -> dict[str, Any]:
    """The defaults of the columns that nobody fills. A default that differs from row to row must be given."""
    constants = {}
    for field in model._meta.concrete_fields:
        if field.attname in names:
            if callable(field.default) and not isinstance(field.default, type):
                raise TypeError(f"{model.__name__}.{field.attname} has a default of its own for each row: give it")
            constants[field.attname] = field.get_db_prep_save(field.get_default(), connection)
    return constants


def _adapting(field: models.Field[Any, Any]) -> Adapt | None:
    """How a value becomes what the driver takes, where it does not take it as it is."""
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    if isinstance(field, models.JSONField):
        return lambda value: field.get_db_prep_save(value, connection)
    if connection.vendor == "postgresql":
        return None
    if isinstance(field, models.DateField):
        return date.isoformat
    return _hex if isinstance(field, models.UUIDField) else None


def _hex(key: UUID) -> str:
    return key.hex


def _write(table: str, columns: list[str], rows: Iterable[list[Any]]) -> None:
    name = connection.ops.quote_name
    target = f"{name(table)} ({', '.join(map(name, columns))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {target} VALUES ({', '.join(['%s'] * len(columns))})", [*rows])  # noqa: S608
