"""The lines of a timeline, and in whose name each is written."""

from datetime import datetime

from gongjia.engines.casework.flow import Move
from gongjia.engines.casework.models import Matter, MatterIndex, Step
from gongjia.engines.casework.rights import side_of
from gongjia.kernel.actors import Actor
from gongjia.kernel.permissions import SIGNED_IN

MOST_WORDS = 300


def line_of_move(matter: Matter, index: MatterIndex, chosen: Move, by: Actor, at: datetime, words: str) -> None:
    _write(index, chosen.code, chosen.zh, words, by, at, _acts_for(matter, chosen, by))


def line(index: MatterIndex, code: str, zh: str, words: str, by: Actor, at: datetime) -> None:
    """Something that happened to a matter without a move of its flow: a clock that was paused, a task given."""
    organisation = by.posts[0].organisation_id if by.posts and by.person_id != index.person_id else None
    _write(index, code, zh, words, by, at, organisation)


def _write(
    index: MatterIndex, code: str, zh: str, words: str, by: Actor, at: datetime, organisation_id: int | None
) -> None:
    Step.objects.create(
        matter=index,
        move=code,
        move_zh=zh,
        state=index.state,
        at=at,
        by_person_id=by.person_id,
        by_organisation_id=organisation_id,
        words=words[:MOST_WORDS],
    )


def _acts_for(matter: Matter, chosen: Move, by: Actor) -> int | None:
    """The union in whose name somebody makes a move; None for the person who does it for himself, and for a post that
    does not hold there."""
    if not by.posts or (chosen.may == SIGNED_IN and by.person_id == matter.person_id):
        return None
    path = side_of(matter, chosen).path
    held = by.acting(chosen.may, path).posts[0]
    return held.organisation_id if path.startswith(held.path) else None
