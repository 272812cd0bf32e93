"""What founding does in step with others: a lead that is to be founded, a group or its superior that ends."""

from datetime import datetime
from typing import Any

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.founding import holding, queries, services
from gongjia.domains.founding.models import Founding
from gongjia.domains.founding.words import Way
from gongjia.engines.casework import services as casework
from gongjia.kernel.actors import TICK, Actor

_MOST_NAME = 115  # of 120 signs that a union's name may have, five are its own


def open_for_lead(*, organisation: Organisation, employer: Employer, by: Actor, at: datetime, **_: Any) -> None:
    """Listens to organising.founding_asked: a founding stands for the employer, whether it did before or not."""
    if not queries.is_under_way(employer_id=employer.pk):
        name = f"{employer.name[:_MOST_NAME]}工会委员会"
        services.begin(organisation=organisation, way=Way.SINGLE, name=name, firms=[employer], by=by, at=at)


def follow_end(*, organisation: Organisation, at: datetime, into: Organisation | None = None, **more: Any) -> None:
    """Listens to organisations.merged and organisations.dissolved: a founding whose group ends, ends with it; what its
    superior prepared goes where the superior's work goes."""
    superior = into or more["superior"]
    rows = Founding._base_manager.filter(closed_at=None)
    for founding in rows.filter(group=organisation):
        casework.move(matter=founding, move_code="abandon", by=TICK, at=at, words="筹备组已经合并或者撤销")
        holding.close_units(founding, by=TICK, at=at)
    for founding in rows.filter(organisation=organisation, group=None):
        casework.hand_over(matter=founding, to=superior, by=TICK, at=at)
