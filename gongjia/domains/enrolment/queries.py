"""How posters and applications are found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from gongjia.backbone.accounts.services import phone_of
from gongjia.backbone.employers.models import Coverage, Employer
from gongjia.backbone.employers.queries import covered_by, search
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE, PARTS, WITH_MEMBERS, Kind
from gongjia.backbone.people.models import ID_NUMBER, Person
from gongjia.backbone.regions.models import Region
from gongjia.backbone.regions.queries import lies_in
from gongjia.domains.enrolment.models import Application, Poster
from gongjia.domains.enrolment.nearest import Candidate, Sought, trade_of
from gongjia.domains.enrolment.words import Way
from gongjia.kernel.db import within
from gongjia.kernel.reach import question
from gongjia.kernel.secrets import indexes_of

#: More covered employers than this are found by typing, not by choosing.
MOST_CHOICES = 12
#: So many covered employers stand in an officer's list; others are found by name.
MOST_OFFERED = 50
_STEP = 4  # signs of a tree path for each level


def poster_by_reference(reference: str) -> Poster:
    """Raises Poster.DoesNotExist for a reference that was never given; a revoked poster is found and says so."""
    return _posters().get(reference=reference)


def _posters() -> QuerySet[Poster]:
    return Poster.objects.select_related("organisation__region", "employer")


def online_entry(organisation: Organisation) -> Poster:
    """The standing way in on the net: no row, and called by the union's own reference, whatever posters come and go."""
    return Poster(organisation=organisation, reference=organisation.reference)


def entry_by_reference(reference: str) -> Poster:
    """A poster, or the entry on the net of a union that takes members or of a federation, which finds one for workers
    whom none takes. Raises DoesNotExist of either."""
    if (found := _posters().filter(reference=reference).first()) is not None:
        return found
    unions = Organisation.objects.filter(kind__in=(*WITH_MEMBERS, Kind.FEDERATION)).select_related("region")
    return online_entry(unions.get(reference=reference))


def is_pool(poster: Poster) -> bool:
    """Whether an entry leads to a federation, which finds a union for the worker."""
    return poster.organisation.kind == Kind.FEDERATION


def entry_of(application: Application) -> Poster:
    """The way by which an application came."""
    return application.poster or online_entry(application.organisation)


def posters_of(organisation: Organisation) -> QuerySet[Poster]:
    """Those on walls; codes of the spot have a list of their own."""
    rows = Poster.objects.filter(organisation=organisation, way=Way.PAPER)
    return rows.select_related("employer", "organisation")


def spots_of(organisation: Organisation) -> QuerySet[Poster]:
    """The codes that officers have shown on the spot, with how many were admitted by them at once."""
    rows = Poster.objects.filter(organisation=organisation, way=Way.SPOT)
    came = Application._base_manager.filter(poster=OuterRef("pk"), spot_at__isnull=False).order_by().values("poster")
    admitted = Coalesce(Subquery(came.annotate(n=Count("pk")).values("n")), 0)
    return rows.select_related("employer", "organisation", "shown_by").annotate(admitted=admitted)


def spot_by_reference(reference: str) -> Poster:
    """Raises Poster.DoesNotExist for what is no code of the spot."""
    return _posters().select_related("shown_by").get(reference=reference, way=Way.SPOT)


def came_by(spot: Poster, *, most: int = 20) -> list[Application]:
    """The last who came by a code of the spot: admitted at once, or waiting for the union."""
    return list(Application.objects.filter(poster=spot).order_by("-opened_at", "-pk")[:most])


def admitted_by(spot: Poster) -> int:
    """How many were admitted at once by the codes of a spot."""
    return Application.objects.filter(poster=spot, spot_at__isnull=False).count()


@question("enrolment.own_union")
def own_union_id(person_id: int) -> int | None:
    """At which union somebody's own live membership stands: for pages that the person sees without a post."""
    found = Membership.objects.filter(person_id=person_id, state__in=LIVE).values_list("organisation_id", flat=True)
    return found.first()


def region_with(code: str) -> Region | None:
    return Region.objects.filter(code=code).first()


def county_of(region_code: str) -> Organisation | None:
    """The federation that answers for a place: of its county, else the nearest above."""
    codes = [region_code[:digits] for digits in (6, 4, 2)]
    found = Organisation.objects.filter(kind=Kind.FEDERATION, state__in=IN_FORCE, region__code__in=codes)
    return found.select_related("region").order_by("-depth", "path").first()


#: So many of a county's unions are ranked in earnest; the database has put those of the trade and the nearest first.
_MOST_CANDIDATES = 60
_COUNTY, _TOWNSHIP, _VILLAGE = 6, 9, 12


def on_walls() -> QuerySet[Poster]:
    """The posters in use that are of no single employer: where one hangs, the union is open on the net. A code that an
    officer shows for a moment opens nothing."""
    return Poster.objects.filter(employer=None, revoked_at=None, way=Way.PAPER)


def candidates(sought: Sought, *, words: Mapping[str, str]) -> list[Candidate]:
    """The unions of a county that take workers from around and are open on the net, as far as they come into question
    for this worker; two queries. The database puts them into tiers as `nearest` does, so that no county is too large.
    `words` name the trades of the day (`params.trades`)."""
    county = sought.region_code[:_COUNTY]
    around = lies_in("region__code", county) | Q(region__code__in=[county[:2], county[:4]])
    lines = Organisation.objects.filter(around, kind=Kind.INDUSTRY_UNION_FEDERATION)
    found = {path: (name, industry) for path, name, industry in lines.values_list("path", "name", "industry")}
    own, other = _of_trade(sought, found, words)
    joint, village = Q(kind=Kind.JOINT_GRASSROOTS_UNION), Q(kind=Kind.VILLAGE_UNION)
    near = [
        When(lies_in("region__code", sought.region_code[:digits]), then=Value(step))
        for step, digits in enumerate((_VILLAGE, _TOWNSHIP))
        if len(sought.region_code) >= digits
    ]
    rows = Organisation.objects.filter(
        Exists(on_walls().filter(organisation=OuterRef("pk"))),
        village | joint & (own | ~other),
        lies_in("region__code", county),
        state__in=IN_FORCE,
    )
    rows = rows.annotate(near=Case(*near, default=Value(2), output_field=IntegerField())).annotate(
        tier=Case(
            When(joint & own, then=Value(0)),
            When(village & Q(near__lt=2), then=Value(1)),
            When(joint, then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        )
    )
    ranked = rows.select_related("region").order_by("tier", "near", "region__code", "name")
    return [_candidate(each, found, words) for each in ranked[:_MOST_CANDIDATES]]


def _of_trade(sought: Sought, lines: Mapping[str, tuple[str, str]], words: Mapping[str, str]) -> tuple[Q, Q]:
    """Which joint unions may be of the worker's own trade or industry, and which are bound to some trade at all."""
    nothing = Q(pk__in=())
    named = {word: Q(name__contains=word) for word in words}
    own = [condition for word, condition in named.items() if words[word] == sought.group]
    own += [Q(industry=sought.industry)] if sought.industry else []
    ours = [
        path
        for path, (name, industry) in lines.items()
        if (sought.industry != "" and industry == sought.industry)
        or (sought.group != "" and trade_of([name], words) == sought.group)
    ]
    own += [within("path", tuple(ours))] if ours else []
    bound = [*named.values(), *([within("path", tuple(lines))] if lines else [])]
    return reduce(or_, own, nothing), reduce(or_, bound, nothing)


def _candidate(union: Organisation, lines: Mapping[str, tuple[str, str]], words: Mapping[str, str]) -> Candidate:
    """`lines`: names and industries of federations of an industry's unions, by path."""
    above = [lines[path] for end in range(_STEP, len(union.path), _STEP) if (path := union.path[:end]) in lines]
    is_joint = union.kind == Kind.JOINT_GRASSROOTS_UNION
    trade = trade_of([union.name, *(name for name, _ in above)], words) if is_joint else ""
    return Candidate(
        reference=union.reference,
        name=union.name,
        kind=union.kind,
        region_code=union.region.code,
        region_zh=union.region.name,
        trade=trade,
        industry=next((industry for _, industry in above if industry), union.industry) if is_joint else "",
        is_bound=bool(trade or above),
    )


def poster_of(organisation: Organisation) -> Poster | None:
    """The entry on the net of a union that has a poster in use, of whatever place; for a branch or group also that of
    the union it is part of.
    """
    paths = [organisation.path]
    if organisation.kind in PARTS:
        paths += [organisation.path[:end] for end in range(_STEP, len(organisation.path), _STEP)]
    found = on_walls().filter(organisation__path__in=paths, organisation__kind__in=WITH_MEMBERS)
    newest = found.select_related("organisation").order_by("-organisation__depth", "-made_at", "-pk").first()
    return online_entry(newest.organisation) if newest else None


def application_by_reference(reference: str) -> Application:
    """Raises Application.DoesNotExist outside the reach."""
    rows = Application.objects.select_related("organisation", "employer", "poster", "person", "region")
    return rows.get(reference=reference)


def open_application_of(account_id: int) -> Application | None:
    """The application that an account has under way, as far as the reach goes."""
    return (
        Application.objects.filter(account_id=account_id, closed_at=None)
        .select_related("organisation", "employer")
        .first()
    )


@question("enrolment.open_application")
def reference_of_open_application(account_id: int) -> str:
    """The reference of an account's own open application, "" when it has none: for pages without sign-in."""
    found = Application.objects.filter(account_id=account_id, closed_at=None).values_list("reference", flat=True)
    return found.first() or ""


def waiting() -> QuerySet[Application]:
    """The applications in reach that wait for a union's decision."""
    return _submitted().exclude(_POOLED)


_POOLED = Q(due_at__isnull=False, answered_at=None)


def pooled(*, late_at: datetime | None = None) -> QuerySet[Application]:
    """The applications in reach that no union has yet: all, or those whose answer is late at a moment."""
    rows = _submitted().filter(_POOLED)
    return rows.filter(due_at__lt=late_at) if late_at else rows


def _submitted() -> QuerySet[Application]:
    return Application.objects.filter(state="submitted").select_related("organisation", "employer", "region")


def returned() -> QuerySet[Application]:
    """The applications in reach that wait for the applicant."""
    return Application.objects.filter(state="returned").select_related("organisation", "employer")


def decided() -> QuerySet[Application]:
    """The applications in reach that are over, whichever way."""
    return Application.objects.exclude(closed_at=None).select_related("organisation", "employer")


def employers_to_choose(poster: Poster) -> list[Employer]:
    """Where the applicant may work: the employers that the poster's union covers, if they are few."""
    covered = Coverage.objects.filter(organisation=poster.organisation, until_on=None).select_related("employer")
    found = [row.employer for row in covered.order_by("employer__name")[: MOST_CHOICES + 1]]
    if len(found) > MOST_CHOICES:
        found = []
    if poster.employer and poster.employer not in found:
        found.insert(0, poster.employer)
    return found


@dataclass(frozen=True)
class Offered:
    """The employers that a form offers. `is_cut`: there are more, found by their names."""

    employers: list[Employer]
    is_cut: bool


def covered(organisation: Organisation, *, words: str = "") -> QuerySet[Employer]:
    """The employers that a union covers, all of them or those that are found by what was typed."""
    rows = covered_by(organisation)
    return rows.filter(pk__in=search(words).values("pk")) if words else rows


def offered(organisation: Organisation, *, words: str = "") -> Offered:
    """One query. A single character finds nothing."""
    found = list(covered(organisation, words=words.strip()).order_by("name", "pk")[: MOST_OFFERED + 1])
    return Offered(found[:MOST_OFFERED], is_cut=len(found) > MOST_OFFERED)


def takers_named(words: str, *, most: int = 5) -> list[Organisation]:
    """The unions in reach that take members and have this reference or very name; else those whose name holds it."""
    rows = Organisation.objects.filter(kind__in=WITH_MEMBERS, state__in=IN_FORCE).order_by("path")
    exact = list(rows.filter(Q(reference=words) | Q(name=words))[:most])
    return exact or list(rows.filter(name__contains=words)[:most])


def no_employer() -> QuerySet[Employer]:
    return Employer.objects.none()


def employer_named(poster: Poster, name: str) -> Employer | None:
    """The employer that the poster's union covers under exactly this name, however it was spaced."""
    plain = "".join(name.split())
    covered = Coverage.objects.filter(organisation=poster.organisation, until_on=None, employer__name=plain)
    found = covered.select_related("employer").first()
    return found.employer if found else None


@dataclass(frozen=True)
class Known:
    """What the registers know of an applicant: whether the number has a file, and whether the phone on that file is the
    one that was signed in with; the live membership at this very union, entered from a roster before the worker had an
    account; or that there is one elsewhere. That is all that an approver is told of another file."""

    has_file: bool = False
    phone_agrees: bool = False
    is_here: bool = False
    is_transfer: bool = False

    @property
    def needs_vouching(self) -> bool:
        """To know a name and a number is no proof of being the person: somebody has to see the card."""
        return self.has_file and not self.phone_agrees and not self.is_transfer


_AGREES, _DIFFERS = "agrees", "differs"


def known_of(application: Application) -> Known:
    """Three queries at most. Whoever applied with a file of their own has proved to be the person."""
    indexes = indexes_of(application.reveal("id_number"), purpose=ID_NUMBER)
    phone = _phone_on_file(indexes, application.account_id)
    if not phone:
        return Known()
    union_id = _live_at(indexes)
    return Known(
        has_file=True,
        phone_agrees=phone == _AGREES or application.person_id is not None,
        is_here=union_id == application.organisation_id,
        is_transfer=union_id not in {None, application.organisation_id},
    )


@question("enrolment.phone_on_file")
def _phone_on_file(indexes: Sequence[str], account_id: int) -> str:
    """Whether the file of an ID number, wherever it is kept, has the phone that the account signs in by; "" for no
    file at all."""
    person = Person.objects.filter(id_number_index__in=indexes).first()
    if person is None:
        return ""
    return _AGREES if phone_of(account_id) == person.reveal("phone") != "" else _DIFFERS


@question("enrolment.live_at")
def _live_at(indexes: Sequence[str]) -> int | None:
    """At which union the live membership of an ID number's person stands."""
    found = Membership.objects.filter(person__id_number_index__in=indexes, state__in=LIVE)
    return found.values_list("organisation_id", flat=True).first()
