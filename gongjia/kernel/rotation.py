"""Changing the keys while people work: what is sealed under an older key is opened and sealed anew.

A sweep reads every row, and locks and rewrites those under an older key; a row that somebody is just writing is left to
the next sweep. Killed at any point it goes on where it was, because each value names its key. While two index keys are
live, everybody is found under both. Rooms register what else they keep sealed: `register("文件", "dotted.path")`.
"""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string

from gongjia.kernel import keyring
from gongjia.kernel.crypto import NotSealed, SealError, key_id_of
from gongjia.kernel.keys import Keyring, index_key_id_of
from gongjia.kernel.secrets import WithSecrets, sealed_columns
from gongjia.kernel.sessions import SessionStore, context_of_session

BATCH = 200


@dataclass
class Sweep:
    """What one walk through one kind of sealed thing found: `old` under an older key, `done` sealed anew.

    `stuck` says why a row cannot be sealed anew, by what the operator would call it.
    """

    zh: str
    seen: int = 0
    old: int = 0
    done: int = 0
    stuck: dict[str, str] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """Rows for another sweep: held by somebody, or written meanwhile."""
        return self.old - self.done - len(self.stuck)


Sweeper = Callable[[], Sweep]
_registered: dict[str, str] = {}


def register(zh: str, sweeper: str) -> None:
    """Name a function that makes one Sweep of what a room keeps sealed outside columns. Called in apps.py only."""
    _registered[zh] = sweeper


def sweeps() -> Iterator[Sweep]:
    """One walk through everything that is sealed."""
    for model, columns in sealed_columns():
        yield _sweep_rows(model, columns)
    yield _sweep_sessions()
    for sweeper in _registered.values():
        yield import_string(sweeper)()


def is_old(sealed: bytes, ring: Keyring) -> bool:
    return key_id_of(sealed) != ring.active_id


def _sweep_rows(model: type[WithSecrets], columns: list[str]) -> Sweep:
    ring, found, last = keyring.current(), Sweep(str(model._meta.verbose_name)), 0
    needed = ["pk", "row_key", *columns, *(f"{column}_index" for column in model.secret_purposes)]
    rows = model._base_manager.order_by("pk").only(*needed)
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        found.seen += len(batch)
        old = [row.pk for row in batch if any(_is_old_column(row, column, ring) for column in columns)]
        found.old += len(old)
        if old:
            _reseal_rows(model, old, columns, found)
    return found


def _is_old_column(row: WithSecrets, column: str, ring: Keyring) -> bool:
    sealed = bytes(getattr(row, column))
    if not sealed:
        return False
    try:
        if is_old(sealed, ring):
            return True
    except NotSealed:
        return True
    indexed = column in row.secret_purposes
    return indexed and index_key_id_of(getattr(row, f"{column}_index")) != ring.active_index_id


def _reseal_rows(model: type[WithSecrets], pks: list[int], columns: list[str], found: Sweep) -> None:
    with transaction.atomic():
        # Never waiting for a row while holding others, a sweep can stand in nobody's way for longer than a batch.
        for row in model._base_manager.filter(pk__in=pks).select_for_update(skip_locked=True):
            try:
                with transaction.atomic():
                    _reseal_row(row, columns)
                found.done += 1
            except SealError as error:
                found.stuck[f"{found.zh}第 {row.pk} 行"] = str(error)
            except IntegrityError:
                found.stuck[f"{found.zh}第 {row.pk} 行"] = "与另一行的内容相同，请先核对并合并这两份资料"


def _reseal_row(row: WithSecrets, columns: list[str]) -> None:
    known = [column for column in columns if bytes(getattr(row, column))]
    row.seal_in(**{column: row.reveal(column) for column in known})
    written = [*known, *(f"{column}_index" for column in known if column in row.secret_purposes)]
    type(row)._base_manager.filter(pk=row.pk).update(**{name: getattr(row, name) for name in written})


def _sweep_sessions() -> Sweep:
    """Sessions that do not open are empty ones already, and are left as they are."""
    ring, found, last = keyring.current(), Sweep("登录会话"), ""
    rows: Any = SessionStore.get_model_class()._base_manager.order_by("session_key")
    while batch := list(rows.filter(session_key__gt=last).values_list("session_key", "session_data")[:BATCH]):
        last = batch[-1][0]
        found.seen += len(batch)
        for key, data in batch:
            renewed = renewed_text(data, context=context_of_session(key), ring=ring)
            if renewed is not None:
                found.old += 1
                found.done += rows.filter(session_key=key, session_data=data).update(session_data=renewed)
    return found


def renewed_text(text: str, *, context: bytes, ring: Keyring) -> str | None:
    """A base64 text sealed anew; None when it stands under the active key, or does not open."""
    try:
        sealed = base64.b64decode(text, validate=True)
        if not is_old(sealed, ring):
            return None
        plain = ring.open_(sealed, context=context)
    except (ValueError, SealError):
        return None
    return base64.b64encode(ring.seal(plain, context=context)).decode()
