"""The locks of a matter, in the order of every verb on a membership: unions, person, then the matter's own row. A union
that ends, or a membership that moves, closes matters under the same locks: neither waits for the other for ever."""

from datetime import datetime
from typing import Any

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.engines.casework.models import MatterIndex
from gongjia.kernel import db, events


def hold(matter: Any) -> None:
    """Keep both unions as they are, and the person for this transaction alone."""
    db.hold(Organisation, *(each for each in (matter.organisation_id, matter.counterpart_id) if each))
    if matter.person_id:
        Person._base_manager.select_for_update(no_key=True).only("pk").get(pk=matter.person_id)


def is_live_at(person_id: int, organisation_id: int) -> bool:
    """Whether a person who is held is a member at a union now: what a page read may have ended meanwhile."""
    rows = Membership._base_manager.filter(person_id=person_id, organisation_id=organisation_id, state__in=LIVE)
    return rows.exists()


def keep_clock(matter: Any, *, at: datetime) -> None:
    """A matter that was handed over keeps its last day: what silence brings about then is written down for the version
    that it has now."""
    clock = matter.standing.clock
    index = MatterIndex._base_manager.get(flow_code=matter.flow_code, matter_id=matter.pk)
    if clock is None or not clock.then or index.due_at is None:
        return
    facts = {"flow_code": matter.flow_code, "matter_id": matter.pk, "version": matter.version, "move": clock.then}
    key = f"due-{matter.flow_code}-{matter.pk}-{matter.version}"
    events.emit("casework.due", key=key, at=at, due_at=index.due_at, **facts)
