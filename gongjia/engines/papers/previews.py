"""A kind of paper with sample facts: what a clerk sees before anything is issued."""

import io
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.table import Table

from gongjia.engines.papers import pdf, word
from gongjia.engines.papers.checking import SAMPLE_CODE, sample_standard, sample_words
from gongjia.engines.papers.composing import Composed, composed
from gongjia.engines.papers.facts import as_texts, shape_of
from gongjia.engines.papers.kinds import PaperKind
from gongjia.engines.papers.queries import content_of_template
from gongjia.engines.papers.sandbox import BadTemplate

#: A sample of more would be no help on a page.
MOST_SHOWN = 200


def docx_of(kind: PaperKind, template_id: int | None) -> bytes:
    """By a clerk's template, or the shipped one."""
    content = content_of_template(template_id) if template_id else word.shipped(kind)
    return word.filled_in(shape_of(kind), content, sample_words(kind))


def pdf_of(kind: PaperKind) -> bytes:
    made = _sample(kind)
    return pdf.drawn(made["style"], made)


def picture_of(kind: PaperKind) -> bytes:
    """The first page of the PDF."""
    made = _sample(kind)
    return pdf.picture(made["style"], made, ppi=80)


def _sample(kind: PaperKind) -> Composed:
    code = SAMPLE_CODE if kind.layout.has_qr else ""
    return composed(kind, as_texts(kind, kind.sample), sample_standard(kind), qr=code)


@dataclass(frozen=True)
class Shown:
    """A paragraph, or with `rows` a table."""

    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def shown_of(kind: PaperKind, template_id: int) -> list[Shown]:
    """The sample by a clerk's template; nothing where a release has changed the fields under it."""
    try:
        return words_of(docx_of(kind, template_id))
    except BadTemplate:
        return []


def words_of(docx: bytes) -> list[Shown]:
    """What stands in a Word document, in its order: to be read at once, without opening Word."""
    found = []
    for each in Document(io.BytesIO(docx)).iter_inner_content():
        if isinstance(each, Table):
            rows = tuple(tuple(_different(row.cells)) for row in each.rows)
            found.append(Shown(rows=rows))
        elif each.text.strip():
            found.append(Shown(text=each.text))
    return found[:MOST_SHOWN]


def _different(cells: tuple[Any, ...]) -> list[str]:
    """The texts of a row's cells; those that were merged are named several times."""
    return [
        cell.text
        for place, cell in enumerate(cells)
        if place == 0 or cell._tc is not cells[place - 1]._tc  # noqa: SLF001 - the library has no other way to tell
    ]
