"""What the learnt model sees of a pair: numbers between about -1 and 1, worked out for many pairs at once.

Nothing in here is a word: names of firms, trades and places reach the model only as how like they are, how rare, and
whether they agree.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz
from rapidfuzz.distance import Indel, JaroWinkler, LCSseq, Levenshtein
from rapidfuzz.process import cpdist

from gongjia.engines.matching.core.columns import STREET_SIGNS
from gongjia.engines.matching.core.facts import Facts
from gongjia.engines.matching.core.regions import Agreement
from gongjia.engines.matching.core.texts import Bools, Floats, Ints, Longs, Texts
from gongjia.kernel import numbers

_WIDE = 16  # signs within which names begin alike or do not
FEATURES = (
    "core_ratio", "core_same", "core_edits", "core_one_edit", "core_jaro", "core_subsequence", "core_covered",
    "core_prefix", "core_longer", "core_short", "body_ratio", "full_ratio", "full_same", "shared",
    "shared_to_best", "brand_ratio", "brand_same", "brand_prefix", "brand_one_edit", "brand_short",
    "brand_rare", "trade_ratio", "trade_same", "trade_missing", "form_same", "form_other", "tail_mine",
    "tail_theirs", "tail_ratio", "branch_differs", "elsewhere", "other_county", "region_unknown", "same_city",
    "same_county", "stranger", "street_known", "street_prefix", "street_ratio", "code_near", "code_other",
    "code_missing", "taken", "head_same", "head_missing", "name_begins", "name_prefix",
)  # fmt: skip


class Pairs(NamedTuple):
    """Rows of `Facts` set side by side, with what only the whole comparison knows of them."""

    mine: Ints
    theirs: Ints
    shared: Floats
    openings: Ints
    """for each pair: how many entries begin with the record's first two signs"""
    taken: Bools
    """whether another record has been linked to the entry already"""
    agreed: Ints
    """how the places fit (`regions.Agreement`)"""


def features_of(mine: Facts, theirs: Facts, pairs: Pairs) -> Floats:
    """A row for each pair, a column for each of `FEATURES`."""
    columns = {**_of_names(mine, theirs, pairs), **_of_parts(mine, theirs, pairs), **_of_places(mine, theirs, pairs)}
    columns |= _of_codes(mine, theirs, pairs) | _of_beginnings(mine, theirs, pairs) | _of_all(pairs)
    return np.stack([np.asarray(columns[name], np.float32) for name in FEATURES], axis=1)


Columns = dict[str, npt.NDArray[Any]]
Scorer = Callable[..., float]


def _side_by_side(mine: Texts, theirs: Texts, rows: Ints | Longs, others: Ints | Longs) -> tuple[list[str], list[str]]:
    """Both texts of each pair. A record stands in many pairs that follow one another, an entry in few."""
    known, which = np.unique(rows.astype(np.int64), return_inverse=True)
    own = mine[known].strings()
    return [own[at] for at in which.tolist()], theirs[others].strings()


def _like(sides: tuple[list[str], list[str]], scorer: Scorer) -> Floats:
    found: Floats = cpdist(*sides, scorer=scorer, dtype=np.float32)  # one of two threads
    return found


def _like_where(known: Bools, mine: Texts, theirs: Texts, pairs: Pairs, scorer: Scorer) -> Floats:
    """`_like` of the pairs that are known on both sides; the others are nought."""
    rows = np.flatnonzero(known)
    found = np.zeros(len(known), np.float32)
    if len(rows):
        found[rows] = _like(_side_by_side(mine, theirs, pairs.mine[rows], pairs.theirs[rows]), scorer)
    return found


def _prefix(mine: Texts, theirs: Texts, pairs: Pairs, width: int) -> Floats:
    """How many signs the two begin with alike, `width` of them at most."""
    one, other = mine.window(0, width)[pairs.mine], theirs[pairs.theirs].window(0, width)
    apart = (one != other) | (one == 0)
    return np.where(apart.any(axis=1), apart.argmax(axis=1), width).astype(np.float32)


def _of_names(mine: Facts, theirs: Facts, pairs: Pairs) -> Columns:
    cores, fulls, bodies = (
        _side_by_side(one, other, pairs.mine, pairs.theirs)
        for one, other in ((mine.core, theirs.core), (mine.full, theirs.full), (mine.body, theirs.body))
    )
    long, short = theirs.core.lengths[pairs.theirs], mine.core.lengths[pairs.mine]
    edits = _like(cores, Levenshtein.distance)
    common = _like(cores, LCSseq.similarity)
    full = _like(fulls, Indel.normalized_similarity)
    return {
        "core_ratio": 2 * common / np.maximum(long + short, 1),
        "core_same": edits == 0,
        "core_edits": np.exp(-edits / 2),
        "core_one_edit": edits == 1,
        "core_jaro": _like(cores, JaroWinkler.similarity),
        "core_subsequence": common / np.maximum(short, 1),
        "core_covered": common / np.maximum(long, 1),
        "core_prefix": _prefix(mine.core, theirs.core, pairs, _WIDE) / np.maximum(short, 1),
        "core_longer": np.clip((long - short) / 8, -1, 1),
        "core_short": np.exp(-short / 3),
        "body_ratio": _like(bodies, Indel.normalized_similarity),
        "full_ratio": full,
        "full_same": full >= 1,
    }


def _of_beginnings(mine: Facts, theirs: Facts, pairs: Pairs) -> Columns:
    """A clerk shortens a name by cutting it off: then the entry's name begins with it, to the letter."""
    heads = mine.heads[pairs.mine], theirs.heads[pairs.theirs]
    prefix = _prefix(mine.short, theirs.placed, pairs, _WIDE) / np.maximum(mine.short.lengths[pairs.mine], 1)
    return {
        "head_same": (heads[0] == heads[1]) & (heads[0] != 0),
        "head_missing": heads[0] == 0,
        "name_begins": prefix >= 1,
        "name_prefix": prefix,
    }


def _of_parts(mine: Facts, theirs: Facts, pairs: Pairs) -> Columns:
    brands = _side_by_side(mine.brand, theirs.brand, pairs.mine, pairs.theirs)
    edits = _like(brands, Levenshtein.distance)
    length = mine.brand.lengths[pairs.mine]
    known = mine.trade.lengths[pairs.mine] > 0, theirs.trade.lengths[pairs.theirs] > 0
    tail = mine.tail.lengths[pairs.mine] > 0, theirs.tail.lengths[pairs.theirs] > 0
    both = known[0] & known[1]
    trade = _like_where(both, mine.trade, theirs.trade, pairs, Indel.normalized_similarity)
    forms = mine.forms[pairs.mine], theirs.forms[pairs.theirs]
    return {
        "brand_ratio": _like(brands, Indel.normalized_similarity),
        "brand_same": edits == 0,
        "brand_prefix": _prefix(mine.brand, theirs.brand, pairs, _WIDE) / np.maximum(length, 1),
        "brand_one_edit": edits == 1,
        "brand_short": np.exp(-length / 3),
        "brand_rare": np.exp(-np.log1p(pairs.openings) / 2),
        "trade_ratio": trade,
        "trade_same": both & (trade >= 1),
        "trade_missing": ~known[0],
        "form_same": (forms[0] == forms[1]) & (forms[0] >= 0),
        "form_other": (forms[0] != forms[1]) & (forms[0] >= 0) & (forms[1] >= 0),
        "tail_mine": tail[0],
        "tail_theirs": tail[1],
        "tail_ratio": _like_where(tail[0] & tail[1], mine.tail, theirs.tail, pairs, Indel.normalized_similarity),
        "branch_differs": mine.branches[pairs.mine] != theirs.branches[pairs.theirs],
    }


def _of_places(mine: Facts, theirs: Facts, pairs: Pairs) -> Columns:
    agreed = pairs.agreed
    least = np.minimum(mine.street.lengths[pairs.mine], theirs.street.lengths[pairs.theirs])
    known = least >= 2
    prefix = np.where(known, _prefix(mine.street, theirs.street, pairs, STREET_SIGNS), 0)
    return {
        "elsewhere": agreed == Agreement.ELSEWHERE,
        "other_county": agreed == Agreement.OTHER_COUNTY,
        "region_unknown": agreed == Agreement.UNKNOWN,
        "same_city": agreed == Agreement.CITY,
        "same_county": agreed == Agreement.COUNTY,
        "stranger": mine.strangers[pairs.mine] != theirs.strangers[pairs.theirs],
        "street_known": known,
        "street_prefix": prefix / np.maximum(least, 1),
        "street_ratio": _like_where(known, mine.street, theirs.street, pairs, fuzz.partial_ratio) / 100,
    }


def _of_codes(mine: Facts, theirs: Facts, pairs: Pairs) -> Columns:
    sound = np.array([len(code) == 18 and numbers.is_uscc(code) for code in mine.codes], bool)[pairs.mine]
    given = np.array([len(code) in {9, 18} for code in mine.codes], bool)[pairs.mine]
    near = np.zeros(len(pairs.mine), np.float32)
    rows = np.nonzero(given)[0]
    codes = mine.codes[pairs.mine[rows]].tolist(), theirs.codes[pairs.theirs[rows]].tolist()
    near[rows] = np.clip(_like(codes, Indel.normalized_similarity) * 4 - 3, 0, 1) if len(rows) else 0
    kept = np.array([bool(code) for code in theirs.codes], bool)[pairs.theirs]
    return {"code_near": near, "code_other": sound & kept & (near < 1), "code_missing": ~given}


def _of_all(pairs: Pairs) -> Columns:
    best = np.zeros(int(pairs.mine.max(initial=-1)) + 1, np.float32)
    np.maximum.at(best, pairs.mine, pairs.shared)
    return {"shared": pairs.shared, "shared_to_best": best[pairs.mine] - pairs.shared, "taken": pairs.taken}
