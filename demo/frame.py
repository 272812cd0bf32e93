"""What stands in every city: its divisions, its federations, the unions of its townships, villages and industries."""

from datetime import date

from demo.casts import OFFICE_CASTS
from demo.names import Employer as Coined
from demo.names.draw import Draw
from demo.names.places import divisions, villages
from demo.world import CITY, COUNTIES, City, Firm, Stay, Union, between, place_name
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.regions.models import Region

ZONES = ("开发区", "工业园", "物流区")
CITY_ZONE = "421202570"
OFFICE_STAFF = {CITY: 34}
COUNTY_OFFICE_STAFF = 14
INDUSTRIAL = {
    "P": "教育工会",
    "Q": "卫生健康工会",
    "G": "交通运输工会",
    "E": "城乡建设工会",
    "J": "财贸金融工会",
    "I": "邮政通信工会",
    "A": "农林水利工会",
    "R": "文化旅游工会",
}
"""Industrial unions of the city by section; its counties have the first two."""
NEW_TRADES = {
    "courier": "快递行业",
    "truck_driver": "货运物流行业",
    "food_deliverer": "外卖配送行业",
    "ride_hailing_driver": "网约出行行业",
    "domestic_worker": "家政服务行业",
    "security_guard": "保安物业行业",
}
"""Industry federations of the city by group of new employment; its counties have the first three."""
PLACES_OF_WORK = ("商业街", "专业市场", "商务楼宇", "产业园")


def build_divisions(city: City) -> None:
    rows = city.rows(Region, "code", "name", "level", "parent_id")
    ids: dict[str, int] = {}
    for code, (level, name) in divisions().items():
        above = next((ids[code[:digits]] for digits in (9, 6, 4, 2) if digits < len(code)), None)
        ids[code] = rows.add(code, name, level, above)


def lay_frame(city: City) -> None:
    """The organisations that do not depend on how many members there are."""
    draw = city.draw("frame")
    _federations(city, draw)
    _townships(city, draw)
    _industrial_unions(city, draw)
    _federations_of_unions(city, draw)
    _villages(city, draw)


def _federations(city: City, draw: Draw) -> None:
    founded = date(1973, 5, 6)
    root = Union(Kind.FEDERATION, "咸宁市总工会", CITY, founded, [Stay(None, founded)], short_name="市总工会")
    city.federations[CITY] = city.add(root)
    for county in COUNTIES:
        on = between(draw, date(1973, 6, 1), date(1974, 12, 31))
        name = f"{place_name(county)}总工会"
        city.federations[county] = city.found(Kind.FEDERATION, name, county, root, on)
    for code, federation in city.federations.items():
        federation.uscc = city.codes.take("89", code.ljust(6, "0"))
        federation.account = True
        _office(city, federation, code)


def _office(city: City, federation: Union, code: str) -> None:
    """The federation's own office is an employer with a union, in which its officers are members."""
    staff = OFFICE_STAFF.get(code, COUNTY_OFFICE_STAFF)
    county = code if code in COUNTIES else COUNTIES[0]
    place = city.places.address(county, in_town=1.0)
    uscc = city.codes.take("13", code.ljust(6, "0"))
    coined = Coined(federation.name, uscc, "organ", "S93", "500", county, place.region, place.address, staff)
    firm = Firm(coined, staff, federation.founded, federation)
    union = city.found(
        Kind.GRASSROOTS_UNION,
        f"{federation.name}机关工会委员会",
        code,
        federation,
        date(1986, 3, 8),
        address=place.address,
    )
    union.size, union.is_fixed, union.industry = staff, True, "S"
    union.cast = OFFICE_CASTS.get(code, ())
    union.cover(firm, union.founded, "建会")
    city.firms.append(firm)


def is_zone(name: str) -> bool:
    return name.endswith(ZONES)


def _townships(city: City, draw: Draw) -> None:
    for code, (level, name) in divisions().items():
        if level != "township":
            continue
        above = city.federations[CITY if code == CITY_ZONE else code[:6]]
        zone = is_zone(name)
        on = between(draw, date(1993 if zone else 1984, 1, 1), date(2004, 12, 31))
        county = place_name(code[:6])
        prefix = "" if zone and name.startswith(("咸宁", "湖北", county[:2])) else county
        kind = Kind.ZONE_UNION if zone else Kind.TOWNSHIP_UNION
        union = city.found(kind, f"{prefix}{name}总工会", code, above, on, short_name=f"{name}总工会")
        union.uscc = city.codes.take("89", code[:6])
        union.account = draw.random() < 0.6
        city.townships[code] = union


def _industrial_unions(city: City, draw: Draw) -> None:
    root = city.federations[CITY]
    for code, federation in city.federations.items():
        above = place_name(code)
        sections = INDUSTRIAL if code == CITY else {section: INDUSTRIAL[section] for section in ("P", "Q")}
        for section, name in sections.items():
            on = between(draw, date(1979, 1, 1), date(1992, 12, 31))
            union = city.found(Kind.INDUSTRIAL_UNION, f"{above}{name}", code, federation, on, industry=section)
            city.lines[code, section] = union
        own = "县直" if above.endswith("县") else "区直" if above.endswith("区") else "市直"
        on = between(draw, date(1981, 1, 1), date(1985, 12, 31))
        name = f"{above}{own}机关工会工作委员会"
        city.lines[code, "S"] = city.found(Kind.UNION_WORK_COMMITTEE, name, code, federation, on, industry="S")
    for name in ("驻温泉片区工会办事处", "驻建设工地工会办事处"):
        city.found(
            Kind.UNION_OFFICE, f"咸宁市总工会{name}", CITY, root, between(draw, date(2009, 1, 1), date(2016, 1, 1))
        )


def _federations_of_unions(city: City, draw: Draw) -> None:
    for code, federation in city.federations.items():
        groups = list(NEW_TRADES) if code == CITY else list(NEW_TRADES)[:3]
        for group in groups:
            on = between(draw, date(2018, 5, 1), date(2023, 6, 30))
            name = f"{place_name(code)}{NEW_TRADES[group]}工会联合会"
            city.lines[code, group] = city.found(Kind.INDUSTRY_UNION_FEDERATION, name, code, federation, on)
    by_county: dict[str, list[Union]] = {county: [] for county in COUNTIES}
    for code, township in city.townships.items():
        if code != CITY_ZONE:
            by_county[code[:6]].append(township)
    for towns in by_county.values():
        for number, place in enumerate(PLACES_OF_WORK):
            town = towns[number] if number < 3 else next(each for each in reversed(towns) if _is_busy(each))
            on = between(draw, date(2011, 1, 1), date(2020, 12, 31))
            name = f"{town.name.removesuffix('总工会')}{place}工会联合会"
            city.found(Kind.REGIONAL_UNION_FEDERATION, name, town.region, town, on)


def _is_busy(town: Union) -> bool:
    return town.kind == Kind.ZONE_UNION or town.region[6:9] < "200"


def _villages(city: City, draw: Draw) -> None:
    """A third of the villages and communities has a union; in a small city as many as its people allow."""
    share = min(1.0, city.scale / 60_000) / 3
    for county in COUNTIES:
        for code in sorted(code for part in villages()[county] for code, _ in part):
            name = place_name(code)
            if draw.random() < share and name.endswith(("村", "社区")) and "虚拟" not in name:
                town = city.townships[code[:9]]
                on = between(draw, date(2005, 3, 1), date(2019, 6, 30))
                full = f"{town.name.removesuffix('总工会')}{name}工会委员会"
                city.found(Kind.VILLAGE_UNION, full, code, town, on, short_name=f"{name}工会")
