"""The flows: every state is reached, every move is made from its states only, and refused to everybody else."""

from typing import Any

import pytest

from gongjia.domains.fieldwork.asking import services as asking
from gongjia.domains.fieldwork.flow import FLOWS, OBSERVATION, SUGGESTION, UNDER_WAY
from gongjia.domains.fieldwork.permissions import SUGGEST
from gongjia.domains.fieldwork.tests.conftest import Field, doing
from gongjia.engines.casework import services as casework
from gongjia.engines.casework.flow import COUNTERPART, Flow
from gongjia.engines.casework.models import MatterIndex, Step
from gongjia.engines.casework.queries import held_by
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.moments import end_of
from gongjia.kernel.reach import entering, everywhere
from tests import factories

pytestmark = [pytest.mark.system("T5"), pytest.mark.django_db]

#: The moves that lead to each state.
WAYS: dict[str, dict[str, tuple[str, ...]]] = {
    OBSERVATION.code: {
        "todo": (),
        "doing": ("take",),
        "declined": ("decline",),
        "reported": ("take", "report"),
        "closed": ("take", "report", "verify"),
        "withdrawn": ("withdraw",),
    },
    SUGGESTION.code: {"asked": (), "answered": ("answer",), "withdrawn": ("withdraw",)},
}
BELOW, ABOVE = "the union", "the county"
FILLED = {"measure": "措施", "evidence": "情况"}


def actors(field: Field) -> dict[str, Actor]:
    tree = field.tree
    strangers = {
        "member": tree.member, "foreign officer": tree.foreign_officer, "leader": tree.leader, "auditor": tree.auditor,
        "operator": tree.operator,
    }  # fmt: skip
    return {name: factories.actor(who) for name, who in strangers.items()} | {BELOW: field.chair, ABOVE: field.officer}


def begin(flow: Flow, field: Field) -> Any:
    if flow is OBSERVATION:
        return field.observe()
    sent = {"organisation": field.tree.union, "to": field.tree.county, "words": "希望多办夜校", "at": field.at}
    return doing(field.chair, asking.suggest, SUGGEST, **sent)


def right_of(flow: Flow, code: str) -> str:
    """Of an observation the union owns and the county went there; of a suggestion the county answers."""
    at_counterpart = flow.move(code).at == COUNTERPART
    return ABOVE if at_counterpart is (flow is OBSERVATION) else BELOW


def move(matter: Any, code: str, by: Actor, field: Field) -> None:
    with everywhere(reason="the flow's own rules are on trial, not the reach"):
        casework.move(matter=matter, move_code=code, by=by, at=field.at, words="原因", filled=FILLED)


def in_state(flow: Flow, state: str, field: Field) -> Any:
    matter, everybody = begin(flow, field), actors(field)
    for code in WAYS[flow.code][state]:
        move(matter, code, everybody[right_of(flow, code)], field)
    assert matter.state == state
    return matter


STATES = [(flow, state) for flow in FLOWS for state in WAYS[flow.code]]
MOVES = [(flow, each.code) for flow in FLOWS for each in flow.moves]


def test_the_way_to_every_state_is_known() -> None:
    assert {code: set(ways) for code, ways in WAYS.items()} == {
        flow.code: {each.code for each in flow.states} for flow in FLOWS
    }


@pytest.mark.parametrize(("flow", "state"), STATES, ids=[f"{flow.code}-{state}" for flow, state in STATES])
def test_every_state_is_reached_and_left_by_its_own_moves_only(flow: Flow, state: str, field: Field) -> None:
    matter, everybody = in_state(flow, state, field), actors(field)
    index = MatterIndex._base_manager.get(flow_code=flow.code, matter_id=matter.pk)
    assert (index.state, index.closed_at) == (state, field.at if flow.state(state).is_final else None)
    for each in flow.moves:
        if state not in each.from_states:
            with pytest.raises(Refused, match=flow.state(state).zh):
                move(matter, each.code, everybody[right_of(flow, each.code)], field)


@pytest.mark.parametrize(("flow", "code"), MOVES, ids=[f"{flow.code}-{code}" for flow, code in MOVES])
def test_a_move_is_refused_to_everybody_else(flow: Flow, code: str, field: Field) -> None:
    chosen, right = flow.move(code), right_of(flow, code)
    matter, everybody = in_state(flow, chosen.from_states[0], field), actors(field)
    steps = Step._base_manager.count()
    for who, by in everybody.items():
        # who serves above a union may act for it: the county's officer holds the same right in the whole county
        if who != right and not (who == ABOVE and by.may(chosen.may, path=matter.organisation.path)):
            with pytest.raises(Forbidden):
                move(matter, code, by, field)
    assert (matter.state, Step._base_manager.count()) == (chosen.from_states[0], steps)
    move(matter, code, everybody[right], field)
    assert matter.state == chosen.to_state


@pytest.mark.parametrize(
    ("flow", "code"), [(flow, each.code) for flow in FLOWS for each in flow.moves if each.needs],
    ids=lambda each: each if isinstance(each, str) else each.code,
)  # fmt: skip
def test_what_needs_words_is_refused_without(flow: Flow, code: str, field: Field) -> None:
    matter = in_state(flow, flow.move(code).from_states[0], field)
    by = actors(field)[right_of(flow, code)]
    with everywhere(reason="test"), pytest.raises(Refused, match="写明"):
        casework.move(matter=matter, move_code=code, by=by, at=field.at)


@pytest.mark.parametrize("state", [*UNDER_WAY, "reported"])
def test_it_stands_in_the_work_list_of_who_is_to_act_at_once(state: str, field: Field) -> None:
    one = in_state(OBSERVATION, state, field)
    holder = ABOVE if OBSERVATION.state(state).waits_for == COUNTERPART else BELOW
    found = {}
    for who in (BELOW, ABOVE):
        actor = actors(field)[who]
        with entering(actor.reach()):
            found[who] = [each.matter_id for each in held_by(actor) if each.flow_code == OBSERVATION.code]
    assert found[holder] == [one.pk]
    if holder == ABOVE:
        assert found[BELOW] == []


def test_each_state_under_way_is_due_on_the_day_of_the_observation_itself(field: Field) -> None:
    one = field.observe()
    index = MatterIndex._base_manager.get(matter_id=one.pk, flow_code=one.flow_code)
    assert index.due_at == end_of(one.due_on)
    field.take(one)
    index.refresh_from_db()
    assert index.due_at == end_of(one.due_on)
