"""Many texts as one array of signs (Unicode points), so that what is done to each is done to all at once.

A comparison of a million names would otherwise spend its time on making and dropping small strings.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from gongjia.engines.matching.core.names import fold

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Signs = npt.NDArray[np.uint32]
Hashes = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]
Given = TypeVar("Given")
Made = TypeVar("Made")

THREADS = 2
_BLOCK = 50_000  # rows worked on at once: what lies between stays in the processor's cache
_ONE = np.uint64(0x9E3779B97F4A7C15)
_TWO = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(32)
#: Blocks of signs that stand for themselves whatever stands beside them: folding them one by one is folding the text.
_APART = ((0x20, 0x7E), (0xB7, 0xB7), (0x2010, 0x2027), (0x3000, 0x3029), (0x3400, 0x9FFF), (0xFF01, 0xFF5E))


@dataclass(frozen=True, slots=True)
class Texts:
    """`signs` of all texts; text `at` is `lengths[at]` signs from `starts[at]`. Texts may share signs or overlap."""

    signs: Signs
    starts: Longs
    lengths: Longs

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Texts":
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        signs = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
        return cls(signs, np.cumsum(lengths) - lengths, lengths)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, part: slice | npt.NDArray[np.signedinteger]) -> "Texts":
        """The texts of some rows, of the same signs."""
        return Texts(self.signs, self.starts[part], self.lengths[part])

    def text(self, at: int) -> str:
        start = int(self.starts[at])
        found = self.signs[start : start + int(self.lengths[at])]
        return found.tobytes().decode("utf-32-le", "surrogatepass")

    def strings(self) -> list[str]:
        """Each text as a string."""
        whole = self.signs[self.places()].tobytes().decode("utf-32-le", "surrogatepass")
        ends = np.cumsum(self.lengths)
        return [whole[start:end] for start, end in zip((ends - self.lengths).tolist(), ends.tolist(), strict=True)]

    def packed(self) -> "Texts":
        """The same texts, one right behind the other, with no other signs."""
        begins = np.cumsum(self.lengths) - self.lengths
        if len(self.signs) == self.lengths.sum() and np.array_equal(begins, self.starts):
            return self
        return Texts(self.signs[self.places()], begins, self.lengths)

    def after(self, counts: npt.NDArray[np.signedinteger]) -> "Texts":
        """Without so many signs at the head of each."""
        return Texts(self.signs, self.starts + counts, self.lengths - counts)

    def first(self, counts: npt.NDArray[np.signedinteger] | int) -> "Texts":
        """No more than so many signs of each."""
        return Texts(self.signs, self.starts, np.minimum(self.lengths, counts))

    def owners(self) -> Ints:
        """Whose each sign is, in the order of `places`."""
        return np.repeat(np.arange(len(self.starts), dtype=np.int32), self.lengths)

    def places(self) -> Longs:
        """Where in `signs` each sign of each text stands, text by text."""
        ends = np.cumsum(self.lengths)
        total = int(ends[-1]) if len(ends) else 0
        found: Longs = np.arange(total) + np.repeat(self.starts - (ends - self.lengths), self.lengths)
        return found

    def window(self, begin: int, width: int) -> Signs:
        """A row for each text, a column for each sign from `begin` on; nought behind the end."""
        if not len(self.signs):
            return np.zeros((len(self.starts), width), np.uint32)
        steps = np.arange(begin, begin + width)
        at = np.minimum(self.starts[:, None] + steps, len(self.signs) - 1)
        return np.where(steps < self.lengths[:, None], self.signs[at], 0)

    def from_end(self, width: int) -> Signs:
        """The last signs of each text, the very last in the last column; nought before the beginning."""
        if not len(self.signs):
            return np.zeros((len(self.starts), width), np.uint32)
        steps = np.arange(-width, 0)
        at = np.maximum((self.starts + self.lengths)[:, None] + steps, 0)
        return np.where(-steps <= self.lengths[:, None], self.signs[at], 0)

    def hashes(self) -> Hashes:
        """A number of 64 bits for each text. Two texts share one once in many billions."""
        parts = in_blocks(self._hashes, len(self))
        return np.concatenate(parts) if parts else np.zeros(0, np.uint64)

    def _hashes(self, part: slice) -> Hashes:
        some = self[part]
        ends = np.cumsum(some.lengths)
        begins = ends - some.lengths
        order = np.arange(int(ends[-1])) - np.repeat(begins, some.lengths)
        mixed = mix(some.signs[some.places()], order.astype(np.uint64))
        sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)])
        found: Hashes = sums[ends] - sums[begins]
        return found


def in_blocks(work: Callable[[slice], Made], count: int, size: int = _BLOCK) -> list[Made]:
    """What `work` makes of each block of that many rows, in order; two blocks are worked on at a time."""
    return in_turn(work, [slice(start, min(start + size, count)) for start in range(0, count, max(1, size))])


def in_turn(work: Callable[[Given], Made], parts: Sequence[Given]) -> list[Made]:
    """What `work` makes of each part, in order; two are worked on at a time."""
    if len(parts) < 2:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(work, parts))


def mix(signs: Signs, order: Hashes | np.uint64) -> Hashes:
    """A number for each sign at a place; the sum of a text's numbers is its hash."""
    mixed: Hashes = signs.astype(np.uint64) + (order << _SHIFT)
    mixed *= _ONE
    mixed ^= mixed >> _SHIFT
    mixed *= _TWO
    mixed ^= mixed >> _SHIFT
    return mixed


def hash_of(text: str) -> int:
    """The hash of one text, as `Texts.hashes` gives it."""
    return int(Texts.of([text]).hashes()[0])


def folded(texts: Sequence[str]) -> Texts:
    """`names.fold` of each text."""
    raw = Texts.of(texts)
    if not len(raw.signs):
        return raw
    points = np.flatnonzero(np.bincount(raw.signs))
    table = np.zeros(int(points[-1]) + 1, np.uint32)
    for point in points.tolist():
        table[point] = _alone(point)
    signs = table[raw.signs]
    kept = signs != 0
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(kept)])[np.concatenate([raw.starts, [len(raw.signs)]])]
    made = Texts(signs[kept], ends[:-1], np.diff(ends))
    odd = ~_in_a_block(points)
    if not odd.any():
        return made
    strange = np.zeros(len(table), bool)
    strange[points[odd]] = True
    return spliced(made, np.unique(raw.owners()[strange[raw.signs]]), lambda at: fold(texts[at]))


def spliced(texts: Texts, rows: npt.NDArray[np.signedinteger], other: Callable[[int], str]) -> Texts:
    """The texts, with another one in each of these rows."""
    if not len(rows):
        return texts
    more = Texts.of([other(at) for at in rows.tolist()])
    starts, lengths = texts.starts.copy(), texts.lengths.copy()
    starts[rows], lengths[rows] = more.starts + len(texts.signs), more.lengths
    return Texts(np.concatenate([texts.signs, more.signs]), starts, lengths)


def _in_a_block(points: Longs) -> Bools:
    found = np.zeros(len(points), bool)
    for first, last in _APART:
        found |= (points >= first) & (points <= last)
    return found


@lru_cache(maxsize=1 << 17)
def _alone(point: int) -> int:
    folded_sign = fold(chr(point)) if not 0xD800 <= point < 0xE000 else ""
    return ord(folded_sign) if len(folded_sign) == 1 else 0
