"""The verbs on memberships. One live membership a person is held by the database, not by hope.

Each holds first the unions it names, which waits for a merger or dissolution under way, then locks the person and the
row: figures are told what these are, not what a page read a while ago.
"""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.queries import has_live
from gongjia.backbone.memberships.words import Ending, Origin, State
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE, WITH_MEMBERS
from gongjia.backbone.people.models import Person
from gongjia.kernel import db, events
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.verbs import note, verb

_SECOND = "这位职工已有会籍：一人只有一份有效会籍，请办理转接，不能重复入会。"


@verb("memberships.start", zh="入会", may="memberships.write", on="organisation")
def start(
    *,
    organisation: Organisation,
    person: Person,
    origin: Origin,
    joined_on: date,
    by: Actor,
    at: datetime,
    group: str = "",
    form: str = "",
    key: str = "",
) -> Membership:
    """Make a person a member of a union. Refused when a live membership stands anywhere."""
    organisation = _held_union(organisation)
    person = _locked_person(person.pk)
    if organisation.kind not in WITH_MEMBERS:
        raise Refused(f"{organisation.get_kind_display()}不直接发展会员，请选择基层工会。", fields=["organisation"])
    if organisation.state not in IN_FORCE:
        raise Refused(f"“{organisation.name}”{organisation.get_state_display()}，现在不能发展会员。")
    if has_live(person.pk):
        raise Refused(_SECOND)
    membership = _begin(person, organisation, origin, joined_on, joined_on, group, form, State.ACTIVE, None)
    events.tell("memberships.started", memberships=[membership], at=at)
    note(membership, about_person_id=person.pk)
    return membership


@verb("memberships.transfer", zh="会籍转接", may="memberships.write", on="to")
def transfer(
    *, membership: Membership, to: Organisation, on: date, by: Actor, at: datetime, key: str = ""
) -> Membership:
    """End a membership at one union and go on at another: two rows, one history; the joining day stays."""
    if membership.organisation_id == to.pk:
        raise Refused(f"这位会员现在就在“{to.name}”。")
    to = _held_union(to, membership.organisation_id)
    if to.kind not in WITH_MEMBERS or to.state not in IN_FORCE:
        raise Refused(f"“{to.name}”现在不能接收会员。", fields=["to"])
    _lock(membership)
    was = State(membership.state)
    _end(membership, Ending.TRANSFERRED, on)
    begun = _begin(
        membership.person,
        to,
        Origin.TRANSFER,
        membership.joined_on,
        on,
        membership.group,
        membership.form,
        State.ACTIVE,
        membership,
    )
    events.tell("memberships.ended", memberships=[membership], on=on, at=at, was=was)
    events.tell("memberships.started", memberships=[begun], at=at)
    note(begun, about_person_id=membership.person_id, from_id=membership.organisation_id)
    return begun


@verb("memberships.end", zh="终止会籍", may="memberships.write", on="membership")
def end(*, membership: Membership, ending: Ending, on: date, by: Actor, at: datetime, key: str = "") -> Membership:
    """End a membership for a reason on a day."""
    _lock(membership)
    was = State(membership.state)
    _end(membership, ending, on)
    events.tell("memberships.ended", memberships=[membership], on=on, at=at, was=was)
    note(membership, about_person_id=membership.person_id, ending=str(ending))
    return membership


@verb("memberships.retain", zh="保留会籍", may="memberships.write", on="membership")
def retain(*, membership: Membership, by: Actor, at: datetime, key: str = "") -> Membership:
    """Keep a membership without dues and votes (工会会员会籍管理办法 2016: 退休、失业等保留会籍)."""
    _lock(membership)
    if membership.state != State.ACTIVE:
        raise Refused("只有正式会员的会籍可以保留。")
    membership.state, membership.retained_on = State.RETAINED, today_of(at)
    membership.version += 1
    membership.save(update_fields=["state", "retained_on", "version"])
    events.tell("memberships.ended", memberships=[membership], on=today_of(at), at=at, was=State.ACTIVE)
    note(membership, about_person_id=membership.person_id)
    return membership


def _begin(
    person: Person,
    organisation: Organisation,
    origin: Origin,
    joined_on: date,
    from_on: date,
    group: str,
    form: str,
    state: State,
    continued_from: Membership | None,
) -> Membership:
    membership = Membership(
        person=person,
        organisation=organisation,
        origin=origin,
        joined_on=joined_on,
        from_on=from_on,
        group=group,
        form=form,
        state=state,
        continued_from=continued_from,
        pinyin_key=person.pinyin_key,
    )
    try:
        with transaction.atomic():
            membership.save(force_insert=True)
    except IntegrityError as clash:
        if has_live(person.pk):
            raise Refused(_SECOND) from clash
        raise
    return membership


def _end(membership: Membership, ending: Ending, on: date) -> None:
    """End a row that is locked."""
    if on < membership.from_on:
        raise Refused(f"日期不能早于这段会籍开始的 {membership.from_on:%Y-%m-%d}。", fields=["on"])
    if membership.state == State.ENDED:
        raise Refused("这段会籍已经终止。")
    membership.state, membership.until_on, membership.ending = State.ENDED, on, ending
    membership.version += 1
    membership.save(update_fields=["state", "until_on", "ending", "version"])


def _held_union(organisation: Organisation, *others: int) -> Organisation:
    """The organisation as it stands now; it and the others do not end before the transaction does."""
    db.hold(Organisation, organisation.pk, *others)
    return Organisation._base_manager.get(pk=organisation.pk)


def _locked_person(person_id: int) -> Person:
    return Person._base_manager.select_for_update(no_key=True).get(pk=person_id)


def _lock(membership: Membership) -> None:
    """Hold union, person and row, in this order everywhere, and bring the row up to date."""
    db.hold(Organisation, membership.organisation_id)
    person = _locked_person(membership.person_id)
    membership.refresh_from_db(from_queryset=Membership._base_manager.select_for_update(no_key=True))
    membership.person = person
