"""How seals and what was asked about them are found."""

from gongjia.engines.casework.models import MatterIndex
from gongjia.engines.casework.sealing.models import Sealing, Unsealing


def unsealing_by_reference(reference: str) -> Unsealing:
    rows = Unsealing.objects.select_related("organisation", "counterpart", "asked_by", "granted_by", "seal__copy")
    return rows.get(reference=reference)


def is_sealed_copy(index: MatterIndex) -> bool:
    """Whether a matter in reach is a copy; of whom, nobody is told here."""
    return Sealing._base_manager.filter(copy=index).exists()


def unsealings_of(index: MatterIndex) -> list[Unsealing]:
    """What was asked about a copy, newest first; it comes with the copy."""
    rows = Unsealing._base_manager.filter(seal__copy=index).select_related("asked_by")
    return list(rows.order_by("-opened_at", "-pk")[:20])


def copies_of(index: MatterIndex) -> list[MatterIndex]:
    """The copies of a matter in reach, newest first."""
    return list(
        MatterIndex._base_manager.filter(pk__in=Sealing.objects.filter(origin=index).values("copy"))
        .select_related("organisation")
        .order_by("-opened_at", "-pk")[:20]
    )
