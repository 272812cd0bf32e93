"""Letters from workers: a letter is read by the organisation that it was written to, and by no other.

Its superiors see how many wait and since when, never what they say.
"""

from datetime import date

from django.db.models import Count, Min, Q, QuerySet

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import PARTS
from gongjia.domains.fieldwork.contacts.models import Contact
from gongjia.domains.fieldwork.contacts.queries import who_looks_after
from gongjia.engines.messages import queries as messages
from gongjia.engines.messages.models import Direction, Message
from gongjia.kernel.actors import Actor
from gongjia.kernel.permissions import permission
from gongjia.portals.liaison.clocks import late_before

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


def speaks_for(actor: Actor) -> list[Organisation]:
    """The organisations in whose name this actor may tell members something; branches and groups have no voice."""
    own = actor.organisations_for("liaison.announce")
    return list(Organisation.objects.filter(pk__in=own).exclude(kind__in=PARTS).order_by("path"))


def may_speak_for(actor: Actor, organisation: Organisation) -> bool:
    return organisation.pk in actor.organisations_for("liaison.announce")


def waiting_below(actor: Actor, *, on: date) -> list[dict[str, object]]:
    """The unions below that owe answers, the longest wait first: `name`, `reference`, `letters`, `since`, `late`."""
    rows = messages.unanswered().exclude(organisation_id__in=own_organisations(actor)).select_related(None)
    counted = rows.values("organisation__name", "organisation__reference").annotate(
        letters=Count("pk"), since=Min("sent_at"), late=Count("pk", filter=Q(sent_at__lt=late_before(on)))
    )
    return [
        {
            "name": each["organisation__name"],
            "reference": each["organisation__reference"],
            "letters": each["letters"],
            "since": each["since"],
            "late": each["late"],
        }
        for each in counted.order_by("since")[:MOST_UNIONS]
    ]


def contacts_of(actor: Actor, *, on: date) -> list[Contact]:
    """The officers who look after the actor's own organisations, once that is public: who to call above."""
    return who_looks_after(own_organisations(actor), on=on)
