"""What a page read a while ago is not what is written: verbs on memberships and employers look again, under a lock."""

from collections.abc import Callable
from datetime import date, datetime
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, connections, transaction

from gongjia.backbone.employers import services as employers
from gongjia.backbone.employers.models import Coverage, Employer
from gongjia.backbone.memberships import services
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE, Ending, Origin
from gongjia.backbone.organisations import services as organisations
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.people import services as people
from gongjia.backbone.people.models import Person
from gongjia.backbone.posts import services as posts
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import Role
from gongjia.engines.figures.repair import check, rebuild
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.errors import Refused
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = pytest.mark.system("O8")
DAY = date(2026, 11, 20)


@pytest.fixture
def twice(tree: factories.Tree) -> tuple[Membership, Membership]:
    """One row, read by two requests."""
    with everywhere(reason="test"):
        rebuild("members")
        return Membership.objects.get(pk=tree.membership.pk), Membership.objects.get(pk=tree.membership.pk)


def retain(row: Membership, at: datetime) -> None:
    services.retain(membership=row, by=COMMAND, at=at)


def test_who_was_retained_meanwhile_is_not_taken_off_twice(twice: tuple[Membership, Membership], at: datetime) -> None:
    one, other = twice
    with everywhere(reason="test"):
        retain(one, at)
        services.end(membership=other, ending=Ending.LEFT, on=DAY, by=COMMAND, at=at)
        assert check("members") == []
    assert (other.retained_on, other.until_on, other.version) == (DAY, DAY, 3)


def test_a_transfer_of_who_was_retained_meanwhile_counts_right(
    tree: factories.Tree, twice: tuple[Membership, Membership], at: datetime
) -> None:
    one, other = twice
    with everywhere(reason="test"):
        retain(one, at)
        services.transfer(membership=other, to=tree.foreign_union, on=DAY, by=COMMAND, at=at)
        assert check("members") == []


def test_who_was_ended_meanwhile_is_not_retained(twice: tuple[Membership, Membership], at: datetime) -> None:
    one, other = twice
    with everywhere(reason="test"):
        services.end(membership=one, ending=Ending.LEFT, on=DAY, by=COMMAND, at=at)
        with pytest.raises(Refused, match="只有正式会员"):
            retain(other, at)


def test_an_end_counts_by_what_is_known_of_the_person_now(
    twice: tuple[Membership, Membership], tree: factories.Tree, at: datetime
) -> None:
    one, other = twice
    assert one.person.skill_level == other.person.skill_level == ""
    with everywhere(reason="test"):
        stale = Person.objects.get(pk=tree.member.pk)
        people.amend(person=one.person, version=1, changes={"skill_level": "senior"}, by=COMMAND, at=at)
        people.amend(person=stale, version=2, changes={"skill_level": "middle"}, by=COMMAND, at=at)
        services.end(membership=other, ending=Ending.LEFT, on=DAY, by=COMMAND, at=at)
        assert check("members") == []


def test_nobody_joins_covers_or_is_appointed_at_a_union_that_was_merged_meanwhile(
    tree: factories.Tree, at: datetime
) -> None:
    into = factories.organisation("承接样例工会委员会", tree.county, kind=Kind.GRASSROOTS_UNION)
    firm = factories.employer("承接样例厂", tree.county)
    newcomer = factories.person("白小满")
    with everywhere(reason="test"):
        stale = type(tree.union).objects.get(pk=tree.union.pk)
        organisations.merge(organisation=tree.union, into=into, on=DAY, approval_number="1", by=COMMAND, at=at)
        facts: dict[str, Any] = {"by": COMMAND, "at": at}
        with pytest.raises(Refused, match="不能发展会员"):
            services.start(organisation=stale, person=newcomer, origin=Origin.POSTER, joined_on=DAY, **facts)
        with pytest.raises(Refused, match="不能接收会员"):
            services.transfer(membership=tree.foreign_membership, to=stale, on=DAY, **facts)
        with pytest.raises(Refused, match="不能覆盖单位"):
            employers.cover(organisation=stale, employer=firm, from_on=DAY, **facts)
        with pytest.raises(Refused, match="不能登记任职"):
            posts.appoint(organisation=stale, person=newcomer, role=Role.CLERK, from_on=DAY, **facts)


def test_an_employer_is_counted_by_what_is_known_of_it_now(tree: factories.Tree, at: datetime) -> None:
    firm = factories.employer("承接样例厂", tree.county)
    with everywhere(reason="test"):
        rebuild("employers")
        stale = Employer.objects.get(pk=firm.pk)
        employers.amend(employer=firm, version=1, changes={"industry": "C"}, by=COMMAND, at=at)
        employers.cover(organisation=tree.union, employer=stale, from_on=DAY, by=COMMAND, at=at)
        assert check("employers") == []


Act = Callable[[factories.Tree, datetime], object]
LEAVE: Act = lambda tree, at: services.end(  # noqa: E731
    membership=tree.membership, ending=Ending.LEFT, on=DAY, by=COMMAND, at=at
)
JOIN: Act = lambda tree, at: services.start(  # noqa: E731
    organisation=tree.union,
    person=Person._base_manager.get(name="白小满"),
    origin=Origin.POSTER,
    joined_on=DAY,
    by=COMMAND,
    at=at,
)
COVER: Act = lambda tree, at: employers.cover(  # noqa: E731
    organisation=tree.union, employer=Employer._base_manager.get(name="承接样例厂"), from_on=DAY, by=COMMAND, at=at
)
APPOINT: Act = lambda tree, at: posts.appoint(  # noqa: E731
    organisation=tree.union, person=tree.member, role=Role.CLERK, from_on=DAY, by=COMMAND, at=at
)
AMEND: Act = lambda tree, at: people.amend(  # noqa: E731
    person=tree.member, version=1, changes={"skill_level": "senior"}, by=COMMAND, at=at
)
BESIDE = {"leave": LEAVE, "join": JOIN, "cover": COVER, "appoint": APPOINT, "amend": AMEND}


def beside_a_merger(tree: factories.Tree, at: datetime, act: Act, *, is_merger_first: bool) -> None:
    """One transaction stands open when the other begins, and is committed once that one waits or is done."""
    into = factories.organisation("承接样例工会委员会", tree.county, kind=Kind.GRASSROOTS_UNION)
    factories.employer("承接样例厂", tree.county)
    factories.person("白小满")
    with everywhere(reason="test"):
        for code in ("members", "employers"):
            rebuild(code)

    def merge(tree: factories.Tree, at: datetime) -> object:
        return organisations.merge(organisation=tree.union, into=into, on=DAY, approval_number="1", by=COMMAND, at=at)

    first, second = (merge, act) if is_merger_first else (act, merge)
    has_acted, failed = Event(), []

    def late() -> None:
        has_acted.wait(60)
        try:
            with everywhere(reason="test"):
                second(tree, at)
        except Refused:
            pass
        except Exception as error:  # noqa: BLE001 - told by the test
            failed.append(error)
        finally:
            connections.close_all()

    thread = Thread(target=late)
    thread.start()
    with everywhere(reason="test"), transaction.atomic():
        first(tree, at)
        has_acted.set()
        wait_until(lambda: not thread.is_alive() or somebody_waits())
    thread.join(60)
    assert failed == []
    assert not thread.is_alive()


def wait_until(is_so: Callable[[], bool]) -> None:
    for _ in range(400):
        if is_so():
            return
        Event().wait(0.05)
    raise AssertionError("neither done nor waiting")


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_merger_first", [True, False])
@pytest.mark.parametrize("name", BESIDE)
def test_a_merger_beside_another_act_leaves_nothing_at_the_union_that_ended(
    at: datetime, name: str, *, is_merger_first: bool
) -> None:
    tree = factories.tree()
    beside_a_merger(tree, at, BESIDE[name], is_merger_first=is_merger_first)
    assert not Membership._base_manager.filter(organisation=tree.union, state__in=LIVE).exists()
    assert not Coverage._base_manager.filter(organisation=tree.union, until_on=None).exists()
    assert not Post._base_manager.filter(organisation=tree.union, until_on=None).exists()
    live = Membership._base_manager.filter(person=tree.member, state__in=LIVE)
    assert live.count() == (0 if name == "leave" and not is_merger_first else 1)
    with everywhere(reason="test"):
        assert check("members") == []
        assert check("employers") == []
