"""The union's side of joining: applications to decide, and posters."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.domains.enrolment import qr, queries, services
from gongjia.domains.enrolment.forms import ApproveForm, PosterForm, RefuseForm, SendBackForm
from gongjia.domains.enrolment.words import RefusalReason
from gongjia.engines.casework.queries import timeline_of
from gongjia.kernel.errors import Refused
from gongjia.kernel.masking import mask_identity
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request

#: The lists of applications: their words, rows and order.
_TABS: dict[str, tuple[str, Callable[[], Any], tuple[str, str]]] = {
    "": ("等待审批", queries.waiting, ("opened_at", "pk")),
    "returned": ("等本人修改", queries.returned, ("opened_at", "pk")),
    "decided": ("已办", queries.decided, ("-closed_at", "-pk")),
}


def waiting(request: Request) -> HttpResponse:
    """Applications that wait for the union or the applicant, oldest first; or are over, newest first."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in _TABS else ""
    zh, rows, by = _TABS[tab]
    page = page_of(rows(), by=by, cursor=request.GET.get("cursor", ""))
    address = reverse("enrolment:waiting")
    tabs = [(each[0], f"{address}?tab={name}" if name else address, name == tab) for name, each in _TABS.items()]
    return render(request, "enrolment/waiting.html", {"page": page, "tab": tab, "tabs": tabs, "tab_zh": zh})


def review(request: Request, *, subject: Any) -> HttpResponse:
    """One application as the union sees it: approve, or send back with a reason. To refuse is a step of its own."""
    is_back = "send_back" in request.POST
    known = queries.known_of(subject) if subject.closed_at is None else queries.Known()
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
    context = {
        "application": subject,
        "id_masked": mask_identity(subject.reveal("id_number")),
        "known": known,
        "steps": timeline_of(subject),
        "crumbs": [("入会审批", reverse("enrolment:waiting"))],
        "form": form,
        "back": back,
        "yes": yes,
        "reasons": reasons,
        "tree_at": subject.organisation.reference,
    }
    is_wrong = form is not None and bool(form.errors)
    return render(request, "enrolment/review.html", context, status=409 if reasons else 422 if is_wrong else 200)


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
    return render(request, "theme/confirm.html", context, status=409 if reasons else 422 if form.errors else 200)


def posters(request: Request, *, subject: Any) -> HttpResponse:
    """A union's posters; a new one with a tap."""
    offered = queries.offered(subject)
    initial = {"key": new_tracking_code()}
    form = PosterForm(request.POST or None, initial=initial, organisation=subject, offered=offered)
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            made = services.put_up_poster(organisation=subject, by=request.actor, at=request.at, **form.asked())
            return redirect("enrolment:poster_print", reference=made.reference)
        except Refused as refusal:
            reasons = refusal.reasons
    page = page_of(queries.posters_of(subject), by=("-made_at", "-pk"), cursor=request.GET.get("cursor", ""))
    context = {
        "organisation": subject,
        "page": page,
        "form": form,
        "reasons": reasons,
        "crumbs": [(subject.name, reverse("work:union", args=[subject.reference]))],
        "tree_at": subject.reference,
    }
    return render(request, "enrolment/posters.html", context, status=409 if reasons else 422 if form.errors else 200)


def poster_employers(request: Request, *, subject: Any) -> HttpResponse:
    """The choice of an employer again, for what was typed: a part of the page of posters."""
    words = request.GET.get("words", "").strip()
    offered = queries.offered(subject, words=words)
    only = words and len(offered.employers) == 1
    initial = {"employer": offered.employers[0].reference} if only else {}
    form = PosterForm(initial=initial, organisation=subject, offered=offered)
    return render(request, "enrolment/parts/employer_choice.html", {"form": form, "is_found": bool(words)})


def poster_print(request: Request, *, subject: Any) -> HttpResponse:
    """The poster as it is printed on A4."""
    address = settings.PUBLIC_URL.rstrip("/") + reverse("enrolment:poster", args=[subject.reference])
    context = {
        "poster": subject,
        "organisation": subject.organisation.name,
        "headline": "扫一扫，加入工会",
        "address": address,
        "qr": qr.svg(address),
        "steps": ["打开微信扫一扫", "输入手机号和验证码", _last_step(subject)],
        "contact": "工会服务热线 12351",
        "back_url": reverse("enrolment:posters", args=[subject.organisation.reference]),
    }
    return render(request, "enrolment/poster_print.html", context)


def _last_step(poster: Any) -> str:
    """A poster of one employer has the employer filled in."""
    return f"填姓名和身份证号，单位已选好：{poster.employer.name}" if poster.employer else "填姓名、身份证号和单位"


def poster_revoke(request: Request, *, subject: Any) -> HttpResponse:
    """Switch a poster off, once what that means has been read."""
    posters_url = reverse("enrolment:posters", args=[subject.organisation.reference])
    if subject.revoked_at is not None:
        return redirect(posters_url)
    if request.method != "POST":
        where = subject.place or "未注明位置"
        context = {
            "title": "停用这张海报",
            "why": f"{subject.organisation.name}，张贴在：{where}。",
            "consequences": [
                "再扫这张海报的人，会看到它已经停用。",
                "停用以后不能恢复；还要用，就再做一张。",
                "已经提交的申请照常审批，其他海报照常使用。",
            ],
            "submit_zh": "停用海报",
            "cancel_url": posters_url,
            "tree_at": subject.organisation.reference,
        }
        return render(request, "theme/confirm.html", context)
    services.revoke_poster(poster=subject, by=request.actor, at=request.at)
    messages.success(request, "海报已经停用，再扫它的人会看到说明。")
    return redirect("enrolment:posters", reference=subject.organisation.reference)
