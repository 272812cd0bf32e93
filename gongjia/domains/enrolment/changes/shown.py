"""What pages of changes show alike: the clock with its arithmetic."""

from datetime import datetime
from typing import Any

from gongjia.domains.enrolment.changes import queries
from gongjia.engines.casework import clocks


def clock_of(matter: Any, *, at: datetime) -> dict[str, Any] | None:
    """The running clock of a matter in days; None for a state without one."""
    if matter.closed_at is not None or matter.standing.clock is None:
        return None
    since, due_at = queries.moved_at_of(matter)
    return clocks.clock_of(matter.standing, since=since, at=at, due_at=due_at) if due_at else None
