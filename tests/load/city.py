"""A city for many at once: four counties with two townships and four unions each. Every union has a word of its own in
all that belongs to it, every member one of their own in their letters; who may see which words is known beforehand.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any

from gongjia.backbone.files.models import StoredFile
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.posts.words import Role
from gongjia.domains.enrolment.models import Application, Poster
from gongjia.domains.enrolment.services import apply
from gongjia.domains.organising.models import Lead, Run, RunList
from gongjia.engines.figures import indicators
from gongjia.engines.figures.repair import rebuild
from gongjia.engines.intake.models import Batch
from gongjia.engines.messages.models import Direction, Message
from gongjia.kernel.actors import Actor
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.reach import entering, everywhere
from tests import factories

COUNTIES, UNIONS, MEMBERS = "甲乙丙丁", "东西南北", 6
REGIONS = ("421202", "421221", "421222", "421223")


@dataclass
class Union:
    """`word` stands in the name of the union, of its firm and of its members."""

    word: str
    organisation: Any
    employer: Any
    members: list[factories.Person] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    letters: list[Message] = field(default_factory=list)
    notices: list[Message] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    chair: factories.Person | None = None


@dataclass
class County:
    organisation: Any
    townships: list[Any]
    officer: factories.Person
    unions: list[Union]
    lead: Lead


@dataclass
class City:
    organisation: Any
    leader: factories.Person
    counties: list[County]

    @property
    def unions(self) -> Iterator[Union]:
        return (union for county in self.counties for union in county.unions)


def word_of(county: int, union: int) -> str:
    """Two signs that stand together nowhere else."""
    return f"{COUNTIES[county]}{UNIONS[union]}"


def secret_of(person: factories.Person) -> str:
    """What the person's own letters say."""
    return f"密信{person.pk:06}号"


def city(at: datetime, *, applicants: int) -> City:
    """`applicants`: how many wait at each union."""
    numbers = count(100)
    root = factories.organisation("咸宁市总工会")
    leader = factories.person("陈立", number=next(numbers))
    factories.post(leader, root, Role.LEADER)
    made = City(root, leader, [_county(root, each, at, numbers, applicants) for each in range(len(COUNTIES))])
    with everywhere(reason="a test's rows"):
        for each in indicators.registered():
            rebuild(each.code)
    return made


def _county(root: Any, place: int, at: datetime, numbers: Iterator[int], applicants: int) -> County:
    region = factories.region(REGIONS[place], f"{COUNTIES[place]}区", "county")
    federation = factories.organisation(f"{COUNTIES[place]}区总工会", root, region=region)
    townships = [
        factories.organisation(f"{COUNTIES[place]}区{side}镇工会", federation, kind=Kind.TOWNSHIP_UNION, region=region)
        for side in "上下"
    ]
    officer = factories.person(f"张{COUNTIES[place]}敏", number=next(numbers))
    factories.post(officer, federation, Role.ORGANISATION_OFFICER)
    unions = [
        _union(townships[each % 2], word_of(place, each), region, at, numbers, applicants)
        for each in range(len(UNIONS))
    ]
    return County(federation, townships, officer, unions, _lead(federation, word_of(place, 0), at))


def _union(superior: Any, word: str, region: Any, at: datetime, numbers: Iterator[int], applicants: int) -> Union:
    organisation = factories.organisation(f"{word}样例厂工会", superior, kind=Kind.GRASSROOTS_UNION, region=region)
    employer = factories.employer(f"{word}样例厂", superior, region=region, address=f"{word}路1号")
    factories.coverage(organisation, employer)
    made = Union(word, organisation, employer)
    for place in range(MEMBERS):
        person = factories.person(f"{'李王赵钱孙周'[place]}{word}", number=next(numbers))
        factories.employment(person, employer)
        made.members.append(person)
        made.memberships.append(factories.membership(person, organisation))
        for direction, kept in ((Direction.UP, made.letters), (Direction.DOWN, made.notices)):
            text = {"title": f"{word}来往", "body": secret_of(person)}
            kept.append(
                Message._base_manager.create(
                    person=person, organisation=organisation, direction=direction, sent_at=at, **text
                )
            )
    made.chair = made.members[0]
    factories.post(made.chair, organisation, Role.CHAIR)
    poster = Poster._base_manager.create(organisation=organisation, employer=employer, place=f"{word}门口", made_at=at)
    made.applications = [_application(poster, f"白{word}", next(numbers), at) for _ in range(applicants)]
    return made


def _application(poster: Poster, name: str, number: int, at: datetime) -> Application:
    account = factories.Account(username=f"n{number}", created_at=at)
    account.set_unusable_password()
    account.seal_in(phone=factories.phone_number(number))
    account.save()
    actor = Actor(account_id=account.pk)
    with entering(actor.reach(SIGNED_IN)):
        return apply(
            poster=poster, name=name, id_number=factories.id_number(number), employer_name=name, by=actor, at=at
        )


def _lead(county: Any, word: str, at: datetime) -> Lead:
    facts = {"name": f"{word}.csv", "kind": "list", "size": 1, "sha256": "0" * 64, "stored_at": at}
    stored = StoredFile._base_manager.create(organisation=county, **facts)
    batch = Batch._base_manager.create(organisation=county, kind="organising.market", file=stored, received_at=at)
    run = Run._base_manager.create(
        organisation=county, at_least=25, since=date(2024, 11, 1), state="done", asked_at=at, finished_at=at,
        summary={"employers": 1, "unions": 1, "unorganised": 1, "review": 1},
    )  # fmt: skip
    RunList._base_manager.create(run=run, place=0, kind="market", batch=batch)
    return Lead._base_manager.create(
        organisation=county, origin=county, key=word, run=run, name=f"{word}未建会厂", county=word, address=word,
        most=88, size="50", found_on=date(2026, 11, 1),
    )  # fmt: skip
