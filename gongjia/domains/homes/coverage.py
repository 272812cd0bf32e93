"""How far the three displays have come in a subtree: the unions with what each shows, and the numbers of its parts."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Substr

from gongjia.backbone.organisations import queries as organisations
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import State
from gongjia.domains.homes.models import Display, Reminder, SiteUse, UnionSite
from gongjia.domains.homes.queries import SITE
from gongjia.domains.homes.words import COUNTED, THREE, DisplayKind
from gongjia.kernel.db import STEP, within

ANY = "any"
#: So many parts stand in the table; a federation has fewer.
MOST_PARTS = 200
#: The numbers of a part beside its unions: what is shown, and who has a site.
COLUMNS = (*(str(kind) for kind in DisplayKind), SITE)


@dataclass(frozen=True)
class Part:
    """One of the direct parts of an organisation, or what stands directly at it: how many unions show what."""

    union: Organisation
    unions: int
    counts: dict[str, int]


def counted(*, on: date | None = None) -> QuerySet[Organisation]:
    """The unions in reach of which coverage is counted: those that stand, or stood on a past day."""
    rows = Organisation.objects.filter(kind__in=COUNTED)
    if on is None:
        return rows.filter(state=State.STANDING)
    past = Q(ended_on=None) | Q(ended_on__gt=on)
    return rows.filter(past, founded_on__lte=on).exclude(state=State.PREPARING)


def unions(
    *, words: str = "", under: str = "", shown: str = "", missing: str = "", on: date | None = None
) -> QuerySet[Organisation]:
    """The unions in reach with the day since when each shows what (`plate_on` …), whether it has a site, and when it
    was last reminded; filtered. `shown` and `missing` are codes of words.DisplayKind, or "site", or for `missing` any
    of them; `on` is a past day whose figure they make up: their displays are those of that day.
    """
    rows = counted(on=on)
    if words:
        rows = rows.filter(pk__in=organisations.search(words).values("pk"))
    if under:
        top = organisations.found_or_none(under)
        rows = rows.filter(within("path", (top.path,))) if top else rows.none()
    has = {kind: Q(Exists(_displays(kind, on))) for kind in COLUMNS if kind != SITE} | {SITE: _site()}
    if shown:
        rows = rows.filter(has[shown])
    if missing:
        rows = rows.filter(~(has[DisplayKind.ALL] & has[SITE]) if missing == ANY else ~has[missing])
    days = {f"{kind}_on": Subquery(_displays(kind, on).values("shown_on")[:1]) for kind in THREE}
    reminders = Reminder._base_manager.filter(organisation=OuterRef("pk")).order_by("-sent_at")
    site = Case(When(_site(), then=Value(True)), default=Value(False), output_field=BooleanField())
    rows = rows.annotate(has_site=site, reminded_at=Subquery(reminders.values("sent_at")[:1]), **days)
    return rows.select_related("region")


def parts_of(organisation: Organisation) -> list[Part]:
    """By the direct parts of an organisation, in the order of the tree, how many unions there are today and how many
    show what: one pass over the unions, one over what is displayed and one over each way to a site, in one statement;
    and one for the names. Parts without unions are left out."""
    unions = counted().filter(within("path", (organisation.path,)))
    displays = Display._base_manager.filter(lapsed_on=None).annotate(code=F("kind"))
    sites = UnionSite._base_manager.filter(closed_on=None).annotate(code=Value(SITE, output_field=CharField()))
    # A union with a site of its own uses no other: the verbs see to it, so the two are added.
    uses = SiteUse._base_manager.filter(until_on=None).annotate(code=Value(SITE, output_field=CharField()))
    length = len(organisation.path) + STEP
    lines = unions.annotate(
        code=Value(ANY, output_field=CharField()), part=Substr("path", 1, length, output_field=CharField())
    )
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    counts = [_by_part(lines)]
    for rows in (displays, sites, uses):
        inside = rows.filter(
            within("organisation__path", (organisation.path,)),
            organisation__kind__in=COUNTED,
            organisation__state=State.STANDING,
        )
        counts.append(_by_part(inside.annotate(part=Substr("organisation__path", 1, length, output_field=CharField()))))
    for part, code, number in counts[0].union(*counts[1:], all=True):
        found[part][code] += number
    named = Organisation.objects.filter(path__in=list(found)).order_by("path")[:MOST_PARTS]
    return [Part(each, found[each.path][ANY], {code: found[each.path][code] for code in COLUMNS}) for each in named]


def _by_part(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    found: QuerySet[Any, Any] = rows.order_by().values_list("part", "code").annotate(number=Count("pk"))
    return found


def _displays(kind: str, on: date | None) -> QuerySet[Display]:
    rows = Display._base_manager.filter(organisation=OuterRef("pk"), kind=kind)
    if on is None:
        return rows.filter(lapsed_on=None)
    return rows.filter(Q(lapsed_on=None) | Q(lapsed_on__gt=on), shown_on__lte=on)


def _site() -> Q:
    own = UnionSite._base_manager.filter(organisation=OuterRef("pk"), closed_on=None)
    return Q(Exists(own)) | Q(Exists(SiteUse._base_manager.filter(organisation=OuterRef("pk"), until_on=None)))
