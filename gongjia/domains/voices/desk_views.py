"""The desk: the list, one page a voice on which everything is done, writing down who calls, groups, rows of figures."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.organisations.queries import found_or_none, own_of
from gongjia.domains.voices import params, queries, rules, services, shown
from gongjia.domains.voices.acts import FORMS, act_of, offered_to
from gongjia.domains.voices.figures import INDICATORS
from gongjia.domains.voices.flow import HANDLE, PROMISE, SEE, TAKE
from gongjia.domains.voices.forms import AnswerForm, FilterForm, TakeForm, code_in
from gongjia.domains.voices.views import file_answer
from gongjia.domains.voices.words import Channel, Subject, Tag, Wish
from gongjia.engines.casework.handing.queries import handed_of
from gongjia.engines.casework.queries import index_of, timeline_of
from gongjia.engines.casework.rights import may_handle
from gongjia.engines.casework.shown import clocks_of
from gongjia.kernel import audit
from gongjia.kernel.errors import Refused
from gongjia.kernel.masking import mask_phone
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import grouped, new_tracking_code
from gongjia.kernel.requests import Request

_TABS = {"": "在办", "answered": "等回访", "closed": "已办结", "all": "全部"}
_CRUMB = ("职工诉求", "voices:voices")
_ASKED = ("subject", "channel", "clock", "tag", "group")


def voices(request: Request) -> HttpResponse:
    """What is to be done, the own union's first; groups above all."""
    form = FilterForm(request.GET or None)
    said = form.cleaned_data if form.is_valid() else {}
    tab = said.get("tab", "") if said.get("tab", "") in _TABS else ""
    asked = {name: said.get(name, "") for name in _ASKED}
    rows = queries.desk(tab, request.actor, at=request.at, **asked)
    by = ("-is_own", "-order_at", "-pk") if tab in {"closed", "all"} else ("-is_own", "-is_urgent", "order_at", "pk")
    page = page_of(rows, by=by, cursor=request.GET.get("cursor", ""))
    due = queries.due_of(list(page.rows))
    address = reverse("voices:voices")
    filters = "".join(f"&{name}={value}" for name, value in asked.items() if value)
    context = {
        "page": page,
        "lines": [(each, due.get(each.pk)) for each in page.rows],
        "form": form,
        "tab": tab,
        "tabs": [(zh, f"{address}?tab={code}{filters}", code == tab) for code, zh in _TABS.items()],
        "now": request.at,
        "gatherings": queries.groups(on=today_of(request.at))[:1],
        "may_take": request.actor.may(TAKE),
        "may_handle": request.actor.may(HANDLE),
    }
    return render(request, "voices/desk/voices.html", context)


def voice(request: Request, *, subject: Any) -> HttpResponse:
    """One voice: who said what, what the clock says, what is like it; receive, decide, ask, answer without leaving."""
    today = today_of(request.at)
    forms = {name: form(request.POST if request.POST.get("act") == name else None) for name, form in FORMS.items()}
    if "answer" in forms and not forms["answer"].is_bound:
        forms["answer"] = AnswerForm(initial={"words": subject.draft})
    reasons: tuple[str, ...] = ()
    sent = forms.get(request.POST.get("act", ""))
    if request.method == "POST":
        try:
            done = act_of(request, subject, sent)
        except Refused as refused:
            done, reasons = "", refused.reasons
        if done:
            messages.success(request, done)
            if subject.kept_from_id in request.actor.ties:
                return redirect("voices:voices")
            return redirect("voices:voice", reference=subject.reference)
    else:
        audit.record(
            "voices.opened", by=request.actor, at=request.at, subject=subject, about_person_id=subject.person_id
        )
    is_wrong = sent is not None and bool(sent.errors)
    gathering = queries.gathering_of(subject, on=subject.received_on)
    context = {
        "voice": subject,
        "subject_zh": Subject(subject.subject).zh,
        "clocks": clocks_of(subject, at=request.at),
        "steps": timeline_of(subject),
        "files": queries.files_of(subject),
        "who": "密封件，没有身份"
        if subject.is_copy
        else subject.person.name
        if subject.person
        else subject.caller_name,
        "has_contact": bool(subject.person_id or subject.phone),
        "warnings": shown.warnings_of(subject, today=today, claim_days=params.claim_days(today)),
        "alike": queries.alike(subject) if subject.closed_at is None else [],
        "joined": queries.joined_here(subject),
        "gathering": gathering if subject.is_group else None,
        "small_matters": queries.open_small_matters(subject.organisation) if request.actor.may(PROMISE) else [],
        "forms": forms,
        "sent": sent if is_wrong else None,
        "reasons": reasons,
        "offered": [(each, forms.get(each.code)) for each in offered_to(request.actor, subject)],
        "is_own": request.actor.person_id is not None and request.actor.person_id == subject.person_id,
        "is_handler": request.actor.person_id is not None and request.actor.person_id == subject.answered_by_id,
        "may_hand": may_handle(subject, request.actor) and subject.closed_at is None,
        "handed": handed_of(index_of(subject))[:20],
        "key": new_tracking_code(),
        "crumbs": [_crumb()],
        "tree_at": subject.organisation.reference,
    }
    return render(request, "voices/desk/voice.html", context, status=409 if reasons else 422 if is_wrong else 200)


def contact(request: Request, *, subject: Any) -> HttpResponse:
    """The whole phone number, for a reason that is written into the record and that the worker sees."""
    audit.record("voices.contact", by=request.actor, at=request.at, subject=subject, about_person_id=subject.person_id)
    number = subject.reveal("phone") or (subject.person.reveal("phone") if subject.person else "")
    crumbs = [_crumb(), (subject.reference, reverse("voices:voice", args=[subject.reference]))]
    context = {"voice": subject, "number": number, "masked": mask_phone(number), "crumbs": crumbs}
    answer = render(request, "voices/desk/contact.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def file(request: Request, *, subject: Any) -> HttpResponse:
    """A picture or sound that came with a voice."""
    about = subject.voice.person_id
    audit.record("voices.file_opened", by=request.actor, at=request.at, subject=subject, about_person_id=about)
    return file_answer(subject)


def take(request: Request) -> HttpResponse:
    """Write down who calls, comes or writes."""
    organisations = queries.takers(request.actor)
    form = TakeForm(
        request.POST or None,
        request.FILES or None,
        on=today_of(request.at),
        organisations=organisations,
        counties=queries.counties_of(organisations),
        initial={"key": new_tracking_code(), "code": new_tracking_code()},
    )
    reasons: tuple[str, ...] = ()
    warnings: list[str] = []
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        said = _said(cleaned)
        warnings = _warnings(said, today=today_of(request.at))
        if not warnings or cleaned["seen"] == "yes":
            try:
                code = code_in(cleaned)
                made = _taken(request, said, cleaned, organisations, code)
            except Refused as refused:
                reasons = refused.reasons
            else:
                messages.success(
                    request,
                    f"已经登记，编号 {made.reference}。请把查询码告诉来人，凭它不用登录看进度：{grouped(code)}。",
                )
                if request.actor.may(HANDLE):
                    return redirect("voices:voice", reference=made.reference)
                return redirect("voices:take")
    context = {"form": form, "reasons": reasons, "warnings": warnings, "crumbs": [_crumb()]}
    wrong = 409 if reasons else 422 if form.errors or warnings else 200
    return render(request, "voices/desk/take.html", context, status=wrong)


def _said(cleaned: dict[str, Any]) -> services.Said:
    read = rules.suggest(cleaned["words"])
    return services.Said(
        words=cleaned["words"],
        subject=Subject(cleaned["subject"]) if cleaned["subject"] else read.subject or Subject.OTHER,
        region=cleaned["region"],
        wish=Wish(cleaned["wish"]) if cleaned["wish"] else None,
        employer=cleaned["employer"],
        employer_name=cleaned["employer_name"],
        tags=[Tag(each) for each in cleaned["tags"]],
        people=cleaned["people"],
        claimed=cleaned["claimed"],
        knew_on=cleaned["knew_on"],
        files=cleaned["attached"],
    )


def _warnings(said: services.Said, *, today: Any) -> list[str]:
    """What the officer can still ask while the worker is there: shown once."""
    found = [
        rules.sum_warning(said.subject, has_amount=said.claimed is not None, words=said.words),
        rules.claim_warning(said.subject, knew_on=said.knew_on, today=today, claim_days=params.claim_days(today)),
    ]
    return [each for each in found if each]


def _taken(request: Request, said: services.Said, cleaned: dict[str, Any], organisations: list[Any], code: str) -> Any:
    return services.take(
        said=said,
        organisation=next(each for each in organisations if each.reference == cleaned["organisation"]),
        channel=Channel(cleaned["channel"]),
        received_on=cleaned["received_on"],
        is_urgent=cleaned["is_urgent"],
        caller_name=cleaned["caller_name"],
        phone=cleaned["phone"],
        words=cleaned["note"],
        is_open_to_own_union=cleaned["is_open_to_own_union"],
        code=code,
        by=request.actor,
        at=request.at,
        key=cleaned["key"],
    )


def groups(request: Request) -> HttpResponse:
    """Employers of whom many workers speak: the rule in words, and the rows."""
    today = today_of(request.at)
    context = {
        "gatherings": [(found, rows, rows[0].employer_zh) for found, rows in queries.groups(on=today)],
        "needed": params.group_workers(today),
        "days": params.group_days(today),
        "crumbs": [_crumb()],
        "may_handle": request.actor.may(HANDLE),
    }
    return render(request, "voices/desk/groups.html", context)


_FIGURES = {each.code: each for each in INDICATORS}


def rows(request: Request) -> HttpResponse:
    """The rows behind a figure of voices: no words, no names."""
    what, on, under = _counted(request)
    asked = {name: request.GET.get(name, "") for name in ("subject", "channel", "tag", "ending", "timely", "satisfied")}
    found = queries.counted(what, under=under, on=on, **asked) if under else queries.nothing()
    page = page_of(found, by=("-opened_at", "-pk"), cursor=request.GET.get("cursor", ""))
    figure = _FIGURES["voices_closed" if what == "closed" else "voices_of_groups" if asked["tag"] else "voices"]
    context = {"page": page, "figure": figure, "under": under, "on": on, "crumbs": [_crumb()]}
    return render(request, "voices/desk/rows.html", context)


def uses(request: Request) -> HttpResponse:
    """The rows behind the figure of answers that helped."""
    _, on, under = _counted(request)
    found = queries.uses(under=under, on=on, topic=request.GET.get("topic", "")) if under else queries.no_uses()
    page = page_of(found, by=("-on", "-pk"), cursor=request.GET.get("cursor", ""))
    entries = {each.key: each.question for each in queries.entries_at(under)}
    lines = [(each, entries.get(each.entry, "已经不用的一条")) for each in page.rows]
    context = {"page": page, "lines": lines, "figure": _FIGURES["voices_consulted"], "under": under, "on": on}
    return render(request, "voices/desk/uses.html", context | {"crumbs": [_crumb()]})


def _counted(request: Request) -> tuple[str, Any, Any]:
    on = queries.day_of(request.GET.get("on", "")) or today_of(request.at)
    reference = request.GET.get("under", "")
    under = found_or_none(reference) if reference else own_of(request.actor.paths_for(SEE))
    return request.GET.get("what", ""), on, under


def _crumb() -> tuple[str, str]:
    return _CRUMB[0], reverse(_CRUMB[1])
