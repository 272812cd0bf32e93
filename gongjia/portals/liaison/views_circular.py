"""The pages of notices to many: what was told, to how many, how many have read and answered; never who."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages as notices
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.memberships.words import State
from gongjia.engines.messages import queries as messages
from gongjia.engines.messages.queries import Audience
from gongjia.kernel.errors import Refused
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request
from gongjia.portals.liaison import queries, services
from gongjia.portals.liaison.forms import CircularForm, WithdrawForm


def circulars(request: Request) -> HttpResponse:
    """What the organisations in reach have told their members, the newest first."""
    page = page_of(messages.circulars_in_reach(), by=("-sent_at", "-pk"), cursor=request.GET.get("cursor", ""))
    context = {"page": page, "is_several": len({each.organisation_id for each in page.rows}) > 1}
    return render(request, "liaison/circulars.html", context)


def announce(request: Request) -> HttpResponse:
    """Write a notice; before it goes out the number of those whom it reaches is shown."""
    speakers = queries.speaks_for(request.actor)
    form = CircularForm(request.POST or None, speakers=speakers, initial={"key": new_tracking_code()})
    context: dict[str, Any] = {"form": form, "has_speakers": bool(speakers)}
    if request.method == "POST" and form.is_valid() and "again" not in request.POST:
        if "send" in request.POST:
            found = {name: form.cleaned_data[name] for name in ("organisation", "title", "body", "answers", "key")}
            circular = services.announce(audience=form.audience, **found, by=request.actor, at=request.at)
            notices.success(request, f"已经发给 {circular.audience_count:,} 名会员，他们在“消息”里看到。")
            return redirect("liaison:circular", reference=circular.reference)
        speaker = form.cleaned_data["organisation"]
        context |= {
            "is_check": True,
            **_counted(speaker, form.audience),
            "speaker": speaker,
            "audience": form.audience,
        }
    return render(request, "liaison/announce.html", context, status=422 if form.errors else 200)


def _counted(speaker: Any, audience: Audience) -> dict[str, Any]:
    """How many a notice reaches, and how many of them are only kept: the figure of members leaves these out."""
    kept = Count("pk", filter=Q(state=State.RETAINED))
    found = messages.audience_of(speaker, audience).order_by().aggregate(count=Count("pk"), kept=kept)
    asked = {"under": speaker.reference, "state": State.RETAINED, "group": audience.group, "sex": audience.sex}
    asked["migrant"] = "yes" if audience.is_for_migrants else ""
    query = urlencode({name: value for name, value in asked.items() if value})
    return {**found, "kept_url": f"{reverse('work:members')}?{query}"}


def circular(request: Request, *, subject: Any) -> HttpResponse:
    """One notice and what came of it."""
    response = messages.response_to(subject)
    answers = list(zip(subject.answers, response.answers, strict=True)) if response else []
    context = {
        "circular": subject,
        "audience": Audience(subject.group, subject.sex, subject.is_for_migrants),
        "response": response,
        "chart": {
            "labels": [zh for zh, _ in answers],
            "series": [{"name": "回答", "values": [count for _, count in answers]}],
        },
        "fewest": messages.FEWEST_SHOWN,
        "is_own": queries.may_speak_for(request.actor, subject.organisation),
        "back_url": reverse("liaison:circulars"),
    }
    return render(request, "liaison/circular.html", context)


def withdraw(request: Request, *, subject: Any) -> HttpResponse:
    """Take a notice back, once what that means has been read."""
    if not queries.may_speak_for(request.actor, subject.organisation):
        raise Refused(services.NOT_OURS)
    form = WithdrawForm(request.POST or None, initial={"key": new_tracking_code()})
    address = reverse("liaison:circular", args=[subject.reference])
    if request.method == "POST" and form.is_valid():
        services.withdraw(circular=subject, **form.cleaned_data, by=request.actor, at=request.at)
        notices.success(request, "通知已经撤回，会员不再看到它。")
        return redirect(address)
    context = {
        "base_template": "theme/liaison.html",
        "title": "撤回通知",
        "why": f"撤回“{subject.title}”。",
        "consequences": ["会员的“消息”里不再有这条通知。", "读过的人数和回答留着，撤回的原因也留着。"],
        "form": form,
        "submit_zh": "撤回通知",
        "cancel_url": address,
        "back_url": address,
    }
    return render(request, "theme/confirm.html", context, status=422 if form.errors else 200)
