"""Who walks through the city in tests/load, over which pages, doing what, and which words they may meet there."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.load.city import City, County, Union, secret_of

SignIn = Callable[[Client, factories.Person], Client]
REFUSALS = {302, 403, 404, 409, 422, 429}


@dataclass
class Walker:
    """`opens` are addresses to read, `closed` such that must answer 404, `acts` what is sent: address and data."""

    client: Client
    words: set[str]
    opens: list[str]
    closed: list[str]
    acts: Iterator[tuple[str, dict[str, str]]]
    leaks: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    def walk(self, steps: int, seed: int, all_words: set[str]) -> None:
        draw = random.Random(seed)
        foreign = all_words - self.words
        for step in range(steps):
            if step % 8 == 7 and (act := next(self.acts, None)):
                self._meet(act[0], self.client.post(*act), foreign)
            elif step % 4 == 3:
                address = draw.choice(self.closed)
                response = self.client.get(address)
                self._meet(address, response, foreign)
                if response.status_code != 404:
                    self.broken.append(f"{address}: {response.status_code} where 404 was due")
            else:
                address = draw.choice(self.opens)
                response = self.client.get(address)
                self._meet(address, response, foreign)
                if response.status_code != 200:
                    self.broken.append(f"{address}: {response.status_code} where 200 was due")

    def _meet(self, address: str, response: Any, foreign: set[str]) -> None:
        status = response.status_code
        self.statuses[status] = self.statuses.get(status, 0) + 1
        text = response.content.decode(errors="replace") + str(response.headers)
        self.leaks += [f"{address}: {word}" for word in foreign if word in text]
        if status != 200 and status not in REFUSALS:
            self.broken.append(f"{address}: {status}")


def walkers(city: City, sign_in: SignIn) -> list[Walker]:
    """Four officers, sixteen chairs, twenty-nine workers and the leader: fifty."""
    officers = [_officer(city, county, sign_in) for county in city.counties]
    chairs = [_chair(city, union, sign_in) for union in city.unions]
    workers = [_worker(union, place, sign_in) for place in (1, 2) for union in city.unions][:29]
    return [*officers, *chairs, *workers, _leader(city, sign_in)]


def all_words(city: City) -> set[str]:
    people = (person for union in city.unions for person in union.members)
    return {union.word for union in city.unions} | {secret_of(person) for person in people}


def _seated(sign_in: SignIn, person: factories.Person) -> Client:
    return sign_in(Client(raise_request_exception=False), person)


def _lists() -> list[str]:
    names = ("work:home", "work:unions", "work:employers", "work:members", "enrolment:waiting", "work:rights")
    found = [*map(reverse, names), reverse("work:search") + "?q=样例", reverse("liaison:letters") + "?tab=all"]
    return [*found, reverse("work:figure", args=["members"]), reverse("work:figure", args=["unions"])]


def _dossiers(unions: list[Union]) -> list[str]:
    found = []
    for each in unions:
        found.append(reverse("work:union", args=[each.organisation.reference]))
        found.append(reverse("work:union_on", args=[each.organisation.reference]))
        found.append(reverse("work:employer", args=[each.employer.reference]))
    return found


def _files(client: Client, unions: list[Union]) -> list[str]:
    """The files of members, opened for a purpose."""
    found = [reverse("work:person", args=[union.memberships[3].reference]) for union in unions]
    for address in found:
        client.post(address, {"purpose": "verify"})
    return found


def _shut(city: City, own: list[Union]) -> list[str]:
    others = [union for union in city.unions if union not in own]
    shut = _dossiers(others) + [reverse("work:person", args=[each.memberships[3].reference]) for each in others]
    shut += [reverse("liaison:letter", args=[each.letters[4].reference]) for each in others]
    return shut + [
        reverse("enrolment:review", args=[each.applications[0].reference]) for each in others if each.applications
    ]


def _officer(city: City, county: County, sign_in: SignIn) -> Walker:
    client = _seated(sign_in, county.officer)
    opens = [*_lists(), *_dossiers(county.unions), *_files(client, county.unions), reverse("organising:leads")]
    words = {union.word for union in county.unions}
    return Walker(client, words, opens, _shut(city, county.unions), _moves(county))


def _moves(county: County) -> Iterator[tuple[str, dict[str, str]]]:
    """Unions go to and fro between the townships, so that paths are left and taken again while others read."""
    today, turn = timezone.localdate().isoformat(), 0
    while True:
        union = county.unions[turn % len(county.unions)]
        superior = county.townships[(turn // len(county.unions) + turn) % 2]
        data = {"superior": superior.name, "on": today, "reason": "理顺组织关系", "key": f"{union.word}{turn}"}
        data["confirmed"] = "1"
        yield reverse("work:union_move", args=[union.organisation.reference]), data
        turn += 1


def _chair(city: City, union: Union, sign_in: SignIn) -> Walker:
    assert union.chair
    client = _seated(sign_in, union.chair)
    opens = [*_lists(), *_dossiers([union]), *_files(client, [union])]
    opens.append(reverse("liaison:letter", args=[union.letters[4].reference]))
    words = {union.word, *map(secret_of, union.members)}
    return Walker(client, words, opens, _shut(city, [union]), _approvals(union))


def _approvals(union: Union) -> Iterator[tuple[str, dict[str, str]]]:
    for each in union.applications:
        yield reverse("enrolment:review", args=[each.reference]), {"approve": "1", "key": f"approve{each.pk}"}


def _worker(union: Union, place: int, sign_in: SignIn) -> Walker:
    person = union.members[place]
    client = _seated(sign_in, person)
    names = ("service:home", "service:messages", "service:me", "service:openings", "service:write")
    opens = [*map(reverse, names), reverse("enrolment:membership")]
    opens.append(reverse("service:message", args=[union.notices[place].reference]))
    shut = [reverse("service:message", args=[each.reference]) for each in union.notices if each.person_id != person.pk]
    shut += _dossiers([union])
    return Walker(client, {union.word, secret_of(person)}, opens, shut, _letters(person))


def _letters(person: factories.Person) -> Iterator[tuple[str, dict[str, str]]]:
    for turn in range(4):  # more in a minute are refused
        yield reverse("service:write"), {"body": f"{secret_of(person)}第{turn}封", "key": f"{person.pk}-{turn}"}


def _leader(city: City, sign_in: SignIn) -> Walker:
    client = _seated(sign_in, city.leader)
    names = ("work:home", "work:unions", "work:employers", "work:members")
    opens = [*map(reverse, names), reverse("work:search") + "?q=样例", *_dossiers(list(city.unions)[:4])]
    opens.append(reverse("work:figure", args=["members"]))
    shut = [reverse("service:message", args=[union.notices[1].reference]) for union in city.unions]
    return Walker(client, {union.word for union in city.unions}, opens, shut, iter(()))
