"""What anybody may know of a union: who answers for what by consent, what is displayed, where and when it is open.

Nothing about members. A holder who has not agreed is a surname and a star; without consent there is no telephone.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from gongjia.backbone.organisations.models import Organisation, Term
from gongjia.backbone.posts.queries import in_force
from gongjia.backbone.posts.words import Role
from gongjia.domains.homes import params
from gongjia.domains.homes.models import Card, Display, Duty, SiteUse, UnionSite
from gongjia.domains.homes.queries import MOST_OFFICERS
from gongjia.domains.homes.words import OFFICERS, THREE
from gongjia.kernel.masking import public_name
from gongjia.kernel.reach import question


@dataclass(frozen=True)
class Officer:
    """One holder of a post, as the public sees it. `is_named`: with consent, in full."""

    name: str
    is_named: bool
    office_line: str


@dataclass(frozen=True)
class Seat:
    """One post, who holds it, and what its holders are to do and promise, a line each."""

    role: str
    holders: list[Officer]
    duty: list[str]
    promise: list[str]

    @property
    def role_zh(self) -> str:
        return str(Role(self.role).label)


@dataclass(frozen=True)
class Shown:
    """One of the three. `on` is None while it is not shown; `checked_on`: when a superior saw it."""

    zh: str
    on: date | None
    checked_on: date | None


@dataclass(frozen=True)
class Face:
    """The public face of a union."""

    seats: list[Seat]
    displays: list[Shown]
    term_number: int | None
    term_ends_on: date | None
    is_term_over: bool
    site: UnionSite | None
    is_shared: bool

    @property
    def chair(self) -> Officer | None:
        return next((each.holders[0] for each in self.seats if each.role == Role.CHAIR), None)

    @property
    def has_duties(self) -> bool:
        return any(each.duty or each.promise for each in self.seats)


def face_of(organisation: Organisation, *, on: date) -> Face:
    """Three statements. The organisation is one in reach, with its region."""
    row: Any = Organisation.objects.filter(pk=organisation.pk).annotate(**_displayed(), **_term()).get()
    words = params.display_words(on=on, region=organisation.region.code)
    shown = [Shown(zh, getattr(row, f"{kind}_on"), getattr(row, f"{kind}_checked_on")) for kind, zh in words.items()]
    site = site_for(organisation)
    return Face(
        seats=seats_of(organisation, on=on),
        displays=shown,
        term_number=row.term_number,
        term_ends_on=row.term_ends_on,
        is_term_over=row.term_ends_on is not None and row.term_ends_on < on,
        site=site,
        is_shared=site is not None and site.organisation_id != organisation.pk,
    )


def seats_of(organisation: Organisation, *, on: date) -> list[Seat]:
    """The posts that are held and shown, in their order."""
    found = json.loads(_seats_in_words(organisation.pk, on))
    return [Seat(**{**each, "holders": [Officer(*holder) for holder in each["holders"]]}) for each in found]


def site_for(organisation: Organisation) -> UnionSite | None:
    """A union's own site, else the one of another union that serves it, where that is in reach."""
    used = SiteUse._base_manager.filter(organisation=organisation, until_on=None).values("site_id")
    rows = UnionSite.objects.filter(Q(organisation=organisation) | Q(pk__in=used), closed_on=None)
    return next(iter(rows.select_related("organisation")), None)


def _displayed() -> dict[str, Subquery]:
    found = {}
    for kind in THREE:
        rows = Display._base_manager.filter(organisation=OuterRef("pk"), kind=kind, lapsed_on=None)
        found[f"{kind}_on"] = Subquery(rows.values("shown_on")[:1])
        found[f"{kind}_checked_on"] = Subquery(rows.values("checked_on")[:1])
    return found


def _term() -> dict[str, Subquery]:
    terms = Term._base_manager.filter(organisation=OuterRef("pk")).order_by("-number")
    return {"term_number": Subquery(terms.values("number")[:1]), "term_ends_on": Subquery(terms.values("ends_on")[:1])}


@question("homes.seats")
def _seats_in_words(organisation_id: int, on: date) -> str:
    """The words of the page and nothing else, as JSON: of those who have not agreed a surname and a star."""
    cards = Card._base_manager.filter(post=OuterRef("pk"), ended_at=None)
    duties = Duty._base_manager.filter(organisation=OuterRef("organisation"), role=OuterRef("role"))
    rows: Any = in_force(on).filter(organisation_id=organisation_id, role__in=OFFICERS).order_by("from_on", "pk")
    rows = rows.annotate(
        shown_name=Subquery(cards.values("name")[:1]),
        office_line=Subquery(cards.values("office_line")[:1]),
        duty=Subquery(duties.values("duty")[:1]),
        promise=Subquery(duties.values("promise")[:1]),
    )
    seats: dict[str, dict[str, Any]] = {str(role): {} for role in OFFICERS}
    for each in rows[:MOST_OFFICERS]:
        seat = seats[each.role] or {"role": each.role, "holders": [], "duty": _lines(each.duty)}
        seat |= {"promise": _lines(each.promise)}
        name = each.shown_name or public_name(each.person.name)
        seat["holders"].append([name, bool(each.shown_name), each.office_line or ""])
        seats[each.role] = seat
    return json.dumps([each for each in seats.values() if each], ensure_ascii=False)


def _lines(text: str | None) -> list[str]:
    return (text or "").splitlines()
