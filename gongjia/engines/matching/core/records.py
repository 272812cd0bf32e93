"""What comes in: rows of either list, and one of them taken apart."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gongjia.engines.matching.core.names import Name
from gongjia.engines.matching.core.regions import Located, Places

DEPTHS = ("full", "body", "formless", "core")


class Record(NamedTuple):
    """One row of either list as it came. `code` may be empty, old or mistyped; `other_name` is a second name."""

    name: str
    code: str = ""
    place: Located = Located()
    other_name: str = ""


class Rows(NamedTuple):
    """Many such rows, column by column and all of one length; `other_names` may be left empty altogether."""

    names: Sequence[str]
    codes: Sequence[str]
    places: Sequence[Located]
    other_names: Sequence[str] = ()

    @classmethod
    def of(cls, records: "Iterable[Record] | Rows") -> "Rows":
        if isinstance(records, Rows):
            return records
        known = list(records)
        others = [one.other_name for one in known]
        return cls(
            [one.name for one in known],
            [one.code for one in known],
            [one.place for one in known],
            others if any(others) else (),
        )


class Known(NamedTuple):
    """A record with everything that comparing needs, worked out once. `code` and `address` are folded."""

    name: Name
    places: Places
    code: str
    address: str
    other: Name | None = None
