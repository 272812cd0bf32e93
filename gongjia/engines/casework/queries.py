"""Work lists and timelines, read from the thin index."""

from django.db.models import QuerySet

from gongjia.engines.casework.models import Matter, MatterIndex, Step


def open_matters() -> QuerySet[MatterIndex]:
    """The open matters in reach, the oldest first by its id."""
    return MatterIndex.objects.filter(closed_at=None).select_related("organisation", "person", "owner")


def matters_of(person_id: int) -> QuerySet[MatterIndex]:
    """A person's matters, as far as the reach goes."""
    return MatterIndex.objects.filter(person_id=person_id).select_related("organisation")


def timeline_of(matter: Matter) -> list[Step]:
    """The steps of a matter that is in reach, newest first: they come with it, whichever door it was reached by."""
    return list(
        Step._base_manager.filter(matter__flow_code=matter.flow_code, matter__matter_id=matter.pk)
        .select_related("by_person", "by_organisation")
        .order_by("-at", "-pk")
    )
