"""What pages of matters show alike: the clock with its arithmetic."""

from datetime import datetime, timedelta
from typing import Any

from gongjia.domains.enrolment.changes import queries
from gongjia.engines.casework.clocks import due_of
from gongjia.kernel.moments import today_of


def clock_of(matter: Any, *, at: datetime) -> dict[str, Any] | None:
    """The running clock of a matter in days; None for a state without one."""
    clock = matter.standing.clock
    if matter.closed_at is not None or clock is None:
        return None
    since, due_at = queries.moved_at_of(matter)
    found = due_of(matter.standing, since)
    if found is None or due_at is None:
        return None
    first, last, today = today_of(since), today_of(due_at - timedelta(seconds=1)), today_of(at)
    return {
        "zh": clock.zh,
        "sums": found.zh,
        "provisional": found.provisional,
        "due": last,
        "spent": max(0, (today - first).days),
        "total": max(1, (last - first).days),
    }
