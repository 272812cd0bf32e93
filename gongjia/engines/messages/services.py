"""The verbs on messages. A domain's verb calls `tell` in its own transaction: the message stands or falls with it."""

from collections.abc import Sequence
from datetime import datetime

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.engines.messages.models import Channel, Circular, CircularRead, Delivery, Direction, Message
from gongjia.engines.messages.queries import Audience, audience_of
from gongjia.kernel import events
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Gone, Refused
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


@verb("messages.tell_many", zh="通知多人", may=INSIDE)
def tell_many(
    *, person_ids: Sequence[int], organisation: Organisation, title: str, body: str, path: str, by: Actor, at: datetime
) -> None:
    """The same message to each of some hundreds, in the platform only."""
    Message.objects.bulk_create(
        Message(
            person_id=each,
            organisation=organisation,
            direction=Direction.DOWN,
            title=title,
            body=body,
            leads_to=path,
            sent_at=at,
            sent_by_id=by.person_id,
        )
        for each in person_ids
    )
    note(count=len(person_ids))


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


@verb("messages.announce", zh="群发通知", may=INSIDE)
def announce(
    *,
    organisation: Organisation,
    audience: Audience,
    title: str,
    body: str,
    answers: list[str],
    by: Actor,
    at: datetime,
    key: str = "",
) -> Circular:
    """Tell all members of an organisation and below, or one kind of them. Refused where there is nobody to tell.

    Who may speak for the organisation is asked by the room whose verb calls this.
    """
    count = audience_of(organisation, audience).count()
    if not count:
        raise Refused("没有符合条件的会员，通知没有发出。请换一个发送范围。", fields=["group"])
    circular = Circular.objects.create(
        organisation=organisation,
        title=title,
        body=body,
        group=audience.group,
        sex=audience.sex,
        is_for_migrants=audience.is_for_migrants,
        answers=answers,
        audience_count=count,
        sent_at=at,
        sent_by_id=by.person_id,
    )
    note(circular, count=count)
    return circular


@verb("messages.withdraw", zh="撤回群发通知", may=INSIDE)
def withdraw(*, circular: Circular, why: str, by: Actor, at: datetime) -> Circular:
    """Nobody finds the notice any more; that it was sent, and why it was withdrawn, stays."""
    if not Circular.objects.filter(pk=circular.pk, withdrawn_at=None).update(withdrawn_at=at, withdrawn_why=why):
        raise Refused("这条通知已经撤回过了。")
    circular.withdrawn_at, circular.withdrawn_why = at, why
    note(circular)
    return circular


@verb("messages.read_circular", zh="读通知", may=SIGNED_IN)
def read_circular(*, circular: Circular, by: Actor, at: datetime, answer: int | None = None) -> CircularRead:
    """The reader has seen a notice, and answered it or not; a later answer takes the place of an earlier one.

    Raises Gone for one that was withdrawn meanwhile, Refused for an answer that is none of those offered.
    """
    if by.person_id is None:
        raise Refused("您还没有档案：加入工会以后才有。")
    if not Circular.objects.filter(pk=circular.pk, withdrawn_at=None).exists():
        raise Gone("这条通知已经由工会撤回。")
    if answer is not None and not 0 <= answer < len(circular.answers):
        raise Refused("这不是通知里给出的回答，请重新选。", fields=["answer"])
    row, _ = CircularRead.objects.get_or_create(
        circular=circular, person_id=by.person_id, defaults={"read_at": at, "answer": answer}
    )
    if answer is not None and row.answer != answer:
        row.answer = answer
        row.save(update_fields=["answer"])
    note(circular, answered=answer is not None)
    return row
