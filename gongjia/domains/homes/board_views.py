"""The superior's page: how far the three displays have come, who lacks what, and reminding them."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.organisations import queries as organisations
from gongjia.domains.homes import coverage, figures, forms, queries, services
from gongjia.domains.homes.words import COUNTED, DisplayKind
from gongjia.engines.figures import reading
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.requests import Request

_SEE, _CHECK = "homes.see", "homes.check"


@dataclass(frozen=True)
class Rate:
    """One figure of the board: so many of all, and the way to their rows."""

    zh: str
    count: int
    total: int
    url: str
    definition: str

    @property
    def share_zh(self) -> str:
        """How far it has come, in words; nothing is said of no unions."""
        if not self.total:
            return ""
        return f"覆盖 {100 * self.count / self.total:.1f}%，共 {self.total:,} 个工会"


def board(request: Request) -> HttpResponse:
    """The unions in reach with what each shows; who has one union only comes to that."""
    if request.method == "POST":
        request.actor.require(_CHECK)
        return _remind(request)
    own = organisations.own_of(request.actor.paths_for(_SEE))
    if own.kind in COUNTED and not request.GET:
        return redirect("homes:union", reference=own.reference)
    today = today_of(request.at)
    words = forms.words_of(own, on=today)
    form = forms.BoardFilter(request.GET, words=words)
    asked = form.asked(today)
    if asked.get("under") and form.union is None:
        raise Http404
    top = form.union or own
    day = asked.get("on")
    page = page_of(coverage.unions(**asked), by=("path",), cursor=request.GET.get("cursor", ""))
    is_whole = not asked.keys() - {"under"}
    context = {
        "top": top,
        "form": form,
        "page": page,
        "words": list(words.items()),
        "lines": [(each, _cells(each, words)) for each in page.rows],
        "rates": _rates(top, words, day or today) if not day else [],
        "parts": _parts(top, words) if is_whole and top.numchild and not request.GET.get("cursor") else [],
        "headings": [*words.values(), str(DisplayKind.ALL.label), queries.SITE_ZH],
        "may_remind": request.actor.may(_CHECK) and day is None,
        "own_paths": {each.path for each in request.actor.posts},
        "query": request.GET.urlencode(),
    }
    return render(request, "homes/board.html", context)


def _cells(union: Any, words: dict[str, str]) -> list[tuple[str, Any]]:
    return [(zh, getattr(union, f"{kind}_on")) for kind, zh in words.items()]


def _rates(top: Any, words: dict[str, str], on: Any) -> list[Rate]:
    """One statement: the figures of the engine, each with its rows and with the rows that are missing."""
    named = {**words, DisplayKind.ALL.value: str(DisplayKind.ALL.label)}
    found = reading.totals(["unions", *(figures.code_of(kind) for kind in named)], top, on=on)
    whole = found["unions"].value
    rates = []
    for kind, zh in named.items():
        figure = found[figures.code_of(kind)]
        rates.append(Rate(zh, figure.value, whole, figure.rows_url, figure.definition))
    return rates


def _parts(top: Any, words: dict[str, str]) -> list[tuple[str, str, int, list[tuple[str, int, str]]]]:
    """The direct parts, with the address of the rows behind each number; a part that has parts opens its own board."""
    named = {**words, DisplayKind.ALL.value: str(DisplayKind.ALL.label), queries.SITE: queries.SITE_ZH}
    lines = []
    for part in coverage.parts_of(top):
        cells = [(zh, part.counts[code], _address(part.union, shown=code)) for code, zh in named.items()]
        zh = part.union.short_name or part.union.name
        zh = f"{zh}（直属）" if part.union.pk == top.pk else zh
        lines.append((zh, _address(part.union), part.unions, cells))
    return lines if len(lines) > 1 else []


def _address(union: Any, **asked: str) -> str:
    return f"{reverse('homes:board')}?{urlencode({'under': union.reference, **asked})}"


def _remind(request: Request) -> HttpResponse:
    """Remind the chairs of the unions that were picked; who cannot be is named with the reason."""
    picked = request.POST.getlist("pick")
    back = f"{reverse('homes:board')}?{request.POST.get('back', '')}"
    if not picked:
        messages.error(request, "还没有打勾。请在名单里勾选要提醒的工会，再按“提醒打勾的”。")
        return redirect(back)
    done = 0
    refused: list[str] = []
    for union in queries.unions_picked(picked):
        try:
            services.remind(organisation=union, by=request.actor, at=request.at)
            done += 1
        except Refused as why:
            refused += why.reasons
    if done:
        messages.success(request, f"已经提醒 {done} 个工会的主席。")
    for each in refused[:5]:
        messages.warning(request, each)
    if len(refused) > 5:
        messages.warning(request, f"还有 {len(refused) - 5} 个没有提醒，原因同上。")
    return redirect(back)
