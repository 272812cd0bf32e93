"""The pages of contacts: who looks after whom, one of them, and its days."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.domains.fieldwork import params, places, rules
from gongjia.domains.fieldwork.contacts import forms, queries, services
from gongjia.domains.fieldwork.forms import FindForm
from gongjia.domains.fieldwork.permissions import LOOK_AFTER, SEE
from gongjia.domains.fieldwork.words import ContactKind
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request

_TABS = {"": "现在联系的", "doubled": "重复联系", "without": "没有人联系", "past": "已经结束"}
CRUMB = ("联系点和蹲点", "fieldwork:contacts")


def contacts(request: Request) -> HttpResponse:
    """Who looks after whom, where two do, and which unions nobody looks after."""
    today = today_of(request.at)
    tab = request.GET.get("tab", "")
    tab = tab if tab in _TABS else ""
    form = forms.ContactFilter(request.GET)
    asked, cursor = form.asked(), request.GET.get("cursor", "")
    address = reverse("fieldwork:contacts")
    context: dict[str, Any] = {
        "form": form,
        "tab": tab,
        "tab_zh": _TABS[tab],
        "tabs": [(zh, f"{address}?tab={code}" if code else address, code == tab) for code, zh in _TABS.items()],
        "may_arrange": request.actor.may(LOOK_AFTER),
        "year": today.year,
    }
    if tab == "without":
        page: Any = page_of(queries.without(on=today, words=asked.get("words", "")), by=("path",), cursor=cursor)
    else:
        rows = queries.contacts(on=today, **asked, doubled=tab == "doubled", past=tab == "past")
        page = page_of(rows, by=("-from_on", "-pk"), cursor=cursor)
        context["lines"] = queries.lines(page.rows, year=today.year, on=today)
    return render(request, "fieldwork/contacts.html", {**context, "page": page})


def arrange(request: Request) -> HttpResponse:
    """Send somebody to a place that was found by name."""
    today = today_of(request.at)
    find = FindForm(request.GET)
    words = find.data.get("find", "") if find.is_valid() else ""
    offered = _offered(request, words)
    posts = queries.posts_that_go(on=today)
    sent = request.POST or None
    form = forms.ContactForm(
        sent, posts=posts, places=offered, initial={"from_on": today, "key": new_tracking_code(), "kind": "contact"}
    )
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        said = form.cleaned_data
        try:
            place = places.by_code(said["place"])
            made = services.look_after(
                post=form.chosen, kind=ContactKind(said["kind"]), from_on=said["from_on"],
                union=place.union, employer=place.employer,
                office_line=said["office_line"], key=said["key"], by=request.actor, at=request.at,
            )  # fmt: skip
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, f"已经安排：{made.person.name}联系“{made.place_zh}”。公开以后对方才看得到。")
            return redirect("fieldwork:contact", reference=made.reference)
    wrong = 409 if reasons else 422 if form.errors else 200
    context = {"form": form, "find": find, "words": words, "offered": offered, "reasons": reasons, **_frame()}
    return render(request, "fieldwork/arrange.html", context, status=wrong)


def _offered(request: Request, words: str) -> list[tuple[str, str]]:
    """What the words find, and what was chosen before."""
    offered = places.found_by(words)
    chosen = request.POST.get("place") or request.GET.get("place", "")
    if chosen and chosen not in dict(offered):
        offered += [(each.code, each.zh) for each in places.by_codes([chosen])]
    return offered


def contact(request: Request, *, subject: Any) -> HttpResponse:
    """One contact: for its own side with days and reports, for the place who comes and how to call."""
    today = today_of(request.at)
    is_own_side = request.actor.may(SEE, path=subject.organisation.path)
    if not is_own_side and subject.published_on is None:
        raise Http404
    line = queries.lines([subject], year=today.year, on=today)[0]
    region = subject.organisation.region.code
    months, follow = params.stationed_months(on=today, region=region), params.follow_months(on=today, region=region)
    is_open = subject.until_on is None or subject.until_on > today
    context = {
        "contact": subject,
        "line": line,
        "is_own_side": is_own_side,
        "spells": queries.spells_of(subject) if is_own_side else [],
        "reports": queries.reports_of(subject) if is_own_side else [],
        "months": months,
        "follow": follow,
        "back_on": rules.stationed_until(subject.from_on, months) if subject.kind == ContactKind.STATIONED else None,
        "is_mine": is_open and subject.person_id == request.actor.person_id,
        "may_arrange": is_open and request.actor.may(LOOK_AFTER, path=subject.organisation.path),
        "year": today.year,
        "crumbs": [(CRUMB[0], reverse(CRUMB[1]))],
    }
    return render(request, "fieldwork/contact.html", context)


def publish(request: Request, *, subject: Any) -> HttpResponse:
    """Let the place see who looks after it."""
    initial = {"office_line": subject.office_line, "key": new_tracking_code()}
    form = forms.PublishForm(request.POST or None, initial=initial)
    act = {
        "title": "向联系点公开",
        "submit": "公开",
        "hint": f"“{subject.place_zh}”会看到{subject.person.name}的姓名、职务和办公电话。",
    }

    def do(said: dict[str, Any]) -> str:
        services.publish(contact=subject, **said, by=request.actor, at=request.at)
        return "已经公开，对方在联系网里看得到了。"

    return _form_page(request, subject, form, act, do)


def end(request: Request, *, subject: Any) -> HttpResponse:
    """Somebody no longer looks after a place."""
    form = forms.EndForm(request.POST or None, initial={"on": today_of(request.at), "key": new_tracking_code()})
    act = {"title": "结束联系", "submit": "结束", "hint": "日志和报告留在记录里，对方不再看到。"}

    def do(said: dict[str, Any]) -> str:
        services.end(
            contact=subject, ending=form.chosen, on=said["on"], key=said["key"], by=request.actor, at=request.at
        )
        return "联系已经结束。"

    return _form_page(request, subject, form, act, do)


def log_days(request: Request, *, subject: Any) -> HttpResponse:
    """Write down days at the place."""
    today = today_of(request.at)
    form = forms.SpellForm(request.POST or None, initial={"from_on": today, "to_on": today, "key": new_tracking_code()})
    act = {"title": "记日志", "submit": "记下", "hint": "不定位，不用拍照，写清楚做了什么就行。"}

    def do(said: dict[str, Any]) -> str:
        services.log_days(contact=subject, **said, by=request.actor, at=request.at)
        return "已经记下。"

    return _form_page(request, subject, form, act, do)


def report_year(request: Request, *, subject: Any) -> HttpResponse:
    """Write the report of a year."""
    year = today_of(request.at).year
    form = forms.ReportForm(request.POST or None, initial={"year": year, "key": new_tracking_code()})
    act = {"title": "写年度报告", "submit": "保存报告", "hint": "一年一份；再写一次，以新的为准。"}

    def do(said: dict[str, Any]) -> str:
        services.report_year(contact=subject, **said, by=request.actor, at=request.at)
        return "报告已经保存。"

    return _form_page(request, subject, form, act, do)


def _form_page(request: Request, subject: Any, form: Any, act: dict[str, str], do: Any) -> HttpResponse:
    reasons: tuple[str, ...] = ()
    address = reverse("fieldwork:contact", args=[subject.reference])
    if form.is_valid():
        try:
            done = do(form.cleaned_data)
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, done)
            return redirect(address)
    context = {"form": form, "reasons": reasons, "kicker": subject.place_zh, "back_url": address, **act, **_frame()}
    wrong = 409 if reasons else 422 if form.errors else 200
    return render(request, "fieldwork/form.html", context, status=wrong)


def _frame() -> dict[str, Any]:
    return {"crumbs": [(CRUMB[0], reverse(CRUMB[1]))]}
