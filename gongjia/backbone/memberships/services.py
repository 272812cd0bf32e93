"""The verbs on memberships. One live membership a person is held by the database, not by hope.

Each holds first the unions it names, which waits for a merger or dissolution under way, then locks the person and the
row: figures are told what these are, not what a page read a while ago.
"""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.queries import has_live
from gongjia.backbone.memberships.words import MAY_BE_CORRECTED, Ending, Origin, Retention, State
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
    *,
    membership: Membership,
    to: Organisation,
    on: date,
    by: Actor,
    at: datetime,
    kept_for: Retention = Retention.NONE,
    key: str = "",
) -> Membership:
    """End a membership at one union and go on at another: two rows, one history; the joining day stays. With
    `kept_for` the new union only keeps it, for that reason; else it goes on in full."""
    if membership.organisation_id == to.pk:
        raise Refused(f"这位会员现在就在“{to.name}”。")
    to = _held_union(to, membership.organisation_id)
    if to.kind not in WITH_MEMBERS or to.state not in IN_FORCE:
        raise Refused(f"“{to.name}”现在不能接收会员。", fields=["to"])
    _lock(membership)
    was = State(membership.state)
    _end(membership, Ending.TRANSFERRED, on)
    begun = _go_on(membership, to, Origin.TRANSFER, on, State.RETAINED if kept_for else State.ACTIVE, kept_for)
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
def retain(
    *,
    membership: Membership,
    by: Actor,
    at: datetime,
    on: date | None = None,
    reason: Retention = Retention.NONE,
    key: str = "",
) -> Membership:
    """Keep a membership without dues and votes (工会会员会籍管理办法 2016: 退休、失业等保留会籍), from a day on."""
    _lock(membership)
    if membership.state != State.ACTIVE:
        raise Refused("只有正式会员的会籍可以保留。")
    on = on or today_of(at)
    if on < membership.from_on:
        raise Refused(f"日期不能早于这段会籍开始的 {membership.from_on:%Y-%m-%d}。", fields=["on"])
    membership.state, membership.retained_on, membership.retained_for = State.RETAINED, on, reason
    membership.version += 1
    membership.save(update_fields=["state", "retained_on", "retained_for", "version"])
    events.tell("memberships.ended", memberships=[membership], on=on, at=at, was=State.ACTIVE)
    note(membership, about_person_id=membership.person_id, reason=str(reason))
    return membership


@verb("memberships.resume", zh="恢复会籍", may="memberships.write", on="membership")
def resume(*, membership: Membership, on: date, by: Actor, at: datetime, key: str = "") -> Membership:
    """Who was only kept is a full member again: the row that kept ends, and the next goes on at the same union."""
    union = _held_union(membership.organisation)
    _lock(membership)
    if membership.state != State.RETAINED:
        raise Refused("只有保留着的会籍可以恢复。")
    if union.kind not in WITH_MEMBERS or union.state not in IN_FORCE:
        raise Refused(f"会籍由“{union.name}”代为保留，这里不直接发展会员：有了新单位的，请办理转接。")
    if on < (membership.retained_on or membership.from_on):
        raise Refused(f"日期不能早于保留会籍的 {membership.retained_on:%Y-%m-%d}。", fields=["on"])
    _end(membership, Ending.RETURNED, on)
    begun = _go_on(membership, union, Origin.RETURN, on, State.ACTIVE)
    events.tell("memberships.ended", memberships=[membership], on=on, at=at, was=State.RETAINED)
    events.tell("memberships.started", memberships=[begun], at=at)
    note(begun, about_person_id=membership.person_id)
    return begun


@verb("memberships.reinstate", zh="更正误终止的会籍", may="memberships.write", on="membership")
def reinstate(*, membership: Membership, by: Actor, at: datetime, key: str = "") -> Membership:
    """Go on from an ending that was written down by mistake: a new row from that very day, as it stood before. The row
    that ended is left as it is."""
    union = _held_union(membership.organisation)
    _lock(membership)
    if membership.state != State.ENDED or membership.ending not in MAY_BE_CORRECTED or membership.until_on is None:
        raise Refused("这段会籍不是误终止的：转出、合并等不在这里更正。")
    if union.state not in IN_FORCE:
        raise Refused(f"“{union.name}”{union.get_state_display()}，请由承接的工会办理入会。")
    if Membership._base_manager.filter(continued_from=membership).exists():
        raise Refused("这段会籍已经接续过，不能再恢复一次。")
    if has_live(membership.person_id):
        raise Refused(_SECOND)
    state = State.RETAINED if membership.retained_on else State.ACTIVE
    kept_for = Retention(membership.retained_for)
    begun = _go_on(membership, union, Origin.CORRECTION, membership.until_on, state, kept_for)
    events.tell("memberships.started", memberships=[begun], at=at)
    note(begun, about_person_id=membership.person_id)
    return begun


def _go_on(
    row: Membership, union: Organisation, origin: Origin, on: date, state: State, kept_for: Retention = Retention.NONE
) -> Membership:
    """The next row of a history. One that is only kept is so from its first day."""
    return _begin(row.person, union, origin, row.joined_on, on, row.group, row.form, state, row, kept_for)


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
    kept_for: str = "",
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
        retained_on=from_on if state == State.RETAINED else None,
        retained_for=kept_for,
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
