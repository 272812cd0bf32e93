"""Likely entries for many records at once: those that share rare pieces of the name, or of the address.

A piece is a pair of signs that stand together or with one between, in either order, two of the first three signs, four
signs of the street, or the whole of a short name where an entry's name begins with it. One that few entries have counts
alone; a frequent one counts together with the city or the county. What is rare is decided by the register itself, so
that no trade or place is written down here.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix, csr_matrix
from sparse_dot_topn import sp_matmul_topn

from gongjia.engines.matching.core.texts import Bools, Floats, Ints, Longs, Signs, Texts, in_blocks, in_turn, mix

_BITS = 22
_PLACES = 1 << _BITS  # pieces are numbered by a hash: two that share a number make an entry likely, never right
_MIX = np.uint64(0x9E3779B97F4A7C15)
_RARE = 200
_CITY = 9
_STREET = 6
_SHORT_LIST = 20_000
_MOST_TOGETHER = 250_000
_SHORT = (3, 8)  # signs of a short name, with its region words and without its form
PLACES = 3
PAIRS = ((1, 1, 1.0), (1, 2, 0.5))
"""Kind, distance and weight of pairs of signs."""
FIRST = ((3, 0, 1, 0.7), (3, 0, 2, 0.35), (3, 1, 2, 0.35))
"""Kind, places and weight of two of the first three signs."""


class Side(NamedTuple):
    """What is looked at, a row each: names without region and form, names as far as a short one is compared with their
    beginning, streets, and where each is: two cities and a county by number, 0 for none."""

    cores: Texts
    names: Texts
    streets: Texts
    places: Ints


class Likely(NamedTuple):
    """Pairs of a record and an entry by number, for each record best first in each block, with how much they share."""

    records: Ints
    entries: Ints
    shared: Floats
    openings: Ints
    """for each record: how many entries begin with its first two signs"""


class _Pieces(NamedTuple):
    """One kind of piece: whose it is, its number, its weight, and whether it is of the name's core."""

    owners: Ints
    numbers: Ints
    weight: float
    is_of_name: bool


class _Rarity(NamedTuple):
    """For each number of a piece: how much it says, whether it is rare or frequent among the entries, and whether so
    and in a record too."""

    weight: Floats
    rare: Bools
    often: Bools
    rare_wanted: Bools
    often_wanted: Bools


_Part = tuple[Ints, Ints, Floats]


def likely(entries: Side, records: Side, *, most: int) -> Likely:
    """At most `most` entries of each block of the register for each record. An entry's beginnings are compared with a
    record's whole name."""
    if not len(entries.cores) or not len(records.cores):
        nothing = np.zeros(0, np.int32)
        return Likely(nothing, nothing, nothing.astype(np.float32), np.zeros(len(records.cores), np.int32))
    mine = _pieces(records, _whole, None, slice(0, len(records.cores)))
    wanted = np.zeros(_PLACES, bool)
    for one in mine:
        wanted[one.numbers] = True
    count = len(entries.cores)
    blocks = in_blocks(partial(_pieces, entries, _beginnings, wanted), count, _block(count))
    frequency = sum(in_turn(_frequency, blocks), np.zeros(_PLACES, np.int64))
    rarity = _rarity(frequency, wanted, count)
    local = sum(in_turn(partial(_local_counts, entries, rarity), blocks), np.zeros(_PLACES, np.int64))
    asked = [part for one in mine for part in _parts(one, records, rarity, local, rarity.rare, rarity.often)]
    left = _matrix(asked, (len(records.cores), 2 * _PLACES))

    def best_of(at: int) -> tuple[Ints, Ints, Floats]:
        block, blocks[at] = blocks[at], []  # each is let go when it has been looked at
        start = at * _block(count)
        length = _lengths(block, rarity, start, min(_block(count), count - start))
        held = []
        for one in block:
            for rows, columns, weights in _parts(one, entries, rarity, local, rarity.rare_wanted, rarity.often_wanted):
                held.append((columns, rows - np.int32(start), weights / length[rows - start]))
        right = _matrix(held, (2 * _PLACES, len(length)))
        found = sp_matmul_topn(left, right, top_n=most, n_threads=1, sort=True)
        rows = np.repeat(np.arange(len(records.cores), dtype=np.int32), np.diff(found.indptr))
        return rows, found.indices.astype(np.int32) + np.int32(start), found.data

    found = in_turn(best_of, range(len(blocks)))
    rows, theirs, shared = (np.concatenate(some) for some in zip(*found, strict=True))
    order = np.argsort(rows, kind="stable")
    rows, theirs, shared = rows[order], theirs[order], shared[order]
    own = _lengths(mine, rarity, 0, len(records.cores))
    openings = np.zeros(len(records.cores), np.int32)
    first = mine[len(PAIRS)]
    openings[first.owners] = frequency[first.numbers]
    return Likely(rows, theirs, shared / own[rows], openings)


def _block(count: int) -> int:
    """How many entries are looked at together: all of a short list, else what lets two threads share the work."""
    return count if count <= _SHORT_LIST else min(-(-count // 2), _MOST_TOGETHER)


def _frequency(block: Sequence[_Pieces]) -> Longs:
    return np.bincount(np.concatenate([one.numbers for one in block]), minlength=_PLACES)


def _lengths(pieces: Sequence[_Pieces], rarity: _Rarity, start: int, count: int) -> Floats:
    """Of each of the `count` rows from `start` on, how much its pieces say together."""
    total = np.zeros(count)
    for one in pieces:
        if one.is_of_name:
            squares = (rarity.weight[one.numbers] * one.weight) ** 2
            total += np.bincount(one.owners - start, weights=squares, minlength=count)
    found: Floats = np.sqrt(total, dtype=np.float32) + np.float32(1e-6)
    return found


def _rarity(frequency: Longs, wanted: Bools, count: int) -> _Rarity:
    weight = np.log(count / np.maximum(np.arange(int(frequency.max()) + 1), 1)).astype(np.float32)
    rare, there = frequency <= _RARE, frequency > 0
    return _Rarity(weight[frequency], rare & there, ~rare, rare & wanted, ~rare & wanted)


def _local_counts(entries: Side, rarity: _Rarity, theirs: Sequence[_Pieces]) -> Longs:
    """How many entries of a place have a frequent piece, by the number of both together."""
    found = [np.zeros(0, np.int32)]
    for one in theirs:
        if one.is_of_name:
            rows = np.flatnonzero(rarity.often_wanted[one.numbers])
            numbers, where = one.numbers[rows], entries.places[one.owners[rows]]
            for column in range(PLACES):
                known = where[:, column] > 0
                found.append(_number(numbers[known], where[known, column], _CITY))
    return np.bincount(np.concatenate(found), minlength=_PLACES)


def _parts(pieces: _Pieces, side: Side, rarity: _Rarity, local: Longs, rare: Bools, often: Bools) -> Iterator[_Part]:
    """Rows, columns and weights of one kind of piece: of those that are rare, then of those that are so at a place."""
    rows = np.flatnonzero(rare[pieces.numbers])
    yield _part(pieces, rows, pieces.numbers[rows], rarity)
    if not pieces.is_of_name:
        return
    frequent = np.flatnonzero(often[pieces.numbers])
    for column in range(PLACES):
        where = side.places[pieces.owners[frequent], column]
        rows = frequent[where > 0]
        numbers = _number(pieces.numbers[rows], where[where > 0], _CITY)
        count = local[numbers]
        kept = (count <= _RARE) & (count > 0)
        yield _part(pieces, rows[kept], numbers[kept] + np.int32(_PLACES), rarity)


def _part(pieces: _Pieces, rows: Longs, columns: Ints, rarity: _Rarity) -> _Part:
    return pieces.owners[rows], columns, rarity.weight[pieces.numbers[rows]] * np.float32(pieces.weight)


def _matrix(parts: Sequence[_Part], shape: tuple[int, int]) -> csr_matrix:
    rows, columns, weights = (np.concatenate([part[at] for part in parts]) for at in range(3))
    return coo_matrix((weights, (rows, columns)), shape=shape, dtype=np.float32).tocsr()


_Names = Callable[[Texts], tuple[Ints, Ints]]


def _pieces(side: Side, names: _Names, wanted: Bools | None, part: slice) -> list[_Pieces]:
    """All pieces of some rows, kind by kind; of streets and beginnings only those that are wanted."""
    found = [*_of_cores(side.cores[part]), _of_streets(side.streets[part])]
    found += [_Pieces(*names(some[part]), 1.0, is_of_name=False) for some in (side.names, side.cores)]
    if wanted is not None:
        for at, one in enumerate(found):
            if not one.is_of_name:
                kept = wanted[one.numbers]
                found[at] = one._replace(owners=one.owners[kept], numbers=one.numbers[kept])
    return [one._replace(owners=one.owners + np.int32(part.start)) for one in found]


def _of_cores(cores: Texts) -> Iterator[_Pieces]:
    cores = cores.packed()
    signs, owners = cores.signs, cores.owners()
    for kind, gap, weight in PAIRS:
        at = np.flatnonzero(owners[gap:] == owners[:-gap])
        yield _Pieces(owners[at], _unordered(signs[at], signs[at + gap], kind), weight, is_of_name=True)
    for kind, one, other, weight in FIRST:
        whose = np.flatnonzero(cores.lengths > other).astype(np.int32)
        starts = cores.starts[whose]
        yield _Pieces(whose, _unordered(signs[starts + one], signs[starts + other], kind), weight, is_of_name=True)


def _of_streets(streets: Texts) -> _Pieces:
    streets = streets.packed()
    signs, owners = streets.signs, streets.owners()
    at = np.flatnonzero(owners[3:] == owners[:-3])
    front, back = signs[at] * np.uint32(31) + signs[at + 1], signs[at + 2] * np.uint32(131) + signs[at + 3]
    return _Pieces(owners[at], _number(front, back, _STREET), 0.4, is_of_name=False)


def _whole(names: Texts) -> tuple[Ints, Ints]:
    """A piece for each short name."""
    rows = np.flatnonzero((names.lengths >= _SHORT[0]) & (names.lengths <= _SHORT[1])).astype(np.int32)
    return rows, _cut(names[rows].hashes())


def _beginnings(names: Texts) -> tuple[Ints, Ints]:
    """A piece for each beginning of a name that may be a short name."""
    window = names.window(0, _SHORT[1])
    sums = np.zeros(len(names), np.uint64)
    owners, numbers = [], []
    for at in range(_SHORT[1]):
        sums += mix(window[:, at], np.uint64(at))
        if at + 1 >= _SHORT[0]:
            rows = np.flatnonzero(names.lengths > at).astype(np.int32)
            owners.append(rows)
            numbers.append(_cut(sums[rows]))
    return np.concatenate(owners), np.concatenate(numbers)


def _unordered(one: Signs, other: Signs, kind: int) -> Ints:
    """Two signs in either order: clerks swap them."""
    return _number(np.minimum(one, other), np.maximum(one, other), kind)


def _number(one: Signs | Ints, other: Signs | Ints, kind: int) -> Ints:
    mixed = (one.astype(np.uint64) << np.uint64(24)) ^ other.astype(np.uint64) ^ np.uint64(kind << 60)
    mixed *= _MIX
    mixed ^= mixed >> np.uint64(29)
    return _cut(mixed)


def _cut(mixed: npt.NDArray[np.uint64]) -> Ints:
    return ((mixed * _MIX) >> np.uint64(64 - _BITS)).astype(np.int32)
