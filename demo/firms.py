"""Employers: how many, how large, since when, in which state, with which head office, and what its sources say."""

from datetime import date, timedelta

from demo.names import Employer as Coined
from demo.names.draw import Draw, table
from demo.work import group_of
from demo.world import CITY, COUNTIES, City, Firm, between, later, place_name
from gongjia.backbone.employers.models import Coverage, Employer, Headcount
from gongjia.backbone.employers.words import Source, State
from gongjia.backbone.regions.models import Region
from gongjia.kernel.pinyin import initials

FEWEST = 360
#: Members of a union for each person employed, by size of the employer, taken over organised and unorganised alike.
RATES = ((25, 0.53), (10, 0.24), (1, 0.13))
STATES = table({State.OPERATING: 91, State.CLOSED: 5, State.REVOKED: 2, State.MOVED_OUT: 2}, 100)
BRANCH_SHARE = 0.015
FAR_OFF = 0.05
SOURCES = (
    (Source.SOCIAL_INSURANCE, 2, 0.62, 0.06),
    (Source.TAX, 2, 0.3, 0.1),
    (Source.DECLARED, 5, 0.12, 0.04),
    (Source.VISIT, 4, 0.03, 0.0),
    (Source.UNION_ROSTER, 1, 0.0, 0.0),
    (Source.MARKET_REGULATION, 11, 0.75, 0.12),
)
"""Each with how many months ago it was counted, how many employers are in it, and how far off it usually is."""
ZONE_SHARE = 0.3
ZONES = {
    "421202": ("421202571", "421202570"),
    "421221": ("421221570",),
    "421222": (),
    "421223": ("421223570",),
    "421224": ("421224570",),
    "421281": ("421281404",),
}


def employer_count(scale: int) -> int:
    """12,000 at 60,000 members; above it grows more slowly, because the employers grow as well: 60,000 at a million."""
    return max(FEWEST, scale // 5) if scale <= 60_000 else 12_000 + (scale - 60_000) * 48 // 940


def coin_firms(city: City) -> None:
    """The employers of the city, with what they really have on staff."""
    draw = city.draw("firms")
    count = employer_count(city.scale)
    drafts = [city.employers.coin() for _ in range(int(count * (1 - BRANCH_SHARE)))]
    heads = [draft for draft in drafts if draft.form == "company" and draft.staff >= 40]
    drafts += [city.employers.branch(draw.one(heads)) for _ in range(count - len(drafts))]
    factor = staff_factor([draft.staff for draft in drafts], city.scale)
    known: dict[str, Firm] = {}
    for draft in drafts:
        staff = max(1, round(draft.staff * factor))
        coined = _in_a_zone(city, draw, draft) if draft.industry[0] == "C" and staff >= 10 else draft
        answers = city.townships[coined.region[:9]]
        if staff >= 300 or coined.form == "organ":
            answers = city.federations[CITY if answers.county == CITY else coined.county]
        founded, group = _founded(city, draw, draft.kind), group_of(coined.name)
        firm = Firm(coined, staff, founded, answers, head=known.get(draft.head), group=group)
        firm.state = draw.one(STATES) if not firm.is_public else State.OPERATING
        known[coined.uscc] = firm
        if firm.head:
            firm.founded = max(firm.founded, firm.head.founded)
        city.firms.append(firm)
    _see_that_some_are_large(city)


def staff_factor(staff: list[int], members: int) -> float:
    """By how much the coined numbers of staff are multiplied so that the unions have about so many members."""
    low, high = 0.0, 4.0
    for _ in range(24):
        middle = (low + high) / 2
        if sum(_expected(count * middle) for count in staff) < members:
            low = middle
        else:
            high = middle
    return high


def _expected(staff: float) -> float:
    return next((rate * staff for least, rate in RATES if staff >= least), 0.1)


def _see_that_some_are_large(city: City) -> None:
    """Each county has four employers of 25 and more at least, however small the city."""
    for county in COUNTIES:
        firms = [firm for firm in city.firms if firm.coined.county == county and firm.state == State.OPERATING]
        for firm in sorted(firms, key=lambda firm: -firm.staff)[:4]:
            firm.staff = max(firm.staff, 25 + len(firm.coined.name))


def _in_a_zone(city: City, draw: Draw, draft: Coined) -> Coined:
    """Makers of things often stand in the zone of their county."""
    zones = ZONES[draft.county]
    if not zones or draw.random() > ZONE_SHARE:
        return draft
    zone = draw.one(zones)
    place = f"{place_name(CITY)}{place_name(draft.county)}{place_name(zone)}"
    address = f"{place}{city.places.road()}{int(draw.random() * 88) + 1}号"
    return draft._replace(region=zone, address=address)


def _founded(city: City, draw: Draw, kind: str) -> date:
    if kind in {"400", "500"}:
        return between(draw, date(1975, 1, 1), date(2015, 12, 31))
    return later(draw, date(1990, 1, 1), city.today - timedelta(days=60))


def write_firms(city: City) -> None:
    rows = city.rows(
        Employer,
        *("name", "initials", "uscc", "kind", "industry", "region_id", "address", "state", "founded_on"),
        *("head_office_id", "organisation_id", "source", "source_on"),
    )
    regions = dict(Region.objects.values_list("code", "id"))
    reported = date(city.today.year, 1, 31)
    for firm in city.firms:
        coined = firm.coined
        firm.id = rows.add(
            *(coined.name, initials(coined.name), coined.uscc, coined.kind, coined.industry[0]),
            *(regions[coined.region], coined.address, firm.state.value, firm.founded),
            *(firm.head.id if firm.head else None, firm.answers.id, Source.MARKET_REGULATION.value, reported),
        )
    _write_headcounts(city)
    _write_covers(city)


def _write_headcounts(city: City) -> None:
    """What each source says, on its own day. Most are near the truth, a few are far from it."""
    rows = city.rows(Headcount, "employer_id", "source", "on", "count")
    draw = city.draw("headcounts")
    for firm in city.firms:
        covered = bool(firm.covers) and firm.covers[-1].until_on is None
        for source, months, share, spread in SOURCES:
            certain = Source.UNION_ROSTER if covered else Source.MARKET_REGULATION
            likely = 1.0 if source == certain and firm.staff >= 10 else share
            on = end_of_month(city.today, months)
            if draw.random() < likely and on >= firm.founded:
                rows.add(firm.id, source.value, on, _said(draw, firm.staff, spread))


def _said(draw: Draw, staff: int, spread: float) -> int:
    if spread and draw.random() < FAR_OFF:
        return max(1, int(staff * (0.3 + 0.3 * draw.random())))
    return max(1, round(staff * (1 - spread + 2 * spread * draw.random())))


def end_of_month(day: date, back: int) -> date:
    """The last day of the month that lies so many months back.

    >>> end_of_month(date(2026, 11, 20), 2), end_of_month(date(2026, 1, 5), 1)
    (datetime.date(2026, 9, 30), datetime.date(2025, 12, 31))
    """
    months = day.year * 12 + day.month - back
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


def _write_covers(city: City) -> None:
    rows = city.rows(Coverage, "organisation_id", "employer_id", "from_on", "until_on", "reason")
    for firm in city.firms:
        for cover in firm.covers:
            rows.add(cover.union.id, firm.id, cover.from_on, cover.until_on, cover.reason)
