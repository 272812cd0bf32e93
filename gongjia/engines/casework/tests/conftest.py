from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.casework import flow
from gongjia.engines.casework import services as casework
from gongjia.engines.casework.tests import complaints
from gongjia.engines.casework.tests.complaints import COMPLAINT, Complaint
from gongjia.kernel.actors import Actor
from gongjia.kernel.reach import everywhere
from tests import factories


@dataclass
class Desk:
    """Officers of the city, of two counties and of a town below the first; a worker, and the worker's complaint."""

    tree: factories.Tree
    town: Organisation
    city: Actor
    county: Actor
    colleague: Actor
    foreign: Actor
    street: Actor
    chair: Actor
    worker: Actor
    at: datetime

    def complaint(self, **facts: object) -> Complaint:
        facts = {"organisation": self.tree.county, "person": self.tree.member, **facts}
        return casework.open_matter(matter=Complaint(**facts), title="拖欠工资", by=self.worker, at=self.at)  # type: ignore[return-value]


def desk_of(tree: factories.Tree, at: datetime) -> Desk:
    town = factories.organisation("浮山街道总工会", tree.county)
    people = {}
    for name, where, role in (
        ("city", tree.city, "rights_officer"),
        ("county", tree.county, "rights_officer"),
        ("colleague", tree.county, "rights_officer"),
        ("foreign", tree.foreign_county, "rights_officer"),
        ("street", town, "township_officer"),
    ):
        person = factories.person(f"经办{len(people)}")
        factories.post(person, where, role)
        people[name] = factories.actor(person)
    chair, worker = factories.actor(tree.chair), factories.actor(tree.member)
    return Desk(tree=tree, town=town, at=at, chair=chair, worker=worker, **people)


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The invented flow is known beside the others, and every row is in reach."""
    monkeypatch.setitem(flow._registered, COMPLAINT.code, COMPLAINT)
    with everywhere(reason="test"):
        yield


@pytest.fixture
def desk(tree: factories.Tree, at: datetime, declared: None) -> Desk:
    complaints.create_table()
    return desk_of(tree, at)
