"""What keeps step by itself: supervision that a late clock opens and that ends with it, what ends with its matter, and
what an organisation that ends leaves to another."""

from datetime import datetime

from django.db.models import Q

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.casework import services as casework
from gongjia.engines.casework.flow import COUNTERPART
from gongjia.engines.casework.handing.models import Assignment, Forwarding, HandOff, Invitation
from gongjia.engines.casework.handing.sending import about, open_about
from gongjia.engines.casework.handing.words import Way
from gongjia.engines.casework.models import Deadline, Matter, MatterIndex
from gongjia.engines.casework.timeline import line
from gongjia.kernel.actors import TICK, Actor


def supervise_late(*, index: MatterIndex, superior: Organisation, words: str, at: datetime) -> None:
    """A clock has run out: the superior's supervision of it stands from now on, or climbs to where `superior` is."""
    root = index.of or index
    if root.closed_at is not None:
        return
    standing = about(root, Assignment).filter(is_by_clock=True, closed_at=None).select_related("organisation").first()
    if standing is None:
        late = index.holder or root.organisation
        made = Assignment(of=root, words=words, counterpart=late, kind=Way.SUPERVISE, is_by_clock=True)
        open_about(made, root, "超期督办", f"{words}，由{superior.name}督办", superior, TICK, at)
    elif len(superior.path) < len(standing.organisation.path):
        casework.hand_over(matter=standing, to=superior, by=TICK, at=at)
        line(root, "climbed", "超期督办", f"{words}，再报{superior.name}督办", TICK, at)


def settle(*, index: MatterIndex, by: Actor, at: datetime) -> None:
    """Listens to casework.moved. What a clock opened ends when nothing is late any more; when a matter is closed, all
    that was asked of others about it ends too."""
    root = index.of or index
    open_ = list(MatterIndex._base_manager.filter(of=root, closed_at=None))
    is_done, is_late = root.closed_at is not None, bool(open_) and _is_late(root, at)
    for each in open_ if is_done or not is_late else ():
        one = each.row
        if one.closed_at is not None:  # the one before it, closing, was heard here too
            continue
        if isinstance(one, Assignment) and one.is_by_clock:
            casework.move(matter=one, move_code="close", by=TICK, at=at, words="事情已经办了，督办结束")
        elif is_done:
            code = "recall" if isinstance(one, Forwarding) else "close"
            casework.move(matter=one, move_code=code, by=TICK, at=at, words="原事项已经办结")


def _is_late(root: MatterIndex, at: datetime) -> bool:
    """Whether a clock that has run out still runs, of the matter or of what was handed on about it; one that stands
    still after it was late has not become in time."""
    rows = Deadline._base_manager.filter(Q(matter=root) | Q(matter__of=root), stopped_at=None)
    return rows.filter(Q(climbed__gt=0) | Q(due_at__lte=at, climbs_at__isnull=False)).exists()


def follow_handover(*, matter: Matter, was: Organisation, at: datetime) -> None:
    """Listens to casework.handed_over: whoever supervises a matter supervises the unit that has it now."""
    if isinstance(matter, HandOff):
        return
    rows = Assignment._base_manager.filter(
        of__flow_code=matter.flow_code, of__matter_id=matter.pk, closed_at=None, kind=Way.SUPERVISE
    )
    for one in rows.filter(counterpart=was).select_related("counterpart", "organisation"):
        if matter.organisation.path.startswith(one.organisation.path):
            casework.hand_over(matter=one, to=matter.organisation, by=TICK, at=at, side=COUNTERPART)


def follow_end(
    *, organisation: Organisation, at: datetime, into: Organisation | None = None, **more: Organisation
) -> None:
    """Listens to organisations.merged and organisations.dissolved: what was handed on stays with the successor, or with
    the superior."""
    heir = into or more["superior"]
    for model in (Forwarding, Assignment, Invitation):
        rows = model._base_manager.filter(closed_at=None)
        for one in rows.filter(organisation=organisation):
            casework.hand_over(matter=one, to=heir, by=TICK, at=at)
        for one in rows.filter(counterpart=organisation):
            casework.hand_over(matter=one, to=heir, by=TICK, at=at, side=COUNTERPART)
