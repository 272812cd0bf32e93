"""What pages of matters do alike: what was pressed is done, and the clock is shown with its arithmetic."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse

from gongjia.domains.enrolment.changes import queries
from gongjia.engines.casework import clocks
from gongjia.kernel.errors import Refused
from gongjia.kernel.requests import Request


def tried(
    request: Request, subject: Any, act: Callable[[], tuple[str, HttpResponse] | None], reread: Callable[[str], Any]
) -> tuple[HttpResponse | None, tuple[str, ...], Any]:
    """Do what was pressed on the page of a matter. The answer, after what came of it is said; or None, with the reasons
    of a refusal and the matter as it stands now. `act` gives None where its form is to be mended."""
    if request.method != "POST":
        return None, (), subject
    try:
        done = act()
    except Refused as refused:
        return None, refused.reasons, reread(subject.reference)
    if done is None:
        return None, (), subject
    said, answer = done
    messages.success(request, said)
    return answer, (), subject


def clock_of(matter: Any, *, at: datetime) -> dict[str, Any] | None:
    """The running clock of a matter in days; None for a state without one."""
    if matter.closed_at is not None or matter.standing.clock is None:
        return None
    since, due_at = queries.moved_at_of(matter)
    return clocks.clock_of(matter.standing, since=since, at=at, due_at=due_at) if due_at else None
