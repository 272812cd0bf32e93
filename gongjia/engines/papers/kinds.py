"""Kinds of paper: what a domain declares once, and from which Word, PDF and the page of templates are made.

    papers.register(
        PaperKind(
            code="founding.reply",
            zh="关于同意成立工会的批复",
            layout=Letter(
                title="关于同意成立{{ 工会名称 }}的批复",
                to="{{ 主送单位 }}：",
                body=("你单位《{{ 来文标题 }}》收悉。经研究，同意成立{{ 工会名称 }}。", Table("candidates")),
            ),
            fields=(
                Field("union", "工会名称", "鸿运物业有限公司工会"),
                Field("candidates", "候选人", ({"name": "王芳", "votes": "31"},),
                      columns=(Field("name", "姓名"), Field("votes", "得票"))),
                …
            ),
            series="复",
        )
    )

Sentences name fields by their Chinese words, as a clerk's own Word template does; code names them by `code`. Every
kind has these besides its own: 文号, 落款 (the issuing organisation), 成文日期. Sentences may hold {% if 字段 %}…
{% endif %}; a paragraph that comes out empty is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

#: What the engine itself fills in; QR_WORD, a picture in Word, on kinds whose layout has a code.
QR_WORD = "二维码"
STANDARD = ("文号", "落款", "成文日期")


@dataclass(frozen=True)
class Field:
    """A fact that a paper needs: a text, or with `columns` a list of rows. `sample` shows what it looks like."""

    code: str
    zh: str
    sample: Any = ""
    columns: tuple["Field", ...] = ()

    def __post_init__(self) -> None:
        if not (self.code.isidentifier() and self.code.isascii() and self.zh.isidentifier()):
            raise ValueError(f"{self.code} {self.zh}: a field has a code and a Chinese word without spaces or signs")


@dataclass(frozen=True)
class Table:
    """A table of one list field: all its columns, or those named by code, after a column of running numbers."""

    of: str
    columns: tuple[str, ...] = ()
    is_numbered: bool = True


@dataclass(frozen=True)
class Grid:
    """The boxes of a form: each row is pairs of a label and a sentence; a row of one pair is a wide one."""

    rows: tuple[tuple[tuple[str, str], ...], ...]


Block = str | Table | Grid


@dataclass(frozen=True)
class Layout:
    """The parts of a paper, every text with fields in {{ }}. `sign` False leaves signature and day out."""

    style: ClassVar[str]
    title: str
    to: str = ""
    body: tuple[Block, ...] = ()
    attachments: tuple[str, ...] = ()
    copy_to: str = ""
    sign: bool = True
    has_qr: bool = False
    is_landscape: bool = False


class Letter(Layout):
    """公文: heading, number, title, to whom, text, attachments, signature and day."""

    style = "letter"


class Form(Layout):
    """表格: a title and boxes."""

    style = "form"


class Roster(Layout):
    """花名册、名单: a title and a long table, whose heading stands on every page."""

    style = "list"


@dataclass(frozen=True)
class Certificate(Layout):
    """证书: a title, few words in the middle, and a QR code that anyone can verify."""

    style = "certificate"
    has_qr: bool = True


@dataclass(frozen=True, eq=False)
class PaperKind:
    """`series` is the last sign of the numbers it takes (发, 函, 复…): each is counted for itself. Titles stand in
    lists and are not sealed: no name of a person belongs in one."""

    code: str
    zh: str
    layout: Layout
    fields: tuple[Field, ...] = ()
    series: str = "发"
    group: str = "公文"
    by_zh: Mapping[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        words = {each.zh: each for each in self.fields}
        if len(words) != len(self.fields) or words.keys() & {*STANDARD, QR_WORD}:
            raise ValueError(f"{self.code}: two fields are called the same")
        object.__setattr__(self, "by_zh", words)

    @property
    def sample(self) -> dict[str, Any]:
        """Facts by code, as a preview shows them."""
        return {each.code: each.sample for each in self.fields}


_registered: dict[str, PaperKind] = {}


class UnknownKind(LookupError):
    """No room has registered this kind of paper."""


def register(*kinds: PaperKind) -> None:
    """Called in a domain's apps.py."""
    for kind in kinds:
        if _registered.setdefault(kind.code, kind) is not kind:
            raise RuntimeError(f"kind of paper {kind.code} is declared twice")


def kind_of(code: str) -> PaperKind:
    """Raises UnknownKind."""
    try:
        return _registered[code]
    except KeyError:
        raise UnknownKind(code) from None


def zh_of(code: str) -> str:
    """What a kind is called; its code where no room knows it any more."""
    return _registered[code].zh if code in _registered else code


def registered() -> list[PaperKind]:
    return sorted(_registered.values(), key=lambda each: (each.group, each.code))
