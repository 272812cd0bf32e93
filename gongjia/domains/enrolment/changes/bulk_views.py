"""The pages of a bulk transfer: whom and where to, the list before it is sent, the other union's answer, progress."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.domains.enrolment.changes import bulk, params, queries
from gongjia.domains.enrolment.changes.forms import BulkForm, ReasonForm
from gongjia.domains.enrolment.changes.shown import clock_of, tried
from gongjia.domains.enrolment.changes.words import LineState, Why
from gongjia.engines.casework.queries import timeline_of
from gongjia.kernel.errors import Refused
from gongjia.kernel.forms import status_of
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request

_WRITE = "memberships.write"


def bulk_new(request: Request, *, subject: Any) -> HttpResponse:
    """Whom of this union, and where to: all of it, a group, or those who were ticked."""
    form = BulkForm(request.POST or None, initial={"key": new_tracking_code()})
    reasons: tuple[str, ...] = ()
    picked = request.POST.getlist("pick")
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        words, group, kind = facts.pop("q"), facts.pop("group"), facts.pop("form")
        members = queries.members_to_move(subject, words=words, group=group, form=kind)
        members = queries.among(members, picked) if "picked" in request.POST else members
        try:
            facts["why"] = Why(facts["why"])
            made = bulk.draw_up(organisation=subject, members=members, by=request.actor, at=request.at, **facts)
            return redirect("enrolment:bulk_transfer", reference=made.reference)
        except Refused as refused:
            reasons = refused.reasons
    rows = queries.members_to_move(subject, words=request.GET.get("words", ""))
    page = page_of(rows, by=("pinyin_key", "pk"), cursor=request.GET.get("cursor", ""))
    context = {
        "union": subject,
        "form": form,
        "reasons": reasons,
        "page": page,
        "picked": set(picked),
        "bulks": queries.bulks_of(subject),
        "crumbs": [(subject.name, reverse("work:union", args=[subject.reference]))],
        "tree_at": subject.reference,
    }
    return render(request, "enrolment/changes/bulk_new.html", context, status=status_of(form, reasons))


def bulk_transfer(request: Request, *, subject: Any) -> HttpResponse:
    """The batch as either union sees it."""
    actor = request.actor
    form = ReasonForm(request.POST if {"refuse", "undo"} & request.POST.keys() else None)
    here = redirect("enrolment:bulk_transfer", reference=subject.reference)
    answer, reasons, subject = tried(
        request,
        subject,
        lambda: (done, here) if (done := _done(request, subject, form)) else None,
        queries.bulk_by_reference,
    )
    if answer is not None:
        return answer
    tab = request.GET.get("tab", "")
    tab = tab if tab in LineState.values else ""
    page = page_of(queries.lines_of(subject, state=tab), by=("pk",), cursor=request.GET.get("cursor", ""))
    is_out = actor.may(_WRITE, path=subject.organisation.path)
    is_in = actor.may(_WRITE, path=subject.counterpart.path)
    context = {
        "bulk": subject,
        "page": page,
        "counts": queries.counts_of(subject),
        "steps": timeline_of(subject),
        "clock": clock_of(subject, at=request.at),
        "form": form,
        "reasons": reasons,
        "may_change": is_out and subject.state == "draft",
        "may_recall": is_out and subject.state in {"draft", "in"},
        "may_accept": is_in and subject.state == "in",
        "may_undo": is_in and subject.state == "done",
        "undo_days": params.bulk_undo_days(today_of(request.at)),
        "is_running": subject.state in {"running", "undoing"},
        "moved": subject.undone if subject.state == "undoing" else subject.handled,
        "progress_url": reverse("enrolment:bulk_progress", args=[subject.reference]),
        "crumbs": [("会籍变动", reverse("enrolment:changes"))],
    }
    return render(request, "enrolment/changes/bulk.html", context, status=status_of(form, reasons))


def _done(request: Request, subject: Any, form: ReasonForm) -> str:
    """Do what was pressed; what to say of it, "" when the form is to be mended. Raises Refused."""
    facts: dict[str, Any] = {"bulk": subject, "by": request.actor, "at": request.at}
    pressed = request.POST
    if "leave_out" in pressed or "put_back" in pressed:
        ids = [int(each) for each in pressed.getlist("pick") if each.isdigit()]
        changed = bulk.leave_out(line_ids=ids, put_back="put_back" in pressed, **facts)
        return f"名单改了 {changed} 人。"
    if "send" in pressed:
        bulk.send(**facts)
        return f"已经送到“{subject.counterpart.name}”，名单里的人会收到通知。"
    if "recall" in pressed:
        bulk.recall(**facts)
        return "已经收回，谁的会籍都没有动。"
    if "accept" in pressed:
        bulk.accept(**facts)
        return "已经同意接收，正在转接，可以先离开。"
    if not form.is_valid():
        return ""
    words = form.cleaned_data["words"]
    if "refuse" in pressed:
        bulk.refuse(words=words, **facts)
        return "已经说明不能接收的原因。"
    bulk.undo(words=words, **facts)
    return "正在退回，后来有变动的人会留下。"


def bulk_progress(request: Request, *, subject: Any) -> HttpResponse:
    """How far a batch has come: a part of its page."""
    is_back = subject.state in {"undoing", "undone"}
    context = {
        "bulk": subject,
        "moved": subject.undone if is_back else subject.handled,
        "is_running": subject.state in {"running", "undoing"},
        "progress_url": reverse("enrolment:bulk_progress", args=[subject.reference]),
    }
    answer = render(request, "enrolment/changes/parts/progress.html", context)
    if not context["is_running"]:
        answer["HX-Refresh"] = "true"
    return answer
