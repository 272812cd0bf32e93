"""Two hundred workers join at once, by a poster and by officers' codes: nobody twice, nobody lost."""

from datetime import UTC, datetime

import pytest

from bench.joining import ground, join_all
from gongjia.backbone.memberships.models import Membership
from gongjia.domains.enrolment.models import Application
from gongjia.engines.figures import reading, repair
from gongjia.kernel.reach import everywhere

pytestmark = [
    pytest.mark.long, pytest.mark.postgresql, pytest.mark.system("O7"), pytest.mark.django_db(transaction=True),
]  # fmt: skip
JOINERS = 200
AT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def test_two_hundred_at_once_by_a_poster_are_two_hundred_applications() -> None:
    made = join_all(ground(JOINERS, at=AT), at=AT, is_spot=False)
    assert len(made) == JOINERS
    assert Application._base_manager.filter(state="submitted").count() == JOINERS
    assert Application._base_manager.values("account_id").distinct().count() == JOINERS


def test_two_hundred_at_once_by_codes_are_two_hundred_members() -> None:
    city = ground(JOINERS, at=AT)
    with everywhere(reason="test"):
        repair.rebuild("members")
        before = reading.total("members", city.tree.city, on=AT.date()).value
    join_all(city, at=AT, is_spot=True)
    members = Membership._base_manager.filter(origin="spot")
    assert members.count() == JOINERS
    assert members.values("person").distinct().count() == JOINERS
    with everywhere(reason="test"):
        assert reading.total("members", city.tree.city, on=AT.date()).value == before + JOINERS
        assert repair.check("members") == []
