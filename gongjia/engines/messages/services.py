"""The verbs on messages. A domain's verb calls `tell` in its own transaction: the message stands or falls with it."""

from datetime import datetime

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.engines.messages.models import Channel, Delivery, Direction, Message
from gongjia.kernel import events
from gongjia.kernel.actors import Actor
from gongjia.kernel.permissions import INSIDE, SIGNED_IN
from gongjia.kernel.verbs import note, verb

#: How many characters of a letter stand for its title where it has none.
MOST_TITLE = 24


@verb("messages.tell", zh="通知个人", may=SIGNED_IN)
def tell(
    *,
    person: Person,
    organisation: Organisation,
    title: str,
    by: Actor,
    at: datetime,
    body: str = "",
    path: str = "",
    also_sms: bool = False,
    key: str = "",
) -> Message:
    """Send a message from an organisation to a person; with `also_sms` a short message goes to the phone as well."""
    message = Message.objects.create(
        person=person,
        organisation=organisation,
        direction=Direction.DOWN,
        title=title,
        body=body,
        leads_to=path,
        sent_at=at,
        sent_by_id=by.person_id,
    )
    if also_sms:
        delivery = Delivery.objects.create(message=message, channel=Channel.SMS, changed_at=at)
        events.emit("messages.to_send", key=f"delivery-{delivery.pk}", at=at, delivery_id=delivery.pk)
    note(message, about_person_id=person.pk)
    return message


@verb("messages.write", zh="给工会留言", may=SIGNED_IN)
def write(
    *, person: Person, organisation: Organisation, body: str, by: Actor, at: datetime, title: str = "", key: str = ""
) -> Message:
    """A person writes to an organisation."""
    message = Message.objects.create(
        person=person,
        organisation=organisation,
        direction=Direction.UP,
        title=title or _beginning(body),
        body=body,
        sent_at=at,
        sent_by_id=by.person_id,
    )
    note(message, about_person_id=person.pk)
    return message


def _beginning(body: str) -> str:
    """The first words of a letter without a title."""
    line = body.strip().splitlines()[0].strip()
    return line if len(line) <= MOST_TITLE else f"{line[:MOST_TITLE]}…"


@verb("messages.answer", zh="回复留言", may=INSIDE)
def answer(*, letter: Message, body: str, by: Actor, at: datetime, key: str = "") -> Message:
    """Answer a letter in the name of its organisation. Other letters of the same person go on waiting for theirs; a
    second answer to one letter leaves the day of the first.

    Who may speak for the organisation is asked by the room whose verb calls this.
    """
    message = tell(
        person=letter.person,
        organisation=letter.organisation,
        title=f"回复：{letter.title}"[:80],
        body=body,
        also_sms=True,
        by=by,
        at=at,
    )
    Message.objects.filter(pk=message.pk).update(answers=letter)
    message.answers = letter
    Message.objects.filter(pk=letter.pk, answered_at=None).update(answered_at=at)
    note(message, about_person_id=letter.person_id, letter_id=letter.pk)
    return message


@verb("messages.read", zh="读消息", may=SIGNED_IN)
def read(*, messages: list[Message], by: Actor, at: datetime) -> int:
    """Mark messages in reach as read, once; returns how many were unread."""
    unread = [each.pk for each in messages if each.read_at is None]
    done = Message.objects.filter(pk__in=unread, read_at=None).update(read_at=at)
    note(count=done)
    return done
