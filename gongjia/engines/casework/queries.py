"""Work lists and timelines, read from the thin index."""

from django.db.models import Q, QuerySet

from gongjia.engines.casework.flow import registered
from gongjia.engines.casework.models import FollowCode, Matter, MatterIndex, Step
from gongjia.kernel.actors import Actor
from gongjia.kernel.db import within
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.reach import outermost
from gongjia.kernel.references import digest_of, normalise


def open_matters() -> QuerySet[MatterIndex]:
    """The open matters in reach, the oldest first by its id."""
    return MatterIndex.objects.filter(closed_at=None).select_related("organisation", "person", "owner")


def held_by(actor: Actor) -> QuerySet[MatterIndex]:
    """The open matters in reach that wait for this actor: a permission that some move from their state asks for is held
    at the organisation that is to act. The most urgent first by `due_at`."""
    found = Q(pk__in=())
    for each in registered():
        for state in each.states:
            codes = {move.may for move in each.moves_from(state.code) if move.at == state.waits_for} - {SIGNED_IN}
            paths = outermost(path for code in codes for path in actor.paths_for(code))
            if paths and each.desk:
                found |= Q(flow_code=each.code, state=state.code) & within("holder__path", paths)
    return open_matters().filter(found).select_related("holder")


def matters_of(person_id: int) -> QuerySet[MatterIndex]:
    """A person's matters, as far as the reach goes."""
    return MatterIndex.objects.filter(person_id=person_id).select_related("organisation")


def index_of(matter: Matter) -> MatterIndex:
    """The index row of a matter that is in reach: it comes with it."""
    return MatterIndex._base_manager.get(flow_code=matter.flow_code, matter_id=matter.pk)


def matter_by_code(code: str) -> MatterIndex | None:
    """The matter that a code follows: the code is the only key, whatever the reach."""
    rows = FollowCode._base_manager.select_related("matter__organisation").filter(digest=digest_of(normalise(code)))
    found = rows.first()
    return found.matter if found else None


def timeline_of(matter: Matter) -> list[Step]:
    """The steps of a matter that is in reach, newest first: they come with it, whichever door it was reached by."""
    return list(
        Step._base_manager.filter(matter__flow_code=matter.flow_code, matter__matter_id=matter.pk)
        .select_related("by_person", "by_organisation")
        .order_by("-at", "-pk")
    )
