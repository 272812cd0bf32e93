"""Whether a clerk's Word template can be used: the file as such, then its fields, then a print with sample facts."""

import io
import re
import zipfile
from datetime import date

from lxml import etree

from gongjia.engines.papers.composing import Standard
from gongjia.engines.papers.facts import as_texts, in_words, shape_of
from gongjia.engines.papers.kinds import QR_WORD, PaperKind
from gongjia.engines.papers.sandbox import BadTemplate
from gongjia.engines.papers.word import filled_in
from gongjia.kernel.errors import Refused

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 30 * 1024 * 1024
MOST_PARTS = 500
#: What the code of a preview holds.
SAMPLE_CODE = "样张，不能核验"
_OLD_WORD = b"\xd0\xcf\x11\xe0"
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']*)""")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_INSTRUCTION, _SIMPLE_FIELD = f"{_W}instrText", f"{_W}instr"
#: Fields of Word that bring in what lies elsewhere.
_FETCHING = re.compile(r"INCLUDE|DDE|(?<!HYPER)LINK\s|DATABASE|IMPORT")
#: What a plain document consists of: parts that are read here, pictures and fonts. Anything else may hide a part.
_KNOWN = (".xml", ".rels", ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".emf", ".wmf", ".tif", ".tiff", ".odttf", "/")
_MAIN = "word/document.xml"
_EMBEDDED = "文档里嵌入了别的文件（例如 Excel 表格）。请改成普通文字、表格或图片再上传"
_LINKED = "文档引用了别处的文件、图片或模板。请新建一个空白文档，把内容复制过去、把图片插入进去，保存以后再上传"
_RESAVE = "请在 Word 或 WPS 里“另存为”普通的 .docx 文档，再上传"


def check(kind: PaperKind, content: bytes) -> None:
    """Raises Refused with every reason, in words for the clerk."""
    try:
        check_file(content)
        filled_in(shape_of(kind), content, sample_words(kind))
    except BadTemplate as bad:
        raise Refused(*(reason if reason.endswith("。") else f"{reason}。" for reason in bad.reasons)) from bad


def sample_words(kind: PaperKind) -> dict[str, object]:
    code = {QR_WORD: SAMPLE_CODE if kind.layout.has_qr else ""}
    return in_words(kind, as_texts(kind, kind.sample), {**sample_standard(kind).words, **code})


def sample_standard(kind: PaperKind) -> Standard:
    """Number, issuer and day of a preview."""
    return Standard(f"某工{kind.series}〔2026〕12号", "某某区总工会", date(2026, 11, 21))


def check_file(content: bytes) -> None:
    """Raises BadTemplate for what is no plain Word document of a sane size."""
    if len(content) > MOST_BYTES:
        raise BadTemplate(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请删去或压缩里面的图片再上传")
    if content.startswith(_OLD_WORD):
        raise BadTemplate(f"这是旧版 .doc 文档，或者加了密码。{_RESAVE}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _check_parts(packed)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise BadTemplate(f"这不是 Word 文档（.docx），或者文件已经损坏。{_RESAVE}") from error


def _check_parts(packed: zipfile.ZipFile) -> None:
    parts = packed.infolist()
    names = {part.filename.lower() for part in parts}
    if _MAIN not in names:
        raise BadTemplate(f"这不是 Word 文档（.docx）。{_RESAVE}")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise BadTemplate("文档里的内容太多，请删去不需要的图片和页再上传")
    if any("vbaproject" in name or "activex" in name for name in names):
        raise BadTemplate(f"文档里有宏。{_RESAVE}，不要选“启用宏的文档”")
    if any("/embeddings/" in name for name in names):
        raise BadTemplate(_EMBEDDED)
    if not all(name.endswith(_KNOWN) for name in names) or len(names) < len(parts):
        raise BadTemplate(f"文档里有不认识的内容。{_RESAVE}")
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            _check_xml(part.filename.lower(), packed.read(part))


def _check_xml(name: str, xml: bytes) -> None:
    said = _ENCODING.search(xml[:200])
    if b"\0" in xml or b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or (said and said.group(1).lower() != b"utf-8"):
        raise BadTemplate(f"文档的内部格式不对。{_RESAVE}")
    if b"macroEnabled" in xml:
        raise BadTemplate(f"文档里有宏。{_RESAVE}，不要选“启用宏的文档”")
    try:
        root = etree.fromstring(xml, _parser())
    except etree.XMLSyntaxError as error:
        raise BadTemplate(f"文档已经损坏。{_RESAVE}") from error
    if name.endswith(".rels"):
        _check_links(root)
    if name == "_rels/.rels":
        mains = [
            each.get("Target", "").lstrip("/") for each in root if each.get("Type", "").endswith("/officeDocument")
        ]
        if mains != [_MAIN]:
            raise BadTemplate(f"文档的内部格式不对。{_RESAVE}")
    instructions = "".join(text for each in root.iter(_INSTRUCTION) for text in each.itertext())
    instructions += " ".join(each.get(_SIMPLE_FIELD, "") for each in root.iter())
    if _FETCHING.search(instructions.upper()):
        raise BadTemplate(_LINKED)


def _check_links(relationships: etree._Element) -> None:
    """A web address in the text is no harm; anything else that lies elsewhere would be fetched by whoever opens it."""
    for each in relationships:
        kind = each.get("Type", "").rpartition("/")[2]
        if each.get("TargetMode", "").lower() == "external" and kind != "hyperlink":
            raise BadTemplate(_LINKED)
        if kind == "aFChunk":
            raise BadTemplate(_EMBEDDED)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True)
