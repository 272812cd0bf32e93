"""Verbs on many memberships at once: what imports stand on. The caller holds the union and the persons."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import F

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE, Ending, Origin, State
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE, WITH_MEMBERS
from gongjia.backbone.people.models import Person
from gongjia.kernel import audit, db, events
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


@verb("memberships.transfer_many", zh="整批转接会籍", may=INSIDE)
def transfer_many(
    *,
    membership_ids: Sequence[int],
    to: Organisation,
    on: date,
    by: Actor,
    at: datetime,
    ending: Ending = Ending.TRANSFERRED,
    origin: Origin = Origin.TRANSFER,
) -> dict[int, Membership]:
    """End memberships and go on at another union, some hundreds by a handful of statements: the new row by the number
    of the old one. Who is only kept stays so. What is not live any more, there already, or began after the day, is left
    out.

    Union, persons, rows: the order of every verb on one membership.
    """
    rows = Membership._base_manager.filter(pk__in=membership_ids, state__in=LIVE, from_on__lte=on)
    rows = rows.exclude(organisation=to).order_by()
    db.hold(Organisation, to.pk, *rows.values_list("organisation_id", flat=True).distinct())
    to = Organisation._base_manager.get(pk=to.pk)
    if to.kind not in WITH_MEMBERS or to.state not in IN_FORCE:
        raise Refused(f"“{to.name}”现在不能接收会员。", fields=["to"])
    people = Person._base_manager.filter(pk__in=rows.values("person_id"))
    known = {each.pk: each for each in people.order_by("pk").select_for_update(no_key=True)}
    old = list(rows.filter(person_id__in=known).order_by("pk").select_for_update(no_key=True))
    begun = []
    for each in old:
        each.person = known[each.person_id]
        begun.append(_next(each, to, origin, on))
    Membership._base_manager.filter(pk__in=[each.pk for each in old]).update(
        state=State.ENDED, until_on=on, ending=ending, version=F("version") + 1
    )
    were = {state: [each for each in old if each.state == state] for state in LIVE}
    for each in old:
        each.state, each.until_on, each.ending = State.ENDED, on, ending
    begun = Membership._base_manager.bulk_create(begun)
    audit.record_many("memberships.transfer", known, by=by, at=at, organisation_id=to.pk)
    for was, ended in were.items():
        if ended:
            events.tell("memberships.ended", memberships=ended, on=on, at=at, was=was)
    events.tell("memberships.started", memberships=begun, at=at)
    note(rows=len(begun))
    return {each.continued_from_id: each for each in begun if each.continued_from_id}


def _next(row: Membership, to: Organisation, origin: Origin, on: date) -> Membership:
    return Membership(
        person=row.person,
        organisation=to,
        origin=origin,
        joined_on=row.joined_on,
        from_on=on,
        group=row.group,
        form=row.form,
        state=row.state,
        retained_on=on if row.state == State.RETAINED else None,
        retained_for=row.retained_for,
        continued_from=row,
        pinyin_key=row.person.pinyin_key,
    )
