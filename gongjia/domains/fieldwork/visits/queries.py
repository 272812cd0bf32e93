"""How plans, visits and observations are found. A plan is never found by who serves at a place that it names."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.queries import in_force
from gongjia.domains.fieldwork.visits.models import FieldVisit, Observation, VisitGoer, VisitPhoto, VisitPlan
from gongjia.domains.fieldwork.words import CHAIRS, OFFICERS, Result
from gongjia.kernel.actors import Actor
from gongjia.kernel.db import within

MOST_POSTS = 100
MOST_SHOWN = 100


def plan_by_reference(reference: str) -> VisitPlan:
    """Raises VisitPlan.DoesNotExist outside the reach."""
    return VisitPlan.objects.select_related("organisation__region", "topic").get(reference=reference)


def visit_by_reference(reference: str) -> FieldVisit:
    """Raises FieldVisit.DoesNotExist outside the reach: for the place, also before it has begun."""
    rows = FieldVisit.objects.select_related(
        "organisation__region", "plan__organisation", "union__region", "employer__organisation__region", "recorded_by"
    )
    return rows.get(reference=reference)


def observation_by_reference(reference: str) -> Observation:
    """Raises Observation.DoesNotExist outside the reach."""
    rows = Observation.objects.select_related(
        "organisation__region", "counterpart", "owner", "union", "employer", "visit__organisation", "repeats",
        "solved_by", "verified_by",
    )  # fmt: skip
    return rows.get(reference=reference)


def photo_by_reference(reference: str) -> VisitPhoto:
    """Raises VisitPhoto.DoesNotExist outside the reach of who went there."""
    return VisitPhoto.objects.select_related("organisation", "file", "visit").get(reference=reference)


# ── plans ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _at_own_place(actor: Actor) -> Q:
    """Visits that have not begun at a place where the actor holds a post. Who serves in a federation and at a union
    below it would else see through the one post what is hidden from the other."""
    own = [each.organisation_id for each in actor.posts]
    return Q(arrived_at=None, union__in=own)


def plans(actor: Actor) -> QuerySet[VisitPlan]:
    """The plans in reach with how many places there are and were visited, but none that is to surprise the actor."""
    hidden = FieldVisit._base_manager.filter(_at_own_place(actor), plan=OuterRef("pk"))
    begun = Count("visits", filter=Q(visits__arrived_at__isnull=False))
    rows = VisitPlan.objects.filter(~Exists(hidden)).select_related("organisation")
    return rows.annotate(places=Count("visits"), begun=begun)


def is_hidden(plan: VisitPlan, actor: Actor) -> bool:
    """Whether a plan in reach is to surprise a place where the actor holds a post."""
    return FieldVisit._base_manager.filter(_at_own_place(actor), plan=plan).exists()


def is_hidden_visit(visit: FieldVisit, actor: Actor) -> bool:
    """Whether a visit in reach that has not begun is of such a plan."""
    return visit.arrived_at is None and is_hidden(visit.plan, actor)


def visits_of(plan: VisitPlan) -> list[FieldVisit]:
    """The places of a plan in reach, those that are still to come last."""
    rows = FieldVisit._base_manager.filter(plan=plan).select_related("union", "employer", "organisation")
    return list(rows.annotate(found=Count("observations")).order_by("pk")[:MOST_SHOWN])


def goers_of(plan: VisitPlan) -> list[VisitGoer]:
    return list(VisitGoer._base_manager.filter(plan=plan).select_related("person").order_by("pk"))


def goes(plan: VisitPlan, actor: Actor) -> bool:
    """Whether the actor is among those who go."""
    return VisitGoer._base_manager.filter(plan=plan, person_id=actor.person_id or 0).exists()


def posts_at(organisation: Organisation, *, on: date) -> list[Post]:
    """Who holds a post at an organisation in reach itself, once a person."""
    rows = in_force(on).filter(organisation=organisation, role__in=[*OFFICERS, "leader", "chair", "vice_chair"])
    found = {each.person_id: each for each in rows.order_by("-pk")[:MOST_POSTS]}
    return sorted(found.values(), key=lambda each: each.person.pinyin_key)


# ── visits that have begun ──────────────────────────────────────────────────────────────────────────────────────


def begun(
    *, under: Organisation | None = None, on: date | None = None, what: str = "", topic: int | None = None
) -> QuerySet[FieldVisit]:
    """The visits in reach that have begun, by who went; up to a day. One that has not begun is in no list but its
    plan's."""
    rows = FieldVisit.objects.filter(arrived_on__isnull=False)
    if under is not None:
        rows = rows.filter(within("organisation__path", (under.path,)))
    if on is not None:
        rows = rows.filter(arrived_on__lte=on)
    if what:
        rows = rows.filter(employer__isnull=what == "union")
    if topic is not None:
        rows = rows.filter(plan__topic_id=topic)
    rows = rows.select_related("organisation", "union", "employer")
    return rows.annotate(found=Count("observations"))


def photos_of(visit: FieldVisit) -> list[VisitPhoto]:
    return list(VisitPhoto._base_manager.filter(visit=visit).order_by("pk"))


# ── observations ────────────────────────────────────────────────────────────────────────────────────────────────


def observations_of(visit: FieldVisit) -> list[Observation]:
    rows = Observation._base_manager.filter(visit=visit).select_related("organisation", "owner")
    return list(rows.order_by("pk")[:MOST_SHOWN])


def observations(
    *,
    tab: str = "",
    actor: Actor | None = None,
    under: Organisation | None = None,
    on: date | None = None,
    kind: str = "",
    result: str = "",
    again: str = "",
    words: str = "",
    today: date | None = None,
) -> QuerySet[Observation]:
    """The observations in reach. Tabs: "" those that the actor's own organisations are to solve, "given" those that
    they gave, "late", "all". `under`, `on`, `kind`, `result`, `again` are those of the figure."""
    rows = Observation.objects.all()
    own = [each.organisation_id for each in actor.posts] if actor is not None else []
    if tab == "":
        rows = rows.filter(organisation__in=own, result=Result.OPEN)
    elif tab == "given":
        rows = rows.filter(counterpart__in=own, result=Result.OPEN)
    elif tab == "late":
        rows = rows.filter(result=Result.OPEN, reported_on=None, due_on__lt=today)
    if under is not None:
        rows = rows.filter(within("counterpart__path", (under.path,))).exclude(result=Result.WITHDRAWN)
    rows = rows.filter(found_on__lte=on) if on is not None else rows
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(result=result) if result else rows
    rows = rows.filter(times__gt=1) if again == "again" else rows.filter(times=1) if again == "first" else rows
    rows = rows.filter(words__contains=words) if words else rows
    return rows.select_related("organisation", "counterpart", "owner", "union", "employer")


def solvers(owners: Sequence[Organisation], *, on: date) -> list[Post]:
    """Who in reach holds a post at one of the organisations that could own a problem."""
    rows = in_force(on).filter(organisation__in=owners, role__in=[*OFFICERS, *CHAIRS])
    return list(rows.order_by("organisation__path", "person__pinyin_key", "pk")[:MOST_POSTS])
