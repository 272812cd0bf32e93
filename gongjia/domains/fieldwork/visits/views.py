"""The pages of plans and of visits: planned at a desk, recorded on a phone."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.files.queries import content_of
from gongjia.backbone.organisations.queries import own_of
from gongjia.domains.fieldwork import places
from gongjia.domains.fieldwork.asking.queries import open_topics
from gongjia.domains.fieldwork.forms import FindForm
from gongjia.domains.fieldwork.permissions import PLAN, SEE_PLANS
from gongjia.domains.fieldwork.visits import forms, queries, services
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request

PLANS = ("走访计划", "fieldwork:plans")
_MOST_CHOSEN = 60


def plans(request: Request) -> HttpResponse:
    """The plans that this actor may know of."""
    page = page_of(queries.plans(request.actor), by=("-from_on", "-pk"), cursor=request.GET.get("cursor", ""))
    context = {"page": page, "today": today_of(request.at), "may_plan": request.actor.may(PLAN)}
    return render(request, "fieldwork/plans.html", context)


def plan_new(request: Request) -> HttpResponse:
    """Make a plan: places are found by name and ticked, and stay ticked while others are looked for."""
    today = today_of(request.at)
    own = own_of(request.actor.paths_for(PLAN))
    words, offered = _found(request)
    is_finding = "find_now" in request.POST
    form = forms.PlanForm(
        request.POST or None,
        posts=queries.posts_at(own, on=today),
        topics=open_topics(own.pk),
        places=offered,
        initial={"from_on": today, "to_on": today, "key": new_tracking_code()},
    )
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and not is_finding and form.is_valid():
        chosen = places.by_codes(form.cleaned_data["place"])
        try:
            made = services.plan_visits(organisation=own, places=chosen, **form.facts, by=request.actor, at=request.at)
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, "计划定好了。要去的地方现在看不到它，到了才看得到。")
            return redirect("fieldwork:plan", reference=made.reference)
    wrong = 409 if reasons else 422 if form.is_bound and not is_finding and form.errors else 200
    context = {
        "form": form, "words": words, "offered": offered, "reasons": reasons, "own": own, "is_finding": is_finding,
        "chosen": request.POST.getlist("place"), "crumbs": [(PLANS[0], reverse(PLANS[1]))],
    }  # fmt: skip
    return render(request, "fieldwork/plan_form.html", context, status=wrong)


def _found(request: Request) -> tuple[str, list[tuple[str, str]]]:
    """The words that were looked for, and the places: those ticked before, then those found."""
    chosen = request.POST.getlist("place")[:_MOST_CHOSEN]
    offered = [(each.code, each.zh) for each in places.by_codes(chosen)]
    find = FindForm(request.POST if request.method == "POST" else request.GET)
    words = find.cleaned_data["find"] if find.is_valid() else ""
    known = {code for code, _ in offered}
    return words, offered + [each for each in places.found_by(words) if each[0] not in known]


def plan(request: Request, *, subject: Any) -> HttpResponse:
    """One plan with its places."""
    if queries.is_hidden(subject, request.actor):
        raise Http404
    may_plan = subject.dropped_at is None and request.actor.may(PLAN, path=subject.organisation.path)
    context = {
        "plan": subject,
        "visits": queries.visits_of(subject),
        "goers": queries.goers_of(subject),
        "goes": queries.goes(subject, request.actor),
        "may_plan": may_plan,
        "crumbs": [(PLANS[0], reverse(PLANS[1]))],
    }
    return render(request, "fieldwork/plan.html", context)


def plan_places(request: Request, *, subject: Any) -> HttpResponse:
    """More places for a plan, or one less."""
    if queries.is_hidden(subject, request.actor):
        raise Http404
    words, offered = _found(request)
    is_finding = "find_now" in request.POST
    form = forms.PlacesForm(request.POST or None, places=offered, initial={"key": new_tracking_code()})
    reasons: tuple[str, ...] = ()
    address = reverse("fieldwork:plan", args=[subject.reference])
    if request.method == "POST" and not is_finding and form.is_valid():
        chosen = places.by_codes(form.cleaned_data["place"])
        try:
            services.add_places(
                plan=subject, places=chosen, key=form.cleaned_data["key"], by=request.actor, at=request.at
            )
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, "地点已经加上。")
            return redirect(address)
    context = {
        "form": form, "words": words, "offered": offered, "reasons": reasons, "plan": subject, "back_url": address,
        "is_finding": is_finding, "chosen": request.POST.getlist("place"), "crumbs": [(PLANS[0], reverse(PLANS[1]))],
    }  # fmt: skip
    wrong = 409 if reasons else 422 if form.is_bound and not is_finding and form.errors else 200
    return render(request, "fieldwork/places_form.html", context, status=wrong)


def plan_drop(request: Request, *, subject: Any) -> HttpResponse:
    """What has not begun does not take place."""
    if queries.is_hidden(subject, request.actor):
        raise Http404
    address = reverse("fieldwork:plan", args=[subject.reference])
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            services.drop_plan(plan=subject, by=request.actor, at=request.at)
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, "计划已经取消。")
            return redirect(address)
    context = {
        "title": "取消走访计划",
        "why": subject.purpose,
        "consequences": [
            "还没有去的地方不再去；去过的记录和问题都留下。",
            "没有人会收到消息：要去的地方本来就不知道。",
        ],
        "submit_zh": "取消计划",
        "cancel_url": address,
        "reasons": reasons,
    }
    return render(request, "theme/confirm.html", context, status=409 if reasons else 200)


# ── visits ──────────────────────────────────────────────────────────────────────────────────────────────────────


def visits(request: Request) -> HttpResponse:
    """The visits that have begun: the rows behind their figure."""
    form = forms.FoundFilter(request.GET)
    asked = form.asked()
    if request.GET.get("under") and form.union is None:
        raise Http404
    rows = queries.begun(under=asked.get("under"), on=asked.get("on"), what=request.GET.get("what", ""))
    page = page_of(rows, by=("-arrived_on", "-pk"), cursor=request.GET.get("cursor", ""))
    return render(request, "fieldwork/visits.html", {"page": page, "form": form})


def visit(request: Request, *, subject: Any) -> HttpResponse:
    """One visit. Who planned it sees all; the place and who stands between see that it took place and what was found,
    never who spoke, what was said, or where else one goes."""
    if queries.is_hidden_visit(subject, request.actor):
        raise Http404
    is_planner = request.actor.may(SEE_PLANS, path=subject.organisation.path)
    may_record = is_planner and request.actor.may(PLAN, path=subject.organisation.path)
    context = {
        "visit": subject,
        "is_planner": is_planner,
        "goes": may_record and queries.goes(subject.plan, request.actor),
        "found": queries.observations_of(subject),
        "photos": queries.photos_of(subject) if is_planner else [],
    }
    return render(request, "fieldwork/visit.html", context)


def begin(request: Request, *, subject: Any) -> HttpResponse:
    """Arrived: now the visit has begun."""
    must_know(request, subject)
    try:
        services.begin_visit(visit=subject, by=request.actor, at=request.at)
    except Refused as refused:
        messages.error(request, "；".join(refused.reasons))
        return redirect("fieldwork:visit", reference=subject.reference)
    return redirect("fieldwork:record", reference=subject.reference)


def leave(request: Request, *, subject: Any) -> HttpResponse:
    """One place less."""
    must_know(request, subject)
    address = reverse("fieldwork:plan", args=[subject.plan.reference])
    try:
        services.leave_place(visit=subject, by=request.actor, at=request.at)
        messages.success(request, "这个地点已经去掉。")
    except Refused as refused:
        messages.error(request, "；".join(refused.reasons))
    return redirect(address)


def record(request: Request, *, subject: Any) -> HttpResponse:
    """Write down a visit on a phone: all at once, so that one sending is enough where the connection is bad. The
    page's script keeps what was chosen meanwhile; its sending is answered by an address."""
    must_know(request, subject)
    key = request.POST.get("key") or new_tracking_code()
    form = forms.VisitForm.of(request.POST or None, request.FILES or None, visit=subject, at=request.at, key=key)
    known = owning(request, subject)
    blocks = [
        forms.ObservationForm(request.POST or None, prefix=f"o{number}", is_block=True, **known)
        for number in range(forms.IN_ONE_FORM)
    ]
    reasons: tuple[str, ...] = ()
    are_valid = [each.is_valid() for each in (form, *blocks)]  # all of them: each says what is wrong with it
    if request.method == "POST" and all(are_valid):
        photos = [b"".join(each.chunks()) for each in request.FILES.getlist("photos")[: services.MOST_PHOTOS + 1]]
        found = [each.seen for each in blocks if not each.is_empty]
        try:
            services.record_visit(
                visit=subject, **form.facts, observations=found, photos=photos, by=request.actor, at=request.at
            )
        except Refused as refused:
            reasons = refused.reasons
        else:
            return kept(request, reverse("fieldwork:visit", args=[subject.reference]), "走访已经记下。")
    context = {"visit": subject, "form": form, "blocks": list(enumerate(blocks, 1)), "reasons": reasons, "key": key}
    is_wrong = form.errors or reasons or any(each.errors for each in blocks)
    return render(request, "fieldwork/record.html", context, status=422 if form.is_bound and is_wrong else 200)


def owning(request: Request, subject: Any) -> dict[str, Any]:
    """Who can own what is found at a place: its own union and those above it, and who went there."""
    today = today_of(request.at)
    place = subject.union or subject.employer.organisation
    owners = places.line_of(place.path)
    region = subject.organisation.region.code
    return {
        "owners": owners,
        "people": queries.solvers(owners, on=today),
        "found_on": subject.arrived_on or today,
        "region": region,
    }


def kept(request: Request, address: str, words: str) -> HttpResponse:
    messages.success(request, words)
    return JsonResponse({"next": address}) if request.headers.get("X-Kept") else redirect(address)


def must_know(request: Request, subject: Any) -> None:
    """What does not concern the planner's own side, or is to surprise this very actor, is not there."""
    if queries.is_hidden_visit(subject, request.actor) or not request.actor.may(PLAN, path=subject.organisation.path):
        raise Http404


def photo(request: Request, *, subject: Any) -> HttpResponse:
    """One picture, for who went there and those above."""
    kind = "image/png" if subject.file.name.endswith(".png") else "image/jpeg"
    response = HttpResponse(b"".join(content_of(subject.file)), content_type=kind)
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response
