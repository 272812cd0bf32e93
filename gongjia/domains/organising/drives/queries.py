"""What the pages of drives show: the list, and of one drive its funnel, its unions, refusals and days."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import CharField, Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import Substr

from gongjia.backbone.employers.models import Coverage
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE, Kind
from gongjia.backbone.regions.models import Region
from gongjia.domains.organising import params, worklist
from gongjia.domains.organising.drives import rules
from gongjia.domains.organising.drives.rows import belonging, conditions, drives, refusals
from gongjia.domains.organising.drives.words import Beside, Stage
from gongjia.domains.organising.models import Drive, DriveTarget, Lead
from gongjia.domains.organising.queries import ANSWERING
from gongjia.domains.organising.words import NOT_TAKEN_UP, LeadState, Refusal
from gongjia.kernel.actors import Actor
from gongjia.kernel.db import STEP, within

#: So many unions at most share a target, and stand in the table of a drive.
MOST_UNIONS = 300
#: Sizes of which the part that has its union is told apart.
SIZES = (50, 100)
_COUNTED = (*Stage.values, *Beside.values)


@dataclass
class Line:
    """One union of a drive: its target, and how many of its employers stand where. `is_own`: what the federation that
    leads the drive has not handed down. `target` is None where none was set."""

    union: Organisation
    is_own: bool = False
    target: int | None = None
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Board:
    """A drive as its page shows it, all of it as far as the reach goes. `counts` by Stage and Beside, with `stalled`,
    and `fit-50` and `done-50` for each of SIZES."""

    lines: list[Line]
    counts: dict[str, int]
    shared: int

    def rate(self, size: int = 0) -> tuple[int, int]:
        """How many have their union, of how many that still fit; of a size on, or of all."""
        if size:
            return self.counts[f"done-{size}"], self.counts[f"fit-{size}"]
        return self.counts[Stage.ORGANISED], self.counts[Stage.LISTED] - self.counts[Beside.LEFT]


def board(drive: Drive, *, on: date) -> Board:
    """The numbers of a drive by union and together: one statement over its leads, whatever their number."""
    mine = drive.organisation.path
    last = worklist.last_step_before(on, params.stall_days(on=on))
    asked = conditions(drive)
    counted = {code: Count("pk", filter=condition) for code, condition in asked.items()}
    counted["stalled"] = Count("pk", filter=worklist.is_stalled(last))
    for size in SIZES:
        fit = Q(most__gte=size) & ~asked[Beside.LEFT]
        counted[f"fit-{size}"] = Count("pk", filter=fit)
        counted[f"done-{size}"] = Count("pk", filter=fit & asked[Stage.ORGANISED])
    part = Substr("organisation__path", 1, len(mine) + STEP, output_field=CharField())
    rows = Lead.objects.filter(belonging(drive)).order_by().annotate(part=part).values_list("part").annotate(**counted)
    found: dict[str, dict[str, int]] = {part: dict(zip(counted, counts, strict=True)) for part, *counts in rows}
    targets = targets_of(drive)
    lines = _lines(drive, found, targets)
    together = {code: sum(each[code] for each in found.values()) for code in counted}
    return Board(lines, together, sum(targets.values()))


def _lines(drive: Drive, found: dict[str, dict[str, int]], targets: dict[int, int]) -> list[Line]:
    """In the order of the tree, the federation's own first: who has a target, or employers of the drive."""
    unions = Organisation.objects.filter(Q(pk__in=targets) | Q(path__in=list(found))).order_by("path")[:MOST_UNIONS]
    none = dict.fromkeys([*_COUNTED, "stalled"], 0)
    return [
        Line(each, each.pk == drive.organisation_id, targets.get(each.pk), found.get(each.path, none))
        for each in unions
    ]


def targets_of(drive: Drive) -> dict[int, int]:
    """By union in reach, its target."""
    return dict(DriveTarget.objects.filter(drive=drive).values_list("organisation_id", "count"))


def may_share(organisation: Organisation) -> list[Organisation]:
    """Who may have a part of a target: the federation itself, for what it has not handed down, and the unions directly
    below it that answer for a place or an industry."""
    below = Q(within("path", (organisation.path,)), depth=organisation.depth + 1, kind__in=ANSWERING)
    rows = Organisation.objects.filter(Q(pk=organisation.pk) | below, state__in=IN_FORCE)
    return list(rows.order_by("path")[:MOST_UNIONS])


def waiting_by_union(drive: Drive) -> dict[str, int]:
    """Employers of a drive that nobody has taken up yet, by the path of the federation or of a union below it; by these
    a target is shared. The drive need not be kept."""
    part = Substr("organisation__path", 1, len(drive.organisation.path) + STEP, output_field=CharField())
    rows = Lead.objects.filter(belonging(drive), state__in=NOT_TAKEN_UP).order_by()
    return dict(rows.annotate(part=part).values("part").annotate(n=Count("pk")).values_list("part", "n"))


def regions_in(organisation: Organisation) -> list[Region]:
    """The counties of a city, or the townships of a county: a drive may be about one of them."""
    below = {Region.Level.CITY: Region.Level.COUNTY, Region.Level.COUNTY: Region.Level.TOWNSHIP}
    level = below.get(Region.Level(organisation.region.level))
    rows = Region.objects.filter(level=level, code__startswith=organisation.region.code) if level else None
    return list(rows.order_by("code")[:MOST_UNIONS]) if rows is not None else []


def listed() -> QuerySet[Drive]:
    return drives()


def done_in(some: Sequence[Drive]) -> dict[int, int]:
    """By drive, how many of its employers have their union; one statement for a page of drives."""
    if not some:
        return {}
    counted = {f"d{each.pk}": Count("pk", filter=belonging(each) & conditions(each)[Stage.ORGANISED]) for each in some}
    rows = Lead.objects.filter(progressed_on__gte=min(each.from_on for each in some), state=LeadState.ORGANISED)
    found = rows.aggregate(**counted)
    return {each.pk: found[f"d{each.pk}"] for each in some}


def refusal_reasons(drive: Drive) -> list[tuple[str, str, int]]:
    """Why employers of a drive said no in its days, the most frequent first: code, words, employers. Who gave two
    reasons stands at both."""
    rows = refusals(drive).order_by().values("refusal").annotate(n=Count("lead", distinct=True))
    found = sorted(rows.values_list("refusal", "n"), key=lambda each: (-each[1], each[0]))
    return [(code, Refusal(code).label.partition("（")[0], count) for code, count in found if code]


def median_days(drive: Drive) -> int | None:
    """From the day on which an employer was found to the one on which it had its union, in the middle of all that have
    one by the drive; None where none has."""
    took = ExpressionWrapper(F("progressed_on") - F("found_on"), output_field=DurationField())
    rows = Lead.objects.filter(belonging(drive), conditions(drive)[Stage.ORGANISED])
    days = rows.annotate(took=took).order_by("took").values_list("took", flat=True)
    count = days.count()
    return int(days[(count - 1) // 2].days) if count else None


def new_members(drive: Drive) -> int:
    """Who joined in the days of a drive, and still is a member, at the groups and at the employers' own unions."""
    leads = Lead.objects.filter(belonging(drive), conditions(drive)[Stage.FOUNDING])
    own = Coverage.objects.filter(employer__in=leads.filter(employer__isnull=False).values("employer_id"))
    own = own.filter(until_on=None, organisation__kind=Kind.GRASSROOTS_UNION)
    groups = leads.filter(union__isnull=False).values("union_id")
    unions = Q(organisation__in=groups) | Q(organisation__in=own.values("organisation_id"))
    days: dict[str, Any] = {"joined_on__gte": drive.from_on, "joined_on__lte": drive.last_on}
    return Membership.objects.filter(unions, state__in=LIVE, **days).count()


def sees_all(drive: Drive, by: Actor) -> bool:
    """Whether somebody sees the whole of a drive, and not only the part of a union with a target in it."""
    return by.may("organising.see", path=drive.organisation.path)


def target_of(drive: Drive, board: Board, by: Actor) -> int:
    """The target of what somebody sees: the drive's, or that of the unions in reach together."""
    return drive.target if sees_all(drive, by) else board.shared


def pace_of(drive: Drive, *, on: date, target: int, done: int) -> rules.Pace:
    """How far the days have gone, and what an even pace asks for; counted to the end of a drive that was ended."""
    day = min(on, drive.last_on)
    return rules.pace(from_on=drive.from_on, until_on=drive.until_on, on=day, target=target, done=done)
