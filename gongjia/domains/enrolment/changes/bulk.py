"""The verbs of a bulk transfer (整批转接): drawn up by the union that is left, accepted by the other, done in steps."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse

from gongjia.backbone.memberships import many
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE, Ending, Origin
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE, WITH_MEMBERS
from gongjia.domains.enrolment.changes.flow import BULK
from gongjia.domains.enrolment.changes.holding import hold
from gongjia.domains.enrolment.changes.models import BulkTransfer, BulkTransferLine
from gongjia.domains.enrolment.changes.queries import own_of
from gongjia.domains.enrolment.changes.words import LineState, Why
from gongjia.engines.casework import services as casework
from gongjia.engines.messages import services as messages
from gongjia.kernel import events
from gongjia.kernel.actors import TICK, Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.permissions import INSIDE, SIGNED_IN
from gongjia.kernel.verbs import note, verb

#: More than this are transferred in several batches.
MOST = 20_000
#: So many go over in one transaction.
AT_ONCE = 500


@verb("enrolment.draw_up_bulk", zh="拟定整批转接", may="memberships.write", on="organisation")
def draw_up(
    *,
    organisation: Organisation,
    to: Organisation,
    members: QuerySet[Membership],
    why: Why,
    words: str,
    by: Actor,
    at: datetime,
    key: str = "",
) -> BulkTransfer:
    """Write the list of who goes: the live ones of `members` at this union, its branches and groups. Nothing moves yet,
    and nobody is told."""
    if organisation.kind not in WITH_MEMBERS:
        raise Refused(f"“{organisation.name}”不直接管会员：请到会员所在的基层工会办理。")
    hold(BulkTransfer(organisation=organisation, counterpart=to))
    to = Organisation._base_manager.get(pk=to.pk)
    if to.pk == organisation.pk:
        raise Refused("转出和转入是同一个工会。", fields=["to"])
    if to.kind not in WITH_MEMBERS or to.state not in IN_FORCE:
        raise Refused(f"“{to.name}”现在不能接收会员，请另选一个工会。", fields=["to"])
    chosen = members.filter(own_of(organisation), state__in=LIVE).order_by("pk")
    found = list(chosen.values_list("pk", "person_id")[: MOST + 1])
    if not found:
        raise Refused("没有选中会员：请换一个条件，或者勾选名单里的人。", fields=["members"])
    if len(found) > MOST:
        raise Refused(f"一批最多 {MOST:,} 人，请按条件分几批。", fields=["members"])
    made = BulkTransfer(organisation=organisation, counterpart=to, why=why, words=words.strip(), total=len(found))
    casework.open_matter(matter=made, title=BULK.zh, by=by, at=at, words=f"{len(found):,} 人")
    lines = (BulkTransferLine(bulk=made, membership_id=pk, person_id=person_id) for pk, person_id in found)
    BulkTransferLine.objects.bulk_create(lines, batch_size=2_000)
    note(made, rows=len(found))
    return made


@verb("enrolment.change_bulk", zh="调整整批转接名单", may="memberships.write", on="bulk")
def leave_out(
    *, bulk: BulkTransfer, line_ids: Sequence[int], put_back: bool, by: Actor, at: datetime, key: str = ""
) -> int:
    """Take some from the list before it is sent, or put them back."""
    bulk = BulkTransfer._base_manager.select_for_update().get(pk=bulk.pk)
    if bulk.state != "draft":
        raise Refused("名单已经送出，不能再改；要改，请先收回。")
    was, now = (LineState.LEFT_OUT, LineState.CHOSEN) if put_back else (LineState.CHOSEN, LineState.LEFT_OUT)
    changed = BulkTransferLine._base_manager.filter(bulk=bulk, pk__in=line_ids, state=was).update(state=now)
    _count(bulk)
    note(bulk, rows=changed)
    return changed


@verb("enrolment.stay_out", zh="本人不随批转", may=SIGNED_IN)
def stay_out(*, line: BulkTransferLine, by: Actor, at: datetime, key: str = "") -> None:
    """A member does not go along, as long as the batch has not begun to move."""
    if by.person_id != line.person_id:
        raise Forbidden("由本人办理")
    bulk = BulkTransfer._base_manager.select_for_update().get(pk=line.bulk_id)
    if bulk.state not in {"draft", "in"}:
        raise Refused(f"这批转接现在是“{bulk.standing.zh}”，不能再退出；想转回去的，可以自己提出会籍转接。")
    BulkTransferLine._base_manager.filter(pk=line.pk, state=LineState.CHOSEN).update(state=LineState.LEFT_OUT)
    _count(bulk)
    note(bulk, about_person_id=line.person_id)


def _count(bulk: BulkTransfer) -> None:
    bulk.total = BulkTransferLine._base_manager.filter(bulk=bulk, state=LineState.CHOSEN).count()
    BulkTransfer._base_manager.filter(pk=bulk.pk).update(total=bulk.total)


@verb("enrolment.send_bulk", zh="送出整批转接", may="memberships.write", on="bulk")
def send(*, bulk: BulkTransfer, by: Actor, at: datetime, key: str = "") -> BulkTransfer:
    """The other union is asked; each member is told and may stay out."""
    hold(bulk)
    bulk.total = BulkTransfer._base_manager.select_for_update().values_list("total", flat=True).get(pk=bulk.pk)
    if not bulk.total:
        raise Refused("名单里没有人了，不用送出。")
    casework.move(matter=bulk, move_code="send", by=by, at=at, words=f"{bulk.total:,} 人")
    _next(bulk, "tell", 0, at)
    return bulk


@verb("enrolment.accept_bulk", zh="接收整批转接", may=SIGNED_IN)
def accept(*, bulk: BulkTransfer, by: Actor, at: datetime, words: str = "", key: str = "") -> BulkTransfer:
    """The other union takes them all, from today on: the rows move in the background. The right is asked for at that
    union by the move."""
    hold(bulk)
    casework.move(matter=bulk, move_code="accept", by=by, at=at, words=words)
    bulk.on = today_of(at)
    BulkTransfer._base_manager.filter(pk=bulk.pk).update(on=bulk.on)
    _next(bulk, "run", 0, at)
    return bulk


@verb("enrolment.refuse_bulk", zh="不接收整批转接", may=SIGNED_IN)
def refuse(*, bulk: BulkTransfer, words: str, by: Actor, at: datetime, key: str = "") -> BulkTransfer:
    hold(bulk)
    casework.move(matter=bulk, move_code="refuse", by=by, at=at, words=words)
    _rest_stays(bulk)
    return bulk


@verb("enrolment.recall_bulk", zh="收回整批转接", may="memberships.write", on="bulk")
def recall(*, bulk: BulkTransfer, by: Actor, at: datetime, key: str = "") -> BulkTransfer:
    hold(bulk)
    casework.move(matter=bulk, move_code="recall", by=by, at=at)
    _rest_stays(bulk)
    return bulk


@verb("enrolment.stop_bulk", zh="整批转接不能继续", may=INSIDE)
def stop(*, bulk: BulkTransfer, words: str, by: Actor, at: datetime) -> BulkTransfer:
    """A batch that cannot go on ends: with nobody moved it has lapsed, else it is done as far as it came, and says how
    far. The caller holds both unions."""
    lines = BulkTransferLine._base_manager.filter(bulk=bulk)
    done, rest = (lines.filter(state=each).count() for each in (LineState.DONE, LineState.CHOSEN))
    words = f"已转 {done:,} 人，其余 {rest:,} 人没有转、会籍不变。{words}" if done else words
    casework.move(matter=bulk, move_code="stop" if done else "lapse", by=by, at=at, words=words[:300])
    _rest_stays(bulk)
    return bulk


def _rest_stays(bulk: BulkTransfer) -> None:
    """Of a batch that is over nobody is still waiting."""
    BulkTransferLine._base_manager.filter(bulk=bulk, state=LineState.CHOSEN).update(state=LineState.MISSED)


@verb("enrolment.undo_bulk", zh="整批退回", may=SIGNED_IN)
def undo(*, bulk: BulkTransfer, words: str, by: Actor, at: datetime, key: str = "") -> BulkTransfer:
    """The other union sends them back, as far as nothing else has happened to them: again two rows, one history. The
    right is asked for at that union by the move."""
    hold(bulk)
    casework.move(matter=bulk, move_code="undo", by=by, at=at, words=words)
    _next(bulk, "undo", 0, at)
    return bulk


@verb("enrolment.bulk_step", zh="整批转接的一步", may=INSIDE)
def step(*, bulk: BulkTransfer, kind: str, after: int, by: Actor, at: datetime) -> int:
    """Some hundreds of a batch, and the event of the next. Returns how many were looked at."""
    hold(bulk)
    wanted = LineState.DONE if kind == "undo" else LineState.CHOSEN
    lines = BulkTransferLine._base_manager.filter(bulk=bulk, state=wanted, pk__gt=after).order_by("pk")
    taken = list(lines.select_related("membership__organisation")[:AT_ONCE])
    if kind == "tell":
        _tell(bulk, taken, at)
    elif taken:
        _shift(bulk, taken, is_back=kind == "undo", at=at)
    if len(taken) == AT_ONCE:
        _next(bulk, kind, taken[-1].pk, at)
    elif kind != "tell":
        casework.move(matter=bulk, move_code="finish_undo" if kind == "undo" else "finish", by=TICK, at=at)
    note(bulk, rows=len(taken), kind=kind)
    return len(taken)


def _shift(bulk: BulkTransfer, lines: Sequence[BulkTransferLine], *, is_back: bool, at: datetime) -> None:
    """Move these memberships; what is not as it was any more stays where it is. Back each goes to its very own
    union, branch or group, if that takes members still."""
    if bulk.counterpart is None:
        raise ValueError(f"bulk transfer {bulk.pk} leads nowhere")
    numbers = {(line.begun_id if is_back else line.membership_id): line for line in lines}
    homes: dict[Organisation, list[int]] = defaultdict(list)
    for number, line in numbers.items():
        if number:
            homes[line.membership.organisation if is_back else bulk.counterpart].append(number)
    begun: dict[int, Membership] = {}
    for to, ids in homes.items():
        try:
            with transaction.atomic():
                begun |= many.transfer_many(
                    membership_ids=ids,
                    to=to,
                    on=today_of(at),
                    ending=Ending.CORRECTED if is_back else Ending.TRANSFERRED,
                    origin=Origin.CORRECTION if is_back else Origin.TRANSFER,
                    by=TICK,
                    at=at,
                )
        except Refused:
            if not is_back:
                raise
    moved, missed = (LineState.UNDONE, LineState.KEPT) if is_back else (LineState.DONE, LineState.MISSED)
    for number, line in numbers.items():
        line.state = moved if number in begun else missed
        if number in begun and not is_back:
            line.begun = begun[number]
    BulkTransferLine._base_manager.bulk_update(lines, ["state", "begun"], batch_size=AT_ONCE)
    column = "undone" if is_back else "handled"
    BulkTransfer._base_manager.filter(pk=bulk.pk).update(**{column: F(column) + len(lines)})


def _tell(bulk: BulkTransfer, lines: Sequence[BulkTransferLine], at: datetime) -> None:
    to = bulk.counterpart.name if bulk.counterpart else ""
    messages.tell_many(
        person_ids=[line.person_id for line in lines],
        organisation=bulk.organisation,
        title="会籍将随单位整批转接",
        body=f"“{bulk.organisation.name}”提出把会籍整批转到“{to}”，等对方接收。不想一起转的，打开这条消息，选“不随批转”。",
        path=reverse("enrolment:stay_out"),
        by=TICK,
        at=at,
    )


def _next(bulk: BulkTransfer, kind: str, after: int, at: datetime) -> None:
    key = f"bulk-{bulk.pk}-{kind}-{after}"
    events.emit("enrolment.bulk_step", key=key, at=at, bulk_id=bulk.pk, kind=kind, after=after)
