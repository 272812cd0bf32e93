"""The unions' pages: the list of what waits, one matter of each kind, acts on one membership, rows of figures."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.memberships.words import Retention
from gongjia.backbone.organisations.queries import found_or_none, own_of
from gongjia.backbone.organisations.words import WITH_MEMBERS
from gongjia.domains.enrolment.changes import acts, correcting, leaving, queries, rules, services
from gongjia.domains.enrolment.changes.evidence import ENDINGS
from gongjia.domains.enrolment.changes.figures import CHANGED, WHAT
from gongjia.domains.enrolment.changes.forms import (
    CodeForm,
    CounselForm,
    DiedForm,
    ExpelledForm,
    LapsedForm,
    LeftForm,
    ReasonForm,
    ReinstatedForm,
    ResumeForm,
    RetainForm,
    TransferOutForm,
)
from gongjia.domains.enrolment.changes.shown import clock_of, tried
from gongjia.domains.enrolment.changes.words import Act, Fact, Side, Why
from gongjia.engines.casework.queries import timeline_of
from gongjia.engines.figures import reading
from gongjia.engines.papers.views import attachment
from gongjia.kernel.errors import Refused
from gongjia.kernel.forms import status_of
from gongjia.kernel.masking import mask_identity
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request

_WRITE = "memberships.write"
_TABS = {
    "": "等我们办",
    "out": "转出",
    "in": "转入",
    "leaving": "退会",
    "correcting": "信息更正",
    "bulk": "整批转接",
    "closed": "已办结",
}
_CRUMB = ("会籍变动", "enrolment:changes")


def changes(request: Request) -> HttpResponse:
    """What waits, the late first; this year's figures, each leading to its rows."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in _TABS else ""
    by = ("-closed_at", "-pk") if tab == "closed" else ("due", "pk")
    page = page_of(queries.listed(tab, request.actor), by=by, cursor=request.GET.get("cursor", ""))
    address = reverse("enrolment:changes")
    union = own_of(request.actor.paths_for(_WRITE))
    context = {
        "page": page,
        "lines": [(each, _last_day(each.due_at)) for each in page.rows],
        "tab": tab,
        "tabs": [(zh, f"{address}?tab={code}" if code else address, code == tab) for code, zh in _TABS.items()],
        "tab_zh": _TABS[tab],
        "now": request.at,
        "own": union,
        "has_members": union.kind in WITH_MEMBERS,
        "figures": _this_year(union, request) if tab == "" else [],
    }
    return render(request, "enrolment/changes/changes.html", context)


def _last_day(due_at: datetime | None) -> date | None:
    """The last day that a state has: it is late from that day's midnight on."""
    return today_of(due_at - timedelta(seconds=1)) if due_at else None


#: The figures that are always shown; others when there is something to show.
_SHOWN = ("in", "out", "left", "retained")


def _this_year(union: Any, request: Request) -> list[tuple[str, int, str]]:
    """What happened since the first of January: (words, number, address of its rows)."""
    today = today_of(request.at)
    first, before = queries.year_until(today)
    now = {each.filters["what"]: each.value for each in reading.by(CHANGED.code, "what", union, on=today)}
    then = {each.filters["what"]: each.value for each in reading.by(CHANGED.code, "what", union, on=before)}
    rows = f"{reverse('enrolment:changed')}?under={union.reference}&since={first:%Y-%m-%d}&what="
    counted = [(code, zh, now[code] - then[code]) for code, zh in WHAT.items()]
    return [(zh, count, f"{rows}{code}") for code, zh, count in counted if count or code in _SHOWN]


def changed(request: Request) -> HttpResponse:
    """The rows behind a figure of changes."""
    what = request.GET.get("what", "in")
    what = what if what in WHAT else "in"
    today = today_of(request.at)
    on, since = queries.day_of(request.GET.get("on", "")) or today, queries.day_of(request.GET.get("since", ""))
    asked = request.GET.get("under", "")
    under = found_or_none(asked) if asked else own_of(request.actor.paths_for("memberships.see"))
    rows = queries.changed(what, since=since, on=on, under=under) if under else queries.nothing()
    page = page_of(rows, by=("-from_on", "-pk"), cursor=request.GET.get("cursor", ""))
    span = f"&since={since:%Y-%m-%d}" if since else ""
    base = f"{reverse('enrolment:changed')}?under={under.reference if under else ''}&on={on:%Y-%m-%d}{span}&what="
    context = {
        "page": page,
        "what": what,
        "what_zh": WHAT[what],
        "tabs": [(zh, f"{base}{code}", code == what) for code, zh in WHAT.items()],
        "under": under,
        "since": since,
        "on": on,
        "definition": CHANGED.definition,
        "may_correct": what in {"left", "expelled", "died"} and request.actor.may(_WRITE),
    }
    return render(request, "enrolment/changes/changed.html", context)


def transfer(request: Request, *, subject: Any) -> HttpResponse:
    """One transfer as either union sees it, with what this one may do now."""
    actor = request.actor
    is_out = actor.may(_WRITE, path=subject.organisation.path)
    is_in = actor.may(_WRITE, path=subject.counterpart.path)
    form = ReasonForm(request.POST if {"object", "refuse", "recall"} & request.POST.keys() else None)
    here = redirect("enrolment:transfer", reference=subject.reference)
    answer, reasons, subject = tried(
        request,
        subject,
        lambda: (done, here) if (done := _transfer_done(request, subject, form)) else None,
        queries.transfer_by_reference,
    )
    if answer is not None:
        return answer
    context = {
        "transfer": subject,
        "steps": timeline_of(subject),
        "clock": clock_of(subject, at=request.at),
        "form": form,
        "reasons": reasons,
        "crumbs": [(_CRUMB[0], reverse(_CRUMB[1]))],
        "may_confirm": is_out and subject.state == "out",
        "may_accept": is_in and subject.state == "in",
        "may_recall": is_out and subject.state == "in" and subject.begun_by == Side.OUT,
        "is_own": actor.person_id == subject.person_id,
        "history": queries.history_of(subject.person_id) if is_out else [],
    }
    return render(request, "enrolment/changes/transfer.html", context, status=status_of(form, reasons))


def _transfer_done(request: Request, subject: Any, form: ReasonForm) -> str:
    """Do what was pressed; what to say of it, "" when the form is to be mended. Raises Refused."""
    facts: dict[str, Any] = {"transfer": subject, "by": request.actor, "at": request.at}
    if "confirm" in request.POST:
        services.confirm(**facts)
        return "已经确认转出。"
    if "accept" in request.POST:
        services.accept(**facts)
        return f"{subject.person.name}已经转到{subject.counterpart.name}。"
    if not form.is_valid():
        return ""
    words = form.cleaned_data["words"]
    if "object" in request.POST:
        services.object_to(words=words, **facts)
        return "异议已经告诉本人。"
    if "refuse" in request.POST:
        services.refuse(words=words, **facts)
        return "已经说明不能接收的原因，会籍不变。"
    services.recall(words=words, **facts)
    return "已经收回，会籍不变。"


def by_code(request: Request) -> HttpResponse:
    """Take over somebody who stands at the desk and shows a code."""
    paths = request.actor.paths_for(_WRITE)
    initial = {"to": own_of(paths).name, "key": new_tracking_code()}
    form = CodeForm(request.POST or None, initial=initial, under=paths)
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        services.count_try(by=request.actor, at=request.at)
        if form.is_valid():
            facts = {**form.cleaned_data, "why": Why(form.cleaned_data["why"])}
            try:
                made = services.begin_with_code(by=request.actor, at=request.at, **facts)
                return redirect("enrolment:transfer", reference=made.reference)
            except Refused as refused:
                reasons = refused.reasons
    context = {
        "form": form,
        "reasons": reasons,
        "title": "凭转会码转入",
        "why": "本人在场，在自己的手机上取转会码给您看。本会同意接收，转出工会确认以后就转过来。",
        "submit_zh": "提出转入",
        "crumbs": [(_CRUMB[0], reverse(_CRUMB[1]))],
    }
    return render(request, "enrolment/changes/act.html", context, status=status_of(form, reasons))


def leaving_desk(request: Request, *, subject: Any) -> HttpResponse:
    """One who wants to leave: talk, write down what was said, announce."""
    form = CounselForm(request.POST if "counsel" in request.POST else None)
    facts: dict[str, Any] = {"leaving": subject, "by": request.actor, "at": request.at}

    def act() -> tuple[str, HttpResponse] | None:
        if "announce" in request.POST:
            leaving.announce(**facts)
            return f"已经宣布{facts['leaving'].person.name}退会。", redirect("enrolment:changes")
        if not form.is_valid():
            return None
        leaving.counsel(words=form.cleaned_data["words"], **facts)
        return "谈话情况已经记下，期限照算。", redirect("enrolment:leaving", reference=facts["leaving"].reference)

    answer, reasons, subject = tried(request, subject, act, queries.leaving_by_reference)
    if answer is not None:
        return answer
    context = {
        "leaving": subject,
        "steps": timeline_of(subject),
        "clock": clock_of(subject, at=request.at),
        "form": form,
        "reasons": reasons,
        "crumbs": [(_CRUMB[0], reverse(_CRUMB[1]))],
        "article": rules.ARTICLES["left"],
    }
    return render(request, "enrolment/changes/leaving.html", context, status=status_of(form, reasons))


def correction(request: Request, *, subject: Any) -> HttpResponse:
    """Old and new beside each other; approve, or send back with a reason."""
    form = ReasonForm(request.POST if "return" in request.POST else None)
    facts: dict[str, Any] = {"correction": subject, "by": request.actor, "at": request.at}

    def act() -> tuple[str, HttpResponse] | None:
        if "approve" in request.POST:
            correcting.approve(**facts)
            return "档案已经更正，本人会收到通知。", redirect("enrolment:changes")
        if not form.is_valid():
            return None
        correcting.send_back(words=form.cleaned_data["words"], **facts)
        return "已经退回，请本人补充。", redirect("enrolment:changes")

    answer, reasons, subject = tried(request, subject, act, queries.correction_by_reference)
    if answer is not None:
        return answer
    context = {
        "correction": subject,
        "is_number": subject.fact == Fact.ID_NUMBER,
        "old": _as_shown(subject, correcting.value_of(subject.person, subject.fact)),
        "new": _as_shown(subject, subject.reveal("id_number") or subject.new_value),
        "steps": timeline_of(subject),
        "clock": clock_of(subject, at=request.at),
        "form": form,
        "reasons": reasons,
        "crumbs": [(_CRUMB[0], reverse(_CRUMB[1]))],
        "is_own": request.actor.person_id == subject.person_id,
    }
    return render(request, "enrolment/changes/correction.html", context, status=status_of(form, reasons))


def _as_shown(subject: Any, value: str) -> str:
    if subject.fact == Fact.ID_NUMBER:
        return mask_identity(value) if value else ""
    return value


def correction_numbers(request: Request, *, subject: Any) -> HttpResponse:
    """Both numbers in whole, to compare with the card: for a purpose, and written down."""
    shown = correcting.look_at_numbers(correction=subject, by=request.actor, at=request.at)
    crumbs = [
        (_CRUMB[0], reverse(_CRUMB[1])),
        ("更正身份证号", reverse("enrolment:correction", args=[subject.reference])),
    ]
    answer = render(request, "enrolment/changes/numbers.html", {"correction": subject, "crumbs": crumbs, **shown})
    answer["Cache-Control"] = "no-store"
    return answer


def correction_evidence(request: Request, *, subject: Any) -> HttpResponse:
    """What the member sent to prove it: for a purpose, and written down."""
    content, kind = correcting.look_at_evidence(correction=subject, by=request.actor, at=request.at)
    return attachment(content, f"更正材料 {subject.reference}.{ENDINGS[kind]}", kind)


#: What can be done to one membership: the form, the title, the button, what it brings about.
_ACTS: dict[str, tuple[Any, str, str, tuple[str, ...]]] = {
    "transfer": (
        TransferOutForm,
        "转接到别的工会",
        "提出转出",
        ("对方工会同意接收，或者到期没有答复，会籍就转过去。", "本人会收到通知，不同意的可以撤回。"),
    ),
    "retained": (RetainForm, "保留会籍", "办理保留", ("不交会费，没有选举权、被选举权和表决权。", "以后可以恢复。")),
    "resumed": (ResumeForm, "恢复会籍", "办理恢复", ("恢复为正式会员；保留的那一段记录留着。",)),
    "left": (LeftForm, "登记退会", "登记退会", ("会籍到那天为止，本人会收到通知。",)),
    "lapsed": (LapsedForm, "登记视为退会", "登记视为退会", ("会籍到那天为止，本人会收到通知，可以提出意见。",)),
    "expelled": (ExpelledForm, "登记开除会籍", "登记开除", ("会籍到那天为止，本人会收到通知，可以提出意见。",)),
    "died": (DiedForm, "登记会员死亡", "登记", ("会籍终止，账号同时停用，在办的转接和退会办结。", "不给本人发通知。")),
    "reinstated": (
        ReinstatedForm,
        "更正误终止的会籍",
        "更正恢复",
        ("从终止那天起接着算，中间没有空档。", "原来的记录保留。"),
    ),
}
_ENDINGS = (Act.LEFT, Act.LAPSED, Act.EXPELLED, Act.DIED)


def member_change(request: Request, *, subject: Any) -> HttpResponse:
    """One act on one membership; without one, which ending it is."""
    act = request.GET.get("act", "")
    back_url = reverse("work:person", args=[subject.reference])
    crumbs = [("会员", reverse("work:members")), (subject.person.name, back_url)]
    here = reverse("enrolment:member_change", args=[subject.reference])
    if act not in _ACTS:
        choices = [(each.label, f"{here}?act={each.value}", rules.ARTICLES[each.value]) for each in _ENDINGS]
        context = {"membership": subject, "choices": choices, "crumbs": crumbs}
        return render(request, "enrolment/changes/endings.html", context)
    kind, title, submit_zh, consequences = _ACTS[act]
    form = kind(request.POST or None, today=today_of(request.at), initial={"key": new_tracking_code()})
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            url = _acted(act, request, subject, dict(form.cleaned_data))
            messages.success(request, f"已经办好：{title}。")
            return redirect(url)
        except Refused as refused:
            reasons = refused.reasons
    context = {
        "form": form,
        "reasons": reasons,
        "title": title,
        "kicker": f"{subject.person.name}，{subject.organisation.name}",
        "consequences": consequences,
        "article": rules.ARTICLES.get(act, ""),
        "grounds": queries.grounds_of(subject),
        "submit_zh": submit_zh,
        "crumbs": crumbs,
        "tree_at": subject.organisation.reference,
    }
    return render(request, "enrolment/changes/act.html", context, status=status_of(form, reasons))


def _acted(act: str, request: Request, subject: Any, facts: dict[str, Any]) -> str:
    """Raises Refused. Where to go then."""
    common: dict[str, Any] = {"membership": subject, "by": request.actor, "at": request.at}
    if act == "transfer":
        made = services.begin_for(**{**facts, "why": Why(facts["why"])}, **common)
        return reverse("enrolment:transfer", args=[made.reference])
    if act == "retained":
        acts.retain(**{**facts, "reason": Retention(facts["reason"])}, **common)
    else:
        verbs: dict[str, Any] = {
            "resumed": acts.resume,
            "left": acts.record_leaving,
            "lapsed": acts.record_lapse,
            "expelled": acts.expel,
            "died": acts.record_death,
            "reinstated": acts.reinstate,
        }
        verbs[act](**facts, **common)
    return reverse("work:members")
