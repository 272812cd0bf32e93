"""What is worked out once for each row that occurs in a pair: its name in parts, its street, where it is."""

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gongjia.engines.matching.core.apart import Lexicon
from gongjia.engines.matching.core.columns import Column
from gongjia.engines.matching.core.names import is_branch
from gongjia.engines.matching.core.regions import Regions
from gongjia.engines.matching.core.texts import Bools, Hashes, Ints, Signs, Texts
from gongjia.engines.matching.core.words import LONGEST_BRAND, heads, trades

Objects = npt.NDArray[np.object_]
_FORMS = ("有限公司", "有限责任公司", "公司", "厂", "合作社", "店", "部", "行", "中心", "集团")
_LONGEST_FORM = 6
_FAR = 4  # signs of a far place at the head of a name


class Facts(NamedTuple):
    full: Texts
    body: Texts
    placed: Texts
    """the full name with its last region word alone"""
    short: Texts
    """the same without legal form"""
    core: Texts
    brand: Texts
    trade: Texts
    tail: Texts
    """what follows the legal form: 武汉分公司"""
    street: Texts
    codes: Objects
    strangers: Ints
    """the number in `far_places` of the far place at the head of the name, -1 for none"""
    forms: Ints
    branches: Bools
    heads: Hashes
    """of the region words at the head of the name, 0 where there are none"""


def facts_of(column: Column, rows: Ints, regions: Regions) -> Facts:
    full, body, _, core, placed, short = column.best(rows)
    brand = lengths_of_brands(core)
    heads = full.first(full.lengths - body.lengths)
    codes = np.empty(len(rows), object)
    codes[:] = [column.codes[at] for at in rows.tolist()]
    return Facts(
        full=full,
        body=body,
        placed=placed,
        short=short,
        core=core,
        brand=core.first(brand),
        trade=core.after(brand),
        tail=_tails(full),
        street=column.streets[rows],
        codes=codes,
        strangers=_strangers(full, regions),
        forms=_forms(full),
        branches=branches(full),
        heads=np.where(heads.lengths > 0, heads.hashes(), np.uint64(0)),
    )


@cache
def _trades() -> Lexicon:
    return Lexicon(trades())


@cache
def far_places() -> Lexicon:
    """Divisions of the whole country, as they may stand at the head of a name."""
    return Lexicon(word for word in heads() if len(word) <= _FAR)


def lengths_of_brands(cores: Texts) -> Ints:
    """`words.lengths_of_brands` of many cores."""
    found = cores.lengths.astype(np.int32)
    width = max(_trades().lengths)
    for place in range(LONGEST_BRAND - 1, 1, -1):
        rows = np.flatnonzero(cores.lengths > place + 1)
        rest = cores[rows].after(np.full(len(rows), place))
        found[rows[_trades().longest(rest.window(0, width), rest.lengths) >= 0]] = place
    return found


def _strangers(full: Texts, regions: Regions) -> Ints:
    """`words.stranger` of many names, by number."""
    known = far_places()
    found = known.longest(full.window(0, _FAR), full.lengths)
    own = np.array([word in regions for word in known.words], bool)
    return np.where((found >= 0) & ~own[found], found, -1)


def _tails(full: Texts) -> Texts:
    """What stands behind the last 公司 that does not end the name; nothing where there is none."""
    full = full.packed()
    signs = full.signs
    at = np.flatnonzero((signs[:-1] == ord("公")) & (signs[1:] == ord("司")))
    where = np.searchsorted(full.starts, at, side="right") - 1
    ends = full.starts + full.lengths
    inside = (at + 4 <= ends[where]) & (at > full.starts[where])
    begins = ends.copy()
    begins[where[inside]] = at[inside] + 2  # of several in a name the last one stays
    return Texts(signs, begins, ends - begins)


def _ending(last: Signs, word: str) -> Bools:
    found = np.ones(len(last), bool)
    for at, sign in enumerate(reversed(word), 1):
        found &= last[:, -at] == ord(sign)
    return found


def _forms(full: Texts) -> Ints:
    """The number of the first of the forms that a name ends with, -1 for none."""
    last = full.from_end(_LONGEST_FORM)
    found = np.full(len(full), -1, np.int32)
    for at in range(len(_FORMS) - 1, -1, -1):
        found[_ending(last, _FORMS[at])] = at
    return found


def branches(full: Texts) -> Bools:
    """`names.is_branch` of many folded names; only those are looked at that end as a branch may end."""
    last = full.from_end(1)[:, 0]
    likely = np.zeros(int(last.max(initial=0)) + 1, bool)
    ends = [ord(sign) for sign in "分支司行店局厂校院部社所站处心"]
    likely[[end for end in ends if end < len(likely)]] = True
    found = likely[last]
    office = full.from_end(3)
    found &= ~_ending(office, "公司") | (office[:, 0] == ord("分")) | (office[:, 0] == ord("支"))
    rows = np.flatnonzero(found)
    found[rows] = [is_branch(name) for name in full[rows].strings()]
    return found
