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
from gongjia.engines.casework import queries as casework
from gongjia.engines.casework.models import MatterIndex
from gongjia.engines.messages import queries as messages
from gongjia.engines.messages.models import Direction, Message
from gongjia.kernel.models import AuditRow
from gongjia.kernel.permissions import permission
from gongjia.kernel.reach import question

NEWEST = 3
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
    matters: list[MatterIndex]
    letters: list[Message]


def home_of(person_id: int) -> Home:
    """Three queries: the live membership, the open matters, what organisations wrote last."""
    return Home(
        live=memberships.live_of(person_id),
        matters=list(casework.matters_of(person_id).filter(closed_at=None).order_by("-opened_at", "-pk")[:NEWEST]),
        letters=list(messages.inbox_of(person_id).order_by("-sent_at", "-pk")[:NEWEST]),
    )


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
