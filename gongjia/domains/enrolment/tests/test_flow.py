"""The flow: every state is reached, and every move is refused to everybody but those it belongs to."""

from datetime import datetime

import pytest

from gongjia.domains.enrolment.flow import JOINING
from gongjia.domains.enrolment.models import Application, Poster
from gongjia.domains.enrolment.tests.conftest import Newcomer, Worker
from gongjia.engines.casework import services as casework
from gongjia.engines.casework.models import MatterIndex, Step
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, Refused, Stale
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("O7"), pytest.mark.django_db]

#: The moves that lead to each state.
WAYS: dict[str, tuple[str, ...]] = {
    "submitted": (),
    "returned": ("return",),
    "approved": ("approve",),
    "refused": ("refuse",),
    "withdrawn": ("withdraw",),
}
APPLICANT, UNION, COUNTY = "applicant", "union", "county"
OF_THE_COUNTY = ("assign",)
STRANGERS = ("another applicant", "member", "foreign officer", "leader", "auditor", "operator")


@pytest.fixture
def people(tree: factories.Tree, newcomer: Newcomer) -> dict[str, Worker | factories.Person]:
    return {
        APPLICANT: newcomer(),
        UNION: tree.chair,
        COUNTY: tree.officer,
        "another applicant": newcomer(),
        "member": tree.member,
        "foreign officer": tree.foreign_officer,
        "leader": tree.leader,
        "auditor": tree.auditor,
        "operator": tree.operator,
    }


def actor_of(somebody: Worker | factories.Person) -> Actor:
    return somebody.actor if isinstance(somebody, Worker) else factories.actor(somebody)


def right_for(code: str) -> str:
    """To whom a move belongs."""
    if code in OF_THE_COUNTY:
        return COUNTY
    return APPLICANT if JOINING.move(code).may == SIGNED_IN else UNION


def in_state(state: str, people: dict[str, Worker | factories.Person], poster: Poster, at: datetime) -> Application:
    applicant = people[APPLICANT]
    assert isinstance(applicant, Worker)
    application = applicant.apply(poster, number=900, at=at)
    for code in WAYS[state]:
        move(application, code, people[right_for(code)], at)
    assert application.state == state
    return application


def move(application: Application, code: str, somebody: Worker | factories.Person, at: datetime) -> None:
    with everywhere(reason="the flow's own rules are on trial, not the reach"):
        casework.move(matter=application, move_code=code, by=actor_of(somebody), at=at, words="原因")


def test_the_way_to_every_state_is_known() -> None:
    assert WAYS.keys() == {each.code for each in JOINING.states}


@pytest.mark.parametrize("state", WAYS)
def test_every_state_is_reached(state: str, people, poster: Poster, at: datetime) -> None:
    application = in_state(state, people, poster, at)
    index = MatterIndex._base_manager.get(matter_id=application.pk)
    assert (index.state, index.closed_at) == (state, at if JOINING.state(state).is_final else None)


@pytest.mark.parametrize("code", [each.code for each in JOINING.moves])
@pytest.mark.parametrize("state", WAYS)
def test_a_move_is_made_from_its_states_only(state: str, code: str, people, poster: Poster, at: datetime) -> None:
    application = in_state(state, people, poster, at)
    chosen = JOINING.move(code)
    right = people[right_for(code)]
    if state in chosen.from_states:
        move(application, code, right, at)
        assert application.state == chosen.to_state
    else:
        with pytest.raises(Refused, match=JOINING.state(state).zh):
            move(application, code, right, at)


@pytest.mark.parametrize(
    ("code", "who"),
    [
        (each.code, who)
        for each in JOINING.moves
        for who in (*STRANGERS, APPLICANT, UNION)
        if who != right_for(each.code)
    ],
)
def test_a_move_is_refused_to_everybody_else(code: str, who: str, people, poster: Poster, at: datetime) -> None:
    chosen = JOINING.move(code)
    application = in_state(chosen.from_states[0], people, poster, at)
    steps = Step._base_manager.count()
    with pytest.raises(Forbidden):
        move(application, code, people[who], at)
    assert (application.state, Step._base_manager.count()) == (chosen.from_states[0], steps)


def test_the_county_may_answer_for_its_unions(tree: factories.Tree, people, poster: Poster, at: datetime) -> None:
    application = in_state("submitted", people, poster, at)
    move(application, "approve", tree.officer, at)
    assert application.state == "approved"


@pytest.mark.parametrize("code", ["return", "refuse"])
def test_whoever_sends_back_says_why(code: str, people, poster: Poster, at: datetime) -> None:
    application = in_state("submitted", people, poster, at)
    with everywhere(reason="test"), pytest.raises(Refused, match="写明原因"):
        casework.move(matter=application, move_code=code, by=actor_of(people[UNION]), at=at)


def test_who_was_slower_is_told_what_happened(people, poster: Poster, at: datetime) -> None:
    application = in_state("submitted", people, poster, at)
    seen_before = Application._base_manager.get(pk=application.pk)
    move(application, "withdraw", people[APPLICANT], at)
    with pytest.raises(Stale) as clash:
        move(seen_before, "approve", people[UNION], at)
    assert clash.value.theirs == {"状态": "已撤回"}
