"""An application does not end with the union that it waits at."""

from datetime import datetime, timedelta

import pytest

from gongjia.backbone.organisations import services as organisations
from gongjia.domains.enrolment.models import Application, Poster
from gongjia.domains.enrolment.tests.conftest import Newcomer
from gongjia.engines.casework.models import MatterIndex
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("O7"), pytest.mark.django_db]


def where(application: Application) -> tuple[int, int | None]:
    application.refresh_from_db(from_queryset=Application._base_manager.all())
    index = MatterIndex._base_manager.get(matter_id=application.pk, flow_code=application.flow_code)
    assert index.organisation_id == application.organisation_id
    return application.organisation_id, index.holder_id


def test_the_successor_of_a_merged_union_answers(
    tree: factories.Tree, newcomer: Newcomer, poster: Poster, at: datetime
) -> None:
    application = newcomer().apply(poster, number=901, at=at)
    into = factories.organisation("样例承接工会", tree.county, kind="grassroots_union")
    with everywhere(reason="test"):
        organisations.merge(
            organisation=poster.organisation, into=into, on=at.date(), approval_number="", by=COMMAND, at=at
        )
    assert where(application) == (into.pk, into.pk)
    assert not application.is_pooled


def test_the_county_answers_for_a_dissolved_union_within_the_time_of_the_pool(
    tree: factories.Tree, newcomer: Newcomer, poster: Poster, at: datetime
) -> None:
    waits, done = (newcomer().apply(poster, number=number, at=at) for number in (902, 903))
    Application._base_manager.filter(pk=done.pk).update(closed_at=at, state="withdrawn")
    with everywhere(reason="test"):
        organisations.dissolve(
            organisation=poster.organisation, on=at.date(), approval_number="", reason="单位注销", by=COMMAND, at=at
        )
    assert where(waits) == (tree.county.pk, tree.county.pk)
    assert (waits.is_pooled, waits.due_at) == (True, at + timedelta(hours=48))
    assert where(done)[0] == poster.organisation_id
