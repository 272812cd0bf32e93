"""A union with its chair, ready to show itself; and short ways to call the verbs."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import Role
from gongjia.domains.homes import services
from gongjia.domains.homes.models import Card, Display, UnionSite
from gongjia.domains.homes.sites import services as sites
from gongjia.domains.homes.words import DisplayKind
from gongjia.kernel.actors import Actor
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.reach import entering
from tests import factories
from tests.eyes import browser  # noqa: F401

Act = Callable[..., Any]
ON = date(2026, 11, 2)


def doing(actor: Actor, verb: Act, may: str = "homes.write", **facts: Any) -> Any:
    """A verb as a page calls it: in the reach of the posts that carry the permission."""
    with entering(actor.reach(may)):
        return verb(by=actor, **facts)


@pytest.fixture
def chair(tree: factories.Tree) -> Actor:
    return factories.actor(tree.chair)


@pytest.fixture
def officer(tree: factories.Tree) -> Actor:
    return factories.actor(tree.officer)


@pytest.fixture
def post(tree: factories.Tree) -> Post:
    return Post._base_manager.get(person=tree.chair)


def agree(actor: Actor, post: Post, at: datetime, **facts: Any) -> Card:
    return doing(actor, services.agree, SIGNED_IN, post=post, at=at, **facts)


def write_promise(actor: Actor, union: Organisation, at: datetime, **facts: Any) -> Any:
    facts = {"role": Role.CHAIR, "duty": "主持工作", "promise": "有事找我", "version": 0, **facts}
    return doing(actor, services.write_duty, organisation=union, at=at, **facts)


def show(actor: Actor, union: Organisation, kind: str, at: datetime, on: date = ON, **facts: Any) -> Display:
    return doing(actor, services.show, organisation=union, kind=DisplayKind(kind), shown_on=on, at=at, **facts)


def show_all(actor: Actor, union: Organisation, post: Post, at: datetime) -> None:
    agree(actor, post, at, office_line="0715-0880016")
    write_promise(actor, union, at)
    for kind in ("plate", "identity", "promise"):
        show(actor, union, kind, at)


SITE: dict[str, Any] = {
    "name": "青禾样例职工之家",
    "is_union": True,
    "is_station": True,
    "is_home": True,
    "address": "样例路 1 号二楼",
    "hours": "每天 8:00–20:00",
    "service_line": "0715-0880017",
    "staff": 2,
    "services": ["政策咨询", "图书阅览"],
    "words": "从二号门进",
}


def keep_site(actor: Actor, union: Organisation, at: datetime, version: int = 0, **facts: Any) -> UnionSite:
    sent = {"facts": {**SITE, **facts}, "version": version, "at": at}
    return doing(actor, sites.keep_site, organisation=union, **sent)


def shown(union: Organisation) -> set[str]:
    rows = Display._base_manager.filter(organisation=union, lapsed_on=None)
    return set(rows.values_list("kind", flat=True))
