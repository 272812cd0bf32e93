"""The indicators of displays: how many unions show each of the three, and how many all of them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, QuerySet, Value

from gongjia.domains.homes.models import Display
from gongjia.domains.homes.words import COUNTED, DisplayKind
from gongjia.engines.figures.counting import Share, changed
from gongjia.engines.figures.indicators import Indicator
from gongjia.engines.figures.months import MonthOf

_ENDS = "的基层工会和联合基层工会。主席离任、工会改名、承诺撤下、上级核实没有看到的，从那天起不计，重新展示以后再计。"
_WHAT = {
    DisplayKind.PLATE: "当日挂着工会牌子",
    DisplayKind.IDENTITY: "当日公开现任主席身份",
    DisplayKind.PROMISE: "当日公开主席承诺",
    DisplayKind.ALL: "当日牌子、主席身份、承诺三项都公开",
}


def code_of(kind: str) -> str:
    """The indicator that counts a display."""
    return f"shown_{kind}"


def _recount_of(kind: DisplayKind) -> Sequence[QuerySet[Display, Any]]:
    rows = Display.objects.filter(kind=kind, organisation__kind__in=COUNTED)
    keys = ("organisation_id", "at", "amount")
    return (
        rows.annotate(at=MonthOf(F("shown_on")), amount=Value(1)).values_list(*keys),
        rows.filter(lapsed_on__isnull=False).annotate(at=MonthOf(F("lapsed_on")), amount=Value(-1)).values_list(*keys),
    )


def _indicator(kind: DisplayKind) -> Indicator:
    return Indicator(
        code=code_of(kind),
        zh=str(kind.label),
        unit="个",
        definition=f"{_WHAT[kind]}{_ENDS}",
        rows="homes:board",
        recount=lambda: _recount_of(kind),
        rows_filter={"shown": str(kind)},
    )


INDICATORS = tuple(_indicator(kind) for kind in DisplayKind)


def begun(displays: Iterable[Display]) -> None:
    """Displays are in force; their unions are read along."""
    for each in displays:
        if each.organisation.kind in COUNTED:
            changed(code_of(each.kind), after=[Share(each.organisation_id, each.shown_on, ())])


def ended(displays: Iterable[Display]) -> None:
    """Displays have lapsed on their days."""
    for each in displays:
        if each.organisation.kind in COUNTED:
            changed(code_of(each.kind), after=[Share(each.organisation_id, each.lapsed_on, (), -1)])
