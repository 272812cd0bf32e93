"""Rows for tests: real places, invented people and firms, written without verbs so that each test needs little.

The kernel's own tests may not import the rooms above it: they take rows, and the models of rows, from here.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gongjia.backbone.accounts.models import Account
from gongjia.backbone.accounts.queries import posts_and_ties
from gongjia.backbone.employers.models import Coverage, Employer
from gongjia.backbone.employers.words import State as EmployerState
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Origin, State
from gongjia.backbone.organisations.models import Organisation, Placement
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.people.models import Employment, Person
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import Role
from gongjia.backbone.regions.models import Region
from gongjia.kernel import numbers
from gongjia.kernel.actors import Actor, PostHeld
from gongjia.kernel.pinyin import initials, pinyin_key
from gongjia.kernel.reach import everywhere

__all__ = ["Account", "Coverage", "Employer", "Employment", "Membership", "Organisation", "Person", "Post", "Region"]

BEGAN_ON = date(2020, 1, 1)
TODAY = date(2026, 11, 20)
CREATED_AT = datetime(2020, 1, 1, tzinfo=UTC)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(number: int, *, region_code: str = "421202") -> str:
    """The ID number of an invented person; serials 996 to 999 are carried by nobody of that age."""
    day = date(1962, 1, 1) + timedelta(days=number // 4)
    body = f"{region_code}{day:%Y%m%d}{996 + number % 4}"
    return body + "10X98765432"[sum(w * int(sign) for w, sign in zip(_WEIGHTS, body, strict=True)) % 11]


def phone_number(number: int) -> str:
    return f"1990000{number:04d}"


def region(code: str = "4212", name: str = "咸宁市", level: str = Region.Level.CITY) -> Region:
    return Region.objects.get_or_create(code=code, defaults={"name": name, "level": level})[0]


def organisation(
    name: str, superior: Organisation | None = None, *, kind: str = Kind.FEDERATION, **facts: Any
) -> Organisation:
    facts = {
        "region": region(),
        "founded_on": BEGAN_ON,
        **facts,
        "name": name,
        "kind": kind,
        "initials": initials(name),
    }
    with everywhere(reason="a test's rows"):
        if superior is None:
            made = Organisation.objects.add_root(facts)
        else:
            made = Organisation.objects.add_child(Organisation.objects.get(pk=superior.pk), facts)
        Placement.objects.create(organisation=made, superior=superior, from_on=BEGAN_ON)
        return Organisation.objects.get(pk=made.pk)


def employer(name: str, organisation: Organisation, **facts: Any) -> Employer:
    """`organisation` answers for it."""
    facts = {"region": region(), "state": EmployerState.OPERATING, **facts}
    return Employer._base_manager.create(name=name, initials=initials(name), organisation=organisation, **facts)


def coverage(organisation: Organisation, employer: Employer, **facts: Any) -> Coverage:
    facts = {"from_on": BEGAN_ON, **facts}
    return Coverage._base_manager.create(organisation=organisation, employer=employer, **facts)


def person(name: str, *, number: int | None = None, **facts: Any) -> Person:
    """`number` makes ID number and phone; by default the next one that is free."""
    number = Person._base_manager.count() if number is None else number
    read = numbers.identity_number(id_number(number), on=date(2026, 1, 1))
    made = Person(name=name, pinyin_key=pinyin_key(name), initials=initials(name), **facts)
    made.sex, made.birth_on = str(read.sex), read.birth_on
    made.seal_in(id_number=read.number, phone=phone_number(number))
    made.save()
    return made


def employment(person: Person, employer: Employer, **facts: Any) -> Employment:
    return Employment._base_manager.create(person=person, employer=employer, from_on=BEGAN_ON, **facts)


def membership(person: Person, organisation: Organisation, **facts: Any) -> Membership:
    facts = {"state": State.ACTIVE, "origin": Origin.PAPER, "joined_on": BEGAN_ON, "from_on": BEGAN_ON, **facts}
    facts["pinyin_key"] = person.pinyin_key
    return Membership._base_manager.create(person=person, organisation=organisation, **facts)


def post(person: Person, organisation: Organisation, role: str = Role.CHAIR, **facts: Any) -> Post:
    facts = {"from_on": BEGAN_ON, **facts}
    return Post._base_manager.create(person=person, organisation=organisation, role=role, **facts)


def account(person: Person | None, username: str = "", *, password: str = "", **facts: Any) -> Account:
    """Without a password none opens it: hashing one takes longer than a test."""
    made = Account(person=person, username=username or f"t{Account.objects.count()}", created_at=CREATED_AT, **facts)
    made.set_password(password) if password else made.set_unusable_password()
    if person is not None:
        made.seal_in(phone=person.reveal("phone"))
    made.save()
    return made


def actor(person: Person, *, grants: frozenset[tuple[str, int]] = frozenset()) -> Actor:
    """The actor that a signed-in person is, with all posts that have not ended."""
    held = Post._base_manager.filter(person=person, until_on=None).select_related("organisation").order_by("pk")
    posts = tuple(PostHeld(each.pk, each.organisation_id, each.organisation.path, each.role) for each in held)
    found = Account.objects.filter(person=person).first() or account(person)
    ties = posts_and_ties(person.pk, on=TODAY)[1]
    return Actor(account_id=found.pk, person_id=person.pk, posts=posts, grants=grants, ties=ties, name=person.name)


@dataclass(frozen=True)
class Tree:
    """A city with two counties, a grassroots union with employer and member in each, and who works there."""

    city: Organisation
    county: Organisation
    union: Organisation
    employer: Employer
    membership: Membership
    foreign_county: Organisation
    foreign_union: Organisation
    foreign_employer: Employer
    foreign_membership: Membership
    member: Person
    foreign_member: Person
    chair: Person
    officer: Person
    leader: Person
    auditor: Person
    foreign_officer: Person
    operator: Person


def tree() -> Tree:
    city = organisation("咸宁市总工会")
    county = organisation("咸安区总工会", city, region=region("421202", "咸安区", Region.Level.COUNTY))
    foreign_county = organisation("嘉鱼县总工会", city, region=region("421221", "嘉鱼县", Region.Level.COUNTY))
    people = {name: person(name) for name in ("王芳", "何建平", "张敏", "陈立", "赵清", "周远", "李青禾", "系统员")}
    parts = {}
    for prefix, superior, name, member in (
        ("", county, "青禾样例制衣", people["王芳"]),
        ("foreign_", foreign_county, "渡口样例纺织", people["李青禾"]),
    ):
        union = organisation(f"{name}工会委员会", superior, kind=Kind.GRASSROOTS_UNION)
        firm = employer(f"{name}有限公司", superior)
        coverage(union, firm)
        employment(member, firm)
        parts |= {
            f"{prefix}union": union,
            f"{prefix}employer": firm,
            f"{prefix}membership": membership(member, union),
            f"{prefix}member": member,
        }
    post(people["何建平"], parts["union"], Role.CHAIR)
    post(people["张敏"], county, Role.ORGANISATION_OFFICER)
    post(people["陈立"], city, Role.LEADER)
    post(people["赵清"], city, Role.AUDITOR)
    post(people["周远"], foreign_county, Role.ORGANISATION_OFFICER)
    post(people["系统员"], city, Role.SYSTEM_OPERATOR)
    return Tree(
        city=city,
        county=county,
        foreign_county=foreign_county,
        chair=people["何建平"],
        officer=people["张敏"],
        leader=people["陈立"],
        auditor=people["赵清"],
        foreign_officer=people["周远"],
        operator=people["系统员"],
        **parts,
    )
