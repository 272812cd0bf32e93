"""What the worker's pages compose: membership, open matters, letters, and everything kept about a person."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from gongjia.backbone.memberships import queries as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import PARTS
from gongjia.backbone.people import queries as people
from gongjia.backbone.people.models import Employment, Person
from gongjia.backbone.posts.queries import in_force
from gongjia.backbone.regions.models import Region
from gongjia.domains.homes.models import UnionSite
from gongjia.domains.homes.queries import sites_near
from gongjia.engines.casework import queries as casework
from gongjia.engines.casework.flow import PERSON
from gongjia.engines.casework.models import MatterIndex
from gongjia.engines.messages import queries as messages
from gongjia.engines.messages.models import Circular, Direction, Message
from gongjia.kernel.models import AuditRow
from gongjia.kernel.permissions import permission
from gongjia.kernel.reach import question

NEWEST = 3
MOST_OPEN = 12
LATELY = timedelta(days=30)
SAID_JUST_NOW = timedelta(minutes=10)
MOST_COMPARED = 20
_STEP = 4  # signs of a tree path for each level


def union_that_answers(live: Membership, *, on: date) -> Organisation:
    """To whom a member's letter goes: the nearest organisation, from the member's own upwards, in which somebody may
    answer. A group or a branch is none; where nobody is in post anywhere it is the union itself.
    """
    own = live.organisation
    paths = [own.path[:end] for end in range(_STEP, len(own.path) + 1, _STEP)]
    unions = Organisation.objects.filter(path__in=paths).exclude(kind__in=PARTS).order_by("-depth")
    depth = _depth_that_answers(paths, on)
    nearest = unions.filter(depth=depth) if depth else unions
    return nearest.first() or own


@question("service.who_answers")
def _depth_that_answers(paths: list[str], on: date) -> int | None:
    """On which level of the tree the nearest post stands that may answer letters."""
    posts = in_force(on).filter(organisation__path__in=paths, role__in=permission("liaison.answer").roles)
    found = posts.exclude(organisation__kind__in=PARTS).order_by("-organisation__depth")
    return found.values_list("organisation__depth", flat=True).first()


def was_just_said(person_id: int, organisation_id: int, body: str, *, at: datetime) -> bool:
    """Whether a person wrote exactly this to an organisation within the last minutes."""
    lately = messages.thread(person_id, organisation_id).filter(sent_at__gt=at - SAID_JUST_NOW, direction=Direction.UP)
    return any(each.body.strip() == body.strip() for each in lately.order_by("-sent_at", "-pk")[:MOST_COMPARED])


@dataclass(frozen=True)
class Home:
    """What waits for a person, and where the person belongs."""

    live: Membership | None
    mine: list[MatterIndex]
    others: list[MatterIndex]
    circulars: list[Circular]
    letters: list[Message]


def home_of(person_id: int, *, at: datetime) -> Home:
    """Four queries: the live membership, the open matters, notices of late not yet read, what organisations wrote."""
    matters = list(casework.matters_of(person_id).filter(closed_at=None).order_by("-opened_at", "-pk")[:MOST_OPEN])
    unread = messages.unread_circulars(person_id, since=at - LATELY)
    return Home(
        live=memberships.live_of(person_id),
        mine=[each for each in matters if waits_for_person(each)],
        others=[each for each in matters if not waits_for_person(each)][:NEWEST],
        circulars=list(unread.order_by("-sent_at", "-pk")[:NEWEST]),
        letters=list(messages.inbox_of(person_id).order_by("-sent_at", "-pk")[:NEWEST]),
    )


#: How far a site is, by the place that it shares with the union: as `sites_near` counts it.
_FAR = ("同一个乡镇街道", "同一个县市区", "同一个市")
MOST_SITES = 12


def sites_around(live: Membership) -> list[tuple[str, list[UnionSite]]]:
    """Stations and homes around a member's union, by how far they are. Two queries."""
    code = Region.objects.values_list("code", flat=True).get(pk=live.organisation.region_id)
    grouped: dict[str, list[UnionSite]] = {}
    for each in sites_near(code, MOST_SITES):
        grouped.setdefault(_FAR[_shared(code, each.region.code)], []).append(each)
    return list(grouped.items())


def _shared(code: str, other: str) -> int:
    return next(
        (place for place, digits in enumerate((9, 6)) if len(code) >= digits and other[:digits] == code[:digits]), 2
    )


def waits_for_person(matter: MatterIndex) -> bool:
    """Whether the person is to act, and nobody else."""
    return matter.closed_at is None and matter.standing.waits_for == PERSON


def my_matters(person_id: int) -> QuerySet[MatterIndex]:
    """All matters of a person, open and closed."""
    return casework.matters_of(person_id)


@dataclass(frozen=True)
class File:
    """The file of a person, for the person."""

    person: Person
    memberships: list[Membership]
    employments: list[Employment]
    matters: list[MatterIndex]


def file_of(person_id: int, *, most_matters: int = 20) -> File:
    """Four queries."""
    return File(
        person=people.myself(person_id),
        memberships=memberships.history_of(person_id),
        employments=people.employments_of(person_id),
        matters=list(casework.matters_of(person_id).order_by("-opened_at", "-pk")[:most_matters]),
    )


def openings_of(person_id: int) -> QuerySet[AuditRow]:
    """Every time that this person's file was opened."""
    return AuditRow.objects.filter(about_person_id=person_id, verb__endswith=".opened")
