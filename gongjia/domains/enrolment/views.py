"""The pages of who joins: the poster's, the one form, the progress, the card. The union's stand in desk_views."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.memberships.queries import has_live, history_of
from gongjia.backbone.memberships.words import LIVE
from gongjia.backbone.people import queries as people
from gongjia.backbone.posts.openings import in_words
from gongjia.domains.enrolment import cards, drafts, params, queries, services, spots
from gongjia.domains.enrolment.changes import queries as changes
from gongjia.domains.enrolment.flow import JOINING
from gongjia.domains.enrolment.forms import OTHER, JoinForm, MendForm
from gongjia.domains.enrolment.posters import check_open
from gongjia.domains.enrolment.words import MENDED_BY, RefusalReason, Way
from gongjia.engines.casework.queries import timeline_of
from gongjia.kernel import audit
from gongjia.kernel.errors import Gone
from gongjia.kernel.masking import mask_identity
from gongjia.kernel.moments import today_of
from gongjia.kernel.requests import Request

#: What somebody has said already on the way to an entry: it stands in the form, and may be changed there.
_ASKED = ("group", "employer_name", "place")


def poster(request: Request, *, subject: Any) -> HttpResponse:
    """Where the QR code leads: which union this is, and one button."""
    try:
        check_open(subject)
    except Gone as over:
        return render(request, "enrolment/poster_over.html", {"poster": subject, "why": str(over)}, status=Gone.status)
    actor = request.actor
    union_id = queries.own_union_id(actor.person_id) if actor.person_id else None
    context = {
        "poster": subject,
        "is_pool": queries.is_pool(subject),
        "hours": _hours(request),
        "opened": spots.read(request, subject),
        "is_late": subject.way == Way.SPOT and "late" in request.GET,
        "mine": queries.reference_of_open_application(actor.account_id) if actor.account_id else "",
        "for_whom": f"{subject.employer.name}的职工" if subject.employer else "这个工会服务范围内的职工",
        "is_member": union_id is not None,
        "is_member_here": union_id == subject.organisation.pk,
        "asked": urlencode({name: request.GET[name] for name in _ASKED if name in request.GET}),
    }
    return render(request, "enrolment/poster_landing.html", context)


def now(request: Request, *, subject: Any) -> HttpResponse:
    """A code that an officer shows: in time, this browser may join at once; later it is a poster like any other."""
    address = reverse("enrolment:poster", args=[subject.reference])
    moment = spots.shown_at(subject, request.GET.get("c", ""), at=request.at)
    if moment is None:
        return redirect(address if spots.read(request, subject) else f"{address}?late=1")
    spots.keep(request, subject, moment)
    return redirect(address)


def join(request: Request, *, subject: Any) -> HttpResponse:
    """The one form. Whoever has a file is not asked for what it holds."""
    check_open(subject)
    if mine := queries.open_application_of(request.actor.account_id or 0):
        drafts.drop(request, subject)
        return redirect("enrolment:application", reference=mine.reference)
    if request.actor.person_id is not None and has_live(request.actor.person_id):
        return redirect("enrolment:poster", reference=subject.reference)
    known = _known(request)
    drafts.keep(request, subject, {})
    draft = drafts.of(request, subject)
    form = _join_form(request, subject, draft, is_known=bool(known))
    if request.method == "POST" and form.is_valid():
        opened = spots.read(request, subject)
        application = services.apply(
            poster=subject,
            spot_at=opened.shown_at if opened else None,
            by=request.actor,
            at=request.at,
            key=draft["key"],
            **_answers(form, subject, known),
        )
        drafts.drop(request, subject)
        spots.drop(request)
        if application.state == "approved":
            messages.success(request, f"欢迎加入{subject.organisation.name}，这是您的会员证。")
            return redirect("enrolment:membership")
        return redirect("enrolment:application", reference=application.reference)
    if form.is_bound:
        kept = {name: form.cleaned_data.get(name, "") for name in form.fields}
        drafts.keep(request, subject, kept)
    back_url = reverse("enrolment:poster", args=[subject.reference])
    context = {
        "form": form,
        "poster": subject,
        "known": known and {"name": known["name"], "id_masked": mask_identity(known["id_number"])},
        "is_pool": queries.is_pool(subject),
        "opened": spots.read(request, subject),
        "title": "填好就提交",
        "submit_zh": "同意并申请入会",
        "back_url": back_url,
    }
    return render(request, "enrolment/join.html", context, status=422 if form.errors else 200)


def _join_form(request: Request, subject: Any, draft: dict[str, Any], *, is_known: bool) -> JoinForm:
    initial = {"workplace": subject.employer.reference} if subject.employer else {}
    initial |= {name: request.GET[name] for name in _ASKED if name in request.GET}
    initial |= {name: value for name, value in draft.items() if name != "id_number" and value}
    return JoinForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        kept=draft.get("id_number", ""),
        on=today_of(request.at),
        employers=queries.employers_to_choose(subject),
        groups=params.groups(on=today_of(request.at), region=subject.organisation.region.code),
        is_known=is_known,
    )


def _answers(form: JoinForm, subject: Any, known: dict[str, Any]) -> dict[str, Any]:
    """What the verb takes: the form's answers, and what the own file knows."""
    typed = form.cleaned_data.get("employer_name", "")
    employer = form.employer or queries.employer_named(subject, typed)
    return {
        "name": form.cleaned_data.get("name") or known["name"],
        "id_number": form.cleaned_data.get("id_number") or known["id_number"],
        "employer": employer,
        "employer_name": "" if employer else typed,
        "job": form.cleaned_data["job"],
        "group": form.cleaned_data["group"],
        "is_migrant": True if form.cleaned_data["is_migrant"] else None,
        "region": form.region,
    }


def _hours(request: Request) -> int:
    """Within how many hours the county answers."""
    return int(params.pool_answers(on=today_of(request.at)).total_seconds()) // 3600


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
        "is_late": subject.is_pooled and subject.due_at < request.at,
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
    if person_id is None:
        mine = queries.open_application_of(request.actor.account_id or 0)
        return render(request, "enrolment/not_yet.html", {"mine": mine})
    under_way = changes.open_of(person_id)
    history = history_of(person_id)
    live = next((each for each in history if each.state in LIVE), None)
    joined = next((each for each in history if live and each.joined_on == live.joined_on), live)
    context = {
        "live": live,
        "joined_by": joined.get_origin_display() if joined else "",
        "card": cards.card_of(live, request.actor.name, at=request.at) if live else None,
        "history": history,
        "open_matters": [each for each in under_way if each.flow_code != JOINING.code],
        "openings": in_words(audit.openings_of(person_id, limit=3)),
        "mine": next((each for each in under_way if each.flow_code == JOINING.code), None),
    }
    return render(request, "enrolment/membership.html", context)


def _known(request: Request) -> dict[str, Any]:
    """What the file says of somebody who has one; empty where it lacks the name or number."""
    if request.actor.person_id is None:
        return {}
    person = people.myself(request.actor.person_id)
    id_number = person.reveal("id_number")
    return {"name": person.name, "id_number": id_number, "is_known": True} if person.name and id_number else {}


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
