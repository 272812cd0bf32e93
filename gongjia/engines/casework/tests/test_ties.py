"""Whoever is tied to the employer complained of does not come to the matter, whatever the post opens."""

import pytest

from gongjia.engines.casework import deadlines
from gongjia.engines.casework import services as casework
from gongjia.engines.casework.handing import services as handing
from gongjia.engines.casework.handing.models import Assignment
from gongjia.engines.casework.handing.words import Way
from gongjia.engines.casework.models import Deadline, MatterIndex, Step
from gongjia.engines.casework.queries import held_by
from gongjia.engines.casework.tests.complaints import Complaint
from gongjia.engines.casework.tests.conftest import Desk
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden
from gongjia.kernel.reach import current, entering
from tests import factories

pytestmark = [pytest.mark.system("R2"), pytest.mark.django_db]
MODELS = (Complaint, MatterIndex, Step, Deadline, Assignment)


@pytest.fixture
def tied(desk: Desk) -> Actor:
    """An officer of the county who also works for the employer."""
    person = factories.person("兼职人")
    factories.post(person, desk.tree.county, "rights_officer")
    factories.employment(person, desk.tree.employer)
    return factories.actor(person)


def counts(actor: Actor) -> list[int]:
    """How many rows of each model, as the actor's pages would see them."""
    from gongjia.kernel import reach

    token = reach._current.set(None)
    try:
        with entering(actor.reach()):
            return [model.objects.count() for model in MODELS] + [held_by(actor).count()]
    finally:
        reach._current.reset(token)


def test_a_tie_shuts_every_row_and_nothing_else(desk: Desk, tied: Actor) -> None:
    free = desk.complaint()
    before = counts(tied)
    assert before[0] == 1
    against = desk.complaint(kept_from=desk.tree.employer)
    handing.assign(
        matter=Complaint._base_manager.get(pk=against.pk),
        issuer=desk.tree.county,
        to=desk.town,
        kind=Way.ASSIGN,
        words="请核实",
        due_on=desk.at.date(),
        by=desk.county,
        at=desk.at,
    )
    assert counts(tied) == before
    assert all(more > less for more, less in zip(counts(desk.county), before, strict=True))
    assert free.pk != against.pk


def test_the_chair_of_the_employers_own_union_is_tied_without_a_row_of_employment(desk: Desk) -> None:
    assert desk.chair.ties == {desk.tree.employer.pk}
    factories.coverage(desk.tree.union, factories.employer("别家样例厂", desk.tree.county))
    assert factories.actor(desk.tree.chair).ties == frozenset(), "of a joint union nobody knows whose man it is"


def test_the_worker_comes_to_the_own_matter_though_employed_there(desk: Desk) -> None:
    desk.complaint(kept_from=desk.tree.employer)
    from gongjia.kernel import reach
    from gongjia.kernel.permissions import SIGNED_IN

    assert desk.worker.ties == {desk.tree.employer.pk}
    token = reach._current.set(None)
    try:
        with entering(desk.worker.reach(SIGNED_IN)):
            assert Complaint.objects.count() == 1
    finally:
        reach._current.reset(token)


def test_a_row_come_by_another_way_is_not_moved_either(desk: Desk, tied: Actor) -> None:
    one = desk.complaint(kept_from=desk.tree.employer)
    with pytest.raises(Forbidden, match="利害关系"):
        casework.move(matter=one, move_code="take", by=tied, at=desk.at)
    with pytest.raises(Forbidden, match="利害关系"):
        deadlines.pause(matter=one, code="whole", reason="等等", by=tied, at=desk.at)
    with pytest.raises(Forbidden, match="利害关系"):
        handing.forward(matter=one, to=desk.town, words="转走", by=tied, at=desk.at)


def test_nesting_keeps_the_tie(desk: Desk, tied: Actor) -> None:
    from gongjia.kernel import reach

    token = reach._current.set(None)
    try:
        with entering(tied.reach()), entering(desk.county.reach()):
            assert current().ties == tied.ties
        with entering(desk.county.reach()), entering(tied.reach()):
            assert current().ties == tied.ties
    finally:
        reach._current.reset(token)
