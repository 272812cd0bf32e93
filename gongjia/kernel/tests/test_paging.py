"""Pages by key: forward and backward, every row once and in order, whatever the data."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongjia.kernel import paging
from gongjia.kernel.models import Tick
from gongjia.kernel.paging import Page, page_of
from tests.factories import Region

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1")]

# Few values, so that there are many ties; signs of several lengths, cases and planes.
NAMES = st.sampled_from(["", "a", "B", "ab", "王芳", "王方", "𠮷野", "é", "%", "_", "'", "10", "9"])
BY = st.sampled_from(
    [
        ("name", "pk"),
        ("-name", "pk"),
        ("name", "-pk"),
        ("level", "-name", "pk"),
        ("pk",),
        ("-pk",),
        ("parent__name", "pk"),
    ]
)
ROWS = st.lists(st.tuples(NAMES, st.sampled_from(["city", "county"])), max_size=40)


def fill(rows: Sequence[tuple[str, str]]) -> None:
    Region.objects.filter(code__startswith="9").exclude(code="90").delete()
    above = [Region.objects.get_or_create(code="90", defaults={"name": "上", "level": "city"})[0]]
    above.append(above[0])
    Region.objects.bulk_create(
        Region(code=f"9{number:05d}", name=name, level=level, parent=above[number % 2])
        for number, (name, level) in enumerate(rows, start=10)
    )


def regions() -> Any:
    return Region.objects.filter(code__startswith="9").exclude(code="90").select_related("parent")


def walk(by: Sequence[str], **asked: Any) -> list[Page[Region]]:
    pages = [page_of(regions(), by=by, **asked)]
    while pages[-1].next:
        pages.append(page_of(regions(), by=by, cursor=pages[-1].next, **asked))
        assert len(pages) < 100
    return pages


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, by=BY, size=st.integers(1, 7), is_search=st.booleans())
def test_walking_there_and_back_shows_every_row_once_in_order(
    *, db: None, rows: list[tuple[str, str]], by: tuple[str, ...], size: int, is_search: bool
) -> None:
    is_search &= by[0].lstrip("-") != "pk"
    fill(rows)
    there = walk(by, size=size, is_search=is_search)
    assert [row for page in there for row in page.rows] == list(regions().order_by(*by))
    assert all(len(page.rows) == size for page in there[:-1])
    assert {page.count for page in there} == {len(rows)}

    page, back = there[-1], [there[-1]]
    while page.previous:
        page = page_of(regions(), by=by, size=size, cursor=page.previous, is_search=is_search)
        back.insert(0, page)
    assert [list(page.rows) for page in back] == [list(page.rows) for page in there]
    assert [bool(page.next) for page in back] == [bool(page.next) for page in there]


def test_rows_do_not_jump_when_others_come_and_go() -> None:
    fill([(f"{number:02d}", "city") for number in range(9)])
    first = page_of(regions(), by=("name", "pk"), size=3)
    regions().filter(name__in=["00", "02"]).delete()
    second = page_of(regions(), by=("name", "pk"), size=3, cursor=first.next)
    assert [row.name for row in second.rows] == ["03", "04", "05"]


def test_when_nothing_is_left_behind_a_cursor_the_list_begins_anew() -> None:
    fill([(f"{number:02d}", "city") for number in range(6)])
    first = page_of(regions(), by=("name", "pk"), size=3)
    last = page_of(regions(), by=("name", "pk"), size=3, cursor=first.next)
    regions().filter(name__gte="03").delete()
    assert [row.name for row in page_of(regions(), by=("name", "pk"), size=3, cursor=first.next).rows] == [
        "00",
        "01",
        "02",
    ]
    fill([(f"{number:02d}", "city") for number in range(3, 6)])
    again = page_of(regions(), by=("name", "pk"), size=3, cursor=last.previous)
    assert [row.name for row in again.rows] == ["03", "04", "05"]
    assert not again.previous


def test_instants_are_keys_too() -> None:
    began = datetime(2026, 11, 20, tzinfo=UTC)
    for number in range(7):
        Tick.objects.create(name=str(number), due_at=began + timedelta(microseconds=number // 2))
    names: list[str] = []
    cursor = ""
    while True:
        page = page_of(Tick.objects.all(), by=("due_at", "-pk"), size=2, cursor=cursor)
        names += [row.name for row in page.rows]
        cursor = page.next
        if not cursor:
            break
    assert names == ["1", "0", "3", "2", "5", "4", "6"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cursor=st.text(max_size=80) | st.text("ABCxyz019-_=", max_size=80))
def test_a_cursor_that_nobody_gave_out_gives_the_first_page(db: None, cursor: str) -> None:
    fill([("a", "city"), ("b", "city")])
    assert [row.name for row in page_of(regions(), by=("name", "pk"), cursor=cursor).rows] == ["a", "b"]


def test_the_cursor_of_another_list_gives_the_first_page() -> None:
    fill([(f"{number:02d}", "city") for number in range(6)])
    other = page_of(regions(), by=("-pk",), size=2).next
    assert [row.name for row in page_of(regions(), by=("name", "pk"), size=2, cursor=other).rows] == ["00", "01"]
    first = page_of(regions(), by=("name", "pk"), size=2)
    changed = first.next[:-3] + ("AAA" if first.next[-3:] != "AAA" else "BBB")
    assert [row.name for row in page_of(regions(), by=("name", "pk"), size=2, cursor=changed).rows] == ["00", "01"]


def test_a_cursor_tells_nobody_s_name() -> None:
    import base64

    fill([("王芳", "city"), ("王方", "city")])
    cursor = page_of(regions(), by=("name", "pk"), size=1).next
    assert "王".encode() not in base64.urlsafe_b64decode(cursor + "==")


def test_a_column_without_a_value_is_no_sort_key() -> None:
    Region.objects.bulk_create(Region(code=f"9{n}", name="a", level="city", parent=None) for n in range(3))
    with pytest.raises(ValueError, match="is null"):
        page_of(regions(), by=("parent", "pk"), size=1)


def test_the_count_is_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "COUNT_CAP", 5)
    fill([("a", "city")] * 5)
    page = page_of(regions(), by=("pk",), size=2)
    assert (page.count, page.is_capped, page.count_zh) == (5, False, "5")
    fill([("a", "city")] * 6)
    page = page_of(regions(), by=("pk",), size=2)
    assert (page.count, page.is_capped, page.count_zh) == (5, True, "5+")


def test_a_page_costs_two_queries_wherever_it_is(django_assert_num_queries: Any) -> None:
    fill([("a", "city")] * 40)
    second = page_of(regions(), by=("name", "pk"), size=10).next
    for cursor in ("", second):
        with django_assert_num_queries(2):
            page_of(regions(), by=("name", "pk"), size=10, cursor=cursor)
