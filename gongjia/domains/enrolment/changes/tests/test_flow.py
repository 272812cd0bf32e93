"""The flows: every state is reached, every move is made from its states only, and refused to everybody else."""

from datetime import datetime
from typing import Any

import pytest

from gongjia.domains.enrolment.changes.flow import BULK, CORRECTION, FLOWS, LEAVING, SETTLE, TRANSFER
from gongjia.domains.enrolment.changes.tests.conftest import IN, OUT, PERSON, Change
from gongjia.engines.casework import services as casework
from gongjia.engines.casework.flow import COUNTERPART, Flow, Move
from gongjia.engines.casework.models import MatterIndex, Step
from gongjia.kernel import permissions
from gongjia.kernel.actors import TICK, Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("O8"), pytest.mark.django_db]

#: The moves that lead to each state.
WAYS: dict[str, dict[str, tuple[str, ...]]] = {
    TRANSFER.code: {
        "out": (),
        "objected": ("object",),
        "in": ("confirm",),
        "completed": ("confirm", "accept"),
        "refused": ("confirm", "refuse"),
        "withdrawn": ("withdraw",),
        "lapsed": ("lapse",),
    },
    LEAVING.code: {"asked": (), "left": ("announce",), "withdrawn": ("withdraw",), "lapsed": ("lapse",)},
    CORRECTION.code: {
        "asked": (),
        "returned": ("return",),
        "approved": ("approve",),
        "withdrawn": ("withdraw",),
    },
    BULK.code: {
        "draft": (),
        "in": ("send",),
        "running": ("send", "accept"),
        "done": ("send", "accept", "finish"),
        "undoing": ("send", "accept", "finish", "undo"),
        "undone": ("send", "accept", "finish", "undo", "finish_undo"),
        "closed": ("send", "accept", "finish", "close"),
        "refused": ("send", "refuse"),
        "withdrawn": ("recall",),
        "partly": ("send", "accept", "stop"),
        "lapsed": ("lapse",),
    },
}
PLATFORM = "the platform"
STRANGERS = ("other member", "leader", "auditor", "operator")


def actors(change: Change) -> dict[str, Actor]:
    tree = change.tree
    people = {"other member": tree.foreign_member, "leader": tree.leader, "auditor": tree.auditor}
    found = {name: factories.actor(who) for name, who in (people | {"operator": tree.operator}).items()}
    return found | {each: change.actor(each) for each in (PERSON, OUT, IN)} | {PLATFORM: TICK}


def right_of(move: Move) -> str:
    if move.may in {SIGNED_IN, SETTLE}:
        return PERSON if move.may == SIGNED_IN else PLATFORM
    return IN if move.at == COUNTERPART else OUT


def begin(flow: Flow, change: Change) -> Any:
    making = {TRANSFER.code: change.transfer, LEAVING.code: change.leaving, CORRECTION.code: change.correction}
    return (making | {BULK.code: change.bulk})[flow.code]()


def move(matter: Any, code: str, by: Actor, at: datetime) -> None:
    with everywhere(reason="the flow's own rules are on trial, not the reach"):
        casework.move(matter=matter, move_code=code, by=by, at=at, words="原因")


def in_state(flow: Flow, state: str, change: Change) -> Any:
    matter, everybody = begin(flow, change), actors(change)
    for code in WAYS[flow.code][state]:
        move(matter, code, everybody[right_of(flow.move(code))], change.at)
    assert matter.state == state
    return matter


STATES = [(flow, state) for flow in FLOWS for state in WAYS[flow.code]]
STATE_IDS = [f"{flow.code}-{state}" for flow, state in STATES]


def test_the_way_to_every_state_is_known() -> None:
    assert {flow.code: set(WAYS[flow.code]) for flow in FLOWS} == {
        flow.code: {each.code for each in flow.states} for flow in FLOWS
    }


def test_no_post_settles_a_matter() -> None:
    assert not permissions.permission(SETTLE).roles


@pytest.mark.parametrize(("flow", "state"), STATES, ids=STATE_IDS)
def test_every_state_is_reached(flow: Flow, state: str, change: Change) -> None:
    matter = in_state(flow, state, change)
    index = MatterIndex._base_manager.get(flow_code=flow.code, matter_id=matter.pk)
    assert (index.state, index.closed_at) == (state, change.at if flow.state(state).is_final else None)
    due = index.due_at is not None
    assert due is (flow.state(state).clock is not None)


@pytest.mark.parametrize(("flow", "state"), STATES, ids=STATE_IDS)
def test_moves_are_made_from_their_states_only(flow: Flow, state: str, change: Change) -> None:
    matter, everybody = in_state(flow, state, change), actors(change)
    for each in flow.moves:
        if state not in each.from_states:
            with pytest.raises(Refused, match=flow.state(state).zh):
                move(matter, each.code, everybody[right_of(each)], change.at)
    assert matter.state == state


@pytest.mark.parametrize(
    ("flow", "code"),
    [(flow, each.code) for flow in FLOWS for each in flow.moves],
    ids=[f"{flow.code}-{each.code}" for flow in FLOWS for each in flow.moves],
)
def test_a_move_is_refused_to_everybody_else(flow: Flow, code: str, change: Change) -> None:
    chosen = flow.move(code)
    matter, everybody = in_state(flow, chosen.from_states[0], change), actors(change)
    steps = Step._base_manager.count()
    for who, by in everybody.items():
        if who not in {right_of(chosen), PLATFORM}:
            with pytest.raises(Forbidden):
                move(matter, code, by, change.at)
    assert (matter.state, Step._base_manager.count()) == (chosen.from_states[0], steps)
    move(matter, code, everybody[right_of(chosen)], change.at)
    assert matter.state == chosen.to_state


@pytest.mark.parametrize("flow", FLOWS, ids=[each.code for each in FLOWS])
def test_what_needs_a_reason_is_refused_without(flow: Flow, change: Change) -> None:
    everybody = actors(change)
    for each in [move for move in flow.moves if move.needs][:1]:
        matter = in_state(flow, each.from_states[0], change)
        with everywhere(reason="test"), pytest.raises(Refused, match="写明"):
            casework.move(matter=matter, move_code=each.code, by=everybody[right_of(each)], at=change.at)
