"""Which leads belong to a drive, and at which stage each stands: one condition for the number and for its rows."""

from typing import Any

from django.db.models import Q, QuerySet

from gongjia.backbone.regions.models import Region
from gongjia.domains.organising.drives.words import Beside, Stage
from gongjia.domains.organising.models import Drive, Lead, Visit
from gongjia.domains.organising.words import LEFT, REFUSING, UNDER_WAY, LeadState, Outcome, Progress
from gongjia.engines.matching.core.regions import stem
from gongjia.kernel.db import within

_TAKEN_UP = (LeadState.FOUNDING, LeadState.ORGANISED)


def drives() -> QuerySet[Drive]:
    return Drive.objects.select_related("organisation", "region")


def drive_by_reference(reference: str) -> Drive:
    """Raises Drive.DoesNotExist outside the reach."""
    return drives().get(reference=reference)


def drive_or_none(reference: str) -> Drive | None:
    return drives().filter(reference=reference).first()


def in_scope(drive: Drive) -> Q:
    """The leads that a drive is about, whenever found: who has them stands at or below the federation that leads it."""
    scope = within("organisation__path", (drive.organisation.path,))
    if drive.at_least:
        scope &= Q(most__gte=drive.at_least)
    if drive.site_kind:
        scope &= Q(site_kind=drive.site_kind)
    if drive.migrants:
        scope &= Q(has_migrants=True)
    return scope & _in_region(drive.region) if drive.region else scope


def _in_region(region: Region) -> Q:
    """A township is known by its row, a county by its name as the lists have it."""
    if region.level == Region.Level.TOWNSHIP:
        return Q(township=region)
    return Q(county__in={region.name, stem(region.name)})


def belonging(drive: Drive) -> Q:
    """The leads of a drive (Stage.LISTED): found by its last day, and not done with before its first."""
    was_left = Q(state__in=LEFT, aside_on__isnull=False, aside_on__lt=drive.from_on)
    was_organised = Q(state=LeadState.ORGANISED, progressed_on__isnull=False, progressed_on__lt=drive.from_on)
    gone = Q(state=LeadState.GONE)
    return in_scope(drive) & Q(found_on__lte=drive.last_on) & ~gone & ~was_left & ~was_organised


def conditions(drive: Drive) -> dict[str, Q]:
    """What each stage asks of a lead that belongs to the drive; words.DEFINITIONS say the same in sentences."""
    taken_up = Q(state__in=_TAKEN_UP)
    spoken = ~Q(progress=Progress.UNVISITED) | Q(state__in=LEFT) & ~Q(aside_code="") | taken_up
    agreed = Q(progress__in=(Progress.AGREED, Progress.PREPARING, Progress.FOUNDED)) & ~Q(state__in=LEFT)
    days = Q(progressed_on__gte=drive.from_on, progressed_on__lte=drive.last_on)
    return {
        Stage.LISTED: Q(),
        Stage.HANDED: Q(assigned_at__isnull=False) | spoken,
        Stage.VISITED: spoken,
        Stage.AGREED: agreed | taken_up,
        Stage.FOUNDING: taken_up,
        Stage.ORGANISED: Q(state=LeadState.ORGANISED) & days,
        Beside.LEFT: Q(state__in=LEFT),
        Beside.REFUSING: Q(state__in=UNDER_WAY, progress__in=REFUSING),
    }


def refusals(drive: Drive) -> QuerySet[Visit]:
    """The visits in the days of a drive at which an employer of it refused."""
    leads = Lead.objects.filter(belonging(drive))
    return Visit.objects.filter(
        lead__in=leads.values("pk"), outcome=Outcome.REFUSES, on__gte=drive.from_on, on__lte=drive.last_on
    )


def chosen(rows: QuerySet[Lead], drive: Drive | None, *, stage: str = "", refusal: str = "") -> QuerySet[Lead]:
    """The leads of a drive at a stage, or whose employer refused for a reason; none of a drive out of reach."""
    if drive is None:
        return rows.none()
    rows = rows.filter(belonging(drive))
    if stage:
        rows = rows.filter(conditions(drive).get(stage, Q(pk__in=())))
    return rows.filter(pk__in=refusals(drive).filter(refusal=refusal).values("lead_id")) if refusal else rows


def scope_zh(drive: Drive) -> list[str]:
    """The scope of a drive in words; nothing where it takes every employer on the list."""
    found: list[Any] = [drive.region.name] if drive.region else []
    found += [f"{drive.at_least} 人以上"] if drive.at_least else []
    found += [drive.get_site_kind_display()] if drive.site_kind else []
    return found + (["农民工较多的"] if drive.migrants else [])
