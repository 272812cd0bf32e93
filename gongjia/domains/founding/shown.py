"""What the page of a founding draws: the line of steps, the clock, what is next, the election."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from gongjia.domains.founding import queries
from gongjia.domains.founding.flow import ASKS
from gongjia.domains.founding.words import OF_SEVERAL, Body, ChairBy, Meeting
from gongjia.engines.casework import clocks
from gongjia.engines.casework.services import HAND_OVER
from gongjia.kernel.findings import Finding


@dataclass(frozen=True)
class Mark:
    """A step of the line: behind, now, or ahead."""

    zh: str
    place: str


def steps_of(founding: Any, steps: Sequence[tuple[str, tuple[str, ...]]]) -> list[Mark]:
    """Where a founding is. One that was ended after its group stood, stopped at the step it had come to."""
    at = next((number for number, (_, states) in enumerate(steps) if founding.state in states), 2)
    over = len(steps) - 1
    return [
        Mark(zh, "done" if number < at or at == over else "now" if number == at else "ahead")
        for number, (zh, _) in enumerate(steps)
    ]


def clock_of(founding: Any, timeline: Sequence[Any], at: datetime) -> dict[str, Any] | None:
    """The clock of the present state; it runs from the step that led there, whoever answers since."""
    since = next((step.at for step in timeline if step.move != HAND_OVER), None)
    return clocks.clock_of(founding.standing, since=since, at=at) if since else None


@dataclass(frozen=True)
class Next:
    """What is to be done next, by whom; `acts` are (words, address) that the reader may press, the main one first;
    `why_not` why somebody who otherwise could may not."""

    zh: str
    who: str
    acts: tuple[tuple[str, str], ...] = ()
    why_not: str = ""


_DO = {
    "drafting": "写好筹建请示，报上级工会",
    "returned": "按退回的原因改好，再报上级工会",
    "requested": "批复筹建请示：写明文号和日期；要改的退回",
    "enrolling": "张贴海报，请职工入会；够了就定选举方案",
    "planned": "提名候选人，公示名单，召开选举大会",
    "counting": "按计票单登记每一项选举，选满后报告结果",
    "reported": "批复选举结果：写明文号和日期；不对的退回核对",
}


def next_of(founding: Any, *, is_superior: bool, is_own: bool, may_prepare: bool) -> Next | None:
    """None for a founding that has ended. The superior replies, and not the person who asked or reported (`is_own`)."""
    state = founding.state
    if state not in _DO:
        return None
    who = founding.counterpart.name if state in ASKS else founding.organisation.name

    def to(name: str) -> str:
        return reverse(f"founding:{name}", args=[founding.reference])

    acts: list[tuple[str, str]] = []
    if state in ASKS and is_superior and is_own:
        return Next(_DO[state], who, why_not="这份材料是您报送的，请上级工会另一位干部批复。")
    if state in ASKS and is_superior:
        back = [("退回核对", f"{to('answer')}?move=send_back")]
        if state == "requested":
            back = [("退回补正", f"{to('answer')}?move=return"), ("不同意", f"{to('answer')}?move=refuse")]
        acts = [("去批复", to("reply")), *back]
    elif may_prepare:
        acts = {
            "drafting": [("写请示", to("request"))],
            "returned": [("改请示", to("request"))],
            "enrolling": [("定选举方案", to("plan"))],
            "planned": [("候选人", to("candidates")), ("登记大会", to("meeting")), ("改选举方案", to("plan"))],
        }.get(state, [])
        if state in {"drafting", "returned"} and founding.way in OF_SEVERAL:
            acts.append(("涵盖单位", to("units")))
        if state == "enrolling" and founding.group:
            acts.append(("做入会海报", reverse("enrolment:posters", args=[founding.group.reference])))
    return Next(_DO[state], who, tuple(acts))


@dataclass(frozen=True)
class Sheet:
    """A tally sheet as it is shown, with what the rules found."""

    count: Any
    body_zh: str
    finding: Finding


@dataclass(frozen=True)
class Election:
    """What is known of the election: names in plain words."""

    seats: list[tuple[str, int]]
    meeting_zh: str
    chair_by_zh: str
    ahead: list[queries.Ahead]
    candidates: list[tuple[str, list[Any]]]
    sheets: list[Sheet]
    missing: int

    @property
    def is_complete(self) -> bool:
        return bool(self.ahead) and all(each.is_done for each in self.ahead)


def election_of(founding: Any, *, only_sheets: bool = False) -> Election | None:
    """None before there is a plan. Candidates as long as they stand, tally sheets from the meeting on: what is counted
    names everybody."""
    if not founding.seats:
        return None
    is_counting = founding.state == "counting" and not only_sheets
    candidates = queries.candidates_of(founding) if is_counting or founding.state == "planned" else []
    counts = queries.counts_of(founding) if founding.convening and founding.state != "planned" else []
    ahead = queries.ahead_of(founding, candidates, counts) if is_counting else []
    by_body = [(body.zh, [each for each in candidates if each.body == body]) for body in Body]
    now = [each for each in counts if each.convening == founding.convening]
    committee = next((each for each in ahead if each.body is Body.COMMITTEE), None)
    return Election(
        seats=[(body.zh, number) for body in Body if (number := founding.seats_of(body))],
        meeting_zh=Meeting(founding.meeting).zh if founding.meeting else "",
        chair_by_zh=ChairBy(founding.chair_by).zh if founding.chair_by else "",
        ahead=ahead,
        candidates=[(zh, rows) for zh, rows in by_body if rows],
        sheets=[Sheet(each, Body(each.body).zh, Finding.from_json(each.finding)) for each in now],
        missing=committee.seats if committee and committee.round > 1 and not committee.is_tie else 0,
    )
