"""Backup, restore on an empty machine, check: the same figures, numbers and files, and nothing written over."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gongjia.command import _archive
from gongjia.kernel.keys import Keyring
from tests.installation import Installation

pytestmark = pytest.mark.system("O1")


@pytest.fixture(scope="module")
def backup(first_city: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("backups")
    done = first_city.gongjia("backup", "--to", to)
    assert done.returncode == 0, done.stderr
    (made,) = to.iterdir()
    assert f"备份完成：{made}" in done.stdout
    return made


@pytest.fixture
def own(backup: Path, tmp_path: Path) -> Path:
    """The backup once more, to be damaged."""
    return Path(shutil.copytree(backup, tmp_path / "own"))


def test_a_backup_restored_on_an_empty_machine_is_the_same_and_passes_the_check(
    first_city: Installation, backup: Path, machine: Installation
) -> None:
    restored = machine.gongjia("restore", "--from", backup)
    assert restored.returncode == 0, restored.stderr
    assert "3 个文件" in restored.stdout
    assert machine.digest() == first_city.digest()
    checked = machine.gongjia("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    for name in ("钥匙", "数据库", "数据库结构", "钥匙与数据", "文件", "审计记录", "统计数字", "消息"):
        assert f"好　{name}：" in checked.stdout
    assert machine.gongjia("verify").returncode == 0


def test_the_manifest_says_what_is_in_it_and_the_keys_are_not(first_city: Installation, backup: Path) -> None:
    manifest = _archive.Manifest.read(backup)
    assert manifest.counts["people_person"] == 8
    assert manifest.file_count == 3
    assert manifest.migrations["kernel"].startswith("000")
    assert manifest.key_ids == [1]
    assert set(manifest.parts) >= {"audit.head", "files.sha256"}
    secrets = [key.secret for key in Keyring.load(first_city.keys).encryption]
    for path in filter(Path.is_file, backup.rglob("*")):
        assert not any(secret in path.read_bytes() for secret in secrets)
        assert first_city.keys.read_bytes() not in path.read_bytes()


def test_a_backup_may_be_read_by_nobody_else(backup: Path) -> None:
    assert backup.stat().st_mode & 0o077 == 0


def test_the_database_goes_on_while_it_is_backed_up(city: Installation, tmp_path: Path) -> None:
    """A writer is in the middle of its transaction: the backup waits for nobody and holds what was committed."""
    writer = """
from django.db import transaction
from gongjia.backbone.regions.models import Region
import subprocess, sys
with transaction.atomic():
    Region.objects.create(code="90", name="未提交", level="city")
    command = [sys.executable, "-m", "gongjia.command", "backup", "--to", TO]
    done = subprocess.run(command, capture_output=True, text=True)
print(done.returncode, done.stderr)
"""
    assert city.inside(writer.replace("TO]", f"{str(tmp_path / 'to')!r}]")).split() == ["0"]
    (made,) = (tmp_path / "to").iterdir()
    assert _archive.Manifest.read(made).counts["regions_region"] == 3


# ── the keys ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_keys_go_into_another_folder_when_asked_for(first_city: Installation, tmp_path: Path) -> None:
    done = first_city.gongjia("backup", "--to", tmp_path / "data", "--keys-to", tmp_path / "keys")
    assert done.returncode == 0, done.stderr
    (kept,) = (tmp_path / "keys").iterdir()
    assert kept.read_bytes() == first_city.keys.read_bytes()
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("to", "keys_to"), [("a", "a"), ("a", "a/keys"), ("a/data", "a"), ("a", "b/../a/keys")])
def test_the_keys_never_go_with_the_data(first_city: Installation, tmp_path: Path, to: str, keys_to: str) -> None:
    done = first_city.gongjia("backup", "--to", tmp_path / to, "--keys-to", tmp_path / keys_to)
    assert done.returncode == 2
    assert "不能和备份放在一起" in done.stderr
    assert not list(tmp_path.rglob("*.json"))


def test_without_the_keys_nothing_is_restored(backup: Path, machine: Installation) -> None:
    machine.keys.unlink()
    done = machine.gongjia("restore", "--from", backup)
    assert done.returncode == 2
    assert "没有找到钥匙文件" in done.stderr
    Keyring.create().save(machine.keys)
    assert machine.gongjia("restore", "--from", backup).returncode == 0
    checked = machine.gongjia("check")
    assert checked.returncode == 1
    assert "错误　钥匙与数据：" in checked.stdout
    assert "错误　审计记录：" in checked.stdout


def test_the_keys_must_hold_every_number_of_the_backup(
    city: Installation, machine: Installation, tmp_path: Path
) -> None:
    Keyring.load(city.keys).add_generation().save(city.keys)
    assert city.gongjia("backup", "--to", tmp_path / "to").returncode == 0
    (made,) = (tmp_path / "to").iterdir()
    done = machine.gongjia("restore", "--from", made)
    assert done.returncode == 2
    assert "没有第 2 号钥匙" in done.stderr


# ── refused ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_written_over(backup: Path, city: Installation) -> None:
    before = city.digest()
    done = city.gongjia("restore", "--from", backup)
    assert done.returncode == 2
    assert "数据库不是空的" in done.stderr
    assert city.digest() == before


def test_seals_that_are_noted_there_are_kept_beside(backup: Path, machine: Installation) -> None:
    """They alone tell that a record was cut off: whoever restores an older one must not be rid of them by it."""
    machine.var.mkdir(exist_ok=True)
    (machine.var / "audit.head").write_text("77 of another record\n")
    done = machine.gongjia("restore", "--from", backup)
    assert done.returncode == 0, done.stderr
    (kept,) = machine.var.glob("audit.head.*")
    assert kept.read_text() == "77 of another record\n"
    assert str(kept) in done.stdout
    assert (machine.var / "audit.head").read_bytes() == (backup / "audit.head").read_bytes()


def test_a_restore_that_fails_takes_away_only_what_it_brought(backup: Path, machine: Installation) -> None:
    machine.var.mkdir(exist_ok=True)
    head, half = machine.var / "audit.head", machine.var / "files" / "AB" / "ABCDEFGH12.part"
    half.parent.mkdir(parents=True)
    head.write_text("77 of another record\n")
    half.write_bytes(b"somebody is writing this")
    broken = """
from gongjia.command import _databases, main
def load(_): raise OSError(28, "No space left on device", "database")
_databases.load = load
raise SystemExit(main(["restore", "--from", FROM]))
"""
    done = machine.python("-c", broken.replace("FROM]", f"{str(backup)!r}]"))
    assert done.returncode == 2, done.stderr
    assert head.read_text() == "77 of another record\n"
    assert list(machine.var.rglob("files/*/*")) == [half]
    assert not list(machine.var.glob("audit.head.*"))


def test_files_that_are_there_are_not_written_over(backup: Path, machine: Installation) -> None:
    kept = machine.var / "files" / "AB" / "ABCDEFGH12"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"kept")
    done = machine.gongjia("restore", "--from", backup)
    assert done.returncode == 2
    assert "已有文件" in done.stderr
    assert kept.read_bytes() == b"kept"


def _no_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def _bad_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")


def _newer_format(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 2}))


def _changed_database(folder: Path) -> None:
    (database,) = folder.glob("database.*")
    with database.open("r+b") as file:
        file.seek(-20, 2)
        file.write(b"changed")


def _changed_file(folder: Path) -> None:
    next(path for path in (folder / "files").rglob("*") if path.is_file()).write_bytes(b"changed")


def _missing_file(folder: Path) -> None:
    next(path for path in (folder / "files").rglob("*") if path.is_file()).unlink()


def _added_file(folder: Path) -> None:
    (folder / "files" / "ABCDEFGH12").write_bytes(b"added")


def _shorter_list(folder: Path) -> None:
    listing = folder / "files.sha256"
    listing.write_text("".join(listing.read_text().splitlines(keepends=True)[1:]))


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (_no_manifest, "不是一份完整的备份"),
        (_bad_manifest, "已损坏"),
        (_newer_format, "只认识 1"),
        (_changed_database, "校验值不符"),
        (_changed_file, "校验值不符"),
        (_missing_file, "备份不完整"),
        (_shorter_list, "校验值不符"),
        (_added_file, "数目不符"),
    ],
)
def test_a_damaged_backup_is_told_by_what_is_wrong_with_it(
    own: Path, damage: Callable[[Path], None], word: str
) -> None:
    damage(own)
    with pytest.raises(_archive.CannotGoOn, match=word):
        _archive.check_parts(own, _archive.Manifest.read(own))


def test_a_damaged_backup_is_refused_before_anything_is_written(own: Path, machine: Installation) -> None:
    _changed_file(own)
    done = machine.gongjia("restore", "--from", own)
    assert done.returncode == 2
    assert "校验值不符" in done.stderr
    assert "Traceback" not in done.stderr
    assert machine.inside("from gongjia.command import _databases; print(_databases.is_empty())").strip() == "True"
    assert not list(machine.var.rglob("files/*"))


def test_a_backup_of_another_kind_of_database_is_refused(own: Path, machine: Installation) -> None:
    manifest = json.loads((own / "manifest.json").read_text())
    (own / "manifest.json").write_text(json.dumps(manifest | {"vendor": "oracle"}))
    done = machine.gongjia("restore", "--from", own)
    assert (done.returncode, "备份是 oracle 的" in done.stderr) == (2, True)


def test_a_backup_that_cannot_be_written_leaves_no_half_of_one(first_city: Installation, tmp_path: Path) -> None:
    tmp_path.joinpath("to").write_text("a file")
    done = first_city.gongjia("backup", "--to", tmp_path / "to" / "deeper")
    assert done.returncode == 2
    assert "写不进去" in done.stderr


def test_a_backup_that_is_broken_off_is_none(city: Installation, tmp_path: Path) -> None:
    """Killed while it copies the files."""
    to = tmp_path / "to"
    killed = """
import os
from gongjia.command import _archive, main
_archive.copy_files = lambda *_: os._exit(9)
main(["backup", "--to", TO])
"""
    done = city.python("-c", killed.replace("TO]", f"{str(to)!r}]"))
    assert done.returncode == 9
    (left,) = to.iterdir()
    assert left.name.endswith(".part")
    assert city.gongjia("restore", "--from", left).returncode == 2


def test_a_backup_does_not_go_among_the_files(first_city: Installation) -> None:
    done = first_city.gongjia("backup", "--to", first_city.var / "files" / "backup")
    assert done.returncode == 2
    assert "不能放在文件的文件夹" in done.stderr


@pytest.mark.postgresql
def test_without_the_tools_of_postgresql_it_says_what_to_install(first_city: Installation, tmp_path: Path) -> None:
    done = first_city.gongjia("backup", "--to", tmp_path / "to", PATH="/nowhere")
    assert done.returncode == 2
    assert "没有找到 pg_dump" in done.stderr
    assert not list((tmp_path / "to").iterdir())
