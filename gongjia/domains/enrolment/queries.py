"""How posters and applications are found."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from gongjia.backbone.accounts.services import phone_of
from gongjia.backbone.employers.models import Coverage, Employer
from gongjia.backbone.employers.queries import covered_by, search
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import PARTS, WITH_MEMBERS
from gongjia.backbone.people.models import ID_NUMBER, Person
from gongjia.domains.enrolment.models import Application, Poster
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
    return Poster.objects.select_related("organisation", "employer")


def online_entry(organisation: Organisation) -> Poster:
    """The standing way in on the net: no row, and called by the union's own reference, whatever posters come and go."""
    return Poster(organisation=organisation, reference=organisation.reference)


def entry_by_reference(reference: str) -> Poster:
    """A poster, or the entry on the net of a union that takes members. Raises DoesNotExist of either."""
    if (found := _posters().filter(reference=reference).first()) is not None:
        return found
    unions = Organisation.objects.filter(kind__in=WITH_MEMBERS).select_related("region")
    return online_entry(unions.get(reference=reference))


def entry_of(application: Application) -> Poster:
    """The way by which an application came."""
    return application.poster or online_entry(application.organisation)


def posters_of(organisation: Organisation) -> QuerySet[Poster]:
    return Poster.objects.filter(organisation=organisation).select_related("employer", "organisation")


def poster_of(organisation: Organisation) -> Poster | None:
    """The entry on the net of a union that has a poster in use, of whatever place; for a branch or group also that of
    the union it is part of.
    """
    paths = [organisation.path]
    if organisation.kind in PARTS:
        paths += [organisation.path[:end] for end in range(_STEP, len(organisation.path), _STEP)]
    found = Poster.objects.filter(
        organisation__path__in=paths, organisation__kind__in=WITH_MEMBERS, employer=None, revoked_at=None
    )
    newest = found.select_related("organisation").order_by("-organisation__depth", "-made_at", "-pk").first()
    return online_entry(newest.organisation) if newest else None


def application_by_reference(reference: str) -> Application:
    """Raises Application.DoesNotExist outside the reach."""
    return Application.objects.select_related("organisation", "employer", "poster", "person").get(reference=reference)


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
    """The applications in reach that wait for the union."""
    return Application.objects.filter(state="submitted").select_related("organisation", "employer")


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
