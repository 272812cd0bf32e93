"""How messages are found: a person's inbox, an organisation's, the thread of the two."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.messages.models import Delivery, DeliveryState, Direction, Message
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
