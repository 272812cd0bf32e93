"""How what was handed on is found."""

from django.db.models import Q, QuerySet

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE
from gongjia.engines.casework.handing.models import Assignment, Forwarding, Invitation
from gongjia.engines.casework.models import MatterIndex

_WITH = ("organisation", "counterpart", "of__organisation", "of__holder", "answered_by")
_MOST_NAMED = 5


def forwarding_by_reference(reference: str) -> Forwarding:
    return Forwarding.objects.select_related(*_WITH).get(reference=reference)


def assignment_by_reference(reference: str) -> Assignment:
    return Assignment.objects.select_related(*_WITH).get(reference=reference)


def invitation_by_reference(reference: str) -> Invitation:
    return Invitation.objects.select_related(*_WITH).get(reference=reference)


def matter_by_reference(reference: str) -> MatterIndex:
    """A matter itself, none that hands one on."""
    return MatterIndex.objects.select_related("organisation", "holder").get(reference=reference, of=None)


def in_reach(index: MatterIndex) -> bool:
    """Whether the matter that was handed on is seen from here too."""
    return MatterIndex.objects.filter(pk=index.pk).exists()


def handed_of(index: MatterIndex) -> QuerySet[MatterIndex]:
    """What was handed on about a matter, newest first; it comes with the matter."""
    rows = MatterIndex._base_manager.filter(of=index).select_related("organisation", "counterpart", "holder")
    return rows.order_by("-opened_at", "-pk")


def receivers_named(words: str) -> list[Organisation]:
    """The organisations of the whole tree with this reference or very name; else up to five whose name holds it. That a
    union stands is public."""
    rows = Organisation._base_manager.filter(state__in=IN_FORCE).order_by("path")
    plain = words.strip()
    exact = list(rows.filter(Q(reference=plain) | Q(name=plain) | Q(short_name=plain))[:_MOST_NAMED])
    return exact or list(rows.filter(name__contains=plain)[:_MOST_NAMED])
