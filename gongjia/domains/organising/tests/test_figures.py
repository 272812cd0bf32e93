"""The figures of unions and employers keep step with every verb that founds, ends, covers or describes them."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from gongjia.backbone.employers import services as employers
from gongjia.backbone.employers.models import Employer
from gongjia.backbone.organisations import services as organisations
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind
from gongjia.engines.figures import reading, repair
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = pytest.mark.system("G2")
CODES = ("unions", "organisations", "employers")
JUNE, JULY = date(2026, 6, 30), date(2026, 7, 1)


@pytest.fixture
def counted(tree: factories.Tree, at: datetime) -> Iterator[factories.Tree]:
    """A union and a covered employer in each county, counted; after the test the figures must equal a recount."""
    with everywhere(reason="test"):
        for code in CODES:
            repair.rebuild(code)
        yield tree
        assert [difference for code in CODES for difference in repair.check(code)] == []


def figures(code: str, tree: factories.Tree, on: date, **values: str) -> list[int]:
    places = (tree.city, tree.county, tree.foreign_county)
    return [reading.total(code, place, on=on, **values).value for place in places]


def test_a_union_founded_is_counted_as_union_and_as_organisation(counted: factories.Tree, at: datetime) -> None:
    organisations.found(
        superior=counted.county,
        kind=Kind.JOINT_GRASSROOTS_UNION,
        name="银泉样例联合工会",
        region=factories.region(),
        founded_on=JULY,
        by=COMMAND,
        at=at,
    )
    assert figures("unions", counted, JUNE) == [2, 1, 1]
    assert figures("unions", counted, at.date()) == [3, 2, 1]
    assert figures("unions", counted, at.date(), kind=Kind.JOINT_GRASSROOTS_UNION) == [1, 1, 0]
    assert figures("organisations", counted, at.date()) == [6, 3, 2]


def test_a_preparatory_group_is_no_union_yet(counted: factories.Tree, at: datetime) -> None:
    group = organisations.found(
        superior=counted.county,
        kind=Kind.PREPARATORY_GROUP,
        name="银泉样例工会筹备组",
        region=factories.region(),
        founded_on=JULY,
        by=COMMAND,
        at=at,
    )
    assert figures("organisations", counted, at.date()) == [5, 2, 2]
    organisations.dissolve(organisation=group, on=at.date(), approval_number="", reason="不建", by=COMMAND, at=at)
    assert figures("organisations", counted, at.date()) == [5, 2, 2]


def test_a_federation_is_an_organisation_and_no_grassroots_union(counted: factories.Tree, at: datetime) -> None:
    organisations.found(
        superior=counted.city,
        kind=Kind.FEDERATION,
        name="赤壁市总工会",
        region=factories.region(),
        founded_on=JULY,
        by=COMMAND,
        at=at,
    )
    assert figures("unions", counted, at.date()) == [2, 1, 1]
    assert figures("organisations", counted, at.date(), kind=Kind.FEDERATION) == [4, 1, 1]


def test_a_union_counts_where_its_industry_was_corrected(counted: factories.Tree, at: datetime) -> None:
    union = Organisation.objects.get(pk=counted.union.pk)
    organisations.amend(organisation=union, version=union.version, changes={"industry": "C"}, by=COMMAND, at=at)
    assert figures("unions", counted, at.date(), industry="C") == [1, 1, 0]
    assert figures("unions", counted, at.date(), industry="blank") == [1, 0, 1]


def test_a_merged_union_stood_until_then_and_its_employers_go_on(counted: factories.Tree, at: datetime) -> None:
    organisations.merge(
        organisation=counted.union, into=counted.foreign_union, on=JULY, approval_number="", by=COMMAND, at=at
    )
    assert figures("unions", counted, JUNE) == [2, 1, 1]
    assert figures("unions", counted, at.date()) == [1, 0, 1]
    assert figures("employers", counted, at.date(), covered="yes") == [2, 1, 1]


def test_employers_of_a_dissolved_union_are_covered_no_longer(counted: factories.Tree, at: datetime) -> None:
    employers.register(organisation=counted.union, name="岸边样例公司", region=factories.region(), by=COMMAND, at=at)
    organisations.dissolve(organisation=counted.union, on=JULY, approval_number="", reason="注销", by=COMMAND, at=at)
    assert figures("employers", counted, JUNE, covered="yes") == [2, 1, 1]
    assert figures("employers", counted, at.date(), covered="yes") == [1, 0, 1]
    assert figures("employers", counted, at.date()) == [3, 2, 1]
    assert reading.total("employers", counted.union, on=at.date()).value == 0


def test_an_employer_turns_covered_and_back(counted: factories.Tree, at: datetime) -> None:
    firm = employers.register(
        organisation=counted.county,
        name="岸边样例公司",
        region=factories.region(),
        founded_on=date(2015, 3, 1),
        industry="H",
        by=COMMAND,
        at=at,
    )
    assert figures("employers", counted, at.date(), covered="no") == [1, 1, 0]
    coverage = employers.cover(organisation=counted.union, employer=firm, from_on=JULY, by=COMMAND, at=at)
    assert figures("employers", counted, JUNE, covered="no", industry="H") == [1, 1, 0]
    assert figures("employers", counted, at.date(), covered="yes", industry="H") == [1, 1, 0]
    employers.uncover(coverage=coverage, until_on=at.date(), reason="迁出", by=COMMAND, at=at)
    assert figures("employers", counted, date(2026, 10, 31), covered="yes", industry="H") == [1, 1, 0]
    assert figures("employers", counted, at.date(), covered="no") == [1, 1, 0]


def test_an_employer_that_closes_is_counted_no_longer(counted: factories.Tree, at: datetime) -> None:
    firm = Employer.objects.get(pk=counted.employer.pk)
    employers.amend(employer=firm, version=firm.version, changes={"kind": "170", "industry": "C"}, by=COMMAND, at=at)
    assert figures("employers", counted, at.date(), kind="170", industry="C", covered="yes") == [1, 1, 0]
    firm.refresh_from_db()
    employers.amend(employer=firm, version=firm.version, changes={"state": "closed"}, by=COMMAND, at=at)
    assert figures("employers", counted, at.date()) == [1, 0, 1]
