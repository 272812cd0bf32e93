"""Stored files: sealed on disk, whole or not at all."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from gongjia.backbone.files import expiry, orphans, queries, services, storage
from gongjia.backbone.files.models import StoredFile
from gongjia.kernel.actors import TICK
from gongjia.kernel.crypto import SealError
from gongjia.kernel.models import AuditRow
from gongjia.kernel.reach import entering
from gongjia.kernel.references import new_reference
from tests import factories


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path


@pytest.mark.parametrize("size", [0, 1, storage.PIECE, storage.PIECE + 1, 3 * storage.PIECE])
def test_content_comes_back_as_it_went_in(size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    reference = new_reference()
    storage.write(reference, [content[:7], content[7:]])
    assert b"".join(storage.read(reference)) == content


def test_nothing_clear_lies_on_the_disk() -> None:
    reference = new_reference()
    storage.write(reference, ["王芳的花名册".encode()])
    assert "王芳".encode() not in storage.path_of(reference).read_bytes()


@pytest.mark.parametrize("harm", ["cut", "swap", "other"])
def test_a_file_that_was_tampered_with_does_not_open(harm: str) -> None:
    one, other = new_reference(), new_reference()
    storage.write(one, [b"a" * storage.PIECE, b"b" * storage.PIECE])
    raw = storage.path_of(one).read_bytes()
    half = len(raw) // 2
    if harm == "other":
        storage.path_of(other).parent.mkdir(parents=True, exist_ok=True)
        storage.path_of(other).write_bytes(raw)
        one = other
    else:
        storage.path_of(one).write_bytes(raw[:half] if harm == "cut" else raw[half:] + raw[:half])
    with pytest.raises(SealError):
        list(storage.read(one))


@pytest.mark.parametrize("left", [0, 1, 3, 4, 20])
def test_a_file_that_was_cut_off_is_not_taken_for_an_empty_one(left: int) -> None:
    reference = new_reference()
    storage.write(reference, [b"a"])
    os.truncate(storage.path_of(reference), left)
    with pytest.raises(SealError):
        list(storage.read(reference))


def test_a_content_is_not_written_over_unless_it_is_written_anew() -> None:
    reference = new_reference()
    storage.write(reference, [b"first"])
    with pytest.raises(FileExistsError):
        storage.write(reference, [b"second"])
    assert b"".join(storage.read(reference)) == b"first"
    storage.write(reference, [b"second"], anew=True)
    assert b"".join(storage.read(reference)) == b"second"


def test_a_write_that_fails_half_way_leaves_nothing() -> None:
    def chunks() -> object:
        yield b"x" * (2 * storage.PIECE)
        raise OSError(28, "No space left on device")

    reference = new_reference()
    with pytest.raises(OSError, match="No space"):
        storage.write(reference, chunks())  # type: ignore[arg-type]
    assert [path for path in storage.path_of(reference).parent.iterdir() if path.is_file()] == []


def test_a_file_is_seen_in_its_subtree_only(tree: factories.Tree, at: datetime) -> None:
    officer, stranger = factories.actor(tree.officer), factories.actor(tree.foreign_officer)
    with entering(officer.reach()):
        stored = services.store(
            organisation=tree.county, name="名单.csv", kind="list", chunks=[b"1"], by=officer, at=at
        )
        assert b"".join(queries.content_of(queries.by_reference(stored.reference))) == b"1"
    with entering(stranger.reach()), pytest.raises(StoredFile.DoesNotExist):
        queries.by_reference(stored.reference)


def test_content_without_a_row_is_cleared_away_once_it_is_old(tree: factories.Tree, at: datetime) -> None:
    officer = factories.actor(tree.officer)
    with entering(officer.reach()):
        kept = services.store(organisation=tree.county, name="1", kind="list", chunks=[b"1"], by=officer, at=at)
    lost, young = new_reference(), new_reference()
    for reference in (lost, young):
        storage.write(reference, [b"1"])
    half = storage.path_of(lost).with_suffix(".part")
    half.write_bytes(b"half")
    long_ago = (at - timedelta(hours=7)).timestamp()
    for path in (storage.path_of(lost), storage.path_of(kept.reference), half):
        os.utime(path, (long_ago, long_ago))
    os.utime(storage.path_of(young), (at.timestamp(), at.timestamp()))
    assert orphans.clear(at=at) == 2
    assert [storage.path_of(each).exists() for each in (lost, young, kept.reference)] == [False, True, True]
    assert not half.exists()


def test_a_removal_that_is_undone_loses_nothing(tree: factories.Tree, at: datetime) -> None:
    officer = factories.actor(tree.officer)
    with entering(officer.reach()):
        stored = services.store(organisation=tree.county, name="1", kind="list", chunks=[b"1"], by=officer, at=at)
        with transaction.atomic():
            services.remove(stored=stored, by=TICK, at=at)
            transaction.set_rollback(True)
        assert b"".join(queries.content_of(queries.by_reference(stored.reference))) == b"1"


def test_a_file_that_was_removed_leaves_the_disk_too(tree: factories.Tree, at: datetime) -> None:
    officer = factories.actor(tree.officer)
    with entering(officer.reach()):
        stored = services.store(organisation=tree.county, name="1", kind="list", chunks=[b"1"], by=officer, at=at)
        services.remove(stored=stored, by=TICK, at=at)
    long_ago = (at - timedelta(hours=7)).timestamp()
    os.utime(storage.path_of(stored.reference), (long_ago, long_ago))
    assert orphans.clear(at=at) == 1
    assert not storage.path_of(stored.reference).exists()


def test_a_reference_that_is_taken_is_drawn_again(
    tree: factories.Tree, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a row, or by a content whose row is gone."""
    officer, free, lost = factories.actor(tree.officer), new_reference(), new_reference()
    with entering(officer.reach()):
        first = services.store(organisation=tree.county, name="1", kind="list", chunks=[b"first"], by=officer, at=at)
        storage.write(lost, [b"lost"])
        drawn = iter([first.reference, lost, free])
        monkeypatch.setattr(services, "new_reference", lambda: next(drawn))
        other = services.store(organisation=tree.county, name="2", kind="list", chunks=[b"other"], by=officer, at=at)
    assert other.reference == free
    assert (StoredFile._base_manager.get(pk=other.pk).size, other.size) == (5, 5)
    contents = [b"".join(storage.read(each)) for each in (first.reference, lost, free)]
    assert contents == [b"first", b"lost", b"other"]
    assert StoredFile._base_manager.count() == 2


def test_a_file_is_taken_away_on_its_day(tree: factories.Tree, at: datetime) -> None:
    officer, today = factories.actor(tree.officer), at.date()
    with entering(officer.reach()):
        days = (today, today - timedelta(days=1), today + timedelta(days=1), None)
        stored = [
            services.store(
                organisation=tree.county, name="1", kind="list", chunks=[b"1"], by=officer, at=at, delete_on=day
            )
            for day in days
        ]
    assert expiry.clear(at=at) == 2
    assert set(StoredFile._base_manager.values_list("pk", flat=True)) == {each.pk for each in stored[2:]}
    assert set(AuditRow.objects.filter(verb="files.remove").values_list("channel", flat=True)) == {"tick"}
