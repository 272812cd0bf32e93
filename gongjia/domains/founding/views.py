"""Foundings as officers and the group's people see them: the list, one on its way, the request and the replies."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.domains.founding import papers, queries, services, standing
from gongjia.domains.founding.flow import APPROVE, ASKS, FOUNDING, PREPARE, STEPS
from gongjia.domains.founding.forms import BeginForm, FilterForm, ReasonForm, ReplyForm, RequestForm
from gongjia.domains.founding.holding import require_other
from gongjia.domains.founding.shown import clock_of, election_of, next_of, steps_of
from gongjia.domains.founding.words import OF_UNIONS, NumberFrom, Way
from gongjia.engines.casework.queries import timeline_of
from gongjia.engines.papers.forms import word_field
from gongjia.engines.papers.queries import papers_about
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request

_STATES = [(each.code, each.zh) for each in FOUNDING.states]


def foundings(request: Request) -> HttpResponse:
    """All foundings in reach, those that are late first."""
    form = FilterForm(request.GET or None, states=_STATES)
    said = form.cleaned_data if form.is_valid() else {}
    rows = queries.listed(state=said.get("state", ""), words=said.get("q", ""), late_at=request.at)
    page = page_of(rows, by=("turn", "order_at", "pk"), cursor=request.GET.get("cursor", ""))
    context = {"page": page, "form": form, "at": request.at, "may_begin": request.actor.may(PREPARE)}
    return render(request, "founding/foundings.html", context)


def begin(request: Request) -> HttpResponse:
    """Choose who founds: units by name, ticked; without a lead, for one employer or several."""
    offered = list(queries.founders(request.actor.paths_for(PREPARE)))
    form = BeginForm(
        request.POST or None, organisations=offered, initial={"way": Way.SINGLE, "key": new_tracking_code()}
    )
    words = (request.POST or request.GET).get("words", "")
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and "find" not in request.POST and form.is_valid():
        said = form.cleaned_data
        try:
            made = services.begin(**_chosen(request, said, offered), by=request.actor, at=request.at, key=said["key"])
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, "已经开始建会：请填写筹建请示。")
            return redirect("founding:request", reference=made.reference)
    if "find" in request.POST:
        form = BeginForm(initial=request.POST.dict(), organisations=offered)
    of_unions = (request.POST or request.GET).get("way") in OF_UNIONS
    picked = request.POST.getlist("pick")
    context = {
        "form": form,
        "words": words,
        "of_unions": of_unions,
        "found": queries.unions_to_join(words) if of_unions else queries.employers_without(words),
        "picked": queries.unions_of(picked) if of_unions else queries.employers_of(picked),
        "reasons": reasons,
        "nobody": not offered,
    }
    is_wrong = reasons or (request.method == "POST" and "find" not in request.POST)
    return render(request, "founding/begin.html", context, status=422 if is_wrong else 200)


def _chosen(request: Request, said: Mapping[str, Any], offered: list[Any]) -> dict[str, Any]:
    way, picked = Way(said["way"]), request.POST.getlist("pick")[: queries.MOST_UNITS]
    unions = queries.unions_of(picked) if way in OF_UNIONS else []
    firms = [] if way in OF_UNIONS else queries.employers_of(picked)
    if not firms and not unions:
        raise Refused("还没有选单位：先按名称找到，再打勾。")
    organisation = next(each for each in offered if each.reference == said["organisation"])
    name = said["name"] or f"{(firms or unions)[0].name[:110]}工会委员会"
    return {"organisation": organisation, "way": way, "name": name, "firms": firms, "unions": unions}


def of_employer(request: Request, *, subject: Any) -> HttpResponse:
    """To the founding of an employer, or to the list where there is none."""
    found = queries.open_of(subject.pk)
    return redirect("founding:founding", reference=found.reference) if found else redirect("founding:foundings")


def founding(request: Request, *, subject: Any) -> HttpResponse:
    """One founding: where it is, who is to do what by when, and all that is known of it."""
    members = queries.members_of(subject) if subject.state in {"enrolling", "planned"} else None
    is_superior = request.actor.may(APPROVE, path=subject.counterpart.path)
    is_own = queries.is_own(subject, request.actor.person_id)
    may_prepare = request.actor.may(PREPARE, path=subject.organisation.path)
    steps = timeline_of(subject)
    context = {
        "founding": subject,
        "way_zh": Way(subject.way).zh,
        "steps": steps_of(subject, STEPS),
        "clock": clock_of(subject, steps, request.at),
        "next": next_of(subject, is_superior=is_superior, is_own=is_own, may_prepare=may_prepare),
        "units": queries.covered_by(subject) if subject.state not in {"planned", "counting"} else [],
        "members": members,
        "law": queries.what_law_says(members.all, on=today_of(request.at)) if members else None,
        "election": election_of(subject),
        "timeline": steps,
        "papers": list(papers_about(subject)[:60]),
        "may_papers": request.actor.may("papers.read", path=subject.organisation.path),
        "to_make": [(code, papers.zh_of(code)) for code in papers.BY_HAND if papers.can_make(code, subject.state)],
        "may_prepare": may_prepare,
        "may_withdraw": may_prepare and subject.state in FOUNDING.move("withdraw").from_states,
        "may_abandon": is_superior and subject.state in FOUNDING.move("abandon").from_states,
        "tree_at": subject.organisation.reference,
        "key": new_tracking_code(),
    }
    return render(request, "founding/founding.html", context)


def request_form(request: Request, *, subject: Any) -> HttpResponse:
    """Write the request, and send it."""
    units = queries.units_of(subject)
    initial = {name: getattr(subject, name) for name in ("way", "version", *services.REQUEST)}
    form = RequestForm(
        request.POST or None,
        units=units,
        of_unions=subject.way in OF_UNIONS,
        word=word_field(subject.organisation),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in services.REQUEST}
        is_sent = "send" in request.POST
        try:
            services.write(
                founding=subject,
                way=Way(form.cleaned_data["way"]),
                facts=facts,
                heads=form.heads(),
                send=is_sent,
                word=form.cleaned_data.get("word", ""),
                version=form.cleaned_data["version"],
                by=request.actor,
                at=request.at,
            )
            if is_sent:
                messages.success(request, f"请示已经报送{subject.counterpart.name}。")
            else:
                messages.success(request, "已经存好，还没有报送。")
            return redirect("founding:founding", reference=subject.reference)
        except Refused as refused:
            say(form, refused)
    context = {"form": form, "founding": subject, "units": units, **frame(subject)}
    return render(request, "founding/request.html", context, status=422 if form.errors else 200)


def units(request: Request, *, subject: Any) -> HttpResponse:
    """The units of a joint founding: found by name and added, or left out."""
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        by = {"founding": subject, "by": request.actor, "at": request.at}
        try:
            if number := request.POST.get("leave_out", ""):
                services.leave_out(number=int(number) if number.isdigit() else 0, **by)
            for each in queries.employers_of(request.POST.getlist("pick")):
                services.add_unit(employer=each, **by)
            for union in queries.unions_of(request.POST.getlist("union")):
                services.add_unit(union=union, **by)
            return redirect("founding:units", reference=subject.reference)
        except Refused as refused:
            reasons = refused.reasons
    words = request.GET.get("words", "")
    is_of_unions = subject.way in OF_UNIONS
    context = {
        "founding": subject,
        "units": queries.units_of(subject),
        "words": words,
        "of_unions": is_of_unions,
        "found": queries.unions_to_join(words) if is_of_unions else queries.employers_without(words),
        "reasons": reasons,
        **frame(subject),
    }
    return render(request, "founding/units.html", context, status=409 if reasons else 200)


def reply(request: Request, *, subject: Any) -> HttpResponse:
    """The superior agrees to the request, or to the result."""
    _require_asked(request, subject)
    is_result = subject.state == "reported"
    initial = {"number_from": NumberFrom.HERE, "on": today_of(request.at), "key": new_tracking_code()}
    form = ReplyForm(request.POST or None, word=word_field(subject.counterpart), initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        facts = {"number_from": NumberFrom(said["number_from"]), "number": said["number"], "on": said["on"]}
        facts["word"] = said.get("word", "")
        sent = {"founding": subject, **facts, "by": request.actor, "at": request.at, "key": said["key"]}
        try:
            if is_result:
                standing.confirm(**sent)
                messages.success(request, f"已经批复：{subject.name}成立，任期和职务从批复之日起。")
            else:
                services.approve(**sent)
                messages.success(request, "已经批复筹建：筹备组成立了，职工可以扫码加入。")
            return redirect("founding:founding", reference=subject.reference)
        except Refused as refused:
            say(form, refused)
    context = {"form": form, "founding": subject, "is_result": is_result, "election": election_of(subject)}
    context |= {"units": [] if is_result else queries.units_of(subject), **frame(subject)}
    return render(request, "founding/reply.html", context, status=422 if form.errors else 200)


def answer(request: Request, *, subject: Any) -> HttpResponse:
    """The superior returns or refuses."""
    _require_asked(request, subject)
    is_result = subject.state == "reported"
    codes = ("send_back",) if is_result else ("return", "refuse")
    code = request.POST.get("move") or request.GET.get("move", "")
    code = code if code in codes else codes[0]
    zh = FOUNDING.move(code).zh
    brings = {
        "return": ["请示回到报送的工会，改好可以再报。", "原因会写在经过里，报送的人看得到。"],
        "refuse": ["这份请示就此结束，单位可以以后重新报。", "原因会写在经过里。"],
        "send_back": ["回到大会选举这一步：核对计票，改好再报。", "原因会写在经过里。"],
    }[code]

    def act(reason: str) -> None:
        services.answer(founding=subject, move_code=code, reason=reason, by=request.actor, at=request.at)

    return with_reason(request, subject, title=zh, consequences=brings, act=act, done=f"已经办理：{zh}。")


def _require_asked(request: Request, subject: Any) -> None:
    """A reply opens while one is waited for, and not to who asked. Raises Http404 and Forbidden."""
    if subject.state not in ASKS:
        raise Http404
    require_other(subject, request.actor)


def withdraw(request: Request, *, subject: Any) -> HttpResponse:
    """Take the request back."""

    def act(reason: str) -> None:
        services.withdraw(founding=subject, reason=reason, by=request.actor, at=request.at)

    brings = ["这份建会就此结束；以后还要建，重新开始。"]
    return with_reason(request, subject, title="撤回请示", consequences=brings, act=act, done="已经撤回。")


def abandon(request: Request, *, subject: Any) -> HttpResponse:
    """End a founding whose group stands."""

    def act(reason: str) -> None:
        services.abandon(founding=subject, reason=reason, by=request.actor, at=request.at)

    brings = [
        "筹备组撤销，不再覆盖单位，海报停用。",
        "已经入会的职工由上级工会保留会籍（工会法第十三条），不会丢。",
        "不能恢复；以后还要建，重新开始。",
    ]
    return with_reason(request, subject, title="终止筹建", consequences=brings, act=act, done="筹建已经终止。")


def make_paper(request: Request, *, subject: Any) -> HttpResponse:
    """Make one of the papers of the meeting."""
    code = request.POST.get("code", "")
    try:
        services.make_paper(
            founding=subject, code=code, by=request.actor, at=request.at, key=request.POST.get("key", "")
        )
        messages.success(request, f"{papers.zh_of(code)}做好了，在“公文和表格”里打开。")
    except Refused as refused:
        messages.error(request, "；".join(refused.reasons))
    return redirect("founding:founding", reference=subject.reference)


# ── what the pages share ──────────────────────────────────────────────────────────────────────────────────────
def frame(subject: Any) -> dict[str, Any]:
    address = reverse("founding:founding", args=[subject.reference])
    return {
        "crumbs": [("建会办理", reverse("founding:foundings")), (subject.name, address)],
        "back_url": address,
        "tree_at": subject.organisation.reference,
    }


def say(form: forms.Form, refused: Refused, names: Mapping[str, str] | None = None) -> None:
    """Put each reason at its field; what belongs to none stands above."""
    fields = list(refused.fields)
    for place, reason in enumerate(refused.reasons):
        field = fields[min(place, len(fields) - 1)] if fields else ""
        field = (names or {}).get(field, field)
        form.add_error(field if field in form.fields else None, reason)


def with_reason(
    request: Request, subject: Any, *, title: str, consequences: list[str], act: Any, done: str
) -> HttpResponse:
    """What an act means, why it is done, and the button."""
    form = ReasonForm(request.POST or None)
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["reason"])
            messages.success(request, done)
            return redirect("founding:founding", reference=subject.reference)
        except Refused as refused:
            reasons = refused.reasons
    context = {
        "title": title,
        "why": subject.name,
        "consequences": consequences,
        "form": form,
        "reasons": reasons,
        "submit_zh": f"确认{title}",
        "cancel_url": reverse("founding:founding", args=[subject.reference]),
        **frame(subject),
    }
    return render(request, "theme/confirm.html", context, status=409 if reasons else 422 if form.errors else 200)
