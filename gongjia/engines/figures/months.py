"""Months as whole numbers (202606 is June 2026), as figures are kept: by the month a thing began or ended."""

from calendar import monthrange
from datetime import date
from typing import Any

from django.db.models import Func, IntegerField

UNDATED = 0
"""What has no date counts from before all months."""


def month_of(on: date | None) -> int:
    return UNDATED if on is None else on.year * 100 + on.month


def last_day(month: int) -> date:
    year, number = divmod(month, 100)
    return date(year, number, monthrange(year, number)[1])


def months_until(last: int, count: int) -> list[int]:
    """The `count` months that end with `last`, in order."""
    end = last // 100 * 12 + last % 100 - 1
    return [each // 12 * 100 + each % 12 + 1 for each in range(end - count + 1, end + 1)]


class MonthOf(Func):
    """The month of a date column inside the database, for recounts; NULL stays NULL."""

    output_field = IntegerField()
    template = "CAST(EXTRACT(YEAR FROM %(expressions)s) * 100 + EXTRACT(MONTH FROM %(expressions)s) AS integer)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # Dates are text there, and its own date functions of Django call back into Python for each row.
        template = "CAST(substr(%(expressions)s, 1, 4) || substr(%(expressions)s, 6, 2) AS integer)"
        return self.as_sql(compiler, connection, template=template, **context)
