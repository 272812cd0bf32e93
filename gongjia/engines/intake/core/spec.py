"""What a sheet should hold: the caller declares columns, the reader finds them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

Cell = str | int | float | bool | date | datetime | time | timedelta | None


class BadCell(Exception):
    """A cell that cannot be taken as it stands: `code` for machines, `reason` in Chinese for people."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass(frozen=True, slots=True)
class Noted:
    """A clean value with a remark that a person should see, such as a date of which only the month was given."""

    value: object
    code: str
    reason: str


Cleaner = Callable[[Cell], object]
"""Takes a cell that is not empty, text in its plain form (`values.plain`); returns the clean value or a `Noted` one,
or raises `BadCell`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong (or worth a look) in one cell; `field` is empty where the whole row is meant."""

    code: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Column:
    """One field: its Chinese name, the headings under which people write it (best first), and how a cell is cleaned.

    A required column must stand in the heading, and its cell must be filled in every row; `missing` is the code of an
    empty one (`missing_<field>` if not given). `pattern` is a regular expression over heading keys
    (`headings.heading_key`) for what synonyms cannot list. `looks` tells from a cell alone that it can hardly be
    anything else: a column full of such cells is found whatever stands above it. `unnamed` are the headings under
    which a column may be found by its cells although another heading would have been expected ('' for none at all).
    `carries` lets 同上 and vertically merged cells take over the value from above. `holds` is a clean value's type.
    """

    field: str
    zh: str
    clean: Cleaner
    synonyms: tuple[str, ...] = ()
    required: bool = False
    missing: str = ""
    pattern: str = ""
    looks: Callable[[Cell], bool] | None = None
    unnamed: str = ""
    carries: bool = False
    holds: type = str

    @property
    def code_of_missing(self) -> str:
        return self.missing or f"missing_{self.field}"


@dataclass(frozen=True, slots=True)
class Once:
    """What may stand only once in a file: `key` is the field of a valid number, `name` tells whether two rows mean the
    same one. `zh` is what people call the number."""

    key: str
    name: str
    zh: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A value that more than `most` rows of a file share is worth a look."""

    field: str
    most: int
    zh: str


Finish = Callable[[dict[str, Any]], Iterable[Problem]]
"""Takes the clean values of a row, changes them where one field follows from another, and gives remarks."""


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """A kind of sheet. `serial` are the headings of a plain running number, which is neither field nor unknown.

    `finish` is run over the clean values of each row; `once` and `shared` look over the whole file. `alone` tells of a
    text that stands alone in its row, in the column of the first required field, whether it can be a record at all.
    """

    zh: str
    columns: tuple[Column, ...]
    serial: tuple[str, ...] = field(default=("序号", "编号", "行号", "序", "No"))
    finish: Finish | None = None
    once: Once | None = None
    shared: Shared | None = None
    alone: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says about a sheet instead of what was found. `sheet` is '' for all sheets of the file.

    `heading_row` counts from 1. `columns`: field → heading as written, or position from 0, or None where the sheet
    does not hold the field. What is not mentioned is found as ever.
    """

    heading_row: int | None = None
    columns: Mapping[str, str | int | None] = field(default_factory=dict)
    sheet: str = ""
