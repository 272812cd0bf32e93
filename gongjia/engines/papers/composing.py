"""A paper's own sentences with the facts filled in: what is sealed at issue, and what the layouts draw."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongjia.engines.papers.facts import Facts, in_words, shape_of, text_of
from gongjia.engines.papers.kinds import Block, Grid, PaperKind, Table
from gongjia.engines.papers.sandbox import Sandbox, filled

#: The final words of a paper, as JSON: nothing in it names a field any more.
Composed = dict[str, Any]


@dataclass(frozen=True)
class Standard:
    """What the engine fills in: number, issuer and day, as printed."""

    number: str
    issuer: str
    on: date

    @property
    def day(self) -> str:
        return text_of(self.on)

    @property
    def words(self) -> dict[str, str]:
        return {"文号": self.number, "落款": self.issuer, "成文日期": self.day}


def composed(kind: PaperKind, facts: Facts, standard: Standard, *, qr: str = "") -> Composed:
    """`qr` is the text of the code that verifies the paper, "" for none."""
    layout, sandbox = kind.layout, Sandbox(shape_of(kind))
    words = in_words(kind, facts, standard.words)

    def say(text: str) -> str:
        return filled(sandbox, text, words)

    blocks = [_block(block, kind, facts, say) for block in layout.body]
    return {
        "style": layout.style,
        "is_landscape": layout.is_landscape,
        "title": say(layout.title),
        "number": standard.number,
        "to": say(layout.to),
        "blocks": [each for each in blocks if each],
        "attachments": [text for each in layout.attachments if (text := say(each))],
        "copy_to": say(layout.copy_to),
        "issuer": standard.issuer,
        "sign": standard.issuer if layout.sign else "",
        "day": standard.day if layout.sign else "",
        "on": standard.on.isoformat(),
        "qr": qr,
    }


def _block(block: Block, kind: PaperKind, facts: Facts, say: Any) -> dict[str, Any]:
    if isinstance(block, Table):
        return {"table": table_of(block, kind, facts)}
    if isinstance(block, Grid):
        return {"grid": [[{"label": say(label), "value": say(value)} for label, value in row] for row in block.rows]}
    text = say(block)
    return {"p": text} if text else {}


def table_of(table: Table, kind: PaperKind, facts: Mapping[str, Any]) -> dict[str, Any]:
    field = next(each for each in kind.fields if each.code == table.of)
    columns = [each for each in field.columns if not table.columns or each.code in table.columns]
    numbers = ["序号"] if table.is_numbered else []
    rows = [
        [*([str(place)] if table.is_numbered else []), *(row[each.code] for each in columns)]
        for place, row in enumerate(facts[table.of], start=1)
    ]
    return {"heads": [*numbers, *(each.zh for each in columns)], "rows": rows}
