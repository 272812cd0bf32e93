"""What happens to a copy is told to the matter that it stands for; never the other way."""

from datetime import datetime

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.casework import services as casework
from gongjia.engines.casework.flow import COUNTERPART
from gongjia.engines.casework.models import MatterIndex, Step
from gongjia.engines.casework.sealing.models import Sealing, Unsealing
from gongjia.engines.casework.timeline import line
from gongjia.kernel.actors import TICK, Actor


def tell_origin(*, index: MatterIndex, by: Actor, at: datetime) -> None:
    """Listens to casework.moved: the unit that sealed a matter, and the person, see how far the other unit is."""
    seal = Sealing._base_manager.select_related("origin").filter(copy=index).first()
    if seal is not None and index.closed_at is not None:
        for asked in Unsealing._base_manager.filter(seal=seal, closed_at=None):
            casework.move(matter=asked, move_code="refuse", by=TICK, at=at, words="密封件已经办结")
    if seal is not None:
        last = Step._base_manager.filter(matter=index).order_by("-at", "-pk").first()
        words = f"{index.organisation.name}：{last.words}" if last and last.words else index.organisation.name
        line(seal.origin, "sealed_step", last.move_zh if last else index.standing.zh, words, by, at)


def follow_end(
    *, organisation: Organisation, at: datetime, into: Organisation | None = None, **more: Organisation
) -> None:
    """Listens to organisations.merged and organisations.dissolved: what was asked about a seal is answered by the
    successor, or by the superior."""
    heir = into or more["superior"]
    rows = Unsealing._base_manager.filter(closed_at=None)
    for one in rows.filter(organisation=organisation):
        casework.hand_over(matter=one, to=heir, by=TICK, at=at)
    for one in rows.filter(counterpart=organisation):
        casework.hand_over(matter=one, to=heir, by=TICK, at=at, side=COUNTERPART)
