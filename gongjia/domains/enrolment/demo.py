"""Joining's part of the invented city: posters on the walls, and people who have scanned them."""

from datetime import datetime, timedelta
from typing import Any, Protocol

from gongjia.backbone.accounts.models import Account
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import COUNTED_AS_UNIONS, Kind, State
from gongjia.domains.enrolment import queries, services
from gongjia.domains.enrolment.models import Poster
from gongjia.domains.enrolment.words import RefusalReason
from gongjia.kernel.actors import COMMAND, Actor

_ELSEWHERE = 20
_HERE = 5
_JOBS = ("装配工", "检验员", "仓管员", "配送员", "维修工")
_PLACES = ("一号门", "食堂门口", "车间公告栏", "宿舍楼下")


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
    posters: dict[int, Poster] = {}
    for number, union in enumerate(unions):
        at = city.at - timedelta(hours=7 * number + 2)
        if union.pk not in posters:
            posters[union.pk] = services.put_up_poster(
                organisation=union, place=draw.one(_PLACES), by=COMMAND, at=at - timedelta(days=30)
            )
        _applied(posters[union.pk], people[number], accounts[number], number, at)


def _accounts(city: City, people: list[Any]) -> list[int]:
    """Accounts of people who have proved their phone and have no file yet."""
    rows = city.rows(Account, "username", "password", "phone", "is_phone_verified", "is_active", "created_at")
    made = [
        rows.add(f"newcomer{number}", "!demo", each.phone, True, True, city.at - timedelta(days=9))
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
