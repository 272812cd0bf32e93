"""The files of an issued paper, made when they are asked for from what was sealed."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from gongjia.engines.papers import pdf, word
from gongjia.engines.papers.facts import text_of
from gongjia.engines.papers.models import Paper
from gongjia.engines.papers.queries import content_of_template, contents_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OFFICE_SECONDS = 60


def docx_of(paper: Paper) -> bytes:
    """By the clerk's template that was in force at issue, or the shipped one. Raises queries.Altered."""
    kept = contents_of(paper)
    if paper.template_id is None:
        made = word.written(kept["composed"])
    else:
        made = word.filled_in(kept["shape"], content_of_template(paper.template_id), kept["words"])
    return word.voided(made, text_of(paper.void_at)) if paper.void_at else made


def pdf_of(paper: Paper) -> bytes | None:
    """By the layout; from the Word file where a clerk's template was in force; None where nothing here can do that."""
    if paper.template_id is not None:
        return pdf_of_word(docx_of(paper))
    composed = contents_of(paper)["composed"]
    return pdf.drawn(composed["style"], {**composed, "void": bool(paper.void_at)})


def can_turn_word_into_pdf() -> bool:
    return _office() is not None


def _office() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def pdf_of_word(content: bytes) -> bytes | None:
    """By LibreOffice in a folder and profile of its own, which are gone afterwards; None without one."""
    program = _office()
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "paper.docx").write_bytes(content)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", name, str(folder / "paper.docx")]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=OFFICE_SECONDS)  # noqa: S603 - no input in it
            return (folder / "paper.pdf").read_bytes()
        except (subprocess.SubprocessError, OSError):
            return None
