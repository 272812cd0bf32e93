"""The figures of who joined this year and of migrant workers: each number opens as many rows as it says."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from gongjia.backbone.memberships import services
from gongjia.backbone.memberships.words import Origin
from gongjia.engines.figures import reading, repair
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.reach import everywhere
from gongjia.portals.work.checkups import rows_opened
from tests import factories

pytestmark = pytest.mark.system("O9")
JULY = date(2026, 7, 1)


@pytest.fixture
def counted(tree: factories.Tree) -> Iterator[factories.Tree]:
    with everywhere(reason="test"):
        for code in ("members", "migrants", "joins"):
            repair.rebuild(code)
        yield tree


@pytest.mark.parametrize("code", ["migrants", "joins"])
@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2026, 6, 30), None])
def test_each_number_opens_as_many_rows(code: str, day: date | None, counted: factories.Tree, at: datetime) -> None:
    days = (date(2025, 3, 1), date(2026, 2, 1), JULY)
    for number, joined_on in enumerate(days):
        person = factories.person("白小满", number=700 + number, is_migrant=(True, False, None)[number])
        services.start(
            organisation=counted.union, person=person, origin=Origin.ONLINE, joined_on=joined_on, by=COMMAND, at=at
        )
    today = at.date()
    for figure in [
        reading.total(code, counted.city, on=day or today),
        *reading.by(code, "group", counted.county, on=day or today),
        *(reading.by(code, "migrant", counted.county, on=day or today) if code == "joins" else ()),
        *(reading.by(code, "origin", counted.county, on=day or today) if code == "joins" else ()),
    ]:
        assert rows_opened(figure, today) == figure.value, figure.rows_url
