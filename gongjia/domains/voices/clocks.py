"""Which clock runs for a voice now, and since when. Pure: the state, what it is and when it came give the answer."""

from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from gongjia.domains.voices.flow import ANSWER, CONSULT, CONTACT, DECIDE, RECEIPT, VISIT, VOICE
from gongjia.domains.voices.words import Wish
from gongjia.engines.casework.clocks import DueAt, due_of
from gongjia.engines.casework.flow import Clock, State
from gongjia.kernel.moments import start_of, today_of


class Told(Protocol):
    """What is asked of a voice."""

    state: str
    wish: str
    is_urgent: bool
    received_on: date
    opened_at: datetime


class Promise(NamedTuple):
    """What is done next, and by when: a day, or (`due` None) so long after the step before."""

    zh: str
    due: date | None
    sums: str


def clock_of(voice: Told) -> Clock | None:
    """The clock of the present state; None where nothing is awaited."""
    if voice.state == "registered":
        return CONTACT if voice.is_urgent else RECEIPT
    if voice.state == "screening":
        return DECIDE
    if voice.state == "handling":
        return CONSULT if voice.wish == Wish.CONSULT else ANSWER
    return VOICE.state(voice.state).clock


def began_at(voice: Told, moved_at: datetime) -> datetime:
    """What is decided about is counted from the day it came, not from the day it was received by somebody."""
    if voice.state in {"registered", "screening"}:
        return min(voice.opened_at, came_at(voice))
    return moved_at


def came_at(voice: Told) -> datetime:
    """The moment from which a voice counts: now, or the beginning of the day on which a letter came."""
    return voice.opened_at if voice.received_on >= today_of(voice.opened_at) else start_of(voice.received_on)


def due_at(voice: Told, moved_at: datetime) -> datetime | None:
    found = _due(clock_of(voice), began_at(voice, moved_at))
    return found.at if found else None


def shown(voice: Told, moved_at: datetime, *, at: datetime) -> dict[str, object] | None:
    """The running clock as `{% clock %}` takes it, in days; None where none runs."""
    clock, began = clock_of(voice), began_at(voice, moved_at)
    found = _due(clock, began)
    if clock is None or found is None:
        return None
    first, last, today = today_of(began), today_of(found.at - timedelta(seconds=1)), today_of(at)
    return {
        "zh": clock.zh,
        "sums": found.zh,
        "provisional": found.provisional,
        "due": last,
        "spent": max(0, (today - first).days),
        "total": max(1, (last - first).days),
        "is_late": found.at <= at,
    }


def promises(*, wish: str, is_urgent: bool, at: datetime) -> list[Promise]:
    """What the receipt says: what happens next and by when, each with its arithmetic."""
    found = []
    for clock in (CONTACT if is_urgent else RECEIPT, DECIDE):
        due = _due(clock, at)
        if due is not None:
            found.append(Promise(clock.zh, today_of(due.at - timedelta(seconds=1)), due.zh))
    for clock, after in ((CONSULT if wish == Wish.CONSULT else ANSWER, "受理"), (VISIT, "答复")):
        found.append(Promise(clock.zh, None, f"{after}以后 {clock.length(today_of(at))} {clock.unit}内"))
    return found


def _due(clock: Clock | None, began: datetime) -> DueAt | None:
    return due_of(State("", "", clock=clock), began) if clock else None
