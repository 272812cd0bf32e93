"""The flow: every state is reached, every move is made from its states only, and refused to everybody else."""

from datetime import datetime
from typing import Any

import pytest

from gongjia.domains.voices.flow import SETTLE, VOICE
from gongjia.domains.voices.models import Voice
from gongjia.domains.voices.steps import move
from gongjia.domains.voices.tests.conftest import Desk
from gongjia.domains.voices.words import Identity
from gongjia.engines.casework.flow import Move
from gongjia.engines.casework.models import MatterIndex, Step
from gongjia.kernel import permissions
from gongjia.kernel.actors import TICK, Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("R1"), pytest.mark.django_db]

#: The moves that lead to each state.
WAYS: dict[str, tuple[str, ...]] = {
    "registered": (),
    "screening": ("receive",),
    "handling": ("accept",),
    "waiting": ("accept", "ask"),
    "answered": ("accept", "answer"),
    "archived": ("accept", "answer", "satisfied"),
    "refused": ("refuse",),
    "guided": ("guide",),
    "withdrawn": ("withdraw",),
    "joined": ("join",),
}
PERSON, OFFICER, PLATFORM = "person", "officer", "the platform"
ALL_FILLED = {"main": 1, "answer": "答复"}


def actors(desk: Desk) -> dict[str, Actor]:
    tree = desk.tree
    others = {
        "other member": tree.foreign_member,
        "own chair": tree.chair,
        "organisation officer": tree.officer,
        "foreign rights officer": desk.foreign,
        "leader": tree.leader,
        "auditor": tree.auditor,
        "operator": tree.operator,
    }
    found = {name: factories.actor(who) for name, who in others.items()}
    return found | {PERSON: desk.worker, OFFICER: desk.handler, PLATFORM: TICK}


def right_of(chosen: Move) -> str:
    return {SIGNED_IN: PERSON, SETTLE: PLATFORM}.get(chosen.may, OFFICER)


def make(matter: Voice, code: str, by: Actor, at: datetime, words: str = "说明") -> None:
    with everywhere(reason="the flow's own rules are on trial, not the reach"):
        move(matter, code, by=by, at=at, words=words, **ALL_FILLED)


def in_state(state: str, desk: Desk) -> Any:
    matter, everybody = desk.speak(), actors(desk)
    for code in WAYS[state]:
        make(matter, code, everybody[right_of(VOICE.move(code))], desk.at)
    assert matter.state == state
    return matter


def test_the_way_to_every_state_is_known() -> None:
    assert set(WAYS) == {each.code for each in VOICE.states}


def test_no_post_settles() -> None:
    assert not permissions.permission(SETTLE).roles


@pytest.mark.parametrize("state", WAYS)
def test_every_state_is_reached_with_its_clock(state: str, desk: Desk) -> None:
    matter = in_state(state, desk)
    index = MatterIndex._base_manager.get(flow_code=VOICE.code, matter_id=matter.pk)
    is_final = VOICE.state(state).is_final
    assert (index.state, index.closed_at) == (state, desk.at if is_final else None)
    assert (index.due_at is None) is is_final


@pytest.mark.parametrize("state", WAYS)
def test_moves_are_made_from_their_states_only(state: str, desk: Desk) -> None:
    matter, everybody = in_state(state, desk), actors(desk)
    for each in VOICE.moves:
        if state not in each.from_states:
            with pytest.raises(Refused, match=VOICE.state(state).zh):
                make(matter, each.code, everybody[right_of(each)], desk.at)
    assert matter.state == state


@pytest.mark.parametrize("code", [each.code for each in VOICE.moves])
def test_a_move_is_refused_to_everybody_else(code: str, desk: Desk) -> None:
    chosen = VOICE.move(code)
    matter, everybody = in_state(chosen.from_states[0], desk), actors(desk)
    steps = Step._base_manager.count()
    for who, by in everybody.items():
        if who not in {right_of(chosen), PLATFORM}:
            with pytest.raises(Forbidden):
                make(matter, code, by, desk.at)
    assert (matter.state, Step._base_manager.count()) == (chosen.from_states[0], steps)
    make(matter, code, everybody[right_of(chosen)], desk.at)
    assert matter.state == chosen.to_state


@pytest.mark.parametrize("code", [each.code for each in VOICE.moves if "reason" in each.needs])
def test_what_needs_words_is_refused_without(code: str, desk: Desk) -> None:
    chosen = VOICE.move(code)
    matter, everybody = in_state(chosen.from_states[0], desk), actors(desk)
    with pytest.raises(Refused, match="写明"):
        make(matter, code, everybody[right_of(chosen)], desk.at, words="")


def test_the_own_union_s_chair_acts_where_the_worker_allows_it(desk: Desk) -> None:
    matter = desk.speak(Identity.OWN_UNION)
    assert matter.organisation == desk.tree.union
    make(matter, "accept", factories.actor(desk.tree.chair), desk.at)
    assert matter.state == "handling"
