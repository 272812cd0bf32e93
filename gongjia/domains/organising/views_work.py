"""The pages of work on leads: the work list by groups, who does it, where it is."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.organisations.queries import own_of
from gongjia.domains.organising import params, queries, services, worklist
from gongjia.domains.organising.flow import next_from_refusal
from gongjia.domains.organising.forms import EntrustForm, GroupForm, LeadFilter, PlaceForm, StepForm, VisitForm
from gongjia.domains.organising.views import made_from
from gongjia.domains.organising.words import GROUPS
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.references import new_reference
from gongjia.kernel.requests import Request

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def work_list(request: Request) -> HttpResponse:
    """Leads counted by township, community, site, union, owner or progress; each count opens its rows."""
    today = today_of(request.at)
    form = LeadFilter(request.GET, today=today)
    by = GroupForm({"by": request.GET.get("by", "")}).chosen
    asked = {name: str(value) for name, value in request.GET.items() if name in form.fields and value}
    days = params.stall_days(on=today)
    last = worklist.last_step_before(today, days)
    context = {
        "lines": worklist.groups(queries.leads(**form.asked()), by=by, asked=asked, last=last),
        "by": by,
        "by_zh": dict(GROUPS)[by],
        "tabs": [(zh, f"?{_with(request, by=code)}", code == by) for code, zh in GROUPS],
        "form": form,
        "narrowed": form.narrowed(),
        "days": days,
        "most": worklist.MOST_GROUPS,
    }
    return render(request, "organising/work_list.html", context)


def _with(request: Request, **more: str) -> str:
    asked = request.GET.copy()
    for name, value in more.items():
        asked[name] = value
    return asked.urlencode()


def export(request: Request) -> HttpResponse:
    """The work list of a filter as a workbook; back to the list with the reason where it is too long."""
    form = LeadFilter(request.POST, today=today_of(request.at))
    asked = form.asked()
    own = own_of(request.actor.paths_for("organising.see"))
    try:
        content = services.export_leads(organisation=own, asked=asked, by=request.actor, at=request.at)
    except Refused as refused:
        messages.error(request, "；".join(refused.reasons))
        return redirect("organising:leads")
    response = HttpResponse(content, content_type=_WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="leads-{today_of(request.at):%Y%m%d}.xlsx"'
    return response


def arrange(request: Request, *, subject: Any) -> HttpResponse:
    """Who works on a lead and when the employer is met next; and where it is."""
    today = today_of(request.at)
    entrust = EntrustForm(request.POST if "entrust" in request.POST else None, lead=subject, today=today)
    place = PlaceForm(request.POST if "place" in request.POST else None, lead=subject)
    reasons: tuple[str, ...] = ()
    try:
        if done := _arranged(request, subject, entrust, place):
            messages.success(request, done)
            return redirect(reverse("organising:lead", args=[subject.reference]))
    except Refused as refused:
        reasons = refused.reasons
        subject = queries.lead_by_reference(subject.reference)
    failed = entrust.errors or place.errors or reasons
    facts = {"lead": subject, "entrust": entrust, "place": place, "reasons": reasons, "key": new_reference()}
    facts["version"] = made_from(request, subject, reasons)
    return render(request, "organising/arrange.html", facts, status=422 if failed else 200)


def _arranged(request: Request, subject: Any, entrust: EntrustForm, place: PlaceForm) -> str:
    """What was done, in words; "" where nothing was sent or it cannot be taken."""
    sent = {"lead": subject, "by": request.actor, "at": request.at, "key": request.POST.get("key", "")}
    if entrust.is_valid():
        asked = entrust.cleaned_data
        services.entrust(owner=entrust.chosen, next_on=asked["next_on"], version=asked["version"], **sent)
        return f"已经记下：由{entrust.chosen.name}负责。"
    if place.is_valid():
        services.place_lead(**place.cleaned_data, **sent)
        return "地点已经改好，以后的比对不再改它。"
    return ""


def visit(request: Request, *, subject: Any) -> HttpResponse:
    """Keep a visit, on a phone as a rule. The page's script sends the form by itself and keeps its codes meanwhile; its
    sending is answered by an address, so that it knows that the visit has arrived."""
    today = today_of(request.at)
    form = VisitForm(request.POST or None, today=today)
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        try:
            services.record_visit(
                lead=subject, said=asdict(form.said), by=request.actor, at=request.at, key=request.POST.get("key", "")
            )
            return _kept(request, reverse("organising:lead", args=[subject.reference]))
        except Refused as refused:
            reasons = refused.reasons
    facts = {"lead": subject, "form": form, "reasons": reasons, "key": request.POST.get("key") or new_reference()}
    return render(request, "organising/visit.html", facts, status=422 if form.errors or reasons else 200)


def _kept(request: Request, address: str) -> HttpResponse:
    messages.success(request, "走访已经记下。")
    return JsonResponse({"next": address}) if request.headers.get("X-Kept") else redirect(address)


def refusal(request: Request, *, subject: Any) -> HttpResponse:
    """The next step from a refusal: written reminder, report, request to the labour authority."""
    move = next_from_refusal(subject.progress)
    form = StepForm(request.POST or None, label=move.needs["reason"] if move else "说明")
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        try:
            services.take_step(
                lead=subject,
                move_code=request.POST.get("move", ""),
                words=form.cleaned_data["words"],
                version=form.cleaned_data["version"],
                by=request.actor,
                at=request.at,
                key=request.POST.get("key", ""),
            )
            messages.success(request, "已经记下。")
            return redirect("organising:lead", reference=subject.reference)
        except Refused as refused:
            reasons = refused.reasons
            subject = queries.lead_by_reference(subject.reference)
            move = next_from_refusal(subject.progress)
    may = move is not None and request.actor.may(move.may, path=subject.organisation.path)
    facts = {"lead": subject, "form": form, "move": move, "may": may, "reasons": reasons, "key": new_reference()}
    facts["version"] = made_from(request, subject, reasons)
    return render(request, "organising/refusal.html", facts, status=422 if form.errors or reasons else 200)
