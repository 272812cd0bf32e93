"""What happened to the unions since they were founded: moved to their right superior, merged, dissolved, taken over."""

from collections import defaultdict
from datetime import date, timedelta

from demo.names.draw import Draw
from demo.world import City, Cover, Firm, Stay, Union, between, later
from gongjia.backbone.employers.words import State as FirmState
from gongjia.backbone.organisations.words import Kind, State

YEAR = timedelta(days=365)
MOVED_REASON = "理顺组织关系"
LEAVING = {FirmState.CLOSED: "单位注销", FirmState.REVOKED: "单位吊销", FirmState.MOVED_OUT: "单位迁出"}


def tell_history(city: City) -> None:
    draw = city.draw("history")
    towns: dict[str, list[Union]] = defaultdict(list)
    for union in city.unions:
        may = union.kind in {Kind.GRASSROOTS_UNION, Kind.JOINT_GRASSROOTS_UNION}
        if may and not union.group and not union.is_fixed:
            towns[union.region[:9]].append(union)
    _adopt(city, draw, towns)
    _put_right(city, draw, towns)
    for code, unions in towns.items():
        joints = [union for union in unions if union.kind == Kind.JOINT_GRASSROOTS_UNION]
        for union in joints:
            if len(union.firms) >= 6 and draw.random() < 0.14:
                _merged(city, draw, union)
        for union in unions:
            if union.kind == Kind.GRASSROOTS_UNION and draw.random() < 0.12:
                _covered_before(draw, union, joints)
        towns[code] = joints
    for firm in city.firms:
        if firm.state in LEAVING and draw.random() < 0.25:
            _gone(city, draw, firm, towns)


def _adopt(city: City, draw: Draw, towns: dict[str, list[Union]]) -> None:
    """A regional federation takes up a third of the unions of its township."""
    for region in city.unions:
        if region.kind != Kind.REGIONAL_UNION_FEDERATION:
            continue
        for union in towns[region.region]:
            if union.superior is not region.superior or len(union.stays) > 1 or draw.random() > 0.35:
                continue
            if union.founded >= region.founded:
                union.stays = [Stay(region, union.founded)]
            else:
                union.move(region, between(draw, region.founded, region.founded + YEAR), MOVED_REASON)


def _put_right(city: City, draw: Draw, towns: dict[str, list[Union]]) -> None:
    """Some stood under the county's federation before they came to their township."""
    for unions in towns.values():
        for union in unions:
            superior = union.superior
            if superior is None or len(union.stays) > 1 or superior.kind == Kind.FEDERATION or draw.random() > 0.05:
                continue
            on = between(draw, union.founded + YEAR, city.today - timedelta(days=20))
            if on > union.founded:
                union.stays = [Stay(superior.federation, union.founded)]
                union.move(superior, on, MOVED_REASON)


def _merged(city: City, draw: Draw, union: Union) -> None:
    """Half of what a joint union covers came to it with another one that was merged into it."""
    firms = union.firms[: len(union.firms) // 2]
    last = city.today - timedelta(days=40)
    founded = between(draw, date(2004, 5, 1), max(union.founded, last - 4 * YEAR))
    on = between(draw, max(founded, union.founded) + YEAR, last)
    if on > last:
        return
    name = union.name.replace("联合工会委员会", "商贸服务业联合工会委员会")
    old = city.found(Kind.JOINT_GRASSROOTS_UNION, name, union.region, city.townships[union.region[:9]], founded)
    for firm in firms:
        first = max(founded, firm.founded + timedelta(days=90))
        if first < on:
            firm.covers = [Cover(old, first, on, "工会合并"), Cover(union, on, None, "工会合并转入")]
    old.size, union.size = union.size // 2, union.size - union.size // 2
    old.end(State.MERGED, on, union)


def _covered_before(draw: Draw, union: Union, joints: list[Union]) -> None:
    """A union of its own grew out of the joint one of the township."""
    firm = union.firms[0]
    for joint in joints:
        first = max(joint.founded, firm.founded + timedelta(days=60))
        if joint.state == State.STANDING and first + YEAR < union.founded and len(firm.covers) == 1:
            firm.covers.insert(0, Cover(joint, between(draw, first, union.founded - YEAR), union.founded, "单独建会"))


def _gone(city: City, draw: Draw, firm: Firm, joints: dict[str, list[Union]]) -> None:
    """The employer is no more: its own union was dissolved, or the joint one covers it no longer."""
    town = city.townships[firm.coined.region[:9]]
    if firm.staff >= 12:
        founded = later(draw, max(firm.founded, town.founded, date(2003, 1, 1)) + YEAR, city.today - 3 * YEAR)
        ended = between(draw, founded + YEAR, city.today - timedelta(days=30))
        if ended < city.today:
            name = f"{firm.coined.name}工会委员会"
            union = city.found(Kind.GRASSROOTS_UNION, name, firm.coined.region, town, founded)
            union.industry, union.size = firm.coined.industry[0], min(40, firm.staff * 3 // 4)
            union.end(State.DISSOLVED, ended, town)
            firm.covers.append(Cover(union, founded, ended, "工会撤销"))
        return
    for joint in joints.get(firm.coined.region[:9], ())[:1]:
        first = max(joint.founded, firm.founded + timedelta(days=60))
        if joint.state == State.STANDING and first + YEAR < city.today:
            last = between(draw, first + YEAR, city.today - timedelta(days=10))
            firm.covers.append(Cover(joint, first, last, LEAVING[firm.state]))
