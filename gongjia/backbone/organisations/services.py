"""The verbs that write the tree. All of them hold one lock: concurrent moves would corrupt materialised paths."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from gongjia.backbone.organisations import queries, rules
from gongjia.backbone.organisations.models import Link, Organisation, Placement, Succession, Term
from gongjia.backbone.organisations.words import IN_FORCE, Kind, LinkKind, State
from gongjia.backbone.regions.models import Region
from gongjia.kernel import db, events
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import day_zh
from gongjia.kernel.pinyin import initials
from gongjia.kernel.reach import beyond
from gongjia.kernel.verbs import note, verb

_AMENDABLE = ("name", "short_name", "uscc", "address", "industry", "has_own_account", "approval_number")


@contextmanager
def _tree_locked() -> Iterator[None]:
    """One writer at a time, and the whole tree in sight: paths beside the actor's reach are read and numbered too."""
    db.lock("organisations.tree")
    with beyond():
        yield


@verb("organisations.found", zh="成立工会", may="organisations.found", on="superior")
def found(
    *,
    superior: Organisation,
    kind: Kind,
    name: str,
    region: Region,
    founded_on: date,
    by: Actor,
    at: datetime,
    short_name: str = "",
    uscc: str = "",
    approval_number: str = "",
    term_years: int | None = None,
    key: str = "",
) -> Organisation:
    """Set an organisation up under its superior: tree, placement and, with `term_years`, its first term.

    Refused when the kind cannot stand under that superior, or the superior no longer stands.
    """
    with _tree_locked():
        superior = Organisation.objects.get(pk=superior.pk)
        _check_superior(kind, superior)
        _check_code(uscc)
        facts: dict[str, Any] = {"kind": kind, "name": name, "short_name": short_name, "initials": initials(name)}
        facts |= {"uscc": uscc, "region": region, "founded_on": founded_on, "approval_number": approval_number}
        facts["state"] = State.PREPARING if kind == Kind.PREPARATORY_GROUP else State.STANDING
        organisation: Organisation = Organisation.objects.add_child(superior, facts)
    Placement.objects.create(organisation=organisation, superior=superior, from_on=founded_on, reason="成立")
    if term_years:
        ends_on = rules.term_end(founded_on, term_years)
        Term.objects.create(organisation=organisation, number=1, starts_on=founded_on, ends_on=ends_on)
    events.tell("organisations.founded", organisation=organisation, at=at)
    note(superior_id=superior.pk, kind=str(kind))
    return organisation


@verb("organisations.stand", zh="筹备组成立为工会", may="organisations.found", on="organisation")
def stand(
    *,
    organisation: Organisation,
    kind: Kind,
    name: str,
    founded_on: date,
    approval_number: str,
    by: Actor,
    at: datetime,
    term_years: int | None = None,
    term_starts_on: date | None = None,
    key: str = "",
) -> Organisation:
    """A preparatory group becomes the union that it prepared: the same node of the tree, so that members, posters,
    coverage and posts go on as they are. Its first term begins on `term_starts_on`, or on the day it is founded.

    Refused for anything but a preparatory group, and where the kind cannot stand under its superior.
    """
    with _tree_locked():
        before = _locked(organisation)
        if before.kind != Kind.PREPARATORY_GROUP or before.state != State.PREPARING:
            raise Refused(f"“{before.name}”不是筹备中的筹备组，不能成立为工会。")
        placement = Placement.objects.select_related("superior").get(organisation=before, until_on=None)
        if placement.superior is None:
            raise Refused("筹备组没有上级工会，不能成立。")
        _check_superior(kind, placement.superior)
        if founded_on < placement.from_on:
            raise Refused(f"成立日期不能早于批复筹建的{day_zh(placement.from_on)}。", fields=["founded_on"])
        current = Organisation.objects.get(pk=before.pk)
        current.kind, current.state, current.name, current.initials = kind, State.STANDING, name, initials(name)
        current.founded_on, current.approval_number = founded_on, approval_number
        current.version += 1
        changed = ["kind", "state", "name", "initials", "founded_on", "approval_number", "version"]
        current.save(update_fields=changed)
    if term_years:
        starts_on = term_starts_on or founded_on
        Term.objects.create(
            organisation=current,
            number=1,
            starts_on=starts_on,
            ends_on=rules.term_end(starts_on, term_years),
            approval_number=approval_number,
        )
    events.tell("organisations.amended", before=before, organisation=current, at=at)
    note(current, kind=str(kind))
    return current


@verb("organisations.move", zh="理顺组织关系", may="organisations.move", on="organisation")
def move(
    *, organisation: Organisation, superior: Organisation, on: date, reason: str, by: Actor, at: datetime, key: str = ""
) -> Organisation:
    """Put an organisation, with all that stands under it, under another superior from a day on.

    The right is needed at both ends. Refused for a circle, the same superior, a day before the present placement.
    """
    by.require("organisations.move", path=superior.path)
    with _tree_locked():
        organisation = Organisation.objects.get(pk=organisation.pk)
        superior = Organisation.objects.get(pk=superior.pk)
        if db.is_within(superior.path, organisation.path):
            raise Refused("不能把一个工会移到它自己的下级之下。", fields=["superior"])
        _check_superior(Kind(organisation.kind), superior)
        old_path = organisation.path
        _replace(organisation, superior, on, reason)
        Organisation.objects.move(organisation, superior, pos="last-child")
        organisation = Organisation.objects.get(pk=organisation.pk)
    events.tell("organisations.moved", organisation=organisation, old_path=old_path, new_path=organisation.path, at=at)
    note(organisation, superior_id=superior.pk)
    return organisation


@verb("organisations.merge", zh="合并工会", may="organisations.move", on="organisation")
def merge(
    *,
    organisation: Organisation,
    into: Organisation,
    on: date,
    approval_number: str,
    by: Actor,
    at: datetime,
    key: str = "",
) -> Organisation:
    """End an organisation and hand members, employers and parts to another one; the history of both stays."""
    by.require("organisations.move", path=into.path)
    with _tree_locked():
        organisation = _locked(organisation)
        into = Organisation.objects.get(pk=into.pk)
        if db.is_within(into.path, organisation.path):
            raise Refused("承接工会不能是被合并的工会本身或它的下级。", fields=["into"])
        if into.state != State.STANDING:
            raise Refused(f"“{into.name}”已不在正常状态，不能承接。", fields=["into"])
        _require_standing(organisation)
        _hand_over_parts(organisation, into, on, at)
        _end(organisation, State.MERGED, on, approval_number)
        Succession.objects.create(organisation=organisation, successor=into, on=on)
        events.tell("organisations.merged", organisation=organisation, into=into, on=on, at=at, by=by)
    note(organisation, into_id=into.pk)
    return organisation


@verb("organisations.dissolve", zh="撤销工会", may="organisations.move", on="organisation")
def dissolve(
    *, organisation: Organisation, on: date, approval_number: str, reason: str, by: Actor, at: datetime, key: str = ""
) -> Organisation:
    """End an organisation whose unit has ended (工会法 2021 第十三条): its members are kept by the superior.

    Refused while other organisations stand under it, or for the root.
    """
    with _tree_locked():
        organisation = _locked(organisation)
        _require_standing(organisation)
        if (
            Organisation.objects.filter(db.within("path", (organisation.path,)), state__in=IN_FORCE)
            .exclude(pk=organisation.pk)
            .exists()
        ):
            raise Refused("下面还有工会或小组：请先把它们移走、合并或撤销。")
        placement = Placement.objects.select_related("superior").get(organisation=organisation, until_on=None)
        if placement.superior is None:
            raise Refused("最上级工会不能在这里撤销。")
        _end(organisation, State.DISSOLVED, on, approval_number)
        events.tell(
            "organisations.dissolved", organisation=organisation, superior=placement.superior, on=on, at=at, by=by
        )
    note(organisation, superior_id=placement.superior_id)
    return organisation


@verb("organisations.amend", zh="修改工会信息", may="organisations.amend", on="organisation")
def amend(
    *, organisation: Organisation, version: int, changes: dict[str, Any], by: Actor, at: datetime, key: str = ""
) -> Organisation:
    """Change plain facts of an organisation. Raises Stale when somebody changed it since `version` was shown."""
    changes = {name: value for name, value in changes.items() if name in _AMENDABLE}
    if "name" in changes:
        changes["initials"] = initials(changes["name"])
    _check_code(changes.get("uscc", ""), but=organisation.pk)
    current = Organisation.amend_row(organisation, version=version, changes=changes, what=f"“{organisation.name}”")
    events.tell("organisations.amended", before=organisation, organisation=current, at=at)
    note(current, fields=sorted(changes))
    return current


@verb("organisations.link", zh="登记业务联系", may="organisations.amend", on="organisation")
def link(
    *, organisation: Organisation, other: Organisation, kind: LinkKind, from_on: date, by: Actor, at: datetime
) -> Link:
    """Give an organisation a guidance or fund relation; the one in force before ends that day."""
    Link.objects.filter(organisation=organisation, kind=kind, until_on=None).update(until_on=from_on)
    return Link.objects.create(organisation=organisation, other=other, kind=kind, from_on=from_on)


def _locked(organisation: Organisation) -> Organisation:
    """The one that is to end: whoever holds it (`db.hold`) is waited for, whoever comes later waits and finds it ended.

    Rows that only name it go on being written meanwhile.
    """
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def _check_code(uscc: str, *, but: int | None = None) -> None:
    """One after the other: two that write one code at once see each other."""
    if not uscc:
        return
    db.lock("organisations.uscc")
    if queries.uscc_known(uscc, but=but):
        raise Refused(f"统一社会信用代码 {uscc} 已经是另一个工会的，请核对后重填。", fields=["uscc"])


def _check_superior(kind: Kind, superior: Organisation) -> None:
    if superior.state != State.STANDING:
        raise Refused(f"“{superior.name}”已不在正常状态，不能作为上级工会。", fields=["superior"])
    if not rules.may_stand_under(kind, superior.kind):
        raise Refused(
            f"{Kind(kind).label}不能直接隶属于{superior.get_kind_display()}，请另选上级工会。", fields=["superior"]
        )


def _require_standing(organisation: Organisation) -> None:
    if organisation.state not in IN_FORCE:
        raise Refused(f"“{organisation.name}”{organisation.get_state_display()}，不能再办理。")


def _check_day(on: date, placement: Placement) -> None:
    if on < placement.from_on:
        raise Refused(f"日期不能早于现在这段隶属关系开始的{day_zh(placement.from_on)}。", fields=["on"])


def _replace(organisation: Organisation, superior: Organisation, on: date, reason: str) -> None:
    placement = Placement.objects.get(organisation=organisation, until_on=None)
    if placement.superior_id == superior.pk:
        raise Refused(f"它现在就隶属于“{superior.name}”。", fields=["superior"])
    _check_day(on, placement)
    placement.until_on = on
    placement.save(update_fields=["until_on"])
    Placement.objects.create(organisation=organisation, superior=superior, from_on=on, reason=reason)


def _hand_over_parts(organisation: Organisation, into: Organisation, on: date, at: datetime) -> None:
    parts = Organisation.objects.filter(
        db.within("path", (organisation.path,)),
        depth=organisation.depth + 1,
        state__in=IN_FORCE,
    )
    for part in list(parts):
        _check_superior(Kind(part.kind), into)
        old_path = part.path
        _replace(part, into, on, "随合并转入")
        Organisation.objects.move(part, Organisation.objects.get(pk=into.pk), pos="last-child")
        part.refresh_from_db()
        events.tell("organisations.moved", organisation=part, old_path=old_path, new_path=part.path, at=at)


def _end(organisation: Organisation, state: State, on: date, approval_number: str) -> None:
    placement = Placement.objects.get(organisation=organisation, until_on=None)
    _check_day(on, placement)
    placement.until_on = on
    placement.save(update_fields=["until_on"])
    organisation.state, organisation.ended_on = state, on
    organisation.approval_number = approval_number or organisation.approval_number
    organisation.save(update_fields=["state", "ended_on", "approval_number"])
