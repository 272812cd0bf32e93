"""Cleaners for words out of a list: categories with synonyms, yes and no."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gongjia.engines.intake.core.spec import Cell, Noted
from gongjia.engines.intake.core.values import compact, plain

_YES = ("是", "√", "✓", "✔", "☑", "1", "Y", "YES", "TRUE", "T", "对", "有")
_NO = ("否", "×", "✗", "✘", "☒", "X", "0", "N", "NO", "FALSE", "F", "不是", "非", "错", "没有")


@dataclass(frozen=True)
class Category:
    """One of `words`, known by its `synonyms` (word → other spellings) too; another one stays and is remarked on."""

    zh: str
    words: tuple[str, ...]
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = {compact(word): word for word in self.words}
        for word, others in self.synonyms.items():
            known |= {compact(other): word for other in others}
        object.__setattr__(self, "known", known)

    known: Mapping[str, str] = field(init=False, repr=False, compare=False, hash=False, default_factory=dict)

    def __call__(self, cell: Cell) -> str | Noted:
        written = plain(cell)
        word = self.known.get(compact(written))
        if word is None:
            return Noted(
                written, "unknown_category", f"{self.zh}“{written[:20]}”不在现有的类别里，认不出是哪一类，请核对"
            )
        return word


@dataclass(frozen=True)
class YesNo:
    """True or false; a word that says neither is dropped with a remark, since unknown is not no."""

    zh: str
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()

    def __call__(self, cell: Cell) -> bool | Noted:
        word = compact(plain(cell)).upper()
        if word in _YES or word in self.yes:
            return True
        if word in _NO or word in self.no:
            return False
        return Noted(None, "unknown_category", f"{self.zh}“{plain(cell)[:20]}”看不出是还是否，没有记下，请填“是”或“否”")
