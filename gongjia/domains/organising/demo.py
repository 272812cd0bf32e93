"""The radar's part of the invented city: one comparison of its own lists, and what became of the leads."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from gongjia.backbone.employers.models import Coverage, Employer
from gongjia.backbone.employers.words import Source
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import COUNTED_AS_UNIONS, IN_FORCE, Kind
from gongjia.domains.organising import comparing, placing, queries, services, tasks
from gongjia.domains.organising.listing import ListKind
from gongjia.domains.organising.models import Lead
from gongjia.domains.organising.words import LeadState
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.moments import today_of

_DUE_DAYS = 60
_BY_TOWNSHIP = 3  # one lead in so many has gone on to the township's union
_LEFT_ALONE = 9
_BY_VISIT = 4
#: What came of visits, one after the other.
_VISITS: tuple[dict[str, Any], ...] = (
    {"met": "head", "outcome": "hesitates", "words": "负责人要和股东商量"},
    {"met": "staff_office", "outcome": "agrees", "has_migrants": True, "words": "希望上级派人帮助"},
    {"met": "nobody", "outcome": "no_answer"},
    {"met": "head", "outcome": "refuses", "refusal": "cost", "words": "担心要交会费"},
    {"met": "head", "outcome": "agrees", "papers": ("guide", "form")},
    {"met": "other", "outcome": "closed", "words": "厂房已经转租"},
)
_HEADINGS = ("企业名称", "统一社会信用代码", "市", "县", "地址", "登记状态")


class City(Protocol):
    """What is needed of the city that is being built."""

    at: datetime


def build(city: City) -> None:
    """Compare the city's registers three weeks ago, hand the leads to the counties, and let some go their way."""
    at = city.at - timedelta(days=21)
    federation = Organisation.objects.get(depth=1)
    files = _lists()
    kinds = [ListKind.MARKET, ListKind.ROSTER, ListKind.INSURED]
    with comparing.lists_read(organisation=federation, files=files, kinds=kinds, at=at) as lists:
        run = comparing.gather(organisation=federation, lists=lists, by=COMMAND, at=at)
    comparing.start(run=run, by=COMMAND, at=at)
    tasks.run_now(run.pk, now=lambda: at)
    placing.place_run(run)
    for county in Organisation.objects.filter(kind=Kind.FEDERATION, depth=2).select_related("region"):
        leads = list(Lead.objects.filter(county=county.region.name[:2]).select_related("organisation").order_by("key"))
        if leads:
            _hand_over(leads, county, at + timedelta(days=2))


def _hand_over(leads: Sequence[Lead], county: Organisation, at: datetime) -> None:
    due_on = (at + timedelta(days=_DUE_DAYS)).date()
    services.assign(leads=list(leads), to=county, due_on=due_on, by=COMMAND, at=at)
    for lead in Lead.objects.filter(pk__in=[each.pk for each in leads[::_BY_TOWNSHIP]]).select_related("organisation"):
        township = queries.suggested_for(lead)
        if township is not None and township != county:
            services.assign(leads=[lead], to=township, due_on=due_on, by=COMMAND, at=at + timedelta(days=3))
    for lead in Lead.objects.filter(pk__in=[each.pk for each in leads[1::_LEFT_ALONE]]).select_related("organisation"):
        services.set_aside(lead=lead, unfit=False, reason="正在搬迁，年后再联系", by=COMMAND, at=at + timedelta(days=9))
    for place, number in enumerate([each.pk for each in leads[2::_BY_VISIT]]):
        lead = Lead.objects.select_related("organisation").get(pk=number)
        if lead.state == LeadState.ASSIGNED:
            _visit(lead, _VISITS[place % len(_VISITS)], at + timedelta(days=5 + place % 9))


def _visit(lead: Lead, said: dict[str, Any], at: datetime) -> None:
    """A visit; who refused some days ago is reminded in writing."""
    facts = {"on": today_of(at), "told": ("right", "steps"), "papers": ("guide",), **said}
    if said["outcome"] in {"hesitates", "no_answer"}:
        facts["next_on"] = today_of(at) + timedelta(days=14)
    services.record_visit(lead=lead, said=facts, by=COMMAND, at=at)
    if said["outcome"] == "refuses":
        services.take_step(
            lead=lead, move_code="remind", words="建会提示函当面送达", by=COMMAND, at=at + timedelta(days=2)
        )


def _lists() -> list[tuple[str, Iterable[bytes]]]:
    employers = Employer.objects.select_related("region__parent__parent").order_by("pk")
    return [
        ("市场主体名单.csv", _csv(_HEADINGS, _of(employers))),
        ("基层工会名册.csv", _csv(("序号", "工会名称", "单位代码", "市"), _unions())),
        ("参保单位名单.csv", _csv(("单位名称", "统一社会信用代码", "参保人数", "统计日期"), _insured())),
    ]


def _of(employers: Any) -> Iterator[tuple[str, ...]]:
    for each in employers.iterator(chunk_size=2000):
        yield (each.name, each.uscc, "咸宁市", _county(each), each.address, each.get_state_display())


def _county(employer: Employer) -> str:
    region = employer.region
    while region.parent and region.level not in {"county", "city"}:
        region = region.parent
    return region.name if region.level == "county" else ""


def _unions() -> Iterator[tuple[str, ...]]:
    """A roster as clerks keep it: a code for every second union, and the employers of joint unions one by one."""
    rows = Organisation.objects.filter(kind__in=(*COUNTED_AS_UNIONS, Kind.PREPARATORY_GROUP), state__in=IN_FORCE)
    covered = Coverage.objects.filter(until_on=None, organisation__in=rows).select_related("organisation", "employer")
    for number, each in enumerate(covered.order_by("pk").iterator(chunk_size=2000), 1):
        code = each.employer.uscc if number % 2 else ""
        yield (str(number), f"{each.employer.name}工会", code, "咸宁市")


def _insured() -> Iterator[tuple[str, ...]]:
    counts = Employer.objects.filter(headcounts__source=Source.SOCIAL_INSURANCE).order_by("pk", "headcounts__on")
    facts = counts.values_list("name", "uscc", "headcounts__count", "headcounts__on")
    for name, uscc, count, on in facts.iterator(chunk_size=2000):
        yield (name, uscc, str(count), on.isoformat())


def _csv(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The sheet in pieces of some thousand rows, as a file that is sent would come."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heading)
    for number, row in enumerate(rows, 1):
        writer.writerow(row)
        if number % 5000 == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()
