"""The public pages: what the platform is, which unions there are, how to join one."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.employers.queries import coverage_of
from gongjia.domains.enrolment import params
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import COUNT_CAP, page_of
from gongjia.kernel.requests import Request
from gongjia.portals.open import joining, queries
from gongjia.portals.open.forms import FindForm
from gongjia.theme import menus
from gongjia.theme.components import qr

UNIONS, EMPLOYERS = "unions", "employers"
_FINDS: dict[str, Callable[[str], QuerySet[Any]]] = {UNIONS: queries.unions, EMPLOYERS: queries.employers_named}


def home(request: Request) -> HttpResponse:
    """What this is for, and the ways in."""
    context = {"top": queries.top(), "form": FindForm(), "figures": queries.figures(request.at.date())}
    return render(request, "open/home.html", context)


def start(request: Request) -> HttpResponse:
    """After signing in: to the first page of work that a post opens, else to the worker's own."""
    items = menus.items_for(request, "work") if request.actor.posts else []
    return redirect(items[0].url if items else "service:home")


def unions(request: Request) -> HttpResponse:
    """Unions, or employers and the union that covers them, by two characters of the name."""
    form = FindForm(request.GET if "q" in request.GET else None)
    among = EMPLOYERS if request.GET.get("among") == EMPLOYERS else UNIONS
    context: dict[str, Any] = {"form": form, "among": among}
    if form.is_valid():
        joining.slow_down(request)
        words = form.cleaned_data["q"]
        page = page_of(_FINDS[among](words), by=("name", "pk"), cursor=request.GET.get("cursor", ""))
        other = EMPLOYERS if among == UNIONS else UNIONS
        in_other = queries.counted(_FINDS[other](words))
        if not page.rows and in_other:  # nobody is told "nothing" while the other tab holds it
            return redirect(_found_at(words, other))
        context |= {"page": page, "tabs": _tabs(words, among, {among: page.count, other: in_other})}
    return render(request, "open/unions.html", context, status=422 if form.errors else 200)


def union(request: Request, *, subject: Any) -> HttpResponse:
    """A union's public page."""
    address = settings.PUBLIC_URL.rstrip("/") + reverse("open:union", args=[subject.reference])
    context = {"union": subject, "known": queries.union_page(subject, on=today_of(request.at)), "qr": qr.svg(address)}
    if subject.numchild:
        context["page"] = page_of(queries.unions_below(subject), by=("path",), cursor=request.GET.get("cursor", ""))
    return render(request, "open/union.html", context)


def employer(request: Request, *, subject: Any) -> HttpResponse:
    """Which union an employer's workers join: the one that covers it, else the nearest that takes them."""
    coverage = coverage_of(subject)
    if coverage is not None:
        return redirect("open:union", reference=coverage.organisation.reference)
    context = {
        "employer": subject,
        "in_charge": queries.in_charge_around(subject.region, subject.organisation),
        "hours": int(params.pool_answers(on=today_of(request.at)).total_seconds()) // 3600,
        **joining.ways(
            subject.region.code, on=today_of(request.at), industry=subject.industry, employer_name=subject.name
        ),
    }
    return render(request, "open/employer.html", context)


def help_page(request: Request) -> HttpResponse:
    """What people ask."""
    return render(request, "open/help.html")


def privacy(request: Request) -> HttpResponse:
    """Which data are kept, for what, and what everybody may ask for (个人信息保护法 第十七条)."""
    return render(request, "open/privacy.html", {"top": queries.top()})


def _found_at(words: str, among: str) -> str:
    return f"{reverse('open:unions')}?{urlencode({'q': words, 'among': among})}"


def _tabs(words: str, among: str, counts: dict[str, int]) -> list[tuple[str, str, bool, str]]:
    return [
        (
            zh,
            _found_at(words, each),
            each == among,
            f"{COUNT_CAP:,}+" if counts[each] > COUNT_CAP else f"{counts[each]:,}",
        )
        for zh, each in (("工会", UNIONS), ("单位", EMPLOYERS))
    ]
