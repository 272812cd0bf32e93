"""The first rows of a file as they stand, for a person who says where the heading is."""

import re
from itertools import islice
from typing import BinaryIO

from gongjia.engines.intake.core import books, texts
from gongjia.engines.intake.core.kinds import Kind, kind_of
from gongjia.engines.intake.core.limits import Limits
from gongjia.engines.intake.core.spec import Cell
from gongjia.engines.intake.core.texts import Text
from gongjia.engines.intake.core.values import plain

_CELLS = 60
_GAP = r"[\s\u200b-\u200f.·\-\u2010-\u2015－]{0,3}"  # how people set a long number apart
_NUMBER = re.compile(rf"\d(?:{_GAP}\d){{9,}}{_GAP}[\dXxＸｘ]|\d{{6,}}[\dXxＸｘ]")
"""Seven digits in a row, or eleven set apart, which no single date has."""


def preview(source: BinaryIO, limits: Limits | None = None) -> dict[str, list[list[str]]]:
    """sheet → its first rows as plain texts, those that may be the heading. Raises `Unreadable`."""
    limits = limits or Limits()
    kind = kind_of(source)
    if kind not in {Kind.TEXT, Kind.GZIP}:
        heads = books.heads(source, kind, limits)
        return {head.name: [_texts(row) for row in head.rows[: limits.heading_within]] for head in heads}
    opener = texts.open_gzip(source) if kind is Kind.GZIP else texts.open_plain(source)
    encoding = texts.encoding_of(opener, limits)
    for sign in (",", "\t"):
        rows = [list(one.cells) for one in islice(Text(opener, encoding, sign).records(), limits.heading_within)]
        if max((len(row) for row in rows), default=0) > 1:
            break
    return {"": [_texts(row) for row in rows]}


def _texts(cells: list[Cell]) -> list[str]:
    return [plain(cell) for cell in cells[:_CELLS]]


def covered(text: str) -> str:
    """A text in which what looks like a number of a person, be it ID number or phone, is covered."""
    return _NUMBER.sub(lambda found: f"{found[0][:3]}****{found[0][-2:]}", text)
