"""Many names and addresses taken apart at once; what it gives is what `names` and `regions` give for each."""

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gongjia.engines.matching.core.names import without_form
from gongjia.engines.matching.core.regions import Regions, chain
from gongjia.engines.matching.core.texts import Bools, Hashes, Ints, Longs, Signs, Texts, in_blocks, mix, spliced

_LONGEST_HEAD = 34  # signs: no chain of divisions that `chain` finds is longer
_KINDS = [ord(sign) for sign in "省区市州盟县旗"]  # every division ends with one of them
_LIMIT, _LIMITED, _DUTY, _COMMON, _OFFICE, _SHARES, _PARTS, _CHIEF, _WORKS = (
    ord(sign) for sign in "有限责公司股份总厂"
)
_BOUND = ord("任")


class Lexicon:
    """A set of words, looked up by the hashes of what may be one of them."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = sorted(words, key=lambda word: (len(word), word))
        texts = Texts.of(self.words)
        self.lengths = np.unique(texts.lengths).tolist()
        hashes = texts.hashes()
        order = np.argsort(hashes)
        self._hashes, self._numbers = hashes[order], order.astype(np.int32)
        self._seen = np.zeros(1 << 16, bool)
        self._seen[self._hashes & np.uint64(0xFFFF)] = True

    def numbers(self, hashes: Hashes) -> Ints:
        """The number of the word with each hash, -1 where there is none."""
        found = np.full(len(hashes), -1, np.int32)
        rows = np.flatnonzero(self._seen[hashes & np.uint64(0xFFFF)])
        if len(rows):
            near = np.minimum(np.searchsorted(self._hashes, hashes[rows]), len(self._hashes) - 1)
            found[rows] = np.where(self._hashes[near] == hashes[rows], self._numbers[near], -1)
        return found

    def longest(self, window: Signs, lengths: npt.NDArray[np.signedinteger]) -> Ints:
        """The longest word at the head of each row that is no longer than `lengths` says; -1 for none."""
        found = np.full(len(window), -1, np.int32)
        sums = np.zeros(len(window), np.uint64)
        for at in range(min(window.shape[1], max(self.lengths, default=0))):
            sums += mix(window[:, at], np.uint64(at))
            if at + 1 in self.lengths:
                numbers = self.numbers(sums)
                found = np.where((numbers >= 0) & (lengths > at), numbers, found)
        return found


class Heads(NamedTuple):
    """For each row the number of its words in `words`, and how many signs they have together."""

    numbers: Ints
    words: list[tuple[str, ...]]
    lengths: Ints


class Apart(NamedTuple):
    """Names in the depths of `names.Name`."""

    full: Texts
    body: Texts
    formless: Texts
    core: Texts
    heads: Heads


def names_apart(full: Texts, regions: Regions) -> Apart:
    """Take folded names apart."""
    full = full.packed()
    heads = _region_words(full, Lexicon(regions.words))
    body = full.after(heads.lengths)
    formless, core = _without_forms(full, heads.lengths)
    return Apart(full, body, formless, core, heads)


def _region_words(full: Texts, words: Lexicon) -> Heads:
    numbers, lengths = np.zeros(len(full), np.int32), np.zeros(len(full), np.int32)
    known: list[tuple[str, ...]] = [()]
    rows = np.arange(len(full))
    width = max(words.lengths, default=0)
    sizes = np.array([len(word) for word in words.words], np.int32)
    while len(rows) and width:
        rest = full[rows].after(lengths[rows])
        found: Ints = np.concatenate(in_blocks(partial(_first_words, words, rest, width), len(rest)))
        rows, found = rows[found >= 0], found[found >= 0]
        if not len(rows):
            break
        lengths[rows] += sizes[found]
        both, which = np.unique(numbers[rows].astype(np.int64) * len(words.words) + found, return_inverse=True)
        start = len(known)
        known += [(*known[one // len(words.words)], words.words[one % len(words.words)]) for one in both.tolist()]
        numbers[rows] = which + start
    return Heads(numbers, known, lengths)


def _first_words(words: Lexicon, rest: Texts, width: int, part: slice) -> Ints:
    some = rest[part]
    return words.longest(some.window(0, width), some.lengths - 2)


def divisions_of(addresses: Texts) -> Heads:
    """The divisions that each folded address begins with, as `regions.chain` finds them."""
    addresses = addresses.packed()
    lengths = np.concatenate([np.zeros(0, np.int64), *in_blocks(partial(_reach, addresses), len(addresses))])
    heads = addresses.first(lengths)
    _, first, which = np.unique(heads.hashes(), return_index=True, return_inverse=True)
    found: dict[tuple[str, ...], int] = {}
    numbers = [found.setdefault(chain(heads.text(at)), len(found)) for at in first.tolist()]
    words = list(found)
    mine = np.array(numbers, np.int32)[which]
    sizes = np.array([sum(map(len, some)) for some in words], np.int32)
    return Heads(mine, words, sizes[mine] if words else np.zeros(0, np.int32))


def _reach(addresses: Texts, part: slice) -> Longs:
    """How far a chain of divisions can reach: to the last sign of a division before the first digit."""
    some = addresses[part]
    begin, end = int(some.starts[0]), int(some.starts[-1] + some.lengths[-1])
    signs, owners, starts = addresses.signs[begin:end], some.owners(), some.starts - begin
    table = np.zeros(int(signs.max(initial=0)) + 1, bool)
    table[[kind for kind in _KINDS if kind < len(table)]] = True
    digits = np.flatnonzero((signs >= ord("0")) & (signs <= ord("9")))[::-1]
    stop = starts + np.minimum(some.lengths, _LONGEST_HEAD)
    first = stop.copy()
    first[owners[digits]] = digits  # from behind: the first one stays
    ends = np.flatnonzero(table[signs])
    ends = ends[ends < np.minimum(stop, first)[owners[ends]]]
    found = np.zeros(len(some), np.int64)
    found[owners[ends]] = ends + 1 - starts[owners[ends]]
    return found


def _without_forms(full: Texts, heads: Ints) -> tuple[Texts, Texts]:
    """`without_form` of each name, and of each name without its head. The names are packed."""
    begins, sizes, odd = _limited(full, heads)
    kept = np.ones(len(full.signs), bool)
    rows = np.flatnonzero(sizes)
    for step in range(int(sizes.max(initial=0))):
        chosen = rows[sizes[rows] > step]
        kept[begins[chosen] + step] = False
    lengths = full.lengths - sizes
    cut = Texts(full.signs[kept], np.cumsum(lengths) - lengths, lengths)
    cut = cut.first(lengths - _last_form(cut))
    core, body = cut.after(heads), full.after(heads)
    formless = spliced(cut, np.flatnonzero(odd | (cut.lengths < 2)), lambda at: without_form(full.text(at)))
    short = np.flatnonzero(odd | (core.lengths < 2))
    return formless, spliced(core, short, lambda at: without_form(body.text(at)))


def _limited(full: Texts, heads: Ints) -> tuple[Longs, Longs, Bools]:
    """Where 有限公司, 有限责任公司, with 股份 before it or not, begins in each name and how long it is (0: nowhere).

    And which names carry 有限 twice or in their head: they are better looked at one by one.
    """
    signs = full.signs
    at = np.flatnonzero((signs[:-1] == _LIMIT) & (signs[1:] == _LIMITED))
    where = np.searchsorted(full.starts, at, side="right") - 1
    heads_end, ends = (full.starts + heads)[where], (full.starts + full.lengths)[where]

    def follows(steps: int, *wanted: int) -> Bools:
        fits: Bools = at + steps + len(wanted) <= ends
        for step, sign in enumerate(wanted, steps):
            fits &= signs[np.minimum(at + step, len(signs) - 1)] == sign
        return fits

    long, short = follows(2, _DUTY, _BOUND, _COMMON, _OFFICE), follows(2, _COMMON, _OFFICE)
    sizes = np.where(short, 4, np.where(long, 6, 0))
    before = (at - 2 >= heads_end) & (sizes > 0)
    before &= (signs[np.maximum(at - 2, 0)] == _SHARES) & (signs[np.maximum(at - 1, 0)] == _PARTS)
    odd = np.bincount(where, minlength=len(full)) > 1
    odd[where[at < heads_end]] = True
    begins, lengths = np.zeros(len(full), np.int64), np.zeros(len(full), np.int64)
    begins[where], lengths[where] = at - 2 * before, sizes + 2 * before
    lengths[odd] = 0
    return begins, lengths, odd


def _last_form(texts: Texts) -> Longs:
    """How many signs 公司, 总公司, 厂, with 股份 before it or not, take at the end of each."""
    last = texts.from_end(5)
    office = (last[:, 4] == _OFFICE) & (last[:, 3] == _COMMON)
    bare = np.where(office, 2 + (last[:, 2] == _CHIEF), (last[:, 4] == _WORKS) * 1).astype(np.int64)
    found: Longs = bare.copy()
    for size in (1, 2, 3):
        found[(bare == size) & (last[:, 4 - size] == _PARTS) & (last[:, 3 - size] == _SHARES)] += 2
    return found
