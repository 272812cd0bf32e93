"""The indicators of work in the field, at the union that went out: visits that have begun, and what they found.

A plan is counted nowhere. An observation is counted in the month it was found, with how it stands today."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, CharField, F, QuerySet, Value, When

from gongjia.domains.fieldwork.visits.models import FieldVisit, Observation
from gongjia.domains.fieldwork.words import COUNTED, Again, ObservationKind, Result
from gongjia.engines.figures.counting import Share, changed
from gongjia.engines.figures.indicators import Dimension, Indicator
from gongjia.engines.figures.months import MonthOf


def _recount_visits() -> Sequence[QuerySet[FieldVisit, Any]]:
    what = Case(When(employer=None, then=Value("union")), default=Value("employer"), output_field=CharField())
    rows = FieldVisit.objects.filter(arrived_on__isnull=False).annotate(what=what)
    return [
        rows.annotate(month=MonthOf(F("arrived_on")), amount=Value(1)).values_list(
            "organisation_id", "what", "month", "amount"
        )
    ]


def _recount_observations() -> Sequence[QuerySet[Observation, Any]]:
    again = Case(When(times__gt=1, then=Value(Again.AGAIN)), default=Value(Again.FIRST), output_field=CharField())
    rows = Observation.objects.exclude(result=Result.WITHDRAWN)
    return [
        rows.annotate(again=again, month=MonthOf(F("found_on")), amount=Value(1)).values_list(
            "counterpart_id", "kind", "result", "again", "month", "amount"
        )
    ]


VISITS = Indicator(
    code="field_visits",
    zh="现场走访",
    unit="次",
    definition="已经到了地方的走访，每个地方计一次，计在去的工会和到达的当月；还没有去的计划不计。",
    rows="fieldwork:visits",
    recount=_recount_visits,
    dimensions=(Dimension("what", "去哪里", {"union": "工会", "employer": "单位"}),),
)
OBSERVATIONS = Indicator(
    code="observations",
    zh="走访发现的问题",
    unit="个",
    definition="走访中记下的难点、堵点、痛点、盲点，计在去的工会和发现的当月，撤销的不计。报告解决那天不晚于期限、后来又核实了的，算按期解决。",
    rows="fieldwork:observations",
    recount=_recount_observations,
    dimensions=(
        Dimension("kind", "类别", {str(each): str(each.label) for each in ObservationKind}),
        Dimension("result", "结果", {str(each): str(each.label) for each in COUNTED}),
        Dimension("again", "是否反复", {str(each): str(each.label) for each in Again}),
    ),
)
INDICATORS = (VISITS, OBSERVATIONS)


def visit_begun(visit: FieldVisit) -> None:
    """Somebody has arrived."""
    what = "employer" if visit.employer_id else "union"
    changed(VISITS.code, after=[Share(visit.organisation_id, visit.arrived_on, (what,))])


def share_of(matter: Observation) -> Share | None:
    """What an observation gives to its figure as it stands; None for one that was withdrawn."""
    if matter.result == Result.WITHDRAWN or matter.counterpart_id is None:
        return None
    again = Again.AGAIN if matter.times > 1 else Again.FIRST
    return Share(matter.counterpart_id, matter.found_on, (matter.kind, matter.result, again))


def observed(matter: Observation) -> None:
    """One more was found."""
    observation_changed(None, matter)


def observation_changed(before: Share | None, matter: Observation) -> None:
    """How it stands has changed."""
    after = share_of(matter)
    changed(OBSERVATIONS.code, before=[before] if before else [], after=[after] if after else [])
