"""What a comparison writes down of each record of the roster and of each employer.

For the comparison's own job, under everything; the newest two comparisons of a federation keep their employers.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db.models import QuerySet

from gongjia.backbone.employers.models import Coverage
from gongjia.backbone.organisations.words import Kind, State
from gongjia.domains.organising.classes import Classified, EmployerClass
from gongjia.domains.organising.comparison import Comparison, Cover, EmployerRecord, Pair
from gongjia.domains.organising.models import EmployerResult, Run, UnionPair
from gongjia.domains.organising.sheets import without_person
from gongjia.domains.organising.words import RunState
from gongjia.engines.matching.core import Grade
from gongjia.engines.matching.core.names import fold
from gongjia.kernel import db
from gongjia.kernel.reach import everywhere
from gongjia.kernel.ticks import every

_KEPT_RUNS = 2
_AT_WORK = (RunState.WAITING, RunState.RUNNING)
_FORGOTTEN_AT_ONCE = 20_000
_JOINT = (Kind.JOINT_GRASSROOTS_UNION, Kind.VILLAGE_UNION, Kind.TOWNSHIP_UNION, Kind.ZONE_UNION)


def covered_now() -> dict[str, Cover]:
    """Code → union, of the employers that a standing union of this system covers today."""
    standing = Coverage.objects.filter(until_on=None, organisation__state=State.STANDING).exclude(employer__uscc="")
    rows = standing.exclude(organisation__kind=Kind.PREPARATORY_GROUP).order_by("-pk")
    facts = rows.values_list("employer__uscc", "organisation__name", "organisation__kind")
    return {code: Cover(name, is_joint=kind in _JOINT) for code, name, kind in facts.iterator()}


def previous_of(run: Run) -> Run | None:
    """The comparison of the same federation that was done last before this one."""
    done = Run.objects.filter(organisation=run.organisation, state=RunState.DONE, pk__lt=run.pk)
    return done.order_by("-pk").first()


def pair_row(one: Run, found: Comparison, place: int, pair: Pair) -> UnionPair:
    verdict = pair.verdict
    employer = found.employers[verdict.entry] if verdict.entry is not None else None
    candidates = [
        {
            "uscc": found.employers[each.entry].uscc,
            "name": found.employers[each.entry].name,
            "address": found.employers[each.entry].place.address[:200],
            "score": round(each.score * 10_000),
            "reason": each.reason,
        }
        for each in verdict.candidates
    ]
    return UnionPair(
        run=one,
        place=place,
        number=pair.union.number[:40],
        name=pair.union.name[:200],
        grade=verdict.grade,
        score=round(verdict.score * 10_000),
        uscc=employer.uscc if employer else "",
        employer_name=employer.name[:200] if employer else "",
        reason=verdict.reason[:300],
        code=without_person(pair.union.code)[:40],
        employer=pair.union.employer[:200],
        address=pair.union.place.address[:200],
        candidates=candidates if verdict.grade == Grade.REVIEW else [],
    )


class Before:
    """The classes that the last comparison gave, by key; what is not asked for has left the lists."""

    def __init__(self, previous: Run | None) -> None:
        rows = EmployerResult.objects.filter(run=previous).exclude(found__in=_NOT_LISTED)
        self._rest: dict[str, str] = dict(rows.values_list("key", "found").iterator()) if previous else {}
        self._previous = previous
        self._by_name = self._leads_by_name() if previous else {}

    def _leads_by_name(self) -> dict[str, str | None]:
        """Folded name → key of the last comparison's leads; None where two carry it."""
        found: dict[str, str | None] = {}
        for name, key in self._leads().values_list("name", "key").iterator():
            folded = fold(name)
            found[folded] = None if folded in found else key
        return found

    def _leads(self) -> QuerySet[EmployerResult]:
        leads = [each.value for each in EmployerClass if each.is_lead]
        return EmployerResult.objects.filter(run=self._previous, found__in=leads)

    def of(self, key: str, name: str) -> str:
        """Its class, "" for one that was not on the lists; to be asked once for each. A lead whose code has come, or is
        left out this time, is known by its name."""
        if key not in self._rest and self._by_name:
            named = self._by_name.get(fold(name)) or ""
            if "@" in named or "@" in key:  # two codes are two employers, whatever they are called
                key = named or key
        return self._rest.pop(key, "")

    def gone(self) -> Iterator[EmployerResult]:
        """The leads of the last comparison that this one does not list at all."""
        keys = {key for key, found in self._rest.items() if EmployerClass(found).is_lead}
        if not keys:
            return
        for row in self._leads().iterator():
            if row.key in keys:
                yield row


_NOT_LISTED = (EmployerClass.ABSENT.value, EmployerClass.DOUBLE.value)


def result_rows(
    run: Run, comparison: Comparison, found: Iterator[Classified], before: Before
) -> Iterator[EmployerResult]:
    """A row for each employer, and behind them those that are gone."""
    places = count()
    for each in found:
        employer = each.record or comparison.employers[each.entry]
        counts = employer.headcounts if each.record else comparison.headcounts[each.entry]
        key = _key_of(employer)
        yield EmployerResult(
            run=run,
            place=next(places),
            key=key,
            name=employer.name[:200],
            uscc=employer.uscc or employer.wrong_code,
            region="".join((employer.place.city, employer.place.county))[:60],
            found=each.found.value,
            before="" if each.record else before.of(key, employer.name),
            contradiction=each.contradiction.value if each.contradiction else "",
            union=each.union[:200],
            **counts._asdict(),
        )
    for row in before.gone():
        facts = {"key": row.key, "name": row.name, "uscc": row.uscc, "region": row.region, "before": row.found}
        yield EmployerResult(run=run, place=next(places), found=EmployerClass.ABSENT.value, **facts)


def _key_of(employer: EmployerRecord) -> str:
    place = employer.place.county or employer.place.city
    return employer.uscc or f"{fold(employer.name)}@{place}"[:200]


@every(timedelta(hours=1), name="organising.forget_results", aside=True)
def forget_results(*, at: datetime) -> int:
    """Take away the employers of comparisons that two newer ones have followed, some at a time; returns how many."""
    gone = 0
    with everywhere(reason="results of old comparisons"):
        for number in Run.objects.order_by().values_list("organisation", flat=True).distinct():
            runs = Run.objects.filter(organisation=number).exclude(state__in=_AT_WORK).order_by("-pk")
            kept = list(runs.filter(state=RunState.DONE).values_list("pk", flat=True)[:_KEPT_RUNS])
            others = list(runs.exclude(pk__in=kept).values_list("pk", flat=True))
            old = EmployerResult.objects.filter(run__in=others)
            gone += taken_away(old, give_way=True)
    return gone


def taken_away(rows: QuerySet[Any], *, give_way: bool = False) -> int:
    """Delete rows some at a time, so that never all of them are in memory; returns how many. `give_way`: to be asked
    for outside of a transaction only."""
    gone = 0
    while some := list(rows.order_by("pk").values_list("pk", flat=True)[:_FORGOTTEN_AT_ONCE]):
        gone += rows.filter(pk__gte=some[0], pk__lte=some[-1]).delete()[0]
        if give_way:
            db.give_way()
    return gone
