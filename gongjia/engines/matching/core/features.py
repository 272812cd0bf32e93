"""What the learnt model sees of a pair: numbers between about -1 and 1, worked out for many pairs at once.

Nothing in here is a word: names of firms, trades and places reach the model only as how like they are, how rare, and
whether they agree.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz
from rapidfuzz.distance import Indel, JaroWinkler, LCSseq, Levenshtein, Prefix
from rapidfuzz.process import cpdist

from gongjia.engines.matching.core.grams import STREET_SIGNS, Floats, Ints
from gongjia.engines.matching.core.names import is_branch
from gongjia.engines.matching.core.regions import Agreement, Places, Regions, agreement
from gongjia.engines.matching.core.register import Column
from gongjia.engines.matching.core.words import lengths_of_brands, stranger
from gongjia.kernel import numbers

_THREADS = 2
_FORMS = ("有限公司", "有限责任公司", "公司", "厂", "合作社", "店", "部", "行", "中心", "集团")

FEATURES = (
    "core_ratio", "core_same", "core_edits", "core_one_edit", "core_jaro", "core_subsequence", "core_covered",
    "core_prefix", "core_longer", "core_short", "body_ratio", "full_ratio", "full_same", "shared",
    "shared_to_best", "brand_ratio", "brand_same", "brand_prefix", "brand_one_edit", "brand_short",
    "brand_rare", "trade_ratio", "trade_same", "trade_missing", "form_same", "form_other", "tail_mine",
    "tail_theirs", "tail_ratio", "branch_differs", "elsewhere", "other_county", "region_unknown", "same_city",
    "same_county", "stranger", "street_known", "street_prefix", "street_ratio", "code_near", "code_other",
    "code_missing", "taken",
)  # fmt: skip


class Facts(NamedTuple):
    """What is worked out once for each row of a list that occurs in a pair."""

    fulls: list[str]
    bodies: list[str]
    cores: list[str]
    brands: list[str]
    trades: list[str]
    tails: list[str]
    """what follows the legal form: 武汉分公司"""
    streets: list[str]
    codes: list[str]
    strangers: list[str]
    forms: Ints
    branches: npt.NDArray[np.bool_]
    places: list[Places]


class Pairs(NamedTuple):
    """Rows of `Facts` set side by side, with what only the whole comparison knows of them."""

    mine: Ints
    theirs: Ints
    shared: Floats
    openings: Ints
    """for each pair: how many entries begin with the record's first two signs"""
    taken: npt.NDArray[np.bool_]
    """whether another record has been linked to the entry already"""


def street_of(column: Column, at: int) -> str:
    """The address behind its divisions."""
    return column.addresses[at][sum(map(len, column.heads[at])) :][:STREET_SIGNS]


def facts_of(column: Column, rows: Sequence[int], regions: Regions) -> Facts:
    names = [column.others.get(at, column.names[at]) for at in rows]
    cores = [name.core for name in names]
    fulls = [name.full for name in names]
    brands = lengths_of_brands(cores)
    return Facts(
        fulls=fulls,
        bodies=[name.body for name in names],
        cores=cores,
        brands=[core[:length] for core, length in zip(cores, brands, strict=True)],
        trades=[core[length:] for core, length in zip(cores, brands, strict=True)],
        tails=[_tail(full) for full in fulls],
        streets=[street_of(column, at) for at in rows],
        codes=[column.codes[at] for at in rows],
        strangers=[stranger(full, regions) for full in fulls],
        forms=np.array([_form(full) for full in fulls], np.int32),
        branches=np.array([is_branch(full) for full in fulls], bool),
        places=[column.places[at] for at in rows],
    )


def features_of(mine: Facts, theirs: Facts, pairs: Pairs) -> Floats:
    """A row for each pair, a column for each of `FEATURES`."""
    columns = {**_of_names(mine, theirs, pairs), **_of_parts(mine, theirs, pairs), **_of_places(mine, theirs, pairs)}
    columns |= _of_codes(mine, theirs, pairs) | _of_all(pairs)
    return np.stack([np.asarray(columns[name], np.float32) for name in FEATURES], axis=1)


Columns = dict[str, npt.NDArray[np.generic]]
Scorer = Callable[..., float]


def _side_by_side(mine: Sequence[str], theirs: Sequence[str], pairs: Pairs) -> tuple[list[str], list[str]]:
    return [mine[at] for at in pairs.mine.tolist()], [theirs[at] for at in pairs.theirs.tolist()]


def _like(sides: tuple[list[str], list[str]], scorer: Scorer) -> Floats:
    found: Floats = cpdist(*sides, scorer=scorer, dtype=np.float32, workers=_THREADS)
    return found


def _like_where(
    known: npt.NDArray[np.bool_], mine: Sequence[str], theirs: Sequence[str], pairs: Pairs, scorer: Scorer
) -> Floats:
    """`_like` of the pairs that are known on both sides; the others are nought."""
    found = np.zeros(len(known), np.float32)
    rows = np.nonzero(known)[0]
    if len(rows):
        chosen = [mine[at] for at in pairs.mine[rows].tolist()], [theirs[at] for at in pairs.theirs[rows].tolist()]
        found[rows] = _like(chosen, scorer)
    return found


def _lengths(texts: Sequence[str], rows: Ints) -> Floats:
    return np.fromiter(map(len, texts), np.float32, len(texts))[rows]


def _of_names(mine: Facts, theirs: Facts, pairs: Pairs) -> Columns:
    cores = _side_by_side(mine.cores, theirs.cores, pairs)
    fulls = _side_by_side(mine.fulls, theirs.fulls, pairs)
    bodies = _side_by_side(mine.bodies, theirs.bodies, pairs)
    long, short = _lengths(theirs.cores, pairs.theirs), _lengths(mine.cores, pairs.mine)
    edits = _like(cores, Levenshtein.distance)
    common = _like(cores, LCSseq.similarity)
    full = _like(fulls, Indel.normalized_similarity)
    return {
        "core_ratio": _like(cores, Indel.normalized_similarity),
        "core_same": edits == 0,
        "core_edits": np.exp(-edits / 2),
        "core_one_edit": edits == 1,
        "core_jaro": _like(cores, JaroWinkler.similarity),
        "core_subsequence": common / np.maximum(short, 1),
        "core_covered": common / np.maximum(long, 1),
        "core_prefix": _like(cores, Prefix.similarity) / np.maximum(short, 1),
        "core_longer": np.clip((long - short) / 8, -1, 1),
        "core_short": np.exp(-short / 3),
        "body_ratio": _like(bodies, Indel.normalized_similarity),
        "full_ratio": full,
        "full_same": full >= 1,
    }


def _of_parts(mine: Facts, theirs: Facts, pairs: Pairs) -> Columns:
    brands = _side_by_side(mine.brands, theirs.brands, pairs)
    edits = _like(brands, Levenshtein.distance)
    length = _lengths(mine.brands, pairs.mine)
    known = _lengths(mine.trades, pairs.mine) > 0, _lengths(theirs.trades, pairs.theirs) > 0
    tail = _lengths(mine.tails, pairs.mine) > 0, _lengths(theirs.tails, pairs.theirs) > 0
    both = known[0] & known[1]
    trade = _like_where(both, mine.trades, theirs.trades, pairs, Indel.normalized_similarity)
    forms = mine.forms[pairs.mine], theirs.forms[pairs.theirs]
    return {
        "brand_ratio": _like(brands, Indel.normalized_similarity),
        "brand_same": edits == 0,
        "brand_prefix": _like(brands, Prefix.similarity) / np.maximum(length, 1),
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
        "tail_ratio": _like_where(tail[0] & tail[1], mine.tails, theirs.tails, pairs, Indel.normalized_similarity),
        "branch_differs": mine.branches[pairs.mine] != theirs.branches[pairs.theirs],
    }


def _of_places(mine: Facts, theirs: Facts, pairs: Pairs) -> Columns:
    agreed = _agreements(mine.places, theirs.places, pairs)
    lengths = _lengths(mine.streets, pairs.mine), _lengths(theirs.streets, pairs.theirs)
    least = np.minimum(*lengths)
    known = least >= 2
    prefix, ratio = (
        _like_where(known, mine.streets, theirs.streets, pairs, scorer)
        for scorer in (Prefix.similarity, fuzz.partial_ratio)
    )
    return {
        "elsewhere": agreed == Agreement.ELSEWHERE,
        "other_county": agreed == Agreement.OTHER_COUNTY,
        "region_unknown": agreed == Agreement.UNKNOWN,
        "same_city": agreed == Agreement.CITY,
        "same_county": agreed == Agreement.COUNTY,
        "stranger": _strangers(mine, theirs, pairs),
        "street_known": known,
        "street_prefix": prefix / np.maximum(least, 1),
        "street_ratio": ratio / 100,
    }


def _agreements(mine: Sequence[Places], theirs: Sequence[Places], pairs: Pairs) -> Ints:
    """The same few thousand places meet again and again: each meeting is judged once."""
    numbers_of: dict[Places, int] = {}
    sides = [
        np.array([numbers_of.setdefault(place, len(numbers_of)) for place in places], np.int64)[rows]
        for places, rows in ((mine, pairs.mine), (theirs, pairs.theirs))
    ]
    known = list(numbers_of)
    met, which = np.unique(sides[0] * len(known) + sides[1], return_inverse=True)
    judged = [agreement(known[one // len(known)], known[one % len(known)]) for one in met.tolist()]
    return np.array(judged, np.int32)[which]


def _strangers(mine: Facts, theirs: Facts, pairs: Pairs) -> npt.NDArray[np.bool_]:
    """Whether either name begins with a far place and the other does not begin with the same."""
    words: dict[str, int] = {"": 0}
    sides = [
        np.array([words.setdefault(word, len(words)) for word in side.strangers], np.int32)[rows]
        for side, rows in ((mine, pairs.mine), (theirs, pairs.theirs))
    ]
    apart: npt.NDArray[np.bool_] = sides[0] != sides[1]
    return apart


def _of_codes(mine: Facts, theirs: Facts, pairs: Pairs) -> Columns:
    sound = np.array([len(code) == 18 and numbers.is_uscc(code) for code in mine.codes], bool)[pairs.mine]
    given = np.array([len(code) in {9, 18} for code in mine.codes], bool)[pairs.mine]
    near = np.zeros(len(pairs.mine), np.float32)
    rows = np.nonzero(given)[0]
    codes = (
        [mine.codes[at] for at in pairs.mine[rows].tolist()],
        [theirs.codes[at] for at in pairs.theirs[rows].tolist()],
    )
    near[rows] = np.clip(_like(codes, Indel.normalized_similarity) * 4 - 3, 0, 1) if len(rows) else 0
    kept = np.array([bool(code) for code in theirs.codes], bool)[pairs.theirs]
    return {"code_near": near, "code_other": sound & kept & (near < 1), "code_missing": ~given}


def _of_all(pairs: Pairs) -> Columns:
    best = np.zeros(int(pairs.mine.max(initial=-1)) + 1, np.float32)
    np.maximum.at(best, pairs.mine, pairs.shared)
    return {"shared": pairs.shared, "shared_to_best": best[pairs.mine] - pairs.shared, "taken": pairs.taken}


def _tail(full: str) -> str:
    at = full.rfind("公司", 0, -2)
    return full[at + 2 :] if at > 0 else ""


def _form(full: str) -> int:
    return next((at for at, form in enumerate(_FORMS) if full.endswith(form)), -1)
