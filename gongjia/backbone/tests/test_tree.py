"""The tree: whatever is added, moved, merged or dissolved, paths and placements tell the same."""

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongjia.backbone.employers import services as employer_services
from gongjia.backbone.employers.queries import covered_in_on
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.queries import members_in_on
from gongjia.backbone.organisations import queries, services
from gongjia.backbone.organisations.models import Organisation, Placement
from gongjia.backbone.organisations.words import IN_FORCE, Kind, State
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.queries import roles_of
from gongjia.backbone.posts.words import PostEnding, Role
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.errors import Forbidden, Refused, Stale
from gongjia.kernel.models import AuditRow
from gongjia.kernel.reach import entering, everywhere
from tests import factories

DAY = date(2024, 1, 1)
SOUND = ([], [], [], [], [])


def found(superior: Organisation, at: datetime, name: str = "试点", kind: Kind = Kind.FEDERATION) -> Organisation:
    region = factories.region()
    return services.found(superior=superior, kind=kind, name=name, region=region, founded_on=DAY, by=COMMAND, at=at)


def move(organisation: Organisation, superior: Organisation, at: datetime, on: date) -> Organisation:
    return services.move(organisation=organisation, superior=superior, on=on, reason="理顺", by=COMMAND, at=at)


def assert_paths_follow_placements() -> None:
    """Treebeard finds no fault, and the superior by path is the superior by placement, for all that stand."""
    assert Organisation.find_problems() == SOUND
    by_path = {each.path: each.pk for each in Organisation.objects.all()}
    in_force = Placement.objects.filter(until_on=None).values_list("organisation_id", "superior_id")
    placed = dict(in_force)
    for each in Organisation.objects.filter(state__in=IN_FORCE):
        assert placed[each.pk] == by_path.get(each.path[:-4])


@pytest.mark.system("O1")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("fmgd"), st.integers(0, 40), st.integers(0, 40)), max_size=25))
@pytest.mark.django_db
def test_paths_and_placements_agree_after_any_history(at: datetime, steps: list[tuple[str, int, int]]) -> None:
    with everywhere(reason="test"), transaction.atomic():
        nodes = [factories.organisation("根")]
        for number, (what, first, second) in enumerate(steps):
            one, other = nodes[first % len(nodes)], nodes[second % len(nodes)]
            on = DAY + timedelta(days=number + 1)
            try:
                if what == "f":
                    nodes.append(found(one, at, f"第{number}个"))
                elif what == "m":
                    move(one, other, at, on)
                elif what == "g":
                    services.merge(organisation=one, into=other, on=on, approval_number="", by=COMMAND, at=at)
                else:
                    services.dissolve(organisation=one, on=on, approval_number="", reason="", by=COMMAND, at=at)
            except (Refused, Placement.DoesNotExist):
                continue
        assert_paths_follow_placements()
        transaction.set_rollback(True)  # the next history begins with an empty table


@pytest.mark.system("O1")
@pytest.mark.django_db(transaction=True)
def test_eight_threads_of_adds_and_moves_leave_a_sound_tree(at: datetime) -> None:
    with everywhere(reason="test"):
        root = factories.organisation("根")
        for number in range(6):
            found(root, at, f"县{number}")
    failures: list[BaseException] = []

    def work(seed: int) -> None:
        try:
            with everywhere(reason="test"):
                for number in range(8):
                    nodes = list(Organisation.objects.order_by("pk"))
                    one, other = nodes[(seed * 7 + number * 3) % len(nodes)], nodes[(seed + number * 5) % len(nodes)]
                    try:
                        if (seed + number) % 2:
                            found(other, at, f"{seed}-{number}")
                        else:
                            move(one, other, at, DAY + timedelta(days=number + 1))
                    except Refused:
                        continue
        except BaseException as failure:  # noqa: BLE001 - a thread's failure must reach the test
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []
    with everywhere(reason="test"):
        assert Organisation.objects.count() > 7
        assert_paths_follow_placements()


def test_a_move_takes_everything_below_along_and_past_days_stay(tree: factories.Tree, at: datetime) -> None:
    factories.membership(factories.person("周禾苗"), tree.union)
    with entering(COMMAND.reach()):
        assert queries.what_moves_with(tree.union) == {
            "工会组织": 1,
            "涵盖单位": 1,
            "负责登记的用人单位": 0,
            "会员（含保留会籍）": 2,
        }
        move(tree.union, tree.foreign_county, at, date(2025, 7, 1))
        before, after = date(2025, 6, 30), date(2025, 7, 1)
        assert [row.employer_id for row in covered_in_on(tree.county, before)] == [tree.employer.pk]
        assert list(covered_in_on(tree.county, after)) == []
        assert {row.employer_id for row in covered_in_on(tree.foreign_county, after)} == {
            tree.employer.pk,
            tree.foreign_employer.pk,
        }
        assert members_in_on(tree.county, before).count() == 2
        assert members_in_on(tree.county, after).count() == 0
        assert queries.superior_on(tree.union, before) == tree.county
        assert queries.superior_on(tree.union, after) == tree.foreign_county


def test_nothing_is_moved_under_itself_or_where_its_kind_cannot_stand(tree: factories.Tree, at: datetime) -> None:
    with entering(COMMAND.reach()):
        with pytest.raises(Refused, match="自己的下级"):
            move(tree.county, tree.union, at, DAY)
        with pytest.raises(Refused, match="不能直接隶属"):
            move(tree.foreign_county, tree.union, at, DAY)
        with pytest.raises(Refused, match="现在就隶属"):
            move(tree.union, tree.county, at, DAY)
        with pytest.raises(Refused, match="不能早于"):
            move(tree.union, tree.foreign_county, at, date(2019, 12, 31))


def test_a_move_needs_the_right_at_both_ends(tree: factories.Tree, at: datetime) -> None:
    officer = factories.actor(tree.officer)
    with entering(officer.reach()), pytest.raises(Forbidden):
        services.move(organisation=tree.union, superior=tree.foreign_county, on=DAY, reason="", by=officer, at=at)
    assert Placement._base_manager.filter(organisation=tree.union).count() == 1


def test_a_merged_union_hands_over_members_and_employers_and_keeps_its_history(
    tree: factories.Tree, at: datetime
) -> None:
    with entering(COMMAND.reach()):
        services.merge(
            organisation=tree.union, into=tree.foreign_union, on=date(2025, 3, 1), approval_number="咸工发〔2025〕3号",
            by=COMMAND, at=at,
        )  # fmt: skip
        union = Organisation.objects.get(pk=tree.union.pk)
        assert (union.state, union.ended_on) == (State.MERGED, date(2025, 3, 1))
        old, new = Membership.objects.filter(person=tree.member).order_by("pk")
        assert (old.until_on, new.from_on, new.organisation_id) == (
            date(2025, 3, 1),
            date(2025, 3, 1),
            tree.foreign_union.pk,
        )
        assert (new.joined_on, new.continued_from_id, new.state) == (old.joined_on, old.pk, "active")
        assert [row.employer_id for row in covered_in_on(tree.county, date(2025, 2, 28))] == [tree.employer.pk]
        assert tree.employer.pk in {row.employer_id for row in covered_in_on(tree.foreign_county, date(2025, 3, 1))}


def test_the_members_of_a_dissolved_union_are_kept_by_the_superior(tree: factories.Tree, at: datetime) -> None:
    with entering(COMMAND.reach()):
        services.dissolve(
            organisation=tree.union, on=date(2025, 3, 1), approval_number="", reason="单位终止", by=COMMAND, at=at
        )
        kept = Membership.objects.get(person=tree.member, until_on=None)
        assert (kept.organisation_id, kept.state) == (tree.county.pk, "retained")
        assert list(covered_in_on(tree.county, date(2025, 3, 1))) == []
        with pytest.raises(Refused, match="不能再办理"):
            services.dissolve(organisation=tree.union, on=DAY, approval_number="", reason="", by=COMMAND, at=at)


def test_a_code_of_a_union_out_of_reach_is_refused_in_words(tree: factories.Tree, at: datetime) -> None:
    Organisation._base_manager.filter(pk=tree.foreign_union.pk).update(uscc="81421221MC00000016")
    officer = factories.actor(tree.officer)
    facts = {"by": officer, "at": at}
    with entering(officer.reach()):
        changes = {"uscc": "81421221MC00000016"}
        with pytest.raises(Refused, match="已经是另一个工会的"):
            services.amend(organisation=tree.union, version=1, changes=changes, **facts)
        with pytest.raises(Refused, match="已经是另一个工会的"):
            services.found(
                superior=tree.county, kind=Kind.GRASSROOTS_UNION, name="试点工会", region=factories.region(),
                founded_on=DAY, uscc="81421221MC00000016", **facts,
            )  # fmt: skip
        employers = factories.employer("甲样例厂", tree.foreign_county, uscc="91421221MA00000017")
        with pytest.raises(Refused, match="已经登记在另一个单位名下"):
            employer_services.amend(employer=tree.employer, version=1, changes={"uscc": employers.uscc}, **facts)
    own = {"uscc": "81421221MC00000016", "address": "青石路1号"}
    with everywhere(reason="test"):
        services.amend(organisation=tree.foreign_union, version=1, changes=own, by=COMMAND, at=at)


@pytest.mark.parametrize("verb", ["merge", "dissolve"])
@pytest.mark.parametrize(
    ("young", "why"),
    [
        ("placement", "隶属关系开始的2024年1月1日"),
        ("membership", "那天还有会员加入"),
        ("coverage", "才开始覆盖一个单位"),
    ],
)
def test_a_union_does_not_end_before_what_stands_there_began(
    tree: factories.Tree, at: datetime, verb: str, young: str, why: str
) -> None:
    rows = {
        "placement": Placement._base_manager.filter(organisation=tree.union),
        "membership": Membership._base_manager.filter(pk=tree.membership.pk),
        "coverage": factories.Coverage._base_manager.filter(organisation=tree.union),
    }
    rows[young].update(from_on=DAY)
    facts = {"organisation": tree.union, "approval_number": "1", "by": COMMAND, "at": at}
    further = {"into": tree.foreign_union} if verb == "merge" else {"reason": "单位终止"}
    with everywhere(reason="test"):
        with pytest.raises(Refused, match=why):
            getattr(services, verb)(on=DAY - timedelta(days=1), **facts, **further)
        assert Organisation.objects.get(pk=tree.union.pk).state == State.STANDING
        getattr(services, verb)(on=DAY, **facts, **further)


@pytest.mark.parametrize("verb", ["merge", "dissolve"])
def test_posts_end_with_their_union(tree: factories.Tree, at: datetime, verb: str) -> None:
    later = factories.post(tree.member, tree.union, Role.CLERK, from_on=date(2027, 1, 1))
    ended = factories.post(tree.officer, tree.union, Role.CLERK, until_on=date(2021, 1, 1))
    further = {"into": tree.foreign_union} if verb == "merge" else {"reason": "单位终止"}
    facts = {"organisation": tree.union, "approval_number": "1", "by": COMMAND, "at": at, "on": at.date()}
    with everywhere(reason="test"):
        getattr(services, verb)(**facts, **further)
    assert roles_of(tree.chair.pk, on=at.date()) == frozenset()
    assert roles_of(tree.chair.pk, on=at.date() - timedelta(days=1)) == {Role.CHAIR}
    chair = Post._base_manager.get(person=tree.chair)
    assert (chair.until_on, chair.ending) == (at.date(), PostEnding.UNION_ENDED)
    later.refresh_from_db()
    ended.refresh_from_db()
    assert (later.until_on, ended.until_on, ended.ending) == (date(2027, 1, 1), date(2021, 1, 1), "")
    told = AuditRow.objects.filter(verb="posts.end").values_list("about_person_id", flat=True)
    assert set(told) == {tree.chair.pk, tree.member.pk}


def test_the_ids_of_a_past_day_do_not_leave_the_database(tree: factories.Tree, django_assert_num_queries: Any) -> None:
    with everywhere(reason="test"):
        with django_assert_num_queries(2) as sent:
            assert {row.person_id for row in members_in_on(tree.county, DAY)} == {tree.member.pk}
        assert "WITH RECURSIVE" in sent.captured_queries[-1]["sql"]
        ids = queries.subtree_ids_on(tree.city, DAY)
        assert Organisation.objects.filter(pk__in=ids).count() == Organisation.objects.count()


def test_what_has_parts_is_not_dissolved(tree: factories.Tree, at: datetime) -> None:
    with entering(COMMAND.reach()), pytest.raises(Refused, match="下面还有"):
        services.dissolve(organisation=tree.county, on=DAY, approval_number="", reason="", by=COMMAND, at=at)


def test_an_edit_made_from_an_older_version_shows_both(tree: factories.Tree, at: datetime) -> None:
    with entering(COMMAND.reach()):
        services.amend(organisation=tree.union, version=1, changes={"address": "青石路1号"}, by=COMMAND, at=at)
        with pytest.raises(Stale) as clash:
            services.amend(organisation=tree.union, version=1, changes={"address": "青石路2号"}, by=COMMAND, at=at)
    assert (clash.value.yours, clash.value.theirs) == ({"地址": "青石路2号"}, {"地址": "青石路1号"})


def test_a_founding_sent_twice_is_one_union(tree: factories.Tree, at: datetime) -> None:
    region = factories.region()
    with entering(COMMAND.reach()):
        facts = {"superior": tree.county, "kind": Kind.GRASSROOTS_UNION, "name": "双溪样例厂工会", "region": region}
        first, second = (
            services.found(**facts, founded_on=DAY, term_years=5, key="form-1", by=COMMAND, at=at) for _ in range(2)
        )
        assert first == second
        assert Organisation.objects.filter(name="双溪样例厂工会").count() == 1


def test_subtree_queries_use_the_index(tree: factories.Tree) -> None:
    with everywhere(reason="test"):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:  # a table of seven rows is read whole otherwise
                cursor.execute("SET LOCAL enable_seqscan = off")
        plan = queries.subtree_of(tree.county).order_by().explain()
    assert "USING INDEX" in plan or "Index" in plan
