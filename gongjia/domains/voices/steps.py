"""What the verbs of voices share: a move, columns that follow it, the mark of a group."""

from datetime import datetime
from typing import Any

from gongjia.domains.voices import queries
from gongjia.domains.voices.figures import count_closed
from gongjia.domains.voices.models import Voice
from gongjia.engines.casework import services as casework
from gongjia.kernel import events
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of


def settle_rating(voice: Voice, *, is_satisfied: bool | None, at: datetime) -> None:
    """Keep what was said about the answer; of one that goes on the answer stands in the timeline, and is asked anew."""
    facts: dict[str, Any] = {"is_satisfied": is_satisfied}
    if voice.closed_at is None:
        facts |= {"reopened": voice.reopened + 1, "draft": voice.answer}
    keep(voice, **facts)
    if voice.closed_at is not None:
        count_closed(voice, at=at)


def move(voice: Voice, code: str, *, by: Actor, at: datetime, words: str = "", **filled: Any) -> None:
    """Make a move of the flow."""
    casework.move(matter=voice, move_code=code, by=by, at=at, words=words[:300], filled=filled)


def keep(voice: Voice, **facts: Any) -> None:
    """Write columns of a voice that a move has just held."""
    Voice._base_manager.filter(pk=voice.pk).update(**facts)
    for name, value in facts.items():
        setattr(voice, name, value)


def not_own(by: Actor, voice: Voice) -> None:
    """Raises Refused for whoever decides about their own voice."""
    if by.person_id is not None and by.person_id == voice.person_id:
        raise Refused("自己的事不能自己办：请本会其他经办人或者上级工会办理。")


def look_for_group(voice: Voice, *, at: datetime) -> None:
    """Mark all of an employer's recent voices where they have become a group matter, whoever received them."""
    today = today_of(at)
    if not queries.is_group(voice, on=today):
        return
    queries.recent_of_employer(voice, on=today).update(is_group=True)
    voice.is_group = True
    events.emit("voices.group", key=f"voice-group-{voice.pk}", at=at, voice_id=voice.pk)
