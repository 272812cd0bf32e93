"""The pages between union and workers: letters in, answers out."""

from typing import Any

from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.engines.messages import services as message_services
from gongjia.engines.messages.queries import thread
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request
from gongjia.portals.liaison import queries, services
from gongjia.portals.liaison.clocks import due_of, late_before
from gongjia.portals.liaison.forms import AnswerForm

ALL = "all"


def home(request: Request) -> HttpResponse:
    """Officers to their letters, workers to their messages."""
    return redirect("liaison:letters" if request.actor.may("liaison.answer") else "service:messages")


def letters(request: Request) -> HttpResponse:
    """Letters to my organisation: those that wait, the oldest first; or all, the newest first."""
    is_all = request.GET.get("tab") == ALL
    rows = queries.letters_to(request.actor) if is_all else queries.waiting_for(request.actor)
    by = ("-sent_at", "-pk") if is_all else ("sent_at", "pk")
    page = page_of(rows, by=by, cursor=request.GET.get("cursor", ""))
    waits = queries.waiting_for(request.actor).count() if is_all else page.count_zh
    address = reverse("liaison:letters")
    today = request.at.date()
    context = {
        "page": page,
        "lines": [(each, due_of(each.sent_at).day) for each in page.rows],
        "late_before": late_before(today),
        "is_late": not is_all and bool(page.rows) and page.rows[0].sent_at < late_before(today),
        "is_all": is_all,
        "is_several": len(queries.own_organisations(request.actor)) > 1,
        "tabs": [("待回复", address, not is_all, waits), ("全部", f"{address}?tab={ALL}", is_all)],
        "below": queries.waiting_below(request.actor, on=today),
        "contacts": queries.contacts_of(request.actor, on=today),
    }
    return render(request, "liaison/letters.html", context)


def letter(request: Request, *, subject: Any) -> HttpResponse:
    """One letter with its thread, and the answer."""
    if not queries.is_letter_to(request.actor, subject):
        raise Http404
    form = AnswerForm(request.POST or None, initial={"key": new_tracking_code()})
    if request.method == "POST" and form.is_valid():
        services.answer(letter=subject, **form.cleaned_data, by=request.actor, at=request.at)
        notices.success(request, f"已经回复{subject.person.name}。")
        return redirect("liaison:letters")
    page = page_of(
        thread(subject.person_id, subject.organisation_id),
        by=("-sent_at", "-pk"),
        cursor=request.GET.get("cursor", ""),
    )
    unread = [each for each in page.rows if each.read_at is None and each.direction == subject.direction]
    if unread:
        message_services.read(messages=unread, by=request.actor, at=request.at)
    context = {"letter": subject, "due": due_of(subject.sent_at), "late_before": late_before(request.at.date())}
    context |= {"page": page, "form": form, "back_url": reverse("liaison:letters")}
    return render(request, "liaison/letter.html", context, status=422 if form.errors else 200)
