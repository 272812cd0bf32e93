"""The verbs that end a founding well: the result is reported, the superior replies, and the group is the union."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from gongjia.backbone.organisations import services as organisations
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.posts import services as posts
from gongjia.backbone.posts.words import Role
from gongjia.domains.founding import paper_kinds, papers, queries
from gongjia.domains.founding.holding import TO_RESULT, Reply, held, keep, replied
from gongjia.domains.founding.models import Founding, Unit
from gongjia.domains.founding.words import FROM_COMMITTEE, Body, NumberFrom, Way
from gongjia.engines.casework import services as casework
from gongjia.engines.messages.services import tell
from gongjia.kernel import events
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.verbs import note, verb

#: What the group becomes.
_KINDS: Mapping[str, Kind] = {
    Way.SINGLE: Kind.GRASSROOTS_UNION,
    Way.ORGANISER: Kind.GRASSROOTS_UNION,
    Way.JOINT: Kind.JOINT_GRASSROOTS_UNION,
    Way.REGIONAL: Kind.REGIONAL_UNION_FEDERATION,
    Way.INDUSTRY: Kind.INDUSTRY_UNION_FEDERATION,
}
#: The posts of those who are elected; of the women's committee it is the one with the most votes.
_POSTS: Mapping[Body, Role] = {
    Body.CHAIR: Role.CHAIR,
    Body.VICE_CHAIR: Role.VICE_CHAIR,
    Body.COMMITTEE: Role.COMMITTEE_MEMBER,
    Body.FUND_AUDIT: Role.FUND_AUDITOR,
    Body.WOMENS: Role.WOMENS_CHAIR,
    Body.ORGANISER: Role.CLERK,
}


@verb("founding.report", zh="报告选举结果", may="founding.prepare", on="founding")
def report(*, founding: Founding, by: Actor, at: datetime, word: str = "", key: str = "") -> Founding:
    """Report the result to the superior: numbered, and `word` is how the group's first number begins. Refused while a
    body is not complete."""
    founding = held(founding, "counting")
    candidates, counts = queries.candidates_of(founding), queries.counts_of(founding)
    open_ones = [each for each in queries.ahead_of(founding, candidates, counts) if not each.is_done]
    if open_ones:
        shown = "、".join(f"{each.body.zh}还缺 {each.seats} 人" for each in open_ones)
        raise Refused(f"还不能报告：{shown}。")
    keep(founding, reported_by_id=by.person_id, reported_on=today_of(at))
    casework.move(matter=founding, move_code="report", by=by, at=at)
    papers.issue(paper_kinds.REPORT, founding, word=word, by=by, at=at)
    note(founding)
    return founding


@verb("founding.confirm", zh="批复选举结果", may="founding.approve", on="founding")
def confirm(
    *,
    founding: Founding,
    number_from: NumberFrom,
    number: str,
    on: date | None,
    by: Actor,
    at: datetime,
    word: str = "",
    key: str = "",
) -> Founding:
    """The superior agrees: the group becomes the union, with its term; who was elected holds the post, and members go
    on as they are. Refused without number and day, before the election, and to who reported."""
    given: dict[str, Any] = {"number_from": number_from, "number": number, "on": on, "word": word}
    reply = replied(founding, TO_RESULT, **given, by=by, at=at)
    founding = reply.founding
    union = _stand(reply, by=by, at=at)
    _appoint(founding, union, reply.number, reply.on, by=by, at=at)
    keep(founding, result_number=reply.number, result_on=reply.on)
    Unit._base_manager.filter(founding=founding).update(is_open=False)
    firms = [unit.employer for unit in reply.units if unit.employer is not None]
    events.tell("founding.stood", employers=firms, union=union, by=by, at=at)
    note(founding, union_id=union.pk)
    return founding


def _stand(reply: Reply, *, by: Actor, at: datetime) -> Organisation:
    founding = reply.founding
    union = organisations.stand(
        organisation=Organisation.objects.get(pk=founding.group_id or 0),
        kind=_KINDS[founding.way],
        name=founding.name,
        founded_on=reply.on,
        approval_number=reply.number,
        term_years=founding.term_years if Body.ORGANISER not in founding.seats else None,
        by=by,
        at=at,
    )
    for unit in reply.units:
        if unit.union is not None:
            words = f"加入{founding.name}"[:120]
            organisations.move(organisation=unit.union, superior=union, on=reply.on, reason=words, by=by, at=at)
    return union


def _appoint(founding: Founding, union: Organisation, number: str, on: date, *, by: Actor, at: datetime) -> None:
    """Posts from the day of the reply; the chair is told, and can work from now on."""
    elected = [each for each in queries.candidates_of(founding) if each.elected_in is not None]
    leads = {each.membership_id for each in elected if each.body in FROM_COMMITTEE}
    womens = [each for each in elected if each.body == Body.WOMENS]
    first = max(womens, key=lambda each: (each.votes or 0, -each.pk), default=None)
    for each in elected:
        body, person = Body(each.body), each.membership.person
        if (body is Body.COMMITTEE and each.membership_id in leads) or (body is Body.WOMENS and each != first):
            continue
        role = _POSTS[body]
        posts.appoint(organisation=union, person=person, role=role, from_on=on, basis=number, by=by, at=at)
        if body in {Body.CHAIR, Body.ORGANISER}:
            tell(
                person=person,
                organisation=union,
                title=f"{union.name[:40]}已经成立",
                body=f"您当选{body.zh}，上级已经批复（{number}）。现在就可以办理本会的事。",
                path=reverse("work:home"),
                by=by,
                at=at,
            )
