"""How accounts are found, what their person holds, and the questions that signing in asks."""

import hmac
from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, Value

from gongjia.backbone.accounts.models import PHONE, Account, AccountGrant
from gongjia.backbone.employers.models import Coverage
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.people.models import PHONE as PERSON_PHONE
from gongjia.backbone.people.models import Employment, Person
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import STRICT, Role
from gongjia.kernel.actors import Actor, PostHeld
from gongjia.kernel.db import Values
from gongjia.kernel.reach import question
from gongjia.kernel.requests import Request
from gongjia.kernel.secrets import indexes_of

LAST_DIGITS = 6


def by_phone(phone: str) -> Account | None:
    """The account that signs in with this phone (eleven digits, as numbers.mobile gives it)."""
    return Account.objects.filter(phone_index__in=indexes_of(phone, purpose=PHONE)).first()


def by_username(username: str) -> Account | None:
    return Account.objects.filter(username=username.strip().lower()).first()


def mine(request: Request) -> Account:
    """One's own account, as the session gave it. Raises Account.DoesNotExist for whoever is not signed in."""
    if not isinstance(request.user, Account):
        raise Account.DoesNotExist
    return request.user


def of_person(person_id: int) -> Account | None:
    return Account.objects.filter(person_id=person_id).first()


def sole_person_with(phone: str) -> Person | None:
    """The one person without an account whose file gives this phone: a member of a roster who comes the first time.

    None where several share it. The phone is proven; who it is will be asked before anything is shown.
    """
    indexes = indexes_of(phone, purpose=PERSON_PHONE)
    found = list(Person._base_manager.filter(phone_index__in=indexes, account=None)[:2])
    return found[0] if len(found) == 1 else None


def stands_at(person_id: int, organisation_id: int) -> bool:
    """Whether a person holds or held a post at an organisation, or is or was a member there."""
    at = {"person_id": person_id, "organisation_id": organisation_id}
    return Post._base_manager.filter(**at).exists() or Membership._base_manager.filter(**at).exists()


def _post_zh(place: str, role: Role) -> str:
    """市总工会领导, not 市总工会 总工会领导: what the place ends with and the role begins with is said once."""
    rest = str(role.label).removeprefix("总工会")
    return f"{place}{rest}" if place.endswith("总工会") and rest != role.label else f"{place} {role.label}"


def posts_held(person_id: int, *, on: date) -> tuple[PostHeld, ...]:
    """The posts that a person holds on a day, with the path of each; one query.

    It looks past any reach: what somebody holds decides about the reach, and pages of sign-in are public.
    """
    return posts_and_ties(person_id, on=on)[0]


def posts_and_ties(person_id: int, *, on: date) -> tuple[tuple[PostHeld, ...], frozenset[int]]:
    """The posts, and the employers that the person is too close to: where he works, and the one whose own union a post
    belongs to (a union of one employer). One query for all of it."""
    posts = Post._base_manager.filter(
        Q(until_on=None) | Q(until_on__gt=on), person_id=person_id, from_on__lte=on
    ).order_by()
    names = (f"organisation__{name}" for name in ("path", "short_name", "name"))
    held = posts.values_list("pk", "organisation_id", "role", *names)
    nothing = (Value(""), Value(""), Value(""), Value(""))
    works = Employment._base_manager.filter(Q(until_on=None) | Q(until_on__gt=on), person_id=person_id)
    others = Coverage._base_manager.filter(organisation=OuterRef("organisation"), until_on=None)
    only = Coverage._base_manager.filter(
        ~Exists(others.exclude(employer=OuterRef("employer"))),
        organisation__in=posts.values("organisation_id"),
        until_on=None,
    )
    rows = held.union(*(each.order_by().values_list("pk", "employer_id", *nothing) for each in (works, only)), all=True)
    found, ties = [], set()
    for pk, number, role, path, short_name, name in rows:
        if role:
            found.append(PostHeld(pk, number, path, role, _post_zh(short_name or name, Role(role))))
        else:
            ties.add(number)
    return tuple(sorted(found, key=lambda each: each.post_id)), frozenset(ties)


def has_post(person_id: int, *, on: date) -> bool:
    """Whether a person holds a post anywhere that has not ended, one that begins later included."""
    posts = Post._base_manager.filter(Q(until_on=None) | Q(until_on__gt=on), person_id=person_id)
    return posts.exists()


def is_strict(posts: tuple[PostHeld, ...]) -> bool:
    """Whether one of the posts asks for password and second factor."""
    return any(held.role in STRICT for held in posts)


def is_officer(account: Account, *, on: date) -> bool:
    """Whether the account's person holds a strict post on a day."""
    return account.person_id is not None and is_strict(posts_held(account.person_id, on=on))


def with_account(person_ids: Iterable[int]) -> frozenset[int]:
    """Which of these persons have an account; one query."""
    return frozenset(Account.objects.filter(person__among=Values(person_ids)).values_list("person_id", flat=True))


def person_of(account_id: int) -> Person | None:
    """Whose account it is."""
    account = Account.objects.select_related("person").filter(pk=account_id).first()
    return account.person if account else None


def actor_by_account(account_id: int, *, on: date, channel: str) -> Actor:
    """Who acts for an account in the background, with the posts of that day; nothing is held by one that is closed."""
    account = Account.objects.select_related("person").filter(pk=account_id, is_active=True).first()
    if account is None or account.person_id is None:
        return Actor(account_id=account_id, channel=channel)
    name = account.person.name if account.person else ""
    held, ties = posts_and_ties(account.person_id, on=on)
    return Actor(account_id=account_id, person_id=account.person_id, posts=held, ties=ties, channel=channel, name=name)


def grants_of(account_id: int) -> frozenset[tuple[str, int]]:
    return frozenset(AccountGrant.objects.filter(account_id=account_id).values_list("kind", "number"))


@question("accounts.has_id_number")
def has_id_number(person_id: int) -> bool:
    """Whether there is an ID number on file to compare with."""
    return Person.objects.filter(pk=person_id).exclude(id_number=b"").exists()


@question("accounts.id_ends_with")
def id_ends_with(person_id: int, digits: str) -> bool:
    """Whether the person's ID number ends with the six signs given; False when no number is on file."""
    number = Person.objects.get(pk=person_id).reveal("id_number")
    ending = number[-LAST_DIGITS:].upper()
    return len(ending) == LAST_DIGITS and hmac.compare_digest(ending.encode(), digits.strip().upper().encode())


@question("accounts.demo_digits")
def demo_digits(person_id: int) -> str:
    """The last six of an invented person's ID, for the demo's page; the caller has made sure of the mode."""
    return Person.objects.get(pk=person_id).reveal("id_number")[-LAST_DIGITS:]
