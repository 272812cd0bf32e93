"""The pages on which a roster is imported: send, see what was recognised, try, commit, undo; mending_views.py mends."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.organisations.queries import own_of
from gongjia.domains.enrolment.import_forms import UploadForm
from gongjia.domains.enrolment.roster_words import refusal
from gongjia.domains.enrolment.rosters import IMPORTER, KIND
from gongjia.engines.intake import importing, recognising
from gongjia.engines.intake import queries as intake
from gongjia.engines.intake.core import Unreadable
from gongjia.engines.intake.heading_form import heading_form
from gongjia.kernel import audit
from gongjia.kernel.errors import Refused
from gongjia.kernel.forms import status_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_reference
from gongjia.kernel.requests import Request

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def my_imports(request: Request) -> HttpResponse:
    """The rosters that one has sent, the newest first."""
    rows = intake.imports_sent_by(request.actor.account_id, KIND)
    page = page_of(rows, by=("-sent_at", "-pk"), cursor=request.GET.get("cursor", ""))
    own = own_of(request.actor.paths_for("memberships.write"))
    return render(request, "enrolment/my_imports.html", {"page": page, "own": own, "why_not": refusal(own)})


def imports(request: Request, *, subject: Any) -> HttpResponse:
    """The rosters of one union, and the form for the next."""
    form = UploadForm(request.POST or None, request.FILES or None, initial={"key": new_reference()})
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        given: dict[str, Any] = {
            "organisation": subject, "kind": KIND, "name": file.name, "by": request.actor, "at": request.at,
        }  # fmt: skip
        try:
            with recognising.sheet_recognised(chunks=file.chunks(), **given) as sheet:  # before the write begins
                one = importing.send(sheet=sheet, key=form.cleaned_data["key"], **given)
            return redirect("enrolment:import", reference=one.reference)
        except Refused as refused:
            reasons = refused.reasons
    page = page_of(intake.imports_of(subject, KIND), by=("-sent_at", "-pk"), cursor=request.GET.get("cursor", ""))
    context = {
        "organisation": subject,
        "page": page,
        "form": form,
        "reasons": reasons,
        "why_not": refusal(subject),
        "crumbs": [(subject.name, reverse("work:union", args=[subject.reference]))],
        "tree_at": subject.reference,
    }
    return render(request, "enrolment/imports.html", context, status=status_of(form, reasons))


def one_import(request: Request, *, subject: Any) -> HttpResponse:
    """One import: how far it is, what was recognised, what would happen, and what to do next."""
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            _act(request, subject)
            return redirect("enrolment:import", reference=subject.reference)
        except Refused as refused:
            reasons = refused.reasons
            subject = intake.import_by_reference(subject.reference)
    names = {column.field: column.zh for column in IMPORTER.columns(subject.read_on).columns}
    context = {
        "one": subject,
        "reasons": reasons,
        "recognised": [
            {**part, "columns": [(names.get(field, field), written) for field, (_, written) in part["columns"].items()]}
            for part in subject.parts
        ],
        "is_at_work": subject.state in subject.AT_WORK,
        "done": _done(subject),
        "is_over": importing.is_over(subject, request.at),
        "only_bad": importing.marks_only_bad(subject),
        "can_undo": importing.can_undo(subject, request.at),
        "undo_until": subject.committed_at and subject.committed_at + importing.UNDO_WITHIN,
        "crumbs": [("花名册导入", reverse("enrolment:imports", args=[subject.organisation.reference]))],
        "tree_at": subject.organisation.reference,
    }
    return render(request, "enrolment/import.html", context, status=409 if reasons else 200)


def _act(request: Request, subject: Any) -> None:
    """Do what was pressed. Raises Refused."""
    given = {"one": subject, "by": request.actor, "at": request.at}
    acts: dict[str, Callable[[], Any]] = {
        "check": lambda: importing.check_again(**given),
        "commit": lambda: importing.commit(**given, takes_changes="takes_changes" in request.POST),
        "undo": lambda: importing.undo(**given),
    }
    act = acts.get(request.POST.get("act", ""))
    if act is None:
        raise Refused("不知道要办什么，请刷新页面后再按一次按钮。")
    act()


def _done(one: Any) -> int:
    """How far it is; not shown as done before the work is over, so that the bar goes on asking."""
    return min(one.done, one.total - 1) if one.total else int(one.done)


def progress(request: Request, *, subject: Any) -> HttpResponse:
    """The bar of an import at work, asked for again and again; reloads the page when it has ended."""
    response = render(request, "enrolment/import_progress.html", {"one": subject, "done": _done(subject)})
    if subject.state not in subject.AT_WORK:
        response["HX-Refresh"] = "true"
    return response


def heading(request: Request, *, subject: Any) -> HttpResponse:
    """Where the heading is and which column holds what, by hand; kept for the next sheet that looks the same."""
    importing.check_correctable(subject, request.at)
    sheets = _first_rows(subject)
    sheet = request.GET.get("sheet", next(iter(sheets), ""))
    form, row = heading_form(
        request.POST or None,
        spec=IMPORTER.columns(subject.read_on),
        parts=subject.parts,
        sheet=sheet,
        rows=sheets.get(sheet, []),
        asked=request.GET.get("row", ""),
    )
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        said = {"heading_row": form.cleaned_data["heading_row"], "columns": form.columns, "sheet": sheet}
        try:
            read = recognising.correction_read(one=subject, at=request.at, **said)  # before the write begins
            importing.correct(one=subject, sheet=read, by=request.actor, at=request.at)
            return redirect("enrolment:import", reference=subject.reference)
        except Refused as refused:
            reasons = refused.reasons
    if request.method != "POST":
        audit.opened(subject, by=request.actor, at=request.at)
    context = {
        "one": subject,
        "form": form,
        "reasons": reasons,
        "sheets": list(sheets),
        "sheet": sheet,
        "row": row,
        "rows": list(enumerate(sheets.get(sheet, []), 1)),
        "crumbs": [("导入", reverse("enrolment:import", args=[subject.reference]))],
    }
    status = status_of(form, reasons)
    return render(request, "enrolment/import_heading.html", context, status=status)


def _first_rows(subject: Any) -> dict[str, list[list[str]]]:
    """With numbers of persons covered; none where the file cannot be opened any more."""
    try:
        return recognising.first_rows(subject)
    except (Unreadable, OSError):
        return {}


def sheet(request: Request, *, subject: Any) -> HttpResponse:
    """The sender's own sheet back, bad cells red and a column of reasons."""
    try:
        content = importing.marked_sheet(subject)
    except Unreadable as unreadable:
        raise Refused(str(unreadable)) from unreadable
    audit.opened(subject, by=request.actor, at=request.at)
    response = HttpResponse(content, content_type=_XLSX)
    response["Content-Disposition"] = f'attachment; filename="roster-{subject.reference}.xlsx"'
    return response
