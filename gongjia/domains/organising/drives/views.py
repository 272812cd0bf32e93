"""The pages of drives (攻坚行动): the list, one with its funnel and unions, opening, amending, ending, the workbook."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.organisations.queries import own_of
from gongjia.backbone.organisations.words import Kind
from gongjia.domains.organising import params
from gongjia.domains.organising.drives import queries, services
from gongjia.domains.organising.drives.forms import DriveForm, EndForm
from gongjia.domains.organising.drives.rows import scope_zh
from gongjia.domains.organising.drives.shown import bar_of, funnel_of, head_of, lines_of, said_of
from gongjia.domains.organising.drives.words import DEFINITIONS, Beside, DriveState, Stage
from gongjia.kernel.errors import Refused, Stale
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_reference
from gongjia.kernel.requests import Request

_MAY = "organising.drive"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def drives(request: Request) -> HttpResponse:
    """The drives that the reach shows, the newest first, each with what it has come to."""
    today = today_of(request.at)
    page = page_of(queries.listed(), by=("-from_on", "-pk"), cursor=request.GET.get("cursor", ""))
    done = queries.done_in(page.rows)
    lines = [
        (each, head_of(each, on=today), done[each.pk], _leads_url(each, stage=Stage.ORGANISED)) for each in page.rows
    ]
    context = {"page": page, "lines": lines, "may_open": _may_open(request), "definitions": DEFINITIONS}
    return render(request, "organising/drives.html", context)


def _may_open(request: Request) -> bool:
    """Whether the actor works at a federation: others have their part in a drive of it."""
    return request.actor.may(_MAY) and own_of(request.actor.paths_for(_MAY)).kind == Kind.FEDERATION


def _leads_url(drive: Any, **asked: str) -> str:
    return f"{reverse('organising:leads')}?{urlencode({'drive': drive.reference, **asked})}"


def drive(request: Request, *, subject: Any) -> HttpResponse:
    """One drive: target and pace, the funnel, who does how much, why employers refuse."""
    today = today_of(request.at)
    found = queries.board(subject, on=today)
    is_whole = queries.sees_all(subject, request.actor)
    target = queries.target_of(subject, found, request.actor)
    done = found.counts[Stage.ORGANISED]
    pace = queries.pace_of(subject, on=today, target=target, done=done)
    url = _leads_url(subject)
    context = {
        "drive": subject,
        "head": head_of(subject, on=today),
        "scope_zh": scope_zh(subject),
        "is_whole": is_whole,
        "board": found,
        "target": target,
        "done": done,
        "pace": pace,
        "said": said_of(subject, pace, on=today),
        **bar_of(pace),
        "days_zh": f"/ {pace.days} 天",
        "funnel": funnel_of(found.counts, url),
        "beside": [
            (Beside(code).label, found.counts[code], f"{url}&stage={code}", DEFINITIONS[code]) for code in Beside.values
        ],
        "rates": [("全部", *found.rate()), *((f"{size} 人以上的", *found.rate(size)) for size in queries.SIZES)],
        "lines": lines_of(found.lines, url),
        "reasons": [(zh, n, f"{url}&refusal={code}") for code, zh, n in queries.refusal_reasons(subject)],
        "median": queries.median_days(subject) if done else None,
        "members": queries.new_members(subject) if found.counts[Stage.FOUNDING] else 0,
        "stall_days": params.stall_days(on=today),
        "stalled_url": f"{url}&stalled=on",
        "done_link": f"{url}&stage={Stage.ORGANISED}" if done else "",
        "definitions": DEFINITIONS,
        "may_amend": _is_open(subject, request) and request.actor.may(_MAY, path=subject.organisation.path),
        "tree_at": subject.organisation.reference,
    }
    return render(request, "organising/drive.html", context)


def _is_open(subject: Any, request: Request) -> bool:
    return subject.state_on(today_of(request.at)) in {DriveState.PLANNED, DriveState.RUNNING}


def open_drive(request: Request) -> HttpResponse:
    """Open a drive; who shares its target can be proposed first."""
    own = own_of(request.actor.paths_for(_MAY))
    form = DriveForm(request.POST or None, organisation=own, today=today_of(request.at))
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        if "propose" in request.POST:
            return _proposed(request, form)
        try:
            made = services.open_drive(organisation=own, **_sent(request, form))
            messages.success(request, f"“{made.name}”已经开展。")
            return redirect("organising:drive", reference=made.reference)
        except Refused as refused:
            reasons = refused.reasons
    return _form_page(request, form, reasons)


def amend(request: Request, *, subject: Any) -> HttpResponse:
    """Change a drive; a union with a target in it sees it and changes nothing."""
    request.actor.require(_MAY, path=subject.organisation.path)
    form = DriveForm(request.POST or None, organisation=subject.organisation, today=today_of(request.at), drive=subject)
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        if "propose" in request.POST:
            return _proposed(request, form)
        try:
            services.amend_drive(drive=subject, version=form.cleaned_data["version"] or 0, **_sent(request, form))
            messages.success(request, "已经改好。")
            return redirect("organising:drive", reference=subject.reference)
        except Refused as refused:
            reasons = refused.reasons
        except Stale:
            reasons = ("这个行动刚刚被别人修改过，您填的没有写进去。请打开行动看看现在的内容，再改。",)
    return _form_page(request, form, reasons)


def _sent(request: Request, form: DriveForm) -> dict[str, Any]:
    sent = {"by": request.actor, "at": request.at, "key": request.POST.get("key", "")}
    return {"facts": form.facts, "targets": form.targets, **sent}


def _proposed(request: Request, form: DriveForm) -> HttpResponse:
    again, waiting = form.proposed()
    why = "" if waiting else "范围里没有还没筹建的单位，分不出来。请自己填，或者放宽范围。"
    return _form_page(request, again, (), said=why or f"已按 {waiting:,} 家还没有筹建的单位分好，可以再改。")


def _shared(form: DriveForm) -> tuple[int, int]:
    """How much of the target has been given to unions, and the target; as typed, or as the drive stands."""
    if form.is_bound:
        return (sum(form.targets.values()), form.cleaned_data["target"]) if form.is_valid() else (0, 0)
    drive = form.drive
    return (sum(queries.targets_of(drive).values()), drive.target) if drive else (0, 0)


def _form_page(request: Request, form: DriveForm, reasons: tuple[str, ...], *, said: str = "") -> HttpResponse:
    if not form.is_bound:
        form.hint(form.weights())
    shared, target = _shared(form)
    context = {
        "form": form,
        "drive": form.drive,
        "own": form.organisation,
        "reasons": reasons,
        "said": said,
        "shared": shared,
        "target": target,
        "missing": (missing := target - shared),
        "over": -missing,
        "key": request.POST.get("key") or new_reference(),
    }
    failed = form.is_bound and (form.errors or reasons)
    return render(request, "organising/drive_form.html", context, status=422 if failed else 200)


def end(request: Request, *, subject: Any) -> HttpResponse:
    """End a drive before its last day."""
    request.actor.require(_MAY, path=subject.organisation.path)
    form = EndForm(request.POST or None, initial={"version": subject.version})
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        asked = form.cleaned_data
        try:
            services.end_drive(drive=subject, **asked, by=request.actor, at=request.at)
            messages.success(request, f"“{subject.name}”已经提前结束。")
            return redirect("organising:drive", reference=subject.reference)
        except Refused as refused:
            reasons = refused.reasons
        except Stale:
            reasons = ("这个行动刚刚被别人修改过，没有结束。请打开行动看看现在的内容，再办。",)
    context = {
        "title": "提前结束行动",
        "why": f"“{subject.name}”的起止是 {head_of(subject, on=today_of(request.at)).days_zh}。",
        "consequences": ("今天以后建会的单位不再算进这个行动。", "已有的数和名单都保留，不能再改，也不能恢复。"),
        "form": form,
        "reasons": reasons,
        "submit_zh": "提前结束",
        "cancel_url": reverse("organising:drive", args=[subject.reference]),
    }
    return render(request, "theme/confirm.html", context, status=422 if form.errors or reasons else 200)


def export(request: Request, *, subject: Any) -> HttpResponse:
    """The progress of a drive as a workbook."""
    own = own_of(request.actor.paths_for("organising.see"))
    content = services.export_drive(organisation=own, drive=subject, by=request.actor, at=request.at)
    response = HttpResponse(content, content_type=_WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="drive-{today_of(request.at):%Y%m%d}.xlsx"'
    return response
