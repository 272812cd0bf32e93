"""What a receipt promises: what is done next and by when. Pure: what the voice is and when it came give the answer."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from gongjia.domains.voices.flow import ANSWER, CONSULT, CONTACT, DECIDE, RECEIPT, VISIT
from gongjia.domains.voices.words import Wish
from gongjia.engines.casework.clocks import counted
from gongjia.kernel.moments import today_of


class Promise(NamedTuple):
    """What is done next, and by when: a day, or (`due` None) so long after the step before."""

    zh: str
    due: date | None
    sums: str


def promises(*, wish: str, is_urgent: bool, at: datetime) -> list[Promise]:
    """What the receipt says: what happens next and by when, each with its arithmetic."""
    found = []
    for clock in (CONTACT if is_urgent else RECEIPT, DECIDE):
        due = counted(clock.unit, clock.length(today_of(at)), at, zh=clock.zh)
        found.append(Promise(clock.zh, today_of(due.at - timedelta(seconds=1)), due.zh))
    for clock, after in ((CONSULT if wish == Wish.CONSULT else ANSWER, "受理"), (VISIT, "答复")):
        found.append(Promise(clock.zh, None, f"{after}以后 {clock.length(today_of(at))} {clock.unit}内"))
    return found
