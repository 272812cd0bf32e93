"""Columns that hold secrets: sealed with the row's own key as context, found by blind index on the full value only.

A sealed value moved to another row or column does not open. Opening is explicit (`reveal`), so that a list cannot
show a full number by accident; the caller records why.
"""

import os
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import models

from gongjia.kernel import keyring
from gongjia.kernel.crypto import context_of
from gongjia.kernel.db import BytewiseField


class SecretField(models.BinaryField[bytes, bytes]):
    """Sealed bytes of a text; empty when nothing is known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", b"")
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)


class IndexField(BytewiseField):
    """The blind index of a secret: found by the whole value only, empty when nothing is known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 80)
        kwargs.setdefault("default", "")
        kwargs.setdefault("blank", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)


class WithSecrets(models.Model):
    """A row with sealed columns. `secret_purposes` names, for each indexed column, the purpose of its index."""

    secret_purposes: dict[str, str] = {}
    row_key = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True

    def seal_in(self, **values: str) -> None:
        """Set secrets by column name; an empty text clears. Saves nothing. The index is of the value as given."""
        ring = keyring.current()
        for column, value in values.items():
            sealed = ring.seal(value, context=self._context(column)) if value else b""
            setattr(self, column, sealed)
            if column in self.secret_purposes:
                index = ring.blind_index(value, purpose=self.secret_purposes[column]) if value else ""
                setattr(self, f"{column}_index", index)

    def reveal(self, column: str) -> str:
        """The secret in clear; "" when nothing is known. Raises crypto.SealError when it was moved or changed."""
        sealed = bytes(getattr(self, column))
        return keyring.current().open_text(sealed, context=self._context(column)) if sealed else ""

    def _context(self, column: str) -> bytes:
        return context_of(f"{self._meta.db_table}.{column}", str(self.row_key))


def new_row_keys(count: int) -> list[str]:
    """Row keys as texts (uuid4), for rows that are sealed by the ten thousand before they are written."""
    noise = bytearray(os.urandom(16 * count))
    noise[6::16] = bytes(byte & 0x0F | 0x40 for byte in noise[6::16])
    noise[8::16] = bytes(byte & 0x3F | 0x80 for byte in noise[8::16])
    text = noise.hex()
    keys = (text[at : at + 32] for at in range(0, len(text), 32))
    return [f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}" for key in keys]


def sealed_column(
    model: type[WithSecrets], column: str, values: Sequence[str], row_keys: Sequence[str]
) -> tuple[list[bytes], list[str]]:
    """What `seal_in` would put into a column and its index, for many rows that are not there yet: (sealed, indexes)."""
    ring, purpose = keyring.current(), model.secret_purposes.get(column, "")
    before = context_of(f"{model._meta.db_table}.{column}", "x")[:-1]
    known = [at for at, value in enumerate(values) if value]
    sealed, indexes = [b""] * len(values), [""] * len(values)
    texts = [values[at] for at in known]
    opened = zip(known, ring.seal_many((values[at], before + row_keys[at].encode()) for at in known), strict=True)
    for at, blob in opened:
        sealed[at] = blob
    if purpose:
        for at, index in zip(known, ring.blind_index_many(texts, purpose=purpose), strict=True):
            indexes[at] = index
    return sealed, indexes


def indexes_of(value: str, *, purpose: str) -> list[str]:
    """What to look for when somebody asks for a value: the index under each live key, while keys rotate."""
    return keyring.current().blind_indexes(value, purpose=purpose)


def sealed_columns() -> Iterator[tuple[type[WithSecrets], list[str]]]:
    """Every model with secrets and the names of its sealed columns: what a rotation of the keys walks."""
    for model in apps.get_models():
        if issubclass(model, WithSecrets):
            yield model, [field.name for field in model._meta.get_fields() if isinstance(field, SecretField)]
