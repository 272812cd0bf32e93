"""How employers are found, who covers them, and who did on any day before."""

from datetime import date

from django.db.models import Q, QuerySet

from gongjia.backbone.employers.models import Coverage, Employer, Headcount
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.queries import subtree_ids_on
from gongjia.kernel.db import within


def by_reference(reference: str) -> Employer:
    """Raises Employer.DoesNotExist outside the reach, as for a reference that was never given."""
    return Employer.objects.select_related("region", "organisation", "head_office").get(reference=reference)


def search(words: str) -> QuerySet[Employer]:
    """By two characters of the name or more, by pinyin initials, or by the whole code; of several words each must
    fit."""
    words = words.strip()
    if len(words) < 2:
        return Employer.objects.none()
    found = Q()
    for word in words.split():
        fits = Q(name__contains=word)
        if word.isascii() and word.isalpha():
            fits |= Q(initials__contains=word.lower())
        found &= fits
    if len(words) == 18:
        found |= Q(uscc=words.upper())
    return Employer.objects.filter(found)


def answered_by(organisation: Organisation) -> QuerySet[Employer]:
    """The employers in an organisation's territory: it, or one below it, answers for them."""
    return Employer.objects.filter(within("organisation__path", (organisation.path,)))


def covered_by(organisation: Organisation) -> QuerySet[Employer]:
    """The employers that a union covers now."""
    return Employer.objects.filter(coverages__organisation=organisation, coverages__until_on=None)


def covered_in_on(organisation: Organisation, day: date) -> QuerySet[Coverage]:
    """Who was covered on a day by the unions that stood under `organisation` on that day."""
    ids = subtree_ids_on(organisation, day)
    return Coverage.objects.filter(
        Q(until_on=None) | Q(until_on__gt=day), organisation_id__in=ids, from_on__lte=day
    ).select_related("employer", "organisation")


def coverage_of(employer: Employer) -> Coverage | None:
    return Coverage.objects.filter(employer=employer, until_on=None).select_related("organisation").first()


def coverages_of(employer: Employer) -> list[Coverage]:
    return list(Coverage.objects.filter(employer=employer).select_related("organisation").order_by("from_on", "pk"))


def headcounts_of(employer: Employer) -> list[Headcount]:
    """All numbers side by side, newest first, each with source and day."""
    return list(Headcount.objects.filter(employer=employer).order_by("-on", "source"))


def count_covered(path: str) -> int:
    """How many employers the unions of a subtree cover now."""
    return Coverage.objects.filter(within("organisation__path", (path,)), until_on=None).count()


def count_answered(path: str) -> int:
    return Employer.objects.filter(within("organisation__path", (path,))).count()
