"""The pages of suggestions and of topics."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from gongjia.backbone.files.queries import content_of
from gongjia.backbone.organisations.queries import own_of
from gongjia.domains.fieldwork import places
from gongjia.domains.fieldwork.asking import forms, queries, services
from gongjia.domains.fieldwork.permissions import ANSWER, STUDY, SUGGEST
from gongjia.domains.fieldwork.visits import queries as visits
from gongjia.domains.fieldwork.visits.views import must_know
from gongjia.domains.fieldwork.words import Outcome
from gongjia.engines.casework.queries import timeline_of
from gongjia.kernel.errors import Refused, Stale
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request

_TABS = {"": "等我们答复", "ours": "我们提的", "all": "全部"}
_SUGGESTIONS = ("基层建议", "fieldwork:suggestions")
_TOPICS = ("调研课题", "fieldwork:topics")


def suggestions(request: Request) -> HttpResponse:
    """What waits for an answer, and what was answered."""
    is_asker = request.actor.may(SUGGEST) and not request.actor.may(ANSWER)
    tab = request.GET.get("tab", "ours" if is_asker else "")
    tab = tab if tab in _TABS else ""
    page = page_of(
        queries.suggestions(request.actor, tab), by=("-opened_at", "-pk"), cursor=request.GET.get("cursor", "")
    )
    address = reverse("fieldwork:suggestions")
    context = {
        "page": page,
        "tab_zh": _TABS[tab],
        "tabs": [(zh, f"{address}?tab={code}", code == tab) for code, zh in _TABS.items()],
        "may_suggest": request.actor.may(SUGGEST),
    }
    return render(request, "fieldwork/suggestions.html", context)


def suggest(request: Request) -> HttpResponse:
    """A union asks a superior."""
    own = queries.unions_of(request.actor.organisations_for(SUGGEST))
    above = [each for union in own[:1] for each in places.line_of(union.path) if each.pk != union.pk]
    form = forms.SuggestForm(request.POST or None, own=own, above=above, initial=_new_key())
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = services.suggest(
                organisation=form.owned[said["own"]], to=form.above[said["to"]], words=said["words"], key=said["key"],
                by=request.actor, at=request.at,
            )  # fmt: skip
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, f"建议已经提给{made.organisation.name}，答复会写在这里。")
            return redirect("fieldwork:suggestion", reference=made.reference)
    return _form_page(request, form, reasons, title="提基层建议", submit="提出", crumb=_SUGGESTIONS)


def suggest_on_visit(request: Request, *, subject: Any) -> HttpResponse:
    """What a union asked for on a visit."""
    must_know(request, subject)
    above = places.line_of(subject.union.path)[1:] if subject.union else []
    form = forms.SuggestOnVisitForm(request.POST or None, above=above, initial=_new_key())
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        said = form.cleaned_data
        facts = {"to": form.above[said["to"]], "words": said["words"], "key": said["key"]}
        try:
            services.suggest_on_visit(visit=subject, **facts, by=request.actor, at=request.at)
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, "建议已经记下，负责答复的工会看得到了。")
            return redirect("fieldwork:visit", reference=subject.reference)
    return _form_page(
        request, form, reasons, title="记一条建议", submit="记下", crumb=_SUGGESTIONS, kicker=subject.place_zh
    )


def suggestion(request: Request, *, subject: Any) -> HttpResponse:
    """One suggestion, with its answer or the form for one."""
    may_answer = subject.state == "asked" and request.actor.may(ANSWER, path=subject.organisation.path)
    form = forms.AnswerForm(request.POST or None, initial=_new_key()) if may_answer else None
    reasons: tuple[str, ...] = ()
    if form is not None and form.is_valid():
        said = form.cleaned_data
        try:
            services.answer(
                suggestion=subject, outcome=Outcome(said["outcome"]), words=said["words"], key=said["key"],
                by=request.actor, at=request.at,
            )  # fmt: skip
        except Refused as refused:
            reasons = refused.reasons
        except Stale:
            reasons = ("这条建议刚刚由别人答复过，请刷新看看。",)
        else:
            messages.success(request, "已经答复，对方看得到了。")
            return redirect("fieldwork:suggestion", reference=subject.reference)
    may_withdraw = subject.state == "asked" and request.actor.may(SUGGEST, path=subject.counterpart.path)
    context = {
        "each": subject, "form": form, "reasons": reasons, "timeline": timeline_of(subject),
        "may_withdraw": may_withdraw, "crumbs": [(_SUGGESTIONS[0], reverse(_SUGGESTIONS[1]))],
    }  # fmt: skip
    wrong = 409 if reasons else 422 if form is not None and form.errors else 200
    return render(request, "fieldwork/suggestion.html", context, status=wrong)


def withdraw(request: Request, *, subject: Any) -> HttpResponse:
    """Take back what has not been answered."""
    try:
        services.withdraw(suggestion=subject, counterpart=subject.counterpart, by=request.actor, at=request.at)
        messages.success(request, "建议已经撤回。")
    except Refused as refused:
        messages.error(request, "；".join(refused.reasons))
    return redirect("fieldwork:suggestion", reference=subject.reference)


# ── topics ──────────────────────────────────────────────────────────────────────────────────────────────────────


def topics(request: Request) -> HttpResponse:
    """What is being studied."""
    page = page_of(queries.topics(), by=("-from_on", "-pk"), cursor=request.GET.get("cursor", ""))
    return render(request, "fieldwork/topics.html", {"page": page, "may_study": request.actor.may(STUDY)})


def topic_new(request: Request) -> HttpResponse:
    """Begin a topic."""
    today = today_of(request.at)
    own = own_of(request.actor.paths_for(STUDY))
    posts = visits.posts_at(own, on=today)
    form = forms.TopicForm(request.POST or None, posts=posts, initial={**_new_key(), "from_on": today})
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        try:
            made = services.begin_topic(organisation=own, **form.facts, by=request.actor, at=request.at)
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, "课题已经开始。定走访计划时可以选它。")
            return redirect("fieldwork:topic", reference=made.reference)
    return _form_page(request, form, reasons, title="开展调研课题", submit="开始", crumb=_TOPICS, kicker=own.name)


def topic(request: Request, *, subject: Any) -> HttpResponse:
    """One topic: who works on it, the visits that have begun, the report."""
    page = page_of(visits.begun(topic=subject.pk), by=("-arrived_on", "-pk"), cursor=request.GET.get("cursor", ""))
    context = {
        "topic": subject,
        "members": queries.members_of(subject),
        "page": page,
        "may_study": request.actor.may(STUDY, path=subject.organisation.path),
        "crumbs": [(_TOPICS[0], reverse(_TOPICS[1]))],
    }
    return render(request, "fieldwork/topic.html", context)


def topic_report(request: Request, *, subject: Any) -> HttpResponse:
    """Hand in the report."""
    initial = {**_new_key(), "summary": subject.summary}
    form = forms.TopicReportForm(request.POST or None, request.FILES or None, initial=initial)
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        said = form.cleaned_data
        sent = {"file_name": said["file"].name, "chunks": said["file"].chunks()} if said["file"] else {}
        facts = {"summary": said["summary"], "key": said["key"]}
        try:
            services.report_topic(topic=subject, **facts, **sent, by=request.actor, at=request.at)
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, "报告已经提交。")
            return redirect("fieldwork:topic", reference=subject.reference)
    return _form_page(request, form, reasons, title="提交调研报告", submit="提交", crumb=_TOPICS, kicker=subject.name)


def topic_file(request: Request, *, subject: Any) -> HttpResponse:
    """The report itself."""
    if subject.report is None:
        raise Http404
    response = HttpResponse(b"".join(content_of(subject.report)), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=subject.report.name)
    return response


def _new_key() -> dict[str, str]:
    return {"key": new_tracking_code()}


def _form_page(
    request: Request, form: Any, reasons: tuple[str, ...], *, title: str, submit: str, crumb: Any, kicker: str = ""
) -> HttpResponse:
    address = reverse(crumb[1])
    context = {
        "form": form, "reasons": reasons, "title": title, "submit": submit, "kicker": kicker, "back_url": address,
        "crumbs": [(crumb[0], address)],
    }  # fmt: skip
    return render(request, "fieldwork/form.html", context, status=409 if reasons else 422 if form.errors else 200)
