"""Records that the exact stages settle without doubt, all at once: the same code, one entry of the same name, nobody.

Every verdict here is the one that `stages` and `verdicts.decide` come to one by one (a test holds the two together);
what could go either way is left to them.
"""

from collections.abc import Iterator

import numpy as np

from gongjia.engines.matching.core.columns import Column, agreements
from gongjia.engines.matching.core.records import DEPTHS
from gongjia.engines.matching.core.regions import Agreement
from gongjia.engines.matching.core.register import Register
from gongjia.engines.matching.core.stages import Strength, proof_from, score_of, where, words_of
from gongjia.engines.matching.core.texts import Bools, Ints
from gongjia.engines.matching.core.verdicts import Candidate, Grade, Verdict, nobody

_NOWHERE = len(DEPTHS)


class Settled:
    """The rows of a column of which the register has been told."""

    def __init__(self, register: Register, column: Column, *, nobody_too: bool) -> None:
        self._register, self._column = register, column
        self._reasons: dict[tuple[int, int, int], tuple[str, float]] = {}
        self._depth, self._entry, alone = self._first_hits()
        self._agreed = np.full(len(column), int(Agreement.UNKNOWN), np.int32)
        rows = np.flatnonzero(alone)
        if len(rows):
            self._agreed[rows] = agreements(column, register.entries, rows, self._entry[rows])
        self._proven = alone & self._are_proof()
        self._nobody_too = nobody_too

    def verdicts(self) -> Iterator[Verdict | None]:
        """One for each row of the column, in order; None for what is for the stages."""
        column, register = self._column, self._register
        facts = zip(
            column.codes,
            self._depth.tolist(),
            self._entry.tolist(),
            self._proven.tolist(),
            (column.other_of < 0).tolist(),
            (column.apart.full.lengths > 0).tolist(),
            strict=True,
        )
        full, empty = nobody(named=True), nobody(named=False)
        for at, (code, depth, entry, proven, alone, named) in enumerate(facts):
            if not alone:
                yield None
                continue
            holder = register.with_code(code) if code else None
            if holder is not None:
                yield self._by_code(at, holder, depth, entry, proven=proven)
            elif len(code) == 18 or (len(code) == 9 and register.with_organisation_code(code)):
                yield None
            elif proven:
                yield self._by_name(at, depth, entry)
            elif depth == _NOWHERE and self._nobody_too:
                yield full if named else empty
            else:
                yield None

    def _first_hits(self) -> tuple[Ints, Ints, Bools]:
        """For each row the first depth at which entries carry its name, the first of them, and whether it is alone."""
        count = len(self._column)
        depth, entry = np.full(count, _NOWHERE, np.int32), np.full(count, -1, np.int32)
        alone = np.zeros(count, bool)
        for at in range(len(DEPTHS) - 1, -1, -1):
            hits = self._register.hits[at]
            keys = hits.keys[:count]
            found = hits.counts[keys] > 0
            depth[found], entry[found] = at, hits.first[keys][found]
            alone[found] = hits.counts[keys][found] == 1
        return depth, entry, alone

    def _are_proof(self) -> Bools:
        """`stages.proof_from`, reached or not, for each row's first hit."""
        least = np.array([[proof_from(depth, Agreement(one)) for one in Agreement] for depth in range(_NOWHERE)])
        needed = least[np.minimum(self._depth, _NOWHERE - 1), self._agreed]
        proof: Bools = self._column.apart.core.lengths >= needed
        return proof & (self._depth < _NOWHERE)

    def _by_name(self, at: int, depth: int, entry: int) -> Verdict:
        reason, score = self._words(at, depth, entry)
        return Verdict(Grade.NAME, entry, score, reason, (Candidate(entry, score, reason, Strength.NAME),))

    def _by_code(self, at: int, holder: int, depth: int, entry: int, *, proven: bool) -> Verdict | None:
        """None where the name says something else, or nothing of the two names is the same."""
        score, reason = 0.99, "统一社会信用代码相同"
        if depth < _NOWHERE:
            if not proven or entry != holder:
                return None
            if depth == 0:
                score, reason = score + 0.01, f"{reason}，名称也相同"
            reason = f"{reason}；{self._words(at, depth, entry)[0]}"
        elif not set(self._column.apart.core.text(at)) & set(self._register.entries.apart.core.text(holder)):
            return None
        return Verdict(Grade.CODE, holder, score, reason, (Candidate(holder, score, reason, Strength.CODE),))

    def _words(self, at: int, depth: int, entry: int) -> tuple[str, float]:
        mine, theirs = int(self._column.place_numbers[at]), int(self._register.entries.place_numbers[entry])
        found = self._reasons.get((depth, mine, theirs))
        if found is None:
            agreed = Agreement(int(self._agreed[at]))
            words = words_of(depth, where(self._column.places[mine], self._register.entries.places[theirs]))
            found = self._reasons[depth, mine, theirs] = words, score_of(depth, agreed)
        return found
