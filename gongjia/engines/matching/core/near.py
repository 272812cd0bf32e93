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


_PLACES_IN_NAMES = {1: "只有一边的名称里写了地名", 2: "两边名称里的地名不同"}


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

    def weighed(self, shared: Floats, *, most: int, least: float, sure: float) -> list[list[Weighed]]:
        """For each row its best entries, best first: none for a row all of whose shares together are below `least`, one
        for a row whose best share is `sure` and not barred."""
        mine, theirs = self.records, self._theirs[1]
        apart = self.mine.branches[mine] != self.theirs.branches[theirs]
        barred = apart | (self.mine.core.lengths[mine] < _SHORTEST_CORE)
        order = np.lexsort((self.entries, -shared, mine))
        starts = np.searchsorted(mine, mine)
        total = np.bincount(mine, weights=shared, minlength=len(self.rows))[mine]
        first = order[starts]  # of each pair the best one of its record
        wanted = np.where((shared[first] >= sure) & ~barred[first], 1, most)
        places = np.arange(len(order)) - starts
        chosen = order[(places < wanted) & (total >= least) & (shared[order] > 0)]
        found: list[list[Weighed]] = [[] for _ in range(len(self.rows))]
        reasons = self._reasons(chosen, apart[chosen])
        facts = (mine[chosen], self.entries[chosen], shared[chosen], barred[chosen])
        for at, entry, share, bar, reason in zip(*(one.tolist() for one in facts), reasons, strict=True):
            found[at].append(Weighed(entry, share, reason, bar))
        return found

    def _reasons(self, pairs: Longs, apart: Bools) -> list[str]:
        """Why each of these pairs may be one, for a clerk."""
        mine, theirs = self.records[pairs], self._theirs[1][pairs]
        one, other = self.mine, self.theirs
        mine_so, their_so = (
            (some.brand[rows].strings(), some.trade[rows].strings()) for some, rows in ((one, mine), (other, theirs))
        )
        words = map(_of_name, *mine_so, *their_so)
        found = list(map("，".join, zip(words, self._wheres(pairs), strict=True)))
        streets = one.street[mine].strings(), other.street[theirs].strings()
        for at, (street, their) in enumerate(zip(*streets, strict=True)):
            if len(street) >= _SAME_STREET and their.startswith(street[:_SAME_STREET]):
                found[at] += "，地址相近"
        far = one.strangers[mine], other.strangers[theirs]
        for at in np.flatnonzero(far[0] != far[1]).tolist():
            words_of = [far_places().words[each[at]] for each in far if each[at] >= 0]
            found[at] += f"，{_PLACES_IN_NAMES[len(words_of)]}（{'、'.join(words_of)}）"
        for at in np.flatnonzero(apart).tolist():
            found[at] += "，其中一个是分支机构"
        return found

    def _wheres(self, pairs: Longs) -> list[str]:
        """How the places of each pair fit, in words: few places meet often."""
        mine = self.column.place_numbers[self.rows[self.records[pairs]]].tolist()
        theirs = self.register.entries.place_numbers[self.entries[pairs]].tolist()
        said: dict[tuple[int, int], str] = {}
        for both in zip(mine, theirs, strict=True):
            if both not in said:
                said[both] = where(self.column.places[both[0]], self.register.entries.places[both[1]])
        return [said[both] for both in zip(mine, theirs, strict=True)]


def _of_name(brand: str, trade: str, their_brand: str, their_trade: str) -> str:
    of_brand, of_trade = _how_like(brand, their_brand), _how_like(trade, their_trade)
    if not trade:
        short = (their_brand + their_trade).startswith(brand)
        return f"字号{of_brand}，行业未写" if of_brand == "一致" or not short else "名称是其简称"
    if not their_trade:
        return f"字号{of_brand}，对方行业未写"
    return f"字号与行业{of_brand}" if of_brand == of_trade else f"字号{of_brand}，行业{of_trade}"


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
