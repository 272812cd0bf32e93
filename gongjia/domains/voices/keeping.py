"""The verbs of the answer book: an organisation's own answers, and that one helped."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.voices.figures import count_use
from gongjia.domains.voices.flow import BOOK
from gongjia.domains.voices.models import BookAnswer, BookUse
from gongjia.domains.voices.words import Topic
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.permissions import ANYONE
from gongjia.kernel.verbs import note, verb

FACTS = ("topic", "question", "answer", "source", "words", "reviewed_on", "is_shown")


@verb("voices.write_answer", zh="写政策问答", may=BOOK, on="organisation")
def write(
    *,
    organisation: Organisation,
    topic: Topic,
    question: str,
    answer: str,
    source: str,
    reviewed_on: date,
    by: Actor,
    at: datetime,
    words: str = "",
    is_shown: bool = True,
    seed: str = "",
    key: str = "",
) -> BookAnswer:
    """An answer of the organisation's own, or its words in the place of a delivered one (`seed`)."""
    _check(reviewed_on, at)
    try:
        with transaction.atomic():
            return BookAnswer.objects.create(
                organisation=organisation, seed=seed, topic=topic, question=question, answer=answer, source=source,
                words=words, reviewed_on=reviewed_on, is_shown=is_shown, changed_at=at,
            )  # fmt: skip
    except IntegrityError as clash:
        raise Refused("别人刚刚改过这一条。请回到清单，打开现在的再改。") from clash


@verb("voices.amend_answer", zh="修改政策问答", may=BOOK, on="entry")
def amend(*, entry: BookAnswer, facts: dict[str, object], version: int, by: Actor, at: datetime) -> BookAnswer:
    """Change an answer; Stale where somebody was faster."""
    reviewed_on = facts.get("reviewed_on")
    _check(reviewed_on if isinstance(reviewed_on, date) else today_of(at), at)
    return BookAnswer.amend_row(entry, version=version, changes={**facts, "changed_at": at}, what="这一条")


@verb("voices.helped", zh="政策问答解决了问题", may=ANYONE)
def helped(*, organisation: Organisation, entry: str, topic: Topic, by: Actor, at: datetime, key: str = "") -> BookUse:
    """Count that an answer was enough. Nobody is written down: not in the row, and not in the record."""
    used = BookUse.objects.create(organisation=organisation, entry=entry[:50], topic=topic, on=today_of(at))
    count_use(organisation.pk, topic, on=used.on)
    note(used)
    return used


def _check(reviewed_on: date, at: datetime) -> None:
    if reviewed_on > today_of(at):
        raise Refused("核对日期不能晚于今天。", fields=["reviewed_on"])
