"""The verbs of leaving (退会): it is free; the union talks, tells what follows, and announces it."""

from datetime import datetime

from django.db import IntegrityError, transaction

from gongjia.backbone.memberships import services as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE, Ending
from gongjia.domains.enrolment.changes.flow import LEAVING
from gongjia.domains.enrolment.changes.holding import hold
from gongjia.domains.enrolment.changes.models import Ground, Leaving, Transfer
from gongjia.domains.enrolment.changes.telling import not_own, tell
from gongjia.domains.enrolment.changes.words import Act
from gongjia.engines.casework import services as casework
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.verbs import note, verb


@verb("enrolment.ask_to_leave", zh="本人提出退会", may=SIGNED_IN)
def ask(*, membership: Membership, why: str, by: Actor, at: datetime, key: str = "") -> Leaving:
    """The member asks to leave. The union cannot refuse; without its word it is announced when its days are over."""
    if by.person_id != membership.person_id:
        raise Forbidden("由本人办理")
    made = Leaving(
        membership=membership, organisation=membership.organisation, person=membership.person, why=why.strip()
    )
    hold(made)
    membership.refresh_from_db(fields=["state"], from_queryset=Membership._base_manager.all())
    if membership.state not in LIVE:
        raise Refused("这段会籍已经终止，不用再退。")
    if Transfer._base_manager.filter(person_id=membership.person_id, closed_at=None).exists():
        raise Refused("有一件会籍转接在办理：要退会，请先撤回转接。")
    try:
        with transaction.atomic():
            casework.open_matter(matter=made, title=LEAVING.zh, by=by, at=at, words=why.strip())
    except IntegrityError as clash:
        raise Refused("退会已经提出，正在办理：请看它的进度。") from clash
    note(made, about_person_id=made.person_id, membership_id=membership.pk)
    return made


@verb("enrolment.counsel", zh="登记退会谈话", may="memberships.write", on="leaving")
def counsel(*, leaving: Leaving, words: str, by: Actor, at: datetime, key: str = "") -> Leaving:
    """What was said when the union talked with who wants to leave. The clock goes on: a talk delays nothing."""
    not_own(by, leaving.person_id)
    if leaving.closed_at is not None:
        raise Refused(f"这件事已经办结：{leaving.standing.zh}。")
    if not words.strip():
        raise Refused("请写明谈话的情况。", fields=["words"])
    leaving.counselled_on, leaving.counsel = today_of(at), words.strip()
    Leaving._base_manager.filter(pk=leaving.pk).update(counselled_on=leaving.counselled_on, counsel=leaving.counsel)
    note(leaving, about_person_id=leaving.person_id)
    return leaving


@verb("enrolment.announce_leaving", zh="宣布退会", may="memberships.write", on="leaving")
def announce(*, leaving: Leaving, by: Actor, at: datetime, words: str = "", key: str = "") -> Leaving:
    """The union announces it, or its days are over: the membership ends today."""
    not_own(by, leaving.person_id)
    hold(leaving)
    casework.move(matter=leaving, move_code="announce", by=by, at=at, words=words)
    on = max(today_of(at), leaving.membership.from_on)
    ended = memberships.end(membership=leaving.membership, ending=Ending.LEFT, on=on, by=by, at=at)
    Ground.objects.create(
        organisation_id=leaving.organisation_id,
        person_id=ended.person_id,
        membership=ended,
        act=Act.LEFT,
        on=on,
        at=at,
        words=leaving.why,
        talked_on=leaving.counselled_on,
    )
    body = f"会籍到 {on:%Y-%m-%d} 止。以前的会籍记录都保留；想回来的，随时可以再申请。"
    tell(leaving, "您已经退会", body, by=by, at=at)
    return leaving


@verb("enrolment.withdraw_leaving", zh="本人撤回退会", may=SIGNED_IN)
def withdraw(*, leaving: Leaving, by: Actor, at: datetime, key: str = "") -> Leaving:
    hold(leaving)
    casework.move(matter=leaving, move_code="withdraw", by=by, at=at)
    return leaving
