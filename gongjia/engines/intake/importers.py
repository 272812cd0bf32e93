"""What a domain supplies so that its sheets can be imported: columns, and what becomes of a block of rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.intake.core import Problem, Row, SheetSpec
from gongjia.kernel.actors import Actor


class Fate(StrEnum):
    """What would become of a good row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The fate of a row, and what a person should read about it: what changes into what, or why it cannot be."""

    fate: Fate
    remarks: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a row. `facts` (JSON) are what `undo` is given back; None where nothing was written."""

    judgement: Judgement
    facts: dict[str, Any] | None = None


class Classify(Protocol):
    """One judgement a row, in order, by a fixed number of queries a block; nothing is written."""

    def __call__(self, organisation: Organisation, rows: Sequence[Row], *, on: date) -> list[Judgement]: ...


class Write(Protocol):
    """A verb: writes a block within the caller's transaction, all of it or, by raising, nothing. What was classified
    before is classified anew, under locks."""

    def __call__(
        self,
        *,
        organisation: Organisation,
        rows: Sequence[Row],
        takes_changes: bool,
        on: date,
        by: Actor,
        at: datetime,
    ) -> list[Written]: ...


class Undo(Protocol):
    """A verb: takes back what the facts say; for each "" or, in Chinese, why it was left as it is now."""

    def __call__(
        self, *, organisation: Organisation, facts: Sequence[Mapping[str, Any]], by: Actor, at: datetime
    ) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Importer:
    """A kind of sheet that can be imported. `may` is the permission that it needs; `refusal` says why an organisation
    takes none ("" when it does)."""

    kind: str
    may: str
    columns: Callable[[date], SheetSpec]
    refusal: Callable[[Organisation], str]
    classify: Classify
    write: Write
    undo: Undo


_registered: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    """Called in apps.py only."""
    known = _registered.setdefault(importer.kind, importer)
    if known is not importer:
        raise RuntimeError(f"importer {importer.kind} is declared twice")


def importer_of(kind: str) -> Importer:
    return _registered[kind]
