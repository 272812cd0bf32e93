"""How organisations are found: today by the tree, any day before by placements."""

from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from gongjia.backbone.organisations import carried
from gongjia.backbone.organisations.models import Link, Organisation, Placement, Succession, Term
from gongjia.backbone.organisations.words import IN_FORCE
from gongjia.kernel.db import above, within
from gongjia.kernel.reach import current, question


def by_reference(reference: str) -> Organisation:
    """Raises Organisation.DoesNotExist outside the reach, as for a reference that was never given."""
    return Organisation.objects.select_related("region").get(reference=reference)


def own_of(paths: tuple[str, ...]) -> Organisation:
    """The highest of the organisations at these paths: in whose name somebody with several posts acts."""
    return Organisation.objects.filter(path__in=paths).select_related("region").order_by("depth", "path")[0]


def found_or_none(reference: str) -> Organisation | None:
    return Organisation.objects.filter(reference=reference).first()


def by_code(code: str) -> Organisation | None:
    """By its reference or its credit code, in reach."""
    code = code.strip().upper()
    return Organisation.objects.filter(Q(reference=code) | ~Q(uscc="") & Q(uscc=code)).first()


def children_of(organisation: Organisation) -> QuerySet[Organisation]:
    """The direct parts that stand or prepare, in the tree's order."""
    return Organisation.objects.filter(
        within("path", (organisation.path,)), depth=organisation.depth + 1, state__in=IN_FORCE
    )


def subtree_of(organisation: Organisation) -> QuerySet[Organisation]:
    return Organisation.objects.filter(within("path", (organisation.path,)))


def roots() -> list[Organisation]:
    """The highest organisations in reach: where a tree view starts."""
    paths = current().subtrees
    tops = Organisation.objects.filter(path__in=paths) if paths else Organisation.objects.filter(depth=1)
    return list(tops.order_by("path"))


def ancestors_of(organisation: Organisation) -> list[Organisation]:
    """From the top down to the direct superior, as far as the reach goes."""
    return list(Organisation.objects.filter(path__in=above(organisation.path)).order_by("depth"))


def superior_of(organisation: Organisation) -> Organisation | None:
    """The direct superior, also where it is out of reach: who stands above is public. None for the root."""
    up = above(organisation.path)
    return Organisation._base_manager.filter(path=up[-1]).first() if up else None


def superior_name_of(organisation: Organisation) -> str:
    """The name of the leading superior: public knowledge, also where the superior itself is out of reach."""
    placement = Placement.objects.filter(organisation=organisation, until_on=None).select_related("superior").first()
    return placement.superior.name if placement and placement.superior else ""


def search(words: str) -> QuerySet[Organisation]:
    """By two characters of the name or more, by pinyin initials, or by the whole code; of several words each must
    fit."""
    words = words.strip()
    if len(words) < 2:
        return Organisation.objects.none()
    found = Q()
    for word in words.split():
        fits = Q(name__contains=word) | Q(short_name__contains=word)
        if word.isascii() and word.isalpha():
            fits |= Q(initials__contains=word.lower())
        found &= fits
    if len(words) == 18:
        found |= Q(uscc=words.upper())
    return Organisation.objects.filter(found)


@question("organisations.uscc_known")
def uscc_known(uscc: str, *, but: int | None = None) -> bool:
    """Whether any other organisation, in reach or not, has this code."""
    return bool(uscc) and Organisation.objects.filter(uscc=uscc).exclude(pk=but or 0).exists()


def history_of(organisation: Organisation) -> list[Placement]:
    return list(
        Placement.objects.filter(organisation=organisation).select_related("superior").order_by("from_on", "pk")
    )


def terms_of(organisation: Organisation) -> list[Term]:
    return list(Term.objects.filter(organisation=organisation).order_by("-number"))


def links_of(organisation: Organisation) -> list[Link]:
    return list(Link.objects.filter(organisation=organisation).select_related("other").order_by("kind", "from_on"))


def successor_of(organisation: Organisation) -> Succession | None:
    return Succession.objects.filter(organisation=organisation).select_related("successor").first()


def superior_on(organisation: Organisation, day: date) -> Organisation | None:
    """Under whom it stood on a day; None before it was placed, and for the root."""
    placement = (
        Placement.objects.filter(Q(until_on=None) | Q(until_on__gt=day), organisation=organisation, from_on__lte=day)
        .select_related("superior")
        .first()
    )
    return placement.superior if placement else None


def subtree_ids_on(organisation: Organisation, day: date) -> RawSQL:
    """The ids of all that stood under an organisation on a past day, itself included, from the placements: a subquery
    for `…_id__in`, so that they never leave the database.

    The organisation itself must be in reach; what stood under it then may stand elsewhere today.
    """
    Organisation.objects.get(pk=organisation.pk)
    table = connection.ops.quote_name(Placement._meta.db_table)
    return RawSQL(  # noqa: S611 - every value is a parameter
        f"WITH RECURSIVE below(id) AS (SELECT CAST(%s AS bigint) UNION SELECT p.organisation_id FROM {table} p "  # noqa: S608
        "JOIN below b ON p.superior_id = b.id "
        "WHERE p.from_on <= %s AND (p.until_on IS NULL OR p.until_on > %s)) SELECT id FROM below",
        (organisation.pk, day, day),
    )


def what_moves_with(organisation: Organisation) -> dict[str, int]:
    """The dry run of a move: how many organisations, members, employers … go along."""
    return carried.counted(organisation.path)


def count_in(path: str) -> int:
    return Organisation.objects.filter(within("path", (path,))).count()
