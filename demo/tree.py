"""Today's tree: the order under each superior, paths and ids; and the rows of organisations with their history."""

from collections import defaultdict

from demo.papers import links_of
from demo.world import City, Union
from gongjia.backbone.organisations.models import Link, Organisation, Placement, Succession, Term
from gongjia.backbone.organisations.words import Kind, State
from gongjia.backbone.regions.models import Region
from gongjia.kernel.pinyin import initials, pinyin_key

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Digits of a step, as treebeard counts; a step has four."""
ORDER = {kind: place for place, kind in enumerate(Kind)}
BY_NAME = {Kind.GRASSROOTS_UNION, Kind.PREPARATORY_GROUP}


def number_tree(city: City) -> None:
    """Give each union its path and id, superiors first; under each by kind, unions of single employers by name."""
    below: dict[int, list[Union]] = defaultdict(list)
    for union in city.unions:
        if union.superior:
            below[id(union.superior)].append(union)
    ordered: list[Union] = []
    waiting = [union for union in city.unions if union.superior is None]
    for place, root in enumerate(waiting, start=1):
        root.path = step(place)
    while waiting:
        union = waiting.pop()
        ordered.append(union)
        union.id = len(ordered)
        parts = sorted(below[id(union)], key=_place)
        union.numchild = len(parts)
        for place, part in enumerate(parts, start=1):
            part.path = union.path + step(place)
        waiting += reversed(parts)
    city.unions[:] = ordered


def _place(union: Union) -> tuple[int, str]:
    return ORDER[union.kind], pinyin_key(union.name) if union.kind in BY_NAME else ""


def step(number: int) -> str:
    """
    >>> step(1), step(36), step(1295)
    ('0001', '0010', '00ZZ')
    """
    digits = ""
    for _ in range(4):
        number, place = divmod(number, 36)
        digits = ALPHABET[place] + digits
    return digits


def write_unions(city: City) -> None:
    regions = dict(Region.objects.values_list("code", "id"))
    rows = city.rows(
        Organisation,
        *("path", "depth", "numchild", "kind", "name", "short_name", "initials", "uscc", "region_id", "address"),
        *("industry", "state", "founded_on", "approval_number", "ended_on", "has_own_account"),
    )
    for union in city.unions:
        rows.add(
            *(union.path, len(union.path) // 4, union.numchild, union.kind.value, union.name, union.short_name),
            *(initials(union.name), union.uscc, regions[union.region], union.address, union.industry),
            *(union.state.value, union.founded, union.approval, union.ended, union.account),
        )
    _write_history(city)


def _write_history(city: City) -> None:
    placements = city.rows(Placement, "organisation_id", "superior_id", "from_on", "until_on", "reason")
    successions = city.rows(Succession, "organisation_id", "successor_id", "on")
    terms = city.rows(Term, "organisation_id", "number", "starts_on", "ends_on", "approval_number")
    links = city.rows(Link, "organisation_id", "other_id", "kind", "from_on", "until_on")
    for union in city.unions:
        for stay in union.stays:
            superior = stay.superior.id if stay.superior else None
            placements.add(union.id, superior, stay.from_on, stay.until_on, stay.reason)
        for number, starts, ends in union.terms:
            terms.add(union.id, number, starts, ends, union.approval if number == 1 else "")
        if union.state == State.MERGED and union.heir:
            successions.add(union.id, union.heir.id, union.ended)
    for union, other, kind, from_on, until_on in links_of(city):
        links.add(union.id, other.id, kind.value, from_on, until_on)
