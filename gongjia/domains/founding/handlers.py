"""What founding does in step with others: a lead that is to be founded, a group or its superior that ends."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.founding import holding, queries, services
from gongjia.domains.founding.models import Founding
from gongjia.domains.founding.words import Way
from gongjia.engines.casework import services as casework
from gongjia.engines.casework.flow import COUNTERPART
from gongjia.kernel import db
from gongjia.kernel.actors import TICK, Actor

_MOST_NAME = 115  # of 120 signs that a union's name may have, five are its own


def open_for_lead(*, organisation: Organisation, employer: Employer, by: Actor, at: datetime, **_: Any) -> None:
    """Listens to organising.founding_asked: a founding stands for the employer, whether it did before or not."""
    if not queries.is_under_way(employer_id=employer.pk):
        name = f"{employer.name[:_MOST_NAME]}工会委员会"
        services.begin(organisation=organisation, way=Way.SINGLE, name=name, firms=[employer], by=by, at=at)


def follow_end(*, organisation: Organisation, at: datetime, into: Organisation | None = None, **more: Any) -> None:
    """Listens to organisations.merged and organisations.dissolved: a founding whose group ends, ends with it; what its
    superior prepared, or was to reply to, goes where the superior's work goes."""
    to = into or more["superior"]
    rows = Founding._base_manager.filter(closed_at=None)
    for founding in rows.filter(group=organisation):
        casework.move(matter=founding, move_code="abandon", by=TICK, at=at, words="筹备组已经合并或者撤销")
        holding.close_units(founding, by=TICK, at=at)
    ended = f"{organisation.name}已经合并或者撤销"
    for row in rows.filter(Q(organisation=organisation, group=None) | Q(counterpart=organisation)):
        founding = holding.held(row)
        if founding.organisation_id == organisation.pk:
            words = f"{ended}，转由{to.name}筹备"
            casework.hand_over(matter=founding, to=to, by=TICK, at=at, words=words[:300])
        _find_superior(founding, ended, or_else=to, at=at)


def follow_move(*, organisation: Organisation, at: datetime, **_: Any) -> None:
    """Listens to organisations.moved: who stands under another superior is answered by that one."""
    rows = Founding._base_manager.filter(db.within("organisation__path", (organisation.path,)), closed_at=None)
    for row in rows:
        _find_superior(holding.held(row), "隶属关系有变动", or_else=None, at=at)


def _find_superior(founding: Founding, why: str, *, or_else: Organisation | None, at: datetime) -> None:
    """Who replies is the nearest above who prepares, as the tree stands now; the clock of a reply runs on."""
    # the path is read anew: of those who moved with a superior that ended, the founding was fetched before
    path = Organisation._base_manager.values_list("path", flat=True).get(pk=founding.organisation_id)
    superior_id = queries.approver_id(path)
    superior = Organisation._base_manager.get(pk=superior_id) if superior_id else or_else
    if superior is not None and superior.pk != founding.counterpart_id:
        words = f"{why}，转由{superior.name}批复"[:300]
        casework.hand_over(matter=founding, to=superior, side=COUNTERPART, by=TICK, at=at, words=words)
