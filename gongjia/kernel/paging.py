"""Lists in pages of thirty by key, not by offset: page 1,000 costs what page 1 costs, and rows never jump."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from gongjia.kernel import keyring
from gongjia.kernel.crypto import SealError
from gongjia.kernel.db import gathered, in_order

SIZE = 30
COUNT_CAP = 10_000

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """`next` and `previous` are sealed cursors for the URL: a sort key may be a name, which no URL may show."""

    rows: Sequence[M]
    next: str
    previous: str
    count: int
    is_capped: bool

    @property
    def count_zh(self) -> str:
        return f"{COUNT_CAP:,}+" if self.is_capped else f"{self.count:,}"


def page_of(
    rows: QuerySet[M], *, by: Sequence[str], cursor: str = "", size: int = SIZE, is_search: bool = False
) -> Page[M]:
    """One page of `rows`, ordered by the fields `by` (a leading - descends), none of them null, the last one unique.

    `is_search`: few rows fit, or they lie together in the order, as names do: what fits is fetched and sorted.
    A cursor that cannot be read, is of another list, or behind which nothing is left, gives the first page.
    """
    context = f"paging:{rows.model._meta.label}:{','.join(by)}".encode()
    key = _unpack(cursor, context)
    backwards = bool(key) and key[0] == "<"
    order = [_flip(field) for field in by] if backwards else list(by)
    found = rows.order_by(*(gathered(order[0]), *order[1:]) if is_search else order)
    if key:
        found = found.filter(_behind(order, key[1:]))
    count = rows.order_by().values("pk")[: COUNT_CAP + 1].count()  # without what is worked out for each row
    with in_order(is_long=count > COUNT_CAP and not is_search):
        taken = list(found[: size + 1])
    if key and not taken:
        return page_of(rows, by=by, size=size, is_search=is_search)
    more = len(taken) > size
    taken = taken[:size]
    if backwards:
        taken.reverse()
    has_previous = more if backwards else bool(key)
    has_next = bool(key) if backwards else more
    return Page(
        rows=taken,
        next=_pack(">", taken[-1], by, context) if taken and has_next else "",
        previous=_pack("<", taken[0], by, context) if taken and has_previous else "",
        count=min(count, COUNT_CAP),
        is_capped=count > COUNT_CAP,
    )


def _flip(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


class _Behind(Func):
    """(a, b) > (x, y), or < where the order descends: one range of the order's index.

    Of many rows with the same first key PostgreSQL reads none again; SQLite, which takes no row number into a range,
    passes over them inside the index.
    """

    output_field = BooleanField()

    def __init__(self, *fields: Any, values: tuple[Any, ...] = (), descends: bool = False, **extra: Any) -> None:
        super().__init__(*fields, **extra)
        self.values, self.descends = values, descends

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Any:  # type: ignore[override]
        columns: list[str] = []
        parameters: list[Any] = []
        for field in self.get_source_expressions():
            sql, own = compiler.compile(field)
            columns.append(sql)
            parameters += own
        for field, value in zip(self.get_source_expressions(), self.values, strict=True):
            parameters.append(field.output_field.get_db_prep_value(value, connection))
        sign = "<" if self.descends else ">"
        return f"({', '.join(columns)}) {sign} ({', '.join(['%s'] * len(columns))})", parameters


def _behind(order: Sequence[str], values: Sequence[Any]) -> Q | _Behind:
    """Rows behind the key, as a condition that an index can start from."""
    names = [field.lstrip("-") for field in order]
    if len({field.startswith("-") for field in order}) == 1 and not any("__" in name for name in names):
        return _Behind(*names, values=tuple(values), descends=order[0].startswith("-"))
    return _step_by_step(order, values)


def _step_by_step(order: Sequence[str], values: Sequence[Any]) -> Q:
    """(a > x) or (a = x and b > y) or …, and a >= x, which is a range: for directions that differ, and for columns of
    several tables."""
    condition, equal = Q(pk__in=()), Q()
    for field, value in zip(order, values, strict=True):
        name = field.lstrip("-")
        comparison = "lt" if field.startswith("-") else "gt"
        condition |= equal & Q(**{f"{name}__{comparison}": value})
        equal &= Q(**{name: value})
    first = order[0].lstrip("-")
    return condition & Q(**{f"{first}__{'lte' if order[0].startswith('-') else 'gte'}": values[0]})


def _value(row: models.Model, field: str) -> int | str:
    value: Any = row
    for part in field.lstrip("-").split("__"):
        value = getattr(value, part)
    if value is None:
        raise ValueError(f"{field} is null: rows without it would fall out of the list")
    return value if isinstance(value, int | str) else str(value)


def _pack(direction: str, row: models.Model, by: Sequence[str], context: bytes) -> str:
    key = [direction, *(_value(row, field) for field in by)]
    sealed = keyring.current().seal(json.dumps(key, ensure_ascii=False), context=context)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _unpack(cursor: str, context: bytes) -> list[Any]:
    """The key, written by `_pack` for this very list; empty for anything else."""
    if not cursor:
        return []
    try:
        sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        key: list[Any] = json.loads(keyring.current().open_(sealed, context=context))
    except (ValueError, SealError):
        return []
    return key
