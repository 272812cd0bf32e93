"""Ending a post: who may, when, and what a chair's term asks for."""

from datetime import date, datetime, timedelta

import pytest

from gongjia.backbone.organisations.models import Term
from gongjia.backbone.posts import services
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.queries import has_chair, roles_of
from gongjia.backbone.posts.words import PostEnding, Role
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.models import AuditRow
from gongjia.kernel.reach import entering, everywhere
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


def held_by(person: factories.Person) -> Post:
    return Post._base_manager.select_related("organisation").get(person=person)


def end(person: factories.Person, *, by: Actor, at: datetime, **facts: object) -> Post:
    given = {"until_on": DAY, "ending": PostEnding.RETIRED, **facts}
    with entering(by.reach()):
        return services.end(post=held_by(person), by=by, at=at, **given)  # type: ignore[arg-type]


def test_access_goes_with_the_post_on_the_day_itself(tree: factories.Tree, at: datetime) -> None:
    end(tree.chair, by=factories.actor(tree.officer), at=at)
    assert roles_of(tree.chair.pk, on=DAY - timedelta(days=1)) == {Role.CHAIR}
    assert roles_of(tree.chair.pk, on=DAY) == frozenset()
    assert held_by(tree.chair).ended_zh == "2026-06-01 离任，退休"
    row = AuditRow.objects.get(verb="posts.end")
    assert (row.about_person_id, row.facts) == (tree.chair.pk, {"role": "chair", "ending": "retired"})
    with everywhere(reason="test"):
        assert has_chair(tree.union, on=DAY - timedelta(days=1))
        assert not has_chair(tree.union, on=DAY)


def test_nobody_ends_the_own_post_nor_one_of_another_county(tree: factories.Tree, at: datetime) -> None:
    officer = factories.actor(tree.officer)
    with pytest.raises(Refused, match="不能给自己登记离任"):
        end(tree.officer, by=officer, at=at)
    with pytest.raises(Forbidden):
        services.end(post=held_by(tree.foreign_officer), until_on=DAY, ending=PostEnding.RETIRED, by=officer, at=at)
    with pytest.raises(Forbidden):
        end(tree.chair, by=factories.actor(tree.leader), at=at)


@pytest.mark.parametrize(("on", "is_taken"), [(date(2019, 12, 31), False), (date(2020, 1, 1), True)])
def test_a_post_does_not_end_before_it_began(tree: factories.Tree, at: datetime, on: date, *, is_taken: bool) -> None:
    officer = factories.actor(tree.officer)
    if is_taken:
        assert end(tree.chair, by=officer, at=at, until_on=on).until_on == on
    else:
        with pytest.raises(Refused, match="不能早于任职日期 2020-01-01"):
            end(tree.chair, by=officer, at=at, until_on=on)


def test_an_end_to_come_may_be_changed_and_one_gone_by_may_not(tree: factories.Tree, at: datetime) -> None:
    officer = factories.actor(tree.officer)
    end(tree.chair, by=officer, at=at, until_on=at.date() + timedelta(days=30))
    end(tree.chair, by=officer, at=at, until_on=at.date())
    with pytest.raises(Refused, match="已经离任"):
        end(tree.chair, by=officer, at=at, until_on=at.date() + timedelta(days=30))
    assert held_by(tree.chair).until_on == at.date()


@pytest.mark.parametrize(
    ("ending", "ends_on", "word"),
    [
        (PostEnding.TRANSFERRED, DAY, "征得本级工会委员会和上一级工会的同意"),
        (PostEnding.REMOVED, DAY, "过半数通过"),
        (PostEnding.RESIGNED, DAY, ""),
        (PostEnding.TRANSFERRED, DAY - timedelta(days=1), ""),
    ],
)
def test_a_chair_in_the_midst_of_the_term_is_not_moved_without_a_basis(
    tree: factories.Tree, at: datetime, ending: PostEnding, ends_on: date, word: str
) -> None:
    Term._base_manager.create(organisation=tree.union, number=1, starts_on=date(2022, 1, 1), ends_on=ends_on)
    officer = factories.actor(tree.officer)
    if word:
        with pytest.raises(Refused, match=word):
            end(tree.chair, by=officer, at=at, ending=ending)
        end(tree.chair, by=officer, at=at, ending=ending, ending_basis="咸工复〔2026〕8号")
        assert held_by(tree.chair).ending_basis == "咸工复〔2026〕8号"
    else:
        assert end(tree.chair, by=officer, at=at, ending=ending).ending == ending


def test_a_clerk_is_moved_without_a_basis(tree: factories.Tree, at: datetime) -> None:
    Term._base_manager.create(organisation=tree.union, number=1, starts_on=date(2022, 1, 1), ends_on=date(2027, 1, 1))
    factories.post(tree.member, tree.union, Role.CLERK)
    assert end(tree.member, by=factories.actor(tree.officer), at=at, ending=PostEnding.TRANSFERRED).until_on == DAY


def test_the_last_who_manages_accounts_stays_until_another_is_there(tree: factories.Tree, at: datetime) -> None:
    appointing = factories.person("组织员")
    factories.post(appointing, tree.city, Role.ORGANISATION_OFFICER)
    by = factories.actor(appointing)
    county_s = factories.person("区管理员")
    factories.post(county_s, tree.county, Role.SYSTEM_OPERATOR)  # manages the county only: nobody is left at the city
    with pytest.raises(Refused, match="最后一位系统管理员"):
        end(tree.operator, by=by, at=at)
    assert end(county_s, by=by, at=at).until_on == DAY  # the city's reaches the county too
    factories.post(factories.person("接任的"), tree.city, Role.SYSTEM_OPERATOR)
    assert end(tree.operator, by=by, at=at).until_on == DAY


def test_a_post_that_is_held_is_not_given_twice(tree: factories.Tree, at: datetime) -> None:
    officer = factories.actor(tree.officer)
    with entering(officer.reach()), pytest.raises(Refused, match="已经在这里担任工会主席"):
        services.appoint(organisation=tree.union, person=tree.chair, role=Role.CHAIR, from_on=DAY, by=officer, at=at)
