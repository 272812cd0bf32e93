"""The union's posters, and the codes that its officers show on the spot."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.domains.enrolment import params, queries, spots
from gongjia.domains.enrolment import posters as verbs
from gongjia.domains.enrolment.forms import PosterForm, RevokeForm
from gongjia.kernel.errors import Refused
from gongjia.kernel.forms import status_of
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request
from gongjia.theme.components import qr

#: So many of a union's earlier spots are listed.
_SPOTS = 10


def posters(request: Request, *, subject: Any) -> HttpResponse:
    """A union's posters; a new one with a tap."""
    offered = queries.offered(subject)
    initial = {"key": new_tracking_code()}
    form = PosterForm(request.POST or None, initial=initial, organisation=subject, offered=offered)
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.put_up_poster(organisation=subject, by=request.actor, at=request.at, **form.asked())
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
    return render(request, "enrolment/posters.html", context, status=status_of(form, reasons))


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
    context = poster_words(subject)
    context |= {
        "poster": subject,
        "qr": qr.svg(context["address"]),
        "pdf_url": reverse("enrolment:poster_pdf", args=[subject.reference]),
        "back_url": reverse("enrolment:posters", args=[subject.organisation.reference]),
    }
    return render(request, "enrolment/poster_print.html", context)


def poster_words(poster: Any) -> dict[str, Any]:
    """What stands on a poster, on the page and in the PDF."""
    return {
        "organisation": poster.organisation.name,
        "headline": "扫一扫，加入工会",
        "address": settings.PUBLIC_URL.rstrip("/") + reverse("enrolment:poster", args=[poster.reference]),
        "steps": ["打开微信扫一扫", "输入手机号和验证码", _last_step(poster)],
        "contact": "工会服务热线 12351",
    }


def _last_step(poster: Any) -> str:
    """A poster of one employer has the employer filled in."""
    return f"填姓名和身份证号，单位已选好：{poster.employer.name}" if poster.employer else "填姓名、身份证号和单位"


def poster_revoke(request: Request, *, subject: Any) -> HttpResponse:
    """Switch a poster off for a reason, once what that means has been read."""
    posters_url = reverse("enrolment:posters", args=[subject.organisation.reference])
    if subject.revoked_at is not None:
        return redirect(posters_url)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        verbs.revoke_poster(poster=subject, why=form.cleaned_data["why"], by=request.actor, at=request.at)
        messages.success(request, "已经停用，再扫它的人会看到说明和别的办法。")
        return redirect(posters_url)
    what = subject.get_way_display()
    context = {
        "title": f"停用这张{what}",
        "why": f"{subject.organisation.name}，张贴在：{subject.place or '未注明位置'}。",
        "consequences": [
            f"再扫这张{what}的人，会看到它已经停用、为什么停用，和别的入会办法。",
            "停用以后不能恢复；还要用，就再做一张。",
            "已经提交的申请照常审批，其他海报照常使用。",
        ],
        "form": form,
        "submit_zh": "停用",
        "cancel_url": posters_url,
        "tree_at": subject.organisation.reference,
    }
    return render(request, "theme/confirm.html", context, status=422 if form.errors else 200)


def open_spot(request: Request, *, subject: Any) -> HttpResponse:
    """Begin to admit people on the spot: what that means is read, then codes are shown."""
    reasons: tuple[str, ...] = ()
    key = request.POST.get("key", "") or new_tracking_code()
    if request.method == "POST":
        try:
            made = verbs.open_spot(organisation=subject, by=request.actor, at=request.at, key=key)
            return redirect("enrolment:spot", reference=made.reference)
        except Refused as refusal:
            reasons = refusal.reasons
    context = {
        "organisation": subject,
        "key": key,
        "reasons": reasons,
        "spots": list(queries.spots_of(subject).order_by("-made_at", "-pk")[:_SPOTS]),
        "now": request.at,
        **_times(request),
        "crumbs": _crumbs(subject),
        "tree_at": subject.reference,
    }
    return render(request, "enrolment/open_spot.html", context, status=409 if reasons else 200)


def spot(request: Request, *, subject: Any) -> HttpResponse:
    """The code of this moment, and who came by this officer's codes. The page asks for itself anew in good time."""
    is_own = subject.shown_by_id == request.actor.person_id
    is_shown = is_own and spots.is_shown(subject, at=request.at)
    context: dict[str, Any] = {
        "spot": subject,
        "is_own": is_own,
        "is_shown": is_shown,
        "came": queries.came_by(subject),
        "admitted": queries.admitted_by(subject),
        **_times(request),
        "crumbs": _crumbs(subject.organisation),
        "tree_at": subject.organisation.reference,
    }
    if is_shown:
        tag = spots.tag_of(subject, at=request.at)
        address = settings.PUBLIC_URL.rstrip("/") + reverse("enrolment:now", args=[subject.reference]) + f"?c={tag}"
        until = request.at + params.spot_lasts(on=today_of(request.at))
        context |= {"address": address, "qr": qr.svg(address), "until": until}
    response = render(request, "enrolment/spot.html", context)
    response["Cache-Control"] = "no-store"
    return response


def spot_close(request: Request, *, subject: Any) -> HttpResponse:
    """Show no more codes."""
    verbs.close_spot(poster=subject, by=request.actor, at=request.at)
    messages.success(request, "现场码已经收起。拍下旧码的人再扫，要由工会审核。")
    return redirect("enrolment:spot", reference=subject.reference)


def _times(request: Request) -> dict[str, Any]:
    """How long codes hold, in the words of the pages."""
    on = today_of(request.at)
    seconds = int(params.spot_lasts(on=on).total_seconds())
    return {
        "seconds": seconds,
        "renew": max(5, seconds * 2 // 3),
        "minutes": int(params.spot_finish(on=on).total_seconds()) // 60,
        "most": params.spot_most(on=on),
    }


def _crumbs(organisation: Any) -> list[tuple[str, str]]:
    return [
        (organisation.name, reverse("work:union", args=[organisation.reference])),
        ("入会海报", reverse("enrolment:posters", args=[organisation.reference])),
    ]
