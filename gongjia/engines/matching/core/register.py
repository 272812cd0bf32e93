"""The side that is searched: its entries in columns, and indexes by code and by name at each depth."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from gongjia.engines.matching.core.apart import Apart
from gongjia.engines.matching.core.columns import Column
from gongjia.engines.matching.core.names import Name
from gongjia.engines.matching.core.records import DEPTHS, Known, Record, Rows
from gongjia.engines.matching.core.regions import Regions
from gongjia.engines.matching.core.texts import Ints, Longs, Texts
from gongjia.kernel import numbers

_MOST_BY_PREFIX = 50
_OLD_CODE = 9
_LOW = np.uint64((1 << 22) - 1)


class Hits(NamedTuple):
    """The entries that carry, at one depth, the name of some announced record: for each name of a record (`keys` says
    which one) how many there are and the first of them, -1 for none; `rows` are all of them."""

    keys: Ints
    counts: Ints
    first: Ints
    rows: Longs


class Register:
    """The entries of one list, numbered from 0 in their order, and indexes into them."""

    def __init__(self, entries: Sequence[Record] | Rows) -> None:
        column = Column(Rows.of(entries), None)
        self.regions = Regions.learn_from(column.said())
        self.entries = column.settle(self.regions)
        self._by_name: dict[int, dict[str, int | list[int]]] = {}
        self.let_go()

    def know(self, record: Record, ending: re.Pattern[str] | None) -> Known:
        """Prepare a record of the other list with the region words of this one."""
        return self.know_all([record], ending)[0]

    def know_all(self, records: Iterable[Record] | Rows, ending: re.Pattern[str] | None) -> Column:
        """Prepare the records of the other list with the region words of this one."""
        return Column(Rows.of(records), ending).settle(self.regions)

    def let_go(self) -> None:
        """Free the indexes, which a long list fills much memory with; they are made again when asked."""
        self.__dict__.pop("_by_code", None)
        self._by_name.clear()
        self._by_organisation: dict[str, int | list[int]] | None = None
        self._old_codes: frozenset[str] = frozenset()
        self.hits: tuple[Hits, ...] = ()

    def with_code(self, code: str) -> int | None:
        return self._by_code.get(code)

    def with_organisation_code(self, code: str) -> Sequence[int]:
        """Entries whose unified code carries this old code of nine signs."""
        if self._by_organisation is None:
            codes, sought = self.entries.codes, self._old_codes
            olds = enumerate(map(numbers.organisation_code_of, codes))
            found = ((old, at) for at, old in olds if old in sought or (old and not sought))
            self._by_organisation = _index(pair for pair in found if self._by_code[codes[pair[1]]] == pair[1])
        return _as_sequence(self._by_organisation.get(code, ()))

    def named(self, name: Name, depth: int) -> Sequence[int]:
        """Entries whose name is the same at the depth (index into `DEPTHS`)."""
        key = name.at(depth)
        index = self._by_name.get(depth)
        if index is None:
            index = self._by_name[depth] = self._index_of(depth)
        return _as_sequence(index.get(key, ()))

    def announce(self, column: Column) -> None:
        """Say whose names and old codes will be looked for: until `let_go` no others are found."""
        self.let_go()
        self._old_codes = frozenset(code for code in column.codes if len(code) == _OLD_CODE)
        self.hits = tuple(self._hits(column, depth) for depth in range(len(DEPTHS)))

    def _hits(self, column: Column, depth: int) -> Hits:
        mine = at_depth(column.apart, depth).hashes()
        if column.other is not None:
            mine = np.concatenate([mine, at_depth(column.other, depth).hashes()])
        known, keys = np.unique(mine, return_inverse=True)
        theirs = at_depth(self.entries.apart, depth).hashes()
        seen = np.zeros(int(_LOW) + 1, bool)
        seen[known & _LOW] = True
        rows = np.flatnonzero(seen[theirs & _LOW])
        which = np.searchsorted(known, theirs[rows])
        inside = known[np.minimum(which, len(known) - 1)] == theirs[rows] if len(known) else np.zeros(0, bool)
        rows, which = rows[inside], which[inside]
        first = np.full(len(known), -1, np.int32)
        first[which[::-1]] = rows[::-1]
        counts = np.bincount(which, minlength=len(known))
        return Hits(keys.astype(np.int32), counts.astype(np.int32), first, rows)

    def _index_of(self, depth: int) -> dict[str, int | list[int]]:
        texts = at_depth(self.entries.apart, depth)
        if not self.hits:
            return _index(zip(texts.strings(), range(len(texts)), strict=True))
        rows = self.hits[depth].rows
        return _index(zip(texts[rows].strings(), rows.tolist(), strict=True))

    def starting_with(self, core: str) -> list[int]:
        """Entries whose core begins with these signs and goes on, at most fifty of them."""
        start = bisect_left(self._cores, (core, -1))
        found = self._cores[start : start + _MOST_BY_PREFIX]
        return [at for longer, at in found if longer.startswith(core) and longer != core]

    @cached_property
    def _by_code(self) -> dict[str, int]:
        codes = self.entries.codes
        found = dict(zip(reversed(codes), range(len(codes) - 1, -1, -1), strict=True))  # of two the first one stays
        found.pop("", None)
        return found

    @cached_property
    def _cores(self) -> list[tuple[str, int]]:
        return sorted(zip(self.entries.apart.core.strings(), range(len(self.entries)), strict=True))


def at_depth(apart: Apart, depth: int) -> Texts:
    return (apart.full, apart.body, apart.formless, apart.core)[depth]


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
