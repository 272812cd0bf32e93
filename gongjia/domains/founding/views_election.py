"""The first election: its plan, the candidates, the meeting, the tally sheets and the report."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from gongjia.domains.founding import election, params, queries, standing
from gongjia.domains.founding.forms import (
    CandidateForm,
    CountForm,
    MeetingForm,
    Numbered,
    PlanForm,
    ReduceForm,
    ShowForm,
)
from gongjia.domains.founding.rules import band_of, candidates_needed
from gongjia.domains.founding.shown import election_of
from gongjia.domains.founding.views import frame, say, with_reason
from gongjia.domains.founding.words import Body, ChairBy, Meeting, Way
from gongjia.engines.papers.forms import word_field
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request


def plan(request: Request, *, subject: Any) -> HttpResponse:
    """Say how the election is held; the sizes that the rules give for so many members are shown and filled in."""
    figures, members = params.figures(on=today_of(request.at)), queries.members_of(subject)
    band = band_of(members.all, figures.bands)
    is_womens = members.women >= figures.womens_committee
    suggested = {
        "seats_committee": band.least,
        "seats_fund_audit": 1 if members.all < figures.one_auditor_below else figures.fund_audit_sizes[0],
        "seats_womens": 3 if is_womens else 1 if members.women else 0,
    }
    known = {f"seats_{body}": number for body, number in subject.seats.items()}
    names = ("version", "shown_on", "planned_on", "place")
    initial = {
        **suggested,
        **known,
        **{name: getattr(subject, name) for name in names},
        "has_committee": "no" if subject.way == Way.ORGANISER else "yes",
        "term_years": subject.term_years or figures.term_years[0],
        "meeting": subject.meeting or Meeting.MEMBERS,
        "chair_by": subject.chair_by or ChairBy.COMMITTEE,
    }
    form = PlanForm(request.POST or None, years=figures.term_years, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            election.plan(founding=subject, **form.facts(), by=request.actor, at=request.at)
            messages.success(request, "选举方案定好了：请提名候选人。")
            return redirect("founding:candidates", reference=subject.reference)
        except Refused as refused:
            at = {"committee": "seats_committee", "fund_audit": "seats_fund_audit", "womens": "seats_womens"}
            say(form, refused, at)
    context = {
        "form": form,
        "founding": subject,
        "members": members,
        "band": band,
        "figures": figures,
        "is_womens": is_womens,
        "law": queries.what_law_says(members.all, on=today_of(request.at)),
        **frame(subject),
    }
    return render(request, "founding/plan.html", context, status=422 if form.errors else 200)


def candidates(request: Request, *, subject: Any) -> HttpResponse:
    """Who stands for what, and how many are still needed."""
    if not subject.seats:
        return redirect("founding:plan", reference=subject.reference)
    words = (request.POST or request.GET).get("words", "")
    rows = queries.members_offered(subject, words)[: queries.MOST_OFFERED]
    members = {each.reference: each for each in rows}
    bodies = [body for body in Body if subject.seats_of(body)]
    can_stand = [body for body in bodies if subject.state != "planned" or not subject.is_from_new_committee(body)]
    form = CandidateForm(
        request.POST if "nominate" in request.POST else None,
        bodies=can_stand,
        members=members,
        initial={"key": new_tracking_code(), "body": request.GET.get("body", ""), "named_on": today_of(request.at)},
    )
    named = queries.candidates_of(subject)
    late = election.named_late(subject, named).lines if subject.state == "planned" else []
    shown_on = today_of(request.at) if late or subject.shown_on is None else subject.shown_on
    again = ShowForm(request.POST if "show" in request.POST else None, initial={"on": shown_on})
    reasons: tuple[str, ...] = ()
    try:
        if "nominate" in request.POST and form.is_valid():
            key = form.cleaned_data["key"]
            made = election.nominate(founding=subject, **form.facts(), by=request.actor, at=request.at, key=key)
            messages.success(request, f"{form.facts()['membership'].person.name}已经列为{Body(made.body).zh}候选人。")
            return redirect("founding:candidates", reference=subject.reference)
        if again.is_valid():
            election.show(founding=subject, on=again.cleaned_data["on"], by=request.actor, at=request.at)
            messages.success(request, "公示日期已经改好，公示期从这一天算起。")
            return redirect("founding:candidates", reference=subject.reference)
        if reference := request.POST.get("unname", ""):
            candidate = queries.candidate_of(subject, reference)
            if candidate is not None:
                election.unname(founding=subject, candidate=candidate, by=request.actor, at=request.at)
            return redirect("founding:candidates", reference=subject.reference)
    except Refused as refused:
        if form.is_bound or again.is_bound:
            say(form if form.is_bound else again, refused)
        else:
            reasons = refused.reasons
    figures = params.figures(on=today_of(request.at))
    rates = {"percent": figures.percent, "audit_percent": figures.fund_audit_percent}
    lists = []
    for body in bodies:
        mine = [each for each in named if each.body == body]
        later = subject.is_from_new_committee(body) and subject.state == "planned"
        needed = 0 if later else candidates_needed(body, subject.seats_of(body), **rates)
        lists.append({"body": body, "seats": subject.seats_of(body), "needed": needed, "rows": mine, "is_later": later})
    context = {
        "form": form,
        "again": again,
        "late": late,
        "is_before": subject.state == "planned",
        "founding": subject,
        "lists": lists,
        "words": words,
        "is_long": len(members) == queries.MOST_OFFERED,
        "reasons": reasons,
        "notice_days": figures.notice_days,
        **frame(subject),
    }
    return render(
        request, "founding/candidates.html", context, status=422 if form.errors or again.errors or reasons else 200
    )


def meeting(request: Request, *, subject: Any) -> HttpResponse:
    """Register the meeting."""
    today = today_of(request.at)
    members = queries.members_of(subject)
    initial = {"held_on": subject.planned_on or today, "key": new_tracking_code()}
    if subject.meeting == Meeting.MEMBERS:
        initial["expected"] = members.all
    form = MeetingForm(request.POST or None, members=members, day=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        key = said.pop("key")
        try:
            election.convene(founding=subject, meeting=election.Held(**said), by=request.actor, at=request.at, key=key)
            messages.success(request, "大会已经登记，到会人数符合规定：请按计票单登记每一项选举。")
            return redirect("founding:founding", reference=subject.reference)
        except Refused as refused:
            say(form, refused)
    figures = params.figures(on=today)
    needed = -(-members.all * figures.quorum.numerator // figures.quorum.denominator)
    context = {"form": form, "founding": subject, "members": members, "needed": needed, "figures": figures}
    return render(request, "founding/meeting.html", {**context, **frame(subject)}, status=422 if form.errors else 200)


def again(request: Request, *, subject: Any) -> HttpResponse:
    """Let an election count for nothing."""

    def act(reason: str) -> None:
        election.again(founding=subject, reason=reason, by=request.actor, at=request.at)

    brings = ["这次大会的计票不算，回到筹备选举：重新公示、重新开会。", "已经登记的计票单留作记录，不会删除。"]
    return with_reason(
        request, subject, title="选举无效，重新筹备", consequences=brings, act=act, done="已经回到筹备选举。"
    )


def count(request: Request, *, subject: Any) -> HttpResponse:
    """The tally sheet of one body."""
    shown = election_of(subject)
    wanted = request.POST.get("body") or request.GET.get("body", "")
    ahead = next((each for each in shown.ahead if each.body == wanted and not each.is_done), None) if shown else None
    if ahead is None or subject.state != "counting":
        return redirect("founding:founding", reference=subject.reference)
    is_reduce = "reduce" in request.POST
    sent = None if is_reduce else (request.POST or None)
    form = CountForm(sent, ahead=ahead, initial={"round": ahead.round, "key": new_tracking_code()})
    fewer = ReduceForm(request.POST if is_reduce else None)
    try:
        if is_reduce and fewer.is_valid():
            agree = fewer.cleaned_data["agree"]
            election.reduce_seats(founding=subject, agree=agree, by=request.actor, at=request.at)
            return redirect("founding:founding", reference=subject.reference)
        if form.is_valid():
            made = election.count(founding=subject, body=ahead.body, **form.facts(), by=request.actor, at=request.at)
            elected = "、".join(line["name"] for line in made.lines if line["elected"])
            said = f"当选：{elected}。" if elected else "没有人当选。"
            messages.success(request, f"{ahead.body.zh}的计票单登记好了。{said}")
            return redirect("founding:founding", reference=subject.reference)
    except Refused as refused:
        say(fewer if is_reduce else form, refused, {str(each.pk): f"yes_{each.pk}" for each in ahead.runners})
    context = {
        "form": form,
        "fewer": fewer,
        "may_reduce": ahead.body is Body.COMMITTEE and ahead.round > 1 and not ahead.is_tie,
        "ahead": ahead,
        "needed": (ahead.expected or 0) // 2 + 1,
        "founding": subject,
        "elected": [each.membership.person.name for each in ahead.elected],
        **frame(subject),
    }
    return render(request, "founding/count.html", context, status=422 if form.errors or fewer.errors else 200)


def report(request: Request, *, subject: Any) -> HttpResponse:
    """Report the result to the superior, once it has been read again."""
    shown = election_of(subject, only_sheets=True)
    if subject.state != "counting" or shown is None:
        return redirect("founding:founding", reference=subject.reference)
    initial = {"key": f"{subject.reference}-{subject.version}"}
    form = Numbered(request.POST or None, word=word_field(subject.organisation), initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            standing.report(
                founding=subject, word=said.get("word", ""), by=request.actor, at=request.at, key=said["key"]
            )
            messages.success(request, f"选举结果已经报{subject.counterpart.name}。")
            return redirect("founding:founding", reference=subject.reference)
        except Refused as refused:
            say(form, refused)
    context = {"form": form, "founding": subject, "election": shown, **frame(subject)}
    return render(request, "founding/report.html", context, status=422 if form.errors else 200)
