"""The papers of a founding as they are issued: the facts that each takes from it, and when it can be made."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from gongjia.domains.founding import queries
from gongjia.domains.founding.models import Candidate, Founding
from gongjia.domains.founding.paper_kinds import (
    ATTENDANCE,
    BALLOT,
    KINDS,
    LIST,
    METHOD,
    MINUTES,
    REPLY,
    REPORT,
    REQUEST,
    RESULT_REPLY,
    TALLY,
)
from gongjia.domains.founding.words import FROM_COMMITTEE, OF_UNIONS, Body, ChairBy, Meeting, Tie, Way
from gongjia.engines.papers import services as papers
from gongjia.engines.papers.models import Paper
from gongjia.kernel.actors import Actor

#: Papers that are made when they are wanted, each with the states from which it can be.
BY_HAND: Mapping[str, frozenset[str]] = {
    METHOD: frozenset({"planned", "counting", "reported", "standing"}),
    LIST: frozenset({"planned", "counting", "reported", "standing"}),
    ATTENDANCE: frozenset({"planned", "counting"}),
    BALLOT: frozenset({"planned", "counting"}),
    TALLY: frozenset({"planned", "counting", "reported", "standing"}),
    MINUTES: frozenset({"counting", "reported", "standing"}),
}

_ZH = {each.code: each.zh for each in KINDS}


def zh_of(code: str) -> str:
    return _ZH[code]


def issue(code: str, founding: Founding, *, by: Actor, at: datetime, on: date | None = None, word: str = "") -> Paper:
    """Issue a paper in the name of who writes it: replies are the superior's, and official papers take a number.
    `word`: with which the numbers begin of one that has given none yet."""
    superior: Any = founding.counterpart
    is_reply = code in {REPLY, RESULT_REPLY}
    return papers.issue(
        kind=code,
        organisation=superior if is_reply else founding.organisation,
        addressee=founding.organisation if is_reply else superior if code in {REQUEST, REPORT} else None,
        context=_CONTEXTS[code](founding),
        number=code not in BY_HAND,
        about=founding,
        issued_on=on,
        word=word,
        by=by,
        at=at,
    )


# ── the facts ─────────────────────────────────────────────────────────────────────────────────────────────────
def _units(founding: Founding) -> list[dict[str, Any]]:
    return [
        {"unit": each.name, "code": each.uscc, "heads": each.headcount, "women": each.women}
        for each in queries.units_of(founding)
    ]


def _meeting(founding: Founding) -> dict[str, Any]:
    return {
        "name": founding.name,
        "meeting": Meeting(founding.meeting).zh if founding.meeting else "",
        "held": founding.held_on,
        "place": founding.place,
        "expected": founding.expected,
        "present": founding.present,
        "scrutineers": founding.scrutineers,
        "tellers": founding.tellers,
    }


def _elected(founding: Founding) -> list[dict[str, Any]]:
    return [
        {"body": Body(each.body).zh, "person": each.membership.person.name, "votes": each.votes}
        for each in queries.candidates_of(founding)
        if each.elected_in is not None
    ]


def _counted(founding: Founding) -> list[dict[str, Any]]:
    return [
        {
            "body": f"{Body(each.body).zh}（第 {each.round} 轮，应选 {each.seats} 人）",
            "person": line["name"],
            "yes": line["yes"],
            "no": line["no"],
            "abstain": line["abstain"],
            "came": "当选" if line["elected"] else "票数相等" if line["tied"] else "",
            "sheet": f"发出{each.issued} 收回{each.collected} 有效{each.valid} 无效{each.void}",
        }
        for each in queries.counts_of(founding)
        if each.convening == founding.convening
        for line in each.lines
    ]


def _request(founding: Founding) -> dict[str, Any]:
    return {
        "to": founding.counterpart.name if founding.counterpart else "",
        "name": founding.name,
        "way": Way(founding.way).zh,
        "why": founding.why or "职工要求建立工会。",
        "head": founding.head_name,
        "staff": founding.staff_names,
        "party": founding.party_names,
        "sent": founding.sent_names,
        "units": _units(founding),
    }


def _reply(founding: Founding) -> dict[str, Any]:
    sender = founding.organisation.name
    return {"sender": sender, "name": founding.name, "head": founding.head_name, "units": _units(founding)}


def _report(founding: Founding) -> dict[str, Any]:
    to = founding.counterpart.name if founding.counterpart else ""
    return {"to": to, **_meeting(founding), "term": founding.term_years, "elected": _elected(founding)}


def _result_reply(founding: Founding) -> dict[str, Any]:
    sender = founding.organisation.name
    return {"sender": sender, "name": founding.name, "term": founding.term_years, "elected": _elected(founding)}


def _method(founding: Founding) -> dict[str, Any]:
    candidates = queries.candidates_of(founding)
    seats = [
        {
            "body": body.zh,
            "number": number,
            "needed": "在当选的委员中提名"
            if founding.is_from_new_committee(body)
            else sum(each.body == body for each in candidates),
        }
        for body in Body
        if (number := founding.seats_of(body))
    ]
    chair_by = ChairBy(founding.chair_by).zh if founding.chair_by else ""
    meeting = Meeting(founding.meeting).zh if founding.meeting else ""
    return {"name": founding.name, "meeting": meeting, "chair_by": chair_by, "seats": seats}


def _list(founding: Founding) -> dict[str, Any]:
    rows = [
        {
            "body": Body(each.body).zh,
            "person": each.membership.person.name,
            "sex": each.membership.person.get_sex_display(),
            "tie": Tie(each.tie).zh,
        }
        for each in queries.candidates_of(founding)
    ]
    return {"name": founding.name, "candidates": rows}


def _attendance(founding: Founding) -> dict[str, Any]:
    rows = [{"person": each.person.name, "unit": ""} for each in queries.members_offered(founding)[:5000]]
    return {"name": founding.name, "lines": [] if founding.way in OF_UNIONS else rows}


def _ballot(founding: Founding) -> dict[str, Any]:
    """What is voted on next: before the meeting the committee and what stands beside it; who leads has a ballot of his
    own, once the committee that he comes from is elected."""
    rows = [
        {"body": f"{body.zh}（应选 {seats} 人）", "person": each.membership.person.name, "mark": ""}
        for body, seats, runners in _voted_on(founding)
        for each in runners
    ]
    return {"name": founding.name, "ballot": rows}


def _voted_on(founding: Founding) -> list[tuple[Body, int, list[Candidate]]]:
    candidates = queries.candidates_of(founding)
    if founding.state == "counting":
        ahead = queries.ahead_of(founding, candidates, queries.counts_of(founding))
        return [(each.body, each.seats, list(each.runners)) for each in ahead if not each.is_done]
    bodies = [body for body in Body if founding.seats_of(body) and body not in FROM_COMMITTEE]
    return [(body, founding.seats_of(body), [each for each in candidates if each.body == body]) for body in bodies]


_CONTEXTS: Mapping[str, Callable[[Founding], dict[str, Any]]] = {
    REQUEST: _request,
    REPLY: _reply,
    REPORT: _report,
    RESULT_REPLY: _result_reply,
    METHOD: _method,
    LIST: _list,
    ATTENDANCE: _attendance,
    BALLOT: _ballot,
    TALLY: lambda founding: {**_meeting(founding), "counts": _counted(founding)},
    MINUTES: lambda founding: {
        **_meeting(founding),
        "counts": _counted(founding),
        "elected": _elected(founding),
    },
}


def can_make(code: str, state: str) -> bool:
    return state in BY_HAND.get(code, frozenset())
