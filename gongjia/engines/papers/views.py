"""Files of issued papers. What a reader may open is decided by the route; what was opened is recorded."""

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from gongjia.engines.papers import files, queries
from gongjia.kernel import audit
from gongjia.kernel.paging import page_of
from gongjia.kernel.requests import Request


def mine(request: Request) -> HttpResponse:
    """What was issued to whoever is signed in."""
    rows = queries.papers_of_person(request.actor.person_id)
    page = page_of(rows, by=("-issued_at", "-pk"), cursor=request.GET.get("cursor", ""))
    return render(request, "papers/mine.html", {"page": page})


def docx(request: Request, *, subject: Any) -> HttpResponse:
    """The Word file of an issued paper."""
    _opened(request, subject)
    return attachment(files.docx_of(subject), f"{_name(subject)}.docx", files.DOCX)


def pdf(request: Request, *, subject: Any) -> HttpResponse:
    """The PDF; where none can be made here, what to do instead."""
    return _pdf(request, subject, base_template="theme/work.html", docx="papers:docx")


def my_pdf(request: Request, *, subject: Any) -> HttpResponse:
    """The same for whom the paper is about."""
    return _pdf(request, subject, base_template="theme/service.html", docx="papers:my_docx")


def _pdf(request: Request, subject: Any, *, base_template: str, docx: str) -> HttpResponse:
    made = files.pdf_of(subject)
    if made is None:
        address = reverse(docx, args=[subject.reference])
        context = {"paper": subject, "base_template": base_template, "docx_url": address}
        return render(request, "papers/no_pdf.html", context, status=409)
    _opened(request, subject)
    return attachment(made, f"{_name(subject)}.pdf", "application/pdf")


def _name(paper: Any) -> str:
    """Of a file that lies in a folder among others."""
    return f"{'（已作废）' if paper.void_at else ''}{paper.title}{paper.number_zh}"


def _opened(request: Request, paper: Any) -> None:
    audit.record("papers.open", by=request.actor, at=request.at, subject=paper, about_person_id=paper.person_id)


def attachment(content: bytes, name: str, kind: str) -> HttpResponse:
    """A file to keep: never shown as a page of ours, never kept by what stands between."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "private, no-store"
    return answer
