"""The pages on which a roster is imported: send, see what was recognised, mend, try, commit, undo."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.organisations.queries import own_of
from gongjia.domains.enrolment.import_forms import HeadingForm, UploadForm
from gongjia.domains.enrolment.roster_words import refusal
from gongjia.domains.enrolment.rosters import IMPORTER, KIND
from gongjia.engines.intake import importing, recognising
from gongjia.engines.intake import queries as intake
from gongjia.engines.intake.core import Unreadable
from gongjia.kernel import audit
from gongjia.kernel.errors import Refused
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_reference
from gongjia.kernel.requests import Request

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN = {
    "bad": ("有问题", ("bad",)),
    "mended": ("已改", ("mended",)),
    "left_out": ("不导入", ("left_out",)),
    "changed": ("有变化", ("changed",)),
    "conflict": ("有冲突", ("conflict",)),
    "kept": ("撤销时保留", ("kept",)),
}


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
    return render(request, "enrolment/imports.html", context, status=409 if reasons else 422 if form.errors else 200)


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


def progress(request: Request, *, subject: Any) -> HttpResponse:
    """The bar of an import at work, asked for again and again; reloads the page when it has ended."""
    response = render(request, "enrolment/import_progress.html", {"one": subject})
    if subject.state not in subject.AT_WORK:
        response["HX-Refresh"] = "true"
    return response


def heading(request: Request, *, subject: Any) -> HttpResponse:
    """Where the heading is and which column holds what, by hand; kept for the next sheet that looks the same."""
    importing.check_correctable(subject, request.at)
    sheets = _first_rows(subject)
    sheet = request.GET.get("sheet", next(iter(sheets), ""))
    form, row = _heading_form(request, subject, sheet, sheets.get(sheet, []))
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
    status = 409 if reasons else 422 if form.errors else 200
    return render(request, "enrolment/import_heading.html", context, status=status)


def _heading_form(request: Request, subject: Any, sheet: str, rows: list[list[str]]) -> tuple[HeadingForm, int]:
    """The form over the cells of the row that is, or is asked to be, the heading."""
    unknown: dict[str, Any] = {"heading_row": 1, "columns": {}}
    part = next((each for each in subject.parts if each["sheet"] == sheet), unknown)
    row = _number(request.GET.get("row", ""), part["heading_row"])
    width = max((len(each) for each in rows), default=0)
    texts = rows[row - 1] if 0 < row <= len(rows) else []
    form = HeadingForm(
        request.POST or None,
        spec=IMPORTER.columns(subject.read_on),
        texts=[*texts, *[""] * (width - len(texts))],
        found=part["columns"] if row == part["heading_row"] else {},
        initial={"heading_row": row},
    )
    return form, row


def _first_rows(subject: Any) -> dict[str, list[list[str]]]:
    """With numbers of persons covered; none where the file cannot be opened any more."""
    try:
        return recognising.first_rows(subject)
    except (Unreadable, OSError):
        return {}


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 3 else otherwise


def rows(request: Request, *, subject: Any) -> HttpResponse:
    """The rows with something to tell; bad cells are mended here, one, a page, or the same mistake everywhere."""
    show = request.GET.get("show", "bad")
    show = show if show in _SHOWN else "bad"
    address = f"{reverse('enrolment:import_rows', args=[subject.reference])}?show={show}"
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            messages.success(request, _mend(request, subject))
            return redirect(address)
        except Refused as refused:
            reasons = refused.reasons
    page = page_of(intake.rows_of_import(subject, *_SHOWN[show][1]), by=("pk",), cursor=request.GET.get("cursor", ""))
    if request.method != "POST":
        audit.opened(subject, by=request.actor, at=request.at)
    base = reverse("enrolment:import_rows", args=[subject.reference])
    context = {
        "one": subject,
        "page": page,
        "rows": intake.shown(page.rows, subject, IMPORTER.columns(subject.read_on)),
        "show": show,
        "title": f"{_SHOWN[show][0]}的行",
        "tabs": [(zh, f"{base}?show={name}", name == show) for name, (zh, _) in _SHOWN.items()],
        "one_by_one": _one_by_one(subject),
        "can_mend": subject.state == "checked",
        "reasons": reasons,
        "crumbs": [("导入", reverse("enrolment:import", args=[subject.reference]))],
    }
    return render(request, "enrolment/import_rows.html", context, status=409 if reasons else 200)


def _mend(request: Request, subject: Any) -> str:
    """Take what was typed, or leave a row out or in; what to say of it. Raises Refused."""
    given = {"one": subject, "by": request.actor, "at": request.at}
    if key := request.POST.get("leave_out", "") or request.POST.get("take_in", ""):
        importing.leave_out(**given, row_key=_row_key(key), is_out="leave_out" in request.POST)
        return "这一行不导入了。" if "leave_out" in request.POST else "这一行又放回来了。"
    changes: dict[str, dict[str, str]] = {}
    for name, text in request.POST.items():
        key, mark, field = name.partition(":")
        if mark:
            changes.setdefault(_row_key(key), {})[field] = str(text)
    only, _, field = request.POST.get("everywhere", "").partition(":")
    if field:
        key = _row_key(only)
        changes = {key: {field: changes.get(key, {}).get(field, "")}}
    count = importing.mend(**given, changes=changes, everywhere=field)
    return f"改好了 {count:,} 行。全部改完后点“重新核对”。" if count else "没有改动。"


def _one_by_one(subject: Any) -> str:
    """The field of the number that each person has alone: nobody gets that of another."""
    once = IMPORTER.columns(subject.read_on).once
    return once.key if once else ""


def _row_key(text: str) -> str:
    """Raises Refused for what is no key of a row."""
    try:
        return str(UUID(text))
    except ValueError:
        raise Refused("表单里的行号不对，内容没有保存。请刷新页面后再改。") from None


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
