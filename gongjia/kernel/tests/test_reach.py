"""Each trap by which rows leak past a manager, and beside it the same trap with the wall taken away."""

import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.template import Context, Template
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongjia.kernel import db, reach
from gongjia.kernel.actors import Actor, PostHeld
from gongjia.kernel.reach import (
    NOTHING,
    PUBLIC,
    Doors,
    OutOfReach,
    Reach,
    ReachQuery,
    Scoped,
    entering,
    everywhere,
    question,
)
from tests.factories import Employment, Membership, Organisation, Person, Region, Tree

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1")]


def within(*organisations: Organisation) -> Reach:
    return Reach(subtrees=tuple(each.path for each in organisations))


def names() -> set[str]:
    return set(Organisation.objects.values_list("name", flat=True))


# ── no reach, no path ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_query_without_a_reach_raises(tree: Tree) -> None:
    for model in (Organisation, Membership, Person, Employment):
        with pytest.raises(OutOfReach, match="no reach"):
            model.objects.all()


def test_a_reverse_relation_without_a_reach_raises(tree: Tree) -> None:
    with pytest.raises(OutOfReach, match="no reach"):
        list(tree.member.memberships.all())


def test_without_that_wall_a_forgotten_reach_would_show_every_row(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "current", lambda: Reach(everything=True))
    assert Membership.objects.count() == 2


def test_an_empty_reach_sees_nothing(tree: Tree) -> None:
    with entering(NOTHING):
        assert not Organisation.objects.exists()
        assert Membership.objects.count() == 0


def test_another_thread_does_not_inherit_the_reach(tree: Tree) -> None:
    with entering(within(tree.city)), ThreadPoolExecutor(1) as pool, pytest.raises(OutOfReach, match="no reach"):
        pool.submit(reach.current).result()


def test_a_reach_ends_with_its_block_also_when_the_block_fails(tree: Tree) -> None:
    with pytest.raises(ZeroDivisionError), entering(within(tree.city)):
        raise ZeroDivisionError
    with pytest.raises(OutOfReach):
        reach.current()


def test_an_empty_path_raises_wherever_it_comes_in() -> None:
    with pytest.raises(OutOfReach, match="empty path"):
        Reach(subtrees=("0001", ""))
    with pytest.raises(OutOfReach, match="path"):
        PostHeld(1, 1, "", "chair")
    with pytest.raises(ValueError, match="empty path"):
        db.within("path", ("",))


def test_without_that_wall_an_empty_path_would_open_every_organisation(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongjia.kernel.permissions import registered

    carried = next(each for each in registered() if "leader" in each.roles)
    monkeypatch.setattr(PostHeld, "__post_init__", lambda _: None)
    monkeypatch.setattr(Reach, "__post_init__", lambda _: None)
    assert Actor(posts=(PostHeld(1, 1, "", "leader"),)).may(carried.code, path=tree.foreign_union.path)
    monkeypatch.setattr(reach, "within", lambda lookup, paths: Q(**{f"{lookup}__startswith": paths[0]}))
    with entering(Reach(subtrees=("",))):
        assert Organisation.objects.count() == 5


def test_a_scoped_model_without_doors_cannot_be_defined() -> None:
    with pytest.raises(OutOfReach, match="declares no doors"):
        type("Doorless", (Scoped,), {"__module__": "gongjia.kernel.models", "Meta": type("Meta", (), {})})


# ── subtrees ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_subtree_is_the_organisation_and_all_below_it(tree: Tree) -> None:
    with entering(within(tree.county)):
        assert names() == {tree.county.name, tree.union.name}


def test_several_subtrees_are_seen_together(tree: Tree) -> None:
    with entering(within(tree.union, tree.foreign_county)):
        assert names() == {tree.union.name, tree.foreign_county.name, tree.foreign_union.name}
        assert Membership.objects.count() == 2


def test_a_prefix_neighbour_is_not_seen(tree: Tree) -> None:
    assert tree.county.path == "00010001"
    with entering(within(tree.county)):
        assert not Organisation.objects.filter(path="0001").exists()
        assert not Organisation.objects.filter(path="00010002").exists()


def test_without_an_upper_bound_the_neighbours_would_be_seen(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "after", lambda _: "~")
    with entering(within(tree.county)):
        assert tree.foreign_union.name in names()


STEPS = st.sampled_from(["0001", "0002", "000Z", "0010", "00ZZ", "Z001", "ZZZZ"])
PATHS = st.lists(STEPS, min_size=1, max_size=4).map("".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.sets(PATHS, min_size=1, max_size=12), subtrees=st.sets(PATHS, max_size=4))
def test_a_subtree_is_what_begins_with_its_path(rows: set[str], subtrees: set[str]) -> None:
    city = Region.objects.get_or_create(code="4212", defaults={"name": "咸宁市", "level": "city"})[0]
    Organisation._base_manager.all().delete()
    Organisation._base_manager.bulk_create(
        [Organisation(path=each, depth=len(each) // 4, numchild=0, name=each, region=city) for each in rows]
    )
    with entering(Reach(subtrees=tuple(subtrees))):
        assert names() == {each for each in rows if any(each.startswith(path) for path in subtrees)}


@given(subtrees=st.lists(PATHS, max_size=6))
def test_a_reach_keeps_only_its_outermost_subtrees(subtrees: list[str]) -> None:
    kept = Reach(subtrees=tuple(subtrees)).subtrees
    assert kept == Reach(subtrees=tuple(reversed(subtrees))).subtrees
    assert all(any(path.startswith(each) for each in kept) for path in subtrees)
    assert not any(one != other and one.startswith(other) for one in kept for other in kept)


# ── nesting ─────────────────────────────────────────────────────────────────────────────────────────────────────

REACHES = st.builds(
    Reach,
    subtrees=st.lists(PATHS, max_size=3).map(tuple),
    person_id=st.none() | st.integers(1, 3),
    grants=st.frozensets(st.tuples(st.sampled_from(["matter", "task"]), st.integers(1, 2)), max_size=2),
    public=st.booleans(),
    everything=st.booleans(),
)


def sees(seen: Reach, path: str) -> bool:
    return seen.everything or any(path.startswith(each) for each in seen.subtrees)


@given(outer=REACHES, inner=REACHES, path=PATHS)
def test_a_nested_reach_only_narrows(outer: Reach, inner: Reach, path: str) -> None:
    both = outer.narrowed_to(inner)
    assert sees(both, path) == (sees(outer, path) and sees(inner, path))
    assert both.everything == (outer.everything and inner.everything)
    for each in (outer, inner):
        if not each.everything:
            assert both.person_id in {None, each.person_id}
            assert both.grants <= each.grants
            assert both.public <= each.public


def test_everywhere_inside_a_reach_does_not_widen_it(tree: Tree) -> None:
    with entering(within(tree.union)), everywhere(reason="a job called from a page"):
        assert names() == {tree.union.name}


def test_without_narrowing_everywhere_would_open_all(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reach, "narrowed_to", lambda _, inner: inner)
    with entering(within(tree.union)), everywhere(reason="a job called from a page"):
        assert tree.foreign_union.name in names()


def test_everywhere_needs_a_reason(tree: Tree) -> None:
    with pytest.raises(OutOfReach, match="reason"), everywhere(reason=""):
        pass


# ── a queryset under another reach ──────────────────────────────────────────────────────────────────────────────

Rows = QuerySet[Any]


def _rendered(source: str) -> Callable[[Rows], str]:
    return lambda rows: Template(source).render(Context({"rows": rows}))


def _in_unscoped(rows: Rows) -> int:
    return Region.objects.filter(pk__in=rows.values("organisation__region_id")).count()


def _exists_in_unscoped(rows: Rows) -> int:
    held = rows.filter(organisation__region_id=OuterRef("pk")).order_by()
    return Region.objects.filter(Exists(held)).count()


#: How a queryset is read or used; each answers something true about rows where no wall stands.
WAYS: dict[str, Callable[[Rows], Any]] = {
    "iteration": lambda rows: [each.pk for each in rows],
    "len": len,
    "bool": bool,
    "index": lambda rows: rows[0].pk,
    "slice": lambda rows: list(rows[:1]),
    "first": lambda rows: rows.first().pk,
    "get": lambda rows: rows.get().pk,
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "contains": lambda rows: rows.contains(Membership._base_manager.get(pk=rows.pk_for_test)),
    "aggregate": lambda rows: rows.aggregate(n=Count("pk"))["n"],
    "annotate": lambda rows: list(rows.values("state").annotate(n=Count("pk"))),
    "values_list": lambda rows: list(rows.values_list("person__name", flat=True)),
    "in_bulk": lambda rows: rows.in_bulk(),
    "iterator": lambda rows: list(rows.iterator(chunk_size=2)),
    "explain": lambda rows: rows.explain(),
    "sql": lambda rows: str(rows.query),
    "union": lambda rows: list(rows.union(rows)),
    "in a subquery": lambda rows: Organisation._base_manager.filter(pk__in=rows.values("organisation")).count(),
    "in a subquery of an unscoped model": _in_unscoped,
    "in EXISTS of an unscoped model": _exists_in_unscoped,
    "template for": _rendered("{% for row in rows %}{{ row.pk }}{% endfor %}"),
    "template count": _rendered("{{ rows.count }}"),
    "template text": _rendered("{{ rows }}"),
    "pickle": lambda rows: pickle.loads(pickle.dumps(rows)).count(),  # noqa: S301
    "update": lambda rows: rows.update(group="courier"),
    "delete": lambda rows: rows.delete()[0],
}


@contextmanager
def made_under(seen: Reach, pk: int) -> Iterator[Rows]:
    with entering(seen):
        rows = Membership.objects.all()
        rows.pk_for_test = pk
        yield rows


@pytest.fixture
def rows(tree: Tree) -> Rows:
    """A queryset made by somebody who sees one county."""
    with made_under(within(tree.county), tree.membership.pk) as made:
        return made


@pytest.mark.parametrize("way", WAYS)
def test_a_lazy_queryset_refuses_another_reach(tree: Tree, rows: Rows, way: str) -> None:
    with entering(within(tree.foreign_county)), pytest.raises(OutOfReach, match="under another"):
        WAYS[way](rows)
    assert Membership._base_manager.filter(group="").count() == 2


@pytest.mark.parametrize("way", WAYS)
def test_without_that_wall_a_lazy_queryset_would_answer(
    tree: Tree, rows: Rows, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReachQuery, "hold", lambda _: None)
    with entering(within(tree.foreign_county)):
        assert WAYS[way](rows)


@pytest.mark.parametrize("way", WAYS)
def test_a_lazy_queryset_answers_under_its_own_reach(tree: Tree, rows: Rows, way: str) -> None:
    with entering(within(tree.county)):
        assert WAYS[way](rows)


@pytest.mark.parametrize("way", WAYS)
def test_a_lazy_queryset_refuses_to_be_used_without_a_reach(rows: Rows, way: str) -> None:
    with pytest.raises(OutOfReach, match="no reach"):
        WAYS[way](rows)


CACHED = ["iteration", "len", "bool", "index", "slice", "count", "exists", "contains", "template for", "template count"]


@pytest.mark.parametrize("way", CACHED)
def test_rows_fetched_before_refuse_another_reach_too(tree: Tree, rows: Rows, way: str) -> None:
    with entering(within(tree.county)):
        assert len(rows) == 1
    with entering(within(tree.foreign_county)), pytest.raises(OutOfReach, match="under another"):
        WAYS[way](rows)


@pytest.mark.parametrize("way", CACHED)
def test_without_that_wall_rows_fetched_before_would_be_shown(
    tree: Tree, rows: Rows, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with entering(within(tree.county)):
        assert len(rows) == 1
    monkeypatch.setattr(ReachQuery, "hold", lambda _: None)
    with entering(within(tree.foreign_county)):
        assert WAYS[way](rows)


def test_prefetched_rows_refuse_another_reach(tree: Tree) -> None:
    with entering(within(tree.county)):
        member = Person._base_manager.prefetch_related("memberships").get(pk=tree.member.pk)
        assert len(member.memberships.all()) == 1
    with entering(within(tree.foreign_county)), pytest.raises(OutOfReach, match="under another"):
        list(member.memberships.all())


def test_a_template_that_swallows_the_refusal_shows_nothing(tree: Tree, rows: Rows) -> None:
    """Django's `not`, `and` and `or` in templates turn every error into False: closed, though without a word."""
    with entering(within(tree.foreign_county)):
        assert _rendered("{% if not rows %}none{% else %}closed{% endif %}")(rows) == "closed"
        with pytest.raises(OutOfReach):
            _rendered("{% if rows %}some{% endif %}")(rows)


def test_union_with_a_queryset_of_another_reach_raises(tree: Tree, rows: Rows) -> None:
    with entering(within(tree.foreign_county)):
        mixed = Membership.objects.all().union(rows)
        with pytest.raises(OutOfReach, match="under another"):
            list(mixed)


def test_without_that_wall_union_would_mix_two_reaches(tree: Tree, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReachQuery, "hold", lambda _: None)
    with entering(within(tree.foreign_county)):
        assert len(Membership.objects.all().union(rows)) == 2


@pytest.mark.parametrize("combined", [lambda a, b: a | b, lambda a, b: a & b, lambda a, b: a ^ b])
def test_combining_querysets_of_two_reaches_raises(
    tree: Tree, rows: Rows, combined: Callable[[Rows, Rows], Rows]
) -> None:
    with entering(within(tree.foreign_county)), pytest.raises(OutOfReach, match="combined"):
        combined(Membership.objects.all(), rows)


def test_without_that_wall_a_combination_would_show_both(
    tree: Tree, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(ReachQuery, "combine")
    with entering(within(tree.foreign_county)):
        assert (Membership.objects.all() | rows).count() == 2


def test_raw_sql_raises(tree: Tree) -> None:
    with entering(within(tree.city)):
        for source in (Membership.objects, Membership.objects.all()):
            with pytest.raises(OutOfReach, match="raw"):
                source.raw("SELECT * FROM memberships_membership")


def test_a_stream_that_outlives_its_page_raises_and_does_not_leak(tree: Tree) -> None:
    """A streamed response is read after the view's reach has ended."""

    def lines(rows: Rows) -> Iterator[str]:
        for each in rows.iterator():
            yield each.person.name

    def view() -> Iterator[str]:
        with entering(within(tree.county)):
            return lines(Membership.objects.all())

    with pytest.raises(OutOfReach, match="no reach"):
        next(view())


# ── questions ───────────────────────────────────────────────────────────────────────────────────────────────────


def _members() -> int:
    return Membership.objects.count()


def test_a_question_looks_beyond_the_reach_and_gives_it_back(tree: Tree) -> None:
    asked = question("how_many_members")(_members)
    with entering(within(tree.union)):
        assert asked() == 2
        assert Membership.objects.count() == 1


@pytest.mark.parametrize(
    "answer",
    [
        Membership.objects.first,
        Membership.objects.all,
        lambda: list(Membership.objects.all()),
        lambda: (row for row in Membership.objects.all()),
        lambda: Membership.objects.values().first(),
    ],
    ids=["row", "queryset", "list", "generator", "dict"],
)
def test_a_question_refuses_to_answer_with_a_row(tree: Tree, answer: Callable[[], Any]) -> None:
    with entering(within(tree.union)), pytest.raises(OutOfReach, match="must not answer"):
        question("too_much")(answer)()


def test_without_that_wall_a_question_would_hand_out_a_foreign_row(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "_ANSWERS", (object,))
    asked = question("too_much")(lambda: Membership.objects.get(pk=tree.foreign_membership.pk))
    with entering(within(tree.union)):
        assert asked() == tree.foreign_membership


# ── the other doors ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_own_door_shows_a_person_their_own_rows_only(tree: Tree) -> None:
    with entering(Reach(person_id=tree.member.pk)):
        assert list(Membership.objects.all()) == [tree.membership]
        assert list(Person.objects.all()) == [tree.member]


def test_a_grant_opens_one_row_of_a_model_that_knows_the_kind(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    granted = Reach(grants=frozenset({("membership", tree.foreign_membership.pk), ("unknown", 1)}))
    with entering(granted):
        assert not Membership.objects.exists()  # the model names no such door: it is closed
    monkeypatch.setattr(Membership, "doors", Doors(grants={"membership": "pk"}))
    with entering(granted):
        assert list(Membership.objects.all()) == [tree.foreign_membership]


def test_a_door_may_be_a_function(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    doors = Doors(subtree=lambda paths: Q(path__in=paths), own=lambda person: Q(pk=person))
    monkeypatch.setattr(Organisation, "doors", doors)
    with entering(Reach(subtrees=(tree.county.path,), person_id=tree.foreign_union.pk)):
        assert names() == {tree.county.name, tree.foreign_union.name}


def test_the_public_door_shows_what_is_public_and_nobody_s_file(tree: Tree) -> None:
    Organisation._base_manager.filter(pk=tree.foreign_union.pk).update(state="dissolved")
    with entering(PUBLIC):
        assert Organisation.objects.count() == 4
        assert not Membership.objects.exists()
        assert not Person.objects.exists()


def test_a_person_is_not_listed_by_subtree(tree: Tree) -> None:
    with entering(within(tree.city)):
        assert not Person.objects.exists()
        assert {each.person.name for each in Membership.objects.all()} == {"王芳", "李青禾"}
