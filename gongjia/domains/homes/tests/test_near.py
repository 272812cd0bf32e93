"""Sites near a place: the township before the county, the county before the city, and nothing further away."""

from datetime import date
from typing import Any

import pytest

from gongjia.backbone.regions.models import Region
from gongjia.domains.homes import queries
from gongjia.domains.homes.models import UnionSite
from gongjia.kernel.reach import Reach, entering
from tests import factories

pytestmark = [pytest.mark.system("H4"), pytest.mark.django_db]


def site(union: Any, region: Region, name: str, **facts: Any) -> UnionSite:
    facts = {"is_station": True, "opened_on": date(2026, 1, 5), "address": "样例路 1 号", **facts}
    return UnionSite._base_manager.create(organisation=union, region=region, name=name, **facts)


def near(code: str, limit: int = 5) -> list[str]:
    with entering(Reach(public=True)):
        return [each.name for each in queries.sites_near(code, limit)]


@pytest.fixture
def places(tree: factories.Tree) -> None:
    town = factories.region("421202101", "怀德镇", Region.Level.TOWNSHIP)
    other = factories.region("421202102", "柳林镇", Region.Level.TOWNSHIP)
    unions = [factories.organisation(f"样例{number}工会", tree.county, kind="grassroots_union") for number in range(6)]
    site(unions[0], factories.region("421221", "嘉鱼县", Region.Level.COUNTY), "同市")
    site(unions[1], other, "同县")
    site(unions[2], town, "同镇")
    site(unions[3], factories.region("4201", "武汉市", Region.Level.CITY), "外市")
    site(unions[4], town, "停用", closed_on=date(2026, 5, 1))
    site(unions[5], town, "只办公", is_station=False)


def test_the_nearest_come_first_and_nothing_from_another_city(places: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert near("421202101") == ["同镇", "同县", "同市"]
    assert near("421202101001") == ["同镇", "同县", "同市"]
    assert near("421202") == ["同镇", "同县", "同市"]
    assert near("421221")[0] == "同市"
    assert near("421202101", limit=1) == ["同镇"]


@pytest.mark.parametrize("code", ["", "42"])
def test_a_place_that_is_no_city_has_nothing_near(places: None, code: str) -> None:
    assert near(code) == []


def test_a_site_of_a_union_that_has_ended_is_not_near(places: None, tree: factories.Tree) -> None:
    type(tree.union)._base_manager.filter(name="样例2工会").update(state="dissolved")
    assert near("421202101") == ["同县", "同市"]
