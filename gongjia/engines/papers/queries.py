"""How papers, numbers and templates are found, and what a paper's files hold."""

import json
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from gongjia.backbone.files.queries import content_of
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.naming import series_words
from gongjia.backbone.regions.queries import names_of_divisions
from gongjia.engines.papers.models import DocumentNumber, Paper, Series, SeriesWord, Template
from gongjia.engines.papers.words import SERIES, WORD_LENGTH
from gongjia.kernel import keyring
from gongjia.kernel.db import above
from gongjia.kernel.reach import question


# ── papers ─────────────────────────────────────────────────────────────────────────────────────────────────────
def paper_by_reference(reference: str) -> Paper:
    """Raises Paper.DoesNotExist outside the reach."""
    return _papers().get(reference=reference)


def papers_about(thing: models.Model) -> QuerySet[Paper]:
    """The papers in reach that belong to a domain's row, oldest first; void ones too."""
    return _papers().filter(about_kind=thing._meta.label, about_id=thing.pk).order_by("issued_at", "pk")


def papers_of_person(person_id: int | None) -> QuerySet[Paper]:
    """What is about a person, as far as the reach goes; nothing of nobody."""
    return _papers().filter(person_id=person_id) if person_id is not None else Paper.objects.none()


def papers_in_reach() -> QuerySet[Paper]:
    return _papers()


def _papers() -> QuerySet[Paper]:
    return Paper.objects.select_related("organisation", "addressee", "person", "number", "template")


def digest_of(sealed: str) -> str:
    """A keyed hash: nobody can make another text fit it, or guess from it what a paper says."""
    return keyring.current().audit_mac(b"paper\0" + sealed.encode()).hex()


class Altered(Exception):
    """What is kept of a paper is not what was issued."""


def contents_of(paper: Paper) -> dict[str, Any]:
    """`facts` by code, `words` of templates and their `shape`, and the `composed` sentences. Raises Altered."""
    sealed = paper.reveal("sealed")
    if digest_of(sealed) != paper.digest:
        raise Altered(paper.reference)
    kept: dict[str, Any] = json.loads(sealed)
    return kept


# ── numbers ────────────────────────────────────────────────────────────────────────────────────────────────────
def number_by_reference(reference: str) -> DocumentNumber:
    """Raises DocumentNumber.DoesNotExist outside the reach."""
    return DocumentNumber.objects.select_related("organisation", "series").get(reference=reference)


def numbers_of(organisation: Organisation) -> QuerySet[DocumentNumber]:
    return DocumentNumber.objects.filter(organisation=organisation).select_related("series", "paper")


def series_of(organisation: Organisation, year: int) -> dict[str, int]:
    """How far each series of a year has come."""
    return dict(Series.objects.filter(organisation=organisation, year=year).values_list("kind", "last"))


def word_of(organisation: Organisation) -> SeriesWord | None:
    return SeriesWord.objects.filter(organisation=organisation).first()


@question("papers.word_to_confirm")
def word_to_confirm(organisation: Organisation) -> str:
    """The word that somebody is to confirm before the organisation's first number, the likeliest that no other one has
    or had; "" where one is set."""
    places = names_of_divisions(organisation.region.code)
    words = [*series_words(organisation.name, places), f"{organisation.name[: WORD_LENGTH - 1]}工"]
    known = SeriesWord.objects.filter(Q(word__in=words) | Q(organisation=organisation))
    owners = dict(known.values_list("word", "organisation_id"))
    if organisation.pk in owners.values():
        return ""
    free = (word for word in words if word not in owners and not word_was_used(word, organisation))
    return next(free, organisation.reference)


@question("papers.word_was_used")
def word_was_used(word: str, organisation: Organisation) -> bool:
    """Whether another organisation has counted under this word before it took another one: its numbers stay."""
    begins = [f"{word}{series}〔" for series in SERIES]
    numbers = DocumentNumber.objects.exclude(organisation=organisation)
    return numbers.filter(reduce(or_, (Q(text__startswith=each) for each in begins))).exists()


# ── templates ──────────────────────────────────────────────────────────────────────────────────────────────────
@question("papers.template_in_force")
def template_in_force(kind: str, path: str) -> int | None:
    """The number inside of the Word template that an organisation at `path` uses: its own, or the nearest above it,
    in reach or not; None for the shipped one."""
    found = Template.objects.filter(kind=kind, until_at=None, organisation__path__in=[*above(path), path])
    return found.order_by("-organisation__depth").values_list("pk", flat=True).first()


def templates_in_force(organisation: Organisation) -> dict[str, Template]:
    """The same for every kind at once: one query."""
    paths = [*above(organisation.path), organisation.path]
    rows = Template._base_manager.filter(until_at=None, organisation__path__in=paths)
    return {each.kind: each for each in rows.select_related("organisation").order_by("organisation__depth")}


def versions_of(organisation: Organisation, kind: str) -> QuerySet[Template]:
    return Template.objects.filter(organisation=organisation, kind=kind).select_related("file", "organisation")


def version_of(organisation: Organisation, kind: str, number: int) -> int | None:
    """The number inside of one version that an organisation has used."""
    return versions_of(organisation, kind).filter(number=number).values_list("pk", flat=True).first()


def content_of_template(template_id: int) -> bytes:
    """A template is no secret: who reads a paper may see by which it was made."""
    found = Template._base_manager.select_related("file").get(pk=template_id)
    return b"".join(content_of(found.file))
