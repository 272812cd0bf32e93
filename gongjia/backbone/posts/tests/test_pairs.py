"""Roles that exclude one another, and those who watch the whole platform."""

from datetime import date, datetime

import pytest

from gongjia.backbone.posts import services
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.queries import roles_during, roles_given_by
from gongjia.backbone.posts.words import WATCHERS, PostEnding, Role
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.reach import entering, everywhere
from tests import factories
from tests.threads import together

DAY = date(2026, 6, 1)


def boss_of(tree: factories.Tree) -> factories.Person:
    boss = factories.person("程远山")
    factories.post(boss, tree.city, Role.ORGANISATION_OFFICER)
    return boss


def give(tree: factories.Tree, person: factories.Person, role: Role, from_on: date, at: datetime) -> Post:
    boss = factories.Person._base_manager.get(name="程远山")
    with everywhere(reason="test"):
        return services.appoint(
            organisation=tree.city, person=person, role=role, from_on=from_on, by=factories.actor(boss), at=at
        )


@pytest.mark.django_db
@pytest.mark.parametrize("from_on", [date(2019, 12, 31), date(2020, 1, 1), date(2026, 12, 1)])
def test_a_post_that_begins_before_the_excluded_one_is_refused_too(
    tree: factories.Tree, at: datetime, from_on: date
) -> None:
    boss_of(tree)
    person = factories.person("白小满")
    factories.post(person, tree.city, Role.AUDITOR)
    with pytest.raises(Refused, match="任职的日子有重叠"):
        give(tree, person, Role.SYSTEM_OPERATOR, from_on, at)


@pytest.mark.django_db
def test_one_after_the_other_is_no_overlap_and_an_end_put_off_into_the_next_post_is(
    tree: factories.Tree, at: datetime
) -> None:
    boss = factories.actor(boss_of(tree))
    person = factories.person("白小满")
    first = factories.post(person, tree.city, Role.AUDITOR, until_on=date(2026, 12, 1))
    give(tree, person, Role.SECURITY_OPERATOR, date(2026, 12, 1), at)
    with everywhere(reason="test"):
        with pytest.raises(Refused, match="任职的日子有重叠"):
            services.end(post=first, until_on=date(2026, 12, 2), ending=PostEnding.RETIRED, by=boss, at=at)
        services.end(post=first, until_on=date(2026, 11, 30), ending=PostEnding.RETIRED, by=boss, at=at)


@pytest.mark.django_db
def test_a_post_that_ended_on_the_day_it_began_excludes_nothing(tree: factories.Tree, at: datetime) -> None:
    boss_of(tree)
    person = factories.person("白小满")
    factories.post(person, tree.city, Role.AUDITOR, from_on=DAY, until_on=DAY)
    assert roles_during(person.pk, date(2020, 1, 1), None) == frozenset()
    give(tree, person, Role.SYSTEM_OPERATOR, date(2026, 1, 1), at)


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(WATCHERS))
def test_who_watches_the_platform_is_appointed_at_its_top_only(tree: factories.Tree, at: datetime, role: Role) -> None:
    officer, boss = factories.actor(tree.officer), factories.actor(boss_of(tree))
    with entering(officer.reach()):
        assert not WATCHERS & set(roles_given_by(officer))
        with pytest.raises(Refused, match="只能在最上级工会任职"):
            services.appoint(organisation=tree.county, person=tree.member, role=role, from_on=DAY, by=officer, at=at)
        with pytest.raises(Forbidden):
            services.appoint(organisation=tree.city, person=tree.member, role=role, from_on=DAY, by=officer, at=at)
    with entering(boss.reach()):
        assert set(Role) == set(roles_given_by(boss))
        services.appoint(organisation=tree.city, person=tree.member, role=role, from_on=DAY, by=boss, at=at)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_appointments_at_once_see_each_other(at: datetime) -> None:
    tree = factories.tree()
    factories.actor(boss_of(tree))
    people = [factories.person(f"白小{sign}") for sign in "甲乙丙丁"]
    roles = (Role.AUDITOR, Role.SYSTEM_OPERATOR, Role.SECURITY_OPERATOR)

    def appoint(turn: int) -> str:
        try:
            give(tree, people[turn // 3], roles[turn % 3], DAY, at)
        except Refused:
            return "refused"
        return "given"

    assert together(12, appoint).count("given") == len(people)
    assert Post._base_manager.filter(person__in=people).count() == len(people)
