"""The desk of questionnaires: drawn up, sent, ended, with results and what was changed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.organisations.queries import own_of
from gongjia.domains.fieldwork.permissions import ASK
from gongjia.domains.fieldwork.surveys import forms, queries, services
from gongjia.domains.fieldwork.words import About
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request

_CRUMB = ("问卷", "fieldwork:questionnaires")


def questionnaires(request: Request) -> HttpResponse:
    """What was asked, and what is being asked."""
    page = page_of(queries.listed(), by=("-made_on", "-pk"), cursor=request.GET.get("cursor", ""))
    return render(request, "fieldwork/questionnaires.html", {"page": page, "today": today_of(request.at)})


def questionnaire_new(request: Request) -> HttpResponse:
    """Draw up a questionnaire."""
    own = own_of(request.actor.paths_for(ASK))
    form = forms.QuestionnaireForm(request.POST or None, initial={"key": new_tracking_code()})
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        said = form.cleaned_data
        facts = {"title": said["title"], "about": About(said["about"]), "intro": said["intro"], "key": said["key"]}
        try:
            made = services.draw_up(
                organisation=own, questions=form.questions, **facts, by=request.actor, at=request.at
            )
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, "问卷拟好了，还没有发出。看一遍再发。")
            return redirect("fieldwork:questionnaire", reference=made.reference)
    context = {"form": form, "reasons": reasons, "own": own, "crumbs": [(_CRUMB[0], reverse(_CRUMB[1]))]}
    wrong = 409 if reasons else 422 if form.errors else 200
    return render(request, "fieldwork/questionnaire_form.html", context, status=wrong)


def questionnaire(request: Request, *, subject: Any) -> HttpResponse:
    """One questionnaire: its questions, then its results, and what may be done now."""
    today = today_of(request.at)
    may_ask = request.actor.may(ASK, path=subject.organisation.path)
    send = forms.SendForm(request.POST if "send" in request.POST else None, initial={"key": new_tracking_code()})
    told = forms.ChangedForm(
        request.POST if "told" in request.POST else None,
        initial={"words": subject.changed, "key": new_tracking_code()},
    )
    reasons: tuple[str, ...] = ()
    try:
        if may_ask and (done := _act(request, subject, send, told)):
            messages.success(request, done)
            return redirect("fieldwork:questionnaire", reference=subject.reference)
    except Refused as refused:
        reasons = refused.reasons
    if request.method == "POST":
        request.actor.require(ASK, path=subject.organisation.path)
    context = {
        "each": subject,
        "results": queries.results_of(subject, on=today),
        "so_far": queries.answered_so_far(subject, on=today),
        "is_open": queries.is_open(subject, today),
        "may_ask": may_ask,
        "send": send,
        "told": told,
        "reasons": reasons,
        "crumbs": [(_CRUMB[0], reverse(_CRUMB[1]))],
    }
    wrong = 409 if reasons else 422 if send.errors or told.errors else 200
    return render(request, "fieldwork/questionnaire.html", context, status=wrong)


def _act(request: Request, subject: Any, send: Any, told: Any) -> str:
    """What was done, in words; "" where nothing was sent or it cannot be taken."""
    by = {"questionnaire": subject, "by": request.actor, "at": request.at}
    if send.is_valid():
        services.send(**send.cleaned_data, **by)
        return "问卷已经发出，会员收到通知，在“我的问卷”里答。"
    if told.is_valid():
        services.tell_changed(**told.cleaned_data, **by)
        return "已经公布给被问到的会员。"
    if "close" in request.POST:
        services.close(**by)
        return "问卷已经结束，结果可以看了；谁答过的记录已经删除。"
    return ""
