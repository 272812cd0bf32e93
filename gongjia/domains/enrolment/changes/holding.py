"""The locks of a matter, in the order of every verb on a membership: unions, person, then the matter's own row. A union
that ends, or a membership that moves, closes matters under the same locks: neither waits for the other for ever."""

from typing import Any

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.kernel import db


def hold(matter: Any) -> None:
    """Keep both unions as they are, and the person for this transaction alone."""
    db.hold(Organisation, *(each for each in (matter.organisation_id, matter.counterpart_id) if each))
    if matter.person_id:
        Person._base_manager.select_for_update(no_key=True).only("pk").get(pk=matter.person_id)


def is_live_at(person_id: int, organisation_id: int) -> bool:
    """Whether a person who is held is a member at a union now: what a page read may have ended meanwhile."""
    rows = Membership._base_manager.filter(person_id=person_id, organisation_id=organisation_id, state__in=LIVE)
    return rows.exists()
