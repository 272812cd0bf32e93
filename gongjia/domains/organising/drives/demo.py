"""The drive of the invented city: one county opens it, and what its officers have come to until today."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from gongjia.backbone.organisations import services as organisations
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind
from gongjia.domains.organising import founded, services
from gongjia.domains.organising.drives import queries, rules
from gongjia.domains.organising.drives import services as drives
from gongjia.domains.organising.models import Drive, Lead
from gongjia.domains.organising.words import LeadState, Progress
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.db import within
from gongjia.kernel.moments import today_of
from gongjia.kernel.references import new_reference

_PART_OF_ALL = 3  # the target is one in so many employers on the list
_BY_VISIT = 5  # one in so many of those not yet visited is
#: What came of these visits, one after the other, and how far it went on: to a group, to a union.
_CAME_OF_IT: tuple[tuple[dict[str, Any], str], ...] = (
    ({"met": "head", "outcome": "agrees", "papers": ("guide", "form")}, "union"),
    ({"met": "staff_office", "outcome": "agrees", "words": "职工代表也在场"}, "group"),
    ({"met": "head", "outcome": "refuses", "refusal": "no_need", "words": "说已经有职工之家"}, ""),
    ({"met": "head", "outcome": "agrees", "papers": ("form",)}, "union"),
    ({"met": "head", "outcome": "hesitates", "words": "等旺季过了再定"}, ""),
    ({"met": "finance", "outcome": "refuses", "refusal": "cost", "words": "担心要交建会筹备金"}, ""),
    ({"met": "staff_office", "outcome": "agrees"}, "group"),
    ({"met": "head", "outcome": "refuses", "refusal": "headquarters", "words": "总部在外地，要先报告"}, ""),
)


def open_one(county: Organisation, at: datetime) -> None:
    """Open a drive for the last weeks of the year, share its target, and let a part of the employers go on their way.
    `at`: when the county has handed its leads on."""
    _opened(county, at)
    here = within("organisation__path", (county.path,))
    waiting = Lead.objects.filter(here, state=LeadState.ASSIGNED, progress=Progress.UNVISITED)
    some = list(waiting.order_by("key").values_list("pk", flat=True))[::_BY_VISIT]
    for place, number in enumerate(some):
        said, came_to = _CAME_OF_IT[place % len(_CAME_OF_IT)]
        _go_on(number, said, came_to, number=place + 1, at=at + timedelta(days=2 + place % 5))
    newest = Lead.objects.filter(pk__in=some).order_by("-run_id").first()
    if newest is not None:
        founded.follow(newest.run, at=at + timedelta(days=13))


def _opened(county: Organisation, at: datetime) -> None:
    from_on = today_of(at)
    facts: dict[str, Any] = {
        "name": "冬季建会攻坚",
        "from_on": from_on,
        "until_on": max(date(from_on.year, 12, 31), from_on + timedelta(days=30)),
        "at_least": None,
        "region": None,
        "site_kind": "",
        "migrants": False,
        "target": 1,
    }
    waiting = queries.waiting_by_union(Drive(organisation=county, **facts))
    facts["target"] = max(1, sum(waiting.values()) // _PART_OF_ALL)
    unions = queries.may_share(county)
    parts = rules.shares(facts["target"], [waiting.get(each.path, 0) for each in unions])
    targets = {union.pk: count for union, count in zip(unions, parts, strict=True) if count}
    drives.open_drive(organisation=county, facts=facts, targets=targets, by=COMMAND, at=at)


def _go_on(pk: int, said: dict[str, Any], came_to: str, *, number: int, at: datetime) -> None:
    lead = Lead.objects.select_related("organisation__region").get(pk=pk)
    facts = {"on": today_of(at), "told": ("right", "steps", "help"), "papers": ("guide",), **said}
    services.record_visit(lead=lead, said=facts, by=COMMAND, at=at)
    if came_to:
        day = at + timedelta(days=3)
        services.begin_founding(lead=lead, approval_number=f"咸工建〔{day:%Y}〕{number}号", by=COMMAND, at=day)
        _call(lead.union_id or 0)
    if came_to == "union":
        _become_a_union(lead, at + timedelta(days=5))


def _call(organisation_id: int) -> None:
    """Give an organisation a reference that is the same in every city built alike."""
    called = new_reference(Random(f"drive {organisation_id}").randrange)  # noqa: S311 - a name, no secret
    Organisation.objects.filter(pk=organisation_id).update(reference=called)


def _become_a_union(lead: Lead, at: datetime) -> None:
    """The group has elected its committee: what it has goes over to the union, which the register has from then on."""
    group = Organisation.objects.get(pk=lead.union_id or 0)
    union = organisations.found(
        superior=lead.organisation,
        kind=Kind.GRASSROOTS_UNION,
        name=f"{lead.name[:110]}工会委员会",
        region=group.region,
        founded_on=today_of(at),
        approval_number=group.approval_number,
        term_years=3,
        by=COMMAND,
        at=at,
    )
    _call(union.pk)
    number = group.approval_number
    organisations.merge(organisation=group, into=union, on=today_of(at), approval_number=number, by=COMMAND, at=at)
