"""Who may what where: by the posts held now, and by nothing else."""

import pytest

from gongjia.kernel.actors import COMMAND, NOBODY, TICK, Actor, PostHeld
from gongjia.kernel.errors import Forbidden
from gongjia.kernel.permissions import ANYONE, SIGNED_IN, Permission, UnknownPermission, carried_by, register
from gongjia.kernel.reach import Reach

pytestmark = [pytest.mark.system("O1"), pytest.mark.usefixtures("registries")]


@pytest.fixture(autouse=True)
def _permissions(registries: None) -> None:
    register(Permission("tests.read", "看", frozenset({"chair", "leader"})))
    register(Permission("tests.write", "写", frozenset({"leader"})))


def post(path: str, role: str, number: int = 1) -> PostHeld:
    return PostHeld(number, number, path, role)


TWO_HATS = Actor(
    account_id=1,
    person_id=2,
    posts=(post("00010001", "chair", 1), post("00010002", "leader", 2), post("000100020003", "chair", 3)),
    grants=frozenset({("matter", 7)}),
)


def test_a_permission_holds_below_the_posts_that_carry_it() -> None:
    assert TWO_HATS.paths_for("tests.read") == ("00010001", "00010002")
    assert TWO_HATS.paths_for("tests.write") == ("00010002",)
    assert TWO_HATS.may("tests.write")
    assert TWO_HATS.may("tests.write", path="000100020009")
    assert not TWO_HATS.may("tests.write", path="00010001")
    assert not TWO_HATS.may("tests.write", path="0001")


def test_a_refusal_says_what_is_needed() -> None:
    with pytest.raises(Forbidden) as refusal:
        TWO_HATS.require("tests.write", path="00010001")
    assert refusal.value.needed == "写"
    with pytest.raises(Forbidden) as refusal:
        NOBODY.require(SIGNED_IN)
    assert refusal.value.needed == "登录"


def test_a_permission_that_nobody_declared_is_a_mistake_and_not_a_no() -> None:
    with pytest.raises(UnknownPermission):
        TWO_HATS.may("tests.unheard_of")


def test_nobody_may_what_anyone_may_and_no_more() -> None:
    assert NOBODY.may(ANYONE)
    assert not NOBODY.may(SIGNED_IN)
    assert not NOBODY.may("tests.read")
    assert not NOBODY.is_signed_in


def test_tick_and_command_line_may_all_but_an_account_on_their_channel_may_not() -> None:
    assert TICK.may("tests.write")
    assert COMMAND.may("tests.write", path="0001")
    assert not Actor(account_id=1, channel="command").may("tests.write")


def test_the_reach_of_a_permission_is_no_wider_than_the_posts_that_carry_it() -> None:
    assert TWO_HATS.reach() == Reach(subtrees=("00010001", "00010002"), grants=TWO_HATS.grants)
    assert TWO_HATS.reach("tests.write") == Reach(subtrees=("00010002",), grants=TWO_HATS.grants)
    assert TWO_HATS.reach(SIGNED_IN) == Reach(person_id=2, grants=TWO_HATS.grants, public=True)
    assert TWO_HATS.reach(ANYONE) == Reach(public=True)
    assert TICK.reach("tests.write").everything
    assert Actor(account_id=1).reach() == Reach()


def test_a_purpose_is_carried_along() -> None:
    assert TWO_HATS.for_purpose("audit").purpose == "audit"
    assert TWO_HATS.purpose == ""


def test_what_a_post_carries_is_told_in_plain_words() -> None:
    assert {each.zh for each in carried_by(["leader"])} >= {"看", "写"}
    assert "写" not in {each.zh for each in carried_by(["chair"])}


def test_a_permission_declared_twice_in_two_ways_is_a_mistake() -> None:
    register(Permission("tests.read", "看", frozenset({"chair", "leader"})))
    with pytest.raises(RuntimeError, match="declared twice"):
        register(Permission("tests.read", "看", frozenset({"chair"})))
