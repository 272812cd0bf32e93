"""What keeps step, in the same transaction, when a membership or a union changes under an open matter: it closes with
words, or another union answers for it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast

from django.db.models import Q

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Ending, State
from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.enrolment.changes.models import BulkTransfer, Correction, Leaving, Transfer
from gongjia.domains.enrolment.changes.telling import tell
from gongjia.engines.casework import services as casework
from gongjia.kernel.actors import TICK

_MOVED = "会籍已经另有变动（{}），这件事到此办结。需要的，请按现在的情况重新提出。"


def follow_end(*, memberships: Sequence[Membership], on: date, at: datetime, was: State, **_: Any) -> None:
    """Listens to memberships.ended: a transfer or leaving of a membership that has ended, or is only kept now, ends."""
    why = {each.pk: each for each in memberships}
    for kind in (Transfer, Leaving):
        found = kind._base_manager.filter(membership__in=list(why), closed_at=None)
        for matter in found.select_related("organisation", "counterpart", "person"):
            row = why[matter.membership_id]
            said = "转为保留" if row.state == State.RETAINED else Ending(row.ending).label
            _lapse(matter, _MOVED.format(said), at)


def follow_start(*, memberships: Sequence[Membership], at: datetime, **_: Any) -> None:
    """Listens to memberships.started: a correction that waits is answered by the union where the membership goes on."""
    went_on = {each.person_id: each for each in memberships if each.continued_from_id}
    if not went_on:
        return
    for matter in Correction._base_manager.filter(person__in=list(went_on), closed_at=None):
        to = went_on[cast("int", matter.person_id)].organisation
        if matter.organisation_id != to.pk:
            casework.hand_over(matter=matter, to=to, by=TICK, at=at)


def follow_union(*, organisation: Organisation, at: datetime, **_: Any) -> None:
    """Listens to organisations.merged and .dissolved: what was to go there, or from there, does not."""
    words = f"“{organisation.name}”{organisation.get_state_display()}，这件事到此办结。需要的，请按现在的情况重新提出。"
    for kind in (Transfer, BulkTransfer):
        found = kind._base_manager.filter(Q(organisation=organisation) | Q(counterpart=organisation), closed_at=None)
        for matter in found.select_related("organisation", "counterpart", "person"):
            if matter.state in matter.flow.move("lapse").from_states:
                _lapse(matter, words, at)


def _lapse(matter: Any, words: str, at: datetime) -> None:
    casework.move(matter=matter, move_code="lapse", by=TICK, at=at, words=words)
    if matter.person_id:
        tell(matter, f"{matter.flow.zh}已经办结，没有继续", words, by=TICK, at=at)
