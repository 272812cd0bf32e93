"""The first page of each officer, and the page of each figure."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Value
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from gongjia.backbone.memberships import queries as memberships
from gongjia.backbone.memberships.words import State
from gongjia.backbone.organisations import queries as organisations
from gongjia.backbone.organisations.words import WITH_MEMBERS
from gongjia.domains.enrolment.flow import JOINING
from gongjia.domains.enrolment.queries import pooled, waiting
from gongjia.engines.casework.queries import held_by
from gongjia.engines.figures import answers, indicators, reading
from gongjia.engines.messages.queries import unanswered
from gongjia.kernel.db import within
from gongjia.kernel.requests import Request
from gongjia.portals.work import queries, records
from gongjia.theme.menus import url_of

if TYPE_CHECKING:
    from gongjia.backbone.organisations.models import Organisation

SHOWN = ("members", "joins", "migrants", "unions", "employers", "leads")
MOST_PARTS = 12
MOST_PARTS_IN_ALL = 500
MOST_OPENINGS = 8
DUTIES = ("enrolment.approve", "enrolment.assign", "liaison.answer", "organisations.amend")


@dataclass(frozen=True)
class Duty:
    """Something that waits: how many, and where it is done. `is_own`: for the actor; else for unions below."""

    zh: str
    count: int
    url: str
    is_own: bool


def home(request: Request) -> HttpResponse:
    """Own subtree at a glance: what waits, the figures, and the parts behind them."""
    actor, today = request.actor, request.at.date()
    if not actor.may("organisations.see"):
        return redirect("work:operations" if actor.may("operations.see") else "work:rights")
    own = organisations.own_of(actor.paths_for("organisations.see"))
    context = {"own": own, "today": today, "has_duties": any(map(actor.may, DUTIES))}
    waiting_now = duties(request)
    context["duties"] = [each for each in waiting_now if each.is_own]
    context["duties_below"] = [each for each in waiting_now if not each.is_own]
    if own.kind in WITH_MEMBERS:
        return render(request, "work/home_of_union.html", context | _of_union(request, own))
    return render(request, "work/home.html", context | _of_federation(request, own))


def _of_union(request: Request, own: "Organisation") -> dict[str, Any]:
    """A chair's own union: members, the term, and what to do next."""
    terms = organisations.terms_of(own)
    months = reading.series("members", own, on=request.at.date(), months=12)
    return {
        "totals": {"members": months[-1]},
        "kept": _kept(own),
        "months": answers.chart(months),
        "term": terms[0] if terms else None,
        "term_zh": f"第{terms[0].number}届" if terms else "",
        "is_term_over": bool(terms) and terms[0].ends_on < request.at.date(),
        "can_poster": request.actor.may("enrolment.posters", path=own.path),
    }


def _kept(own: "Organisation") -> str:
    """Who is only kept, beside the figure of members, which leaves them out: words that open the rows."""
    count = memberships.roster_of(own).filter(state=State.RETAINED).count()
    url = f"{reverse('work:members')}?{urlencode({'under': own.reference, 'state': State.RETAINED})}"
    return format_html('<a href="{}">另有保留会籍 {} 人</a>', url, f"{count:,}") if count else ""


def _of_federation(request: Request, own: "Organisation") -> dict[str, Any]:
    """A federation: its figures, and what its posts are there for: the largest parts, growth, or what was opened."""
    today = request.at.date()
    codes = [code for code in SHOWN if code != "leads" or request.actor.may("organising.see")]
    context: dict[str, Any] = {"totals": reading.totals(codes, own, on=today)}
    if request.actor.may("audit.read"):
        opened = records.rows(request.actor.paths_for("audit.read"), only="opened").filter(
            about_person_id__isnull=False
        )
        opened = opened.order_by("-pk")[:MOST_OPENINGS]
        return context | {"is_auditor": True, "openings": records.together(records.lines_of(list(opened)))}
    parts = reading.children("members", own, on=today, most=MOST_PARTS)
    context |= {"parts": parts, "chart": answers.chart_of_children(parts) if len(parts.shown) > 1 else None}
    if not any(map(request.actor.may, DUTIES)):  # who has nothing to do here looks at how it goes
        context["months"] = answers.chart(reading.series("members", own, on=today, months=12))
    return context


def duties(request: Request) -> list[Duty]:
    """What waits for this actor and for the unions below, by one statement however many kinds there are.

    Each kind is counted where the posts carry its permission: the organisations of these posts, and what stands below.
    """
    actor = request.actor
    if not any(map(actor.may, DUTIES)):  # a leader looks at how it goes; what to supervise stands in the work list
        return []
    pool = f"{reverse('enrolment:waiting')}?tab=pool"
    kinds: list[tuple[str, str, str, QuerySet[Any], str]] = [
        ("enrolment.approve", "份入会申请等待审批", reverse("enrolment:waiting"), waiting(), "organisation__"),
        (
            "work.enter",
            "件别的事项等待办理",
            reverse("work:matters"),
            held_by(actor).exclude(flow_code=JOINING.code),
            "holder__",
        ),
        ("enrolment.assign", "份入会申请还没有工会，等待答复", pool, pooled(), "organisation__"),
        ("enrolment.assign", "份没有工会的申请已经超时", pool, pooled(late_at=request.at), "organisation__"),
        ("liaison.answer", "封职工留言等待回复", url_of("liaison:home"), unanswered(), "organisation__"),
        (
            "organisations.amend",
            "个工会任期已满，还没有换届",
            reverse("work:unions") + "?overdue=yes",
            queries.overdue_unions(request.at.date()),
            "",
        ),
    ]
    parts: list[tuple[str, str, bool, QuerySet[Any]]] = []
    for code, zh, url, rows, to in kinds:
        if not actor.may(code):
            continue
        own = Q(**{f"{to}pk__in": actor.organisations_for(code)})
        parts.append((zh, url, True, rows.filter(own)))
        parts.append((zh, url, False, rows.filter(within(f"{to}path", actor.paths_for(code))).exclude(own)))
    if not parts:
        return []
    counts = [
        rows.order_by().annotate(part=Value(place)).values("part").annotate(n=Count("pk")).values_list("part", "n")
        for place, (*_, rows) in enumerate(parts)
    ]
    found = dict(counts[0].union(*counts[1:], all=True))
    return [Duty(zh, n, url, is_own) for place, (zh, url, is_own, _) in enumerate(parts) if (n := found.get(place))]


def figure(request: Request, *, code: str) -> HttpResponse:
    """One figure taken apart: by month, by a dimension, and by the parts of the organisation."""
    if code not in {each.code for each in indicators.registered()}:
        raise Http404
    today = request.at.date()
    under = request.GET.get("under", "")
    paths = request.actor.paths_for("organisations.see")
    organisation = organisations.found_or_none(under) if under else organisations.own_of(paths)
    if organisation is None:
        raise Http404
    declared = indicators.indicator(code)
    chosen = request.GET.get("by", "")
    dimension = next(
        (each for each in declared.dimensions if each.code == chosen), next(iter(declared.dimensions), None)
    )
    months = reading.series(code, organisation, on=today, months=24)
    counted = reading.by(code, dimension.code, organisation, on=today) if dimension else []
    apart = [each for each in counted if each.value]
    most = MOST_PARTS_IN_ALL if "all" in request.GET else MOST_PARTS
    parts = reading.children(code, organisation, on=today, most=most)
    context = {
        "declared": declared,
        "organisation": organisation,
        "total": months[-1],
        "months": answers.chart(months),
        "apart": apart,
        "apart_chart": answers.chart(apart),
        "dimension": dimension,
        "tabs": [
            (each.zh, f"?under={organisation.reference}&by={each.code}", each == dimension)
            for each in declared.dimensions
        ],
        "parts": parts,
        "all_url": f"?under={organisation.reference}&by={chosen}&all=1#parts" if most == MOST_PARTS else "",
    }
    return render(request, "work/figure.html", context)
