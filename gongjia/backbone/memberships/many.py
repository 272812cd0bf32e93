"""Verbs on many memberships at once: what imports stand on. The caller holds the union and the persons."""

from collections.abc import Sequence
from datetime import datetime

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import State
from gongjia.kernel import audit, events
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.models import AuditRow
from gongjia.kernel.permissions import INSIDE
from gongjia.kernel.verbs import note, verb


@verb("memberships.start_many", zh="批量入会", may=INSIDE)
def start_many(*, memberships: Sequence[Membership], by: Actor, at: datetime) -> list[Membership]:
    """Write new memberships of one union, each with its own row in the record.

    Raises IntegrityError where one of the persons has become a member elsewhere meanwhile: nothing is then written.
    """
    for each in memberships:
        each.pinyin_key = each.person.pinyin_key
    begun = Membership._base_manager.bulk_create(memberships)
    AuditRow.objects.bulk_create(
        audit.row_for("memberships.start", by=by, at=at, subject=each, about_person_id=each.person_id) for each in begun
    )
    events.tell("memberships.started", memberships=begun, at=at)
    note(rows=len(begun))
    return begun


@verb("memberships.take_back", zh="撤销误登记的会籍", may=INSIDE)
def take_back(*, membership: Membership, by: Actor, at: datetime) -> None:
    """Take a membership away that never should have been, as if it had not begun. Refused for one that has changed.

    Raises ProtectedError where another row hangs on it.
    """
    if membership.state != State.ACTIVE:
        raise Refused("会籍后来有变动")
    events.tell(
        "memberships.ended", memberships=[membership], on=membership.from_on, at=at, was=State(membership.state)
    )
    note(about_person_id=membership.person_id, membership_id=membership.pk)
    membership.delete()
