"""Places where officers go: a union, or an employer with the union that covers it; and who stands above a place."""

from dataclasses import dataclass

from gongjia.backbone.employers import queries as employers
from gongjia.backbone.employers.models import Coverage, Employer
from gongjia.backbone.employers.words import State as EmployerState
from gongjia.backbone.organisations import queries as organisations
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE, PARTS
from gongjia.kernel.db import above
from gongjia.kernel.errors import Refused

MOST_OFFERED = 20


@dataclass(frozen=True)
class Place:
    """One of both; `union` of an employer is the one that covers it, where there is one."""

    union: Organisation | None = None
    employer: Employer | None = None

    @property
    def zh(self) -> str:
        return self.employer.name if self.employer else self.union.name if self.union else ""

    @property
    def path(self) -> str:
        """Where it stands in the tree: of an employer that no union covers, at whoever answers for it."""
        if self.union is not None:
            return self.union.path
        return self.employer.organisation.path if self.employer else ""

    @property
    def code(self) -> str:
        """How a form names it."""
        return f"e-{self.employer.reference}" if self.employer else f"u-{self.union.reference}" if self.union else ""


def covering(employer: Employer) -> Organisation | None:
    """The union that covers an employer now, for the verbs that have asked for the right."""
    rows = Coverage._base_manager.filter(employer=employer, until_on=None).select_related("organisation__region")
    found = rows.first()
    return found.organisation if found else None


def by_codes(codes: list[str]) -> list[Place]:
    """The places in reach that a form names, in the order of the form; what is none is left out."""
    unions = {f"u-{each.reference}": each for each in _unions([code[2:] for code in codes if code[:2] == "u-"])}
    firms = {f"e-{each.reference}": each for each in _firms([code[2:] for code in codes if code[:2] == "e-"])}
    found = [Place(unions.get(code), None) if code in unions else _of_firm(firms.get(code)) for code in codes]
    return [each for each in found if each is not None]


def by_code(code: str) -> Place:
    """The one place in reach that a form names. Raises Refused where there is none any more."""
    found = by_codes([code])
    if not found:
        raise Refused("没有找到这个地方，请重新选。", fields=["place"])
    return found[0]


def _of_firm(firm: Employer | None) -> Place | None:
    return Place(covering(firm), firm) if firm is not None else None


def _unions(references: list[str]) -> list[Organisation]:
    return list(Organisation.objects.filter(reference__in=references, state__in=IN_FORCE)) if references else []


def _firms(references: list[str]) -> list[Employer]:
    return list(Employer.objects.filter(reference__in=references).select_related("organisation")) if references else []


def found_by(words: str) -> list[tuple[str, str]]:
    """Unions and employers in reach by their names: code and words, a few."""
    unions = organisations.search(words).filter(state__in=IN_FORCE).exclude(kind__in=PARTS).order_by("path")
    firms = employers.search(words).filter(state=EmployerState.OPERATING).order_by("name", "pk")
    found = [(f"u-{each.reference}", each.name) for each in unions[:MOST_OFFERED]]
    return found + [(f"e-{each.reference}", f"{each.name}（单位）") for each in firms[:MOST_OFFERED]]


def line_of(path: str) -> list[Organisation]:
    """A place's own union and those above it, the nearest first. Their names are public, also out of reach."""
    rows = Organisation._base_manager.filter(path__in=[*above(path), path], state__in=IN_FORCE).exclude(kind__in=PARTS)
    return list(rows.order_by("-path"))
