"""The figure of members keeps step with every verb that begins, ends or describes a membership."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from gongjia.backbone.memberships import services
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Ending, Origin
from gongjia.backbone.organisations import services as organisations
from gongjia.backbone.people import services as people
from gongjia.engines.figures import reading, repair
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = pytest.mark.system("G2")
JUNE, JULY = date(2026, 6, 30), date(2026, 7, 1)


@pytest.fixture
def counted(tree: factories.Tree, at: datetime) -> Iterator[factories.Tree]:
    """One member in each county, counted; after the test the figures must be what a recount gives."""
    with everywhere(reason="test"):
        for code in ("members", "migrants", "joins"):
            repair.rebuild(code)
        yield tree
        for code in ("members", "migrants", "joins"):
            assert repair.check(code) == []


def members(tree: factories.Tree, on: date, **values: str) -> list[int]:
    places = (tree.city, tree.county, tree.foreign_county)
    return [reading.total("members", place, on=on, **values).value for place in places]


def newcomer(tree: factories.Tree, at: datetime, **facts: str) -> Membership:
    person = factories.person("白小满", skill_level="senior")
    return services.start(
        organisation=tree.union, person=person, origin=Origin.POSTER, joined_on=JULY, by=COMMAND, at=at, **facts
    )


def test_who_joins_is_counted_from_that_month(counted: factories.Tree, at: datetime) -> None:
    newcomer(counted, at, group="courier", form="new_form")
    assert members(counted, JUNE) == [2, 1, 1]
    assert members(counted, at.date()) == [3, 2, 1]
    assert members(counted, at.date(), group="courier", level="senior") == [1, 1, 0]


def test_who_transfers_changes_counties_and_is_counted_once(counted: factories.Tree, at: datetime) -> None:
    services.transfer(membership=counted.membership, to=counted.foreign_union, on=JULY, by=COMMAND, at=at)
    assert members(counted, JUNE) == [2, 1, 1]
    assert members(counted, at.date()) == [2, 0, 2]


def test_who_leaves_was_a_member_until_then(counted: factories.Tree, at: datetime) -> None:
    services.end(membership=counted.membership, ending=Ending.LEFT, on=JULY, by=COMMAND, at=at)
    assert members(counted, JUNE) == [2, 1, 1]
    assert members(counted, at.date()) == [1, 0, 1]


def test_who_is_retained_is_counted_no_longer_and_not_taken_off_twice(counted: factories.Tree, at: datetime) -> None:
    kept = services.retain(membership=counted.membership, by=COMMAND, at=at)
    assert members(counted, date(2026, 10, 31)) == [2, 1, 1]
    assert members(counted, at.date()) == [1, 0, 1]
    services.end(membership=kept, ending=Ending.LEFT, on=at.date(), by=COMMAND, at=at)
    assert members(counted, at.date()) == [1, 0, 1]


def test_who_was_retained_and_goes_on_elsewhere_is_counted_there(counted: factories.Tree, at: datetime) -> None:
    kept = services.retain(membership=counted.membership, by=COMMAND, at=at)
    services.transfer(membership=kept, to=counted.foreign_union, on=at.date(), by=COMMAND, at=at)
    assert members(counted, at.date()) == [2, 0, 2]


def test_what_is_learnt_about_a_person_is_counted_at_once(counted: factories.Tree, at: datetime) -> None:
    services.transfer(membership=counted.membership, to=counted.foreign_union, on=JULY, by=COMMAND, at=at)
    person = factories.Person._base_manager.get(pk=counted.member.pk)
    people.amend(
        person=person, version=person.version, changes={"skill_level": "technician"}, by=COMMAND.for_purpose("t"), at=at
    )
    assert members(counted, JUNE, level="technician") == [1, 1, 0]
    assert members(counted, at.date(), level="technician") == [1, 0, 1]


@pytest.mark.parametrize("how", ["merge", "dissolve"])
def test_members_of_a_union_that_ends_are_counted_where_they_go_on(
    counted: factories.Tree, at: datetime, how: str
) -> None:
    newcomer(counted, at)
    if how == "merge":
        organisations.merge(
            organisation=counted.union, into=counted.foreign_union, on=JULY, approval_number="", by=COMMAND, at=at
        )
        assert members(counted, at.date()) == [3, 0, 3]
    else:
        organisations.dissolve(
            organisation=counted.union, on=JULY, approval_number="", reason="企业注销", by=COMMAND, at=at
        )
        assert members(counted, at.date()) == [1, 0, 1]
    assert members(counted, JUNE) == [2, 1, 1]


def test_a_union_that_moves_takes_its_figure_along(counted: factories.Tree, at: datetime) -> None:
    newcomer(counted, at)
    organisations.move(
        organisation=counted.union, superior=counted.foreign_county, on=JULY, reason="理顺", by=COMMAND, at=at
    )
    assert members(counted, at.date()) == [3, 0, 3]


# ── migrant workers, and who joined this year ───────────────────────────────────────────────────────────────────


def figures(tree: factories.Tree, code: str, on: date, **values: str) -> list[int]:
    return [reading.total(code, place, on=on, **values).value for place in (tree.city, tree.county)]


@pytest.mark.system("O9")
def test_migrant_workers_are_a_figure_of_their_own(counted: factories.Tree, at: datetime) -> None:
    person = factories.person("白小满", is_migrant=True)
    made = services.start(
        organisation=counted.union,
        person=person,
        origin=Origin.POSTER,
        joined_on=JULY,
        group="courier",
        by=COMMAND,
        at=at,
    )
    assert figures(counted, "migrants", JUNE) == [0, 0]
    assert figures(counted, "migrants", at.date(), group="courier") == [1, 1]
    services.transfer(membership=made, to=counted.foreign_union, on=at.date(), by=COMMAND, at=at)
    assert figures(counted, "migrants", at.date()) == [1, 0]


@pytest.mark.system("O9")
@pytest.mark.parametrize(("was", "now", "expected"), [(None, True, 1), (True, False, 0), (False, None, 0)])
def test_who_says_so_later_is_counted_for_all_months(
    was: bool | None,  # noqa: FBT001
    now: bool | None,  # noqa: FBT001
    expected: int,
    counted: factories.Tree,
    at: datetime,
) -> None:
    person = factories.person("白小满", is_migrant=was)
    services.start(organisation=counted.union, person=person, origin=Origin.ONLINE, joined_on=JULY, by=COMMAND, at=at)
    people.amend(person=person, version=person.version, changes={"is_migrant": now}, by=COMMAND, at=at)
    assert figures(counted, "migrants", at.date())[1] == expected
    value = {True: "yes", False: "no", None: "blank"}[now]
    assert figures(counted, "joins", at.date(), migrant=value)[1] == 1


@pytest.mark.system("O9")
def test_joins_count_for_their_year_by_group_and_way(counted: factories.Tree, at: datetime) -> None:
    started = {
        "old": (Origin.POSTER, date(2025, 12, 31), "courier"),
        "spot": (Origin.SPOT, date(2026, 1, 1), "courier"),
        "paper": (Origin.PAPER, JULY, ""),
        "roster": (Origin.ROSTER, JULY, ""),
    }
    for number, (origin, day, group) in enumerate(started.values()):
        person = factories.person("白小满", number=700 + number)
        made = services.start(
            organisation=counted.union, person=person, origin=origin, joined_on=day, group=group, by=COMMAND, at=at
        )
    assert figures(counted, "joins", date(2025, 12, 31)) == [1, 1]
    assert figures(counted, "joins", date(2026, 1, 31)) == [1, 1]
    assert figures(counted, "joins", at.date()) == [2, 2], "a roster writes down who is a member already"
    assert figures(counted, "joins", at.date(), origin="spot", group="courier") == [1, 1]
    services.transfer(membership=made, to=counted.foreign_union, on=at.date(), by=COMMAND, at=at)
    assert figures(counted, "joins", at.date()) == [2, 2], "a transfer is no joining"
