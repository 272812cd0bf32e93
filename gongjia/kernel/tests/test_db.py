"""What differs between the databases: subtrees as ranges, locks, and the word for a full disk."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from gongjia.kernel import db
from tests.factories import Organisation, Tree
from tests.threads import together

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1")]


@pytest.mark.parametrize(
    ("path", "behind"), [("0001", "0002"), ("0009", "000:"), ("00ZZ", "00Z["), ("00010001", "00010002")]
)
def test_a_subtree_ends_where_its_neighbour_begins(path: str, behind: str) -> None:
    assert db.after(path) == behind
    assert path < f"{path}ZZZZ" < behind


def test_no_subtree_is_no_row(tree: Tree) -> None:
    assert not Organisation._base_manager.filter(db.within("path", ())).exists()


def test_a_subtree_is_read_from_the_index_of_the_path(tree: Tree) -> None:
    with connection.cursor() as cursor:
        if db.is_postgresql():
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Organisation._base_manager.filter(db.within("path", (tree.county.path,))).explain()
    # Both ends of the range are looked up in the index; no row beside it is read and thrown away.
    both_ends = r"path>\? AND path<\?"
    if db.is_postgresql():
        both_ends = r"Index Cond: .*path\)?(::text)? >= .*path\)?(::text)? < "
    assert re.search(both_ends, plan), plan


def test_above_are_the_paths_from_the_top_and_never_its_own(tree: Tree) -> None:
    assert db.above("000100020003") == ["0001", "00010002"]
    assert db.above(tree.city.path) == []
    assert db.above(tree.union.path) == [tree.city.path, tree.county.path]
    assert Organisation.steplen == db.STEP


def test_is_within_asks_of_one_path() -> None:
    assert db.is_within("00010001", "0001")
    assert db.is_within("0001", "0001")
    assert not db.is_within("0001", "00010001")
    assert not db.is_within("0001", "")


@pytest.mark.django_db(transaction=True)
def test_a_lock_is_held_by_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        db.lock("tests.lock")


@pytest.mark.django_db(transaction=True)
def test_a_lock_lets_one_in_at_a_time() -> None:
    inside: list[int] = []
    most: list[int] = []
    pause = Event()

    def act(number: int) -> None:
        for _ in range(5):
            with transaction.atomic():
                db.lock("tests.lock")
                inside.append(number)
                most.append(len(inside))
                pause.wait(0.002)
                inside.remove(number)

    together(4, act)
    assert max(most) == 1
    assert len(most) == 20


@pytest.mark.parametrize(
    ("text", "is_full"),
    [
        ("database or disk is full", True),
        ("could not extend file: No space left on device", True),
        ("connection refused", False),
    ],
)
def test_a_full_disk_is_told_from_other_failures(text: str, is_full: Any) -> None:
    assert db.is_full(OperationalError(text)) is is_full


FILLER = """
CREATE TABLE filler AS
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 99999) SELECT i, hex(randomblob(50)) FROM n
"""


@pytest.mark.django_db(transaction=True)
def test_a_full_sqlite_file_is_called_full(a_quota: Callable[[], AbstractContextManager[None]]) -> None:
    with a_quota(), connection.cursor() as cursor, pytest.raises(OperationalError) as failure:
        cursor.execute(FILLER)
    assert db.is_full(failure.value)


@pytest.mark.parametrize(("vendor", "expected"), [("sqlite", 1), ("postgresql", 0)])
def test_a_long_job_gives_way_where_all_writers_share_one_lock(
    monkeypatch: pytest.MonkeyPatch, vendor: str, expected: int
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(db, "_gave_way", -10.0)
    monkeypatch.setattr(db.connection, "vendor", vendor, raising=False)
    monkeypatch.setattr(db.time, "sleep", slept.append)
    monkeypatch.setattr(db.time, "monotonic", lambda: 5.0)
    db.give_way()
    db.give_way()
    assert len(slept) == expected
