"""The verbs of questionnaires: drawn up, sent to members, answered once a person, ended, and what was changed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.fieldwork import rules
from gongjia.domains.fieldwork.permissions import ASK
from gongjia.domains.fieldwork.surveys import mixing, queries
from gongjia.domains.fieldwork.surveys.models import Questionnaire, QuestionnaireAnswered, QuestionnaireTally
from gongjia.domains.fieldwork.words import SCALE, About, Asks
from gongjia.engines.messages import services as messages
from gongjia.engines.messages.queries import Audience
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.numbers import tells_a_number
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.verbs import note, verb

LONGEST_DAYS = 90
_NUMBERS = "这里不要写手机号、身份证号，请删去后再提交。"


@verb("fieldwork.draw_up", zh="拟定问卷", may=ASK, on="organisation")
def draw_up(
    *,
    organisation: Organisation,
    title: str,
    about: About,
    intro: str,
    questions: Sequence[rules.Question],
    by: Actor,
    at: datetime,
    key: str = "",
) -> Questionnaire:
    """A questionnaire that nobody sees yet but its union."""
    if wrong := rules.wrong_with_questions(questions):
        raise Refused(*wrong)
    made = Questionnaire._base_manager.create(
        organisation=organisation,
        title=title,
        about=about,
        intro=intro,
        questions=[asdict(each) for each in questions],
        made_on=today_of(at),
    )
    QuestionnaireTally._base_manager.create(questionnaire=made)
    note(made, count=len(questions))
    return made


@verb("fieldwork.send_questionnaire", zh="发出问卷", may=ASK, on="questionnaire")
def send(*, questionnaire: Questionnaire, closes_on: date, by: Actor, at: datetime, key: str = "") -> Questionnaire:
    """All members of the organisation and below may answer until the day is over, and are told so by a notice."""
    today = today_of(at)
    if not today < closes_on <= today + timedelta(days=LONGEST_DAYS):
        raise Refused(f"答到哪天要在明天到 {LONGEST_DAYS} 天以内。", fields=["closes_on"])
    held = _held(questionnaire)
    if held.opened_on is not None:
        raise Refused("这份问卷已经发出。")
    held.opened_on, held.closes_on = today, closes_on
    held.save(update_fields=["opened_on", "closes_on"])
    where = reverse("fieldwork:my_questionnaires")
    body = f"{held.intro}\n不记名，每人答一次，答到 {closes_on:%Y-%m-%d}。打开“我的问卷”就能答：{where}"
    facts: dict[str, Any] = {"organisation": held.organisation, "audience": Audience(), "answers": []}
    messages.announce(title=f"问卷：{held.title}"[:60], body=body.strip(), **facts, by=by, at=at)
    note(held)
    return held


@verb("fieldwork.answer_questionnaire", zh="答问卷", may=SIGNED_IN)
def answer(*, questionnaire: Questionnaire, said: Mapping[str, object], by: Actor, at: datetime) -> None:
    """One person's answers, once. Kept apart: that the person has answered, and what was answered. The record of this
    verb says who and when, and nothing of what; there is no idempotency key, which would keep a hash of the answers."""
    if by.person_id is None:
        raise Forbidden("由会员本人回答")
    row = Questionnaire.objects.filter(pk=questionnaire.pk).first()
    if row is None or not queries.is_open(row, today_of(at)):
        raise Refused("这份问卷已经结束，没有记下。")
    clean = _clean(row, said)
    try:
        with transaction.atomic():
            QuestionnaireAnswered._base_manager.create(questionnaire=row, person_id=by.person_id)
    except IntegrityError as clash:
        raise Refused("您已经答过这份问卷：每人一次。") from clash
    mixing.add(row, row.questions, clean)


def _clean(questionnaire: Questionnaire, said: Mapping[str, object]) -> dict[str, object]:
    """The answers to questions that are asked, of the options that are offered."""
    kept: dict[str, object] = {}
    for each in questionnaire.questions:
        value = said.get(each["code"])
        if each["asks"] == Asks.WORDS:
            text = str(value or "").strip()[:300]
            if tells_a_number([text]):
                raise Refused(_NUMBERS, fields=[each["code"]])
            value = text
        offered = SCALE if each["asks"] == Asks.SCALE else each["options"]
        if each["asks"] == Asks.CHOICES:
            value = [one for one in value if one in offered] if isinstance(value, list) else []
        elif each["asks"] != Asks.WORDS:
            value = value if value in offered else ""
        if each["is_needed"] and not value:
            raise Refused("有一题还没有答，请答完再交。", fields=[each["code"]])
        kept[each["code"]] = value
    return kept


@verb("fieldwork.close_questionnaire", zh="结束问卷", may=ASK, on="questionnaire")
def close(*, questionnaire: Questionnaire, by: Actor, at: datetime, key: str = "") -> Questionnaire:
    """Nobody answers any more, the results are shown, and who has answered is forgotten."""
    held = _held(questionnaire)
    if held.opened_on is None or held.closed_on is not None:
        raise Refused("这份问卷还没有发出，或者已经结束。")
    held.closed_on = today_of(at)
    held.save(update_fields=["closed_on"])
    QuestionnaireAnswered._base_manager.filter(questionnaire=held).delete()
    note(held)
    return held


@verb("fieldwork.tell_changed", zh="公布问卷之后改了什么", may=ASK, on="questionnaire")
def tell_changed(*, questionnaire: Questionnaire, words: str, by: Actor, at: datetime, key: str = "") -> Questionnaire:
    """What was changed by what people said: shown to those who were asked, and told by a notice the first time."""
    if tells_a_number([words]):
        raise Refused(_NUMBERS, fields=["words"])
    held = _held(questionnaire)
    if held.closed_on is None:
        raise Refused("问卷结束以后，再写改了什么。")
    is_first = not held.changed
    held.changed, held.changed_on = words, today_of(at)
    held.save(update_fields=["changed", "changed_on"])
    if is_first:
        body = f"{words}\n结果在“我的问卷”里看：{reverse('fieldwork:my_questionnaires')}"
        facts: dict[str, Any] = {"organisation": held.organisation, "audience": Audience(), "answers": []}
        messages.announce(title=f"问卷之后改了什么：{held.title}"[:60], body=body, **facts, by=by, at=at)
    note(held)
    return held


def _held(questionnaire: Questionnaire) -> Questionnaire:
    rows = Questionnaire._base_manager.select_for_update(of=("self",)).select_related("organisation")
    held: Questionnaire = rows.get(pk=questionnaire.pk)
    return held
