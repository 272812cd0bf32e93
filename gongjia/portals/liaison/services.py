"""The verbs of the liaison net."""

from datetime import datetime

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.messages import services as messages
from gongjia.engines.messages.models import Circular, Message
from gongjia.engines.messages.queries import Audience
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.verbs import note, verb
from gongjia.portals.liaison.queries import is_letter_to, may_speak_for

NOT_OURS = "这条通知是另一个工会发的，由它自己撤回。"


@verb("liaison.answer", zh="回复职工留言", may="liaison.answer", on="letter")
def answer(*, letter: Message, body: str, by: Actor, at: datetime, key: str = "") -> Message:
    """Answer a worker in the name of the organisation that was written to. Refused for another's letter."""
    if not is_letter_to(by, letter):
        raise Refused("这封留言是写给另一个工会的，由收信的工会回复。")
    message = messages.answer(letter=letter, body=body, by=by, at=at)
    note(message, about_person_id=letter.person_id)
    return message


@verb("liaison.announce", zh="群发通知", may="liaison.announce", on="organisation")
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
    """Tell the members of one's own organisation and below. Refused in the name of another one."""
    if not may_speak_for(by, organisation):
        raise Refused(f"您不能以“{organisation.name}”的名义发通知，由它自己发。")
    circular = messages.announce(
        organisation=organisation, audience=audience, title=title, body=body, answers=answers, by=by, at=at
    )
    note(circular)
    return circular


@verb("liaison.withdraw", zh="撤回群发通知", may="liaison.announce", on="circular")
def withdraw(*, circular: Circular, why: str, by: Actor, at: datetime, key: str = "") -> Circular:
    """Take back what one's own organisation has told."""
    if not may_speak_for(by, circular.organisation):
        raise Refused(NOT_OURS)
    messages.withdraw(circular=circular, why=why, by=by, at=at)
    note(circular)
    return circular
