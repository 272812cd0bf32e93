"""Clocks that climb: what is late is told to the superior by itself, level after level. The late unit cannot switch it
off: no verb of its own touches it."""

import logging
from datetime import datetime, timedelta

from gongjia.backbone.organisations import queries as organisations
from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.casework.handing import following
from gongjia.engines.casework.models import Deadline, MatterIndex
from gongjia.engines.casework.params import climb_days
from gongjia.kernel import events
from gongjia.kernel.actors import TICK, Actor
from gongjia.kernel.days import add_working_days, national_calendar
from gongjia.kernel.moments import end_of, today_of
from gongjia.kernel.permissions import INSIDE
from gongjia.kernel.reach import everywhere
from gongjia.kernel.ticks import every
from gongjia.kernel.verbs import note, verb

log = logging.getLogger("gongjia.casework")
_AT_ONCE = 500


@every(timedelta(minutes=1), name="casework.climb")
def climb(*, at: datetime) -> int:
    """Tell the superiors of what is late by now; returns how many clocks rang. One bad row stops no other."""
    rang = 0
    with everywhere(reason="clocks of every union climb"):
        due = Deadline.objects.filter(climbs_at__lte=at).order_by("climbs_at", "pk")
        for number in list(due.values_list("pk", flat=True)[:_AT_ONCE]):
            try:
                rang += ring(number=number, by=TICK, at=at)
            except Exception:
                log.exception("deadline %s does not climb", number)
    return rang


@verb("casework.ring", zh="超期自动报上级", may=INSIDE)
def ring(*, number: int, by: Actor, at: datetime) -> bool:
    """One clock, one level, once: the row is claimed by its own moment, so that two sweeps do not ring twice; the next
    level is counted from that moment, so that a sweep that comes late skips none."""
    one = Deadline.objects.select_related("matter__holder", "matter__organisation", "matter__of__organisation").get(
        pk=number
    )
    moment = one.climbs_at
    if moment is None or moment > at:
        return False
    superior = _superior(one.matter, one.climbed)
    day = today_of(moment)
    next_at = end_of(add_working_days(day, climb_days(day), national_calendar()).day) if superior else None
    claimed = Deadline.objects.filter(pk=number, climbs_at=moment, stopped_at=None)
    if not claimed.update(climbed=one.climbed + 1, climbs_at=next_at):
        return False
    note(one.matter, about_person_id=one.matter.person_id, climbed=one.climbed + 1)
    if superior is None:
        return False
    following.supervise_late(index=one.matter, superior=superior, words=f"“{one.zh}”已经超期", at=at)
    key = f"late-{one.pk}-{one.climbed + 1}"
    events.emit("casework.late", key=key, at=at, matter_id=one.matter_id, level=one.climbed + 1)
    return True


def _superior(index: MatterIndex, level: int) -> Organisation | None:
    """Who is told: one level above who is to act, one more each time. None above the root."""
    found: Organisation | None = index.holder or (index.of or index).organisation
    for _ in range(level + 1):
        found = organisations.superior_of(found) if found else None
    return found
