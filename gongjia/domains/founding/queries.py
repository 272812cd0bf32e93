"""How foundings are found, and what is known of one: members, units, candidates, counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models import Count as Number
from django.db.models.functions import Coalesce

from gongjia.backbone.employers.models import Coverage, Employer
from gongjia.backbone.employers.words import State as EmployerState
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE, State
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import COUNTED_AS_UNIONS, IN_FORCE, Kind
from gongjia.backbone.people.models import Employment
from gongjia.backbone.people.words import Sex
from gongjia.domains.founding import params, rules
from gongjia.domains.founding.models import Candidate, Count, Founding, Unit
from gongjia.domains.founding.words import FROM_COMMITTEE, OF_SEVERAL, OF_UNIONS, Body, Way
from gongjia.engines.casework.models import MatterIndex
from gongjia.kernel.db import above, within
from gongjia.kernel.reach import question

#: Kinds of organisation that approve a union below them.
APPROVERS = (Kind.FEDERATION, Kind.INDUSTRIAL_UNION)
MOST_UNITS = 200
MOST_OFFERED = 300


def by_reference(reference: str) -> Founding:
    """Raises Founding.DoesNotExist outside the reach."""
    return Founding.objects.select_related("organisation__region", "counterpart", "group").get(reference=reference)


def listed(*, state: str = "", words: str = "", late_at: datetime | None = None) -> QuerySet[MatterIndex]:
    """The foundings in reach, from the thin index; `state` is one of the flow, "open", or "late" as of a moment. To be
    ordered by `turn` and `order_at`: what has a clock first, what has ended last."""
    rows = MatterIndex.objects.filter(flow_code=Founding.flow_code)
    if state == "open":
        rows = rows.filter(closed_at=None)
    elif state == "late":
        rows = rows.filter(closed_at=None, due_at__lte=late_at)
    elif state:
        rows = rows.filter(state=state)
    for word in words.split():
        rows = rows.filter(title__contains=word)
    rows = rows.select_related("organisation", "counterpart", "holder")
    turn = Case(When(closed_at__isnull=False, then=2), When(due_at=None, then=1), default=0)
    return rows.annotate(turn=turn, order_at=Coalesce("due_at", "moved_at"))


def is_own(founding: Founding, person_id: int | None) -> bool:
    """Whether somebody has sent this founding to the superior: he does not reply to it."""
    return person_id is not None and person_id in {founding.requested_by_id, founding.reported_by_id}


def open_of(employer_id: int) -> Founding | None:
    """The founding under way in reach that is to cover an employer, else the newest that has ended."""
    rows = Founding.objects.filter(units__employer_id=employer_id).distinct()
    return rows.order_by(F("closed_at").desc(nulls_first=True), "-pk").first()


@question("founding.is_under_way")
def is_under_way(*, employer_id: int | None = None, union_id: int | None = None) -> bool:
    """Whether any union is being founded that is to cover this employer, or to have this union as a member."""
    rows = Unit.objects.filter(is_open=True)
    return rows.filter(employer_id=employer_id).exists() if employer_id else rows.filter(union_id=union_id).exists()


@question("founding.approver_id")
def approver_id(path: str) -> int | None:
    """Who approves what an organisation at `path` prepares: the nearest federation above it, or it itself."""
    found = Organisation.objects.filter(path__in=[*above(path), path], kind__in=APPROVERS, state__in=IN_FORCE)
    return found.order_by("-depth").values_list("pk", flat=True).first()


def founders(paths: tuple[str, ...]) -> QuerySet[Organisation]:
    """In whose name a founding can be begun by who holds posts at these paths."""
    kinds = (*APPROVERS, Kind.ZONE_UNION, Kind.TOWNSHIP_UNION, Kind.VILLAGE_UNION)
    return Organisation.objects.filter(path__in=paths, kind__in=kinds, state__in=IN_FORCE).order_by("depth", "path")


def employers_without(words: str) -> list[Employer]:
    """Employers in reach that no union covers, by the name; a few."""
    if len(words.strip()) < 2:
        return []
    rows = Employer.objects.filter(state=EmployerState.OPERATING, name__contains=words.strip())
    covered = Coverage._base_manager.filter(until_on=None).values("employer_id")
    opened = Unit._base_manager.filter(is_open=True, employer__isnull=False).values("employer_id")
    return list(rows.exclude(pk__in=covered).exclude(pk__in=opened).order_by("name", "pk")[:30])


def unions_to_join(words: str) -> list[Organisation]:
    """Grassroots unions in reach that could become members of a federation of unions, by the name; a few."""
    if len(words.strip()) < 2:
        return []
    rows = Organisation.objects.filter(kind__in=COUNTED_AS_UNIONS, state__in=IN_FORCE, name__contains=words.strip())
    return list(rows.order_by("path")[:30])


def employers_of(references: Sequence[str]) -> list[Employer]:
    return list(Employer.objects.filter(reference__in=references).order_by("pk"))


def unions_of(references: Sequence[str]) -> list[Organisation]:
    return list(Organisation.objects.filter(reference__in=references).order_by("pk"))


# ── members ───────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Members:
    """Who counts: full members with a vote; who is only kept has none."""

    all: int
    women: int
    retained: int


def members_of(founding: Founding, *, on: date | None = None) -> Members:
    """The members of the group as they stand now, or as they stood on a day; nobody before there is a group.
    A federation counts the members of its unions."""
    rows = _memberships(founding)
    full, kept = Q(state=State.ACTIVE), Q(state=State.RETAINED)
    if on is not None:  # who left or was retained later was a full member on that day
        rows = _of(founding, Membership._base_manager.filter(Q(until_on=None) | Q(until_on__gt=on), from_on__lte=on))
        full, kept = Q(retained_on=None) | Q(retained_on__gt=on), Q(retained_on__lte=on)
    found = rows.aggregate(
        all=Number("pk", filter=full),
        women=Number("pk", filter=full & Q(person__sex=Sex.FEMALE)),
        retained=Number("pk", filter=kept),
    )
    return Members(found["all"], found["women"], found["retained"])


def _memberships(founding: Founding) -> QuerySet[Membership]:
    """Who belongs to a founding that is in reach, wherever its unions stand."""
    return _of(founding, Membership._base_manager.filter(state__in=LIVE, until_on=None))


def _of(founding: Founding, rows: QuerySet[Membership]) -> QuerySet[Membership]:
    if founding.way in OF_UNIONS:
        return rows.filter(organisation_id__in=Unit._base_manager.filter(founding=founding).values("union_id"))
    return rows.filter(organisation_id=founding.group_id or 0)


def members_offered(founding: Founding, words: str = "") -> QuerySet[Membership]:
    """Full members who can be named, by name or initials; without words the first of the roster."""
    rows = _memberships(founding).filter(state=State.ACTIVE).select_related("person")
    if words := words.strip():
        fits = Q(person__name__contains=words)
        if words.isascii() and words.isalpha():
            fits |= Q(person__initials__startswith=words.lower())
        rows = rows.filter(fits)
    return rows.order_by("pinyin_key", "pk")


def units_of(founding: Founding) -> list[Unit]:
    rows = Unit._base_manager.filter(founding=founding).select_related("employer__organisation", "union").order_by("pk")
    return list(rows[:MOST_UNITS])


def covered_by(founding: Founding) -> list[Any]:
    """The table of covered units, in one query: each unit with `members`, `from_on` and `until_on`. Members are counted
    by where they work; of a single unit all are, and nobody is before there is a group."""
    spans = Coverage._base_manager.filter(
        organisation_id=founding.group_id or 0, employer_id=OuterRef("employer_id")
    ).order_by("from_on")
    full = _memberships(founding).filter(state=State.ACTIVE)
    if founding.way in OF_UNIONS:
        full = full.filter(organisation_id=OuterRef("union_id"))
    elif founding.way in OF_SEVERAL:
        works = Employment._base_manager.filter(until_on=None, employer_id=OuterRef(OuterRef("employer_id")))
        full = full.filter(person_id__in=works.values("person_id"))
    number = full.order_by().annotate(one=Value(1)).values("one").annotate(number=Number("pk")).values("number")
    is_counted = founding.group_id is not None or founding.way in OF_UNIONS
    rows = Unit._base_manager.filter(founding=founding).select_related("employer", "union").order_by("pk")
    return list(
        rows.annotate(
            members=Coalesce(Subquery(number), 0) if is_counted else Value(None, output_field=IntegerField()),
            from_on=Subquery(spans.values("from_on")[:1]),
            until_on=Subquery(spans.values("until_on")[:1]),
        )[:MOST_UNITS]
    )


# ── the election ──────────────────────────────────────────────────────────────────────────────────────────────
def candidates_of(founding: Founding) -> list[Candidate]:
    rows = Candidate._base_manager.filter(founding=founding).select_related("membership__person")
    order = {body.value: place for place, body in enumerate(Body)}
    return sorted(rows, key=lambda each: (order[each.body], each.pk))


def candidate_of(founding: Founding, reference: str) -> Candidate | None:
    return Candidate._base_manager.filter(founding=founding, reference=reference).first()


def counts_of(founding: Founding) -> list[Count]:
    return list(Count._base_manager.filter(founding=founding).order_by("pk"))


@dataclass(frozen=True)
class Ahead:
    """What is to be counted next for a body: which round, for how many seats, who runs, who votes."""

    body: Body
    round: int
    seats: int
    elected: tuple[Candidate, ...]
    runners: tuple[Candidate, ...]
    is_tie: bool
    expected: int | None
    present: int | None

    @property
    def is_done(self) -> bool:
        return self.seats == 0


def ahead_of(founding: Founding, candidates: Sequence[Candidate], counts: Sequence[Count]) -> list[Ahead]:
    """One for each body that is elected, in the order of counting."""
    committee = {each.membership_id for each in candidates if each.body == Body.COMMITTEE and each.elected_in}
    found = []
    for body in Body:
        wanted = founding.seats_of(body)
        if not wanted:
            continue
        mine = [each for each in candidates if each.body == body]
        rounds = [each for each in counts if each.body == body and each.convening == founding.convening]
        elected = tuple(each for each in mine if each.elected_in is not None)
        tied = {line["candidate"] for line in rounds[-1].lines if line.get("tied")} if rounds else set()
        runners = [each for each in mine if each.elected_in is None and (not tied or each.pk in tied)]
        expected, present = founding.expected, founding.present
        if body in FROM_COMMITTEE:
            runners = [each for each in runners if each.membership_id in committee]
            if founding.is_from_new_committee(body):
                expected, present = founding.seats_of(Body.COMMITTEE), None
        left = wanted - len(elected)
        found.append(Ahead(body, len(rounds) + 1, left, elected, tuple(runners), bool(tied), expected, present))
    return found


@dataclass(frozen=True)
class WhatLaw:
    """Whether a committee must stand, and what may be done with fewer members."""

    finding: Any
    ways: tuple[Way, ...]


def what_law_says(members: int, *, on: date) -> WhatLaw:
    return WhatLaw(*rules.ways(members, must_found=params.figures(on=on).must_found))


def founded_in(path: str, *, from_on: date, until_on: date) -> QuerySet[Founding]:
    """The foundings in reach that came to a union in a time."""
    rows = Founding.objects.filter(within("counterpart__path", (path,)), state="standing")
    return rows.filter(result_on__gte=from_on, result_on__lt=until_on)
