"""Those who hold or held a post in reach, with their accounts: what whoever manages accounts may see, and no more.

Members without a post do not stand here: their accounts are the matter of their union (`vouch`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from gongjia.backbone.accounts.limits import DEVICE_FORGOTTEN_AFTER
from gongjia.backbone.accounts.models import Account, KnownDevice
from gongjia.backbone.accounts.queries import by_username
from gongjia.backbone.people.models import Person
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import STRICT

_OFFICER, _OTHER, _FORMER = range(3)
SHOWN = {"officers": _OFFICER, "others": _OTHER, "former": _FORMER}
SHORTEST_NAME = 3


@dataclass(frozen=True)
class Holder:
    """One line of the list: the person, the account if there is one, and the posts that have not ended."""

    person: Person
    account: Account | None
    posts: list[Post]
    has_second_factor: bool


@dataclass(frozen=True)
class Open:
    """What an account has open: browsers that are known, and sittings."""

    devices: int
    sittings: int


def in_reach() -> QuerySet[Person]:
    """Whoever holds or held a post in reach. A person has no door by place: the post is what is in reach."""
    return Person._base_manager.filter(pk__in=Post.objects.values("person_id")).select_related("account")


def by_reference(reference: str) -> Person:
    """Raises Person.DoesNotExist for whoever never held a post in reach."""
    return in_reach().get(reference=reference)


def listed(*, on: date, words: str = "", show: str = "", state: str = "") -> QuerySet[Person]:
    """Officers first, then other posts, then those who left. `show` is one of SHOWN, `state` none, open, bare (open,
    without a second factor) or closed; "" is all."""
    held = Post.objects.filter(_not_ended(on), person_id=OuterRef("pk"))
    second_factor = Authenticator.objects.filter(user_id=OuterRef("account__pk"), type=Authenticator.Type.TOTP)
    kind = Case(
        When(Exists(held.filter(role__in=STRICT)), then=Value(_OFFICER)),
        When(Exists(held), then=Value(_OTHER)),
        default=Value(_FORMER),
    )
    rows = in_reach().annotate(kind=kind, has_second_factor=Exists(second_factor))
    if words := words.strip():
        rows = rows.filter(_named(words))
    if show in SHOWN:
        rows = rows.filter(kind=SHOWN[show])
    return rows.filter(_in_state(state))


def _named(words: str) -> Q:
    found = Q(name__contains=words)
    if words.isascii():
        found |= Q(initials__startswith=words.lower()) | Q(account__username__startswith=words.lower())
    return found


def _in_state(state: str) -> Q:
    if state == "none":
        return Q(account=None)
    if state == "bare":
        return Q(account__is_active=True, has_second_factor=False)
    return Q(account__is_active=state == "open") if state in {"open", "closed"} else Q()


def _not_ended(on: date) -> Q:
    return Q(until_on=None) | Q(until_on__gt=on)


def lines_of(people: Sequence[Person], *, on: date) -> list[Holder]:
    """Rows of `listed` with their posts: one query, however many rows."""
    posts = Post.objects.filter(_not_ended(on), person_id__in=[each.pk for each in people])
    found: dict[int, list[Post]] = {each.pk: [] for each in people}
    for post in posts.select_related("organisation").order_by("from_on", "pk"):
        found[post.person_id].append(post)
    return [
        Holder(each, account_of(each), found[each.pk], bool(getattr(each, "has_second_factor", False)))
        for each in people
    ]


def account_of(person: Person) -> Account | None:
    """The account that `in_reach` fetched along."""
    return getattr(person, "account", None)


def posts_of(person: Person) -> list[Post]:
    """All posts of a person in reach, those without an end first, then the last one."""
    posts = Post.objects.filter(person_id=person.pk).select_related("organisation").order_by("-from_on", "-pk")
    return sorted(posts, key=lambda each: each.until_on is not None)


def has_second_factor(account: Account) -> bool:
    found: bool = Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP).exists()
    return found


def open_of(account: Account, *, at: datetime) -> Open:
    """How many browsers know the account, and how many sittings are open now."""
    keys = UserSession.objects.filter(user_id=account.pk).values("session_key")
    return Open(
        devices=KnownDevice.objects.filter(account=account, last_at__gt=at - DEVICE_FORGOTTEN_AFTER).count(),
        sittings=Session.objects.filter(session_key__in=keys, expire_date__gt=at).count(),
    )


def suggested_username(person: Person) -> str:
    """The name in pinyin, where it is free; else the one who opens the account chooses."""
    name = re.sub(r"[^a-z]", "", person.pinyin_key.lower())[:40]
    return name if len(name) >= SHORTEST_NAME and by_username(name) is None else ""
