"""What the person is told at each step, by the union that made it."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from gongjia.engines.messages import services as messages
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused


def tell(matter: Any, title: str, body: str = "", *, at_counterpart: bool = False, by: Actor, at: datetime) -> None:
    """Write to the person of a matter, in the name of the union that acts; it leads to the matter's page."""
    messages.tell(
        person=matter.person,
        organisation=matter.counterpart if at_counterpart else matter.organisation,
        title=title,
        body=body,
        path=reverse(matter.flow.page, args=[matter.reference]),
        by=by,
        at=at,
    )


def not_own(by: Actor, person_id: int | None) -> None:
    """Raises Refused for whoever decides about themselves."""
    if by.person_id is not None and by.person_id == person_id:
        raise Refused("自己的事不能自己办：请本会其他经办人或者上级工会办理。")
