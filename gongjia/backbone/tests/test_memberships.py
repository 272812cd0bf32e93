"""Memberships, coverage and posts: what the law and the database hold together."""

import threading
from datetime import date, datetime

import pytest
from django.db import IntegrityError, connections, transaction

from gongjia.backbone.employers import services as employers
from gongjia.backbone.employers.words import Source
from gongjia.backbone.memberships import queries as memberships
from gongjia.backbone.memberships import services
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE, Ending, Origin
from gongjia.backbone.people import services as people
from gongjia.backbone.posts import services as posts
from gongjia.backbone.posts.words import Role
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.reach import entering, everywhere
from tests import factories

DAY = date(2025, 5, 1)


@pytest.mark.system("O8")
def test_a_second_live_membership_is_refused_wherever_the_first_stands(tree: factories.Tree, at: datetime) -> None:
    officer = factories.actor(tree.officer)
    with entering(officer.reach()), pytest.raises(Refused, match="一人只有一份有效会籍"):
        services.start(
            organisation=tree.union, person=tree.foreign_member, origin=Origin.OFFICER, joined_on=DAY, by=officer, at=at
        )


@pytest.mark.system("O8")
def test_the_database_holds_one_live_membership_by_itself(tree: factories.Tree) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.membership(tree.member, tree.foreign_union)


@pytest.mark.system("O8")
@pytest.mark.django_db(transaction=True)
def test_eight_threads_that_enrol_one_person_make_one_membership(at: datetime) -> None:
    tree = factories.tree()
    newcomer = factories.person("白小满")
    refused: list[str] = []

    def enrol() -> None:
        try:
            with everywhere(reason="test"):
                services.start(
                    organisation=tree.union, person=newcomer, origin=Origin.OFFICER, joined_on=DAY, by=COMMAND, at=at
                )
        except Refused as reason:
            refused.append(str(reason))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=enrol) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert Membership._base_manager.filter(person=newcomer, state__in=LIVE).count() == 1
    assert len(refused) == 7


@pytest.mark.system("O8")
def test_a_transfer_ends_one_row_and_begins_the_next(tree: factories.Tree, at: datetime) -> None:
    with entering(COMMAND.reach()):
        begun = services.transfer(membership=tree.membership, to=tree.foreign_union, on=DAY, by=COMMAND, at=at)
        ended = Membership.objects.get(pk=tree.membership.pk)
    assert (ended.ending, ended.until_on, ended.state) == (Ending.TRANSFERRED, DAY, "ended")
    assert (begun.from_on, begun.joined_on, begun.continued_from_id) == (DAY, ended.joined_on, ended.pk)


def test_a_membership_ends_once_and_not_before_it_began(tree: factories.Tree, at: datetime) -> None:
    with entering(COMMAND.reach()):
        with pytest.raises(Refused, match="不能早于"):
            services.end(membership=tree.membership, ending=Ending.LEFT, on=date(2019, 12, 31), by=COMMAND, at=at)
        services.end(membership=tree.membership, ending=Ending.LEFT, on=DAY, by=COMMAND, at=at)
        with pytest.raises(Refused, match="已经终止"):
            services.end(membership=tree.membership, ending=Ending.LEFT, on=DAY, by=COMMAND, at=at)


def test_a_federation_takes_no_members(tree: factories.Tree, at: datetime) -> None:
    with entering(COMMAND.reach()), pytest.raises(Refused, match="不直接发展会员"):
        services.start(
            organisation=tree.county, person=factories.person("白小满"), origin=Origin.OFFICER, joined_on=DAY,
            by=COMMAND, at=at,
        )  # fmt: skip


@pytest.mark.system("O3")
def test_one_union_covers_an_employer_at_a_time(tree: factories.Tree, at: datetime) -> None:
    with entering(COMMAND.reach()), pytest.raises(Refused, match="已由其他工会覆盖"):
        employers.cover(organisation=tree.foreign_union, employer=tree.employer, from_on=DAY, by=COMMAND, at=at)


def test_sources_that_disagree_stand_side_by_side(tree: factories.Tree, at: datetime) -> None:
    with entering(COMMAND.reach()):
        for source, count in ((Source.SOCIAL_INSURANCE, 30), (Source.TAX, 50), (Source.TAX, 52)):
            employers.count_heads(employer=tree.employer, source=source, on=DAY, count=count, by=COMMAND, at=at)
        assert sorted(tree.employer.headcounts.values_list("source", "count")) == [
            ("social_insurance", 30),
            ("tax", 52),
        ]


def test_heads_are_counted_by_who_may_write_employers(tree: factories.Tree, at: datetime) -> None:
    chair = factories.actor(tree.chair)
    with entering(chair.reach()), pytest.raises(Forbidden):
        employers.count_heads(employer=tree.employer, source=Source.VISIT, on=DAY, count=30, by=chair, at=at)


def test_a_code_is_registered_once_in_the_whole_city(tree: factories.Tree, at: datetime) -> None:
    officer, stranger = factories.actor(tree.officer), factories.actor(tree.foreign_officer)
    facts = {"name": "溪口样例厂", "region": factories.region(), "uscc": "91421202MA0000001K", "at": at}
    with entering(officer.reach()):
        employers.register(organisation=tree.county, by=officer, **facts)
    with entering(stranger.reach()), pytest.raises(Refused, match="已经登记过"):
        employers.register(organisation=tree.foreign_county, by=stranger, **facts)


def test_a_person_has_one_file(tree: factories.Tree, at: datetime) -> None:
    number = tree.foreign_member.reveal("id_number")
    with entering(factories.actor(tree.officer).reach()), pytest.raises(Refused, match="已经登记过"):
        people.register(name="李青禾", id_number=number, by=factories.actor(tree.officer), at=at)


def test_posts_that_exclude_each_other_are_not_held_together(tree: factories.Tree, at: datetime) -> None:
    officer = factories.actor(tree.officer)
    with entering(officer.reach()):
        with pytest.raises(Refused, match="不能由同一个人"):
            posts.appoint(
                organisation=tree.union, person=tree.chair, role=Role.FUND_AUDITOR, from_on=DAY, by=officer, at=at
            )
        with pytest.raises(Refused, match="不能给自己"):
            posts.appoint(organisation=tree.union, person=tree.officer, role=Role.CLERK, from_on=DAY, by=officer, at=at)


def test_a_new_name_is_sorted_anew_in_every_roster(tree: factories.Tree, at: datetime) -> None:
    with entering(COMMAND.reach()):
        people.amend(person=tree.member, version=1, changes={"name": "白芳"}, by=COMMAND, at=at)
        row = Membership.objects.get(pk=tree.membership.pk)
        assert list(memberships.search("bf")) == [row]
    assert row.pinyin_key.split()[0] == "bai"
