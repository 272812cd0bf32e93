"""What a domain supplies so that its sheets can be imported: columns, and what becomes of a block of rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.intake.core import Problem, Row, SheetSpec
from gongjia.kernel.actors import Actor

if TYPE_CHECKING:
    import polars as pl


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


class Plain(Protocol):
    """Which rows are plainly new, so that nothing has to be judged row by row; a fixed number of statements."""

    def __call__(self, values: "pl.DataFrame", index: Sequence[str], *, on: date) -> "pl.Series": ...


class WriteMany(Protocol):
    """A verb: writes rows that are `ready`, all or by raising none, and returns the facts (JSON) that `undo` is given
    back; `names` says how each row, in their order, is shown to a person."""

    def __call__(
        self, *, organisation: Organisation, rows: "pl.DataFrame", on: date, by: Actor, at: datetime
    ) -> dict[str, Any]: ...


class UndoMany(Protocol):
    """A verb: takes a block back; for each of its rows "" or, in Chinese, why it was left as it is now."""

    def __call__(
        self, *, organisation: Organisation, facts: Mapping[str, Any], by: Actor, at: datetime
    ) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Many:
    """How rows that are plainly new are written by the ten thousand, as tables of their values.

    `index`: under what each row is looked for; reckoned once, when the sheet is checked. `ready` makes them what is
    written (sealed, named, in order), keeps other columns as they are, and needs no database.
    """

    index: Callable[["pl.DataFrame"], list[str]]
    plain: Plain
    ready: Callable[["pl.DataFrame"], "pl.DataFrame"]
    write: WriteMany
    undo: UndoMany


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
    many: Many


_registered: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    """Called in apps.py only."""
    known = _registered.setdefault(importer.kind, importer)
    if known is not importer:
        raise RuntimeError(f"importer {importer.kind} is declared twice")


def importer_of(kind: str) -> Importer:
    return _registered[kind]
