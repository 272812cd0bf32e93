"""The desk of small matters that count, and of the answer book."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.domains.voices import book, keeping, params, queries, small
from gongjia.domains.voices.forms import DoneForm, DropForm, EntryForm, PromiseForm
from gongjia.domains.voices.words import SmallState, Topic
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.requests import Request


def small_matters(request: Request) -> HttpResponse:
    """Small matters in reach, by where they are."""
    state = request.GET.get("state", SmallState.GATHERED)
    rows = queries.small_matters(state)
    page = page_of(rows, by=("-gathered_at", "-pk"), cursor=request.GET.get("cursor", ""))
    address = reverse("voices:small_matters_desk")
    tabs = [(each.zh, f"{address}?state={each.value}", each == state) for each in SmallState]
    context = {"page": page, "tabs": tabs, "today": today_of(request.at)}
    return render(request, "voices/desk/small_matters.html", context)


def small_matter(request: Request, *, subject: Any) -> HttpResponse:
    """One of them: promise, finish, or say why not."""
    forms = {
        "promise": PromiseForm(_sent(request, "promise"), initial=_initial(subject)),
        "finish": DoneForm(
            _sent(request, "finish"), initial={"version": subject.version, "done_on": today_of(request.at)}
        ),
        "drop": DropForm(_sent(request, "drop"), initial={"version": subject.version}),
    }
    act = request.POST.get("act", "")
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and act in forms and forms[act].is_valid():
        verb: Any = {"promise": small.promise, "finish": small.finish, "drop": small.drop}[act]
        try:
            verb(matter=subject, by=request.actor, at=request.at, **forms[act].cleaned_data)
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, _DONE[act])
            return redirect("voices:small_matter", reference=subject.reference)
    wrong = forms[act] if act in forms and forms[act].errors else None
    context = {
        "matter": subject,
        "voices": queries.voices_of(subject),
        "forms": forms,
        "wrong": wrong,
        "reasons": reasons,
        "crumbs": [("关键小事", reverse("voices:small_matters_desk"))],
        "tree_at": subject.organisation.reference,
        "today": today_of(request.at),
    }
    return render(request, "voices/desk/small_matter.html", context, status=409 if reasons else 422 if wrong else 200)


_DONE = {
    "promise": "已经承诺，公开页上能看到。",
    "finish": "已经办结，公开页上能看到，反映的职工会收到通知。",
    "drop": "已经记下不列入的原因。",
}


def _sent(request: Request, act: str) -> Any:
    return request.POST if request.POST.get("act") == act else None


def _initial(subject: Any) -> dict[str, Any]:
    names = ("title", "promise", "promised_by", "promised_for", "version")
    return {name: getattr(subject, name) for name in names}


def book_desk(request: Request) -> HttpResponse:
    """The book as it is read at the own organisation, those to be looked at again first."""
    organisations = queries.keepers(request.actor)
    today = today_of(request.at)
    months = params.review_months(today)
    entries = queries.entries_at(organisations[0], hidden=True) if organisations else []
    lines = [(each, book.is_due(each, on=today, months=months)) for each in entries]
    lines.sort(key=lambda pair: (not pair[1], pair[0].is_verified, list(Topic).index(pair[0].topic)))
    context = {"lines": lines, "organisation": organisations[0] if organisations else None, "months": months}
    return render(request, "voices/desk/book.html", context)


def entry_new(request: Request) -> HttpResponse:
    """A new answer, or the own words in the place of a delivered one (`seed`)."""
    organisations = queries.keepers(request.actor)
    seed = book.seed_of(request.GET.get("seed", ""))
    before = queries.book_answer_for(organisations[0], seed.key) if seed and organisations else None
    if before is not None:
        return redirect("voices:entry", reference=before.reference)
    today = today_of(request.at)
    initial: dict[str, Any] = {"reviewed_on": today, "is_shown": True}
    if seed is not None:
        initial |= {"topic": seed.topic, "question": seed.question, "answer": seed.answer, "source": seed.source}
        initial |= {"words": seed.words}
    form = EntryForm(request.POST or None, initial=initial)
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid() and organisations:
        try:
            keeping.write(
                organisation=organisations[0],
                seed=seed.key if seed else "",
                by=request.actor,
                at=request.at,
                **_facts(form),
            )
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, "已经保存，本会和下级的职工马上能看到。")
            return redirect("voices:book")
    return _drawn(request, form, reasons)


def entry(request: Request, *, subject: Any) -> HttpResponse:
    """Change an answer of the organisation's own."""
    initial = {name: getattr(subject, name) for name in (*keeping.FACTS, "version")}
    form = EntryForm(request.POST or None, initial=initial)
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            keeping.amend(entry=subject, facts=_facts(form), version=version, by=request.actor, at=request.at)
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, "已经保存。")
            return redirect("voices:book")
    return _drawn(request, form, reasons)


def _facts(form: forms.Form) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in keeping.FACTS}


def _drawn(request: Request, form: forms.Form, reasons: tuple[str, ...]) -> HttpResponse:
    context = {"form": form, "reasons": reasons, "crumbs": [("政策问答", reverse("voices:book"))]}
    status = 409 if reasons else 422 if form.errors else 200
    return render(request, "voices/desk/entry.html", context, status=status)
