"""The verbs of the desk: receiving, deciding, asking, answering, joining, calling back, saying which employer it is.
Hand-offs are the engine's."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from gongjia.backbone.employers.models import Employer
from gongjia.domains.voices import params, queries
from gongjia.domains.voices.figures import count_closed
from gongjia.domains.voices.flow import HANDLE
from gongjia.domains.voices.models import SmallMatter, Voice
from gongjia.domains.voices.steps import keep, look_for_group, move, not_own, settle_rating
from gongjia.domains.voices.words import Refusal, SmallState, Subject
from gongjia.engines.casework import services as casework
from gongjia.engines.casework.queries import index_of
from gongjia.engines.casework.rights import require_free, touch
from gongjia.engines.casework.timeline import line
from gongjia.engines.messages import services as messages
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.verbs import note, verb

_LEAST_ANSWER = 10
_CANNOT_FOLLOW = "完全匿名的反映没有办法请本人补充。请按现有的内容办理。"
_SEALED = "这是密封件，本会不知道是谁反映的：{}由密封转办的工会和本人联系。"


@verb("voices.receive", zh="签收诉求", may=HANDLE, on="voice")
def receive(*, voice: Voice, by: Actor, at: datetime, key: str = "") -> Voice:
    """Somebody takes it on; of an urgent one, the worker was contacted."""
    not_own(by, voice)
    move(voice, "receive", by=by, at=at)
    _own(voice, by)
    tell(voice, "工会已经签收您的反映", "正在看是否受理，最迟按进度页上的日期答复您。", by=by, at=at)
    return voice


@verb("voices.accept", zh="受理诉求", may=HANDLE, on="voice")
def accept(*, voice: Voice, by: Actor, at: datetime, key: str = "") -> Voice:
    not_own(by, voice)
    move(voice, "accept", by=by, at=at)
    _own(voice, by)
    keep(voice, accepted_at=at)
    tell(voice, "您反映的事已经受理", "正在办理，期限在进度页上。", by=by, at=at)
    return voice


@verb("voices.refuse", zh="不予受理诉求", may=HANDLE, on="voice")
def refuse(*, voice: Voice, refusal: Refusal, words: str, by: Actor, at: datetime, key: str = "") -> Voice:
    """Not accepted, for one of the reasons, in words that the worker reads."""
    not_own(by, voice)
    said = f"{refusal.zh}。{words.strip()}" if words.strip() else ""
    move(voice, "refuse", by=by, at=at, words=said)
    keep(voice, refusal=refusal)
    count_closed(voice, at=at)
    body = f"{said}（不同意的，可以向上一级工会反映，或者拨打 12351。）"
    tell(voice, "您反映的事不予受理", body, by=by, at=at)
    return voice


@verb("voices.guide", zh="引导诉求", may=HANDLE, on="voice")
def guide(*, voice: Voice, words: str, by: Actor, at: datetime, key: str = "") -> Voice:
    """Lead the worker to who is competent."""
    not_own(by, voice)
    move(voice, "guide", by=by, at=at, words=words)
    count_closed(voice, at=at)
    tell(voice, "您反映的事请到这里办", words, by=by, at=at)
    return voice


@verb("voices.confirm_employer", zh="确认单位", may=HANDLE, on="voice")
def confirm_employer(*, voice: Voice, employer: Employer, by: Actor, at: datetime, key: str = "") -> Voice:
    """Say which registered employer a voice is about that was known by words only: from now on its people do not come
    to it, nor to what was handed on about it. Refused for one that is said already."""
    not_own(by, voice)
    require_free(voice, by)
    if voice.employer_id is not None:
        raise Refused("这件诉求已经对应到登记的单位，不能再改。")
    if voice.closed_at is not None:
        raise Refused("已经办结，不能再确认单位。")
    touch(voice)
    keep(voice, employer=employer)
    if queries.kept_from(voice) is not None:
        casework.keep_from(matter=voice, employer=employer, by=by, at=at)
    line(index_of(voice), "confirm_employer", "确认单位", employer.name, by, at)
    look_for_group(voice, at=at)
    note(voice, about_person_id=voice.person_id, employer_id=employer.pk)
    return voice


@verb("voices.withdraw_for", zh="按本人要求撤回诉求", may=HANDLE, on="voice")
def withdraw_for(*, voice: Voice, words: str, by: Actor, at: datetime, key: str = "") -> Voice:
    """Who called takes it back by calling."""
    not_own(by, voice)
    move(voice, "withdraw_for", by=by, at=at, words=words)
    count_closed(voice, at=at)
    return voice


@verb("voices.ask", zh="请本人补充材料", may=HANDLE, on="voice")
def ask(*, voice: Voice, words: str, by: Actor, at: datetime, key: str = "") -> Voice:
    """Ask the worker for what is missing: once, for all of it."""
    not_own(by, voice)
    if voice.is_copy:
        raise Refused(_SEALED.format("要补充什么，"))
    if voice.is_anonymous:
        raise Refused(_CANNOT_FOLLOW)
    if voice.asked_at is not None:
        raise Refused("补充材料只能请本人一次说全，已经请过了。还缺的，由经办人自己核实。")
    move(voice, "ask", by=by, at=at, words=words)
    keep(voice, asked_at=at)
    tell(voice, "请您补充材料", words, by=by, at=at)
    return voice


@verb("voices.supply_for", zh="记下本人的补充", may=HANDLE, on="voice")
def supply_for(*, voice: Voice, words: str, by: Actor, at: datetime, key: str = "") -> Voice:
    """What the worker said on the phone, so that the case goes on."""
    not_own(by, voice)
    move(voice, "supply_for", by=by, at=at, words=words)
    return voice


@verb("voices.save_draft", zh="存答复草稿", may=HANDLE, on="voice")
def save_draft(*, voice: Voice, words: str, by: Actor, at: datetime) -> Voice:
    """Keep a half-written answer; nobody but the desk sees it."""
    keep(voice, draft=words)
    note(voice)
    return voice


@verb("voices.answer", zh="办结答复诉求", may=HANDLE, on="voice")
def answer(*, voice: Voice, words: str, by: Actor, at: datetime, key: str = "") -> Voice:
    """Close with an answer that the worker reads, and whoever said the same (joined). Refused without one."""
    not_own(by, voice)
    if len(words.strip()) < _LEAST_ANSWER:
        raise Refused(
            f"没有答复不能办结：请写明查了什么、结果怎样、依据什么（至少 {_LEAST_ANSWER} 个字）。", fields=["words"]
        )
    due = queries.due_of([voice]).get(voice.pk)
    move(voice, "answer", by=by, at=at, answer=words, words=words)
    keep(
        voice,
        answer=words.strip(),
        draft="",
        answered_at=at,
        answered_by_id=by.person_id,
        is_late=voice.is_late or (due is not None and due <= at),
    )
    tell(voice, "您反映的事有了答复", "请看答复，并告诉我们是否满意：不满意的会重新办理。", by=by, at=at)
    for each in queries.waiting_for(voice):
        tell(each, "您反映的事有了答复", "合在一起办理的那一件有了答复，请看。", by=by, at=at)
    return voice


@verb("voices.visit", zh="回访", may=HANDLE, on="voice")
def visit(*, voice: Voice, is_satisfied: bool | None, words: str, by: Actor, at: datetime, key: str = "") -> Voice:
    """Somebody else than who answered asks the worker. None: nobody was reached, after trying."""
    not_own(by, voice)
    if voice.is_copy:
        raise Refused(_SEALED.format("回访"))
    if by.person_id is not None and by.person_id == voice.answered_by_id:
        raise Refused("回访要由办理人以外的人做：请本会其他经办人或者上级工会回访，也可以等本人评价。")
    codes = {True: "visit_satisfied", False: "visit_not_satisfied", None: "archive"}
    move(voice, codes[is_satisfied], by=by, at=at, words=words)
    settle_rating(voice, is_satisfied=is_satisfied, at=at)
    return voice


@verb("voices.join", zh="并案", may=HANDLE, on="voice")
def join(*, voice: Voice, main: Voice, by: Actor, at: datetime, key: str = "") -> Voice:
    """The same thing was said before: this one goes on with that, and what was joined to it. Its worker is told when
    that one is answered; Stale where that one has moved meanwhile."""
    not_own(by, voice)
    by.require(HANDLE, path=main.organisation.path)
    if main.pk == voice.pk or main.joined_to_id is not None:
        raise Refused("请选另一件没有并入别处的诉求。", fields=["main"])
    if main.closed_at is not None:
        raise Refused(f"{main.reference} 已经办结，不能并入。请单独办理，可以参照它的答复。", fields=["main"])
    touch(main)
    words = "" if voice.is_open_to_own_union else "同类的事合在一起办理"
    move(voice, "join", by=by, at=at, words=words, main=main.pk)
    keep(voice, joined_to_id=main.pk)
    Voice._base_manager.filter(joined_to=voice).update(joined_to=main)
    count_closed(voice, at=at)
    tell(voice, "您反映的事和别人的合在一起办理", "同一件事已经在办，结果会一并告诉您。", by=by, at=at)
    _gather(main, by=by, at=at)
    return voice


def _gather(main: Voice, *, by: Actor, at: datetime) -> None:
    """So many voices about one thing make it a small matter that counts, if nobody has said so yet."""
    if main.small_matter_id is not None:
        return
    count = queries.count_joined(main) + 1
    if count >= params.small_matter_joiners(today_of(at)):
        title = f"{Subject(main.subject).zh}：{count} 件诉求说的同一件事"
        mark_small(voice=main, title=title, by=by, at=at)


@verb("voices.mark_small", zh="列为关键小事", may="voices.promise", on="voice")
def mark_small(
    *, voice: Voice, by: Actor, at: datetime, title: str = "", matter: SmallMatter | None = None, key: str = ""
) -> SmallMatter:
    """Put a voice among the small matters that count: a new one by its title, or one that stands."""
    if matter is None:
        matter = SmallMatter.objects.create(
            organisation=voice.organisation,
            title=title.strip()[:60],
            subject=voice.subject,
            state=SmallState.GATHERED,
            gathered_at=at,
        )
    keep(voice, small_matter_id=matter.pk)
    note(matter, voice_id=voice.pk)
    return matter


def _own(voice: Voice, by: Actor) -> None:
    """Who took it on answers for it."""
    if voice.owner_id is None and by.person_id is not None:
        keep(voice, owner_id=by.person_id)


def tell(voice: Voice, title: str, body: str, *, by: Actor, at: datetime) -> None:
    """Write to the worker, where one is known to the platform."""
    if voice.person is None:
        return
    facts: dict[str, Any] = {"person": voice.person, "organisation": voice.organisation, "title": title, "body": body}
    messages.tell(**facts, path=reverse(voice.flow.page, args=[voice.reference]), by=by, at=at)
