"""The member's own pages: where the membership goes, leaving, correcting the file."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.people.queries import myself
from gongjia.domains.enrolment.changes import bulk, correcting, leaving, queries, services
from gongjia.domains.enrolment.changes.flow import LEAVING, TRANSFER
from gongjia.domains.enrolment.changes.forms import AnswerForm, BeginForm, FactForm, LeaveForm
from gongjia.domains.enrolment.changes.shown import clock_of
from gongjia.domains.enrolment.changes.words import KEPT_FOR, Fact, Why
from gongjia.engines.casework.queries import timeline_of
from gongjia.kernel.errors import Refused
from gongjia.kernel.forms import status_of
from gongjia.kernel.masking import mask_identity
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request

_HOME = "enrolment:membership"


def transfer_where(request: Request) -> HttpResponse:
    """Where to: by the union's name, or by the place where one lives."""
    if (live := _live(request)) is None:
        return redirect(_HOME)
    if (begun := queries.under_way(live.person_id, TRANSFER.code, LEAVING.code)) is not None:
        return redirect(begun.url)
    words, place = request.GET.get("q", "").strip()[:60], request.GET.get("place", "").strip()[:30]
    found = queries.taking(words) if words else queries.of_a_place(place) if place else []
    context = {
        "live": live,
        "words": words,
        "place": place,
        "found": [each for each in found if each.pk != live.organisation_id][: queries.MOST_OFFERED],
        "is_cut": len(found) > queries.MOST_OFFERED,
        "back_url": reverse(_HOME),
    }
    return render(request, "enrolment/changes/where.html", context)


def transfer_begin(request: Request, *, subject: Any) -> HttpResponse:
    """Ask to go to this union. Who has no membership is shown how to join it."""
    if (live := _live(request)) is None:
        return redirect("enrolment:poster", reference=subject.reference)
    if (begun := queries.under_way(live.person_id, TRANSFER.code, LEAVING.code)) is not None:
        return redirect(begun.url)
    form = BeginForm(request.POST or None, initial={"key": new_tracking_code()})
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        facts = {**form.cleaned_data, "why": Why(form.cleaned_data["why"])}
        try:
            made = services.begin(membership=live, to=subject, by=request.actor, at=request.at, **facts)
            return redirect("enrolment:my_transfer", reference=made.reference)
        except Refused as refused:
            reasons = refused.reasons
    context = {
        "form": form,
        "reasons": reasons,
        "title": "会籍转接",
        "live": live,
        "to": subject,
        "kept": [Why(each).label for each in KEPT_FOR],
        "submit_zh": "提出转接",
        "back_url": reverse("enrolment:transfer_where"),
    }
    return render(request, "enrolment/changes/begin.html", context, status=status_of(form, reasons))


def my_transfer(request: Request, *, subject: Any) -> HttpResponse:
    """How a transfer stands; take it back, or answer what the union objects."""
    form = AnswerForm(request.POST if "answer" in request.POST else None)
    if request.method == "POST":
        if "withdraw" in request.POST:
            services.withdraw(transfer=subject, by=request.actor, at=request.at)
            messages.success(request, "转接已经撤回，会籍不变。")
            return redirect("enrolment:my_transfer", reference=subject.reference)
        if "answer" in request.POST and form.is_valid():
            services.answer(transfer=subject, words=form.cleaned_data["words"], by=request.actor, at=request.at)
            messages.success(request, "说明已经送到转出工会。")
            return redirect("enrolment:my_transfer", reference=subject.reference)
    steps = timeline_of(subject)
    context = {
        "transfer": subject,
        "steps": steps,
        "clock": clock_of(subject, at=request.at),
        "form": form,
        "said": next((each.words for each in steps if each.move in {"object", "refuse", "lapse"}), ""),
        "back_url": reverse(_HOME),
    }
    return render(request, "enrolment/changes/my_transfer.html", context, status=status_of(form))


def transfer_code(request: Request) -> HttpResponse:
    """A code to show at another union's desk, for who does not want to look for the union alone."""
    if (live := _live(request)) is None:
        return redirect(_HOME)
    code = ""
    if request.method == "POST":
        code = services.make_code(by=request.actor, at=request.at)
    context = {"live": live, "code": f"{code[:5]} {code[5:]}" if code else "", "back_url": reverse(_HOME)}
    answer = render(request, "enrolment/changes/code.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def stay_out(request: Request) -> HttpResponse:
    """Do not go along with a bulk transfer."""
    line = queries.line_of(request.actor.person_id) if request.actor.person_id else None
    if line is None:
        return redirect(_HOME)
    if request.method == "POST":
        bulk.stay_out(line=line, by=request.actor, at=request.at)
        messages.success(request, "您不随这批转接，会籍留在原来的工会。")
        return redirect(_HOME)
    context = {
        "base_template": "theme/service.html",
        "title": "不随单位整批转接",
        "why": f"{line.bulk.organisation.name}要把会籍整批转到{queries.name_of(line.bulk.counterpart)}。",
        "consequences": ["您的会籍留在原来的工会。", "以后要转，可以自己提出会籍转接。"],
        "submit_zh": "不随批转",
        "tone": "primary",
        "cancel_url": reverse(_HOME),
        "back_url": reverse(_HOME),
    }
    return render(request, "theme/confirm.html", context)


def leave(request: Request) -> HttpResponse:
    """What leaving means, and the question whether the union may talk first. Nobody is kept from it."""
    if (live := _live(request)) is None:
        return redirect(_HOME)
    if (begun := queries.under_way(live.person_id, LEAVING.code)) is not None:
        return redirect(begun.url)
    going = queries.under_way(live.person_id, TRANSFER.code)
    form = LeaveForm(request.POST or None, initial={"key": new_tracking_code()})
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        why, key = form.cleaned_data["why"], form.cleaned_data["key"]
        try:
            made = leaving.ask(membership=live, why=why, key=key, by=request.actor, at=request.at)
            return redirect("enrolment:my_leaving", reference=made.reference)
        except Refused as refused:
            reasons = refused.reasons
    context = {"form": form, "reasons": reasons, "live": live, "going": going, "back_url": reverse(_HOME)}
    return render(request, "enrolment/changes/leave.html", context, status=status_of(form, reasons))


def my_leaving(request: Request, *, subject: Any) -> HttpResponse:
    """How leaving stands, and the way back while it is not announced."""
    if request.method == "POST":
        leaving.withdraw(leaving=subject, by=request.actor, at=request.at)
        messages.success(request, "退会已经撤回，您仍是会员。")
        return redirect("enrolment:my_leaving", reference=subject.reference)
    context = {
        "leaving": subject,
        "steps": timeline_of(subject),
        "clock": clock_of(subject, at=request.at),
        "back_url": reverse(_HOME),
    }
    return render(request, "enrolment/changes/my_leaving.html", context)


def correct(request: Request) -> HttpResponse:
    """Which fact is wrong; then that fact alone."""
    if (live := _live(request)) is None:
        return redirect("service:me")
    asked = request.GET.get("fact", "")
    if asked not in Fact.values:
        facts = [(each.label, f"{reverse('enrolment:correct')}?fact={each.value}") for each in Fact]
        return render(request, "enrolment/changes/correct.html", {"facts": facts, "back_url": reverse(_HOME)})
    fact = Fact(asked)
    form = FactForm(
        request.POST or None,
        request.FILES or None,
        fact=fact,
        on=request.at.date(),
        initial={"key": new_tracking_code()},
    )
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            made = correcting.ask(membership=live, fact=fact, by=request.actor, at=request.at, **form.cleaned_data)
            return redirect("enrolment:my_correction", reference=made.reference)
        except Refused as refused:
            reasons = refused.reasons
    person = myself(live.person_id)
    context = {
        "form": form,
        "reasons": reasons,
        "title": f"更正{fact.label}",
        "now": _shown(fact, correcting.value_of(person, fact)),
        "submit_zh": "送工会核对",
        "back_url": reverse("enrolment:correct"),
    }
    return render(request, "enrolment/changes/fact.html", context, status=status_of(form, reasons))


def my_correction(request: Request, *, subject: Any) -> HttpResponse:
    """How a correction stands; mend it, or take it back."""
    fact, form = Fact(subject.fact), None
    if subject.state == "returned":
        old = "" if fact == Fact.ID_NUMBER else subject.new_value
        is_sent = request.method == "POST" and "withdraw" not in request.POST
        initial = {"value": old, "why": subject.why}
        sent = (request.POST, request.FILES) if is_sent else ()
        form = FactForm(*sent, fact=fact, on=request.at.date(), initial=initial)
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        here = redirect("enrolment:my_correction", reference=subject.reference)
        if "withdraw" in request.POST:
            correcting.withdraw(correction=subject, by=request.actor, at=request.at)
            messages.success(request, "更正要求已经撤回。")
            return here
        if form is not None and form.is_valid():
            mended = {name: form.cleaned_data[name] for name in ("value", "why", "evidence")}
            try:
                correcting.resubmit(correction=subject, **mended, by=request.actor, at=request.at)
                messages.success(request, "已经重新提交，请等工会核对。")
                return here
            except Refused as refused:
                reasons = refused.reasons
    steps = timeline_of(subject)
    context = {
        "correction": subject,
        "steps": steps,
        "said": next((each.words for each in steps if each.move == "return"), ""),
        "clock": clock_of(subject, at=request.at),
        "form": form,
        "reasons": reasons,
        "new": _shown(fact, subject.reveal("id_number") if fact == Fact.ID_NUMBER else subject.new_value),
        "back_url": reverse(_HOME),
    }
    return render(request, "enrolment/changes/my_correction.html", context, status=status_of(form, reasons))


def _shown(fact: Fact, value: str) -> str:
    """As it stands on a page: of an ID number the ends only."""
    if fact == Fact.ID_NUMBER:
        return mask_identity(value) if value else ""
    return value


def _live(request: Request) -> Any:
    return queries.live_of(request.actor.person_id) if request.actor.person_id is not None else None
