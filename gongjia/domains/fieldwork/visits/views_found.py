"""The pages of what visits find: the list with its figures, one observation, and each move of it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.organisations.queries import own_of
from gongjia.domains.fieldwork import figures, params, places, rules
from gongjia.domains.fieldwork.flow import OBSERVATION
from gongjia.domains.fieldwork.forms import ReasonForm
from gongjia.domains.fieldwork.permissions import PLAN, SEE, SOLVE
from gongjia.domains.fieldwork.visits import forms, observing, queries
from gongjia.domains.fieldwork.visits.views import kept, must_know, owning
from gongjia.domains.fieldwork.words import Result
from gongjia.engines.casework.queries import timeline_of
from gongjia.engines.figures import reading
from gongjia.kernel.errors import Refused, Stale
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request

_TABS = {"": "等我们办", "given": "我们交办的", "late": "逾期的", "all": "全部"}
CRUMB = ("走访发现的问题", "fieldwork:observations")


def observations(request: Request) -> HttpResponse:
    """What is to be solved, by whom and by when; and the rows behind the figures."""
    today = today_of(request.at)
    form = forms.FoundFilter(request.GET)
    asked = form.asked()
    if request.GET.get("under") and form.union is None:
        raise Http404
    tab = asked.pop("tab", "all" if asked else "")
    tab = tab if tab in _TABS else ""
    rows = queries.observations(tab=tab, actor=request.actor, today=today, **asked)
    by = ("due_on", "pk") if tab in {"", "given", "late"} else ("-found_on", "-pk")
    page = page_of(rows, by=by, cursor=request.GET.get("cursor", ""))
    address = reverse("fieldwork:observations")
    own = own_of(request.actor.paths_for(SEE))
    context = {
        "page": page,
        "form": form,
        "tabs": [(zh, f"{address}?tab={code}" if code else address, code == tab) for code, zh in _TABS.items()],
        "tab_zh": _TABS[tab],
        "today": today,
        "months": params.repeat_months(on=today),
        "figures": _figures(own, today) if not asked and request.actor.may(PLAN) else None,
    }
    return render(request, "fieldwork/observations.html", context)


def _figures(own: Any, today: Any) -> dict[str, Any]:
    """What was found, what is open, and the share that was solved in time, each with its rows: one statement."""
    found = {each.filters["result"]: each for each in reading.by(figures.OBSERVATIONS.code, "result", own, on=today)}
    open_, on_time, late = (found[str(each)] for each in (Result.OPEN, Result.ON_TIME, Result.LATE))
    return {
        "open": open_,
        "on_time": on_time,
        "late": late,
        "share_zh": rules.share_zh(on_time.value, late.value),
        "definition": figures.OBSERVATIONS.definition,
    }


def observe(request: Request, *, subject: Any) -> HttpResponse:
    """One observation more, on a phone."""
    must_know(request, subject)
    if subject.arrived_at is None:
        return redirect("fieldwork:record", reference=subject.reference)
    key = request.POST.get("key") or new_tracking_code()
    form = forms.ObservationForm(request.POST or None, **owning(request, subject))
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        try:
            observing.observe(visit=subject, seen=form.seen, key=key, by=request.actor, at=request.at)
        except Refused as refused:
            reasons = refused.reasons
        else:
            address = reverse("fieldwork:visit", args=[subject.reference])
            return kept(request, address, "问题已经记下，负责的工会马上看得到。")
    context = {"visit": subject, "form": form, "reasons": reasons, "key": key}
    wrong = 422 if form.is_bound and (form.errors or reasons) else 200
    return render(request, "fieldwork/observe.html", context, status=wrong)


def observation(request: Request, *, subject: Any) -> HttpResponse:
    """One observation: where it is, who is to do what by when, and what may be done now."""
    today = today_of(request.at)
    actor = request.actor
    is_owner = actor.may(SOLVE, path=subject.organisation.path)
    went = actor.may(PLAN, path=subject.counterpart.path)
    moves = [each for each in OBSERVATION.moves_from(subject.state) if (went if each.may == PLAN else is_owner)]
    is_solver = actor.person_id is not None and actor.person_id in {subject.solved_by_id, subject.owner_id}
    context = {
        "each": subject,
        "moves": [] if is_solver and subject.state == "reported" else moves,
        "is_solver": is_solver and subject.state == "reported" and went,
        "timeline": timeline_of(subject),
        "is_late": subject.closed_at is None and rules.is_overdue(subject.due_on, today=subject.reported_on or today),
        "months": params.repeat_months(on=subject.found_on, region=subject.organisation.region.code),
        "may_see_repeat": subject.repeats is not None and _reaches(actor, subject.repeats),
        "crumbs": [(CRUMB[0], reverse(CRUMB[1]))],
    }
    return render(request, "fieldwork/observation.html", context)


def _reaches(actor: Any, other: Any) -> bool:
    own = [each.organisation_id for each in actor.posts]
    return other.organisation_id in own or other.counterpart_id in own


def take(request: Request, *, subject: Any) -> HttpResponse:
    """The owner begins."""
    form = ReasonForm(
        request.POST or None, label="打算怎样解决", hint="写措施：谁来做、做什么、什么时候做完", initial=_new_key()
    )
    return _move(
        request,
        subject,
        "着手办理",
        form,
        lambda said: observing.take(measure=said["words"], **_by(request, subject, said)),
    )


def decline(request: Request, *, subject: Any) -> HttpResponse:
    """It is not the owner's."""
    form = ReasonForm(request.POST or None, label="为什么不归本级办", hint="最好写明应当由谁办", initial=_new_key())
    return _move(
        request,
        subject,
        "退回",
        form,
        lambda said: observing.decline(reason=said["words"], **_by(request, subject, said)),
    )


def report(request: Request, *, subject: Any) -> HttpResponse:
    """The owner has solved it."""
    form = ReasonForm(
        request.POST or None, label="解决的情况", hint="写做了什么、现在怎样、怎样看得出已经解决", initial=_new_key()
    )
    return _move(
        request,
        subject,
        "报告解决",
        form,
        lambda said: observing.report_solved(evidence=said["words"], **_by(request, subject, said)),
    )


def verify(request: Request, *, subject: Any) -> HttpResponse:
    """Somebody else has seen that it is solved."""
    form = ReasonForm(request.POST or None, label="怎样核实的、看到了什么", initial=_new_key())
    return _move(
        request,
        subject,
        "核实解决",
        form,
        lambda said: observing.verify(words=said["words"], **_by_went(request, subject, said)),
    )


def send_back(request: Request, *, subject: Any) -> HttpResponse:
    """It is not solved yet."""
    form = ReasonForm(request.POST or None, label="哪里还没有解决", initial=_new_key())
    return _move(
        request,
        subject,
        "退回继续办",
        form,
        lambda said: observing.send_back(reason=said["words"], **_by_went(request, subject, said)),
    )


def withdraw(request: Request, *, subject: Any) -> HttpResponse:
    """It was none, or is there twice."""
    form = ReasonForm(
        request.POST or None, label="为什么撤销", hint="撤销以后不再计入统计，记录留下", initial=_new_key()
    )
    return _move(
        request,
        subject,
        "撤销问题",
        form,
        lambda said: observing.withdraw(reason=said["words"], **_by_went(request, subject, said)),
    )


def assign(request: Request, *, subject: Any) -> HttpResponse:
    """Another owner for what came back."""
    place = subject.union or subject.visit.organisation
    owners = places.line_of(place.path)
    people = queries.solvers(owners, on=today_of(request.at))
    form = forms.AssignForm(request.POST or None, owners=owners, people=people, initial=_new_key())
    return _move(
        request, subject, "重新交办", form, lambda _: observing.assign(
            observation=subject, counterpart=subject.counterpart, **form.facts, by=request.actor, at=request.at
        ),
    )  # fmt: skip


def _new_key() -> dict[str, str]:
    return {"key": new_tracking_code()}


def _by(request: Request, subject: Any, said: dict[str, Any]) -> dict[str, Any]:
    return {"observation": subject, "key": said["key"], "by": request.actor, "at": request.at}


def _by_went(request: Request, subject: Any, said: dict[str, Any]) -> dict[str, Any]:
    return {**_by(request, subject, said), "counterpart": subject.counterpart}


def _move(request: Request, subject: Any, title: str, form: Any, act: Callable[[dict[str, Any]], Any]) -> HttpResponse:
    """What a move asks for, and the way back."""
    address = reverse("fieldwork:observation", args=[subject.reference])
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refused:
            reasons = refused.reasons
        except Stale:
            reasons = ("这个问题刚刚由别人办理过，请回去看看现在的情况。",)
        else:
            messages.success(request, f"已经办理：{title}。")
            return redirect(address)
    context = {
        "form": form, "reasons": reasons, "title": title, "submit": title, "kicker": subject.place_zh,
        "hint": f"{subject.get_kind_display()}：{subject.words}", "back_url": address,
        "crumbs": [(CRUMB[0], reverse(CRUMB[1]))],
    }  # fmt: skip
    wrong = 409 if reasons else 422 if form.errors else 200
    return render(request, "fieldwork/form.html", context, status=wrong)
