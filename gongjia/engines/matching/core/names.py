"""Names of organisations, reduced step by step to what makes them that organisation."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from gongjia.engines.matching.core.regions import Regions

_DROPPED = re.compile(r"[^0-9A-Z\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+")
_LIMITED = ("股份有限责任公司", "股份有限公司", "有限责任公司", "有限公司")
_LAST_FORM = re.compile(r"(?:股份)?(?:总?公司|厂)$")
_BETWEEN = "\x01"  # stands between the names of a list that is folded as one text
_KEPT_BETWEEN = re.compile(_DROPPED.pattern.replace("[^", "[^\x01"))
_BRANCH = re.compile(r"(?:分|支)(?:公司|行|店|局|厂|校|院|部|社)?$|(?:公司|集团|银行).+(?:店|部|所|站|处|中心)$")


class Name(NamedTuple):
    """A name at four depths, and the region words that stood at its head.

    `full` is the folded name; `body` is it without the region words; `formless` and `core` are the two without legal
    form (有限公司, 股份有限公司, 公司, 厂). What follows a legal form, such as 武汉分公司, stays: a branch is never its
    head office.
    """

    full: str
    body: str
    formless: str
    core: str
    regions: tuple[str, ...]

    def at(self, depth: int) -> str:
        """From 0, the full name, to 3, the core."""
        return (self.full, self.body, self.formless, self.core)[depth]


def fold(text: str) -> str:
    """Signs that make no difference fall away: width, case, blanks, brackets, dots; letters and digits stay."""
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return _DROPPED.sub("", text.upper())


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def fold_all(texts: Sequence[str]) -> list[str]:
    """`fold` of each, as one text: a long list takes a fraction of the time."""
    joined = _BETWEEN.join(texts)
    if not texts or joined.count(_BETWEEN) != len(texts) - 1:
        return [fold(text) for text in texts]
    joined = joined.replace("（", "(").replace("）", ")")  # nearly all that is ever to be normalised
    if not unicodedata.is_normalized("NFKC", joined):
        rows = joined.split(_BETWEEN)
        joined = _BETWEEN.join([row if unicodedata.is_normalized("NFKC", row) else _normal(row) for row in rows])
    found = _KEPT_BETWEEN.sub("", joined.upper()).split(_BETWEEN)
    return [old if old == new else new for old, new in zip(texts, found, strict=True)]  # one copy of what stays


def without_ending(folded: str, ending: re.Pattern[str] | None) -> str:
    """Cut off an ending such as that of an association within the organisation, unless nothing else is left."""
    cut = ending.sub("", folded) if ending else folded
    return cut if len(cut) > 1 else folded


def without_form(folded: str) -> str:
    """Without the legal form, at the end and before a branch; a name that is nothing but a form stays as it is."""
    return without_form_all([folded])[0]


def without_form_all(folded: Sequence[str]) -> list[str]:
    """`without_form` of each folded name."""
    joined = _BETWEEN.join(folded)
    for form in _LIMITED:
        joined = joined.replace(form, "")
    cuts = [_LAST_FORM.sub("", cut) if cut.endswith(("公司", "厂")) else cut for cut in joined.split(_BETWEEN)]
    return [cut if len(cut) > 1 else whole for cut, whole in zip(cuts, folded, strict=len(folded) > 0)]


def is_branch(folded: str) -> bool:
    """Whether a name is that of a part of an organisation: 分公司, 支行, …有限公司某某店."""
    return bool(_BRANCH.search(folded))


def name_of(folded: str, regions: Regions) -> Name:
    """Take a folded name apart."""
    return names_of([folded], regions)[0]


def names_of(folded: Sequence[str], regions: Regions) -> list[Name]:
    """Take folded names apart."""
    parts = [regions.split(name) for name in folded]
    bodies = [body for _, body in parts]
    cores = without_form_all(bodies)
    formless = without_form_all(folded)
    words = [words for words, _ in parts]
    return list(map(Name, folded, bodies, formless, cores, words))


def likeness(one: str, other: str) -> float:
    """Share of signs that two names have in common (Dice, order disregarded), 0 to 1."""
    if not one or not other:
        return 0.0
    rest, common = list(other), 0
    for sign in one:
        if sign in rest:
            rest.remove(sign)
            common += 1
    return 2 * common / (len(one) + len(other))
