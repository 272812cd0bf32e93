"""What the papers say of each union: terms, approvals, codes, accounts, and its relations beside the superior."""

from collections import Counter
from datetime import date, timedelta

from demo.names.draw import Draw
from demo.world import CITY, City, Union, between
from gongjia.backbone.organisations import rules
from gongjia.backbone.organisations.words import Kind, LinkKind, State

SIGNS = {
    CITY: "咸",
    "421202": "咸安",
    "421221": "嘉",
    "421222": "隽",
    "421223": "崇",
    "421224": "通",
    "421281": "赤",
}
"""How the papers of each federation begin."""
FIVE_YEARS = {Kind.FEDERATION, Kind.INDUSTRIAL_UNION, Kind.ZONE_UNION, Kind.TOWNSHIP_UNION}
WITHOUT_TERM = {Kind.PREPARATORY_GROUP, Kind.BRANCH, Kind.UNION_GROUP, Kind.UNION_WORK_COMMITTEE, Kind.UNION_OFFICE}
WITHOUT_PAPERS = {Kind.FEDERATION, Kind.BRANCH, Kind.UNION_GROUP}
WITH_CODE = {Kind.GRASSROOTS_UNION, Kind.JOINT_GRASSROOTS_UNION, Kind.VILLAGE_UNION}
KEPT_TERMS = 3
Link = tuple[Union, Union, LinkKind, date, date | None]


def complete_papers(city: City) -> None:
    draw = city.draw("papers")
    numbers: Counter[tuple[str, int]] = Counter()
    for union in sorted(city.unions, key=lambda union: union.founded):
        if union.kind not in WITHOUT_TERM and not union.terms:
            union.terms = _terms(city, draw, union)
        if union.kind not in WITHOUT_PAPERS and union.superior:
            series = union.superior.federation.region, union.founded.year
            numbers[series] += 1
            union.approval = f"{SIGNS[series[0]]}工发〔{series[1]}〕{numbers[series]}号"
        if union.kind in WITH_CODE and union.founded < city.today - timedelta(days=60):
            if draw.random() < 0.72:
                union.uscc = city.codes.union(union.region[:6].ljust(6, "0"))
            chance = draw.random()
            union.account = None if chance > 0.92 else chance < (0.55 if union.size >= 60 else 0.12)


def _terms(city: City, draw: Draw, union: Union) -> list[tuple[int, date, date]]:
    """The last terms, each begun a little after the one before it ended; here and there the re-election is overdue."""
    years = 5 if union.kind in FIVE_YEARS or draw.random() < 0.7 else 3
    last = union.ended or city.today
    starts = union.founded
    terms: list[tuple[int, date, date]] = []
    while starts < last:
        terms.append((len(terms) + 1, starts, rules.term_end(starts, years)))
        starts = terms[-1][2] + timedelta(days=int(draw.random() * draw.random() * 150))
    may_lapse = len(terms) > 1 and union.kind not in FIVE_YEARS and terms[-2][2] > city.today - timedelta(days=900)
    if may_lapse and draw.random() < 0.25:
        terms.pop()
    return terms[-KEPT_TERMS:]


def links_of(city: City) -> list[Link]:
    """Guidance by the industrial union of the trade, funds by the federation instead of the leading superior."""
    draw = city.draw("links")
    links: list[Link] = []
    for union in city.unions:
        if union.kind != Kind.GRASSROOTS_UNION or union.state != State.STANDING or union.superior is None:
            continue
        federation = union.superior.federation
        line = city.lines.get((CITY, union.industry))
        first = max(union.founded, date(2006, 1, 1))
        if line and line is not union.superior and draw.random() < 0.35:
            links.append((union, line, LinkKind.GUIDANCE, between(draw, first, city.today), None))
        if union.superior is not federation and union.size >= 40 and draw.random() < 0.3:
            since = between(draw, first, city.today)
            if draw.random() < 0.2:
                links.append((union, federation, LinkKind.FUNDS, first, since))
            else:
                links.append((union, federation, LinkKind.FUNDS, since, None))
    return links
