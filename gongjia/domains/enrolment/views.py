"""The pages of who joins: the poster's, the three steps, the progress, the card. The union's stand in desk_views."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.memberships.queries import has_live, history_of
from gongjia.backbone.memberships.words import LIVE
from gongjia.backbone.people import queries as people
from gongjia.backbone.posts.openings import in_words
from gongjia.domains.enrolment import drafts, queries, services
from gongjia.domains.enrolment.forms import (
    OTHER,
    MendForm,
    WhoForm,
    WorkForm,
)
from gongjia.domains.enrolment.words import MENDED_BY, RefusalReason
from gongjia.engines.casework.queries import timeline_of
from gongjia.kernel import audit
from gongjia.kernel.errors import Gone
from gongjia.kernel.masking import mask_identity
from gongjia.kernel.requests import Request

STEPS = 3


def poster(request: Request, *, subject: Any) -> HttpResponse:
    """Where the QR code leads: which union this is, and one button."""
    try:
        services.check_open(subject)
    except Gone as over:
        return render(request, "enrolment/poster_over.html", {"poster": subject, "why": str(over)}, status=Gone.status)
    actor = request.actor
    context = {
        "poster": subject,
        "mine": queries.reference_of_open_application(actor.account_id) if actor.account_id else "",
        "for_whom": f"{subject.employer.name}的职工" if subject.employer else "这个工会服务范围内的职工",
        "is_member": actor.person_id is not None and has_live(actor.person_id),
    }
    return render(request, "enrolment/poster_landing.html", context)


def who(request: Request, *, subject: Any) -> HttpResponse:
    """Step one. Whoever has a file is not asked for what it holds."""
    services.check_open(subject)
    if under_way := _under_way(request):
        return under_way
    if known := _known(request):
        drafts.keep(request, subject, known)
        return redirect("enrolment:work", reference=subject.reference)
    drafts.keep(request, subject, {})
    draft = drafts.of(request, subject)
    kept = draft.get("id_number", "")
    form = WhoForm(request.POST or None, initial={"name": draft.get("name", "")}, kept=kept, on=request.at.date())
    if request.method == "POST" and form.is_valid():
        drafts.keep(request, subject, {**form.cleaned_data, "is_known": False})
        return redirect("enrolment:work", reference=subject.reference)
    back_url = reverse("enrolment:poster", args=[subject.reference])
    return _step(request, form, "先认识一下您", 1, back_url)


def work(request: Request, *, subject: Any) -> HttpResponse:
    """Step two."""
    services.check_open(subject)
    draft = drafts.of(request, subject)
    if under_way := _under_way(request):
        return under_way
    if "id_number" not in draft:
        return redirect("enrolment:who", reference=subject.reference)
    employers = queries.employers_to_choose(subject)
    initial = {"workplace": subject.employer.reference} if subject.employer else {}
    form = WorkForm(request.POST or None, initial=initial | draft, employers=employers)
    if request.method == "POST" and form.is_valid():
        drafts.keep(request, subject, form.cleaned_data)
        return redirect("enrolment:check", reference=subject.reference)
    back_url = reverse("enrolment:poster" if draft["is_known"] else "enrolment:who", args=[subject.reference])
    return _step(request, form, "您在哪里工作", 2, back_url)


def check(request: Request, *, subject: Any) -> HttpResponse:
    """Step three: all answers before they are sent."""
    services.check_open(subject)
    draft = drafts.of(request, subject)
    if under_way := _under_way(request):
        drafts.drop(request, subject)
        return under_way
    if "id_number" not in draft or "job" not in draft:
        return redirect("enrolment:who", reference=subject.reference)
    employer = _employer(subject, draft)
    if employer is None and not draft.get("employer_name"):
        messages.warning(request, "您选的单位刚刚有变动，现在不由这个工会覆盖。请重新选，或者写上单位的名称。")
        return redirect("enrolment:work", reference=subject.reference)
    if request.method == "POST":
        application = services.apply(
            poster=subject,
            name=draft["name"],
            id_number=draft["id_number"],
            employer=employer,
            employer_name=draft.get("employer_name", ""),
            job=draft["job"],
            group=draft.get("group", ""),
            by=request.actor,
            at=request.at,
            key=draft["key"],
        )
        drafts.drop(request, subject)
        return redirect("enrolment:application", reference=application.reference)
    context = {
        "poster": subject,
        "draft": draft,
        "id_masked": mask_identity(draft["id_number"]),
        "known_from": "您的档案" if draft["is_known"] else "",
        "works_at": employer.name if employer else draft.get("employer_name", ""),
        "group_zh": drafts.group_zh(draft),
        "title": "请核对后提交",
        "submit_zh": "同意并申请入会",
        "back_url": reverse("enrolment:work", args=[subject.reference]),
    }
    return render(request, "enrolment/check.html", context)


def application(request: Request, *, subject: Any) -> HttpResponse:
    """How an application stands, and the answers to mend."""
    form = _mend_form(request, subject)
    if request.method == "POST" and form is not None and form.is_valid():
        services.mend(application=subject, changes=_changes(form, subject), by=request.actor, at=request.at)
        messages.success(request, "已经重新提交，请等待工会审核。")
        return redirect("enrolment:application", reference=subject.reference)
    steps = timeline_of(subject)
    context = {
        "application": subject,
        "id_masked": mask_identity(subject.reveal("id_number")),
        "steps": steps,
        "said": next((step.words for step in steps if step.move in {"return", "refuse"}), ""),
        "form": form,
        "reason_zh": RefusalReason(subject.reason).label if subject.reason else "",
    }
    return render(request, "enrolment/application.html", context, status=422 if form and form.errors else 200)


def withdraw(request: Request, *, subject: Any) -> HttpResponse:
    """Take the application back, once what that means has been read."""
    progress = reverse("enrolment:application", args=[subject.reference])
    if subject.closed_at is not None:
        return redirect(progress)
    if request.method != "POST":
        context = {
            "base_template": "theme/service.html",
            "title": "撤回入会申请",
            "why": f"申请加入{subject.organisation.name}。",
            "consequences": ["工会不再审核这份申请，撤回以后不能恢复。", "以后想加入，要从头再申请一次。"],
            "submit_zh": "撤回申请",
            "cancel_url": progress,
            "back_url": progress,
        }
        return render(request, "theme/confirm.html", context)
    services.withdraw(application=subject, by=request.actor, at=request.at)
    messages.success(request, "申请已经撤回。以后想加入，扫海报或者在网上再申请一次就可以。")
    return redirect("enrolment:application", reference=subject.reference)


def membership(request: Request) -> HttpResponse:
    """The member's page: card, union, history, and who opened the file last."""
    person_id = request.actor.person_id
    mine = queries.open_application_of(request.actor.account_id or 0)
    if person_id is None:
        return render(request, "enrolment/not_yet.html", {"mine": mine})
    history = history_of(person_id)
    context = {
        "live": next((each for each in history if each.state in LIVE), None),
        "history": history,
        "openings": in_words(audit.openings_of(person_id, limit=3)),
        "mine": mine,
    }
    return render(request, "enrolment/membership.html", context)


def _under_way(request: Request) -> HttpResponse | None:
    """Back to the application that is open already: the back button and a second press end there."""
    mine = queries.open_application_of(request.actor.account_id or 0)
    return redirect("enrolment:application", reference=mine.reference) if mine else None


def _known(request: Request) -> dict[str, Any]:
    """What the file says of somebody who has one; empty where it lacks the name or number."""
    if request.actor.person_id is None:
        return {}
    person = people.myself(request.actor.person_id)
    id_number = person.reveal("id_number")
    return {"name": person.name, "id_number": id_number, "is_known": True} if person.name and id_number else {}


def _step(request: Request, form: Any, title: str, step: int, back_url: str) -> HttpResponse:
    context = {"form": form, "title": title, "step": step, "steps": STEPS, "back_url": back_url}
    return render(request, "enrolment/step.html", context, status=422 if form.errors else 200)


def _employer(poster: Any, draft: dict[str, Any]) -> Any:
    """The registered employer that was chosen, or is called exactly as was typed; None for any other."""
    chosen = draft.get("workplace", OTHER)
    if chosen != OTHER:
        return next((each for each in queries.employers_to_choose(poster) if each.reference == chosen), None)
    return queries.employer_named(poster, draft.get("employer_name", ""))


def _mend_form(request: Request, subject: Any) -> MendForm | None:
    if subject.state != "returned":
        return None
    initial = {"name": subject.name, "employer_name": subject.works_at, "job": subject.job, "workplace": OTHER}
    if subject.employer:
        initial |= {"workplace": subject.employer.reference, "employer_name": ""}
    return MendForm(
        request.POST or None,
        initial=initial,
        on=request.at.date(),
        employers=queries.employers_to_choose(queries.entry_of(subject)),
        wanted=MENDED_BY[subject.reason],
    )


def _changes(form: MendForm, subject: Any) -> dict[str, Any]:
    """The cleaned answers, with the employer's row in the place of its reference."""
    changes = dict(form.cleaned_data)
    if "employer_name" in changes:
        employer = form.employer or queries.employer_named(queries.entry_of(subject), changes["employer_name"])
        changes |= {"employer": employer, "employer_name": "" if employer else changes["employer_name"]}
    changes.pop("workplace", None)
    return changes
