"""How comparisons, pairs and leads are found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.queries import search, superior_on
from gongjia.backbone.organisations.words import IN_FORCE, Kind
from gongjia.backbone.people.models import Person
from gongjia.backbone.posts.queries import in_force
from gongjia.backbone.regions.models import Region
from gongjia.domains.organising import worklist
from gongjia.domains.organising.drives import rows as of_drives
from gongjia.domains.organising.models import Lead, LeadStep, Run, RunList, UnionPair
from gongjia.domains.organising.places import Division, Located, codes_to_ask, place_of, words_in
from gongjia.domains.organising.words import NOT_TAKEN_UP, UNDER_WAY, UNNAMED, LeadState, Reviewed, RunState
from gongjia.engines.matching.core import Grade
from gongjia.engines.matching.core.regions import stem
from gongjia.kernel.db import within
from gongjia.kernel.permissions import permission

#: The kinds that take a lead over: the union that answers for the place.
ANSWERING = (Kind.FEDERATION, Kind.ZONE_UNION, Kind.TOWNSHIP_UNION, Kind.INDUSTRIAL_UNION)
#: Those of them that answer for a place, the first before the others.
_OF_A_PLACE = (Kind.FEDERATION, Kind.TOWNSHIP_UNION, Kind.ZONE_UNION)
#: So many signs are looked for at least: one would find nearly everything.
SHORTEST_WORDS = 2
#: So many unions stand in a list to choose from; others are found by name.
MOST_OFFERED = 200


def runs() -> QuerySet[Run]:
    return Run.objects.select_related("organisation")


def run_by_reference(reference: str) -> Run:
    """Raises Run.DoesNotExist outside the reach."""
    return Run.objects.select_related("organisation", "previous").get(reference=reference)


def kinds_of(runs: Iterable[Run]) -> dict[int, list[str]]:
    """By run, what its lists are, in words; one query."""
    found: dict[int, list[str]] = {}
    for each in RunList.objects.filter(run__in=runs).order_by("run", "place"):
        found.setdefault(each.run_id, []).append(each.get_kind_display())
    return found


def draft_by_reference(reference: str) -> Run:
    """A comparison that has not begun. Raises Run.DoesNotExist outside the reach, and for any other."""
    return Run.objects.select_related("organisation").get(reference=reference, state=RunState.DRAFT)


def run_with_counts(reference: str) -> Run:
    """The same with what its page says of the review queue (`waiting`, `later`, `decided`), and whether a later
    comparison of the federation has taken its leads over (`is_followed`); one query."""
    later = Run.objects.filter(organisation=OuterRef("organisation"), pk__gt=OuterRef("pk"), state=RunState.DONE)
    rows = Run.objects.select_related("organisation", "previous").annotate(
        is_followed=Exists(later),
        waiting=_reviewed(Reviewed.NOT_YET),
        later=_reviewed(Reviewed.LATER),
        decided=_reviewed(Reviewed.YES, Reviewed.NO),
    )
    return rows.get(reference=reference)


def _reviewed(*said: Reviewed) -> Coalesce:
    """How many records of a comparison's review queue somebody has said this of."""
    queue = UnionPair.objects.filter(run=OuterRef("pk"), grade=Grade.REVIEW.value, reviewed__in=said).order_by()
    return Coalesce(Subquery(queue.values("run").annotate(count=Count("pk")).values("count")), 0)


def pairs_of(run: Run, *, grade: str = "") -> QuerySet[UnionPair]:
    rows = UnionPair.objects.filter(run=run)
    return rows.filter(grade=grade) if grade else rows


def leads(
    *,
    state: str = "",
    county: str = "",
    size: str = "",
    words: str = "",
    under: str = "",
    region: str = "",
    on: date | None = None,
    run: str = "",
    drive: str = "",
    stage: str = "",
    refusal: str = "",
    **work: str,
) -> QuerySet[Lead]:
    """The leads in reach, filtered; those under way unless a state is asked for, or what the comparison `run` found
    or the `drive` is about (at a stage, or with a reason to refuse), whatever became of it. `on`: found by that day.
    `work`: what `worklist.chosen` takes."""
    rows = worklist.chosen(Lead.objects.select_related("organisation", "township", "community", "owner"), **work)
    if run:
        rows = rows.filter(run__reference=run)
    if drive or stage or refusal:
        rows = of_drives.chosen(rows, of_drives.drive_or_none(drive), stage=stage, refusal=refusal)
    if state or not (run or drive):
        rows = rows.filter(state__in=(state,) if state else UNDER_WAY)
    if county:
        rows = rows.filter(county__in=_as_kept(county))
    if region:
        rows = rows.filter(city__in=_as_kept(region))
    if on:
        rows = rows.filter(found_on__lte=on)
    if size:
        rows = rows.filter(size=size)
    if words:
        rows = rows.filter(Q(name__contains=words) | Q(uscc=words.upper()))
    if under:
        paths = tuple(Organisation.objects.filter(reference=under).values_list("path", flat=True))
        rows = rows.filter(within("organisation__path", paths)) if paths else rows.none()
    return rows


def _as_kept(division: str) -> set[str]:
    """How leads may carry a division that somebody typed: as a stem, 咸安 for 咸安区."""
    return {""} if division == UNNAMED else {division, stem(division)}


def lead_by_reference(reference: str) -> Lead:
    """Raises Lead.DoesNotExist outside the reach."""
    beside = ("organisation__region", "origin", "run", "employer", "union", "owner", "township", "community")
    return Lead.objects.select_related(*beside).get(reference=reference)


#: So many steps of a lead are shown, the newest first.
MOST_STEPS = 100


def steps_of(lead: Lead) -> list[LeadStep]:
    """The timeline of a lead that is in reach, newest first: its steps come with it, whoever had it then."""
    rows = LeadStep._base_manager.filter(lead=lead).select_related("by_person", "visit")
    return list(rows.order_by("-at", "-pk")[:MOST_STEPS])


def superior_officers(lead: Lead, *, on: date) -> tuple[Organisation | None, list[Person]]:
    """The union above the one that has a lead, and who assigns leads there by a post; for jobs."""
    superior = superior_on(lead.organisation, on)
    if superior is None:
        return None, []
    posts = in_force(on).filter(organisation=superior, role__in=permission("organising.assign").roles)
    return superior, list({post.person_id: post.person for post in posts.order_by("pk")[:MOST_STEPS]}.values())


def counties(*, most: int = 120) -> list[dict[str, Any]]:
    """Leads under way by county, the largest first: the overview above the list."""
    rows = Lead.objects.filter(state__in=UNDER_WAY).values("city", "county").annotate(count=Count("pk"))
    found = rows.order_by("-count", "city", "county")[:most]
    return [{**each, "city": each["city"] or UNNAMED, "county": each["county"] or UNNAMED} for each in found]


def answering() -> QuerySet[Organisation]:
    """The unions in reach that a lead can be assigned to."""
    return Organisation.objects.filter(kind__in=ANSWERING, state__in=IN_FORCE).select_related("region")


@dataclass(frozen=True)
class Offered:
    """The unions that a form offers: those that are suggested first. `is_cut`: there are more, found by their names."""

    unions: list[Organisation]
    is_cut: bool


def unions_named(words: str) -> Offered:
    """The unions that a lead can be assigned to, by two characters of the name or more, or by pinyin initials."""
    words = words.strip()
    rows = answering().filter(pk__in=search(words).values("pk")) if len(words) >= SHORTEST_WORDS else answering()
    return _cut(list(rows.order_by("depth", "path")[: MOST_OFFERED + 1]))


def _cut(found: list[Organisation]) -> Offered:
    return Offered(found[:MOST_OFFERED], is_cut=len(found) > MOST_OFFERED)


def counties_to_choose(offered: Offered) -> list[Organisation]:
    """The federations of counties among the unions that a form offers, where there are several to choose among."""
    found = [each for each in offered.unions if each.kind == Kind.FEDERATION]
    found = [each for each in found if each.region.level == Region.Level.COUNTY]
    return found if len(found) > 1 else []


@dataclass(frozen=True)
class Suggestion:
    """To which union a lead should go by its place (建议派给), or why none can be named."""

    union: Organisation | None = None
    why: str = ""


def suggestions_for(rows: Sequence[Lead], *, under: str = "") -> tuple[dict[int, Suggestion], Offered]:
    """By lead, the union of the township or county that its list or address names; and the unions to offer beside.

    Two queries, however many leads. `under`: only unions at or below the organisation with this reference are offered.
    """
    found, unions = _unions_of(rows, under=under)
    return found, _cut(unions)


def suggested_unions(rows: Sequence[Lead]) -> dict[int, Suggestion]:
    """The same without anything beside, for acts on many leads."""
    return _unions_of(rows, only_suggested=True)[0]


def suggested_for(lead: Lead) -> Organisation | None:
    """The union of the township or county in which a lead lies."""
    return suggested_unions([lead])[lead.pk].union


def _unions_of(
    rows: Sequence[Lead], *, under: str = "", only_suggested: bool = False
) -> tuple[dict[int, Suggestion], list[Organisation]]:
    said = {each.pk: Located(each.city, each.county, each.address, each.name) for each in rows}
    divisions = divisions_of(said.values())
    codes = codes_to_ask(place_of(one, divisions) for one in said.values())
    here = Q(region__code__in=codes, kind__in=_OF_A_PLACE)
    unions = answering().annotate(is_beside=Case(When(here, then=0), default=1)).order_by("is_beside", "depth", "path")
    if under:
        paths = tuple(Organisation.objects.filter(reference=under).values_list("path", flat=True))
        unions = unions.filter(within("path", paths)) if paths else unions
    taken: list[Organisation] = list(unions.filter(here) if only_suggested else unions[: MOST_OFFERED + 1])
    by_code = _by_code(taken)
    return {pk: _suggested(one, divisions, by_code) for pk, one in said.items()}, taken


def _by_code(unions: Sequence[Organisation]) -> dict[str, Organisation]:
    """The union that answers for a division: its federation, else its township's or zone's, the highest of them."""
    of_a_place = [each for each in unions if each.kind in _OF_A_PLACE]
    ranked = sorted(of_a_place, key=lambda each: (_OF_A_PLACE.index(Kind(each.kind)), each.depth, each.path))
    return {each.region.code: each for each in reversed(ranked)}


def _suggested(one: Located, divisions: Sequence[Division], by_code: dict[str, Organisation]) -> Suggestion:
    place = place_of(one, divisions, answered={code[:6] for code in by_code})
    if not place.code:
        return Suggestion(why=place.why)
    union = by_code.get(place.code) or by_code.get(place.county)
    return Suggestion(union, "" if union else "那里没有您能派的工会")


def divisions_of(said: Iterable[Located]) -> list[Division]:
    """The divisions that the words of these leads may mean; one query."""
    names: set[str] = set()
    meant = Q()
    for one in said:
        names |= words_in(one.address) | words_in(one.name)
    for word in {each for one in said for each in (one.city, one.county) if each}:
        meant |= Q(level__in=(Region.Level.CITY, Region.Level.COUNTY), name__startswith=stem(word))
    rows = Region.objects.filter(meant | Q(name__in=names)).order_by("code")
    return [Division(code, name) for code, name in rows.values_list("code", "name")]


def picked(references: list[str]) -> list[Lead]:
    """The leads that were picked in a list, as far as they are in reach."""
    return list(Lead.objects.filter(reference__in=references).select_related("organisation"))


def by_union(rows: Sequence[Lead], *, to: Organisation | None) -> dict[Organisation, list[Lead]]:
    """Leads by the union that they should go to: `to`, or the one that is suggested. Left out: those without a
    suggestion, and those that this union has already."""
    found: dict[Organisation, list[Lead]] = {}
    suggested = suggested_unions(rows) if to is None else {}
    for each in rows:
        union = to or suggested[each.pk].union
        if union is not None and not is_there(each, union):
            found.setdefault(union, []).append(each)
    return found


def is_there(lead: Lead, union: Organisation) -> bool:
    """Whether a lead was handed to a union already: it stays there as it is, with its owner and its day."""
    return lead.state == LeadState.ASSIGNED and lead.organisation_id == union.pk


@dataclass(frozen=True)
class Assignable:
    """What handing over all leads of a filter would do: how many match, go over, are there already, stay."""

    total: int
    waiting: int
    there: int

    @property
    def going(self) -> int:
        return self.waiting - self.there

    @property
    def staying(self) -> int:
        return self.total - self.waiting


def to_hand_over(asked: dict[str, Any], *, to: Organisation | None = None) -> QuerySet[Lead]:
    """The leads of a filter that can go to `to`, or each to the union of its place: nobody has taken them up."""
    rows = leads(**asked).filter(state__in=NOT_TAKEN_UP).order_by("pk")
    return rows.exclude(organisation=to, state=LeadState.ASSIGNED) if to else rows


def assignable(asked: dict[str, Any], *, to: Organisation | None) -> Assignable:
    """The dry run of handing over all leads of a filter; one query."""
    waiting = Q(state__in=NOT_TAKEN_UP)
    there = Q(organisation=to, state=LeadState.ASSIGNED) if to else Q(pk__in=())
    counts = leads(**asked).aggregate(
        total=Count("pk"), waiting=Count("pk", filter=waiting), there=Count("pk", filter=there)
    )
    return Assignable(**counts)


def shares_by_union(asked: dict[str, Any]) -> list[tuple[str, int]]:
    """How many of a filter's leads would go to each suggested union, the most first. For filters of one step."""
    found = by_union(list(to_hand_over(asked)), to=None)
    return sorted(((union.name, len(rows)) for union, rows in found.items()), key=lambda each: (-each[1], each[0]))


def employer_of(lead: Lead) -> Employer:
    """The registered employer of a lead that is in reach. Raises Employer.DoesNotExist for one without."""
    return Employer._base_manager.get(pk=lead.employer_id or 0)
