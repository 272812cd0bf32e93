"""Questionnaires on needs and satisfaction, answered once a person, and kept so that no answer leads to a person.

Who has answered stands in rows with a random number and no moment, and goes when the questionnaire ends. What was
answered stands in no rows of single answers at all: choices are added to one row of counts, free words lie mixed with
those of others. Neither order, number nor moment of a row joins the two.
"""

from uuid import uuid4

from django.db import models
from django.db.models import Q

from gongjia.backbone.memberships.queries import paths_above_member
from gongjia.backbone.organisations.models import OfOrganisation, Organisation
from gongjia.backbone.people.models import Person
from gongjia.domains.fieldwork.words import About
from gongjia.kernel.identity import Referenced, Versioned
from gongjia.kernel.reach import Doors, Scoped


def _asked(person_id: int) -> Q:
    """What the unions above a person's membership have asked, once it was sent."""
    return Q(organisation__path__in=paths_above_member(person_id)) & Q(opened_on__isnull=False)


class Questionnaire(Referenced, Versioned, OfOrganisation):
    """A few questions (问卷) to all members of an organisation and below."""

    doors = Doors(subtree="organisation__path", own=_asked)

    title = models.CharField("标题", max_length=60)
    about = models.CharField("问什么", max_length=12, choices=About)
    intro = models.CharField("说明", max_length=300, blank=True)
    questions = models.JSONField("问题", default=list)
    made_on = models.DateField("拟定日期")
    opened_on = models.DateField("发出日期", null=True)
    closes_on = models.DateField("答到哪天", null=True)
    closed_on = models.DateField("结束日期", null=True)
    changed = models.TextField("改了什么", max_length=1000, blank=True)
    changed_on = models.DateField("公布日期", null=True)

    class Meta:
        verbose_name = "问卷"
        indexes = [models.Index(fields=["organisation", "-made_on"], name="questionnaire_organisation")]

    def __str__(self) -> str:
        return self.title


class QuestionnaireAnswered(Scoped):
    """That somebody has answered, and nothing else: no moment, and a number that is drawn."""

    doors = Doors(own="person_id")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    questionnaire = models.ForeignKey(
        Questionnaire, verbose_name="问卷", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    person = models.ForeignKey(Person, verbose_name="答过的人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "答过问卷"
        constraints = [models.UniqueConstraint(fields=["questionnaire", "person"], name="questionnaire_answered_once")]

    def __str__(self) -> str:
        return str(self.questionnaire_id)


class _OfQuestionnaire(Scoped):
    doors = Doors(subtree="questionnaire__organisation__path")

    class Meta:
        abstract = True

    questionnaire: Questionnaire

    @property
    def organisation(self) -> Organisation:
        return self.questionnaire.organisation


class QuestionnaireTally(_OfQuestionnaire):
    """The counts of all answers to a questionnaire, in one row: `counts` by question and option."""

    questionnaire = models.OneToOneField(
        Questionnaire, verbose_name="问卷", on_delete=models.CASCADE, related_name="tally"
    )
    answered = models.PositiveIntegerField("回答份数", default=0)
    counts = models.JSONField("各项人数", default=dict)

    class Meta:
        verbose_name = "问卷计数"

    def __str__(self) -> str:
        return str(self.questionnaire_id)


class FreeWords(_OfQuestionnaire):
    """Free words of many to one question, in no order (surveys.mixing)."""

    questionnaire = models.ForeignKey(
        Questionnaire, verbose_name="问卷", on_delete=models.CASCADE, related_name="words", db_index=False
    )
    question = models.CharField("问题", max_length=10)
    texts = models.JSONField("原话", default=list)

    class Meta:
        verbose_name = "问卷原话"
        indexes = [models.Index(fields=["questionnaire", "question"], name="free_words_question")]

    def __str__(self) -> str:
        return str(self.questionnaire_id)
