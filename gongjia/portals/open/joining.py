"""我要入会: where, in which trade, at which employer → the unions that can take the worker, in order and with reasons.

All of it is asked by address and written nowhere; no list of people is opened by it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from gongjia.backbone.employers.words import INDUSTRIES
from gongjia.backbone.people.words import Group
from gongjia.domains.enrolment import nearest, params
from gongjia.domains.enrolment import queries as enrolment
from gongjia.domains.enrolment.words import INDUSTRY_OF_GROUP
from gongjia.domains.homes.queries import sites_near
from gongjia.kernel.moments import today_of
from gongjia.kernel.requests import Request
from gongjia.portals.open import queries
from gongjia.portals.signin import limits

MOST_EMPLOYERS = 8
MOST_STATIONS = 3
_COUNTY = 6  # digits of a county in the code of a place
_TOO_OFTEN = "查找的次数太多，请歇一会儿再找。"


class PlaceForm(forms.Form):
    """What somebody says who looks for a union: the employer's name, or where and as what they work."""

    q = forms.CharField(
        label="单位名称", min_length=2, max_length=40, required=False,
        help_text="有单位的写两三个字；没有固定单位的不用写",
        error_messages={"min_length": "单位名称请至少写两个字，或者空着"},
    )  # fmt: skip
    county = forms.ChoiceField(label="在哪个县（市、区）", required=False)
    township = forms.ChoiceField(label="在哪个乡镇（街道）", required=False)
    group = forms.ChoiceField(label="做什么工作", required=False)

    def __init__(self, *args: Any, counties: list[Any], townships: list[Any], groups: tuple[str, ...], **kw: Any):
        super().__init__(*args, **kw)
        choices = {
            "county": [("", "请选择"), *((each.code, each.name) for each in counties)],
            "township": [("", "不清楚，或者不固定"), *_by_county(townships)],
            "group": [("", "其他工作"), *((each, Group(each).label) for each in groups)],
        }
        for name, rows in choices.items():
            self.fields[name].choices = rows  # type: ignore[attr-defined]
            self.fields[name].error_messages["invalid_choice"] = "所选的不在列表里，请重新选"
        if not townships:
            del self.fields["township"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if township := cleaned.get("township"):
            cleaned["county"] = cleaned.get("county") or township[:_COUNTY]
        if self.is_bound and not self.errors and not (cleaned.get("q") or cleaned.get("county")):
            self.add_error("county", "请选择您在哪个县（市、区）工作，或者写上单位名称")
        return cleaned


def _by_county(townships: list[Any]) -> list[Any]:
    """Choices; under the names of their counties where they are of several."""
    counties: dict[str, list[tuple[str, str]]] = {}
    for each in townships:
        counties.setdefault(each.parent.name, []).append((each.code, each.name))
    return list(counties.items()) if len(counties) > 1 else [each for some in counties.values() for each in some]


@dataclass(frozen=True)
class Way:
    """A way to join: whose it is, where its button leads, and why it is proposed."""

    zh: str
    why: str
    url: str
    place: str = ""


def join(request: Request) -> HttpResponse:
    """The question, and below it what was found: employers of this name, and the unions that can take the worker."""
    on = today_of(request.at)
    code = _code(request.GET.get("county", ""))
    form = PlaceForm(
        request.GET or None,
        counties=queries.counties(),
        townships=queries.townships_of(code),
        groups=params.groups(on=on, region=code),
    )
    context: dict[str, Any] = {"form": form}
    has_no_union = False
    if form.is_valid():
        asked = form.cleaned_data
        if asked["q"]:
            slow_down(request)
            named: list[Any] = list(queries.employers_named(asked["q"]).order_by("name", "pk")[:MOST_EMPLOYERS])
            context["employers"] = named
            has_no_union = bool(named) and not any(each.is_covered for each in named)
        if asked["county"]:
            place = asked.get("township") or asked["county"]
            context |= ways(place, asked["group"], on=on, employer_name=asked["q"], has_no_union=has_no_union)
            context["stations"] = sites_near(place, MOST_STATIONS)
            context["hours"] = int(params.pool_answers(on=on).total_seconds()) // 3600
    return render(request, "open/join.html", context, status=422 if form.errors else 200)


def slow_down(request: Request) -> None:
    """Raises TooFast for an address that searches the public register all too often."""
    limits.take_or_stop(request, f"find:{limits.address_of(request)}", limits.SEARCHES_FROM_ADDRESS, _TOO_OFTEN)


def ways(
    place: str,
    group: str = "",
    *,
    on: date,
    industry: str = "",
    employer_name: str = "",
    has_no_union: bool = False,
) -> dict[str, Any]:
    """What can take a worker at a place: unions in order, and the county that finds one. `has_no_union`: the register
    knows the employer, and no union covers it."""
    industry = INDUSTRY_OF_GROUP.get(group, "") or industry
    zh = Group(group).label if group else INDUSTRIES.get(industry, "")
    sought = nearest.Sought(place, group, industry, zh, has_no_union=has_no_union)
    words = params.trades(on=on)
    told = {"group": group, "employer_name": employer_name, "place": place}
    query = urlencode({name: value for name, value in told.items() if value})
    found = [
        Way(each.candidate.name, each.why, _entry(each.candidate.reference, query), each.candidate.region_zh)
        for each in nearest.proposals(sought, enrolment.candidates(sought, words=words))
    ]
    county = enrolment.county_of(place)
    pool = Way(county.name, "", _entry(county.reference, query)) if county else None
    return {"ways": found, "pool": pool}


def _entry(reference: str, query: str) -> str:
    return f"{reverse('enrolment:poster', args=[reference])}?{query}"


def _code(text: str) -> str:
    """The code of a county, or nothing."""
    return text if text.isascii() and text.isdigit() and len(text) == 6 else ""
