"""The indicators of voices, and what the verbs tell them: how many came, how they ended, how often the book helped."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Case, CharField, F, QuerySet, Value, When

from gongjia.domains.voices.models import BookUse, Voice
from gongjia.domains.voices.words import Channel, Subject, Tag, Topic
from gongjia.engines.figures.counting import Share, changed
from gongjia.engines.figures.indicators import Dimension, Indicator
from gongjia.engines.figures.months import MonthOf
from gongjia.kernel.moments import today_of

ENDINGS = {
    "archived": "办结归档",
    "refused": "不予受理",
    "guided": "引导到别处",
    "withdrawn": "本人撤回",
    "joined": "并入另一件",
}
TIMELY = {"yes": "按期答复", "no": "超期答复", "none": "没有答复这一步"}
SATISFIED = {"yes": "满意", "no": "不满意", "none": "没有评价"}


def _opened() -> Sequence[QuerySet[Voice, Any]]:
    rows = Voice.objects.filter(is_copy=False).annotate(month=MonthOf(F("received_on")), amount=Value(1))
    return [rows.values_list("organisation_id", "channel", "subject", "month", "amount")]


VOICES = Indicator(
    code="voices",
    zh="职工诉求",
    unit="件",
    definition="从各个渠道登记的职工诉求，一件计一次，计在收到的当月和收到的工会；并入另一件的、不予受理的也计。政策问答不计在内。",
    rows="voices:rows",
    recount=_opened,
    dimensions=(
        Dimension("channel", "渠道", dict(Channel.choices())),
        Dimension("subject", "类别", dict(Subject.choices())),
    ),
)


def _tagged() -> Sequence[QuerySet[Voice, Any]]:
    rows = Voice.objects.filter(is_copy=False).annotate(month=MonthOf(F("received_on")), amount=Value(1))
    return [
        rows.filter(**{f"is_{tag}": True})
        .annotate(tag=Value(tag.value, output_field=CharField()))
        .values_list("organisation_id", "tag", "subject", "month", "amount")
        for tag in Tag
    ]


VOICES_OF_GROUPS = Indicator(
    code="voices_of_groups",
    zh="重点群体诉求",
    unit="件次",
    definition="涉及一线职工、农民工、劳务派遣、困难职工的诉求；一件涉及几个群体的，各计一次。没有标记的不计。",
    rows="voices:rows",
    recount=_tagged,
    dimensions=(Dimension("tag", "群体", dict(Tag.choices())), Dimension("subject", "类别", dict(Subject.choices()))),
)

_TIMELY = Case(
    When(answered_at=None, then=Value("none")), When(is_late=True, then=Value("no")), default=Value("yes"),
    output_field=CharField(),
)  # fmt: skip
_SATISFIED = Case(
    When(is_satisfied=True, then=Value("yes")), When(is_satisfied=False, then=Value("no")), default=Value("none"),
    output_field=CharField(),
)  # fmt: skip


def _closed() -> Sequence[QuerySet[Voice, Any]]:
    rows = (
        Voice.objects.filter(is_copy=False)
        .exclude(closed_on=None)
        .annotate(timely=_TIMELY, satisfied=_SATISFIED, month=MonthOf(F("closed_on")), amount=Value(1))
    )
    return [rows.values_list("organisation_id", "state", "timely", "satisfied", "month", "amount")]


VOICES_CLOSED = Indicator(
    code="voices_closed",
    zh="诉求办结",
    unit="件",
    definition="已经办结的诉求，一件计一次，计在办结的当月。按期：最后一次答复没有超过当时的期限，曾经超期的算超期。满意：本人评价或者办理人以外的人回访所得。",
    rows="voices:rows",
    recount=_closed,
    dimensions=(
        Dimension("ending", "怎样办结", ENDINGS),
        Dimension("timely", "是否按期", TIMELY),
        Dimension("satisfied", "是否满意", SATISFIED),
    ),
    rows_filter={"what": "closed"},
)


def _used() -> Sequence[QuerySet[BookUse, Any]]:
    rows = BookUse.objects.annotate(month=MonthOf(F("on")), amount=Value(1))
    return [rows.values_list("organisation_id", "topic", "month", "amount")]


CONSULTED = Indicator(
    code="voices_consulted",
    zh="政策问答解答",
    unit="次",
    definition="职工看了政策问答、自己点“这条回答了我的问题”的次数；不记是谁，不算诉求，不计期限。",
    rows="voices:uses",
    recount=_used,
    dimensions=(Dimension("topic", "分类", dict(Topic.choices())),),
)

INDICATORS = (VOICES, VOICES_OF_GROUPS, VOICES_CLOSED, CONSULTED)


def count_opened(voice: Voice) -> None:
    """One more voice, and one for each group that it concerns."""
    for code, shares in _shares(voice, voice.organisation_id):
        changed(code, after=shares)


def count_moved(voice: Voice, *, was: int) -> None:
    """Another organisation answers for it from now on: it counts there."""
    for (code, before), (_, after) in zip(_shares(voice, was), _shares(voice, voice.organisation_id), strict=True):
        changed(code, before=before, after=after)


def _shares(voice: Voice, organisation_id: int) -> list[tuple[str, list[Share]]]:
    on = voice.received_on
    tags = [tag for tag in Tag if getattr(voice, f"is_{tag}")]
    found = [(VOICES.code, [Share(organisation_id, on, (voice.channel, voice.subject))])]
    if tags:
        found.append((VOICES_OF_GROUPS.code, [Share(organisation_id, on, (tag.value, voice.subject)) for tag in tags]))
    return found


def count_closed(voice: Voice, *, at: datetime) -> None:
    """One that has ended, by how; the day of it is kept in its row."""
    Voice._base_manager.filter(pk=voice.pk).update(closed_on=today_of(at))
    if voice.is_copy:
        return
    timely = "none" if voice.answered_at is None else "no" if voice.is_late else "yes"
    satisfied = "none" if voice.is_satisfied is None else "yes" if voice.is_satisfied else "no"
    changed(
        VOICES_CLOSED.code,
        after=[Share(voice.organisation_id, today_of(at), (voice.state, timely, satisfied))],
    )


def count_use(organisation_id: int, topic: str, *, on: date) -> None:
    changed(CONSULTED.code, after=[Share(organisation_id, on, (topic,))])
