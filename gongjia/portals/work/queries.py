"""What the work portal composes from several rooms: rosters with filters, search, dossiers."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from gongjia.backbone.employers import queries as employers
from gongjia.backbone.employers.models import Coverage, Employer, Headcount
from gongjia.backbone.memberships import queries as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import JOINED
from gongjia.backbone.memberships.words import State as MembershipState
from gongjia.backbone.organisations import queries as organisations
from gongjia.backbone.organisations.models import Organisation, Term
from gongjia.backbone.organisations.words import COUNTED_AS_UNIONS, IN_FORCE, WITH_MEMBERS, State
from gongjia.engines.figures.indicators import BLANK
from gongjia.kernel.actors import Actor
from gongjia.kernel.db import above, gathered, within
from gongjia.kernel.reach import entering

FIRST = 8
#: A choice of the list of unions: what the figure of unions counts.
COUNTED = "counted"


@dataclass(frozen=True)
class Found:
    """The first hits of a search, by kind."""

    unions: list[Organisation]
    employers: list[Employer]
    members: list[Membership]

    @property
    def is_empty(self) -> bool:
        return not (self.unions or self.employers or self.members)


def search(words: str, *, by: Actor) -> Found:
    """Unions, employers and members whose name holds the words, or whose initials do; the first few of each, each as
    far as the actor's posts carry the right to see that kind."""
    with entering(by.reach("employers.see")):
        firms = list(employers.search(words).select_related("region").order_by(gathered("name"))[:FIRST])
    with entering(by.reach("memberships.see")):
        members = list(memberships.search(words).order_by(gathered("pinyin_key"), "pk")[:FIRST])
    unions = organisations.search(words).select_related("region").order_by("path")[:FIRST]
    return Found(unions=list(unions), employers=firms, members=members)


def unions(
    *,
    words: str = "",
    kind: str = "",
    industry: str = "",
    state: str = "",
    under: str = "",
    on: date | None = None,
    overdue_on: date | None = None,
) -> QuerySet[Organisation]:
    """The organisations in reach, filtered. `under` is the reference of the one whose subtree is wanted; `on` a day
    whose figure they make up."""
    rows = organisations.search(words) if words else Organisation.objects.all()
    if on is not None:
        rows = rows.filter(Q(ended_on=None) | Q(ended_on__gt=on), founded_on__lte=on).exclude(state=State.PREPARING)
    else:
        rows = rows.filter(state=state) if state else rows.filter(state__in=IN_FORCE)
    if kind:
        rows = rows.filter(kind__in=COUNTED_AS_UNIONS if kind == COUNTED else (kind,))
    if overdue_on is not None:
        rows = rows.filter(pk__in=overdue_unions(overdue_on).values("pk"))
    rows = _by_dimension(rows, industry=industry)
    return _under(rows, "path", under).select_related("region")


def branch_of(organisation: Organisation, *, most: int, towards: str = "") -> tuple[list[Organisation], int]:
    """The first direct parts of an organisation, with the one on the way to the path `towards`, and how many more."""
    rows = organisations.children_of(organisation)
    parts = list(rows[:most])
    if len(parts) < most:
        return parts, 0
    way = [*above(towards), towards] if towards else []
    if way and not any(each.path in way for each in parts):
        parts += rows.filter(path__in=way)[:1]
    return parts, rows.count() - len(parts)


def unions_named(words: str, *, most: int) -> list[Organisation]:
    """Whom a name means: the union with this reference or this very name, else the first of those that it fits."""
    standing = Organisation.objects.filter(state__in=IN_FORCE).select_related("region").order_by("path")
    ways = (standing.filter(Q(name=words) | Q(reference=words)), standing.filter(short_name=words), unions(words=words))
    return next((found for rows in ways if (found := list(rows.order_by("path")[:most]))), [])


def overdue_unions(today: date) -> QuerySet[Organisation]:
    """Grassroots unions in reach whose term has ended without a new one."""
    terms = Term._base_manager.filter(organisation=OuterRef("pk"))
    rows = Organisation.objects.filter(kind__in=COUNTED_AS_UNIONS, state=State.STANDING)
    return rows.filter(Exists(terms), ~Exists(terms.filter(ends_on__gte=today)))


def employers_listed(
    *,
    words: str = "",
    kind: str = "",
    industry: str = "",
    covered: str = "",
    least: int | None = None,
    state: str = "",
    under: str = "",
    on: date | None = None,
) -> QuerySet[Employer]:
    """The employers in reach with their latest headcount and covering union, filtered; `on`: as on that day."""
    rows = employers.search(words) if words else Employer.objects.all()
    coverages = Coverage._base_manager.filter(employer=OuterRef("pk"))
    if on is None:
        coverages = coverages.filter(until_on=None)
    else:
        rows = rows.filter(Q(founded_on=None) | Q(founded_on__lte=on))
        coverages = coverages.filter(Q(until_on=None) | Q(until_on__gt=on), from_on__lte=on)
    newest = Headcount._base_manager.filter(employer=OuterRef("pk")).order_by("-on", "-pk")
    rows = rows.annotate(
        union_name=Subquery(coverages.values("organisation__name")[:1]), heads=Subquery(newest.values("count")[:1])
    )
    if covered:
        rows = rows.filter(Exists(coverages) if covered == "yes" else ~Exists(coverages))
    if least is not None:
        rows = rows.filter(heads__gte=least)
    rows = _by_dimension(rows, industry=industry, kind=kind, state=state)
    return _under(rows, "organisation__path", under).select_related("region")


def members_listed(
    *,
    words: str = "",
    state: str = "",
    under: str = "",
    on: date | None = None,
    joined_until: date | None = None,
    migrant: str = "",
    **dimensions: str,
) -> QuerySet[Membership]:
    """The memberships in reach, filtered; live ones unless a state is asked for. `on`: as they were on that day.

    `joined_until`: who joined in the year of that day until then, in whatever state today. Dimensions are those of the
    figures of members: sex, group, form, level, origin.
    """
    rows = Membership.objects.select_related("person", "organisation")
    if words:
        rows = rows.filter(memberships.named(words))
    if migrant:
        rows = rows.filter(person__is_migrant={"yes": True, "no": False}.get(migrant))
    if joined_until is not None:
        rows = rows.filter(continued_from=None, origin__in=JOINED, joined_on__year=joined_until.year)
        rows = rows.filter(joined_on__lte=joined_until)
        rows = rows.filter(state=state) if state else rows
    elif on is not None:
        rows = rows.filter(_held_on(on, state), from_on__lte=on)
    else:
        rows = rows if state == MembershipState.ENDED else memberships.live(rows)
        rows = rows.filter(state=state) if state else rows
    named = {_COLUMNS.get(code, code): value for code, value in dimensions.items()}
    return _under(_by_dimension(rows, **named), "organisation__path", under)


def _held_on(day: date, state: str) -> Q:
    """In which state a membership that had begun was on a day, by its own days, as the figure of members counts it;
    "" for any that had not ended."""
    lived = Q(until_on=None) | Q(until_on__gt=day)
    kept = Q(retained_on__lte=day)
    in_state = {
        MembershipState.ACTIVE.value: Q(retained_on__gt=day) | Q(retained_on=None) & lived,
        MembershipState.RETAINED.value: lived & kept,
        MembershipState.ENDED.value: ~lived,
    }
    return in_state.get(state, lived)


_COLUMNS = {"sex": "person__sex", "level": "person__skill_level"}


def _by_dimension(rows: QuerySet[Any], **values: str) -> QuerySet[Any]:
    """Filter by the values of a figure's dimensions, as its address names them."""
    return rows.filter(**{column: "" if value == BLANK else value for column, value in values.items() if value})


def _under(rows: QuerySet[Any], lookup: str, reference: str) -> QuerySet[Any]:
    if not reference:
        return rows
    return rows.filter(within(lookup, (organisations.by_reference(reference).path,)))


def covered_by(organisation: Organisation, *, most: int = FIRST) -> list[Employer]:
    """The first employers that a union covers, by name."""
    return list(employers.covered_by(organisation).order_by("name")[:most])


def years_of(organisation: Organisation, *, last: date, years: int = 5) -> list[dict[str, int]]:
    """A union's own record by year (工会工作情况): who joined or came, and who left, in its branches and groups too.

    Empty for a federation: its years are the figure of members by month.
    """
    if organisation.kind not in WITH_MEMBERS:
        return []
    span = range(last.year, last.year - years, -1)
    counts = {f"begun_{year}": Count("pk", filter=Q(from_on__year=year)) for year in span}
    counts |= {f"ended_{year}": Count("pk", filter=Q(until_on__year=year)) for year in span}
    found = Membership.objects.filter(within("organisation__path", (organisation.path,))).aggregate(**counts)
    return [{"year": year, "begun": found[f"begun_{year}"], "ended": found[f"ended_{year}"]} for year in span]
