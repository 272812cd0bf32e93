"""The verbs of handing on. Each matter that is handed on is held first, so that two hands cannot take it two ways.

What the receiving side does is asked for at that side: by the flow's own move, not at the row's organisation.
"""

from datetime import date, datetime, timedelta

from gongjia.backbone.employers.models import Coverage
from gongjia.backbone.organisations import queries as organisations
from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.casework import services as casework
from gongjia.engines.casework.handing.flow import HANDLE
from gongjia.engines.casework.handing.links import invitation_by
from gongjia.engines.casework.handing.models import Assignment, Forwarding, HandOff, Invitation
from gongjia.engines.casework.handing.sending import about, open_about
from gongjia.engines.casework.handing.words import GuestUnit, Way
from gongjia.engines.casework.models import Matter, MatterIndex
from gongjia.engines.casework.params import guest_days
from gongjia.engines.casework.rights import require_free, require_handler, touch
from gongjia.engines.casework.sealing.queries import is_sealed_copy
from gongjia.engines.casework.timeline import line
from gongjia.kernel.actors import NOBODY, TICK, Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.moments import end_of, today_of
from gongjia.kernel.permissions import ANYONE, SIGNED_IN
from gongjia.kernel.reach import question
from gongjia.kernel.references import digest_of, is_tracking_code, normalise
from gongjia.kernel.verbs import verb

#: After so many refusals the superior of both says who handles it, and that one cannot refuse.
MOST_REFUSALS = 2


@verb("casework.forward", zh="转办", may=HANDLE, on="matter")
def forward(*, matter: Matter, to: Organisation, words: str, by: Actor, at: datetime, key: str = "") -> Forwarding:
    """Ask another organisation to take a matter over. It stays here until the other accepts. Refused to oneself, to the
    own union of the employer that it is kept from, and while another forwarding waits."""
    index = _held(matter, by)
    _check_receiver(matter, to)
    if to.pk == matter.organisation_id:
        raise Refused("这件事已经在这个工会办理，请选另一个工会。", fields=["to"])
    if about(index, Forwarding).filter(closed_at=None).exists():
        raise Refused("这件事正在转办，等对方接收；要改转别处，请先撤回。")
    is_designated = _refusals(index) > MOST_REFUSALS and to.path.startswith(matter.organisation.path)
    sent = Forwarding(of=index, words=_text(words, "转办的理由和要求"), counterpart=to, is_designated=is_designated)
    verb_zh = "指定办理" if is_designated else "转办"
    return open_about(sent, index, verb_zh, f"{verb_zh}给{to.name}：{words}", matter.organisation, by, at)


@verb("casework.accept", zh="接收转办件", may=SIGNED_IN)
def accept(*, forwarding: Forwarding, by: Actor, at: datetime) -> Matter:
    """Take a forwarded matter over: from now on this organisation answers for it."""
    matter = forwarding.of.row
    touch(matter)
    casework.move(matter=forwarding, move_code="accept", by=by, at=at)
    to = _side(forwarding)
    casework.hand_over(matter=matter, to=to, by=by, at=at)
    line(forwarding.of, "forward_accepted", "接收转办", f"{to.name}已经接收", by, at)
    return matter


@verb("casework.refuse", zh="退回转办件", may=SIGNED_IN)
def refuse(*, forwarding: Forwarding, reason: str, by: Actor, at: datetime) -> Forwarding:
    """Send it back with the reason. The third refusal of a matter brings it to the superior, who says who handles it;
    what a superior has designated is not refused."""
    if forwarding.is_designated:
        raise Refused("这件事由上级工会指定你们办理，不能再退回；有困难的，请在办理中向上级说明。")
    index = forwarding.of
    matter = index.row
    touch(matter)
    casework.move(matter=forwarding, move_code="refuse", by=by, at=at, words=reason)
    line(index, "forward_refused", "退回转办", f"{_side(forwarding).name}退回：{reason}", by, at)
    superior = organisations.superior_of(matter.organisation)
    if _refusals(index) > MOST_REFUSALS and superior is not None and not is_sealed_copy(index):
        casework.hand_over(matter=matter, to=superior, by=by, at=at)
        line(index, "forward_up", "报上级指定", f"已经三次退回，由{superior.name}指定办理", TICK, at)
    return forwarding


@verb("casework.recall", zh="撤回转办、交办", may=HANDLE, on="handoff")
def recall(*, handoff: HandOff, reason: str, by: Actor, at: datetime) -> HandOff:
    """Take back what was sent and is not done. Forbidden to the other side."""
    if isinstance(handoff, Assignment) and handoff.is_by_clock:
        raise Refused("超期自动督办不能撤回：事情办好，督办自动结束。")
    casework.move(matter=handoff, move_code="recall", by=by, at=at, words=reason)
    line(handoff.of, "recalled", f"撤回{handoff.flow.zh}", reason, by, at)
    return handoff


@verb("casework.assign", zh="交办、督办", may=HANDLE, on="issuer")
def assign(
    *,
    matter: Matter,
    issuer: Organisation,
    to: Organisation,
    kind: Way,
    words: str,
    due_on: date,
    by: Actor,
    at: datetime,
    key: str = "",
) -> Assignment:
    """Give a part to do, with a day: to a unit below (交办), to whoever helps (会办), or by a superior to the unit that
    has the matter (督办). Only the issuer closes it. Refused for a day that is over."""
    require_free(matter, by)
    if kind is not Way.SUPERVISE:
        require_handler(matter, by)
        issuer = matter.organisation
    index = _held(matter, NOBODY)
    if due_on < today_of(at):
        raise Refused("期限不能早于今天，请另选日期。", fields=["due_on"])
    if kind is Way.SUPERVISE:
        to = matter.organisation
        if to.pk == issuer.pk or not to.path.startswith(issuer.path):
            raise Refused("督办由上级工会对正在办理的下级工会发出。")
    elif kind is Way.ASSIGN and (to.pk == issuer.pk or not to.path.startswith(issuer.path)):
        raise Refused("交办只能交给下级工会；给别的工会请用转办或者会办。", fields=["to"])
    _check_receiver(matter, to)
    made = Assignment(of=index, words=_text(words, "要办什么"), counterpart=to, kind=kind, due_at=end_of(due_on))
    return open_about(made, index, kind.label, f"{kind.label}{to.name}：{words}", issuer, by, at, due_at=made.due_at)


@verb("casework.answer", zh="反馈办理结果", may=SIGNED_IN)
def answer(*, assignment: Assignment, words: str, by: Actor, at: datetime) -> Assignment:
    """Report what was done; it lies with the issuer until that one closes it."""
    casework.move(matter=assignment, move_code="answer", by=by, at=at, words=_text(words, "办理结果"))
    _keep_answer(assignment, words, by, at)
    line(assignment.of, "answered", f"{assignment.get_kind_display()}反馈", words, by, at)
    return assignment


@verb("casework.again", zh="退回重办", may=HANDLE, on="handoff")
def again(*, handoff: HandOff, reason: str, due_on: date, by: Actor, at: datetime) -> HandOff:
    """The issuer is not content: to be done again until another day."""
    if due_on < today_of(at):
        raise Refused("期限不能早于今天，请另选日期。", fields=["due_on"])
    casework.move(matter=handoff, move_code="again", by=by, at=at, words=reason, due_at=end_of(due_on))
    facts: dict[str, datetime] = {"due_at": end_of(due_on)}
    if isinstance(handoff, Invitation):
        facts["ends_at"] = max(handoff.ends_at, end_of(due_on))
    type(handoff)._base_manager.filter(pk=handoff.pk).update(**facts)
    line(handoff.of, "again", "退回重办", reason, by, at)
    return handoff


@verb("casework.close", zh="核实办结", may=HANDLE, on="handoff")
def close(*, handoff: HandOff, by: Actor, at: datetime, words: str = "") -> HandOff:
    """The issuer closes it. Who reported the result does not close it, and a supervision that a clock opened ends with
    what was late."""
    if isinstance(handoff, Assignment) and handoff.is_by_clock:
        raise Refused("超期自动督办不能手动办结：事情办好，督办自动结束。")
    if by.person_id is not None and handoff.answered_by_id == by.person_id:
        raise Forbidden("由反馈人以外的人核实")
    casework.move(matter=handoff, move_code="close", by=by, at=at, words=words)
    line(handoff.of, "closed", f"{handoff.flow.zh}办结", words, by, at)
    return handoff


@verb("casework.invite", zh="邀请会办", may=HANDLE, on="matter")
def invite(
    *,
    matter: Matter,
    unit: GuestUnit,
    unit_name: str,
    contact: str,
    words: str,
    secret: str,
    by: Actor,
    at: datetime,
    key: str = "",
) -> Invitation:
    """Ask somebody outside the unions, by a link whose `secret` (a tracking code) the page shows once."""
    if not is_tracking_code(secret):
        raise Refused("链接没有生成好，请刷新页面再试。")
    index = _held(matter, by)
    ends_at = end_of(today_of(at) + timedelta(days=guest_days(today_of(at))))
    made = Invitation(
        of=index,
        words=_text(words, "请对方办什么"),
        unit=unit,
        unit_name=_text(unit_name, "单位名称"),
        contact=contact.strip(),
        link=digest_of(normalise(secret)),
        ends_at=ends_at,
        due_at=ends_at,
    )
    said = f"邀请{unit_name}会办：{words}"
    return open_about(made, index, "会办", said, matter.organisation, by, at, due_at=ends_at)


@verb("casework.guest_answers", zh="会办单位答复", may=ANYONE)
def guest_answers(*, secret: str, words: str, by: Actor, at: datetime) -> Invitation:
    """The guest's answer. Gone when the link has ended or the invitation was closed."""
    found = invitation_by(secret, at)
    guest = Actor(grants=frozenset({(found.flow_code, found.pk)}), name=found.unit_name)
    casework.move(matter=found, move_code="answer", by=guest, at=at, words=_text(words, "答复"))
    _keep_answer(found, words, guest, at)
    line(found.of, "guest_answered", "会办单位答复", f"{found.unit_name}：{words}", guest, at)
    return found


def _held(matter: Matter, by: Actor) -> MatterIndex:
    """The matter's index row, with the matter held for this transaction; Forbidden to whoever does not handle it."""
    if by is not NOBODY:
        require_handler(matter, by)
    touch(matter)
    if matter.closed_at is not None:
        raise Refused(f"这件事已经办结（{matter.standing.zh}），不能再转办、交办。")
    return MatterIndex._base_manager.select_related("organisation").get(flow_code=matter.flow_code, matter_id=matter.pk)


def _refusals(index: MatterIndex) -> int:
    return about(index, Forwarding).filter(state="refused").count()


def _side(one: HandOff) -> Organisation:
    if one.counterpart is None:
        raise ValueError(f"{one} has no other side")
    return one.counterpart


def _text(words: str, what: str) -> str:
    if not words.strip():
        raise Refused(f"请写明{what}。", fields=["words"])
    return words.strip()


def _keep_answer(one: HandOff, words: str, by: Actor, at: datetime) -> None:
    one.answer, one.answered_at, one.answered_by_id = words.strip(), at, by.person_id
    facts = {"answer": one.answer, "answered_at": at, "answered_by_id": by.person_id}
    type(one)._base_manager.filter(pk=one.pk).update(**facts)


def _check_receiver(matter: Matter, to: Organisation) -> None:
    if to.ended_on is not None:
        raise Refused(f"{to.name}已经撤销，请选别的工会。", fields=["to"])
    if matter.kept_from_id is not None and _is_own_union(to.pk, matter.kept_from_id):
        raise Refused("不能交给被反映单位自己的工会，请选上级工会或者别的工会。", fields=["to"])


@question("casework.is_own_union")
def _is_own_union(organisation_id: int, employer_id: int) -> bool:
    """Whether a union covers an employer, and no other."""
    rows = Coverage.objects.filter(organisation_id=organisation_id, until_on=None)
    return rows.filter(employer_id=employer_id).exists() and not rows.exclude(employer_id=employer_id).exists()
