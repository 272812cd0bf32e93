"""The verbs by which a union keeps, resumes, ends and corrects memberships; each leaves its grounds."""

from datetime import date, datetime
from typing import Any

from gongjia.backbone.accounts.services import open_of, shut_of
from gongjia.backbone.memberships import services as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Ending, Retention
from gongjia.backbone.posts.queries import holds_any
from gongjia.domains.enrolment.changes import params, rules
from gongjia.domains.enrolment.changes.models import Ground
from gongjia.domains.enrolment.changes.telling import not_own
from gongjia.domains.enrolment.changes.words import Act
from gongjia.engines.messages import services as messages
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.verbs import note, verb

_WRITE = "memberships.write"


@verb("enrolment.retain", zh="办理保留会籍", may=_WRITE, on="membership")
def retain(
    *, membership: Membership, reason: Retention, on: date, words: str, by: Actor, at: datetime, key: str = ""
) -> Ground:
    """Keep a membership for a reason, from a day on: no dues, no vote."""
    _check_day(on, at)
    not_own(by, membership.person_id)
    kept = memberships.retain(membership=membership, on=on, reason=reason, by=by, at=at)
    said = f"原因：{reason.label}。保留期间不交会费，没有选举权、被选举权和表决权；重新就业后可以恢复。"
    return _ground(kept, Act.RETAINED, on, by, at, said, words=words, retained_for=reason)


@verb("enrolment.resume", zh="办理恢复会籍", may=_WRITE, on="membership")
def resume(*, membership: Membership, on: date, words: str, by: Actor, at: datetime, key: str = "") -> Ground:
    """Who was only kept is a full member again, from a day on."""
    _check_day(on, at)
    not_own(by, membership.person_id)
    begun = memberships.resume(membership=membership, on=on, by=by, at=at)
    said = f"从 {on:%Y-%m-%d} 起，您恢复为正式会员。"
    return _ground(membership, Act.RESUMED, on, by, at, said, words=words, led_to=begun)


@verb("enrolment.record_leaving", zh="登记退会", may=_WRITE, on="membership")
def record_leaving(
    *, membership: Membership, on: date, talked_on: date, words: str, by: Actor, at: datetime, key: str = ""
) -> Ground:
    """Somebody has asked the union in person to leave, and the union has talked with them."""
    _check_day(on, at)
    if talked_on > on:
        raise Refused("谈话的日期晚于退会的日期：先谈话，再宣布退会。", fields=["talked_on"])
    return _end(membership, Act.LEFT, Ending.LEFT, on, by, at, words=words, talked_on=talked_on)


@verb("enrolment.record_lapse", zh="登记视为退会", may=_WRITE, on="membership")
def record_lapse(
    *,
    membership: Membership,
    on: date,
    unpaid_since: date,
    talked_on: date,
    words: str,
    by: Actor,
    at: datetime,
    key: str = "",
) -> Ground:
    """Somebody is treated as having left: so many months without dues and activity, and no change after a talk."""
    _check_day(on, at)
    months = params.lapse_months(on)
    if faults := rules.lapse_faults(unpaid_since=unpaid_since, educated_on=talked_on, on=on, months=months):
        raise Refused(*faults, fields=["on"])
    facts: dict[str, Any] = {"words": words, "unpaid_since": unpaid_since, "talked_on": talked_on}
    return _end(membership, Act.LAPSED, Ending.LAPSED, on, by, at, **facts)


@verb("enrolment.expel", zh="登记开除会籍", may=_WRITE, on="membership")
def expel(
    *,
    membership: Membership,
    on: date,
    group_on: date,
    committee_on: date,
    reported_on: date,
    words: str,
    by: Actor,
    at: datetime,
    key: str = "",
) -> Ground:
    """The group has discussed, the committee decided, the superior been told: each with its day, and what for."""
    for day in (on, group_on, committee_on, reported_on):
        _check_day(day, at)
    faults = rules.expulsion_faults(group_on=group_on, committee_on=committee_on, reported_on=reported_on, on=on)
    if not words.strip():
        faults.append("请写明开除的事由。")
    if faults:
        raise Refused(*faults, fields=["on"])
    days = {"group_on": group_on, "committee_on": committee_on, "reported_on": reported_on}
    return _end(membership, Act.EXPELLED, Ending.EXPELLED, on, by, at, words=words, **days)


@verb("enrolment.record_death", zh="登记会员死亡", may=_WRITE, on="membership")
def record_death(*, membership: Membership, on: date, words: str, by: Actor, at: datetime, key: str = "") -> Ground:
    """The membership ends; nobody signs in by this person's account any more."""
    _check_day(on, at)
    if holds_any(membership.person_id, today_of(at)):
        raise Refused("他还有工会职务：请先由上级工会登记离任（去世），再登记会籍。")
    ground = _end(membership, Act.DIED, Ending.DIED, on, by, at, words=words)
    ground.shut_accounts = shut_of(person_id=membership.person_id, by=by, at=at)
    ground.save(update_fields=["shut_accounts"])
    return ground


@verb("enrolment.reinstate", zh="更正误终止的会籍", may=_WRITE, on="membership")
def reinstate(*, membership: Membership, words: str, by: Actor, at: datetime, key: str = "") -> Ground:
    """What was ended by mistake goes on without a gap, by a new row, while the window is open."""
    not_own(by, membership.person_id)
    if not words.strip():
        raise Refused("请写明错在哪里、依据什么更正。", fields=["words"])
    days = params.reinstate_days(today_of(at))
    ended = Ground._base_manager.filter(membership=membership).order_by("-at", "-pk").first()
    ended_on = today_of(ended.at) if ended else membership.until_on
    if ended_on is None or not rules.may_still_reinstate(ended_on, today=today_of(at), days=days):
        raise Refused(f"终止已经超过 {days} 天，不能再更正；确实要回来的，请重新办理入会。")
    begun = memberships.reinstate(membership=membership, by=by, at=at)
    if membership.ending == Ending.DIED:
        shut = ended.shut_accounts if ended else []
        open_of(person_id=membership.person_id, account_ids=shut, by=by, at=at)
    said = "以前的终止是误办，已经更正：会籍没有中断，入会日期不变。"
    return _ground(membership, Act.REINSTATED, begun.from_on, by, at, said, words=words, led_to=begun)


def _end(membership: Membership, act: Act, ending: Ending, on: date, by: Actor, at: datetime, **facts: Any) -> Ground:
    not_own(by, membership.person_id)
    ended = memberships.end(membership=membership, ending=ending, on=on, by=by, at=at)
    said = f"{rules.ARTICLES[act]}。会籍到 {on:%Y-%m-%d} 止。有不同意见的，可以写给工会，或者拨打 12351。"
    return _ground(ended, act, on, by, at, "" if act == Act.DIED else said, **facts)


def _ground(membership: Membership, act: Act, on: date, by: Actor, at: datetime, said: str, **facts: Any) -> Ground:
    """Keep what a decision stands on, and tell the person."""
    made = Ground.objects.create(
        organisation=membership.organisation,
        person=membership.person,
        membership=membership,
        act=act,
        on=on,
        at=at,
        **facts,
    )
    if said:
        messages.tell(
            person=membership.person,
            organisation=membership.organisation,
            title=f"会籍变动：{act.label}",
            body=said,
            by=by,
            at=at,
        )
    note(made, about_person_id=membership.person_id, act=str(act))
    return made


def _check_day(on: date, at: datetime) -> None:
    if on > today_of(at):
        raise Refused("日期不能晚于今天；到了那天再来办理。", fields=["on"])
