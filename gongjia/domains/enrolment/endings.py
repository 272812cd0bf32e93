"""Applications that wait at a union which ends go on with its successor, or with its superior."""

from datetime import datetime
from typing import Any

from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.enrolment import services
from gongjia.domains.enrolment.models import Application
from gongjia.kernel.actors import TICK


def follow_merger(*, organisation: Organisation, into: Organisation, at: datetime, **_: Any) -> None:
    """Listens to organisations.merged."""
    _hand_over(organisation, into, at)


def follow_dissolution(*, organisation: Organisation, superior: Organisation, at: datetime, **_: Any) -> None:
    """Listens to organisations.dissolved."""
    _hand_over(organisation, superior, at)


def _hand_over(old: Organisation, new: Organisation, at: datetime) -> None:
    rows = Application._base_manager.filter(organisation=old, closed_at=None).select_related("organisation", "person")
    for application in rows.order_by("pk"):
        services.inherit(application=application, to=new, by=TICK, at=at)
