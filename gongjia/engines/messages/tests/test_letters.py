"""Letters and answers: who sees them, when they count as answered, and how a delivery ends."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from gongjia.engines.messages import queries, services, sms
from gongjia.engines.messages.models import Delivery, Message
from gongjia.kernel import events
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.reach import entering, everywhere
from tests import factories
from tests.inside import inside

pytestmark = pytest.mark.django_db


def write(tree: factories.Tree, at: datetime, body: str = "食堂的晚饭太早", title: str = "") -> Message:
    member = factories.actor(tree.member)
    with entering(member.reach(SIGNED_IN)):
        return services.write(person=tree.member, organisation=tree.union, body=body, title=title, by=member, at=at)


def answer(tree: factories.Tree, letter: Message, at: datetime, **more: Any) -> Message:
    chair = factories.actor(tree.chair)
    with entering(chair.reach()):
        facts = {"letter": letter, "body": "已经和厂里说好", "by": chair, "at": at, **more}
        answered: Message = inside(act=lambda: services.answer(**facts), by=chair, at=at)
        return answered


def test_an_answer_settles_the_letter_that_it_answers_and_no_other(tree: factories.Tree, at: datetime) -> None:
    first, second = write(tree, at), write(tree, at + timedelta(hours=1))
    stranger = factories.actor(tree.foreign_member)
    with entering(stranger.reach(SIGNED_IN)):
        other = services.write(
            person=tree.foreign_member, organisation=tree.foreign_union, body="在吗", by=stranger, at=at
        )
    later = at + timedelta(hours=2)
    answer(tree, second, later)
    third = write(tree, later + timedelta(hours=1))
    with everywhere(reason="test"):
        found = {each.pk: each.answered_at for each in Message.objects.filter(direction="up")}
        assert found == {first.pk: None, second.pk: later, other.pk: None, third.pk: None}
        assert set(queries.unanswered()) == {first, other, third}
        assert Message.objects.get(direction="down").answers == second


def test_a_second_answer_leaves_the_day_of_the_first(tree: factories.Tree, at: datetime) -> None:
    letter = write(tree, at)
    answer(tree, letter, at)
    answer(tree, letter, at + timedelta(days=1), body="再补充一句")
    letter.refresh_from_db()
    assert letter.answered_at == at


def test_an_answer_goes_to_the_inbox_and_to_the_phone(tree: factories.Tree, at: datetime) -> None:
    made = answer(tree, write(tree, at), at)
    member = factories.actor(tree.member)
    with entering(member.reach(SIGNED_IN)):
        assert list(queries.inbox_of(tree.member.pk)) == [made]
    assert Delivery.objects.get(message=made).state == "waiting"


def test_an_answer_pressed_twice_is_one(tree: factories.Tree, at: datetime) -> None:
    letter = write(tree, at)
    assert answer(tree, letter, at, key="once") == answer(tree, letter, at, key="once")


@pytest.mark.parametrize(
    ("body", "title", "is_titled"),
    [
        ("食堂的晚饭太早", "食堂的晚饭太早", False),
        ("好" * 24, "好" * 24, False),
        ("好" * 25, "好" * 24 + "…", False),
        ("\n 第一行 \n第二行", "第一行", False),
    ],
)
def test_a_letter_is_called_by_its_first_words(
    tree: factories.Tree,
    at: datetime,
    body: str,
    title: str,
    is_titled: bool,  # noqa: FBT001
) -> None:
    letter = write(tree, at, body)
    assert (letter.title, letter.is_titled) == (title, is_titled)
    assert write(tree, at, body, title="申请退会").is_titled


def test_only_the_two_and_those_above_the_union_reach_a_letter(tree: factories.Tree, at: datetime) -> None:
    letter = write(tree, at)
    for person, seen in ((tree.chair, True), (tree.officer, True), (tree.foreign_officer, False)):
        with entering(factories.actor(person).reach()):
            assert queries.letters_in_reach().filter(pk=letter.pk).exists() == seen
    with entering(factories.actor(tree.foreign_member).reach(SIGNED_IN)), pytest.raises(Message.DoesNotExist):
        queries.by_reference(letter.reference)


def test_what_an_organisation_sent_is_no_letter(tree: factories.Tree, at: datetime) -> None:
    made = answer(tree, write(tree, at), at)
    with everywhere(reason="test"), pytest.raises(Message.DoesNotExist):
        queries.letter_by_reference(made.reference)


@pytest.mark.parametrize(
    ("raised", "state", "again"),
    [
        (None, "sent", False),
        (sms.Undeliverable("号码是空号"), "failed", False),
        (sms.Unavailable("忙"), "waiting", True),
    ],
)
def test_a_delivery_ends_once_sent_or_refused_for_good(
    tree: factories.Tree,
    at: datetime,
    monkeypatch,
    settings,
    raised: Exception | None,
    state: str,
    again: bool,  # noqa: FBT001
) -> None:
    settings.SMS_URL = "http://127.0.0.1:9/sms"
    keys: list[str] = []

    def send(_phone: str, _text: str, *, key: str = "") -> None:
        keys.append(key)
        if raised:
            raise raised

    monkeypatch.setattr(sms, "send", send)
    delivery = Delivery.objects.get(message=answer(tree, write(tree, at), at))
    events.run_due(at=at + timedelta(seconds=1))
    events.run_due(at=at + timedelta(hours=3))
    delivery.refresh_from_db()
    assert delivery.state == state
    assert keys == [f"delivery-{delivery.pk}"] * (1 + again), "the provider knows a second try by its key"
    with everywhere(reason="test"):
        assert queries.stuck_deliveries(at=at + timedelta(hours=2)) == again
