"""What runs in the background: silence, which makes the move that a clock names, and the steps of a bulk transfer."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from gongjia.domains.enrolment.changes import bulk, leaving, services
from gongjia.domains.enrolment.changes.flow import BULK, LEAVING, TRANSFER
from gongjia.domains.enrolment.changes.holding import hold
from gongjia.domains.enrolment.changes.models import BulkTransfer, Leaving, Transfer
from gongjia.domains.enrolment.changes.telling import tell
from gongjia.engines.casework import services as casework
from gongjia.kernel.actors import TICK
from gongjia.kernel.errors import Refused

_SILENT = "期限内没有答复，按规则办理"
_MODELS: dict[str, Any] = {TRANSFER.code: Transfer, LEAVING.code: Leaving, BULK.code: BulkTransfer}


def _confirm(matter: Transfer, at: datetime) -> None:
    services.confirm(transfer=matter, by=TICK, at=at, words=_SILENT)


def _accept(matter: Transfer, at: datetime) -> None:
    services.accept(transfer=matter, by=TICK, at=at, words=_SILENT)


def _unanswered(matter: Transfer, at: datetime) -> None:
    _lapse(matter, "期限内本人没有说明，这件转接没有办，会籍不变。", at)


def _announce(matter: Leaving, at: datetime) -> None:
    leaving.announce(leaving=matter, by=TICK, at=at, words=_SILENT)


def _accept_bulk(matter: BulkTransfer, at: datetime) -> None:
    bulk.accept(bulk=matter, by=TICK, at=at, words=_SILENT)


def _close_bulk(matter: BulkTransfer, at: datetime) -> None:
    hold(matter)
    casework.move(matter=matter, move_code="close", by=TICK, at=at)


_ACTS: dict[tuple[str, str], Callable[[Any, datetime], None]] = {
    (TRANSFER.code, "confirm"): _confirm,
    (TRANSFER.code, "accept"): _accept,
    (TRANSFER.code, "lapse"): _unanswered,
    (LEAVING.code, "announce"): _announce,
    (BULK.code, "accept"): _accept_bulk,
    (BULK.code, "close"): _close_bulk,
}


def fall_due(*, at: datetime, flow_code: str, matter_id: int, version: int, move: str) -> None:
    """Listens to casework.due: nobody has acted since. A matter that was moved meanwhile is left alone; one whose move
    cannot be made any more closes with the reason."""
    act = _ACTS.get((flow_code, move))
    if act is None:
        return
    rows = _MODELS[flow_code]._base_manager.select_related("organisation", "counterpart", "person")
    matter = rows.filter(pk=matter_id, version=version).first()
    if matter is None:
        return
    try:
        with transaction.atomic():
            act(matter, at)
    except Refused as refusal:
        fresh = rows.get(pk=matter_id)
        if fresh.closed_at is None and fresh.version == version:
            _lapse(fresh, f"期限到了，但是办不了：{'；'.join(refusal.reasons)}", at)


def _lapse(matter: Any, words: str, at: datetime) -> None:
    hold(matter)
    if isinstance(matter, BulkTransfer):
        bulk.stop(bulk=matter, words=words, by=TICK, at=at)
        return
    casework.move(matter=matter, move_code="lapse", by=TICK, at=at, words=words[:300])
    if matter.person_id:
        tell(matter, f"{matter.flow.zh}已经办结，没有继续", words, by=TICK, at=at)


def bulk_step(*, at: datetime, bulk_id: int, kind: str, after: int) -> None:
    """Listens to enrolment.bulk_step. Where the other union can take nobody any more, the rest stays."""
    rows = BulkTransfer._base_manager.select_related("organisation", "counterpart", "person")
    batch = rows.get(pk=bulk_id)
    wanted = {"tell": {"in"}, "run": {"running"}, "undo": {"undoing"}}[kind]
    if batch.state not in wanted:
        return
    try:
        with transaction.atomic():
            bulk.step(bulk=batch, kind=kind, after=after, by=TICK, at=at)
    except Refused as refusal:
        batch = rows.get(pk=bulk_id)
        hold(batch)
        words = "；".join(refusal.reasons)[:300]
        if kind == "undo":
            casework.move(matter=batch, move_code="finish_undo", by=TICK, at=at, words=words)
        else:
            bulk.stop(bulk=batch, words=words, by=TICK, at=at)
