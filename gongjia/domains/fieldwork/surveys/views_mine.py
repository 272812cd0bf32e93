"""A member's own questionnaires: answered once, without a name, with what came of it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.domains.fieldwork.surveys import forms, queries, services
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.requests import Request


def mine(request: Request) -> HttpResponse:
    """What my unions ask, and what came of what they asked."""
    today = today_of(request.at)
    rows = queries.asked_of(request.actor.person_id or 0)
    page = page_of(rows, by=("-opened_on", "-pk"), cursor=request.GET.get("cursor", ""))
    lines = [(each, queries.is_open(each, today)) for each in page.rows]
    context = {"page": page, "lines": lines, "back_url": reverse("service:home")}
    return render(request, "fieldwork/my_questionnaires.html", context)


def answer(request: Request, *, subject: Any) -> HttpResponse:
    """Answer one, once; after its end see what all said."""
    today = today_of(request.at)
    if subject.opened_on is None:
        raise Http404
    is_open = queries.is_open(subject, today)
    has_answered = is_open and queries.has_answered(subject, request.actor.person_id or 0)
    form = (
        forms.AnsweringForm(request.POST or None, questions=subject.questions) if is_open and not has_answered else None
    )
    reasons: tuple[str, ...] = ()
    if form is not None and form.is_valid():
        try:
            services.answer(questionnaire=subject, said=form.cleaned_data, by=request.actor, at=request.at)
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, "收到了，谢谢。谁答了什么，没有人查得出来。")
            return redirect("fieldwork:my_questionnaires")
    context = {
        "each": subject,
        "form": form,
        "has_answered": has_answered,
        "results": queries.results_of(subject, on=today),
        "reasons": reasons,
        "back_url": reverse("fieldwork:my_questionnaires"),
    }
    wrong = 409 if reasons else 422 if form is not None and form.errors else 200
    return render(request, "fieldwork/my_questionnaire.html", context, status=wrong)
