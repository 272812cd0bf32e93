"""How questionnaires are found, and what may be shown of them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from gongjia.domains.fieldwork import params, rules
from gongjia.domains.fieldwork.surveys.models import FreeWords, Questionnaire, QuestionnaireAnswered, QuestionnaireTally
from gongjia.domains.fieldwork.words import SCALE, Asks
from gongjia.kernel.reach import question

#: So many free words stand on a page.
MOST_WORDS = 200


def by_reference(reference: str) -> Questionnaire:
    """Raises Questionnaire.DoesNotExist outside the reach: for members, also before it was sent."""
    return Questionnaire.objects.select_related("organisation").get(reference=reference)


def listed() -> QuerySet[Questionnaire]:
    return Questionnaire.objects.select_related("organisation")


def asked_of(person_id: int) -> QuerySet[Questionnaire]:
    """What the unions above the person who asks have sent, with `is_answered`."""
    mine = QuestionnaireAnswered.objects.filter(questionnaire=OuterRef("pk"), person_id=person_id)
    rows = Questionnaire.objects.filter(opened_on__isnull=False).select_related("organisation")
    return rows.annotate(is_answered=Exists(mine))


def has_answered(questionnaire: Questionnaire, person_id: int) -> bool:
    return QuestionnaireAnswered.objects.filter(questionnaire=questionnaire, person_id=person_id).exists()


def is_open(questionnaire: Questionnaire, today: date) -> bool:
    """Whether it can be answered on a day; its last day included."""
    last = questionnaire.closes_on
    is_sent = questionnaire.opened_on is not None and questionnaire.closed_on is None
    return is_sent and last is not None and today <= last


@dataclass(frozen=True)
class Shown:
    """What is shown of one question: counts by option in order, or words; nothing where too few answered it."""

    zh: str
    asks: str
    is_shown: bool
    answered: int = 0
    counts: tuple[tuple[str, int], ...] = ()
    words: tuple[str, ...] = ()
    mean: str = ""

    @property
    def bars(self) -> dict[str, object]:
        """The counts as the theme draws them."""
        return {
            "labels": [zh for zh, _ in self.counts],
            "series": [{"name": "人", "values": [n for _, n in self.counts]}],
        }


@dataclass(frozen=True)
class Results:
    """All questions of a questionnaire that has ended. `answered` is None where it is too few to be told."""

    answered: int | None
    questions: tuple[Shown, ...]


def results_of(questionnaire: Questionnaire, *, on: date) -> Results | None:
    """None while it can still be answered: who looks before and after somebody answered would know what. Nothing is
    told below the fewest answers, of the whole or of one question. Who is asked sees the same as who asks."""
    if questionnaire.closed_on is None:
        return None
    least = params.least_answers(on=on)
    counted = _tally(questionnaire.pk)
    if counted < least:
        return Results(None, ())
    tally = QuestionnaireTally._base_manager.get(questionnaire=questionnaire)
    heaps = FreeWords._base_manager.filter(questionnaire=questionnaire)
    words: dict[str, list[str]] = {}
    for each in heaps:
        words.setdefault(each.question, []).extend(each.texts)
    shown = [
        _shown(each, tally.counts.get(each["code"], {}), words.get(each["code"], []), least)
        for each in questionnaire.questions
    ]
    return Results(tally.answered, tuple(shown))


@question("fieldwork.answered")
def _tally(questionnaire_id: int) -> int:
    rows = QuestionnaireTally.objects.filter(questionnaire_id=questionnaire_id).values_list("answered", flat=True)
    return int(rows.first() or 0)


def answered_so_far(questionnaire: Questionnaire, *, on: date) -> int | None:
    """How many have answered; None while they are fewer than may be told."""
    number = _tally(questionnaire.pk)
    return number if number >= params.least_answers(on=on) else None


def _shown(asked: dict[str, object], counts: dict[str, int], words: list[str], least: int) -> Shown:
    asks = str(asked["asks"])
    if asks == Asks.WORDS:
        enough = len(words) >= least
        return Shown(
            str(asked["zh"]), asks, enough, len(words), words=tuple(sorted(words)[:MOST_WORDS]) if enough else ()
        )
    number = counts.get("n", 0)
    offered = SCALE if asks == Asks.SCALE else tuple(str(each) for each in asked["options"])  # type: ignore[attr-defined]
    by_option = {each: counts.get(each, 0) for each in offered}
    found = rules.shown_of(by_option, number, least=least)
    if found is None:
        return Shown(str(asked["zh"]), asks, is_shown=False)
    mean = rules.mean_of(found) if asks == Asks.SCALE else ""
    return Shown(str(asked["zh"]), asks, True, number, tuple(found.items()), mean=mean)
