"""Likely entries for many records at once: those that share rare pieces of the name, or of the address.

A piece is a pair of signs that stand together or with one between, in either order, two of the first three signs, or
four signs of the street. One that few entries have counts alone; a frequent one counts together with the city or the
county. What is rare is decided by the register itself, so that no trade or place is written down here.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix, csr_matrix
from sparse_dot_topn import sp_matmul_topn

from gongjia.engines.matching.core.texts import THREADS, Floats, Ints, Texts

_BITS = 22
_PLACES = 1 << _BITS  # pieces are numbered by a hash: two that share a number make an entry likely, never right
_MIX = np.uint64(0x9E3779B97F4A7C15)
_RARE = 300
_CITY = 9
_STREET = 6
PLACES = 3


class Side(NamedTuple):
    """What is looked at, a row each: names without region and form, streets, and where each is: two cities and a
    county by number, 0 for none."""

    cores: Texts
    streets: Texts
    places: Ints


class Likely(NamedTuple):
    """Pairs of a record and an entry by number, best first for each record, with how much they share."""

    records: Ints
    entries: Ints
    shared: Floats
    openings: Ints
    """for each record: how many entries begin with its first two signs"""


class _Pieces(NamedTuple):
    """One kind of piece: whose it is, its number, its weight, and whether it is of the name, not of the street."""

    owners: Ints
    numbers: Ints
    weight: float
    is_of_name: bool


def likely(entries: Side, records: Side, *, most: int) -> Likely:
    """At most `most` entries for each record."""
    theirs, mine = list(_pieces(entries)), list(_pieces(records))
    frequency = np.zeros(_PLACES, np.int64)
    for one in theirs:
        frequency += np.bincount(one.numbers, minlength=_PLACES)
    rarity = np.log(len(entries.cores) / np.maximum(frequency, 1)).astype(np.float32)
    wanted = np.zeros(_PLACES, bool)
    for one in mine:
        wanted[one.numbers] = True
    length = np.sqrt(_squares(theirs, rarity, len(entries.cores)), dtype=np.float32) + np.float32(1e-6)
    parts = [_parts(mine[at], theirs[at], records, entries, frequency, rarity, wanted) for at in range(len(mine))]
    asked = _matrix([part[0] for part in parts], (len(records.cores), 2 * _PLACES))
    del theirs
    turned = [[(columns, rows, weights / length[rows]) for rows, columns, weights in part[1]] for part in parts]
    del parts
    held = _matrix(turned, (2 * _PLACES, len(entries.cores)))
    del turned
    found = sp_matmul_topn(asked, held, top_n=most, n_threads=THREADS, sort=True)
    rows = np.repeat(np.arange(len(records.cores), dtype=np.int32), np.diff(found.indptr))
    own = np.sqrt(_squares(mine, rarity, len(records.cores)), dtype=np.float32) + np.float32(1e-6)
    return Likely(rows, found.indices.astype(np.int32), found.data / own[rows], _openings(mine, frequency, records))


def _openings(mine: Sequence[_Pieces], frequency: npt.NDArray[np.int64], records: Side) -> Ints:
    first = mine[2]
    found = np.zeros(len(records.cores), np.int32)
    found[first.owners] = frequency[first.numbers]
    return found


def _squares(pieces: Sequence[_Pieces], rarity: Floats, rows: int) -> npt.NDArray[np.float64]:
    total = np.zeros(rows)
    for one in pieces:
        if one.is_of_name:
            total += np.bincount(one.owners, weights=(rarity[one.numbers] * one.weight) ** 2, minlength=rows)
    return total


_Part = tuple[Ints, Ints, Floats]


def _parts(
    mine: _Pieces,
    theirs: _Pieces,
    records: Side,
    entries: Side,
    frequency: npt.NDArray[np.int64],
    rarity: Floats,
    wanted: npt.NDArray[np.bool_],
) -> tuple[list[_Part], list[_Part]]:
    """Rows, columns and weights of one kind of piece, for the records and for the entries."""
    rare = frequency <= _RARE
    asked = [_part(mine, rare[mine.numbers] & (frequency[mine.numbers] > 0), rarity)]
    held = [_part(theirs, (rare & wanted)[theirs.numbers], rarity)]
    if not mine.is_of_name:
        return asked, held
    often = (~rare & wanted)[theirs.numbers]
    local: list[tuple[npt.NDArray[np.bool_], Ints]] = []
    counts = np.zeros(_PLACES, np.int64)
    for column in range(PLACES):
        where = entries.places[theirs.owners, column]
        chosen = often & (where > 0)
        numbers = _number(theirs.numbers[chosen], where[chosen], _CITY)
        counts += np.bincount(numbers, minlength=_PLACES)
        local.append((chosen, numbers))
    for chosen, numbers in local:
        kept = counts[numbers] <= _RARE
        held.append(_shifted(theirs, chosen, numbers, kept, rarity))
    for column in range(PLACES):
        where = records.places[mine.owners, column]
        chosen = ~rare[mine.numbers] & (where > 0)
        numbers = _number(mine.numbers[chosen], where[chosen], _CITY)
        kept = (counts[numbers] <= _RARE) & (counts[numbers] > 0)
        asked.append(_shifted(mine, chosen, numbers, kept, rarity))
    return asked, held


def _part(pieces: _Pieces, chosen: npt.NDArray[np.bool_], rarity: Floats) -> _Part:
    numbers = pieces.numbers[chosen]
    return pieces.owners[chosen], numbers, rarity[numbers] * np.float32(pieces.weight)


def _shifted(
    pieces: _Pieces, chosen: npt.NDArray[np.bool_], local: Ints, kept: npt.NDArray[np.bool_], rarity: Floats
) -> _Part:
    weights = rarity[pieces.numbers[chosen][kept]] * np.float32(pieces.weight)
    return pieces.owners[chosen][kept], local[kept] + np.int32(_PLACES), weights


def _matrix(parts: Sequence[Sequence[_Part]], shape: tuple[int, int]) -> csr_matrix:
    flat = [part for some in parts for part in some]
    rows, columns, weights = (np.concatenate([part[at] for part in flat]) for at in range(3))
    return coo_matrix((weights, (rows, columns)), shape=shape, dtype=np.float32).tocsr()


def _pieces(side: Side) -> Iterator[_Pieces]:
    cores = side.cores.packed()
    signs, starts, lengths, owners = cores.signs, cores.starts, cores.lengths, cores.owners()
    for kind, gap, weight in ((1, 1, 1.0), (2, 2, 0.5)):
        at = np.nonzero(owners[gap:] == owners[:-gap])[0]
        yield _Pieces(owners[at], _unordered(signs[at], signs[at + gap], kind), weight, is_of_name=True)
    for kind, one, other, weight in ((3, 0, 1, 0.7), (4, 0, 2, 0.35), (5, 1, 2, 0.35)):
        whose = np.nonzero(lengths > other)[0].astype(np.int32)
        numbers = _unordered(signs[starts[whose] + one], signs[starts[whose] + other], kind)
        yield _Pieces(whose, numbers, weight, is_of_name=True)
    streets = side.streets.packed()
    signs, owners = streets.signs, streets.owners()
    at = np.nonzero(owners[3:] == owners[:-3])[0]
    front, back = signs[at] * np.uint32(31) + signs[at + 1], signs[at + 2] * np.uint32(131) + signs[at + 3]
    yield _Pieces(owners[at], _number(front, back, _STREET), 0.4, is_of_name=False)


def _unordered(one: npt.NDArray[np.uint32], other: npt.NDArray[np.uint32], kind: int) -> Ints:
    """Two signs in either order: clerks swap them."""
    return _number(np.minimum(one, other), np.maximum(one, other), kind)


def _number(one: npt.NDArray[np.uint32] | Ints, other: npt.NDArray[np.uint32] | Ints, kind: int) -> Ints:
    mixed = (one.astype(np.uint64) << np.uint64(24)) ^ other.astype(np.uint64) ^ np.uint64(kind << 60)
    mixed *= _MIX
    mixed ^= mixed >> np.uint64(29)
    mixed *= _MIX
    return (mixed >> np.uint64(64 - _BITS)).astype(np.int32)
