"""The verbs of what the grassroots suggest and of what is studied."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from gongjia.backbone.files import services as files
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE
from gongjia.backbone.posts.models import Post
from gongjia.domains.fieldwork.asking.models import GrassrootsSuggestion, ResearchTopic, TopicMember
from gongjia.domains.fieldwork.permissions import ANSWER, PLAN, STUDY, SUGGEST
from gongjia.domains.fieldwork.visits.models import FieldVisit
from gongjia.domains.fieldwork.words import Outcome
from gongjia.engines.casework import services as casework
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.numbers import tells_a_number
from gongjia.kernel.verbs import note, verb

_NUMBERS = "这里不要写手机号、身份证号，请删去后再提交。"
_TITLE = 60
MOST_MEMBERS = 20
MOST_REPORT = 20 * 1024 * 1024


@verb("fieldwork.suggest", zh="提基层建议", may=SUGGEST, on="organisation")
def suggest(
    *, organisation: Organisation, to: Organisation, words: str, by: Actor, at: datetime, key: str = ""
) -> GrassrootsSuggestion:
    """A union asks a superior for something by itself; the superior's clock runs from now on."""
    return _open(organisation, to, words, None, by=by, at=at)


@verb("fieldwork.suggest_on_visit", zh="记走访中提出的建议", may=PLAN, on="visit")
def suggest_on_visit(
    *, visit: FieldVisit, to: Organisation, words: str, by: Actor, at: datetime, key: str = ""
) -> GrassrootsSuggestion:
    """What a union asked for on a visit that has begun, written down by who went there."""
    if visit.arrived_at is None:
        raise Refused("还没有到这个地方，不能记建议。")
    if visit.union is None:
        raise Refused("这个单位还没有工会；要办的事请记成问题，写明由谁负责。")
    return _open(visit.union, to, words, visit, by=by, at=at)


def _open(
    union: Organisation, to: Organisation, words: str, visit: FieldVisit | None, *, by: Actor, at: datetime
) -> GrassrootsSuggestion:
    if to.pk == union.pk or not union.path.startswith(to.path) or to.state not in IN_FORCE:
        raise Refused("建议要提给上级工会，请重新选。", fields=["to"])
    if tells_a_number([words]):
        raise Refused(_NUMBERS, fields=["words"])
    made = GrassrootsSuggestion(organisation=to, counterpart=union, words=words.strip(), visit=visit)
    casework.open_matter(matter=made, title=f"{union.short_name or union.name}：{words.strip()}"[:_TITLE], by=by, at=at)
    note(made)
    return made


@verb("fieldwork.answer_suggestion", zh="答复基层建议", may=ANSWER, on="suggestion")
def answer(
    *, suggestion: GrassrootsSuggestion, outcome: Outcome, words: str, by: Actor, at: datetime, key: str = ""
) -> GrassrootsSuggestion:
    """The superior says what becomes of it, with reasons."""
    if tells_a_number([words]):
        raise Refused(_NUMBERS, fields=["words"])
    casework.move(matter=suggestion, move_code="answer", by=by, at=at, words=words[:300])
    suggestion.outcome, suggestion.answer = outcome, words
    suggestion.save(update_fields=["outcome", "answer"])
    note(suggestion, outcome=str(outcome))
    return suggestion


@verb("fieldwork.withdraw_suggestion", zh="撤回基层建议", may=SUGGEST, on="counterpart")
def withdraw(
    *, suggestion: GrassrootsSuggestion, counterpart: Organisation, by: Actor, at: datetime, key: str = ""
) -> GrassrootsSuggestion:
    """The union takes back what has not been answered."""
    if counterpart.pk != suggestion.counterpart_id:
        raise RuntimeError("the right is asked for at the union that suggested")
    casework.move(matter=suggestion, move_code="withdraw", by=by, at=at)
    note(suggestion)
    return suggestion


# ── topics ──────────────────────────────────────────────────────────────────────────────────────────────────────


@verb("fieldwork.begin_topic", zh="开展调研课题", may=STUDY, on="organisation")
def begin_topic(
    *,
    organisation: Organisation,
    name: str,
    question: str,
    from_on: date,
    to_on: date,
    leader: Post,
    members: Sequence[Post],
    by: Actor,
    at: datetime,
    key: str = "",
) -> ResearchTopic:
    """A topic with who leads it and who works on it, all of them with a post at the organisation."""
    if to_on < from_on:
        raise Refused("计划完成的日子不能早于开始的日子。", fields=["to_on"])
    everybody = [leader, *members]
    if any(each.organisation_id != organisation.pk for each in everybody) or len(everybody) > MOST_MEMBERS:
        raise Refused(f"课题组的人要在本级任职，最多 {MOST_MEMBERS} 人。", fields=["members"])
    topic = ResearchTopic._base_manager.create(
        organisation=organisation, name=name, question=question, from_on=from_on, to_on=to_on
    )
    people = dict.fromkeys(each.person_id for each in everybody)
    TopicMember._base_manager.bulk_create(
        TopicMember(organisation=organisation, topic=topic, person_id=each, leads=each == leader.person_id)
        for each in people
    )
    note(topic, people=len(people))
    return topic


@verb("fieldwork.report_topic", zh="提交调研报告", may=STUDY, on="topic")
def report_topic(
    *,
    topic: ResearchTopic,
    summary: str,
    by: Actor,
    at: datetime,
    file_name: str = "",
    chunks: Iterable[bytes] = (),
    key: str = "",
) -> ResearchTopic:
    """What was found, with the report as a file or without one; sent again, the newest stands."""
    if tells_a_number([summary]):
        raise Refused(_NUMBERS, fields=["summary"])
    held = ResearchTopic._base_manager.select_for_update(of=("self",)).select_related("organisation").get(pk=topic.pk)
    if file_name:
        held.report = files.store(
            organisation=held.organisation, name=file_name, kind="topic_report", chunks=chunks, by=by, at=at
        )
    held.summary, held.reported_on = summary, held.reported_on or today_of(at)
    held.version += 1
    held.save()
    note(held)
    return held
