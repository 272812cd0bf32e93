"""What the operator's check asks of the work portal: that a figure and the list it opens are the same number."""

from datetime import date, datetime

from django.http import QueryDict

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.figures import reading
from gongjia.engines.figures.answers import Figure
from gongjia.engines.figures.indicators import registered
from gongjia.kernel.checkups import Level
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import everywhere
from gongjia.portals.work import queries
from gongjia.portals.work.forms import EmployerFilter, MemberFilter, UnionFilter

#: The lists of this portal that figures open: the filters of the address, and the rows.
LISTS = {
    "work:members": (MemberFilter, queries.members_listed),
    "work:employers": (EmployerFilter, queries.employers_listed),
    "work:unions": (UnionFilter, queries.unions),
}


def rows_opened(figure: Figure, today: date) -> int:
    """How many rows stand behind the link of a figure, read as the page reads it."""
    form, rows = LISTS[figure.indicator.rows]
    asked = form(QueryDict(figure.rows_url.partition("?")[2])).asked(today)
    return int(rows(**asked).count())  # type: ignore[operator]


def agreement(at: datetime) -> tuple[Level, str]:
    """Every figure of the whole tree against the list it opens today."""
    today, differing, count = today_of(at), [], 0
    with everywhere(reason="check of figures and lists"):
        for top in Organisation.objects.filter(depth=1):
            for each in (one for one in registered() if one.rows in LISTS):
                figure = reading.total(each.code, top, on=today)
                count += 1
                if (listed := rows_opened(figure, today)) != figure.value:
                    differing.append(f"{each.zh} {figure.value:,}，名单 {listed:,}")
    if differing:
        text = f"数字和点开的名单不一致：{'；'.join(differing)}。请把这一行和日志交给开发人员，查明之前不要上报。"
        return Level.ERROR, text
    return Level.GOOD, f"{count} 个数字点开都是同样多的名单。"
