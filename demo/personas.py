"""The union of 何建平, in which 王芳 is a member, and the accounts of the personas."""

from datetime import date, datetime, timedelta
from itertools import pairwise

from demo.casts import HOME, UNION_CAST
from demo.sizes import split
from demo.world import City, Firm, place_name
from gongjia.backbone.accounts.models import Account
from gongjia.backbone.organisations.words import Kind
from gongjia.kernel.days import add_years
from gongjia.kernel.moments import SHANGHAI

ZONE = "421202571"
STAFF, MEMBERS = 214, 180
PARTS = {
    "一车间": ("冲压一组", "冲压二组", "总装一组"),
    "二车间": ("总装二组", "检测包装组"),
    "职能部门": ("仓储物流组", "综合办公组"),
}


def lay_home(city: City) -> None:
    """何建平's union: a maker of electronics in the zone, three branches with groups, a term that ran out."""
    coined = city.employers.coin(county=HOME, section="C39", form="company")
    address = f"咸宁市{place_name(HOME)}{place_name(ZONE)}{city.places.road()}18号"
    zone = city.townships[ZONE]
    coined = coined._replace(region=ZONE, address=address, kind="170", staff=STAFF)
    firm = Firm(coined, STAFF, date(2010, 4, 12), zone)
    city.firms.append(firm)
    founded = add_years(city.today - timedelta(days=62), -13)
    union = city.found(
        Kind.GRASSROOTS_UNION,
        f"{coined.name}工会委员会",
        ZONE,
        zone,
        founded,
        short_name=f"{coined.name.removesuffix('有限公司')}工会",
        industry="C",
        address=address,
    )
    union.cover(firm, founded, "建会")
    union.size, union.is_fixed, union.cast = MEMBERS, True, UNION_CAST
    for branch in split(city, union, 0, Kind.BRANCH, "分工会", PARTS):
        groups = PARTS[branch.short_name.removesuffix("分工会")]
        union.leaves += split(city, branch, 0, Kind.UNION_GROUP, "工会小组", groups)
    days = [add_years(founded, years) for years in (0, 5, 10, 13)]
    union.terms = [(number, *term) for number, term in enumerate(pairwise(days), start=1)]


def open_accounts(city: City) -> None:
    """An account for each persona. They have no password: the demo's own page lets one become any of them."""
    rows = city.rows(
        Account, "username", "password", "person_id", "phone", "is_phone_verified", "is_active", "created_at", "seen_at"
    )
    created = datetime(city.today.year, 1, 5, 9, 30, tzinfo=SHANGHAI)
    for username, persona in sorted(city.personas.items()):
        persona.account_id = rows.add(username, "!demo", persona.person_id, persona.phone, True, True, created, None)
