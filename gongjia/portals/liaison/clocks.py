"""By when a letter is to be answered. Pure: the day it came and the parameters of that day give the answer."""

from datetime import date, datetime, timedelta

from gongjia.kernel.days import Due, add_working_days, national_calendar
from gongjia.kernel.moments import start_of, today_of
from gongjia.portals.liaison.params import answer_days

#: No run of days off is longer than this.
_LONGEST = 30


def due_of(sent_at: datetime) -> Due:
    """The last day on which an answer is in time; the day of the letter does not count (民法典 201 条)."""
    came = today_of(sent_at)
    return add_working_days(came, answer_days(on=came), national_calendar())


def late_before(today: date) -> datetime:
    """Letters sent before this moment are late today, all others are not."""
    day = today - timedelta(days=1)
    while due_of(start_of(day)).day >= today:
        day -= timedelta(days=1)
    return start_of(day + timedelta(days=1))
