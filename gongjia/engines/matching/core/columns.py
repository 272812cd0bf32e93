"""The rows of a list with everything that comparing needs, kept column by column."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gongjia.engines.matching.core.apart import Apart, Heads, divisions_of, names_apart
from gongjia.engines.matching.core.names import Name, fold, fold_all, without_ending
from gongjia.engines.matching.core.records import Known, Rows
from gongjia.engines.matching.core.regions import Located, Places, Regions, agreement
from gongjia.engines.matching.core.texts import Bools, Ints, Longs, Texts, folded, in_turn

STREET_SIGNS = 16
_TABLE = 1 << 26
_HEAD_OF_ADDRESS = 64  # signs within which divisions and street stand


class Depths(NamedTuple):
    """Names of some rows in the depths of `names.Name`; and full and formless with the last region word alone, for
    clerks put 武汉市 before 武汉精工."""

    full: Texts
    body: Texts
    formless: Texts
    core: Texts
    placed: Texts
    placed_formless: Texts


class Column(Sequence[Known]):
    """Many rows. One of them is put together when it is asked for."""

    def __init__(self, rows: Rows, ending: re.Pattern[str] | None) -> None:
        self.codes = _codes(rows.codes)
        self._located = rows.places
        self._said, self._spelt = _spelt(rows.places)
        second = [at for at, name in enumerate(rows.other_names) if name]
        self.other_of = np.full(len(self.codes), -1, np.int32)
        self.other_of[second] = np.arange(len(second), dtype=np.int32)
        addresses = [place.address[:_HEAD_OF_ADDRESS] for place in rows.places]
        texts = [(addresses, None), (rows.names, ending), ([rows.other_names[at] for at in second], ending)]
        streets, self._full, self._other_full = in_turn(lambda some: _folded(*some), texts)
        self._heads = divisions_of(streets)
        self.streets = streets.after(self._heads.lengths).first(STREET_SIGNS).packed()

    def settle(self, regions: Regions) -> "Column":
        """Take the names apart and place the rows, with the region words of the register."""
        self.apart = names_apart(self._full, regions)
        self.other = names_apart(self._other_full, regions) if len(self._other_full) else None
        self.place_numbers, self.places = self._placed(regions)
        return self

    def said(self) -> Counter[tuple[str, str, str, tuple[str, ...]]]:
        """What the rows say about where they are, with how often."""
        width = max(1, len(self._heads.words))
        both, counts = np.unique(self._said.astype(np.int64) * width + self._heads.numbers, return_counts=True)
        pairs = zip(both.tolist(), counts.tolist(), strict=True)
        return Counter({(*self._spelt[one // width], self._heads.words[one % width]): many for one, many in pairs})

    def _placed(self, regions: Regions) -> tuple[Ints, list[Places]]:
        """The number of each row's places, and the places: a list repeats the same few thousand combinations."""
        parts: list[tuple[Ints, int]] = [(self._said, len(self._spelt)), _numbered(self.apart.heads)]
        others: list[tuple[str, ...]] = [()]
        if self.other is not None:
            heads = self.other.heads
            others = [*heads.words, ()]
            parts.append((np.append(heads.numbers, np.int32(len(heads.words)))[self.other_of], len(others)))
        parts.append(_numbered(self._heads))
        which, first = np.zeros(len(self), np.int64), np.zeros(0, np.int64)
        for numbers, width in parts:
            _, first, which = np.unique(which * width + numbers, return_index=True, return_inverse=True)
        found = []
        for at in first.tolist():
            words = self.apart.heads.words[self.apart.heads.numbers[at]]
            if self.other is not None and self.other_of[at] >= 0:
                words += others[self.other.heads.numbers[self.other_of[at]]]
            said = self._spelt[self._said[at]]
            found.append(regions.places_said(words, said[1], said[2], self._heads.words[self._heads.numbers[at]]))
        alike: dict[Places, int] = {}
        numbers_of = np.array([alike.setdefault(place, len(alike)) for place in found], np.int32)
        return numbers_of[which] if len(which) else np.zeros(0, np.int32), list(alike)

    def place(self, at: int) -> Places:
        return self.places[int(self.place_numbers[at])]

    def divisions(self, at: int) -> tuple[str, ...]:
        """Those that the address begins with, from the largest down."""
        return self._heads.words[int(self._heads.numbers[at])]

    def name(self, at: int) -> Name:
        return _name(self.apart, at)

    def other_name(self, at: int) -> Name | None:
        return None if self.other is None or self.other_of[at] < 0 else _name(self.other, int(self.other_of[at]))

    def address(self, at: int) -> str:
        return fold(self._located[at].address)

    def best(self, rows: Ints | slice) -> Depths:
        """The names of some rows; the second name of a row that has one."""
        own = _depths(self.apart, rows)
        if self.other is None:
            return own
        which = self.other_of[rows]
        others = _depths(self.other, np.maximum(which, 0))
        return Depths(*(_preferred(one, two, which >= 0) for one, two in zip(own, others, strict=True)))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, at: int) -> Known:  # type: ignore[override]  # no slices
        return Known(self.name(at), self.place(at), self.codes[at], self.address(at), self.other_name(at))


def agreements(mine: Column, theirs: Column, rows: Ints | Longs, entries: Ints | Longs) -> Ints:
    """How the places of rows and entries fit, pair by pair: the same few thousand meet again and again."""
    width = max(1, len(theirs.places))
    pairs = mine.place_numbers[rows].astype(np.int64) * width + theirs.place_numbers[entries]
    if len(mine.places) * width > _TABLE:
        met, which = np.unique(pairs, return_inverse=True)
        return _judged(mine, theirs, met)[which]
    table = np.zeros(len(mine.places) * width, np.int8)
    table[pairs] = 1
    met = np.flatnonzero(table)
    table[met] = _judged(mine, theirs, met)
    found: Ints = table[pairs].astype(np.int32)
    return found


def _judged(mine: Column, theirs: Column, met: Longs) -> Ints:
    width = max(1, len(theirs.places))
    judged = [agreement(mine.places[one // width], theirs.places[one % width]) for one in met.tolist()]
    return np.array(judged, np.int32)


def _numbered(heads: Heads) -> tuple[Ints, int]:
    return heads.numbers, max(1, len(heads.words))


def _codes(codes: Sequence[str]) -> list[str]:
    """Codes folded; a long list of clean ones is seen to be clean as one text."""
    joined = "".join(codes)
    if joined.isascii() and (joined.isalnum() or not joined) and joined == joined.upper():
        return list(codes)
    return fold_all(codes)


def _folded(names: Sequence[str], ending: re.Pattern[str] | None) -> Texts:
    if ending is None:
        return folded(names)
    return Texts.of([without_ending(name, ending) for name in fold_all(names)])


def _name(apart: Apart, at: int) -> Name:
    full, body, formless, core = (each.text(at) for each in apart[:4])
    return Name(full, body, formless, core, apart.heads.words[apart.heads.numbers[at]])


def _depths(apart: Apart, rows: Ints | slice) -> Depths:
    heads = apart.heads
    before = np.array([sum(map(len, words[:-1])) for words in heads.words], np.int32)[heads.numbers[rows]]
    full, body, formless, core = (each[rows] for each in apart[:4])
    before = np.minimum(before, formless.lengths)
    return Depths(full, body, formless, core, full.after(before), formless.after(before))


def _preferred(mine: Texts, others: Texts, where: Bools) -> Texts:
    """The other text where that is wanted, else its own."""
    starts = np.where(where, others.starts + len(mine.signs), mine.starts)
    signs = np.concatenate([mine.signs, others.signs])
    return Texts(signs, starts, np.where(where, others.lengths, mine.lengths))


def _spelt(places: Sequence[Located]) -> tuple[Ints, list[tuple[str, str, str]]]:
    """Province, city and county of each row, by number, folded; a list repeats the same few hundred."""
    numbers: dict[tuple[str, str, str], int] = {}
    said = [numbers.setdefault(place[:3], len(numbers)) for place in places]
    spelt = []
    for words in numbers:
        province, city, county = fold_all(words)
        spelt.append((province, city, county))
    return np.array(said, np.int32), spelt
