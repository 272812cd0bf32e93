"""The union's side of joining: applications to decide, and at the county those that no union has yet."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.employers.queries import coverage_of
from gongjia.domains.enrolment import nearest, params, queries, services
from gongjia.domains.enrolment.forms import ApproveForm, AssignForm, RefuseForm, SendBackForm
from gongjia.domains.enrolment.words import INDUSTRY_OF_GROUP, RefusalReason
from gongjia.engines.casework.queries import timeline_of
from gongjia.kernel.errors import Refused
from gongjia.kernel.forms import status_of
from gongjia.kernel.masking import mask_identity
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.requests import Request

#: The lists of applications: their words, rows and order.
_TABS: dict[str, tuple[str, Callable[[], Any], tuple[str, str]]] = {
    "": ("等待审批", queries.waiting, ("opened_at", "pk")),
    "pool": ("还没有工会", queries.pooled, ("due_at", "pk")),
    "returned": ("等本人修改", queries.returned, ("opened_at", "pk")),
    "decided": ("已办", queries.decided, ("-closed_at", "-pk")),
}


def waiting(request: Request) -> HttpResponse:
    """Applications that wait for the union or the applicant, oldest first; or are over, newest first. Those without a
    union stand by the time that is left, so that the late ones come first."""
    may_assign = request.actor.may("enrolment.assign")
    tab = request.GET.get("tab", "")
    tab = tab if tab in _TABS and (tab != "pool" or may_assign) else ""
    zh, rows, by = _TABS[tab]
    page = page_of(rows(), by=by, cursor=request.GET.get("cursor", ""))
    address = reverse("enrolment:waiting")
    tabs = [
        (each[0], f"{address}?tab={name}" if name else address, name == tab)
        for name, each in _TABS.items()
        if name != "pool" or may_assign
    ]
    late = queries.pooled(late_at=request.at).count() if tab == "pool" else 0
    context = {"page": page, "tab": tab, "tabs": tabs, "tab_zh": zh, "late": late, "now": request.at}
    return render(request, "enrolment/waiting.html", context)


def review(request: Request, *, subject: Any) -> HttpResponse:
    """One application as the union sees it: approve, or send back with a reason. To refuse is a step of its own."""
    is_back = "send_back" in request.POST
    known = queries.known_of(subject) if subject.closed_at is None else queries.Known()
    if subject.is_pooled and "assign" in request.POST:
        return _assign(request, subject)
    back, yes = SendBackForm(request.POST if is_back else None), None
    if known.needs_vouching:
        yes = ApproveForm(request.POST if "approve" in request.POST else None)
    form = back if is_back else yes
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            if done := _decided(request, subject, form):
                messages.success(request, done)
                return redirect("enrolment:waiting")
        except Refused as refusal:
            reasons = refusal.reasons
            subject = queries.application_by_reference(subject.reference)  # as it stands, not as it was tried
    context = _context(subject) | {
        "known": known,
        "form": form,
        "back": back,
        "yes": yes,
        "reasons": reasons,
        "assign": _assign_form(request, subject) if subject.is_pooled else None,
        "is_late": subject.is_pooled and subject.due_at < request.at,
    }
    is_wrong = form is not None and bool(form.errors)
    return render(request, "enrolment/review.html", context, status=409 if reasons else 422 if is_wrong else 200)


def _context(subject: Any) -> dict[str, Any]:
    """What the page of an application shows, whatever was pressed."""
    return {
        "application": subject,
        "id_masked": mask_identity(subject.reveal("id_number")),
        "known": queries.Known(),
        "back": SendBackForm(),
        "steps": timeline_of(subject),
        "crumbs": [("入会审批", reverse("enrolment:waiting"))],
        "tree_at": subject.organisation.reference,
    }


def _assign(request: Request, subject: Any) -> HttpResponse:
    """Give an application that has no union to one."""
    form = _assign_form(request, subject)
    reasons: tuple[str, ...] = ()
    if form.is_valid() and form.union is not None:
        try:
            services.assign(application=subject, to=form.union, by=request.actor, at=request.at)
        except Refused as refusal:
            reasons = refusal.reasons
            subject = queries.application_by_reference(subject.reference)
        else:
            messages.success(request, f"{subject.name}的申请已经转给{form.union.name}。")
            return redirect(f"{reverse('enrolment:waiting')}?tab=pool")
    context = _context(subject) | {"assign": form, "form": form, "reasons": reasons}
    return render(request, "enrolment/review.html", context, status=409 if reasons else 422)


def _assign_form(request: Request, subject: Any) -> AssignForm:
    """With the unions that can take the worker, the nearest first, and why."""
    region = subject.region or subject.organisation.region
    group_zh = subject.get_group_display() if subject.group else ""
    industry = INDUSTRY_OF_GROUP.get(subject.group, "")
    has_no_union = subject.employer is not None and coverage_of(subject.employer) is None
    sought = nearest.Sought(region.code, subject.group, industry, group_zh, has_no_union=has_no_union)
    words = params.trades(on=today_of(request.at))
    proposed = nearest.proposals(sought, queries.candidates(sought, words=words))
    choices = [(each.candidate.reference, f"{each.candidate.name}（{each.why}）") for each in proposed]
    return AssignForm(request.POST if "assign" in request.POST else None, proposed=choices)


def _decided(request: Request, subject: Any, form: ApproveForm | SendBackForm | None) -> str:
    """Do what was pressed; what to say of it, "" when the form is to be mended. Raises Refused."""
    if form is not None and not form.is_valid():
        return ""
    if isinstance(form, SendBackForm):
        _send_back(request, subject, form, final=False)
        return f"已经退回，请{subject.name}修改。"
    if "approve" not in request.POST:
        return ""
    key = request.POST.get("key", "")
    services.approve(application=subject, has_seen_card=form is not None, by=request.actor, at=request.at, key=key)
    return f"{subject.name}已经入会。"


def _send_back(request: Request, subject: Any, form: SendBackForm | RefuseForm, *, final: bool) -> None:
    """Raises Refused."""
    services.send_back(
        application=subject,
        reason=RefusalReason(form.cleaned_data["reason"]),
        words=form.cleaned_data["words"],
        final=final,
        by=request.actor,
        at=request.at,
    )


def refuse(request: Request, *, subject: Any) -> HttpResponse:
    """Refuse an application: the reason is chosen, what it means is read, and then it is done."""
    if subject.closed_at is not None:
        return redirect("enrolment:review", reference=subject.reference)
    form = RefuseForm(request.POST if request.method == "POST" else None)
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            _send_back(request, subject, form, final=True)
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            messages.success(request, f"没有通过{subject.name}的申请，原因已经告诉本人。")
            return redirect("enrolment:waiting")
    review_url = reverse("enrolment:review", args=[subject.reference])
    context = {
        "title": f"不予通过{subject.name}的申请",
        "why": f"申请加入{subject.organisation.name}。只要改一改就能通过的，请用“退回修改”。",
        "consequences": ["这份申请就此结束，不能恢复；本人可以重新申请。", "本人会看到您选的原因和写的话。"],
        "form": form,
        "reasons": reasons,
        "submit_zh": "确认不予通过",
        "cancel_url": review_url,
        "crumbs": [("入会审批", reverse("enrolment:waiting")), (subject.name, review_url)],
        "tree_at": subject.organisation.reference,
    }
    return render(request, "theme/confirm.html", context, status=status_of(form, reasons))
