"""The indicators of unions and employers, and what keeps them in step: the events told by the verbs of the backbone."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import F, QuerySet, Value

from gongjia.backbone.employers.models import Coverage, Employer
from gongjia.backbone.employers.words import INDUSTRIES
from gongjia.backbone.employers.words import Kind as EmployerKind
from gongjia.backbone.employers.words import State as EmployerState
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import COUNTED_AS_UNIONS, Kind, State
from gongjia.domains.organising.models import Lead
from gongjia.domains.organising.words import UNDER_WAY, Size
from gongjia.engines.figures.counting import Share, changed
from gongjia.engines.figures.indicators import Dimension, Indicator
from gongjia.engines.figures.months import MonthOf
from gongjia.engines.figures.repair import reconcile

UNCOVERED, COVERED = "no", "yes"
_INDUSTRIES = {**INDUSTRIES, "": "未填"}


def _count_organisations(*kinds: Kind) -> Sequence[QuerySet[Organisation, Any]]:
    keys = ("pk", "kind", "industry", "at", "amount")
    rows = Organisation.objects.exclude(state=State.PREPARING).exclude(kind=Kind.PREPARATORY_GROUP)
    rows = rows.filter(kind__in=kinds) if kinds else rows
    return (
        rows.annotate(at=MonthOf(F("founded_on")), amount=Value(1)).values_list(*keys),
        rows.filter(ended_on__isnull=False).annotate(at=MonthOf(F("ended_on")), amount=Value(-1)).values_list(*keys),
    )


def _count_employers() -> Sequence[QuerySet[Any, Any]]:
    """An employer counts as not covered, until a coverage turns it over, and again when that ends."""
    operating = Employer.objects.filter(state=EmployerState.OPERATING)
    keys = ("organisation_id", "kind", "industry", "covered", "at", "amount")
    founded = operating.annotate(covered=Value(UNCOVERED), at=MonthOf(F("founded_on")), amount=Value(1))
    turns = Coverage.objects.filter(employer__state=EmployerState.OPERATING)
    turn_keys = (
        "employer__organisation_id",
        "employer__kind",
        "employer__industry",
        "covered",
        "at",
        "amount",
    )
    return (
        founded.values_list(*keys),
        *(
            turns.filter(**{f"{day}__isnull": False})
            .annotate(covered=Value(covered), at=MonthOf(F(day)), amount=Value(amount))
            .values_list(*turn_keys)
            for day, covered, amount in (
                ("from_on", UNCOVERED, -1),
                ("from_on", COVERED, 1),
                ("until_on", COVERED, -1),
                ("until_on", UNCOVERED, 1),
            )
        ),
    )


UNIONS = Indicator(
    code="unions",
    zh="基层工会",
    unit="个",
    definition="当日正常存续的基层工会和联合基层工会；筹备中的、已合并和已撤销的不计。",
    rows="work:unions",
    recount=lambda: _count_organisations(*COUNTED_AS_UNIONS),
    dimensions=(
        Dimension("kind", "类型", {kind.value: kind.label for kind in COUNTED_AS_UNIONS}),
        Dimension("industry", "行业", _INDUSTRIES),
    ),
    rows_filter={"state": State.STANDING, "kind": "counted"},
)
ORGANISATIONS = Indicator(
    code="organisations",
    zh="工会组织",
    unit="个",
    definition="当日正常存续的各级各类工会组织，从总工会到分工会、工会小组；筹备中的、已合并和已撤销的不计。",
    rows="work:unions",
    recount=_count_organisations,
    dimensions=(Dimension("kind", "类型", dict(Kind.choices)), Dimension("industry", "行业", _INDUSTRIES)),
    rows_filter={"state": State.STANDING},
)
EMPLOYERS = Indicator(
    code="employers",
    zh="用人单位",
    unit="家",
    definition="登记状态为存续的用人单位，按建会责任主体计；有工会覆盖的，自覆盖之日起计为已覆盖。",
    rows="work:employers",
    recount=_count_employers,
    dimensions=(
        Dimension("kind", "单位类型", {**dict(EmployerKind.choices), "": "未填"}),
        Dimension("industry", "行业", _INDUSTRIES),
        Dimension("covered", "工会覆盖", {COVERED: "已有工会", UNCOVERED: "没有工会"}),
    ),
    rows_filter={"state": EmployerState.OPERATING},
)
LEADS = Indicator(
    code="leads",
    zh="应建未建单位",
    unit="家",
    definition="职工人数达到标准（25 人以上，取各来源中最大的）、最近一次数据比对没有找到工会、还没有建会的单位，"
    "按现在负责的工会计。",
    rows="organising:leads",
    recount=lambda: (
        Lead.objects.filter(state__in=UNDER_WAY)
        .annotate(at=MonthOf(F("found_on")), amount=Value(1))
        .values_list("organisation_id", "state", "size", "at", "amount"),
    ),
    dimensions=(
        Dimension("state", "办理", {each.value: each.label for each in UNDER_WAY}),
        Dimension("size", "规模", dict(Size.choices)),
    ),
)


def shares_of_leads(leads: Iterable[Lead]) -> list[Share]:
    """What leads give to their figure: one each, at the union that has them, while they are under way."""
    return [
        Share(lead.organisation_id, lead.found_on, (lead.state, lead.size)) for lead in leads if lead.state in UNDER_WAY
    ]


def shares_of_organisation(organisation: Organisation) -> list[Share]:
    """What an organisation gives to its figures: itself, at its own place in the tree."""
    if organisation.state == State.PREPARING or organisation.kind == Kind.PREPARATORY_GROUP:
        return []
    values = (organisation.kind, organisation.industry)
    begun = [Share(organisation.pk, organisation.founded_on, values)]
    return (
        begun if organisation.ended_on is None else [*begun, Share(organisation.pk, organisation.ended_on, values, -1)]
    )


def shares_of_employer(employer: Employer, coverages: Iterable[Coverage] = ()) -> list[Share]:
    """What an employer gives, at the organisation that answers for founding a union there."""
    if employer.state != EmployerState.OPERATING:
        return []
    shares = [_employer_share(employer, employer.founded_on, UNCOVERED, 1)]
    for coverage in coverages:
        shares += _turn(employer, coverage.from_on, to=COVERED)
        shares += _turn(employer, coverage.until_on, to=UNCOVERED) if coverage.until_on else []
    return shares


def follow_organisation(*, organisation: Organisation, before: Organisation | None = None, **_: Any) -> None:
    """Listens to organisations.founded and organisations.amended."""
    _organisation_changed(shares_of_organisation(before) if before else [], shares_of_organisation(organisation))


def follow_organisation_end(*, organisation: Organisation, on: date, **_: Any) -> None:
    """Listens to organisations.merged and organisations.dissolved."""
    ended = [share for share in shares_of_organisation(organisation) if share.amount < 0]
    _organisation_changed([], ended)


def follow_employers(*, employers: Sequence[Employer], **_: Any) -> None:
    """Listens to employers.registered."""
    changed("employers", after=[share for each in employers for share in shares_of_employer(each)])


def follow_employer(*, before: Employer, employer: Employer, **_: Any) -> None:
    """Listens to employers.amended."""
    coverages = list(Coverage._base_manager.filter(employer=employer))
    changed("employers", before=shares_of_employer(before, coverages), after=shares_of_employer(employer, coverages))


def follow_cover(*, coverage: Coverage, **_: Any) -> None:
    """Listens to employers.covered."""
    if coverage.employer.state == EmployerState.OPERATING:
        changed("employers", after=_turn(coverage.employer, coverage.from_on, to=COVERED))


def follow_uncover(*, coverage: Coverage, **_: Any) -> None:
    """Listens to employers.uncovered."""
    if coverage.employer.state == EmployerState.OPERATING:
        changed("employers", after=_turn(coverage.employer, coverage.until_on, to=UNCOVERED))


def follow_hand_over(*, organisation: Organisation, into: Organisation, **_: Any) -> None:
    """Listens to employers.handed_over: many rows have changed places at once, so both places are recounted."""
    reconcile("employers", organisation.pk)
    reconcile("employers", into.pk)


def _organisation_changed(before: list[Share], after: list[Share]) -> None:
    changed("organisations", before=before, after=after)
    kinds = UNIONS.dimension("kind").values
    changed(
        "unions",
        before=[share for share in before if share.values[0] in kinds],
        after=[share for share in after if share.values[0] in kinds],
    )


def _turn(employer: Employer, on: date | None, *, to: str) -> list[Share]:
    """From a day on an employer counts as covered, or no longer."""
    was = UNCOVERED if to == COVERED else COVERED
    return [_employer_share(employer, on, was, -1), _employer_share(employer, on, to, 1)]


def _employer_share(employer: Employer, on: date | None, covered: str, amount: int) -> Share:
    return Share(employer.organisation_id, on, (employer.kind, employer.industry, covered), amount)
