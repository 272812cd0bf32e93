"""The work list across all matters, and a union's week on one page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import DateTimeField, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from gongjia.backbone.memberships import queries as memberships
from gongjia.backbone.organisations import queries as organisations
from gongjia.engines.casework import flow as flows
from gongjia.engines.casework.queries import held_by
from gongjia.engines.messages.queries import circulars_in_reach
from gongjia.kernel.moments import end_of, start_of, today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.requests import Request
from gongjia.portals.liaison.clocks import due_of
from gongjia.portals.liaison.queries import waiting_for

if TYPE_CHECKING:
    from gongjia.backbone.organisations.models import Organisation
    from gongjia.engines.casework.models import MatterIndex

#: What has no clock stands behind all that has one.
_NEVER = start_of(date(9000, 1, 1))
SOON = timedelta(days=3)
MOST_OF_A_KIND = 30
_LATE, _SOON, ALL = "late", "soon", "all"
#: Own matters, those of them that press, and what the unions below have to do.
_TABS: tuple[tuple[str, dict[str, str]], ...] = (
    ("本级", {}),
    ("已经超期", {"only": _LATE}),
    ("三天内到期", {"only": _SOON}),
    ("包括下级", {"scope": ALL}),
)


def by_urgency(rows: "QuerySet[MatterIndex]") -> "QuerySet[Any]":
    return rows.annotate(until=Coalesce("due_at", Value(_NEVER), output_field=DateTimeField()))


def work_list(request: Request) -> HttpResponse:
    """All that waits for the posts of this actor, the most urgent first."""
    rows = held_by(request.actor)
    if not (is_all := request.GET.get("scope") == ALL):
        rows = rows.filter(holder_id__in=_own(request))
    kind, only = request.GET.get("kind", ""), request.GET.get("only", "")
    known = {each.code: each for each in flows.registered() if each.desk}
    if kind in known:
        rows = rows.filter(flow_code=kind)
    if only == _LATE:
        rows = rows.filter(due_at__lte=request.at)
    elif only == _SOON:
        rows = rows.filter(due_at__gt=request.at, due_at__lte=request.at + SOON)
    page = page_of(by_urgency(rows), by=("until", "pk"), cursor=request.GET.get("cursor", ""))
    address = reverse("work:matters")
    now = {"only": only} if only else {"scope": ALL} if is_all else {}
    tabs = [(zh, f"{address}?{urlencode(asked)}" if asked else address, asked == now) for zh, asked in _TABS]
    context = {
        "page": page,
        "tabs": tabs,
        "kinds": [(each.zh, f"{address}?kind={code}", code == kind) for code, each in known.items()],
        "lines": [(each, _tone(each, request.at)) for each in page.rows],
    }
    return render(request, "work/matters.html", context)


def _own(request: Request) -> set[int]:
    """The organisations in whose name this actor works."""
    return {held.organisation_id for held in request.actor.posts}


def _tone(matter: "MatterIndex", at: datetime) -> str:
    """late, soon, or "" for what has time or no clock."""
    if matter.due_at is None or matter.due_at > at + SOON:
        return ""
    return _LATE if matter.due_at <= at else _SOON


# ── the week ───────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Entry:
    """Something to do, or that happens, on a day; `tone` is late, soon or ""."""

    zh: str
    url: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Day:
    zh: str
    on: date | None
    entries: list[Entry]
    is_today: bool = False


_DAYS = "一二三四五六日"


def week(request: Request) -> HttpResponse:
    """One's own union from today on for seven days: what is late, what each day brings, and what came about lately."""
    today = today_of(request.at)
    own = organisations.own_of(request.actor.paths_for("organisations.see"))
    found = _entries(request)
    last = today + timedelta(days=6)
    days = [Day("已经超期", None, [each for on, each in found if on is not None and on < today])]
    for number in range(7):
        on = today + timedelta(days=number)
        zh = "今天" if on == today else f"星期{_DAYS[on.weekday()]}"
        days.append(Day(zh, on, [each for day, each in found if day == on], on == today))
    later = [each for on, each in found if on is None or on > last]
    context = {
        "own": own,
        "today": today,
        "days": days,
        "later": later,
        "is_empty": not found,
        "lately": _lately(own, today),
        "circulars": list(circulars_in_reach().filter(organisation=own).order_by("-sent_at", "-pk")[:3]),
    }
    return render(request, "work/week.html", context)


def _entries(request: Request) -> list[tuple[date | None, Entry]]:
    """Matters and letters that wait, and the end of the term, with the day until which each is to be done."""
    actor, at = request.actor, request.at
    found: list[tuple[date | None, Entry]] = []
    alike: dict[tuple[date | None, str, str], list[MatterIndex]] = {}
    for each in by_urgency(held_by(actor).filter(holder_id__in=_own(request))).order_by("until", "pk")[:MOST_OF_A_KIND]:
        on = today_of(each.due_at - timedelta(seconds=1)) if each.due_at else None
        alike.setdefault((on, each.flow_code, each.state), []).append(each)
    for (on, code, _), some in alike.items():
        first = some[0]
        named = first.title
        if first.person and first.person.name not in named:
            named = f"{named}：{first.person.name}"
        zh, url = (named, first.desk_url) if len(some) == 1 else (f"{len(some)} 件{flows.flow(code).zh}", _all_of(code))
        found.append((on, Entry(zh, url, first.standing.zh, _tone(first, at))))
    if actor.may("liaison.answer"):
        for letter in waiting_for(actor).order_by("sent_at", "pk")[:MOST_OF_A_KIND]:
            on = due_of(letter.sent_at).day
            tone = _LATE if end_of(on) <= at else ""
            url = reverse("liaison:letter", args=[letter.reference])
            found.append(
                (
                    on,
                    Entry(
                        f"回复{letter.person.name}的留言：{letter.title}",
                        url,
                        f"最迟 {on.month} 月 {on.day} 日答复",
                        tone,
                    ),
                )
            )
    return found


def _all_of(code: str) -> str:
    return f"{reverse('work:matters')}?{urlencode({'kind': code})}"


def _begun(membership: Any) -> str:
    """入会, or how a membership goes on here."""
    return "入会" if membership.continued_from_id is None else str(membership.get_origin_display())


def _lately(own: "Organisation", today: date) -> list[dict[str, Any]]:
    """Who came and who left within the last seven days."""
    since = today - timedelta(days=7)
    rows = memberships.history_in(own).filter(Q(from_on__gt=since) | Q(until_on__gt=since) | Q(retained_on__gt=since))
    return [
        {
            "name": each.person.name,
            "zh": each.get_ending_display() if each.until_on else "保留会籍" if each.retained_on else _begun(each),
            "on": each.until_on or each.retained_on or each.from_on,
        }
        for each in rows.order_by("-from_on", "-pk")[:MOST_OF_A_KIND]
    ]
