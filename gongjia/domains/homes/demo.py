"""The public face of the unions of the invented city: most show something, some lack it, and some were checked."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from django.db.models import Q

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind, State
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import Role
from gongjia.domains.homes import params, services
from gongjia.domains.homes.models import Card, Display, Duty, SiteUse, UnionSite
from gongjia.domains.homes.queries import chair_post_of
from gongjia.domains.homes.sites import services as sites
from gongjia.domains.homes.words import COUNTED, OFFICERS, THREE, DisplayKind, Given
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.moments import today_of

#: Of a hundred unions, how many show what, have a site of their own, or use another's; of displays, were checked.
_SHOWN = {DisplayKind.PLATE: 86, DisplayKind.IDENTITY: 70, DisplayKind.PROMISE: 64}
_SERVE, _HAVE_SITE, _USE_SITE, _CHECKED = 80, 34, 45, 40
_SERVING = (Kind.TOWNSHIP_UNION, Kind.ZONE_UNION, Kind.VILLAGE_UNION)
_PLACES = ("办公楼一层大厅", "厂门口公告栏", "职工食堂门口", "综合楼二楼走廊", "车间公告栏")
_HOURS = ("周一至周五 8:30–17:30", "周一至周六 8:30–20:00", "每天 7:00–21:00，节假日照常", "周一至周五 9:00–18:00")
_AT_ONCE = 500


class City(Protocol):
    """What is needed of the city that is being built."""

    at: datetime
    personas: Mapping[str, Any]

    def draw(self, part: str) -> Any: ...


def build(city: City) -> None:
    """Rows are written in bulk; the chair's own union goes through the verbs."""
    home = Organisation.objects.select_related("region").get(pk=city.personas["hejianping"].serves.id)
    rows = Organisation.objects.filter(state=State.STANDING, kind__in=(*COUNTED, *_SERVING)).exclude(pk=home.pk)
    unions = list(rows.select_related("region").order_by("pk"))
    _displays(city, unions)
    _sites(city, unions)
    _home(city, home)


def _chance(draw: Any, percent: int) -> bool:
    return bool(draw.random() * 100 < percent)


def _displays(city: City, unions: Sequence[Organisation]) -> None:
    draw, today = city.draw("homes.displays"), today_of(city.at)
    above = Organisation.objects.get(depth=1)
    posts, offered = _posts(today), {str(role): params.default_duty(role, on=today) for role in OFFICERS}
    displays: list[Display] = []
    duties: list[Duty] = []
    cards: list[Card] = []
    for union in unions:
        held = posts.get(union.pk, [])
        chair = next((each for each in held if each.role == Role.CHAIR), None)
        shown = [kind for kind in THREE if _chance(draw, _SHOWN[kind])]
        if chair is None:
            shown = [kind for kind in shown if kind == DisplayKind.PLATE]
        days = {kind: _day(draw, union, chair, today) for kind in shown}
        facts: dict[str, Any] = {"organisation": union, "recorded_at": city.at - timedelta(days=1)}
        for kind, on in days.items():
            row = Display(kind=kind, shown_on=on, place=draw.one(_PLACES), **facts)
            row.post = chair if kind == DisplayKind.IDENTITY else None
            if _chance(draw, _CHECKED):
                row.checked_on, row.checked_by = today, above
            displays.append(row)
        if len(days) == len(THREE):
            displays.append(Display(kind=DisplayKind.ALL, shown_on=max(days.values()), **facts))
        if DisplayKind.IDENTITY in days:
            named = [each for each in held if each is chair or _chance(draw, 50)]
            cards += [
                Card(
                    organisation=union, person=each.person, post=each, name=each.person.name, given=Given.PAPER,
                    office_line=_line(draw) if each is chair else "", agreed_at=city.at - timedelta(days=3),
                )
                for each in named
            ]  # fmt: skip
        if DisplayKind.PROMISE in days:
            roles = dict.fromkeys(each.role for each in held)
            duties += [
                Duty(organisation=union, role=role, duty=offered[role][0], promise=offered[role][1], changed_on=today)
                for role in roles
            ]
    Display._base_manager.bulk_create(displays, batch_size=_AT_ONCE)
    Duty._base_manager.bulk_create(duties, batch_size=_AT_ONCE)
    Card._base_manager.bulk_create(cards, batch_size=_AT_ONCE)


def _posts(today: date) -> dict[int, list[Post]]:
    """By union, who holds a post that is shown."""
    rows = Post.objects.filter(Q(until_on=None) | Q(until_on__gt=today), from_on__lte=today, role__in=OFFICERS)
    found: dict[int, list[Post]] = {}
    for each in rows.select_related("person").order_by("pk"):
        found.setdefault(each.organisation_id, []).append(each)
    return found


def _day(draw: Any, union: Organisation, chair: Post | None, today: date) -> date:
    """A day since the union and its chair are there, within two years."""
    first = max(union.founded_on or today, today - timedelta(days=700), chair.from_on if chair else date.min)
    return min(first, today) + timedelta(days=int(draw.random() * max((today - first).days, 0)))


def _line(draw: Any) -> str:
    """No subscriber's number begins with a nought: nobody is called."""
    return f"0715-0{int(draw.random() * 900_000) + 100_000}"


def _sites(city: City, unions: Sequence[Organisation]) -> None:
    """Townships, zones and villages have stations; firms a home, or the use of the station of their township."""
    draw, today = city.draw("homes.sites"), today_of(city.at)
    words = params.services(on=today)
    made: list[UnionSite] = []
    for union in unions:
        is_serving = union.kind in _SERVING
        if not _chance(draw, _SERVE if is_serving else _HAVE_SITE):
            continue
        few = [each for each in words if _chance(draw, 40)] or words[:3]
        what = "职工服务站" if is_serving else "职工之家"
        made.append(
            UnionSite(
                organisation=union, region=union.region, name=f"{union.short_name or union.region.name}{what}"[:60],
                is_station=is_serving, is_home=not is_serving or _chance(draw, 50), services=few,
                address=union.address or f"{union.region.name}工会办公楼一层", hours=draw.one(_HOURS),
                service_line=_line(draw), staff=1 + int(draw.random() * 4), opened_on=today - timedelta(days=200),
            )
        )  # fmt: skip
    UnionSite._base_manager.bulk_create(made, batch_size=_AT_ONCE)
    own = {each.organisation_id for each in made}
    near: dict[str, UnionSite] = {}
    for site in made:
        if site.is_station:
            near.setdefault(site.region.code[:9], site)
    uses = [
        SiteUse(organisation=union, site=near[union.region.code[:9]], from_on=today - timedelta(days=90))
        for union in unions
        if union.pk not in own and union.kind in COUNTED and union.region.code[:9] in near and _chance(draw, _USE_SITE)
    ]
    SiteUse._base_manager.bulk_create(uses, batch_size=_AT_ONCE)


def _home(city: City, home: Organisation) -> None:
    """The chair's own union shows its plate and its site; the promise is written, and the chair has not agreed yet."""
    at = city.at - timedelta(days=30)
    today = today_of(at)
    shown: dict[str, Any] = {"organisation": home, "by": COMMAND, "at": at}
    services.show(kind=DisplayKind.PLATE, shown_on=today, place="办公楼一层大厅", **shown)
    for role in (Role.CHAIR, Role.WOMENS_CHAIR):
        duty, promise = params.default_duty(role, on=today)
        services.write_duty(role=role, duty=duty, promise=promise, version=0, **shown)
    if chair_post_of(home.pk, on=today) is not None:
        services.show(kind=DisplayKind.PROMISE, shown_on=today, place="厂门口公告栏", **shown)
    facts: dict[str, Any] = {
        "name": f"{home.short_name or '本会'}职工之家", "is_union": True, "is_station": False, "is_home": True,
        "address": home.address or f"{home.region.name}样例路 1 号职工活动中心二楼", "staff": 2,
        "hours": "周一至周六 8:30–20:00", "service_line": "0715-0880016", "words": "从二号门进，上二楼左手边",
        "services": ["入会和会籍办理", "政策咨询", "困难帮扶申请", "图书阅览", "充电热饭", "母婴室"],
    }  # fmt: skip
    sites.keep_site(facts=facts, version=0, **shown)
