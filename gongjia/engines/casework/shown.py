"""What pages show of clocks: how far each has gone, with its arithmetic."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from gongjia.engines.casework.deadlines import due_of
from gongjia.engines.casework.flow import Unit
from gongjia.engines.casework.models import Deadline, DeadlineChange
from gongjia.kernel.moments import today_of

_MOST = 20


@dataclass(frozen=True)
class Shown:
    """A clock as a page draws it: days gone of all, the last day, the arithmetic in words, and what was asked of it."""

    row: Deadline
    spent: int
    total: int
    due: date | None
    sums: str
    is_late: bool
    asked: DeadlineChange | None = None
    may_extend: bool = False

    @property
    def zh(self) -> str:
        return self.row.zh

    @property
    def unit_zh(self) -> str:
        return Unit[self.row.unit].value if self.row.unit else "日"


def clocks_of(matter: Any, *, at: datetime) -> list[Shown]:
    """The clocks that run, or stand still, for a matter that is in reach; the first to end first."""
    rows = Deadline._base_manager.filter(matter__flow_code=matter.flow_code, matter__matter_id=matter.pk)
    open_ = list(rows.filter(stopped_at=None).order_by("due_at", "pk")[:_MOST])
    asked = {
        each.deadline_id: each
        for each in DeadlineChange._base_manager.filter(
            deadline__in=open_, answer=DeadlineChange.Answer.ASKED
        ).select_related("by_person")
    }
    known = ((each, matter.flow.clock(each.code)) for each in open_)
    return [
        replace(
            _shown(each, at, asked.get(each.pk)),
            may_extend=clock is not None and clock.most_extension is not None and not each.is_late(at),
        )
        for each, clock in known
    ]


def stopped_of(matter: Any) -> list[Deadline]:
    """The clocks that have ended, the last first."""
    rows = Deadline._base_manager.filter(matter__flow_code=matter.flow_code, matter__matter_id=matter.pk)
    return list(rows.exclude(stopped_at=None).order_by("-stopped_at", "-pk")[:_MOST])


def _shown(one: Deadline, at: datetime, asked: DeadlineChange | None) -> Shown:
    if one.due_at is None:
        gone = (today_of(one.paused_at or at) - today_of(one.started_at)).days
        return Shown(one, gone, gone or 1, None, "计时已经暂停", is_late=False, asked=asked)
    first, last = today_of(one.started_at), today_of(one.due_at - timedelta(seconds=1))
    return Shown(
        one,
        max(0, (today_of(at) - first).days),
        max(1, (last - first).days),
        last,
        due_of(one).zh,
        is_late=one.is_late(at),
        asked=asked,
    )
