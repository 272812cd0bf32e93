"""Letters from workers: a letter is read by the organisation that it was written to, and by no other.

Its superiors see how many wait and since when, never what they say.
"""

from django.db.models import Count, Min, QuerySet

from gongjia.engines.messages import queries as messages
from gongjia.engines.messages.models import Direction, Message
from gongjia.kernel.actors import Actor
from gongjia.kernel.permissions import permission

MOST_UNIONS = 20


def own_organisations(actor: Actor) -> frozenset[int]:
    """The organisations in whose name this actor may answer."""
    roles = permission("liaison.answer").roles
    return frozenset(held.organisation_id for held in actor.posts if held.role in roles)


def letters_to(actor: Actor) -> QuerySet[Message]:
    return messages.letters_in_reach().filter(organisation_id__in=own_organisations(actor))


def waiting_for(actor: Actor) -> QuerySet[Message]:
    """Those that nobody has answered."""
    return letters_to(actor).filter(answered_at=None)


def is_letter_to(actor: Actor, message: Message) -> bool:
    return message.direction == Direction.UP and message.organisation_id in own_organisations(actor)


def waiting_below(actor: Actor) -> list[dict[str, object]]:
    """The unions below that owe answers, the longest wait first: `name`, `reference`, `letters`, `since`."""
    rows = messages.unanswered().exclude(organisation_id__in=own_organisations(actor)).select_related(None)
    counted = rows.values("organisation__name", "organisation__reference").annotate(
        letters=Count("pk"), since=Min("sent_at")
    )
    return [
        {
            "name": each["organisation__name"],
            "reference": each["organisation__reference"],
            "letters": each["letters"],
            "since": each["since"],
        }
        for each in counted.order_by("since")[:MOST_UNIONS]
    ]
