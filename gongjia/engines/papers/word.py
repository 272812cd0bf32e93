"""Word: the shipped template of a kind, made from the same sentences as the PDF, and templates filled in.

The shipped template is built by code at first use; it is what a clerk downloads, changes and sends back. Of an issued
paper the same builder writes the sealed words.
"""

import io
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docxtpl import DocxTemplate, InlineImage

from gongjia.engines.papers.composing import Composed
from gongjia.engines.papers.facts import Shape
from gongjia.engines.papers.kinds import QR_WORD, Block, Grid, PaperKind, Table
from gongjia.engines.papers.qr import qr_png
from gongjia.engines.papers.sandbox import BadTemplate, Sandbox

QR_WIDTH = Mm(28)
SONG, FANG_SONG, HEI = "宋体", "仿宋", "黑体"


def filled_in(shape: Shape, template: bytes, words: Mapping[str, Any]) -> bytes:
    """A template with its fields filled in. Raises BadTemplate."""
    document = DocxTemplate(io.BytesIO(template))
    shown = dict(words)
    if code := shown.get(QR_WORD):
        shown[QR_WORD] = InlineImage(document, qr_png(code), width=QR_WIDTH)
    try:
        document.render(shown, jinja_env=Sandbox(shape), autoescape=True)
        made = io.BytesIO()
        document.save(made)
    except BadTemplate:
        raise
    except Exception as error:  # a document that is broken in its own way fails anywhere in two libraries
        raise BadTemplate(
            "Word 模板里的标记放错了位置（例如 {% for %} 和 {% endfor %} 不在同一个表格里）。"
            "请从随附的模板重新下载一份，再在它上面修改"
        ) from error
    return made.getvalue()


@cache
def shipped(kind: PaperKind) -> bytes:
    """The template as it comes with the platform: the sentences with their fields still in them."""
    layout = kind.layout
    return _built(
        {
            "style": layout.style,
            "is_landscape": layout.is_landscape,
            "number": "{{ 文号 }}",
            "title": layout.title,
            "to": layout.to,
            "blocks": [_open_block(block, kind) for block in layout.body],
            "attachments": list(layout.attachments),
            "copy_to": layout.copy_to,
            "sign": "{{ 落款 }}" if layout.sign else "",
            "day": "{{ 成文日期 }}" if layout.sign else "",
            "qr": "",
            "qr_field": f"{{{{ {QR_WORD} }}}}" if layout.has_qr else "",
        }
    )


def written(composed: Composed) -> bytes:
    """An issued paper by the shipped template: its sealed words."""
    return _built(composed)


def voided(content: bytes, day: str) -> bytes:
    """The same document with a red line that it is void since a day: above its text, and at the head of every page,
    whatever template it was made by."""
    document = Document(io.BytesIO(content))
    said = f"已作废（{day}），不能使用"
    first = document.add_paragraph()
    document.element.body.insert(0, first._p)  # noqa: SLF001 - the library has no other way to the top
    _void_line(first, said)
    for place, section in enumerate(document.sections):
        heads = [section.header]
        if section.different_first_page_header_footer:
            heads.append(section.first_page_header)
        if document.settings.odd_and_even_pages_header_footer:
            heads.append(section.even_page_header)
        for head in heads:
            if place == 0 or not head.is_linked_to_previous:
                _void_line(head.add_paragraph(), said)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _void_line(paragraph: Any, text: str) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, text, size=18, font=HEI, bold=True)
    paragraph.runs[0].font.color.rgb = RGBColor(0xC0, 0, 0)


def _open_block(block: Block, kind: PaperKind) -> dict[str, Any]:
    if isinstance(block, Table):
        field = next(each for each in kind.fields if each.code == block.of)
        columns = [each.zh for each in field.columns if not block.columns or each.code in block.columns]
        numbers = ["序号"] if block.is_numbered else []
        cells = [*(["{{ loop.index }}"] if block.is_numbered else []), *(f"{{{{ 行.{zh} }}}}" for zh in columns)]
        loop = [[f"{{%tr for 行 in {field.zh} %}}"], cells, ["{%tr endfor %}"]]
        return {"table": {"heads": [*numbers, *columns], "rows": loop}}
    if isinstance(block, Grid):
        return {"grid": [[{"label": label, "value": value} for label, value in row] for row in block.rows]}
    return {"p": block}


def _built(parts: Composed) -> bytes:
    document = Document()
    _page(document, is_landscape=parts["is_landscape"])
    is_letter = parts["style"] == "letter"
    _line(document, parts["title"], size=22, font=SONG, bold=True, align=WD_ALIGN_PARAGRAPH.CENTER, after=6)
    if parts["number"]:
        _line(document, parts["number"], size=14 if is_letter else 11, align=WD_ALIGN_PARAGRAPH.CENTER, after=10)
    size = 16 if is_letter else 12
    if parts["to"]:
        _line(document, parts["to"], size=size)
    for block in parts["blocks"]:
        _block(document, block, size)
    _foot(document, parts, size)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _block(document: DocumentType, block: Mapping[str, Any], size: float) -> None:
    if "p" in block:
        _line(document, block["p"], size=size, indent=2 * size)
    elif "table" in block:
        _table(document, block["table"])
    else:
        _grid(document, block["grid"])


def _foot(document: DocumentType, parts: Composed, size: float) -> None:
    """Attachments, signature and day, the code, who gets a copy."""
    for place, text in enumerate(parts["attachments"], start=1):
        _line(document, f"附件：{place}. {text}" if place == 1 else f"{place}. {text}", size=size, indent=2 * size)
    for text in filter(None, (parts["sign"], parts["day"])):
        _line(document, text, size=size, align=WD_ALIGN_PARAGRAPH.RIGHT, before=10)
    field = parts.get("qr_field", "")
    if parts["qr"]:
        document.add_paragraph().add_run().add_picture(qr_png(parts["qr"]), width=QR_WIDTH)
    elif field:
        _line(document, field, size=size)
    if parts["qr"] or field:
        _line(document, "扫码核验", size=9)
    if parts["copy_to"]:
        _line(document, f"抄送：{parts['copy_to']}", size=14, before=16)


def _page(document: DocumentType, *, is_landscape: bool) -> None:
    section = document.sections[0]
    width, height = (Mm(297), Mm(210)) if is_landscape else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = width, height
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    normal = document.styles["Normal"]
    _font(normal, FANG_SONG, 12)


def _font(holder: Any, name: str, size: float) -> None:
    holder.font.name, holder.font.size = name, Pt(size)
    holder.font.color.rgb = RGBColor(0, 0, 0)
    holder.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _line(
    document: DocumentType,
    text: str,
    *,
    size: float,
    font: str = FANG_SONG,
    bold: bool = False,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: float = 0,
    before: float = 0,
    after: float = 0,
) -> None:
    paragraph = document.add_paragraph()
    if align is not None:
        paragraph.alignment = align
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), 1.5
    if indent:
        shape.first_line_indent = Pt(indent)
    _run(paragraph, text, size=size, font=font, bold=bold)


def _run(paragraph: Any, text: str, *, size: float, font: str = FANG_SONG, bold: bool = False) -> None:
    run = paragraph.add_run(text)
    run.bold = bold
    _font(run, font, size)


def _table(document: DocumentType, table: Mapping[str, Any]) -> None:
    heads: Sequence[str] = table["heads"]
    made = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, head in zip(made.rows[0].cells, heads, strict=True):
        _cell(cell, head, font=HEI)
    made.rows[0]._tr.get_or_add_trPr().append(made.rows[0]._tr.makeelement(qn("w:tblHeader")))  # noqa: SLF001
    for row in table["rows"]:
        cells = made.add_row().cells
        for place, text in enumerate(row):
            _cell(cells[place], text)


def _grid(document: DocumentType, rows: Sequence[Sequence[Mapping[str, str]]]) -> None:
    """Each pair takes a label and a box; a shorter row's last box is as wide as what is left."""
    most = 2 * max(len(row) for row in rows)
    made = document.add_table(rows=0, cols=most, style="Table Grid")
    for row in rows:
        cells = made.add_row().cells
        for place, pair in enumerate(row):
            _cell(cells[2 * place], pair["label"], font=HEI)
            box = cells[2 * place + 1]
            if place == len(row) - 1 and 2 * len(row) < most:
                box = box.merge(cells[most - 1])
            _cell(box, pair["value"])


def _cell(cell: Any, text: str, *, font: str = FANG_SONG) -> None:
    paragraph = cell.paragraphs[0]
    if font == HEI:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, text, size=11, font=font)
