"""The verbs of transfers: begun by the member or either union, confirmed by the one, accepted by the other."""

from datetime import datetime, timedelta
from math import ceil

from django.db import IntegrityError, transaction

from gongjia.backbone.accounts import tries
from gongjia.backbone.memberships import services as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE, Retention
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE, WITH_MEMBERS
from gongjia.domains.enrolment.changes.flow import TRANSFER
from gongjia.domains.enrolment.changes.holding import hold
from gongjia.domains.enrolment.changes.models import Leaving, Transfer, TransferCode
from gongjia.domains.enrolment.changes.telling import not_own, tell
from gongjia.domains.enrolment.changes.words import KEPT_FOR, Side, Why
from gongjia.engines.casework import services as casework
from gongjia.kernel import keyring
from gongjia.kernel.actors import TICK, Actor
from gongjia.kernel.errors import Forbidden, Refused, TooFast
from gongjia.kernel.moments import today_of
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.references import is_reference, new_reference, normalise
from gongjia.kernel.verbs import note, verb

#: How long a code that a member shows is good for.
CODE_LASTS = timedelta(minutes=30)
_TRIES = ((10, 600), (60, 86400))
_NO_SUCH_CODE = "这个转会码用不了：可能输错了、过了 30 分钟，或者已经用过。请本人在“我的工会”里重新取一个。"


@verb("enrolment.begin_transfer", zh="本人提出会籍转接", may=SIGNED_IN)
def begin(
    *,
    membership: Membership,
    to: Organisation,
    why: Why,
    by: Actor,
    at: datetime,
    employer_name: str = "",
    key: str = "",
) -> Transfer:
    """The member asks to go to another union; the union that is left confirms first."""
    if by.person_id != membership.person_id:
        raise Forbidden("由本人办理")
    made = _open(membership, to, why, Side.PERSON, employer_name, by, at)
    tell(made, "会籍转接已经提出", f"先由“{made.organisation.name}”确认，再由“{to.name}”接收。", by=by, at=at)
    return made


@verb("enrolment.transfer_out", zh="转出会员", may="memberships.write", on="membership")
def begin_for(
    *,
    membership: Membership,
    to: Organisation,
    why: Why,
    by: Actor,
    at: datetime,
    employer_name: str = "",
    key: str = "",
) -> Transfer:
    """The union that is left begins it, and has confirmed with that."""
    not_own(by, membership.person_id)
    made = _open(membership, to, why, Side.OUT, employer_name, by, at)
    casework.move(matter=made, move_code="confirm", by=by, at=at, words="由转出工会提出")
    body = f"“{made.organisation.name}”提出把您的会籍转到“{to.name}”，等对方接收。不想转的，可以撤回。"
    tell(made, "工会提出转接您的会籍", body, by=by, at=at)
    return made


@verb("enrolment.make_transfer_code", zh="取转会码", may=SIGNED_IN)
def make_code(*, by: Actor, at: datetime) -> str:
    """A code for the person's own membership, good for a while and once; an earlier one is good no more."""
    if by.person_id is None:
        raise Refused("您还没有会籍，没有可以转的。")
    TransferCode.objects.filter(person_id=by.person_id, used_at=None).update(used_at=at)
    code = new_reference()
    TransferCode.objects.create(person_id=by.person_id, code_mac=_mac(code), until_at=at + CODE_LASTS)
    note(about_person_id=by.person_id)
    return code


@verb("enrolment.begin_with_code", zh="凭转会码转入会员", may="memberships.write", on="to")
def begin_with_code(*, code: str, to: Organisation, why: Why, by: Actor, at: datetime, key: str = "") -> Transfer:
    """The union that is gone to begins it with the code that the member shows, and has agreed with that.

    Refused in the same words for a code that was never given, is used, too old, or of somebody without a membership:
    nothing tells whether there is one.
    """
    code = normalise(code)
    used = person_id = 0
    if is_reference(code):
        waiting = TransferCode._base_manager.filter(code_mac=_mac(code), used_at=None, until_at__gt=at)
        person_id = waiting.values_list("person_id", flat=True).first() or 0
        used = waiting.update(used_at=at)
    if not used:
        raise Refused(_NO_SUCH_CODE, fields=["code"])
    found = Membership._base_manager.filter(person_id=person_id, state__in=LIVE).select_related(
        "organisation", "person"
    )
    membership = found.first()
    if membership is None:
        raise Refused(_NO_SUCH_CODE, fields=["code"])
    not_own(by, person_id)
    made = _open(membership, to, why, Side.IN, "", by, at)
    body = (
        f"“{to.name}”凭您的转会码提出转接，已经同意接收；等“{made.organisation.name}”确认。不是您本人要转的，请撤回。"
    )
    tell(made, "新工会已经提出转接", body, by=by, at=at)
    return made


def count_try(*, by: Actor, at: datetime) -> None:
    """Raises TooFast for who guesses at codes. Outside of any transaction."""
    wait = tries.take(f"use:transfer-code:{by.account_id}", _TRIES, at=at)
    if wait:
        raise TooFast("转会码试得太多了，请等一等，让本人重新取一个。", wait_seconds=ceil(wait))


def _mac(code: str) -> str:
    return keyring.current().audit_mac(b"transfer code\0" + code.encode()).hex()


def _open(
    membership: Membership, to: Organisation, why: Why, side: Side, employer_name: str, by: Actor, at: datetime
) -> Transfer:
    made = Transfer(
        membership=membership,
        organisation=membership.organisation,
        counterpart=to,
        person=membership.person,
        why=why,
        employer_name=employer_name,
        begun_by=side,
    )
    hold(made)
    membership.refresh_from_db(fields=["state"], from_queryset=Membership._base_manager.all())
    _check(membership, Organisation._base_manager.get(pk=to.pk))
    try:
        with transaction.atomic():
            casework.open_matter(matter=made, title=TRANSFER.zh, by=by, at=at)
    except IntegrityError as clash:
        raise Refused("已经有一件会籍转接在办理：请先看它的进度，或者由本人撤回再提。") from clash
    note(made, about_person_id=made.person_id, membership_id=membership.pk)
    return made


def _check(membership: Membership, to: Organisation) -> None:
    """What both are now, under the locks: what was read before may have ended meanwhile."""
    if membership.state not in LIVE:
        raise Refused("这段会籍已经终止，没有可以转的。")
    if membership.organisation_id == to.pk:
        raise Refused(f"会籍现在就在“{to.name}”，不用转。", fields=["to"])
    if to.kind not in WITH_MEMBERS or to.state not in IN_FORCE:
        raise Refused(f"“{to.name}”现在不能接收会员，请另选一个工会。", fields=["to"])
    if Leaving._base_manager.filter(person_id=membership.person_id, closed_at=None).exists():
        raise Refused("有一份退会申请在办理：要转会籍，请本人先撤回退会。")


@verb("enrolment.confirm_transfer", zh="确认转出", may="memberships.write", on="transfer")
def confirm(*, transfer: Transfer, by: Actor, at: datetime, words: str = "", key: str = "") -> Transfer:
    """The union that is left confirms; where the other one has agreed already, the member goes over at once."""
    not_own(by, transfer.person_id)
    hold(transfer)
    casework.move(matter=transfer, move_code="confirm", by=by, at=at, words=words)
    if transfer.is_agreed:
        casework.move(matter=transfer, move_code="accept", by=TICK, at=at, words="提出时已经同意接收")
        _complete(transfer, by=TICK, at=at)
        return transfer
    counterpart = _counterpart(transfer)
    said = f"“{transfer.organisation.name}”已经确认转出，等“{counterpart.name}”接收。"
    tell(transfer, "转出工会已经确认", said, by=by, at=at)
    return transfer


@verb("enrolment.object_to_transfer", zh="对转出提出异议", may="memberships.write", on="transfer")
def object_to(*, transfer: Transfer, words: str, by: Actor, at: datetime, key: str = "") -> Transfer:
    """The union that is left says why not; the person answers or takes it back."""
    not_own(by, transfer.person_id)
    hold(transfer)
    casework.move(matter=transfer, move_code="object", by=by, at=at, words=words)
    tell(transfer, "转出工会有异议，请您说明", words, by=by, at=at)
    return transfer


@verb("enrolment.answer_objection", zh="说明情况", may=SIGNED_IN)
def answer(*, transfer: Transfer, words: str, by: Actor, at: datetime, key: str = "") -> Transfer:
    hold(transfer)
    casework.move(matter=transfer, move_code="answer", by=by, at=at, words=words)
    return transfer


@verb("enrolment.accept_transfer", zh="同意接收", may=SIGNED_IN)
def accept(*, transfer: Transfer, by: Actor, at: datetime, words: str = "", key: str = "") -> Transfer:
    """The union that is gone to takes the member: the one row ends, the next begins. The right is asked for at that
    union by the move."""
    not_own(by, transfer.person_id)
    hold(transfer)
    casework.move(matter=transfer, move_code="accept", by=by, at=at, words=words)
    _complete(transfer, by=by, at=at)
    return transfer


def _complete(transfer: Transfer, *, by: Actor, at: datetime) -> None:
    to = _counterpart(transfer)
    why = Why(transfer.why)
    begun = memberships.transfer(
        membership=transfer.membership,
        to=to,
        on=max(today_of(at), transfer.membership.from_on),
        kept_for=KEPT_FOR.get(why, Retention.NONE),
        by=by,
        at=at,
    )
    Transfer._base_manager.filter(pk=transfer.pk).update(begun=begun)
    transfer.begun = begun
    said = f"从 {begun.from_on:%Y-%m-%d} 起，您的会籍在“{to.name}”（{begun.get_state_display()}），入会日期不变。"
    tell(transfer, "会籍已经转好", said, at_counterpart=True, by=by, at=at)


@verb("enrolment.refuse_transfer", zh="不接收", may=SIGNED_IN)
def refuse(*, transfer: Transfer, words: str, by: Actor, at: datetime, key: str = "") -> Transfer:
    """The union that is gone to says why it does not take the member: the membership stays where it is. The right is
    asked for at that union by the move."""
    not_own(by, transfer.person_id)
    hold(transfer)
    casework.move(matter=transfer, move_code="refuse", by=by, at=at, words=words)
    body = f"{words}（会籍仍在“{transfer.organisation.name}”，可以另选一个工会再提。）"
    tell(transfer, "转入工会没有接收", body, at_counterpart=True, by=by, at=at)
    return transfer


@verb("enrolment.recall_transfer", zh="转出工会收回", may="memberships.write", on="transfer")
def recall(*, transfer: Transfer, words: str, by: Actor, at: datetime, key: str = "") -> Transfer:
    """The union that is left takes back what it began itself, before it is accepted."""
    if transfer.begun_by != Side.OUT:
        raise Refused("这件转接不是本会提出的，只有本人可以撤回。")
    hold(transfer)
    casework.move(matter=transfer, move_code="recall", by=by, at=at, words=words)
    tell(transfer, "工会收回了会籍转接", words, by=by, at=at)
    return transfer


@verb("enrolment.withdraw_transfer", zh="本人撤回会籍转接", may=SIGNED_IN)
def withdraw(*, transfer: Transfer, by: Actor, at: datetime, key: str = "") -> Transfer:
    hold(transfer)
    casework.move(matter=transfer, move_code="withdraw", by=by, at=at)
    return transfer


def _counterpart(transfer: Transfer) -> Organisation:
    if transfer.counterpart is None:
        raise ValueError(f"transfer {transfer.pk} leads nowhere")
    return transfer.counterpart
