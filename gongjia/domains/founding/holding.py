"""What all verbs of a founding share: holding it, keeping facts, the checks of a reply."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gongjia.domains.founding import papers, queries, rules
from gongjia.domains.founding.models import Founding, Unit
from gongjia.domains.founding.paper_kinds import REPLY, RESULT_REPLY
from gongjia.domains.founding.words import NumberFrom
from gongjia.engines.casework import services as casework
from gongjia.kernel import db, events
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, Refused, Stale
from gongjia.kernel.findings import Finding
from gongjia.kernel.moments import day_zh, today_of


def held(founding: Founding, *states: str, version: int | None = None) -> Founding:
    """The founding as it stands now, locked until the transaction ends. Refused in another state than these; Stale
    where the form was made from an older version."""
    rows = Founding._base_manager.select_for_update(of=("self",), no_key=True)
    now = rows.select_related("organisation__region", "counterpart", "group").get(pk=founding.pk)
    if version is not None and version != now.version:
        raise Stale("这份建会刚刚由别人办理过", yours={}, theirs={"状态": now.standing.zh})
    if states and now.state not in states:
        raise Refused(f"现在的状态是“{now.standing.zh}”，不能再办这一步。请刷新后再看。")
    return now


def tree_first() -> None:
    """Hold the tree before the founding: who merges or dissolves a union holds it first too, and then the foundings of
    that union."""
    db.lock("organisations.tree")


def keep(founding: Founding, **facts: Any) -> None:
    """Write facts to a founding that is held."""
    for name, value in facts.items():
        setattr(founding, name, value)
    founding.version += 1
    founding.save(update_fields=[*facts, "version"])


def require(finding: Finding, *, field: str = "") -> None:
    """Raises Refused with the sentences of a finding that is not a yes."""
    if not finding.ok:
        raise Refused(*finding.lines, fields=[field] if field else [])


def require_other(founding: Founding, by: Actor) -> None:
    """No self-approval: who replies holds the right at the superior, and is neither who asked nor who reported."""
    by.require("founding.approve", path=founding.counterpart.path)  # type: ignore[union-attr]  # every founding has one
    if queries.is_own(founding, by.person_id):
        raise Forbidden("批复别人报送的建会：报送的人不能自己批复，请由上级工会另一位干部办理")


def _checked_number(number_from: NumberFrom, number: str, *, on: date) -> str:
    """The number of a reply; "" where the platform is to give it. Refused without one."""
    if number_from == NumberFrom.HERE:
        return ""
    if not number.strip():
        raise Refused("没有文号的批复不能登记，请填写批复文号。", fields=["number"])
    try:
        return rules.document_number(number, on=on)
    except ValueError as wrong:
        raise Refused(str(wrong), fields=["number"]) from None


def _checked_day(on: date | None, *, at: datetime, earliest: date | None, earliest_zh: str) -> date:
    """The day of a reply: there is one, it has come, and it is not before what it answers."""
    if on is None:
        raise Refused("没有日期的批复不能登记，请填写批复日期。", fields=["on"])
    if on > today_of(at):
        raise Refused("批复日期还没有到，请核对。", fields=["on"])
    if earliest is not None and on < earliest:
        raise Refused(f"批复日期不能早于{earliest_zh}的{day_zh(earliest)}。", fields=["on"])
    return on


@dataclass(frozen=True)
class Answers:
    """What a reply answers: the state in which it is waited for, the move and the paper that it makes, and the day
    before which it is not dated."""

    state: str
    move: str
    paper: str
    earliest: str
    earliest_zh: str


TO_REQUEST = Answers("requested", "approve", REPLY, "requested_on", "请示")
TO_RESULT = Answers("reported", "confirm", RESULT_REPLY, "held_on", "选举大会")


@dataclass(frozen=True)
class Reply:
    """A reply as it stands: the founding that it answers, held after the tree, with its units."""

    founding: Founding
    units: Sequence[Unit]
    number: str
    on: date


def replied(
    founding: Founding,
    to: Answers,
    *,
    number_from: NumberFrom,
    number: str,
    on: date | None,
    word: str,
    by: Actor,
    at: datetime,
) -> Reply:
    """The superior's agreement, with its number and paper, as the first part of the verb that acts on it. Refused
    without number and day; Forbidden to who asked or reported. `word`: how the superior's first number begins."""
    tree_first()
    founding = held(founding, to.state)
    require_other(founding, by)
    day = _checked_day(on, at=at, earliest=getattr(founding, to.earliest), earliest_zh=to.earliest_zh)
    number = _checked_number(number_from, number, on=day)
    if number_from == NumberFrom.HERE:
        number = papers.issue(to.paper, founding, word=word, by=by, at=at, on=day).number_zh
    filled = {"number": number, "on": day}
    casework.move(matter=founding, move_code=to.move, by=by, at=at, words=number, filled=filled)
    return Reply(founding, queries.units_of(founding), number, day)


def close_units(founding: Founding, *, by: Actor, at: datetime) -> None:
    """The units are free for another founding; whoever works on them is told that this one came to nothing."""
    units = queries.units_of(founding)
    Unit._base_manager.filter(founding=founding).update(is_open=False)
    firms = [unit.employer for unit in units if unit.employer is not None]
    events.tell("founding.given_up", employers=firms, state_zh=founding.standing.zh, by=by, at=at)


def group_name(name: str) -> str:
    """某某有限公司工会委员会 → 某某有限公司工会筹备组."""
    return f"{name.removesuffix('委员会')[:117]}筹备组"
