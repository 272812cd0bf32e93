"""The indicator of changes of membership, and what keeps it in step: the events told by the verbs of the backbone.

A change is counted once, in the month in which it holds, at the union where it happened. A correction is counted as
such: what it corrects stays counted, as the row stays.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet, Value

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Ending, Origin, State
from gongjia.engines.figures.counting import Share, changed
from gongjia.engines.figures.indicators import Dimension, Indicator
from gongjia.engines.figures.months import MonthOf

WHAT: Mapping[str, str] = {
    "in": "转入",
    "out": "转出",
    "left": "退会",
    "expelled": "开除",
    "died": "死亡",
    "retained": "保留会籍",
    "resumed": "恢复会籍",
    "corrected": "更正恢复",
}
#: What an ending is counted as; one that is not named is no change of this kind.
_OF_ENDING = {
    Ending.TRANSFERRED: "out",
    Ending.LEFT: "left",
    Ending.LAPSED: "left",
    Ending.EXPELLED: "expelled",
    Ending.DIED: "died",
    Ending.RETURNED: "resumed",
}
_TRANSFERRED = Q(origin=Origin.TRANSFER, continued_from__ending=Ending.TRANSFERRED)
#: A row that began as kept because the one before was kept already is no new retention.
_STAYS_KEPT = Q(continued_from__retained_on__isnull=False, retained_on=F("from_on"))


def conditions() -> dict[str, tuple[Q, str]]:
    """For each kind of change which rows show it, and which of their days is the day."""
    found = {what: (Q(ending__in=[e for e, w in _OF_ENDING.items() if w == what]), "until_on") for what in WHAT}
    return found | {
        "in": (_TRANSFERRED, "from_on"),
        "retained": (Q(retained_on__isnull=False) & ~_STAYS_KEPT, "retained_on"),
        "corrected": (Q(origin=Origin.CORRECTION), "from_on"),
    }


def _recount() -> Sequence[QuerySet[Membership, Any]]:
    return [
        Membership.objects.filter(condition)
        .annotate(what=Value(what), month=MonthOf(F(day)), amount=Value(1))
        .values_list("organisation_id", "what", "month", "amount")
        for what, (condition, day) in conditions().items()
    ]


CHANGED = Indicator(
    code="membership_changes",
    zh="会籍变动",
    unit="人次",
    definition="会籍转入、转出、退会（含视为退会）、开除、死亡、保留、恢复和更正，各计一次，计在发生的当月和当时的工会；工会合并、撤销带走的会员不计。",
    rows="enrolment:changed",
    recount=_recount,
    dimensions=(Dimension("what", "变动", WHAT),),
)


def follow_end(*, memberships: Sequence[Membership], on: date, **_: Any) -> None:
    """Listens to memberships.ended, which also says that one is only kept from now on."""
    shares = []
    for each in memberships:
        if each.state == State.RETAINED:
            shares.append(Share(each.organisation_id, on, ("retained",)))
        elif each.ending in _OF_ENDING:
            shares.append(Share(each.organisation_id, on, (_OF_ENDING[Ending(each.ending)],)))
    if shares:
        changed(CHANGED.code, after=shares)


def follow_start(*, memberships: Sequence[Membership], **_: Any) -> None:
    """Listens to memberships.started."""
    shares = []
    for each in memberships:
        before = each.continued_from
        if each.origin == Origin.CORRECTION:
            shares.append(Share(each.organisation_id, each.from_on, ("corrected",)))
        elif before is not None and each.origin == Origin.TRANSFER and before.ending == Ending.TRANSFERRED:
            shares.append(Share(each.organisation_id, each.from_on, ("in",)))
        if each.retained_on is not None and (before is None or before.retained_on is None):
            shares.append(Share(each.organisation_id, each.retained_on, ("retained",)))
    if shares:
        changed(CHANGED.code, after=shares)
