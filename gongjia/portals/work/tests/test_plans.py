"""How the databases read the longest list: by walking the index of its order, wherever a page begins."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from gongjia.kernel import paging
from gongjia.kernel.reach import Reach, entering
from gongjia.portals.work import queries
from tests import factories

pytestmark = [pytest.mark.system("O8"), pytest.mark.django_db]
BY = ("pinyin_key", "pk")


@pytest.fixture
def many(tree: factories.Tree) -> factories.Tree:
    """Sixty members, many of one name; PostgreSQL would read so few without any index."""
    for number in range(60):
        person = factories.person("王芳" if number < 50 else "张三")
        factories.membership(person, tree.foreign_union if number % 2 else tree.union)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    return tree


def plan_of(act: Callable[[], object]) -> str:
    """How the last query of `act()`, the page, is carried out: with its values apart, as it was sent."""
    sent: list[tuple[str, Any]] = []

    def catch(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        sent.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(catch):
        act()
    sql, parameters = sent[-1]
    with connection.cursor() as cursor:
        cursor.execute(f"{'EXPLAIN QUERY PLAN' if connection.vendor == 'sqlite' else 'EXPLAIN'} {sql}", parameters)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@pytest.mark.parametrize("descends", [False, True])
def test_a_later_page_starts_from_its_key_in_the_index_and_not_from_the_first_row(
    many: factories.Tree, monkeypatch: pytest.MonkeyPatch, *, descends: bool
) -> None:
    monkeypatch.setattr(paging, "COUNT_CAP", 20)
    by = ("-pinyin_key", "-pk") if descends else BY
    with entering(Reach(subtrees=(many.city.path,))):
        second = paging.page_of(queries.members_listed(), by=by).next
        plan = plan_of(lambda: paging.page_of(queries.members_listed(), by=by, cursor=second))
    assert "membership_by_name" in plan
    sign = "<" if descends else ">"
    range_of = {
        "sqlite": f"membership_by_name (pinyin_key{sign}?)",
        "postgresql": "Index Cond: (ROW(",
    }
    assert range_of[connection.vendor].replace(" ", "") in plan.replace(" ", "")


@pytest.mark.parametrize("state", ["", "active"])
def test_a_long_list_is_walked_and_not_sorted(
    many: factories.Tree, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    monkeypatch.setattr(paging, "COUNT_CAP", 20)
    with entering(Reach(subtrees=(many.city.path,))):
        plan = plan_of(lambda: paging.page_of(queries.members_listed(state=state), by=BY))
    assert "membership_by_name" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL 按统计信息自己选择")
def test_a_short_list_is_found_by_its_place(many: factories.Tree) -> None:
    with entering(Reach(subtrees=(many.union.path,))):
        plan = plan_of(lambda: paging.page_of(queries.members_listed(), by=BY))
    assert "path>? AND path<?" in plan


def test_a_long_list_of_organisations_is_still_one_range_of_the_paths(
    many: factories.Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "COUNT_CAP", 1)
    with entering(Reach(subtrees=(many.county.path,))):
        plan = plan_of(lambda: paging.page_of(queries.unions(), by=("path",)))
    assert "path>? AND path<?" in plan or "Index Cond" in plan
