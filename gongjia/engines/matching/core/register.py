"""The side that is searched: its entries in columns, and indexes by code and by name at each depth."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from gongjia.engines.matching.core.names import Name, fold_all, names_of, without_ending
from gongjia.engines.matching.core.regions import Located, Places, Regions, chain
from gongjia.kernel import numbers

DEPTHS = ("full", "body", "formless", "core")
_MOST_BY_PREFIX = 50
_HEAD_OF_ADDRESS = 40  # signs of an address within which its divisions stand


class Record(NamedTuple):
    """One row of either list as it came. `code` may be empty, old or mistyped; `other_name` is a second name."""

    name: str
    code: str = ""
    place: Located = Located()
    other_name: str = ""


class Known(NamedTuple):
    """A record with everything that comparing needs, worked out once. `code` and `address` are folded."""

    name: Name
    places: Places
    code: str
    address: str
    other: Name | None = None


class Column(Sequence[Known]):
    """Many records, kept column by column; a record is put together when it is asked for."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.codes = fold_all([record.code for record in records])
        self.addresses = fold_all([record.place.address for record in records])
        heads: dict[tuple[str, ...], tuple[str, ...]] = {(): ()}  # a list repeats the same few thousand
        read = (chain(address[:_HEAD_OF_ADDRESS]) if address else () for address in self.addresses)
        self.heads = [heads.setdefault(head, head) for head in read]
        spelt: dict[tuple[str, str, str], tuple[str, str, str]] = {}
        self._said = [_spelt(record.place, spelt) for record in records]
        self.names: list[Name] = []
        self.others: dict[int, Name] = {}
        self.places: list[Places] = []

    def settle(self, records: Sequence[Record], regions: Regions, ending: re.Pattern[str] | None) -> "Column":
        """Take the names apart and place the records, with the region words of the register."""
        folded = fold_all([record.name for record in records])
        if ending is not None:
            folded = [without_ending(name, ending) for name in folded]
        self.names = names_of(folded, regions)
        second = [at for at, record in enumerate(records) if record.other_name]
        other = names_of(
            [without_ending(name, ending) for name in fold_all([records[at].other_name for at in second])], regions
        )
        self.others = dict(zip(second, other, strict=True))
        words: Iterable[tuple[str, ...]] = (name.regions for name in self.names)
        if second:
            words = ((*one, *self.others[at].regions) if at in self.others else one for at, one in enumerate(words))
        place = regions.places_said
        self.places = [
            place(mine, said[1], said[2], head) for mine, said, head in zip(words, self._said, self.heads, strict=True)
        ]
        self._said = []
        return self

    def said(self) -> Counter[tuple[str, str, str, tuple[str, ...]]]:
        """What the rows say about where they are, with how often."""
        return Counter((*said, head) for said, head in zip(self._said, self.heads, strict=True))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, at: int) -> Known:  # type: ignore[override]  # no slices
        return Known(self.names[at], self.places[at], self.codes[at], self.addresses[at], self.others.get(at))

    def __iter__(self) -> Iterator[Known]:
        return (self[at] for at in range(len(self)))


class Register:
    """The entries of one list, numbered from 0 in their order, and indexes into them."""

    def __init__(self, entries: Sequence[Record]) -> None:
        column = Column(entries)
        self.regions = Regions.learn_from(column.said())
        self.entries = column.settle(entries, self.regions, None)
        codes = column.codes
        self._by_code = {codes[at]: at for at in range(len(codes) - 1, -1, -1) if codes[at]}
        self._by_name: dict[int, dict[str, int | list[int]]] = {}
        self._sought: tuple[set[str], ...] = ()

    def know(self, record: Record, ending: re.Pattern[str] | None) -> Known:
        """Prepare a record of the other list with the region words of this one."""
        return self.know_all([record], ending)[0]

    def know_all(self, records: Sequence[Record], ending: re.Pattern[str] | None) -> Column:
        """Prepare the records of the other list with the region words of this one."""
        return Column(records).settle(records, self.regions, ending)

    def let_go(self) -> None:
        """Free the indexes by name, which a long list fills much memory with; they are made again when asked."""
        self._by_name.clear()
        self._sought = ()

    def with_code(self, code: str) -> int | None:
        return self._by_code.get(code)

    def with_organisation_code(self, code: str) -> Sequence[int]:
        """Entries whose unified code carries this old code of nine signs."""
        return _as_sequence(self._by_organisation.get(code, ()))

    def named(self, name: Name, depth: int) -> Sequence[int]:
        """Entries whose name is the same at the depth (index into `DEPTHS`)."""
        key = name.at(depth)
        index = self._by_name.get(depth)
        if index is None or (self._sought and key not in self._sought[depth]):
            if index is not None:  # a name that was not announced: from now on all are indexed
                self._sought = ()
            index = self._by_name[depth] = self._index_of(depth)
        return _as_sequence(index.get(key, ()))

    def announce(self, column: Column) -> None:
        """Say whose names will be looked for, so that no others are indexed."""
        names = [*column.names, *column.others.values()]
        self._sought = tuple({name.at(depth) for name in names} for depth in range(len(DEPTHS)))
        self._by_name.clear()

    def _index_of(self, depth: int) -> dict[str, int | list[int]]:
        keys = ((name.at(depth), at) for at, name in enumerate(self.entries.names))
        if self._sought:
            sought = self._sought[depth]
            return _index(pair for pair in keys if pair[0] in sought)
        return _index(keys)

    def starting_with(self, core: str) -> list[int]:
        """Entries whose core begins with these signs and goes on, at most fifty of them."""
        start = bisect_left(self._cores, (core, -1))
        found = self._cores[start : start + _MOST_BY_PREFIX]
        return [at for longer, at in found if longer.startswith(core) and longer != core]

    @cached_property
    def _by_organisation(self) -> dict[str, int | list[int]]:
        return _index((numbers.organisation_code_of(code), at) for code, at in self._by_code.items())

    @cached_property
    def _cores(self) -> list[tuple[str, int]]:
        return sorted((name.core, at) for at, name in enumerate(self.entries.names))


def _spelt(place: Located, spelt: dict[tuple[str, str, str], tuple[str, str, str]]) -> tuple[str, str, str]:
    """Province, city and county, folded; a list repeats the same few hundred."""
    said = (place.province, place.city, place.county)
    found = spelt.get(said)
    if found is None:
        province, city, county = fold_all(said)
        found = spelt[said] = (province, city, county)
    return found


def _index(pairs: Iterable[tuple[str, int]]) -> dict[str, int | list[int]]:
    """Key → the one entry, or a list where several share it: most keys have one, and a list each would cost memory."""
    index: dict[str, int | list[int]] = {}
    for key, at in pairs:
        there = index.setdefault(key, at)
        if there is at:
            continue
        if isinstance(there, list):
            there.append(at)
        else:
            index[key] = [there, at]
    return index


def _as_sequence(found: int | Sequence[int]) -> Sequence[int]:
    return (found,) if isinstance(found, int) else found
