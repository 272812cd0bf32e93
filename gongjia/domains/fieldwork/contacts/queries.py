"""How contacts are found: who looks after whom, where two do, where nobody does, and what a year came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongjia.backbone.organisations import queries as organisations
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import COUNTED_AS_UNIONS, State
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.queries import in_force
from gongjia.domains.fieldwork import params, rules
from gongjia.domains.fieldwork.contacts.models import Contact, DutySpell, YearlyReport
from gongjia.domains.fieldwork.words import OFFICERS, ContactKind

MOST_POSTS = 200
MOST_SPELLS = 100
MOST_SHOWN = 10


def by_reference(reference: str) -> Contact:
    """Raises Contact.DoesNotExist outside the reach: for the place, also before it is public."""
    rows = Contact.objects.select_related(
        "organisation__region", "union__region", "employer__organisation", "person", "post"
    )
    return rows.get(reference=reference)


def _in_force(on: date) -> Q:
    return Q(until_on=None) | Q(until_on__gt=on)


def contacts(
    *, on: date, words: str = "", kind: str = "", doubled: bool = False, past: bool = False
) -> QuerySet[Contact]:
    """The contacts in reach; `doubled`: of places that more than one looks after."""
    rows = Contact.objects.exclude(_in_force(on)) if past else Contact.objects.filter(_in_force(on))
    if kind:
        rows = rows.filter(kind=kind)
    if words:
        fits = Q(person__name__contains=words) | Q(union__name__contains=words) | Q(employer__name__contains=words)
        rows = rows.filter(fits)
    if doubled:
        others = Contact._base_manager.filter(_in_force(on)).exclude(pk=OuterRef("pk"))
        same_union = Exists(others.filter(union=OuterRef("union"), employer=None))
        same_firm = Exists(others.filter(employer=OuterRef("employer")))
        rows = rows.filter(Q(same_firm, employer__isnull=False) | Q(same_union, employer=None))
    return rows.select_related("organisation__region", "union", "employer", "person", "post")


def without(*, on: date, words: str = "") -> QuerySet[Organisation]:
    """The unions in reach that nobody looks after."""
    looked_after = Contact._base_manager.filter(_in_force(on), union=OuterRef("pk"))
    rows = Organisation.objects.filter(kind__in=COUNTED_AS_UNIONS, state=State.STANDING).filter(~Exists(looked_after))
    return rows.filter(pk__in=organisations.search(words).values("pk")) if words else rows


@dataclass(frozen=True)
class Line:
    """One contact with what its year came to. `lacking` is empty for a part of a year, of which nothing is asked."""

    contact: Contact
    asked: rules.Year
    done: rules.Year
    lacking: list[str]
    is_whole: bool


def asked_of(contact: Contact, *, on: date) -> rules.Year:
    """What a year asks for at this place."""
    region = contact.organisation.region.code
    figures = (params.contact_visits, params.contact_days, params.contact_reports)
    visits, days, reports = (figure(on=on, region=region) for figure in figures)
    return rules.Year(visits, days, reports)


def lines(found: Sequence[Contact], *, year: int, on: date) -> list[Line]:
    """Two statements for a page of contacts."""
    numbers = [each.pk for each in found]
    spells: dict[int, list[rules.Spell]] = {}
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows = DutySpell._base_manager.filter(contact__in=numbers, from_on__lte=last, to_on__gte=first)
    for number, from_on, to_on in rows.values_list("contact_id", "from_on", "to_on"):
        spells.setdefault(number, []).append(rules.Spell(from_on, to_on))
    written = set(
        YearlyReport._base_manager.filter(contact__in=numbers, year=year).values_list("contact_id", flat=True)
    )
    made = []
    for each in found:
        asked = asked_of(each, on=on)
        done = rules.done_in(spells.get(each.pk, []), [year] if each.pk in written else [], year)
        is_whole = rules.is_whole_year(year, from_on=each.from_on, until_on=each.until_on)
        is_asked = is_whole and each.kind == ContactKind.CONTACT
        made.append(Line(each, asked, done, rules.lacking(asked, done) if is_asked else [], is_whole))
    return made


def spells_of(contact: Contact) -> list[DutySpell]:
    """The days at a place in reach, the newest first."""
    return list(DutySpell._base_manager.filter(contact=contact).order_by("-from_on", "-pk")[:MOST_SPELLS])


def reports_of(contact: Contact) -> list[YearlyReport]:
    return list(YearlyReport._base_manager.filter(contact=contact).order_by("-year")[:MOST_SHOWN])


def posts_that_go(*, on: date) -> list[Post]:
    """Who in reach may be sent out, by organisation and name."""
    rows = in_force(on).filter(role__in=[*OFFICERS, "leader", "chair", "vice_chair"], organisation__numchild__gt=0)
    return list(rows.order_by("organisation__path", "person__pinyin_key", "pk")[:MOST_POSTS])


def who_looks_after(union_ids: Sequence[int] | frozenset[int], *, on: date) -> list[Contact]:
    """Who looks after some unions and their employers, as the unions themselves see it: public ones, in force."""
    rows = Contact.objects.filter(_in_force(on), union__in=union_ids, published_on__isnull=False, from_on__lte=on)
    return list(
        rows.select_related("person", "organisation", "union", "employer", "post").order_by("from_on", "pk")[
            :MOST_SHOWN
        ]
    )
