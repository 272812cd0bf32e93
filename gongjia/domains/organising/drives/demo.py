"""The drive of the invented city: one county opens it, and what its officers have come to until today."""

from datetime import date, datetime, timedelta
from typing import Any

from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.organising import services
from gongjia.domains.organising.drives import queries, rules
from gongjia.domains.organising.drives import services as drives
from gongjia.domains.organising.models import Drive, Lead
from gongjia.domains.organising.words import LeadState, Progress
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.db import within
from gongjia.kernel.moments import today_of

_PART_OF_ALL = 3  # the target is one in so many employers on the list
_BY_VISIT = 5  # one in so many of those not yet visited is
#: What came of these visits, one after the other, and whether a union is asked for.
_CAME_OF_IT: tuple[tuple[dict[str, Any], bool], ...] = (
    ({"met": "head", "outcome": "agrees", "papers": ("guide", "form")}, True),
    ({"met": "staff_office", "outcome": "agrees", "words": "职工代表也在场"}, True),
    ({"met": "head", "outcome": "refuses", "refusal": "no_need", "words": "说已经有职工之家"}, False),
    ({"met": "head", "outcome": "agrees", "papers": ("form",)}, True),
    ({"met": "head", "outcome": "hesitates", "words": "等旺季过了再定"}, False),
    ({"met": "finance", "outcome": "refuses", "refusal": "cost", "words": "担心要交建会筹备金"}, False),
    ({"met": "staff_office", "outcome": "agrees"}, True),
    ({"met": "head", "outcome": "refuses", "refusal": "headquarters", "words": "总部在外地，要先报告"}, False),
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
        _go_on(number, said, asks=came_to, at=at + timedelta(days=2 + place % 5))


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


def _go_on(pk: int, said: dict[str, Any], *, asks: bool, at: datetime) -> None:
    """A visit; after some of them a union is asked for, which goes its way in the demo of foundings."""
    lead = Lead.objects.select_related("organisation__region").get(pk=pk)
    facts = {"on": today_of(at), "told": ("right", "steps", "help"), "papers": ("guide",), **said}
    services.record_visit(lead=lead, said=facts, by=COMMAND, at=at)
    if asks:
        services.ask_founding(lead=lead, by=COMMAND, at=at + timedelta(days=1))
