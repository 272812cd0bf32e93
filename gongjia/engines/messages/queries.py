"""How messages are found: a person's inbox, an organisation's, the thread of the two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.queries import roster_of
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.words import Group, Sex
from gongjia.engines.messages.models import Circular, CircularRead, Delivery, DeliveryState, Direction, Message
from gongjia.kernel.reach import question
from gongjia.kernel.requests import Request


def inbox_of(person_id: int) -> QuerySet[Message]:
    """What organisations sent to a person."""
    return Message.objects.filter(person_id=person_id, direction=Direction.DOWN).select_related("organisation")


def messages_of(person_id: int) -> QuerySet[Message]:
    """All messages of a person, both ways, as far as the reach goes."""
    return Message.objects.filter(person_id=person_id).select_related("organisation")


def letters_to(organisation: Organisation) -> QuerySet[Message]:
    """What persons wrote to an organisation."""
    return Message.objects.filter(organisation=organisation, direction=Direction.UP).select_related("person")


def letters_in_reach() -> QuerySet[Message]:
    """What persons wrote to any organisation in reach."""
    return Message.objects.filter(direction=Direction.UP).select_related("person", "organisation")


def unanswered() -> QuerySet[Message]:
    """The letters in reach that wait for an answer."""
    return letters_in_reach().filter(answered_at=None)


def thread(person_id: int, organisation_id: int) -> QuerySet[Message]:
    """All messages between the two, oldest first."""
    return Message.objects.filter(person_id=person_id, organisation_id=organisation_id).select_related("organisation")


def by_reference(reference: str) -> Message:
    """Raises Message.DoesNotExist outside the reach."""
    return Message.objects.select_related("organisation", "person").get(reference=reference)


def letter_by_reference(reference: str) -> Message:
    """What a person wrote. Raises Message.DoesNotExist outside the reach, and for what an organisation sent."""
    return letters_in_reach().get(reference=reference)


def unread_of(request: Request) -> int:
    """How many messages to the signed-in person are unread: the number beside the menu's word."""
    person_id = request.actor.person_id
    if person_id is None:
        return 0
    return _unread(person_id)


@question("messages.unread")
def _unread(person_id: int) -> int:
    return Message.objects.filter(person_id=person_id, direction=Direction.DOWN, read_at=None).count()


def stuck_deliveries(*, at: datetime) -> int:
    """Deliveries that have had no final state for more than an hour: the operator's page shows them."""
    return Delivery.objects.filter(state=DeliveryState.WAITING, changed_at__lt=at - timedelta(hours=1)).count()


# ── notices to many ────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Audience:
    """Which members of an organisation and below a notice is for; what is empty narrows nothing."""

    group: str = ""
    sex: str = ""
    is_for_migrants: bool = False

    @property
    def zh(self) -> str:
        """全体会员, or the conditions in words"""
        words = [str(Group(self.group).label)] if self.group else []
        words += ["女会员" if self.sex == Sex.FEMALE else "男会员"] if self.sex else []
        words += ["农民工会员"] if self.is_for_migrants else []
        return "、".join(words) or "全体会员"


def audience_of(organisation: Organisation, audience: Audience) -> QuerySet[Membership]:
    """The live memberships that a notice is for."""
    rows = roster_of(organisation)
    if audience.group:
        rows = rows.filter(group=audience.group)
    if audience.sex:
        rows = rows.filter(person__sex=audience.sex)
    return rows.filter(person__is_migrant=True) if audience.is_for_migrants else rows


def circulars_in_reach() -> QuerySet[Circular]:
    """The notices that are in reach: for officers those of their subtree, for members those that are for them."""
    return Circular.objects.select_related("organisation")


def circular_by_reference(reference: str) -> Circular:
    """Raises Circular.DoesNotExist outside the reach."""
    return circulars_in_reach().get(reference=reference)


def circulars_for(person_id: int) -> QuerySet[Circular]:
    """What is for the person who asks, with `is_read`."""
    mine = CircularRead.objects.filter(circular=OuterRef("pk"), person_id=person_id)
    return circulars_in_reach().annotate(is_read=Exists(mine))


def unread_circulars(person_id: int, *, since: datetime) -> QuerySet[Circular]:
    """What is for the person who asks, sent since then and not opened."""
    mine = CircularRead.objects.filter(circular=OuterRef("pk"), person_id=person_id)
    return circulars_in_reach().filter(~Exists(mine), sent_at__gte=since)


def answer_of(circular: Circular, person_id: int) -> int | None:
    """What the person answered, as its place among the answers."""
    return CircularRead.objects.filter(circular=circular, person_id=person_id).values_list("answer", flat=True).first()


#: Of a notice to fewer members no numbers are shown: they would say who has read it.
FEWEST_SHOWN = 5


@dataclass(frozen=True)
class Response:
    """How many have read a notice, and how many gave each answer. Never who."""

    read: int
    answers: Sequence[int]


def response_to(circular: Circular) -> Response | None:
    """None for a notice to so few that a number would name somebody."""
    if circular.audience_count < FEWEST_SHOWN:
        return None
    told = _told_back(circular.pk)
    pairs = (each.split(":") for each in told.split())
    counts = {int(place): int(count) for place, count in pairs}
    return Response(sum(counts.values()), [counts.get(place, 0) for place in range(len(circular.answers))])


@question("messages.told_back")
def _told_back(circular_id: int) -> str:
    """`answer:count …`; -1 for those who have read only."""
    rows = CircularRead.objects.filter(circular_id=circular_id).values_list("answer").annotate(count=Count("pk"))
    return " ".join(f"{-1 if answer is None else answer}:{count}" for answer, count in rows)
