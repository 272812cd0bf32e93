"""The verb of the liaison net."""

from datetime import datetime

from gongjia.engines.messages import services as messages
from gongjia.engines.messages.models import Message
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.verbs import note, verb
from gongjia.portals.liaison.queries import is_letter_to


@verb("liaison.answer", zh="回复职工留言", may="liaison.answer", on="letter")
def answer(*, letter: Message, body: str, by: Actor, at: datetime, key: str = "") -> Message:
    """Answer a worker in the name of the organisation that was written to. Refused for another's letter."""
    if not is_letter_to(by, letter):
        raise Refused("这封留言是写给另一个工会的，由收信的工会回复。")
    message = messages.answer(letter=letter, body=body, by=by, at=at)
    note(message, about_person_id=letter.person_id)
    return message
