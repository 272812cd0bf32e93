"""How many members each union has, so that the city has just as many as it was asked for; its branches and groups."""

from collections.abc import Iterable

from demo.names.draw import Draw
from demo.names.employers import chinese
from demo.world import City, Stay, Union
from gongjia.backbone.organisations.words import Kind, State

BRANCHED = 240
GROUPED = 60


def settle_sizes(city: City) -> None:
    """The sizes drawn before are stretched or shrunk to the scale; a union has no more members than there are staff."""
    draw = city.draw("sizes")
    for union in city.unions:
        if union.kind == Kind.VILLAGE_UNION:
            union.flexible = 4 + int(draw.random() * draw.random() * max(city.scale, 60_000) / 1500)
            union.size = union.flexible + sum(firm.staff for firm in union.firms) // 2
    fixed = sum(union.size for union in city.unions if union.is_fixed)
    _fit([union for union in city.unions if union.size and not union.is_fixed], city.scale - fixed)
    for union in list(city.unions):
        if union.state == State.STANDING and union.size and not union.leaves:
            _split(city, draw, union)


def _fit(unions: list[Union], budget: int) -> None:
    total = sum(union.size for union in unions)
    for union in unions:
        union.flexible = union.flexible * budget // total
        union.size = min(_most(union), max(1, union.size * budget // total))
    unions = sorted(unions, key=lambda union: -union.size)
    rest = budget - sum(union.size for union in unions)
    while rest:
        step = 1 if rest > 0 else -1
        changed = [union for union in unions if 1 <= union.size + step <= _most(union)][: abs(rest)]
        for union in changed:
            union.size += step
        rest -= step * len(changed)
        if not changed:
            raise ValueError("演示规模太小，放不下这座城市：请至少用 600。")


def _most(union: Union) -> int:
    """Whoever has no steady employer may join the union of a village or of a trade: it has room for any number."""
    if union.kind == Kind.VILLAGE_UNION or union.group:
        return 10**9
    return max(1, sum(firm.staff for firm in union.firms))


def _split(city: City, draw: Draw, union: Union) -> None:
    """Branches in the largest unions, groups in many others; their members stand in the smallest of these."""
    if union.kind == Kind.GRASSROOTS_UNION and union.size >= BRANCHED:
        for branch in split(city, union, union.size // 110 + 1, Kind.BRANCH, "分工会"):
            if draw.random() < 0.35:
                union.leaves += split(city, branch, 3, Kind.UNION_GROUP, "工会小组")
            else:
                union.leaves.append(branch)
    elif union.size >= GROUPED and (union.size >= 2 * GROUPED or draw.random() < 0.5):
        union.leaves = split(city, union, union.size // 48 + 1, Kind.UNION_GROUP, "工会小组")


def split(city: City, union: Union, count: int, kind: Kind, word: str, names: Iterable[str] = ()) -> list[Union]:
    """Parts of a union, as old as it is, named or numbered."""
    whole = union.superior if union.kind == Kind.BRANCH and union.superior else union
    base = whole.short_name or whole.name.removesuffix("委员会")
    branch = union.short_name if whole is not union else ""
    called = list(names) or [f"第{chinese(number)}" for number in range(1, count + 1)]
    return [
        city.add(
            Union(
                kind,
                f"{base}{branch}{name}{word}",
                union.region,
                union.founded,
                [Stay(union, union.founded)],
                short_name=f"{name}{word}",
                industry=union.industry,
                group=union.group,
            )
        )
        for name in called
    ]
