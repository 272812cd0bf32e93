"""The pages of the leads: the list, handing them over, and each lead itself."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.organisations.queries import own_of
from gongjia.domains.organising import comparing, params, queries, services, worklist
from gongjia.domains.organising.forms import (
    AssignForm,
    LeadFilter,
    MadeFrom,
    ReopenForm,
    SetAsideForm,
)
from gongjia.domains.organising.words import LEFT, NOT_TAKEN_UP, REFUSING, UNDER_WAY
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_reference
from gongjia.kernel.requests import Request

_ACTS = ("organising.assign", "organising.work")


def leads(request: Request) -> HttpResponse:
    """The employers without a union, and handing several of them over at once."""
    if request.method == "POST":
        request.actor.require("organising.assign")  # the page itself asks for less
    return _assign(request) if request.method == "POST" else _leads_page(request)


def _leads_page(request: Request, *, is_refused: bool = False) -> HttpResponse:
    """The list; with what was picked and typed, where that was refused."""
    form = _filter_of(request)
    rows = queries.leads(**form.asked())
    page = page_of(rows, by=("-most", "-pk"), cursor=request.GET.get("cursor", ""))
    may_assign = request.actor.may("organising.assign")
    suggested, offered = queries.suggestions_for(page.rows) if may_assign else ({}, None)
    today = today_of(request.at)
    picked = set(request.POST.getlist("pick"))
    data = request.POST if is_refused else None
    context = {
        "page": page,
        "lines": [
            (each, suggested.get(each.pk), worklist.quiet_days(each, today), each.reference in picked)
            for each in page.rows
        ],
        "own_paths": request.actor.paths_for("organising.see"),
        "at_least": params.listed_headcount(on=today),
        "form": form,
        "narrowed": form.narrowed(),
        "exported": [(name, value) for name, value in request.GET.items() if name in form.fields and value],
        "stall_days": params.stall_days(on=today),
        "counties": queries.counties(most=12),
        "key": new_reference(),
        "assign": AssignForm(data, today=today, offered=offered, suggesting=True) if may_assign else None,
    }
    return render(request, "organising/leads.html", context, status=422 if is_refused else 200)


def _filter_of(request: Request) -> LeadFilter:
    """The filters of a list. What cannot be read is said, and left out of its links as well."""
    form = LeadFilter(request.GET, today=today_of(request.at))
    if form.errors:
        zh = "、".join(str(form[name].label) for name in form.errors)
        messages.warning(request, f"有的条件认不出，没有用上：{zh}。")
        asked = request.GET.copy()
        for name in form.errors:
            del asked[name]
        request.GET = asked  # type: ignore[assignment]
        form = LeadFilter(asked, today=today_of(request.at))
    return form


def unions(request: Request) -> HttpResponse:
    """The choice of a union again, for what was typed: a part of the pages that assign."""
    words = request.GET.get("words", "").strip()
    offered = queries.unions_named(words)
    is_short = 0 < len(words) < queries.SHORTEST_WORDS
    only = words and not is_short and len(offered.unions) == 1
    initial = {"to": offered.unions[0].reference} if only else {}
    suggesting = "suggesting" in request.GET and not words
    form = AssignForm(today=request.at.date(), offered=offered, suggesting=suggesting, initial=initial)
    context = {"assign": form, "is_found": bool(words) and not is_short, "is_short": is_short}
    return render(request, "organising/parts/union_choice.html", context)


def assign_all(request: Request) -> HttpResponse:
    """Handing over all leads of a filter: first what it would do, then doing it."""
    back = QueryDict(request.POST.get("back", ""))
    filters = LeadFilter(back, today=today_of(request.at))
    if filters.errors:
        messages.error(request, "有的条件认不出，没有派发。请在名单上重新选条件。")
        return redirect("organising:leads")
    asked = filters.asked()
    form = AssignForm(request.POST, today=request.at.date())
    if not form.is_valid():
        _say_errors(request, form)
        return _back_to_leads(request)
    if "confirmed" in request.POST:
        _hand_over(request, form, asked=asked)
        return _back_to_leads(request)
    counts = queries.assignable(asked, to=form.chosen)
    is_long = counts.going > services.MOST_AT_ONCE
    shares = None if is_long or form.chosen else queries.shares_by_union(asked)
    context = {
        "counts": counts,
        "shares": shares,
        "going": (going := counts.going if shares is None else sum(count for _, count in shares)),
        "unplaced": counts.going - going,
        "is_long": is_long,
        "to": form.chosen,
        "due_on": form.cleaned_data["due_on"],
        "asked_zh": filters.in_words(),
        "form": form,
        "back": back.urlencode(),
        "key": request.POST.get("key") or new_reference(),
    }
    return render(request, "organising/assign_all.html", context)


def lead(request: Request, *, subject: Any) -> HttpResponse:
    """One lead: why it is one, who has it, and what to do next."""
    founding = MadeFrom(request.POST if "found" in request.POST else None)
    aside = SetAsideForm(request.POST if "set_aside" in request.POST else None)
    again = ReopenForm(request.POST if "reopen" in request.POST else None)
    reasons: tuple[str, ...] = ()
    try:
        if founding.is_valid():
            return _found(request, subject, founding)
        if aside.is_valid():
            return _set_aside(request, subject, aside)
        if again.is_valid():
            return _reopen(request, subject, again)
    except Refused as refused:
        reasons = refused.reasons
        subject = queries.lead_by_reference(subject.reference)  # what was refused stands on the object, not on the row
    facts = {"lead": subject, "founding": founding, "aside": aside, "again": again, "reasons": reasons}
    context = {**facts, "version": made_from(request, subject, reasons), **_of_lead(request, subject)}
    failed = founding.errors or aside.errors or again.errors or reasons
    return render(request, "organising/lead.html", context, status=422 if failed else 200)


def made_from(request: Request, subject: Any, reasons: Sequence[str]) -> Any:
    """The version that the forms of a page are made from: that of the lead as it is now, once a refusal has said what
    has changed; what was sent with a mistake in it stays made from what was shown then."""
    return subject.version if reasons else request.POST.get("version", subject.version)


def _found(request: Request, subject: Any, form: MadeFrom) -> HttpResponse:
    key = request.POST.get("key", "")
    lead = services.ask_founding(lead=subject, **form.cleaned_data, by=request.actor, at=request.at, key=key)
    messages.success(request, "单位已经登记入册：请填写筹建请示，报上级工会批复。")
    return redirect("founding:of_employer", reference=queries.employer_of(lead).reference)


def _set_aside(request: Request, subject: Any, form: SetAsideForm) -> HttpResponse:
    asked = form.cleaned_data
    unfit = asked["unfit"] == "yes"
    sent = {"reason": asked["reason"], "version": asked["version"], "by": request.actor, "at": request.at}
    services.set_aside(lead=subject, unfit=unfit, **sent)
    messages.success(
        request, "已经记下；过了复查期名单上仍有它，再请人看。" if unfit else "已经记下，下一次比对会再看它。"
    )
    return redirect("organising:leads")


def _reopen(request: Request, subject: Any, form: ReopenForm) -> HttpResponse:
    services.reopen(lead=subject, reason=form.cleaned_data["again"], by=request.actor, at=request.at)
    messages.success(request, "已经恢复，可以接着办。")
    return redirect("organising:lead", reference=subject.reference)


def _of_lead(request: Request, subject: Any) -> dict[str, Any]:
    """What may be done with a lead, and by which union it should be."""
    path = subject.organisation.path
    is_waiting = subject.state in NOT_TAKEN_UP
    may = {code: is_waiting and request.actor.may(code, path=path) for code in _ACTS}
    under = request.GET.get("under", "")
    found, offered = queries.suggestions_for([subject], under=under) if is_waiting else ({}, None)
    suggestion = found.get(subject.pk)
    suggested = suggestion.union if suggestion else None
    initial = {"to": suggested.reference if suggested else under}
    return {
        "suggested": suggested if suggested and suggested.pk != subject.organisation_id else None,
        "is_there": suggested is not None and suggested.pk == subject.organisation_id,
        "why_not": suggestion.why if suggestion else "",
        "counties": queries.counties_to_choose(offered) if offered and not suggested and not under else [],
        "assign": AssignForm(today=request.at.date(), offered=offered, initial=initial),
        "may_assign": may["organising.assign"],
        "may_found": may["organising.work"],
        "may_work": subject.state in UNDER_WAY and request.actor.may("organising.work", path=path),
        "may_reopen": subject.state in LEFT and request.actor.may("organising.work", path=path),
        "own_paths": request.actor.paths_for("organising.see"),
        "key": new_reference(),
        "tree_at": subject.organisation.reference,
        "may_arrange": subject.state in UNDER_WAY and request.actor.may("organising.work", path=path),
        "may_visit": is_waiting and request.actor.may("organising.work", path=path),
        "is_refusing": subject.progress in REFUSING,
        "steps": queries.steps_of(subject),
        "law_zh": f"会员 {params.founding_members(on=today_of(request.at))} 人以上应当建立工会委员会",
        "quiet_zh": f"{worklist.quiet_days(subject, today_of(request.at))} 天",
        **_counts_of(subject),
    }


def _counts_of(subject: Any) -> dict[str, Any]:
    """The numbers of the lists side by side, each with its day, those that count before the others; and of those that
    say nothing, whether the list was there at all."""
    kinds = {each.kind for each in comparing.lists_of(subject.run)}
    since = subject.run.since
    sources = (
        ("参保人数", subject.insured, subject.insured_on, "社会保险的参保名单", "insured" in kinds),
        ("税务人数", subject.taxed, subject.taxed_on, "税务名单", "tax" in kinds),
        ("申报人数", subject.declared, subject.declared_on, "单位名单", True),
    )
    known = [
        {"zh": zh, "count": count, "on": on, "source": source, "is_old": on is not None and on < since}
        for zh, count, on, source, _ in sources
        if count is not None
    ]
    known = known or [{"zh": "职工人数", "count": subject.most, "on": None, "source": "名单", "is_old": False}]
    known.sort(key=lambda each: (each["is_old"], -each["count"]))
    unknown = [
        (zh, f"{source}里没有这家单位的人数" if is_there else f"没有收到{source}")
        for zh, count, _, source, is_there in sources
        if count is None
    ]
    return {"known_counts": known, "unknown_counts": unknown, "since": since}


def _assign(request: Request) -> HttpResponse:
    """Hand over the leads that were picked; back to the same list, which keeps what was sent where it is refused."""
    form = AssignForm(request.POST, today=request.at.date())
    picked = request.POST.getlist("pick")[: services.MOST_AT_ONCE]
    is_picked = bool(queries.picked(picked))
    if not is_picked:
        messages.error(request, "还没有选单位：在列表左边打勾，再派发。")
    if not is_picked or not form.is_valid():
        request.GET = QueryDict(request.POST.get("back", ""))  # the list as it was, with what was picked and typed
        return _leads_page(request, is_refused=True)
    _hand_over(request, form, picked=picked)
    return _back_to_leads(request)


def _say_errors(request: Request, form: AssignForm) -> None:
    messages.error(request, "；".join(str(error) for errors in form.errors.values() for error in errors))


def _back_to_leads(request: Request) -> HttpResponse:
    """The same list as before: its filters come back with the form."""
    back = request.POST.get("back", "")
    return redirect(reverse("organising:leads") + (f"?{back}" if back else ""))


def _hand_over(
    request: Request, form: AssignForm, *, picked: Sequence[str] = (), asked: dict[str, Any] | None = None
) -> None:
    """To one union, or each to its own; what could not go is said."""
    try:
        came = services.hand_over(
            organisation=own_of(request.actor.paths_for("organising.assign")),
            picked=picked,
            asked=asked or {},
            to=form.chosen,
            due_on=form.cleaned_data["due_on"],
            by=request.actor,
            at=request.at,
            key=request.POST.get("key", ""),
        )
    except Refused as refused:
        messages.error(request, "；".join(refused.reasons))
        return
    if count := came.get("waiting"):
        messages.success(request, f"{count:,} 家正在后台派发，每批 {services.MOST_AT_ONCE} 家；做完会发消息告诉您。")
        return
    if came["refused"]:
        messages.error(request, "；".join(came["refused"]))
    if came["gone"]:
        unions = came["unions"]
        where = unions[0] if len(unions) == 1 else f" {len(unions)} 个工会"
        messages.success(request, f"{came['gone']} 家单位已派给{where}。")
    if came["there"]:
        messages.info(request, f"{came['there']} 家早已派给这个工会，责任人和期限照旧。")
    if came["left"]:
        why = "已经由别人办理" if form.chosen else "看不出该归谁，或者已经由建议的工会、别人办理"
        messages.warning(request, f"另外 {came['left']} 家{why}，没有改动。")
