"""The rows of this room; each part keeps its own."""

from gongjia.domains.fieldwork.asking.models import GrassrootsSuggestion, ResearchTopic, TopicMember
from gongjia.domains.fieldwork.contacts.models import Contact, DutySpell, YearlyReport
from gongjia.domains.fieldwork.surveys.models import FreeWords, Questionnaire, QuestionnaireAnswered, QuestionnaireTally
from gongjia.domains.fieldwork.visits.models import FieldVisit, Observation, VisitGoer, VisitPhoto, VisitPlan

__all__ = [
    "Contact",
    "DutySpell",
    "FieldVisit",
    "FreeWords",
    "GrassrootsSuggestion",
    "Observation",
    "Questionnaire",
    "QuestionnaireAnswered",
    "QuestionnaireTally",
    "ResearchTopic",
    "TopicMember",
    "VisitGoer",
    "VisitPhoto",
    "VisitPlan",
    "YearlyReport",
]
