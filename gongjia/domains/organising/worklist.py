"""The work list (工作清单): leads chosen and counted by place, union, owner and progress, and as a workbook."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.backbone.posts.queries import in_force
from gongjia.backbone.regions.models import Region
from gongjia.domains.organising.models import Lead
from gongjia.domains.organising.words import NOT_TAKEN_UP, REFUSING, UNNAMED, Progress, SiteKind
from gongjia.engines.intake.core.export import harmless
from gongjia.kernel.errors import Refused
from gongjia.kernel.permissions import permission

#: So many rows at most leave in one workbook.
MOST_EXPORTED = 1000
#: So many groups at most are shown; the others are found by filtering first.
MOST_GROUPS = 200
_SPOKEN_TO = (Progress.VISITED, Progress.AGREED, *REFUSING)
#: Several steps asked for by one word.
TOGETHER = {"spoken": _SPOKEN_TO, "refusing": REFUSING}
#: By way of grouping: the columns that make a group (its code, then its name), and the filter that opens its rows.
_COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "township": (("township__code", "township__name"), ("township",)),
    "community": (("community__code", "community__name", "township__name"), ("community",)),
    "site": (("site_kind", "site"), ("site_kind", "site")),
    "union": (("organisation__reference", "organisation__name"), ("union",)),
    "owner": (("owner__reference", "owner__name"), ("owner",)),
    "progress": (("progress",), ("progress",)),
}


def chosen(
    rows: QuerySet[Lead],
    *,
    township: str = "",
    community: str = "",
    site_kind: str = "",
    site: str = "",
    union: str = "",
    owner: str = "",
    progress: str = "",
    stalled: str = "",
    migrants: str = "",
) -> QuerySet[Lead]:
    """Leads by where they are and how far they are. UNNAMED asks for those of which that is not known. `stalled` is the
    last day (ISO) on which a step may have been taken."""
    for name, code in (("township", township), ("community", community)):
        if code:
            rows = rows.filter(**({name: None} if code == UNNAMED else {f"{name}__code": code}))
    for name, code in (("site_kind", site_kind), ("site", site)):
        if code:
            rows = rows.filter(**{name: "" if code == UNNAMED else code})
    if union:
        rows = rows.filter(organisation__reference=union)
    if owner:
        rows = rows.filter(owner=None) if owner == UNNAMED else rows.filter(owner__reference=owner)
    if progress:
        rows = rows.filter(progress__in=TOGETHER.get(progress, (progress,)))
    if migrants:
        rows = rows.filter(has_migrants=True)
    return rows.filter(is_stalled(date.fromisoformat(stalled))) if stalled else rows


def is_stalled(last: date) -> Q:
    """No step since a day. What is taken up by a preparatory group has the group's own dates."""
    quiet = Q(progressed_on__lte=last) | Q(progressed_on=None, found_on__lte=last)
    return quiet & Q(state__in=NOT_TAKEN_UP)


def last_step_before(on: date, days: int) -> date:
    """The last day of a step that leaves a lead stalled on a day: `days` full days have passed."""
    return on - timedelta(days=days)


def quiet_days(lead: Lead, on: date) -> int:
    """Days since the last step, or since the lead was found."""
    return max(0, (on - (lead.progressed_on or lead.found_on)).days)


@dataclass(frozen=True)
class Group:
    """One line of the work list. `address` is the filter that opens its rows; each count adds its own to it."""

    zh: str
    address: str
    total: int
    unvisited: int
    spoken: int
    agreed: int
    refusing: int
    stalled: int


def groups(rows: QuerySet[Lead], *, by: str, asked: dict[str, str], last: date) -> list[Group]:
    """Leads by one of words.GROUPS, the most first; one query. `asked` are the filters that `rows` already has."""
    columns, names = _COLUMNS[by]
    counted = (
        rows.order_by()
        .values_list(*columns)
        .annotate(
            total=Count("pk"),
            unvisited=Count("pk", filter=Q(progress=Progress.UNVISITED)),
            spoken=Count("pk", filter=Q(progress__in=_SPOKEN_TO)),
            agreed=Count("pk", filter=Q(progress=Progress.AGREED)),
            refusing=Count("pk", filter=Q(progress__in=REFUSING)),
            stalled=Count("pk", filter=is_stalled(last)),
        )
        .order_by("-total", *columns)[:MOST_GROUPS]
    )
    return [_group(by, line[: len(columns)], names, asked, line[len(columns) :]) for line in counted]


def _group(by: str, said: Sequence[Any], names: Sequence[str], asked: dict[str, str], counts: Sequence[int]) -> Group:
    codes = dict(zip(names, (each or UNNAMED for each in said), strict=False))
    return Group(_named(by, said), urlencode({**asked, **codes}), *counts)


def _named(by: str, said: Sequence[Any]) -> str:
    if by == "progress":
        return str(Progress(said[0]).label)
    if not said[0]:
        return {"owner": "还没有责任人"}.get(by, UNNAMED)
    if by == "site":
        return f"{said[1]}（{SiteKind(said[0]).label}）"
    return f"{said[2]} {said[1]}" if by == "community" else str(said[1])


def owners_at(organisation: Organisation, *, on: date) -> list[Person]:
    """Who may be named as the owner of a lead that an organisation has: who works on leads by a post right there."""
    posts = in_force(on).filter(organisation=organisation, role__in=permission("organising.work").roles)
    return list({post.person_id: post.person for post in posts.order_by("pk")[:MOST_GROUPS]}.values())


def townships_of(lead: Lead) -> list[Region]:
    """The townships among which the place of a lead is chosen: of the county in which its union stands."""
    county = lead.organisation.region.code[:6]
    return list(Region.objects.filter(level=Region.Level.TOWNSHIP, code__startswith=county).order_by("code")[:500])


def community_named(township: str, name: str) -> str:
    """The code of the village or community of a township with this name, without its ending as well; "" for none."""
    if not name:
        return ""
    rows = Region.objects.filter(level=Region.Level.VILLAGE, code__startswith=township)
    found = list(
        rows.filter(Q(name=name) | Q(name__in=[f"{name}{end}" for end in ("社区", "村", "居委会", "村委会")]))[:2]
    )
    return found[0].code if len(found) == 1 else ""


def names_of(codes: Sequence[str]) -> dict[str, str]:
    """Names of divisions by their codes; asks nothing where there are none."""
    return dict(Region.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def regions_of(township: str, community: str) -> tuple[Region | None, Region | None]:
    """Township and community by their codes, "" for none. Refused where one does not exist or lies elsewhere."""
    found = {
        each.code: each for each in Region.objects.filter(code__in=[code for code in (township, community) if code])
    }
    if (township and township not in found) or (community and community not in found):
        raise Refused("没有这个乡镇、街道或村、社区，请重新选。", fields=["township"])
    if community and not community.startswith(township or "-"):
        raise Refused("这个村、社区不在所选的乡镇、街道里，请重新选。", fields=["community"])
    return found.get(township), found.get(community)


_HEADINGS = (
    *(
        "单位名称",
        "统一社会信用代码",
        "最大人数",
        "市",
        "县（市、区）",
        "乡镇、街道",
        "村、社区",
        "园区、楼宇等",
        "地址",
    ),
    *("现在负责的工会", "责任人", "办理", "进展", "最近办理", "没有进展的天数", "下次联系", "要求完成"),
)


def workbook(rows: Iterable[Lead], *, on: date) -> bytes:
    """A workbook of leads. No cell can be calculated, and codes keep their digits."""
    import xlsxwriter  # pages that export nothing start without it

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet("建会工作清单")
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(_HEADINGS) - 1, 16)
    for number, cells in enumerate([_HEADINGS, *(_cells(each, on) for each in rows)]):
        for at, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(number, at, cell)
            else:
                sheet.write_string(number, at, harmless(cell))
    book.close()
    return out.getvalue()


def _cells(lead: Lead, on: date) -> tuple[str | int, ...]:
    place = (lead.city, lead.county, _name(lead.township), _name(lead.community), lead.site, lead.address)
    who = (lead.organisation.name, _name(lead.owner), lead.get_state_display(), lead.get_progress_display())
    days = (_day(lead.progressed_on), quiet_days(lead, on), _day(lead.next_on), _day(lead.due_on))
    return (lead.name, lead.uscc, lead.most, *place, *who, *days)


def _name(thing: Region | Person | None) -> str:
    return thing.name if thing else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
