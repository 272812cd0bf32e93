"""The verbs of sealing. What a copy may hold is the domain's to say (`Matter.sealed_copy`); that its text gives nobody
away is checked here."""

from datetime import datetime, timedelta

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.casework import services as casework
from gongjia.engines.casework.handing import services as handing
from gongjia.engines.casework.handing.models import Forwarding
from gongjia.engines.casework.models import Matter, MatterIndex
from gongjia.engines.casework.params import unsealed_days
from gongjia.engines.casework.rights import require_handler, touch
from gongjia.engines.casework.sealing.models import Sealing, Unsealing
from gongjia.engines.casework.timeline import line
from gongjia.engines.messages.services import tell
from gongjia.kernel import scrubbing
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, Gone, Refused
from gongjia.kernel.moments import end_of, today_of
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.verbs import note, verb

SEALED_TITLE = "密封转办件"


@verb("casework.seal", zh="密封转办", may=SIGNED_IN)
def seal_and_forward(
    *, matter: Matter, to: Organisation, covered: str, words: str, by: Actor, at: datetime, key: str = ""
) -> Forwarding:
    """Send a copy without identity. `covered` is the text as the officer has read and covered it: Refused while it, or
    the request, still gives somebody away. The matter itself stays here."""
    require_handler(matter, by)
    touch(matter)
    if matter.closed_at is not None:
        raise Refused(f"这件事已经办结（{matter.standing.zh}），不能再转办。")
    if matter.organisation.path.startswith(to.path):
        raise Refused("上级工会本来就看得到原件，密封不起作用：请直接转办，或者转给别的工会。", fields=["to"])
    known = matter.known_of_person()
    for what, text in (("密封后的内容", covered), ("转办的理由和要求", words)):
        if found := scrubbing.find(text, known):
            shown = "、".join(f"“{text[each.begins : each.ends]}”（{each.zh}）" for each in found[:5])
            raise Refused(f"{what}里还有能看出是谁的字：{shown}。请改掉再转。", fields=["covered"])
    origin = MatterIndex._base_manager.get(flow_code=matter.flow_code, matter_id=matter.pk)
    copy = matter.sealed_copy(covered)
    copy.organisation, copy.kept_from_id = matter.organisation, matter.kept_from_id
    copy.person_id = copy.owner_id = None
    casework.open_matter(matter=copy, title=SEALED_TITLE, by=by, at=at)
    index = MatterIndex._base_manager.get(flow_code=copy.flow_code, matter_id=copy.pk)
    Sealing._base_manager.create(origin=origin, copy=index, at=at, by_person_id=by.person_id)
    line(origin, "sealed", "密封转办", f"密封以后转给{to.name}，对方看不到是谁反映的", by, at)
    note(matter, about_person_id=matter.person_id)
    return handing.forward(matter=copy, to=to, words=words, by=by, at=at)


@verb("casework.ask_unsealing", zh="申请查看身份", may=SIGNED_IN)
def ask_unsealing(*, matter: Matter, reason: str, by: Actor, at: datetime) -> Unsealing:
    """Whoever works on a copy says why the work cannot be done without knowing who it is."""
    require_handler(matter, by)
    seal = _seal_of(matter)
    if not reason.strip():
        raise Refused("请写明为什么必须知道是谁。", fields=["reason"])
    rows = Unsealing._base_manager.filter(seal=seal, asked_by_id=by.person_id)
    if rows.filter(closed_at=None).exists():
        raise Refused("您的申请正在等审批。")
    asked = Unsealing(
        organisation=seal.origin.organisation,
        counterpart=matter.organisation,
        kept_from_id=matter.kept_from_id,
        seal=seal,
        asked_by_id=by.person_id,
        reason=reason.strip(),
    )
    casework.open_matter(matter=asked, title="申请查看密封件的身份", by=by, at=at, words=reason)
    return asked


@verb("casework.answer_unsealing", zh="审批查看身份", may=SIGNED_IN)
def answer_unsealing(*, unsealing: Unsealing, grant: bool, by: Actor, at: datetime, words: str = "") -> Unsealing:
    """Grant or refuse it: never who asked. The person is told who may see it, why and until when."""
    if by.person_id is not None and by.person_id == unsealing.asked_by_id:
        raise Forbidden("由申请人以外的人审批")
    code = "grant" if grant else "refuse"
    casework.move(matter=unsealing, move_code=code, by=by, at=at, words=words)
    if not grant:
        return unsealing
    ends_at = end_of(today_of(at) + timedelta(days=unsealed_days(today_of(at))))
    facts = {"granted_by_id": by.person_id, "ends_at": ends_at}
    Unsealing._base_manager.filter(pk=unsealing.pk).update(**facts)
    unsealing.granted_by_id, unsealing.ends_at = by.person_id, ends_at
    origin = unsealing.seal.origin
    who = unsealing.counterpart.name if unsealing.counterpart else ""
    said = f"{who}的经办人因“{unsealing.reason}”，经批准可以在规定期限内知道是您反映的。"
    line(origin, "unsealed", "批准查看身份", f"{who}：{unsealing.reason}", by, at)
    if origin.person is not None:
        title = "有人经批准可以看到您的身份"
        tell(
            person=origin.person,
            organisation=origin.organisation,
            title=title,
            body=said,
            path=origin.url,
            by=by,
            at=at,
        )
    return unsealing


@verb("casework.see_identity", zh="查看密封件的身份", may=SIGNED_IN)
def see_identity(*, unsealing: Unsealing, by: Actor, at: datetime) -> dict[str, str]:
    """Who it is, in words. Forbidden to all but who asked; Gone when the time is over; each look is recorded."""
    if by.person_id is None or by.person_id != unsealing.asked_by_id or unsealing.state != "granted":
        raise Forbidden("经批准的申请人本人查看")
    if unsealing.ends_at is None or unsealing.ends_at <= at:
        raise Gone("查看的期限已经过了，需要再看的，请重新申请。")
    origin = unsealing.seal.origin.row
    note(unsealing, about_person_id=origin.person_id)
    line(unsealing.seal.origin, "identity_seen", "查看了身份", "经批准的申请人打开了身份", by, at)
    return origin.identity_in_words()


def _seal_of(matter: Matter) -> Sealing:
    rows = Sealing._base_manager.select_related("origin__organisation", "origin__person")
    found = rows.filter(copy__flow_code=matter.flow_code, copy__matter_id=matter.pk).first()
    if found is None:
        raise Refused("这不是密封件，没有要查看的身份。")
    return found
