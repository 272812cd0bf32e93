"""A county that goes out to a union below it, and short ways to call the verbs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from gongjia.backbone.posts.models import Post
from gongjia.domains.fieldwork.permissions import PLAN, SOLVE
from gongjia.domains.fieldwork.places import Place
from gongjia.domains.fieldwork.visits import observing, services
from gongjia.domains.fieldwork.visits.models import FieldVisit, Observation, VisitPlan
from gongjia.domains.fieldwork.visits.observing import Seen
from gongjia.domains.fieldwork.words import Grade, ObservationKind
from gongjia.kernel.actors import Actor
from gongjia.kernel.reach import entering
from tests import factories
from tests.eyes import browser  # noqa: F401

Act = Callable[..., Any]
#: What a plan says, and no page may say that does not know of it.
PURPOSE = "密语暗访驿站"


def doing(actor: Actor, verb: Act, may: str, **facts: Any) -> Any:
    """A verb as a page calls it: in the reach of the posts that carry the permission."""
    with entering(actor.reach(may)):
        return verb(by=actor, **facts)


@dataclass
class Field:
    """The county's officer goes; a colleague of the same county verifies; the union's chair owns and solves."""

    tree: factories.Tree
    at: datetime
    colleague: factories.Person

    @property
    def officer(self) -> Actor:
        return factories.actor(self.tree.officer)

    @property
    def chair(self) -> Actor:
        return factories.actor(self.tree.chair)

    @property
    def other(self) -> Actor:
        return factories.actor(self.colleague)

    def post(self) -> Post:
        return Post._base_manager.select_related("organisation").get(
            person=self.tree.officer, organisation=self.tree.county
        )

    def plan(self, *places: Place, **facts: Any) -> VisitPlan:
        said: dict[str, Any] = {
            "organisation": self.tree.county, "purpose": PURPOSE, "items": ["门开着", "台账齐"],
            "from_on": self.at.date(), "to_on": self.at.date(), "goers": [self.post()],
        }  # fmt: skip
        where = places or (Place(self.tree.union),)
        return doing(self.officer, services.plan_visits, PLAN, **{**said, **facts}, places=where, at=self.at)

    def visit(self, plan: VisitPlan | None = None) -> FieldVisit:
        """The one place of a plan, not begun."""
        rows = FieldVisit._base_manager.select_related("organisation", "union", "plan__organisation")
        return rows.get(plan=plan or self.plan())

    def begun(self, at: datetime | None = None) -> FieldVisit:
        return doing(self.officer, services.begin_visit, PLAN, visit=self.visit(), at=at or self.at)

    def seen(self, **facts: Any) -> Seen:
        said: dict[str, Any] = {
            "kind": ObservationKind.BLOCK, "grade": Grade.ORDINARY, "words": "驿站中午不开门", "owner": self.tree.union,
            "due_on": self.at.date() + timedelta(days=10),
        }  # fmt: skip
        return Seen(**{**said, **facts})

    def observe(self, visit: FieldVisit | None = None, at: datetime | None = None, **facts: Any) -> Observation:
        found = visit or self.begun()
        seen = self.seen(**facts)
        made = doing(self.officer, observing.observe, PLAN, visit=found, seen=seen, at=at or self.at)
        return again(made)

    def take(self, one: Observation, at: datetime | None = None) -> Observation:
        return again(doing(self.chair, observing.take, SOLVE, observation=one, measure="中午排班", at=at or self.at))

    def report(self, one: Observation, at: datetime | None = None) -> Observation:
        sent = {"observation": one, "evidence": "已经排班，中午有人", "at": at or self.at}
        return again(doing(self.chair, observing.report_solved, SOLVE, **sent))

    def verify(self, one: Observation, by: Actor | None = None, at: datetime | None = None) -> Observation:
        sent = {"observation": one, "counterpart": one.counterpart, "words": "去看过", "at": at or self.at}
        return again(doing(by or self.other, observing.verify, PLAN, **sent))


def again(one: Observation) -> Observation:
    rows = Observation._base_manager.select_related("organisation", "counterpart", "union")
    return rows.get(pk=one.pk)


@pytest.fixture
def field(tree: factories.Tree, at: datetime) -> Field:
    colleague = factories.person("钱县级")
    factories.post(colleague, tree.county, "rights_officer")
    return Field(tree, at, colleague)


def later(day: date, days: int) -> date:
    return day + timedelta(days=days)
