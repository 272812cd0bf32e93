"""Which employers have a union and which have none: unions of one employer, joint unions, preparatory groups."""

from collections import Counter, defaultdict
from datetime import date, timedelta

from demo.frame import NEW_TRADES
from demo.names.draw import Draw
from demo.names.employers import chinese
from demo.world import CITY, COUNTIES, City, Firm, Union, between, later, place_name, sooner
from gongjia.backbone.employers.words import State
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.organisations.words import State as UnionState

LEAST = 25
"""Employers of so many must have a union when so many are members (工会法 2021 第十一条)."""
UNORGANISED = 0.36
"""The share of the large employers without a union, before a few of them prepare one."""
PREPARING_SHARE = 0.05
JOINT_SIZES = (4, 5, 6, 7, 8, 9, 10, 12, 14)
TAILS = ("股份有限公司", "有限责任公司", "有限公司", "（普通合伙）", "（有限合伙）")


def organise(city: City) -> None:
    draw = city.draw("organised")
    own, joint = _chosen(city, draw)
    for firm in own:
        found_own(city, draw, firm)
    _joint_unions(city, draw, joint)
    _preparatory_groups(city, draw)


def found_own(city: City, draw: Draw, firm: Firm) -> Union:
    """The union of one employer, under the superior that fits."""
    superior = _superior(city, draw, firm)
    on = sooner(draw, _settled(city, draw, firm), city.today - timedelta(days=45))
    name = firm.coined.name
    union = city.found(
        Kind.GRASSROOTS_UNION,
        f"{name}工会委员会",
        firm.coined.region,
        superior,
        on,
        short_name=f"{_short(name)}工会",
        industry=firm.coined.industry[0],
        address=firm.coined.address,
    )
    union.size = max(3, int(firm.staff * (0.94 if firm.is_public else 0.55 + draw.random() * 0.42)))
    union.cover(firm, on, "建会")
    return union


def _chosen(city: City, draw: Draw) -> tuple[list[Firm], list[Firm]]:
    """Employers with a union of their own, and those that share one. A third of the large ones has none."""
    own: list[Firm] = []
    joint: list[Firm] = []
    large: dict[str, list[Firm]] = defaultdict(list)
    public: Counter[str] = Counter()
    for firm in city.firms:
        if firm.covers or firm.state != State.OPERATING:
            continue
        chance = draw.random()
        if firm.staff >= LEAST and not firm.is_public:
            large[firm.coined.county].append(firm)
        elif firm.is_public:
            public[firm.coined.county] += firm.staff >= LEAST
            (own if firm.staff >= 8 else joint).append(firm)
        elif firm.staff >= 10 and chance < 0.30:
            (own if chance < 0.12 else joint).append(firm)
        elif (firm.group in NEW_TRADES and chance < 0.6) or (firm.staff < 10 and chance < 0.15):
            joint.append(firm)
    for county, firms in large.items():
        free = max(2, round((len(firms) + public[county]) * UNORGANISED))
        chances = sorted((draw.random(), number) for number in range(len(firms)))
        for chance, number in chances[free:]:
            (joint if chance > 0.92 else own).append(firms[number])
    return own, joint


def _superior(city: City, draw: Draw, firm: Firm) -> Union:
    """Where the union of one employer belongs: its line, its federation, or the township and what stands under it."""
    coined, chance = firm.coined, draw.random()
    code = CITY if chance < 0.15 and (firm.is_public or firm.staff >= 150) else coined.county
    section, group = coined.industry[0], firm.group
    if coined.form == "organ":
        return city.lines[code, "S"]
    if (code, section) in city.lines and (code == CITY or chance < 0.8):
        return city.lines[code, section]
    if (code, group) in city.lines and chance < 0.6:
        return city.lines[code, group]
    if firm.staff >= 200 and chance < 0.5:
        return city.federations[code]
    return city.townships[coined.region[:9]]


def _settled(city: City, draw: Draw, firm: Firm) -> date:
    """The first day on which this employer may have a union; one that was too young for it is older than that."""
    last = city.today - timedelta(days=500)
    if firm.founded > last:
        firm.founded = later(draw, date(2002, 1, 1), last)
    if firm.head:
        firm.founded = max(firm.founded, firm.head.founded)
    return max(firm.founded + timedelta(days=150), date(1994, 1, 1))


def _short(name: str) -> str:
    return next((name.removesuffix(tail) for tail in TAILS if name.endswith(tail)), name)


def _joint_unions(city: City, draw: Draw, firms: list[Firm]) -> None:
    """Small employers share the union of their trade, of their village, or a joint one of their township."""
    trades: dict[tuple[str, str], list[Firm]] = defaultdict(list)
    towns: dict[str, list[Firm]] = defaultdict(list)
    villages = {union.region: union for union in city.unions if union.kind == Kind.VILLAGE_UNION}
    for firm in firms:
        county, group = firm.coined.county, firm.group
        village = villages.get(firm.coined.region)
        if group in NEW_TRADES:
            trades[county, group].append(firm)
        elif village and draw.random() < 0.4:
            _settled(city, draw, firm)
            village.cover(firm, sooner(draw, max(firm.founded, village.founded), city.today), "加入村（社区）工会")
        else:
            towns[firm.coined.region[:9]].append(firm)
    for county in COUNTIES:
        for group, trade in NEW_TRADES.items():
            superior = city.lines.get((county, group)) or city.lines[CITY, group]
            _chunks(city, draw, superior, county, f"{place_name(county)}{trade}", trades[county, group], group)
            _of_the_free(city, draw, superior, county, group)
    for code, members in towns.items():
        town = city.townships[code]
        _chunks(city, draw, town, code, town.name.removesuffix("总工会"), members)


def _chunks(
    city: City, draw: Draw, superior: Union, region: str, name: str, firms: list[Firm], group: str = ""
) -> None:
    number = 0
    while firms:
        taken, firms = _take(firms, draw.one(JOINT_SIZES))
        number += 1
        ready = sorted(_settled(city, draw, firm) for firm in taken)[:3][-1]
        on = sooner(draw, max(ready, date(2004, 5, 1)), city.today - timedelta(days=60))
        full = f"{name}第{_numeral(number)}联合工会"
        union = city.found(
            Kind.JOINT_GRASSROOTS_UNION, f"{full}委员会", region, superior, on, short_name=full, group=group
        )
        for firm in taken:
            first = max(on, _settled(city, draw, firm))
            union.cover(firm, on if first == on else sooner(draw, first, city.today), "加入联合工会")
            union.size += max(1, int(firm.staff * (0.5 + draw.random() * 0.4)))
        union.size = max(union.size, 3)


def _of_the_free(city: City, draw: Draw, superior: Union, county: str, group: str) -> None:
    """A joint union of those in the trade who have no employer: drivers with their own lorry, riders, carers."""
    on = between(draw, superior.founded, city.today - timedelta(days=90))
    full = f"{place_name(county)}{NEW_TRADES[group]}灵活就业人员联合工会"
    union = city.found(Kind.JOINT_GRASSROOTS_UNION, f"{full}委员会", county, superior, on, short_name=full, group=group)
    union.flexible = union.size = 15 + int(draw.random() * city.scale / 500)


def _take(firms: list[Firm], count: int) -> tuple[list[Firm], list[Firm]]:
    """So many from the front; the last few are not left alone."""
    if len(firms) - count < 3:
        count = len(firms)
    return firms[:count], firms[count:]


def _numeral(number: int) -> str:
    return chinese(number) if number < 100 else str(number)


def _preparatory_groups(city: City, draw: Draw) -> None:
    """For a few of the large employers without a union one is being prepared."""
    for county in COUNTIES:
        waiting = [
            firm
            for firm in city.firms
            if firm.coined.county == county
            and firm.staff >= LEAST
            and not firm.covers
            and firm.state == State.OPERATING
        ]
        for firm in waiting[2 : 2 + round(len(waiting) * PREPARING_SHARE + 0.4)]:
            town = city.townships[firm.coined.region[:9]]
            on = between(draw, max(firm.founded, city.today - timedelta(days=170)), city.today)
            name = firm.coined.name
            union = city.found(
                Kind.PREPARATORY_GROUP,
                f"{name}工会筹备组",
                firm.coined.region,
                town,
                on,
                short_name=f"{_short(name)}工会筹备组",
                industry=firm.coined.industry[0],
                state=UnionState.PREPARING,
            )
            union.cover(firm, on, "筹备建会")
