"""The page on which the rows of an imported roster are mended: by hand, by a block from a spreadsheet, everywhere at
once, or left out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.domains.enrolment import mending
from gongjia.domains.enrolment.rosters import IMPORTER
from gongjia.engines.intake import importing
from gongjia.kernel import audit
from gongjia.kernel.errors import Refused
from gongjia.kernel.paging import page_of
from gongjia.kernel.requests import Request

_SHOWN = {
    "bad": ("有问题", ("bad",)),
    "mended": ("已改", ("mended",)),
    "left_out": ("不导入", ("left_out",)),
    "changed": ("有变化", ("changed",)),
    "conflict": ("有冲突", ("conflict",)),
    "kept": ("撤销时保留", ("kept",)),
}


def rows(request: Request, *, subject: Any) -> HttpResponse:
    """The rows with something to tell; bad cells are mended here, one, a page, or the same mistake everywhere."""
    show = request.GET.get("show", "bad")
    show = show if show in _SHOWN else "bad"
    spec = IMPORTER.columns(subject.read_on)
    faults = mending.faults_of(subject, spec) if show == "bad" else []
    fault = request.GET.get("fault", "")
    fault = fault if fault in {each.field for each in faults} else ""
    base = reverse("enrolment:import_rows", args=[subject.reference])
    address = f"{base}?show={show}" + (f"&fault={fault}" if fault else "")
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            messages.success(request, _mend(request, subject))
            return redirect(address)
        except Refused as refused:
            reasons = refused.reasons
    chosen = mending.rows_of(subject, _SHOWN[show][1], fault=fault)
    page = page_of(chosen, by=("pk",), cursor=request.GET.get("cursor", ""), size=mending.PER_PAGE)
    if request.method != "POST":
        audit.opened(subject, by=request.actor, at=request.at)
    can_mend = subject.state == "checked"
    context = {
        "one": subject,
        "page": page,
        "lines": mending.lines_of(page.rows, subject, spec),
        "faults": [
            (each.zh, each.count, f"{base}?show=bad&fault={each.field}", each.field == fault) for each in faults
        ],
        "fault": fault,
        "show": show,
        "title": f"{_SHOWN[show][0]}的行",
        "tabs": [(zh, f"{base}?show={name}", name == show) for name, (zh, _) in _SHOWN.items()],
        "one_by_one": _one_by_one(subject),
        "can_mend": can_mend,
        "is_typed": can_mend and show in {"bad", "mended"},
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
    if "leave_out_picked" in request.POST:
        return _leave_out(given, [_row_key(each) for each in request.POST.getlist("pick")])
    changes: dict[str, dict[str, str]] = {}
    for name, text in request.POST.items():
        key, mark, field = name.partition(":")
        if mark:
            changes.setdefault(_row_key(key), {})[field] = str(text)
    only, _, field = request.POST.get("everywhere", "").partition(":")
    same = {only: {field: changes.get(_row_key(only), {}).pop(field, "")}} if field else {}
    count = importing.mend(**given, changes=changes)  # what else was typed on the page is kept as well
    if same:
        count += importing.mend(**given, changes=same, everywhere=field)
    return f"改好了 {count:,} 行。全部改完后点“重新核对”。" if count else "没有改动。"


def _leave_out(given: dict[str, Any], keys: list[str]) -> str:
    """Leave several rows out; each is a step of its own on the record."""
    if not keys:
        raise Refused("还没有选行：在左边打勾，再按“打勾的不导入”。")
    for key in keys[: mending.PER_PAGE]:
        importing.leave_out(**given, row_key=key, is_out=True)
    return f"{len(keys[: mending.PER_PAGE]):,} 行不导入了。"


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
