"""Charts: a figure whose numbers stand in a table; where script runs, a drawing takes the place of the table."""

from typing import TypedDict

from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gongjia.theme.library import part, register

KINDS = ("bar", "rows", "line", "funnel", "stack")


class Series(TypedDict):
    """`values` has one number for each label; None is unknown and stays a gap."""

    name: str
    values: list[float | None]


class ChartData(TypedDict):
    labels: list[str]
    series: list[Series]


@register.simple_tag(takes_context=True)
def chart(
    context: Context, data: ChartData, kind: str, title: str, unit: str = "", source: str = "", mark: str = ""
) -> SafeString:
    """Kinds: bar (columns), rows (lying bars), line, funnel, stack; the label `mark` is drawn in red.

    ECharts is loaded once, on pages with a chart; not for workers' pages: it weighs 300 KB, and `bars` nothing.
    """
    if kind not in KINDS:
        raise ValueError(f"no such kind of chart: {kind}")
    request = context["request"]
    number = getattr(request, "charts_drawn", 0) + 1
    request.charts_drawn = number
    payload = {**data, "kind": kind, "unit": unit, "title": title, "mark": mark}
    values = {"data": data, "kind": kind, "title": title, "unit": unit, "source": source}
    rows = [
        (label, [_number(each["values"][at]) for each in data["series"]]) for at, label in enumerate(data["labels"])
    ]
    return part(context, "chart", payload=payload, rows=rows, id=f"chart-{number}", first=number == 1, **values)


def _number(value: float | None) -> str:
    return "未知" if value is None else f"{value:,}"


@register.simple_tag(takes_context=True)
def bars(context: Context, data: ChartData, title: str, unit: str = "", source: str = "", mark: str = "") -> SafeString:
    """Lying bars of the first series, drawn by the server without script; the label `mark` is drawn in red."""
    values = data["series"][0]["values"] if data["series"] else []
    most = max((each for each in values if each is not None), default=0) or 1
    lines = [
        {
            "zh": label,
            "shown": _number(value),
            "width": round(100 * (value or 0) / most, 1),
            "known": value is not None,
            "is_marked": label == mark,
        }
        for label, value in zip(data["labels"], values, strict=True)
    ]
    return part(context, "bars", lines=lines, title=title, unit=unit, source=source)


@register.simple_tag
def share(part_of: float | None, whole: float | None, digits: int = 1) -> SafeString:
    """A percentage; of nothing, or of the unknown, it is unknown."""
    if part_of is None or not whole:
        return format_html('<span class="unknown">{}</span>', "未知")
    return format_html("{}%", f"{100 * part_of / whole:.{digits}f}")
