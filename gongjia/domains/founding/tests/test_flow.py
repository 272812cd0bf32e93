"""The flow: every state is reached, and every move is refused to everybody but those it belongs to."""

from datetime import datetime

import pytest

from gongjia.domains.founding.flow import FOUNDING
from gongjia.domains.founding.tests import walk
from gongjia.domains.founding.tests.walk import CLERK, COUNTY, STREET, Town
from gongjia.engines.casework import services as casework
from gongjia.engines.casework.flow import COUNTERPART
from gongjia.engines.casework.models import MatterIndex, Step
from gongjia.engines.casework.queries import held_by
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.reach import entering, everywhere
from tests import factories

pytestmark = [pytest.mark.system("O5"), pytest.mark.django_db]

STATES = [each.code for each in FOUNDING.states]
STRANGERS = ("member", "chair elsewhere", "foreign officer", "leader", "auditor", "operator")


@pytest.fixture
def town(tree: factories.Tree, at: datetime) -> Town:
    made = walk.town(tree, at)
    made.people |= {
        "member": tree.member,
        "chair elsewhere": tree.chair,
        "foreign officer": tree.foreign_officer,
        "leader": tree.leader,
        "auditor": tree.auditor,
        "operator": tree.operator,
    }
    return made


def move(town: Town, one, code: str, who: str) -> None:
    filled = {"number": "咸工复〔2026〕1号", "on": town.at.date()}
    with everywhere(reason="the flow's own rules are on trial, not the reach"):
        casework.move(matter=one, move_code=code, by=town.actor(who), at=town.at, words="原因", filled=filled)


def right(code: str, state: str, town: Town) -> str:
    """Who makes a move: the superior, the street before there is a group, and then the group's own clerk."""
    if FOUNDING.move(code).at == COUNTERPART:
        return COUNTY
    return CLERK if CLERK in town.people and state != "abandoned" else STREET  # a post ends with its group


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_reached_by_the_verbs(state: str, town: Town) -> None:
    one = walk.in_state(town, state)
    assert one.state == state
    index = MatterIndex._base_manager.get(matter_id=one.pk)
    assert (index.state, index.closed_at is not None) == (state, FOUNDING.state(state).is_final)
    assert index.organisation_id == one.organisation_id


@pytest.mark.parametrize("state", STATES)
def test_a_move_is_made_from_its_states_only(state: str, town: Town) -> None:
    one = walk.in_state(town, state)
    for chosen in FOUNDING.moves:
        if state not in chosen.from_states:
            with pytest.raises(Refused, match=FOUNDING.state(state).zh):
                move(town, one, chosen.code, right(chosen.code, state, town))


@pytest.mark.parametrize("code", [each.code for each in FOUNDING.moves])
def test_a_move_is_refused_to_everybody_else_and_made_by_the_right_one(code: str, town: Town) -> None:
    chosen = FOUNDING.move(code)
    one = walk.in_state(town, chosen.from_states[0])
    steps = Step._base_manager.count()
    others = [*STRANGERS, *([STREET, CLERK] if chosen.at == COUNTERPART else [])]
    for who in others:
        if who in town.people:
            with pytest.raises(Forbidden):
                move(town, one, code, who)
    assert (walk.again(one).state, Step._base_manager.count()) == (chosen.from_states[0], steps)
    move(town, one, code, right(code, chosen.from_states[0], town))
    assert walk.again(one).state == chosen.to_state


@pytest.mark.parametrize(
    ("state", "holder"),
    [
        ("drafting", STREET),
        ("requested", COUNTY),
        ("returned", STREET),
        ("enrolling", CLERK),
        ("planned", CLERK),
        ("counting", CLERK),
        ("reported", COUNTY),
    ],
)
def test_it_stands_in_the_work_list_of_who_is_to_act(state: str, holder: str, town: Town) -> None:
    one = walk.in_state(town, state)
    for who in (STREET, COUNTY, CLERK):
        if who in town.people:
            actor = town.actor(who)
            with entering(actor.reach()):
                mine = [each.matter_id for each in held_by(actor) if each.flow_code == FOUNDING.code]
            if who == holder:
                assert mine == [one.pk]
            if who != holder and COUNTY in (who, holder) and holder == COUNTY:
                assert mine == []


@pytest.mark.parametrize("state", ["requested", "reported"])
def test_what_waits_for_the_superior_has_a_clock_of_fifteen_days(state: str, town: Town) -> None:
    one = walk.in_state(town, state)
    index = MatterIndex._base_manager.get(matter_id=one.pk)
    assert index.due_at is not None
    assert 15 <= (index.due_at - index.moved_at).days <= 25
