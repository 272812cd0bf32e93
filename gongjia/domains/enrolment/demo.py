"""Joining's part of the invented city: posters on the walls, and people who have scanned them."""

from datetime import datetime, timedelta
from random import Random
from typing import Any, Protocol
from uuid import UUID

from gongjia.backbone.accounts.models import Account
from gongjia.backbone.accounts.queries import actor_by_account
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import COUNTED_AS_UNIONS, IN_FORCE, Kind, State
from gongjia.backbone.people.models import Person
from gongjia.domains.enrolment import nearest, params, posters, queries, services
from gongjia.domains.enrolment.certificates import certify
from gongjia.domains.enrolment.changes import demo as changes
from gongjia.domains.enrolment.models import Poster
from gongjia.domains.enrolment.words import TAKES_FROM_AROUND, RefusalReason
from gongjia.engines.messages.models import Message
from gongjia.engines.papers import services as papers
from gongjia.kernel.actors import COMMAND, Actor
from gongjia.kernel.db import within
from gongjia.kernel.moments import today_of
from gongjia.kernel.references import new_reference

_ELSEWHERE = 20
_HERE = 5
_JOBS = ("装配工", "检验员", "仓管员", "配送员", "维修工")
_USES = ("办理公租房申请", "子女入学", "子女入学", "参加职工技能培训")
_PLACES = ("一号门", "食堂门口", "车间公告栏", "宿舍楼下")
_AROUND = 16
#: How long ago, in which group and at what somebody has asked the county.
_POOL = (
    (61, "courier", "驿站快递代收点"),
    (30, "livestream_host", "灵活就业"),
    (4, "domestic_worker", "家政服务（没有固定单位）"),
    (26, "food_deliverer", "外卖平台"),
)


class City(Protocol):
    """What is needed of the city that is being built."""

    at: datetime
    people: Any
    personas: Any

    def draw(self, part: str) -> Any: ...

    def rows(self, model: Any, *columns: str) -> Any: ...


def build(city: City) -> None:
    """Posters of the chair's union and of some others, with applications at every step of the flow."""
    draw = city.draw("enrolment")
    home = Organisation.objects.get(pk=city.personas["hejianping"].serves.id)
    rows = Organisation.objects.filter(kind__in=(*COUNTED_AS_UNIONS, Kind.PREPARATORY_GROUP), state=State.STANDING)
    others = list(rows.exclude(pk=home.pk).order_by("pk")[: 40 * _ELSEWHERE])
    unions = [home] * _HERE + [draw.one(others) for _ in range(_ELSEWHERE)]
    people = [city.people.coin() for _ in unions]
    accounts = _accounts(city, people)
    hung: dict[int, Poster] = {}
    for number, union in enumerate(unions):
        at = city.at - timedelta(hours=7 * number + 2)
        if union.pk not in hung:
            hung[union.pk] = posters.put_up_poster(
                organisation=union, place=draw.one(_PLACES), by=COMMAND, at=at - timedelta(days=30)
            )
        _applied(hung[union.pk], people[number], accounts[number], number, at)
    county = Organisation.objects.select_related("region").get(pk=city.personas["zhangmin"].serves.id)
    _around(city, county)
    _pool(city, county)
    _spot(city, home)
    _certified(city, home)
    changes.build(city)


def _around(city: City, county: Organisation) -> None:
    """Unions that take workers whose own employer has none: each has a poster in the hall of its street."""
    unions = Organisation.objects.filter(kind__in=TAKES_FROM_AROUND, state__in=IN_FORCE, path__startswith=county.path)
    for union in unions.order_by("path")[:_AROUND]:
        at = city.at - timedelta(days=40)
        posters.put_up_poster(organisation=union, place="党群服务中心", by=COMMAND, at=at)


def _pool(city: City, county: Organisation) -> None:
    """Workers whom no union takes: one waits too long already, one has been given to a union."""
    entry = queries.entry_by_reference(county.reference)
    people = [city.people.coin() for _ in _POOL]
    accounts = _accounts(city, people, "finder")
    for (hours, group, works_at), person, account_id in zip(_POOL, people, accounts, strict=True):
        application = services.apply(
            poster=entry,
            name=person.name,
            id_number=person.identity_number,
            employer_name=works_at,
            group=group,
            is_migrant=True,
            region=county.region,
            by=Actor(account_id=account_id, channel="web"),
            at=city.at - timedelta(hours=hours),
        )
    to = queries.candidates(nearest.Sought(county.region.code), words=params.trades(on=today_of(city.at)))
    if to:
        union = Organisation.objects.get(reference=to[0].reference)
        services.assign(application=application, to=union, by=COMMAND, at=city.at - timedelta(hours=1))


def _spot(city: City, home: Organisation) -> None:
    """The chair was at the gate with his phone: three joined at once, one came too late."""
    at = city.at - timedelta(days=1, hours=22)
    chair = actor_by_account(city.personas["hejianping"].account_id, on=today_of(at), channel="web")
    spot = posters.open_spot(organisation=home, by=chair, at=at)
    people = [city.people.coin() for _ in range(4)]
    employers = queries.employers_to_choose(spot)
    for number, (person, account_id) in enumerate(zip(people, _accounts(city, people, "gate"), strict=True)):
        moment = at + timedelta(minutes=3 * number)
        made = services.apply(
            poster=spot,
            name=person.name,
            id_number=person.identity_number,
            employer=employers[0] if employers else None,
            employer_name="" if employers else "灵活就业",
            job=_JOBS[number],
            is_migrant=number < 2 or None,
            spot_at=moment if number < 3 else None,
            by=Actor(account_id=account_id, channel="web"),
            at=moment + timedelta(minutes=2),
        )
        if made.person_id is not None:
            _name_anew(made.person_id)


def _name_anew(person_id: int) -> None:
    """The same references and keys of rows on every machine: a verb takes them by chance."""
    drawn = Random(f"enrolment.{person_id}")  # noqa: S311 - the demo's, which is to be the same each time
    person = Person.objects.get(pk=person_id)
    secrets = {name: person.reveal(name) for name in ("id_number", "phone")}
    person.row_key = UUID(int=drawn.getrandbits(128), version=4)
    person.seal_in(**secrets)
    person.save()
    for rows in (
        Person.objects.filter(pk=person_id),
        Membership.objects.filter(person_id=person_id),
        Message.objects.filter(person_id=person_id),
    ):
        rows.update(reference=new_reference(drawn.randrange))


def _accounts(city: City, people: list[Any], called: str = "newcomer") -> list[int]:
    """Accounts of people who have proved their phone and have no file yet."""
    rows = city.rows(Account, "username", "password", "phone", "is_phone_verified", "is_active", "created_at")
    made = [
        rows.add(f"{called}{number}", "!demo", each.phone, True, True, city.at - timedelta(days=9))
        for number, each in enumerate(people, 1)
    ]
    rows.close()
    return made


def _applied(poster: Poster, person: Any, account_id: int, number: int, at: datetime) -> None:
    """Somebody who has scanned a poster; one in five was asked to mend an answer."""
    employers = queries.employers_to_choose(poster)
    application = services.apply(
        poster=poster,
        name=person.name,
        id_number=person.identity_number,
        employer=employers[0] if employers else None,
        employer_name="" if employers else "灵活就业",
        job=_JOBS[number % len(_JOBS)],
        by=Actor(account_id=account_id, channel="web"),
        at=at,
    )
    if number % 5 == 4:
        services.send_back(
            application=application,
            reason=RefusalReason.NAME,
            words="身份证上的名字和填写的不一样，请核对",
            final=False,
            by=COMMAND,
            at=at + timedelta(hours=1),
        )


def _certified(city: City, home: Organisation) -> None:
    """Certificates of the chair's union, one of them void, and numbers of its papers outside the platform."""
    own = Membership.objects.get(person_id=city.personas["wangfang"].person_id, until_on=None)
    rows = Membership.objects.filter(within("organisation__path", (home.path,)), until_on=None).exclude(pk=own.pk)
    papers.skip_numbers(organisation=home, series="发", up_to=6, by=COMMAND, at=city.at - timedelta(days=40))
    for number, subject in enumerate(("关于召开会员大会的通知", "关于开展夏季送清凉活动的通知")):
        at = city.at - timedelta(days=30 - 9 * number)
        papers.register_number(organisation=home, series="发", subject=subject, by=COMMAND, at=at)
    for number, membership in enumerate([*rows.order_by("pk")[: len(_USES) - 1], own]):
        at = city.at - timedelta(days=21 - 5 * number, hours=number)
        paper = certify(membership=membership, use=_USES[number], by=COMMAND, at=at)
        if number == 1:
            papers.void(paper=paper, reason="用途写错，另行出具", by=COMMAND, at=at + timedelta(hours=3))
