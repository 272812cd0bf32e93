"""How answers are kept so that none leads to a person: counts in one row, free words mixed among those of others.

A database knows for each row which transaction wrote it last. A row that held one person's words alone could so be
laid beside the row that says this person has answered. Words therefore lie in heaps: a new one goes to a heap drawn
at random and the heap is mixed anew; a heap that is full is split in two. Beside the first one no heap is ever small.
"""

from collections.abc import Mapping, Sequence
from random import SystemRandom

from gongjia.domains.fieldwork.surveys.models import FreeWords, Questionnaire, QuestionnaireTally
from gongjia.domains.fieldwork.words import Asks

#: A heap of so many is split into two.
FULL = 400
_draw = SystemRandom()


def add(questionnaire: Questionnaire, questions: Sequence[Mapping[str, object]], said: Mapping[str, object]) -> None:
    """Add one person's answers. The row of counts is locked: two at once wait for each other, and none is lost."""
    tally = QuestionnaireTally._base_manager.select_for_update().get(questionnaire=questionnaire)
    tally.answered += 1
    for each in questions:
        code, value = str(each["code"]), said.get(str(each["code"]))
        if each["asks"] == Asks.WORDS:
            if isinstance(value, str) and value.strip():
                _throw_in(questionnaire, code, value.strip())
            continue
        chosen = [value] if isinstance(value, str) and value else value if isinstance(value, list) else []
        if not chosen:
            continue
        counts = tally.counts.setdefault(code, {})
        for option in [*map(str, chosen), "n"]:
            counts[option] = counts.get(option, 0) + 1
    tally.save(update_fields=["answered", "counts"])


def _throw_in(questionnaire: Questionnaire, code: str, text: str) -> None:
    heaps = list(
        FreeWords._base_manager.filter(questionnaire=questionnaire, question=code).values_list("pk", flat=True)
    )
    if not heaps:
        FreeWords._base_manager.create(questionnaire=questionnaire, question=code, texts=[text])
        return
    heap = FreeWords._base_manager.get(pk=_draw.choice(heaps))
    texts = [*heap.texts, text]
    _draw.shuffle(texts)
    if len(texts) >= FULL:
        half = len(texts) // 2
        FreeWords._base_manager.create(questionnaire=questionnaire, question=code, texts=texts[half:])
        texts = texts[:half]
    heap.texts = texts
    heap.save(update_fields=["texts"])
