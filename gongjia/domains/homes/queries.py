"""How displays, cards, duties and sites are found."""

import json
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.queries import in_force
from gongjia.backbone.posts.words import Role
from gongjia.backbone.regions.queries import lies_in
from gongjia.domains.homes import params
from gongjia.domains.homes.models import Card, Display, Duty, SiteUse, UnionSite
from gongjia.domains.homes.words import OFFICERS, THREE, CardEnding, DisplayKind, Given
from gongjia.kernel.reach import question

#: How many digits of a region's code name its township, county and city.
_NEAR = (9, 6, 4)
#: A union has not so many; a list that could grow has an end.
MOST_OFFICERS = 30
MOST_PAST = 20
MOST_SERVED = 50
MOST_PICKED = 100
SITE = "site"
SITE_ZH = "阵地"


def display_by_reference(reference: str) -> Display:
    """One of the three. Raises Display.DoesNotExist outside the reach."""
    rows = Display.objects.exclude(kind=DisplayKind.ALL).select_related("organisation__region")
    return rows.get(reference=reference)


def card_by_reference(reference: str) -> Card:
    """Raises Card.DoesNotExist outside the reach."""
    return Card.objects.select_related("organisation", "person", "post").get(reference=reference)


def displays_of(organisation: Organisation) -> list[Display]:
    """What a union in reach shows and has shown, the newest first; not that the three stand together."""
    rows = Display.objects.filter(organisation=organisation).exclude(kind=DisplayKind.ALL)
    return list(rows.select_related("checked_by", "organisation").order_by("-shown_on", "-pk")[:MOST_PAST])


def duties_of(organisation: Organisation) -> dict[str, Duty]:
    """By role, what is written."""
    return {each.role: each for each in Duty.objects.filter(organisation=organisation)}


def cards_of(organisation: Organisation) -> dict[int, Card]:
    """By post, who is named."""
    return {each.post_id: each for each in Card.objects.filter(organisation=organisation, ended_at=None)}


def took_back(post_ids: Collection[int]) -> set[int]:
    """Of these posts those whose holders took their own names back, and have not agreed again."""
    rows = Card._base_manager.filter(post_id__in=post_ids, ending=CardEnding.WITHDRAWN)
    again = Card._base_manager.filter(post=OuterRef("post"), pk__gt=OuterRef("pk"), given=Given.ONLINE)
    return set(rows.exclude(Exists(again)).values_list("post_id", flat=True))


def officers_in(organisation: Organisation, *, on: date) -> list[Post]:
    """Who holds a post whose duties are shown, in the order shown: whether each is named (`is_named`), and what is
    written of the post (`promise`, and since when, `written_on`; None where nothing is)."""
    rows: Any = in_force(on).filter(organisation=organisation, role__in=OFFICERS)
    duties = Duty._base_manager.filter(organisation=OuterRef("organisation"), role=OuterRef("role"))
    rows = rows.annotate(
        is_named=Exists(Card._base_manager.filter(post=OuterRef("pk"), ended_at=None)),
        promise=Subquery(duties.values("promise")[:1]),
        written_on=Subquery(duties.values("changed_on")[:1]),
    )
    places = {str(role): place for place, role in enumerate(OFFICERS)}
    return sorted(rows.order_by("pk")[:MOST_OFFICERS], key=lambda each: (places[each.role], each.from_on, each.pk))


def posts_of_person(person_id: int, *, on: date) -> list[Post]:
    """A person's own posts whose names may be shown."""
    rows = in_force(on).filter(person_id=person_id, role__in=OFFICERS)
    return list(rows.order_by("pk")[:MOST_OFFICERS])


def cards_of_person(person_id: int) -> dict[int, Card]:
    """By post, what a person has agreed to."""
    rows = Card.objects.filter(person_id=person_id, ended_at=None)
    return {each.post_id: each for each in rows.select_related("organisation")}


def chair_post_of(organisation_id: int, *, on: date) -> Post | None:
    """The post of the chair, for the verbs that have asked for the right."""
    rows = Post._base_manager.filter(Q(until_on=None) | Q(until_on__gt=on), from_on__lte=on, role=Role.CHAIR)
    return rows.filter(organisation_id=organisation_id).select_related("person").order_by("-from_on", "-pk").first()


# ── what is missing ─────────────────────────────────────────────────────────────────────────────────────────────


def missing_of(organisation: Organisation, *, on: date) -> list[str]:
    """What a union does not show: codes of the three, and of the site."""
    shown = set(Display._base_manager.filter(organisation=organisation, lapsed_on=None).values_list("kind", flat=True))
    found = [str(kind) for kind in THREE if kind not in shown]
    return found if has_site(organisation) else [*found, SITE]


def missing_words(missing: Sequence[str], *, on: date, region: str) -> list[str]:
    """The same for people to read."""
    words = {**params.display_words(on=on, region=region), SITE: SITE_ZH}
    return [words[each] for each in missing]


def has_site(organisation: Organisation) -> bool:
    """Whether a union has a site of its own, or is served by another's."""
    own = UnionSite._base_manager.filter(organisation=organisation, closed_on=None)
    return own.exists() or SiteUse._base_manager.filter(organisation=organisation, until_on=None).exists()


# ── sites ───────────────────────────────────────────────────────────────────────────────────────────────────────


def open_sites() -> QuerySet[UnionSite]:
    """The sites in reach that are in use."""
    return UnionSite.objects.filter(closed_on=None).select_related("organisation", "region")


def own_site_of(organisation: Organisation) -> UnionSite | None:
    return open_sites().filter(organisation=organisation).first()


def use_of(organisation: Organisation) -> SiteUse | None:
    """By whose site a union in reach is served; that site is public, also where its union is out of reach."""
    rows = SiteUse.objects.filter(organisation=organisation, until_on=None)
    return rows.select_related("site__organisation").first()


def served_by(site: UnionSite) -> list[str]:
    """The names of the unions that a site serves beside its own: public, as the site is."""
    rows = SiteUse._base_manager.filter(site=site, until_on=None).order_by("organisation__path")
    return list(rows.values_list("organisation__name", flat=True)[:MOST_SERVED])


def sites_near(region_code: str, limit: int = 5) -> list[UnionSite]:
    """Stations and homes around a place: of the same township first, then of the county, then of the city; none further
    away. One statement, under a reach whose public door is open (a worker's page, an open page)."""
    digits = [each for each in _NEAR if each <= len(region_code)]
    if not digits:
        return []
    nearer = [When(lies_in("region__code", region_code[:each]), then=Value(place)) for place, each in enumerate(digits)]
    rows = open_sites().filter(lies_in("region__code", region_code[: digits[-1]]))
    rows = rows.exclude(is_station=False, is_home=False)
    far = Case(*nearer, default=Value(len(digits)), output_field=IntegerField())
    return list(rows.annotate(far=far).order_by("far", "region__code", "organisation__path", "pk")[:limit])


def own_near(organisation: Organisation, limit: int = 12) -> list[tuple[str, str]]:
    """Sites of other unions that may serve this one, the nearest first: reference and words. They are public, and lie
    mostly outside the reach of a post."""
    found = json.loads(_near_in_words(organisation.region.code, organisation.pk, limit))
    return [(reference, zh) for reference, zh in found]


@question("homes.sites_near")
def _near_in_words(region_code: str, but: int, limit: int) -> str:
    rows = [each for each in sites_near(region_code, limit + 1) if each.organisation_id != but][:limit]
    words = [(each.reference, f"{each.organisation.name}　{each.name}　{each.address}") for each in rows]
    return json.dumps(words, ensure_ascii=False)


@question("homes.site_id")
def site_id_of(reference: str) -> int | None:
    """The number of a site in use by its public reference."""
    return open_sites().filter(reference=reference).values_list("pk", flat=True).first()


def unions_picked(references: Sequence[str]) -> list[Organisation]:
    """The unions in reach that were ticked on one page of a list."""
    rows = Organisation.objects.filter(reference__in=references[:MOST_PICKED]).select_related("region")
    return list(rows.order_by("path"))
