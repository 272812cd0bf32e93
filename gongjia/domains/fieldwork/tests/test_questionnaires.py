"""Questionnaires: once a person, nothing below five, and no column, order or moment joins answers to people."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse

from gongjia.domains.fieldwork import handlers
from gongjia.domains.fieldwork.permissions import ASK
from gongjia.domains.fieldwork.rules import Question
from gongjia.domains.fieldwork.surveys import mixing, queries, services
from gongjia.domains.fieldwork.surveys.models import FreeWords, Questionnaire, QuestionnaireAnswered, QuestionnaireTally
from gongjia.domains.fieldwork.tests.conftest import doing
from gongjia.domains.fieldwork.words import About
from gongjia.engines.messages.models import Circular
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.models import AuditRow, Sending
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.reach import entering
from tests import factories

pytestmark = [pytest.mark.system("T5"), pytest.mark.django_db]
SignIn = Callable[[Client, Any], Client]
ASKED = [
    Question("q0", "最想要什么", "choice", ("体检", "夜校"), is_needed=True),
    Question("q1", "满意吗", "scale"),
    Question("q2", "还想说什么", "words"),
]


@pytest.fixture
def sent(tree: factories.Tree, at: datetime) -> Questionnaire:
    """A questionnaire of the chair's union that its members may answer."""
    chair = factories.actor(tree.chair)
    facts = {"title": "秋季需求", "about": About.NEEDS, "intro": "说说看", "questions": ASKED}
    made = doing(chair, services.draw_up, ASK, organisation=tree.union, **facts, at=at)
    return doing(chair, services.send, ASK, questionnaire=made, closes_on=at.date() + timedelta(days=9), at=at)


def members(tree: factories.Tree, number: int) -> list[factories.Person]:
    found = [tree.member]
    for each in range(number - 1):
        person = factories.person(f"张答题{each}")
        factories.membership(person, tree.union)
        found.append(person)
    return found


def say(person: factories.Person, sent: Questionnaire, at: datetime, **said: Any) -> None:
    actor = factories.actor(person)
    doing(actor, services.answer, SIGNED_IN, questionnaire=sent, said={"q0": "体检", **said}, at=at)


def close(tree: factories.Tree, sent: Questionnaire, at: datetime) -> Questionnaire:
    return doing(factories.actor(tree.chair), services.close, ASK, questionnaire=sent, at=at)


def results(tree: factories.Tree, sent: Questionnaire, at: datetime) -> queries.Results | None:
    with entering(factories.actor(tree.chair).reach(ASK)):
        return queries.results_of(sent, on=at.date())


# ── answering ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_once_a_person_and_members_only(tree, sent, at) -> None:
    say(tree.member, sent, at)
    with pytest.raises(Refused, match="每人一次"):
        say(tree.member, sent, at)
    with pytest.raises(Refused, match="已经结束"):  # of another union: it is not there for her
        say(tree.foreign_member, sent, at)
    assert QuestionnaireTally._base_manager.get().answered == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [({"q0": ""}, "还没有答"), ({"q0": "别的"}, "还没有答"), ({"q2": "找我13800000000"}, "手机号")],
)
def test_what_is_no_answer_counts_for_nothing(tree, sent, at, said: dict[str, str], words: str) -> None:
    with pytest.raises(Refused, match=words):
        say(tree.member, sent, at, **said)
    assert not QuestionnaireAnswered._base_manager.exists()
    assert QuestionnaireTally._base_manager.get().answered == 0


def test_it_ends_with_its_last_day_and_who_has_answered_is_forgotten(tree, sent, at) -> None:
    say(tree.member, sent, at)
    handlers.follow_days(at=at + timedelta(days=9))
    sent.refresh_from_db()
    assert sent.closed_on is None
    with pytest.raises(Refused, match="已经结束"):
        say(members(tree, 2)[1], sent, at + timedelta(days=10))
    handlers.follow_days(at=at + timedelta(days=10))
    sent.refresh_from_db()
    assert sent.closed_on == at.date() + timedelta(days=10)
    assert not QuestionnaireAnswered._base_manager.exists()


def test_only_the_union_s_own_officers_ask(tree, sent, at) -> None:
    for who in (tree.foreign_officer, tree.leader, tree.member):
        with pytest.raises(Forbidden):
            doing(factories.actor(who), services.close, ASK, questionnaire=sent, at=at)


# ── nothing joins answers to people ─────────────────────────────────────────────────────────────────────────────


def test_no_model_of_answers_knows_a_person_a_moment_or_an_account() -> None:
    for model in (QuestionnaireTally, FreeWords):
        keys = [each.remote_field.model.__name__ for each in model._meta.fields if each.is_relation]
        assert keys == ["Questionnaire"]
        assert not [each for each in model._meta.fields if isinstance(each, models.DateField | models.DateTimeField)]
    kept = {each.name: each for each in QuestionnaireAnswered._meta.fields}
    assert set(kept) == {"id", "questionnaire", "person"}
    assert isinstance(kept["id"], models.UUIDField), "a number that counts up would tell the order"


def test_no_other_row_of_the_database_keeps_an_answer(tree, sent, at) -> None:
    """The record and the table of forms sent keep who and when: never what, nor a hash of it."""
    say(tree.member, sent, at, q1="4", q2="密语想要夜班车")
    row = AuditRow._base_manager.filter(verb="fieldwork.answer_questionnaire").get()
    assert row.facts == {}
    assert not Sending.objects.filter(verb="fieldwork.answer_questionnaire").exists()
    holding = []
    for model in apps.get_models():
        if model.__module__.startswith("gongjia."):
            text = (
                [str(list(each.values())) for each in model._base_manager.values()]
                if hasattr(model, "_base_manager")
                else []
            )
            if any("密语想要夜班车" in each for each in text):
                holding.append(model.__name__)
    assert holding == ["FreeWords"]


def test_the_same_answers_in_any_order_leave_the_same_rows(tree, sent, at) -> None:
    """Counts have no order; words stand mixed: what was said first is not first, and what last is not last."""
    people = members(tree, 12)
    for number, each in enumerate(people):
        say(each, sent, at, q2=f"话{number:02}")
    counts = QuestionnaireTally._base_manager.get().counts
    assert counts == {"q0": {"体检": 12, "n": 12}}
    texts = FreeWords._base_manager.get().texts
    assert sorted(texts) == (said := [f"话{number:02}" for number in range(12)])
    assert texts not in (said, said[::-1])  # one in 240 million lies so by chance


def test_no_heap_of_words_is_ever_small_beside_another(tree, sent, at, monkeypatch) -> None:
    monkeypatch.setattr(mixing, "FULL", 10)
    for number, each in enumerate(members(tree, 40)):
        say(each, sent, at, q2=f"话{number:02}")
        sizes = [len(heap.texts) for heap in FreeWords._base_manager.all()]
        assert sum(sizes) == number + 1
        assert len(sizes) == 1 or min(sizes) >= 5
    assert len(FreeWords._base_manager.all()) > 1


# ── results ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("number", "is_shown"), [(0, False), (4, False), (5, True)])
def test_below_five_nothing_is_shown_and_before_the_end_nothing_at_all(
    tree, sent, at, number: int, *, is_shown: bool
) -> None:
    for each in members(tree, 5)[:number]:
        say(each, sent, at, q1="5", q2="要班车")
    assert results(tree, sent, at) is None
    found = results(tree, close(tree, sent, at), at)
    assert found is not None
    assert found.answered == (number if is_shown else None)
    assert bool(found.questions) is is_shown


def test_a_question_that_fewer_answered_is_not_shown(tree, sent, at) -> None:
    for number, each in enumerate(members(tree, 6)):
        say(each, sent, at, q1="5" if number else "", q2="要班车" if number < 4 else "")
    found = results(tree, close(tree, sent, at), at)
    assert found is not None
    choice, scale, words = found.questions
    assert (choice.is_shown, dict(choice.counts)) == (True, {"体检": 6, "夜校": 0})
    assert (scale.is_shown, scale.answered, scale.mean) == (True, 5, "5.0")
    assert (words.is_shown, words.words) == (False, ())


def test_members_are_told_and_see_results_and_what_was_changed(tree, sent, at, client: Client, sign_in: SignIn) -> None:
    assert Circular._base_manager.get().organisation == tree.union
    people = members(tree, 5)
    phone = sign_in(client, tree.member)
    address = reverse("fieldwork:my_questionnaire", args=[sent.reference])
    assert "等您答" in phone.get(reverse("fieldwork:my_questionnaires")).content.decode()
    assert phone.post(address, {"q0": ""}).status_code == 422
    assert "没有人查得出来" in phone.post(address, {"q0": "夜校", "q2": "要班车"}, follow=True).content.decode()
    assert "您已经答过" in phone.get(address).content.decode()
    for each in people[1:]:
        say(each, sent, at)
    assert "夜校" not in phone.get(address).content.decode(), "no result while it runs"
    chair = sign_in(Client(), tree.chair)
    desk = reverse("fieldwork:questionnaire", args=[sent.reference])
    assert "已经有 5 份" in chair.get(desk).content.decode()
    assert "结果可以看了" in chair.post(desk, {"close": "1"}, follow=True).content.decode()
    assert "已经公布" in chair.post(desk, {"told": "1", "words": "下月起开夜校"}, follow=True).content.decode()
    shown = phone.get(address).content.decode()
    assert "共 5 份回答" in shown
    assert "下月起开夜校" in shown
    assert Circular._base_manager.count() == 2


def test_a_draft_is_not_there_for_members(tree, at, client: Client, sign_in: SignIn) -> None:
    facts = {"title": "草稿", "about": About.NEEDS, "intro": "", "questions": ASKED}
    made = doing(factories.actor(tree.chair), services.draw_up, ASK, organisation=tree.union, **facts, at=at)
    phone = sign_in(client, tree.member)
    assert phone.get(reverse("fieldwork:my_questionnaire", args=[made.reference])).status_code == 404
