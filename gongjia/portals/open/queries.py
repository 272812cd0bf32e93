"""What the public pages show: organisations in force, operating employers; of officers a surname and a star, or the
name that they agreed to (domains/homes)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.cache import cache
from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When

from gongjia.backbone.employers import queries as employers
from gongjia.backbone.employers.models import Coverage, Employer
from gongjia.backbone.organisations import queries as organisations
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE, PARTS, WITH_MEMBERS, Kind
from gongjia.backbone.regions.models import Region
from gongjia.backbone.regions.queries import lies_in
from gongjia.domains.enrolment import queries as enrolment
from gongjia.domains.enrolment.models import Poster
from gongjia.domains.enrolment.words import TAKES_FROM_AROUND
from gongjia.domains.homes.face import Face, face_of
from gongjia.engines.figures import reading
from gongjia.engines.figures.indicators import indicator
from gongjia.kernel.paging import COUNT_CAP
from gongjia.kernel.reach import question

FIGURES_KEPT_SECONDS = 600
#: How many digits of a region's code name its city, county, township and village.
_LEVELS = (4, 6, 9, 12)
_COUNTY, _TOWNSHIP = _LEVELS[1:3]
NEAR_MOST = 5
_AT_A_PLACE = (Kind.TOWNSHIP_UNION, Kind.ZONE_UNION)


def unions(words: str) -> QuerySet[Organisation]:
    """The organisations whose name holds the words, with whether a poster leads to them; no branches and groups."""
    posters = enrolment.on_walls().filter(organisation=OuterRef("pk"))
    found = organisations.search(words).exclude(kind__in=PARTS)
    return found.select_related("region").annotate(is_open=Exists(posters))


def unions_below(organisation: Organisation) -> QuerySet[Organisation]:
    """What stands directly under an organisation, but for its own branches and groups."""
    return organisations.children_of(organisation).exclude(kind__in=PARTS).select_related("region")


def counted(rows: QuerySet[Any]) -> int:
    """How many there are, as far as a list counts."""
    return rows.order_by()[: COUNT_CAP + 1].count()


def employers_named(words: str) -> QuerySet[Employer]:
    """The employers whose name holds the words, with whether a union covers them."""
    coverages = Coverage.objects.filter(employer=OuterRef("pk"), until_on=None)
    return employers.search(words).select_related("region").annotate(is_covered=Exists(coverages))


def top() -> Organisation | None:
    """The federation at the head of the tree: in whose name the platform speaks."""
    return Organisation.objects.filter(depth=1).order_by("path").first()


@dataclass(frozen=True)
class PublicFigure:
    """A number of the whole city that anybody may know; its rows stay closed."""

    zh: str
    value: int
    unit: str
    definition: str
    on: date


def figures(on: date) -> list[PublicFigure]:
    """Members and unions of the whole tree, kept for ten minutes; a figure of nothing is left out."""
    found = []
    for code in ("members", "unions"):
        declared = indicator(code)
        value = cache.get_or_set(f"open:{code}:{on}", lambda code=code: _total(code, on), FIGURES_KEPT_SECONDS)
        if value:
            found.append(PublicFigure(declared.zh, value, declared.unit, declared.definition, on))
    return found


@question("open.figure")
def _total(code: str, on: date) -> int:
    head = top()
    return reading.total(code, head, on=on).value if head else 0


@dataclass(frozen=True)
class UnionPage:
    """What anybody may know of an organisation."""

    superior: Organisation | None
    face: Face
    place: str
    poster: Poster | None
    near: list[Poster]
    in_charge: Organisation | None
    takes_members: bool
    is_part: bool

    @property
    def shows_displays(self) -> bool:
        """A union that has begun to show something shows what is still to come as well."""
        return not self.is_part and any(each.on for each in self.face.displays)


def union_page(organisation: Organisation, *, on: date) -> UnionPage:
    takes_members = organisation.kind in WITH_MEMBERS
    poster = enrolment.poster_of(organisation) if takes_members else None
    superiors = organisations.ancestors_of(organisation)
    superior = superiors[-1] if superiors else None
    return UnionPage(
        superior=superior,
        face=face_of(organisation, on=on),
        place=place_of(organisation.region),
        poster=poster,
        near=posters_around(organisation.region) if takes_members and poster is None else [],
        in_charge=in_charge_around(organisation.region, superior) if takes_members and poster is None else None,
        takes_members=takes_members,
        is_part=organisation.kind in PARTS,
    )


def counties() -> list[Region]:
    """The counties in which there are unions to join."""
    return list(Region.objects.filter(level=Region.Level.COUNTY).order_by("code"))


#: A list of all townships of a place of this size is still one that can be chosen from.
_MOST_TOWNSHIPS = 300


def townships_of(county_code: str) -> list[Region]:
    """The townships of a county, with it; without one those of all counties, where they are not too many."""
    rows = Region.objects.filter(level=Region.Level.TOWNSHIP).select_related("parent").order_by("code")
    if county_code:
        return list(rows.filter(parent__code=county_code))
    found = list(rows[: _MOST_TOWNSHIPS + 1])
    return found if len(found) <= _MOST_TOWNSHIPS else []


def posters_around(region: Region, *, most: int = NEAR_MOST) -> list[Poster]:
    """The entries of unions where workers without one of their own may join: in the same township first, then in the
    rest of the county. None further away: nobody joins a union on the other side of the city."""
    rows = Organisation.objects.filter(
        Exists(enrolment.on_walls().filter(organisation=OuterRef("pk"))),
        lies_in("region__code", region.code[:_COUNTY]),
        kind__in=TAKES_FROM_AROUND,
        state__in=IN_FORCE,
    )
    here = When(lies_in("region__code", region.code[:_TOWNSHIP]), then=Value(0))
    near = rows.annotate(far=Case(here, default=Value(1), output_field=IntegerField())).select_related("region")
    return [enrolment.online_entry(each) for each in near.order_by("far", "region__code", "path")[:most]]


def in_charge_around(region: Region, superior: Organisation | None) -> Organisation | None:
    """Who answers for union work at a place: the union of its township or zone, else the superior."""
    if superior is not None and superior.kind in _AT_A_PLACE and superior.region_id in {region.pk, region.parent_id}:
        return superior
    townships = Organisation.objects.filter(
        kind__in=_AT_A_PLACE, state__in=IN_FORCE, region__code=region.code[:_TOWNSHIP]
    )
    return (townships.order_by("path").first() if len(region.code) >= _TOWNSHIP else None) or superior


def place_of(region: Region) -> str:
    """The whole name of a place, from the city down."""
    codes = [region.code[:digits] for digits in _LEVELS if digits <= len(region.code)]
    return "".join(Region.objects.filter(code__in=codes).order_by("code").values_list("name", flat=True))
