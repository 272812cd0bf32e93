"""A verb is the one way to write: right, transaction, audit and idempotency come with it."""

from datetime import datetime
from typing import Any

import pytest

from gongjia.kernel import events, verbs
from gongjia.kernel.actors import COMMAND, NOBODY, TICK, Actor
from gongjia.kernel.errors import Forbidden, Gone, Refused
from gongjia.kernel.models import AuditRow, Event, Sending
from gongjia.kernel.permissions import ANYONE, SIGNED_IN
from gongjia.kernel.reach import everywhere
from gongjia.kernel.verbs import note, verb
from tests import factories
from tests.factories import Organisation, Region, Tree
from tests.threads import together

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1"), pytest.mark.usefixtures("registries")]


def _named(may: str = "tests.act", on: str | None = "organisation") -> Any:
    """A verb that makes a region, and fails after having written where it is told to."""

    @verb("tests.name_region", zh="命名", may=may, on=on)
    def name_region(
        *,
        code: str,
        by: Actor,
        at: datetime,
        organisation: Organisation | None = None,
        fails: bool = False,
        key: str = "",
    ) -> Region:
        made = Region.objects.create(code=code, name=f"测试{code}", level="village")
        events.emit("tests.named", key=code, at=at, code=code)
        note(made, count=1, about_person_id=by.person_id)
        if fails:
            raise Refused("不行")
        return made

    events.declare("tests.named", "命名了")
    events.on("tests.named", "tests.nowhere.handler")
    return name_region


def _written() -> tuple[int, ...]:
    regions = Region.objects.filter(code__startswith="9")
    return tuple(rows.count() for rows in (regions, AuditRow.objects, Event.objects, Sending.objects))


NOTHING_WRITTEN = (0, 0, 0, 0)


# ── what a verb is ──────────────────────────────────────────────────────────────────────────────────────────────


def _positional(organisation: Organisation, *, by: Actor, at: datetime) -> None: ...
def _nobody(*, organisation: Organisation, at: datetime) -> None: ...
def _timeless(*, organisation: Organisation, by: Actor) -> None: ...
def _any_number(*organisations: Organisation, by: Actor, at: datetime) -> None: ...


@pytest.mark.parametrize("act", [_positional, _nobody, _timeless, _any_number])
def test_a_verb_takes_keywords_only_with_by_and_at(act: Any) -> None:
    with pytest.raises(RuntimeError, match="keyword-only"):
        verb("tests.bad", zh="坏", may="tests.act", on="organisation")(act)


def test_a_verb_says_whose_organisation_decides() -> None:
    with pytest.raises(RuntimeError, match="which argument"):
        _named(on=None)


def test_a_verb_is_declared_once() -> None:
    _named()
    with pytest.raises(RuntimeError, match="declared twice"):
        _named()


def test_note_belongs_inside_a_verb() -> None:
    with pytest.raises(RuntimeError, match="inside a verb"):
        note(count=1)


def test_verbs_are_listed_with_their_words() -> None:
    _named()
    assert [(each.zh, each.may) for each in verbs.registered() if each.name == "tests.name_region"] == [
        ("命名", "tests.act")
    ]


# ── the right ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_right_is_checked_before_anything_is_read_or_written(
    tree: Tree, at: datetime, django_assert_num_queries: Any
) -> None:
    act = _named()
    chair = factories.actor(tree.chair)
    with django_assert_num_queries(0), pytest.raises(Forbidden) as refusal:
        act(code="901", organisation=tree.foreign_union, by=chair, at=at, key="k")
    assert refusal.value.needed == "在测试里办事"
    assert _written() == NOTHING_WRITTEN


@pytest.mark.parametrize("who", ["member", "officer", "auditor", "foreign_officer"])
def test_who_lacks_the_role_or_the_place_is_refused(tree: Tree, at: datetime, who: str) -> None:
    act = _named()
    with pytest.raises(Forbidden):
        act(code="901", organisation=tree.union, by=factories.actor(getattr(tree, who)), at=at)
    with pytest.raises(Forbidden):
        act(code="901", organisation=tree.union, by=NOBODY, at=at)


def test_the_right_holds_in_the_subtree_of_the_post_only(tree: Tree, at: datetime) -> None:
    act = _named()
    chair = factories.actor(tree.chair)
    assert act(code="901", organisation=tree.union, by=chair, at=at).code == "901"
    for above_or_beside in (tree.county, tree.city, tree.foreign_union):
        with pytest.raises(Forbidden):
            act(code="902", organisation=above_or_beside, by=chair, at=at)


def test_a_thing_without_a_path_of_its_own_is_judged_by_its_organisation(tree: Tree, at: datetime) -> None:
    @verb("tests.touch", zh="碰", may="tests.act", on="membership")
    def touch(*, membership: factories.Membership, by: Actor, at: datetime) -> None: ...

    chair = factories.actor(tree.chair)
    touch(membership=tree.membership, by=chair, at=at)
    with pytest.raises(Forbidden):
        touch(membership=tree.foreign_membership, by=chair, at=at)


def test_signed_in_and_anyone_are_rights_too(tree: Tree, at: datetime) -> None:
    signed_in = _named(may=SIGNED_IN, on=None)
    signed_in(code="901", by=factories.actor(tree.member), at=at)
    signed_in(code="902", by=TICK, at=at)
    with pytest.raises(Forbidden, match="登录"):
        signed_in(code="903", by=NOBODY, at=at)

    @verb("tests.ask", zh="问", may=ANYONE)
    def ask(*, by: Actor, at: datetime) -> int:
        return 5

    assert ask(by=NOBODY, at=at) == 5


def test_tick_and_command_line_may_everywhere(tree: Tree, at: datetime) -> None:
    act = _named(may="tests.never")
    for number, who in enumerate((TICK, COMMAND)):
        act(code=f"90{number}", organisation=tree.union, by=who, at=at)
    assert set(AuditRow.objects.values_list("channel", flat=True)) == {"tick", "command"}


# ── one transaction ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_verb_leaves_its_row_its_audit_row_and_its_event(tree: Tree, at: datetime) -> None:
    chair = factories.actor(tree.chair)
    made = _named()(code="901", organisation=tree.union, by=chair, at=at, key="k")
    assert _written() == (1, 1, 1, 1)
    row = AuditRow.objects.get()
    assert (row.verb, row.account_id, row.person_id) == ("tests.name_region", chair.account_id, tree.chair.pk)
    assert (row.subject_kind, row.subject_id, row.facts) == ("regions.region", made.pk, {"count": 1})
    assert (row.at, row.about_person_id, row.post_ids) == (at, tree.chair.pk, [chair.posts[0].post_id])


def test_a_failing_verb_leaves_nothing(tree: Tree, at: datetime) -> None:
    act = _named()
    with pytest.raises(Refused):
        act(code="901", organisation=tree.union, by=factories.actor(tree.chair), at=at, fails=True, key="k")
    assert _written() == NOTHING_WRITTEN


def test_after_a_failure_the_same_form_may_be_sent_again(tree: Tree, at: datetime) -> None:
    act = _named()
    chair = factories.actor(tree.chair)
    with pytest.raises(Refused):
        act(code="901", organisation=tree.union, by=chair, at=at, fails=True, key="k")
    assert act(code="901", organisation=tree.union, by=chair, at=at, key="k").code == "901"


def test_a_verb_whose_audit_row_cannot_be_written_does_nothing(
    tree: Tree, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise OSError("no audit")

    monkeypatch.setattr(verbs.audit, "record", broken)
    with pytest.raises(OSError, match="no audit"):
        _named()(code="901", organisation=tree.union, by=factories.actor(tree.chair), at=at, key="k")
    assert _written() == NOTHING_WRITTEN


def test_a_verb_within_a_verb_undoes_itself_alone(tree: Tree, at: datetime) -> None:
    inner = _named(may=SIGNED_IN, on=None)

    @verb("tests.outer", zh="外层", may=SIGNED_IN)
    def outer(*, by: Actor, at: datetime) -> None:
        inner(code="901", by=by, at=at)
        with pytest.raises(Refused):
            inner(code="902", by=by, at=at, fails=True)
        note(of="outer")

    outer(by=factories.actor(tree.member), at=at)
    assert list(AuditRow.objects.order_by("pk").values_list("verb", "facts")) == [
        ("tests.name_region", {"count": 1}),
        ("tests.outer", {"of": "outer"}),
    ]
    assert [each.code for each in Region.objects.filter(code__startswith="90")] == ["901"]


@pytest.mark.parametrize("bad", [{"share": 0.5}, {"on": datetime(2026, 1, 1)}], ids=["float", "date"])  # noqa: DTZ001
def test_the_audit_refuses_facts_that_do_not_come_back_as_they_were(tree: Tree, at: datetime, bad: Any) -> None:
    @verb("tests.share", zh="分", may=SIGNED_IN)
    def share(*, by: Actor, at: datetime) -> None:
        note(**bad)

    with pytest.raises(TypeError):
        share(by=factories.actor(tree.member), at=at)


# ── once ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_sending_shows_the_first_result(tree: Tree, at: datetime) -> None:
    act = _named()
    chair = factories.actor(tree.chair)
    first = act(code="901", organisation=tree.union, by=chair, at=at, key="k")
    assert act(code="901", organisation=tree.union, by=chair, at=at, key="k") == first
    assert _written() == (1, 1, 1, 1)


def test_another_form_account_or_verb_is_another_sending(tree: Tree, at: datetime) -> None:
    act = _named(may=SIGNED_IN, on=None)
    act(code="901", by=factories.actor(tree.member), at=at, key="k")
    act(code="902", by=factories.actor(tree.member), at=at, key="other")
    act(code="903", by=factories.actor(tree.foreign_member), at=at, key="k")
    assert _written() == (3, 3, 3, 3)


def test_a_sending_without_a_key_is_done_each_time(tree: Tree, at: datetime) -> None:
    act = _named(may=SIGNED_IN, on=None)
    for code in ("901", "902"):
        act(code=code, by=factories.actor(tree.member), at=at)
    assert _written() == (2, 2, 2, 0)


@pytest.mark.parametrize("answer", [None, 0, 7, "十二", [1, 2], {"n": 3}, False])
def test_a_plain_result_is_shown_again_too(tree: Tree, at: datetime, answer: Any) -> None:
    done: list[int] = []

    @verb("tests.count", zh="数", may=SIGNED_IN)
    def count(*, by: Actor, at: datetime, key: str = "") -> Any:
        done.append(1)
        return answer

    member = factories.actor(tree.member)
    assert [count(by=member, at=at, key="k") for _ in range(3)] == [answer] * 3
    assert done == [1]


def test_a_first_result_that_was_deleted_since_is_gone(tree: Tree, at: datetime) -> None:
    act = _named(may=SIGNED_IN, on=None)
    member = factories.actor(tree.member)
    act(code="901", by=member, at=at, key="k").delete()
    with pytest.raises(Gone, match="已经办理过"):
        act(code="901", by=member, at=at, key="k")


def test_a_key_that_no_form_of_ours_made_is_refused(tree: Tree, at: datetime) -> None:
    act = _named(may=SIGNED_IN, on=None)
    with pytest.raises(Refused, match="刷新页面"):
        act(code="901", by=factories.actor(tree.member), at=at, key="k" * 65)
    assert _written() == NOTHING_WRITTEN


@pytest.mark.django_db(transaction=True)
def test_eight_sendings_at_once_are_one(tree: Tree, at: datetime) -> None:
    act = _named()
    chair = factories.actor(tree.chair)

    def send(_: int) -> int:
        with everywhere(reason="a thread of a test"):
            return int(act(code="901", organisation=tree.union, by=chair, at=at, key="k").pk)

    assert len(set(together(8, send))) == 1
    assert _written() == (1, 1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_sendings_at_once_the_second_is_done_when_the_first_fails(tree: Tree, at: datetime) -> None:
    act = _named()
    chair = factories.actor(tree.chair)

    def send(number: int) -> str:
        try:
            return str(act(code="901", organisation=tree.union, by=chair, at=at, fails=number % 2 == 0, key="k").code)
        except Refused:
            return "refused"

    outcomes = together(8, send)
    assert outcomes.count("901") == 8 - outcomes.count("refused") >= 4
    assert _written() == (1, 1, 1, 1)


def test_a_form_that_was_gone_back_to_and_changed_is_refused_and_not_swallowed(tree: Tree, at: datetime) -> None:
    act, chair = _named(), factories.actor(tree.chair)
    first = act(code="901", organisation=tree.union, by=chair, at=at, key="k")
    assert act(code="901", organisation=tree.union, by=chair, at=at, key="k") == first
    with pytest.raises(Refused, match="这次填的和上次不一样"):
        act(code="902", organisation=tree.union, by=chair, at=at, key="k")
