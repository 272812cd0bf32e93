"""What keeps step, in the same transaction, when a membership or a union changes under an open matter: it closes with
words, or another union answers for it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, cast

from django.db.models import Q, QuerySet

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Ending, State
from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.enrolment.changes import bulk
from gongjia.domains.enrolment.changes.models import BulkTransfer, Correction, Leaving, Transfer
from gongjia.domains.enrolment.changes.telling import tell
from gongjia.engines.casework import services as casework
from gongjia.kernel.actors import TICK

_SIDES = ("organisation", "counterpart", "person")
_MOVED = "会籍已经另有变动（{}），这件事到此办结。需要的，请按现在的情况重新提出。"
_LEFT_ALREADY = "会籍已经终止（{}），退会申请到此办结。"
#: The membership goes on by a next row, and with it the wish to leave.
_GOES_ON = frozenset({Ending.TRANSFERRED, Ending.MERGED, Ending.DISSOLVED, Ending.RETURNED, Ending.CORRECTED})


def follow_end(*, memberships: Sequence[Membership], on: date, at: datetime, was: State, **_: Any) -> None:
    """Listens to memberships.ended: a transfer of a membership that has ended, or is only kept now, ends. Leaving is
    free: a wish to leave lasts as long as there is a membership to leave, and lapses only with it."""
    why = {each.pk: each for each in memberships}
    for transfer in _open(Transfer, why):
        row = why[transfer.membership_id]
        said = "转为保留" if row.state == State.RETAINED else Ending(row.ending).label
        _lapse(transfer, _MOVED.format(said), at, is_told=row.ending != Ending.DIED)
    for leaving in _open(Leaving, why):
        row = why[leaving.membership_id]
        if row.state == State.RETAINED:
            body = "工会为您办了保留会籍。退会申请不受影响，期限照算；不想退的，可以撤回。"
            tell(leaving, "会籍已经保留，退会照常办理", body, by=TICK, at=at)
        elif row.ending not in _GOES_ON:
            said = _LEFT_ALREADY.format(Ending(row.ending).label)
            _lapse(leaving, said, at, is_told=row.ending != Ending.DIED)


def follow_start(*, memberships: Sequence[Membership], at: datetime, **_: Any) -> None:
    """Listens to memberships.started: a correction or a wish to leave that waits is answered by the union where the
    membership goes on."""
    went_on = {each.continued_from_id: each for each in memberships if each.continued_from_id}
    if not went_on:
        return
    for leaving in _open(Leaving, went_on):
        _follow_leaving(leaving, went_on[leaving.membership_id], at)
    people = {each.person_id: each for each in went_on.values()}
    for matter in Correction._base_manager.filter(person__in=list(people), closed_at=None):
        to = people[cast("int", matter.person_id)].organisation
        if matter.organisation_id != to.pk:
            casework.hand_over(matter=matter, to=to, by=TICK, at=at)


def _follow_leaving(leaving: Leaving, row: Membership, at: datetime) -> None:
    """The wish is now to leave this row. The days that the member waits are not begun anew."""
    Leaving._base_manager.filter(pk=leaving.pk).update(membership=row)
    leaving.membership = row
    before = leaving.organisation
    if before.pk == row.organisation_id:
        return
    casework.hand_over(matter=leaving, to=row.organisation, by=TICK, at=at)
    body = f"您的会籍现在在“{row.organisation.name}”，退会申请由它接着办理，期限不变；不想退的，可以撤回。"
    tell(leaving, "退会申请随会籍转到新的工会", body, by=TICK, at=at)


def _open(kind: type[Any], membership_ids: Iterable[int | None]) -> QuerySet[Any]:
    """The open matters of some memberships, with what telling their persons takes."""
    rows: QuerySet[Any] = kind._base_manager.filter(membership__in=list(membership_ids), closed_at=None)
    return rows.select_related(*_SIDES)


def follow_union(*, organisation: Organisation, at: datetime, **_: Any) -> None:
    """Listens to organisations.merged and .dissolved: what was to go there, or from there, does not."""
    words = f"“{organisation.name}”{organisation.get_state_display()}，这件事到此办结。需要的，请按现在的情况重新提出。"
    either = Q(organisation=organisation) | Q(counterpart=organisation)
    for transfer in Transfer._base_manager.filter(either, closed_at=None).select_related(*_SIDES):
        _lapse(transfer, words, at)
    for batch in BulkTransfer._base_manager.filter(either, closed_at=None).select_related(*_SIDES):
        if batch.state in batch.flow.move("lapse").from_states:
            bulk.stop(bulk=batch, words=words, by=TICK, at=at)


def _lapse(matter: Any, words: str, at: datetime, *, is_told: bool = True) -> None:
    casework.move(matter=matter, move_code="lapse", by=TICK, at=at, words=words)
    if matter.person_id and is_told:
        tell(matter, f"{matter.flow.zh}已经办结，没有继续", words, by=TICK, at=at)
