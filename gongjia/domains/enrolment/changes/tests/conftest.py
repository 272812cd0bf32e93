"""A member with an account, the chair of the union that is left, and of the one that is gone to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.posts.words import Role
from gongjia.domains.enrolment.changes import bulk, correcting, leaving, services
from gongjia.domains.enrolment.changes.models import BulkTransfer, Correction, Leaving, Transfer
from gongjia.domains.enrolment.changes.words import Fact, Why
from gongjia.kernel import events
from gongjia.kernel.actors import Actor
from gongjia.kernel.models import Event
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.reach import entering, everywhere
from tests import factories
from tests.eyes import browser  # noqa: F401

PERSON, OUT, IN = "person", "out", "in"


@dataclass
class Change:
    """The tree with a chair on both sides, and short ways to begin each matter at an instant."""

    tree: factories.Tree
    in_chair: factories.Person
    at: datetime

    @property
    def member(self) -> Actor:
        return factories.actor(self.tree.member)

    @property
    def out_chair(self) -> Actor:
        return factories.actor(self.tree.chair)

    @property
    def new_chair(self) -> Actor:
        return factories.actor(self.in_chair)

    def actor(self, who: str) -> Actor:
        return {PERSON: self.member, OUT: self.out_chair, IN: self.new_chair}[who]

    def transfer(self, who: str = PERSON, **facts: Any) -> Transfer:
        membership = Membership._base_manager.select_related("person", "organisation").get(pk=self.tree.membership.pk)
        facts = {
            "membership": membership, "to": self.tree.foreign_union, "why": Why.NEW_EMPLOYER, "at": self.at, **facts
        }  # fmt: skip
        if who == IN:
            del facts["membership"]
            with entering(self.member.reach(SIGNED_IN)):
                code = services.make_code(by=self.member, at=self.at)
            with entering(self.new_chair.reach("memberships.write")):
                return services.begin_with_code(code=code, by=self.new_chair, **facts)
        if who == OUT:
            with entering(self.out_chair.reach("memberships.write")):
                return services.begin_for(by=self.out_chair, **facts)
        with entering(self.member.reach(SIGNED_IN)):
            return services.begin(by=self.member, **facts)

    def leaving(self, why: str = "") -> Leaving:
        with entering(self.member.reach(SIGNED_IN)):
            return leaving.ask(membership=self.tree.membership, why=why, by=self.member, at=self.at)

    def correction(self, fact: Fact = Fact.NAME, value: str = "王方", why: str = "写错了") -> Correction:
        with entering(self.member.reach(SIGNED_IN)):
            return correcting.ask(
                membership=self.tree.membership, fact=fact, value=value, why=why, by=self.member, at=self.at
            )

    def bulk(self) -> BulkTransfer:
        with entering(self.out_chair.reach("memberships.write")):
            return bulk.draw_up(
                organisation=self.tree.union, to=self.tree.foreign_union, members=Membership.objects.all(),
                why=Why.CLOSED, words="", by=self.out_chair, at=self.at,
            )  # fmt: skip


def rows_of(person: Any) -> list[Membership]:
    """The history of a person, as it stands in the database."""
    return list(Membership._base_manager.filter(person=person).order_by("from_on", "pk"))


def run(at: datetime, name: str = "") -> None:
    """Run what is due at an instant, until nothing waits; nothing may have failed."""
    while events.run_due(at=at):
        pass
    failed = Event.objects.exclude(error="").values_list("handler", "error")
    assert not list(failed)


def moving(act: Any, **facts: Any) -> Any:
    with everywhere(reason="the rules are on trial, not the reach"):
        return act(**facts)


@pytest.fixture
def change(tree: factories.Tree, at: datetime) -> Change:
    chair = factories.person("周小舟")
    factories.membership(chair, tree.foreign_union)
    factories.post(chair, tree.foreign_union, Role.CHAIR)
    return Change(tree, chair, at)
