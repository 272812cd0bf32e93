"""Records for which nothing exact was found: their likely entries, weighed by the learnt model, with reasons."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from gongjia.engines.matching.core.columns import Column, agreements
from gongjia.engines.matching.core.facts import Facts, facts_of, far_places
from gongjia.engines.matching.core.features import FEATURES, Pairs, features_of
from gongjia.engines.matching.core.grams import PLACES, Side, likely
from gongjia.engines.matching.core.model import Model, shares
from gongjia.engines.matching.core.names import likeness
from gongjia.engines.matching.core.register import Register
from gongjia.engines.matching.core.stages import where
from gongjia.engines.matching.core.texts import Bools, Floats, Ints, Longs, in_turn

_MOST_LOOKED_AT = 24
_MOST_LIKELY = 10
_WORTH_OF_PLACES = (-0.3, -0.15, 0.0, 0.1, 0.15)  # by `Agreement`, beside a share of pieces between nought and one
_FIRST_OF_ALL = 9
_LIKE = 0.5
_SHORTEST_CORE = 3
_SAME_STREET = 4
_CHUNK = 40_000


class Weighed(NamedTuple):
    """One entry weighed for one record. `share` runs from 0 to 1; `barred` when it may not link by itself, however
    like: one is a branch and the other is not, or the record's name is of two signs only."""

    entry: int
    share: float
    reason: str
    barred: bool


class Survey:
    """The likely entries of some rows of a column; `extra` names entries that must be among them."""

    def __init__(
        self,
        register: Register,
        column: Column,
        rows: Sequence[int],
        *,
        extra: Mapping[int, Iterable[int]],
        taken: Iterable[int],
    ) -> None:
        self.register, self.column, self.rows = register, column, np.array(rows, np.int32)
        numbers: dict[str, int] = {"": 0}
        every = slice(0, len(register.entries))
        entries, records = _side(register.entries, every, numbers), _side(column, self.rows, numbers)
        entries = entries._replace(names=register.entries.best(every).placed)  # a short name may be its beginning
        found = likely(entries, records, most=_MOST_LOOKED_AT)
        held = _with_extra(found.records, found.entries, found.shared, rows, extra, len(register.entries))
        agreed = agreements(column, register.entries, self.rows[held.records], held.entries)
        kept = _nearest(held, agreed, len(rows))
        self.records, self.entries, self._shared = held.records[kept], held.entries[kept], held.shared[kept]
        self._agreed, self._openings = agreed[kept], found.openings
        is_taken = np.zeros(len(register.entries), bool)
        is_taken[np.fromiter(taken, np.int64)] = True
        self._taken = is_taken[self.entries]

    @cached_property
    def _theirs(self) -> tuple[Ints, Ints]:
        known, where_at = np.unique(self.entries, return_inverse=True)
        return known, where_at.astype(np.int32)

    @cached_property
    def mine(self) -> Facts:
        return facts_of(self.column, self.rows, self.register.regions)

    @cached_property
    def theirs(self) -> Facts:
        return facts_of(self.register.entries, self._theirs[0], self.register.regions)

    def features(self) -> Floats:
        """The features of all pairs, in order."""
        parts = in_turn(self._features, self._cuts())
        return np.concatenate([np.zeros((0, len(FEATURES)), np.float32), *parts])

    def _cuts(self) -> list[slice]:
        """Some ten thousand pairs at a time, whole records together."""
        cuts = np.arange(_CHUNK, len(self.records), _CHUNK)
        bounds = [0, *np.unique(np.searchsorted(self.records, self.records[cuts])).tolist(), len(self.records)]
        return [slice(start, end) for start, end in pairwise(bounds) if start < end]

    def _features(self, part: slice) -> Floats:
        records = self.records[part]
        facts = (self._shared[part], self._openings[records], self._taken[part], self._agreed[part])
        return features_of(self.mine, self.theirs, Pairs(records, self._theirs[1][part], *facts))

    def shares(self, model: Model, refused: Mapping[int, frozenset[int]]) -> Floats:
        """The share of each pair; an entry refused for a row (by its place in the column) has none."""
        _ = self.mine, self.theirs  # worked out before two threads ask for them
        parts = in_turn(lambda part: model.scores(self._features(part)), self._cuts())
        scores = np.concatenate([np.zeros(0, np.float32), *parts])
        for at, row in enumerate(self.rows.tolist()):
            if row in refused:
                mine = np.nonzero(self.records == at)[0]
                scores[mine[np.isin(self.entries[mine], list(refused[row]))]] = -np.inf
        return shares(scores, self.records, len(self.rows))

    def weighed(self, shared: Floats, *, most: int, least: float) -> list[list[Weighed]]:
        """For each row its best entries, best first; none for a row all of whose shares together are below `least`."""
        total = np.bincount(self.records, weights=shared, minlength=len(self.rows))
        order = np.lexsort((self.entries, -shared, self.records))
        bounds = np.searchsorted(self.records, np.arange(len(self.rows) + 1))
        return [
            [
                self._one(pair, float(shared[pair]))
                for pair in order[bounds[at] : bounds[at + 1]][:most]
                if shared[pair] > 0
            ]
            if total[at] >= least
            else []
            for at in range(len(self.rows))
        ]

    def _one(self, pair: int, share: float) -> Weighed:
        mine, theirs = int(self.records[pair]), int(self._theirs[1][pair])
        entry = int(self.entries[pair])
        apart = bool(self.mine.branches[mine] != self.theirs.branches[theirs])
        thin = self.mine.core.lengths[mine] < _SHORTEST_CORE
        return Weighed(entry, share, self._reason(mine, theirs, entry, apart=apart), apart or bool(thin))

    def _reason(self, mine: int, theirs: int, entry: int, *, apart: bool) -> str:
        one, other = self.mine, self.theirs
        words = [
            _of_name(
                (one.brand.text(mine), one.trade.text(mine)), (other.brand.text(theirs), other.trade.text(theirs))
            ),
            where(self.column.place(int(self.rows[mine])), self.register.entries.place(entry)),
        ]
        streets = one.street.text(mine), other.street.text(theirs)
        if len(streets[0]) >= _SAME_STREET and streets[1].startswith(streets[0][:_SAME_STREET]):
            words.append("地址相近")
        if one.strangers[mine] != other.strangers[theirs]:
            far = one.strangers[mine] if one.strangers[mine] >= 0 else other.strangers[theirs]
            words.append(f"名称里另有外地地名（{far_places().words[far]}）")
        if apart:
            words.append("其中一个是分支机构")
        return "，".join(words)


def _of_name(one: tuple[str, str], other: tuple[str, str]) -> str:
    brand, trade = _how_like(one[0], other[0]), _how_like(one[1], other[1])
    if not one[1]:
        short = (other[0] + other[1]).startswith(one[0])
        return f"字号{brand}，行业未写" if brand == "一致" or not short else "名称是其简称"
    if not other[1]:
        return f"字号{brand}，对方行业未写"
    return f"字号与行业{brand}" if brand == trade else f"字号{brand}，行业{trade}"


def _how_like(one: str, other: str) -> str:
    if one == other:
        return "一致"
    return "相近" if likeness(one, other) >= _LIKE else "不同"


def _side(column: Column, rows: Ints | slice, numbers: dict[str, int]) -> Side:
    table = np.zeros((max(1, len(column.places)), PLACES), np.int32)
    for at, places in enumerate(column.places):
        two = (*sorted(places.cities)[:2], "", "")[:2]
        words = (*two, *(f"{county}县" for county in sorted(places.counties)[:1]), "")[:PLACES]
        table[at] = [numbers.setdefault(word, len(numbers)) for word in words]
    names = column.best(rows)
    return Side(names.core, names.placed_formless, column.streets[rows], table[column.place_numbers[rows]])


class _Held(NamedTuple):
    """Pairs sorted by record, those that must be there (`extra`) among them."""

    records: Ints
    entries: Ints
    shared: Floats
    extra: Bools


def _with_extra(
    records: Ints, entries: Ints, shared: Floats, rows: Sequence[int], extra: Mapping[int, Iterable[int]], count: int
) -> _Held:
    more = [(at, entry) for at, row in enumerate(rows) for entry in extra.get(row, ())]
    if not more:
        return _Held(records, entries, shared, np.zeros(len(records), bool))
    added = np.unique(np.array(more, np.int64) @ np.array([count, 1]))
    pairs = records.astype(np.int64) * count + entries
    there = added[np.minimum(np.searchsorted(added, pairs), len(added) - 1)] == pairs
    new = np.setdiff1d(added, pairs[there])
    records = np.concatenate([records, (new // count).astype(np.int32)])
    order = np.argsort(records, kind="stable")
    return _Held(
        records[order],
        np.concatenate([entries, (new % count).astype(np.int32)])[order],
        np.concatenate([shared, np.zeros(len(new), np.float32)])[order],
        np.concatenate([there, np.ones(len(new), bool)])[order],
    )


def _nearest(held: _Held, agreed: Ints, count: int) -> Longs:
    """Those of a record's pairs that are worth a closer look: what they share, and where they are, says enough."""
    worth = held.shared + np.array(_WORTH_OF_PLACES, np.float32)[agreed] + held.extra * np.float32(_FIRST_OF_ALL)
    counts = np.bincount(held.records, minlength=count)
    if counts.max(initial=0) <= _MOST_LIKELY:
        return np.arange(len(worth))
    starts = np.cumsum(counts) - counts
    places = np.arange(len(worth)) - starts[held.records]
    table = np.full((count, int(counts.max())), -np.inf, np.float32)
    table[held.records, places] = worth
    best = np.argpartition(-table, _MOST_LIKELY, axis=1)[:, :_MOST_LIKELY]
    chosen = np.zeros(table.shape, bool)
    np.put_along_axis(chosen, best, values=True, axis=1)
    return np.flatnonzero(chosen[held.records, places])
