"""How the employers of a comparison are found and counted, and what has changed since the last one."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet

from gongjia.domains.organising.classes import EmployerClass
from gongjia.domains.organising.forms_radar import LISTED, NOT_BEFORE, SOME
from gongjia.domains.organising.models import EmployerResult, Run

#: How each class comes about, for whoever reads the number.
MEANS = {
    EmployerClass.SHOULD: "登记正常，作依据的人数里有一个达到标准，没有找到工会。",
    EmployerClass.ELSEWHERE: "同上，但它是分支机构，总部已有工会；是否由总部工会覆盖，要上门核实，也列入应建未建。",
    EmployerClass.ORGANISED: "工会名册或本系统里有它的工会。",
    EmployerClass.COVERED: "由联合工会或乡镇、园区、村（社区）工会覆盖。",
    EmployerClass.MAY: "没有找到工会，作依据的人数都不够标准；可以单独建，也可以联合建。",
    EmployerClass.UNKNOWN: "没有找到工会，各名单都没有写人数，或者人数太旧。",
    EmployerClass.CLOSED: "登记状态是注销、吊销、撤销、停业、清算。",
    EmployerClass.MOVED: "登记状态是迁出。",
    EmployerClass.LOST: "登记机关找不到它（失联、经营异常、非正常户），名单上也没有够标准的职工。",
    EmployerClass.DOUBLE: "同一个代码在名单上又出现一次，只算一家。",
    EmployerClass.ABSENT: "上一次列为应建未建，这一次的名单上没有了。",
}


@dataclass(frozen=True)
class Line:
    """A class in the summary of a comparison: how many now and last time, and the filter that opens those of now."""

    zh: str
    means: str
    count: int
    before: int | None
    address: str


@dataclass(frozen=True)
class Change:
    """Employers that went from one class to another since the last comparison."""

    before_zh: str
    found_zh: str
    count: int
    address: str


def results_of(run: Run, *, q: str = "", found: str = "", before: str = "", odd: str = "") -> QuerySet[EmployerResult]:
    """The employers of a comparison in reach, filtered."""
    rows = EmployerResult.objects.filter(run=run)
    if found == LISTED:
        rows = rows.exclude(found__in=(EmployerClass.DOUBLE, EmployerClass.ABSENT))
    elif found:
        rows = rows.filter(found=found)
    if before:
        rows = rows.filter(before="" if before == NOT_BEFORE else before)
    if odd:
        rows = rows.exclude(contradiction="") if odd == SOME else rows.filter(contradiction=odd)
    if q:
        rows = rows.filter(Q(name__contains=q) | Q(uscc=q.upper()))
    return rows


@dataclass(frozen=True)
class Summary:
    """The result of a comparison by class, what has changed, and how many contradict themselves; `is_kept`: whether the
    rows behind the numbers still are."""

    lines: list[Line]
    changes: list[Change]
    odd: int
    is_kept: bool


def summary_of(run: Run) -> Summary:
    """One query, over an index of the rows of this run and the last. Where rows are gone, what was counted when the
    comparison ended stands for them."""
    rows = EmployerResult.objects.filter(run__in=(run.pk, run.previous_id or run.pk)).order_by()
    by_run: dict[int, Counter[str]] = {}
    counts = []
    for number, found, before, count in rows.values_list("run", "found", "before").annotate(count=Count("pk")):
        by_run.setdefault(number, Counter())[found] += count
        if number == run.pk:
            counts.append((found, before, count))
    now: dict[str, int] = by_run.get(run.pk) or run.summary.get("classes", {})
    last = (by_run.get(run.previous.pk) or run.previous.summary.get("classes")) if run.previous else None
    return Summary(_lines(now, last), _changes(run, counts), run.summary.get("odd", 0), is_kept=bool(counts))


def _lines(now: Any, last: dict[str, int] | None) -> list[Line]:
    return [
        Line(
            each.zh,
            MEANS[each],
            now.get(each.value, 0),
            last.get(each.value, 0) if last is not None else None,
            urlencode({"found": each.value}),
        )
        for each in EmployerClass
        if now.get(each.value) or (last or {}).get(each.value)
    ]


def _changes(run: Run, counts: list[tuple[str, str, int]]) -> list[Change]:
    """What became a lead, and what no longer is one, the most first; nothing for a first comparison."""
    if run.previous_id is None:
        return []
    found = []
    for now, before, count in counts:
        was_lead = bool(before) and EmployerClass(before).is_lead
        if before != now and (was_lead or EmployerClass(now).is_lead):
            zh = EmployerClass(before).zh if before else "名单上没有"
            address = urlencode({"found": now, "before": before or NOT_BEFORE})
            found.append(Change(zh, EmployerClass(now).zh, count, address))
    return sorted(found, key=lambda each: -each.count)
