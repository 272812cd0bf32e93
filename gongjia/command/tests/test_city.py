"""The demo's database is built once, thrown away when half built, and another's database is never touched."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from django.db import connection

from gongjia.command import _city

STAMP = _city.Stamp(scale=100, seed=1, version="abc")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(_city, "folder", lambda: tmp_path)
    return tmp_path


@pytest.mark.django_db
def test_a_city_stands_only_for_the_stamp_it_was_built_from():
    assert not _city.stands(STAMP)
    _city._write(STAMP)
    assert _city.stands(STAMP)
    assert not _city.stands(replace(STAMP, scale=200))
    assert not _city.stands(replace(STAMP, version="abd"))


@pytest.mark.django_db
def test_a_half_built_city_does_not_stand():
    _city._write(replace(STAMP, state=_city.BUILDING))
    assert not _city.stands(STAMP)


@pytest.mark.django_db
def test_a_city_without_tables_does_not_stand(monkeypatch):
    _city._write(STAMP)
    monkeypatch.setattr(connection.introspection, "table_names", list)
    assert not _city.stands(STAMP)


@pytest.fixture
def own_database(settings, folder, monkeypatch):
    """A database in a file of its own, with a table and a row in it."""
    if connection.vendor != "sqlite":
        pytest.skip("a PostgreSQL database is dropped table by table, in the transaction of the test")
    file = folder / "gongjia.sqlite3"
    with closing(sqlite3.connect(file)) as made, made:
        made.execute("CREATE TABLE people_person (id)")
        made.execute("INSERT INTO people_person VALUES (1)")
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(file))
    return file


@pytest.fixture
def stored(folder):
    """A stored file of somebody."""
    file = folder / "files" / "AB" / "ABCDEFGHJK"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"sealed")
    return file


@pytest.mark.django_db
def test_a_database_with_somebody_elses_data_is_left_alone(stored):
    before = connection.introspection.table_names()
    with pytest.raises(_city.CannotBuild, match="请换一个空数据库"):
        _city.clear()
    assert connection.introspection.table_names() == before
    assert stored.read_bytes() == b"sealed"


def test_somebody_elses_sqlite_file_is_left_alone(own_database, stored, monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", lambda: ["people_person"])
    with pytest.raises(_city.CannotBuild, match="请换一个空数据库"):
        _city.clear()
    with closing(sqlite3.connect(own_database)) as left:
        assert left.execute("SELECT id FROM people_person").fetchall() == [(1,)]
    assert stored.read_bytes() == b"sealed"


def test_somebody_elses_files_are_left_alone_beside_an_empty_database(stored, monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", list)
    with pytest.raises(_city.CannotBuild, match="已有别的文件"):
        _city.clear()
    assert stored.read_bytes() == b"sealed"


def test_what_an_earlier_demo_left_is_thrown_away(own_database, stored, monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", lambda: ["people_person"])
    _city._write(replace(STAMP, state=_city.BUILDING))
    _city.clear()
    assert not own_database.exists()
    assert not stored.exists()


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_tables_of_an_earlier_demo_are_dropped():
    _city._write(STAMP)
    _city.clear()
    assert connection.introspection.table_names() == []


def test_a_broken_stamp_counts_as_none(folder):
    _city._stamp_file().write_text("{", "utf-8")
    assert _city._read() is None
    _city._stamp_file().write_text(json.dumps({"scale": 1, "colour": "red"}), "utf-8")
    assert _city._read() is None


def test_the_stamp_does_not_carry_the_databases_password(settings, folder):
    settings.DATABASE_URL = "postgres://gongjia:geheim@127.0.0.1/demo"
    _city._write(STAMP)
    assert "geheim" not in "".join(path.name + path.read_text("utf-8") for path in folder.iterdir())


def test_the_same_database_under_another_password_keeps_its_stamp(settings):
    settings.DATABASE_URL = "postgres://gongjia:one@127.0.0.1/demo"
    _city._write(STAMP)
    settings.DATABASE_URL = "postgres://gongjia:two@127.0.0.1/demo"
    assert _city._read() == STAMP
    settings.DATABASE_URL = "postgres://gongjia:two@127.0.0.1/other"
    assert _city._read() is None


def test_a_change_of_the_citys_code_changes_the_stamp(monkeypatch, tmp_path):
    for name in ("demo/a.py", "demo/tests/test_a.py", "gongjia/room/migrations/0001_initial.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1", "utf-8")
    monkeypatch.setattr(_city, "ROOT", tmp_path)
    first = _city.wanted(100, 1)
    (tmp_path / "demo/tests/test_a.py").write_text("2", "utf-8")
    assert _city.wanted(100, 1) == first
    for name in ("demo/a.py", "gongjia/room/migrations/0001_initial.py"):
        before = _city.wanted(100, 1)
        (tmp_path / name).write_text("2", "utf-8")
        assert _city.wanted(100, 1) != before


def test_a_demo_may_build_only_while_no_other_one_runs():
    with _city.reserved() as alone:
        assert alone
    with _city.shared(), _city.shared(), _city.reserved() as alone:
        assert not alone
    with _city.reserved() as alone:
        assert alone


def test_the_secrets_are_made_once_and_for_the_owner_only(monkeypatch, folder):
    for name in ("GONGJIA_SECRET_KEY", "GONGJIA_KEYS_FILE", "GONGJIA_PUBLIC_URL", "GONGJIA_MODE", "GONGJIA_VAR"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    _city.prepare_environment("http://127.0.0.1:8123")
    made = {path.name: (path.read_bytes(), path.stat().st_mode & 0o077) for path in folder.iterdir()}
    assert set(made) == {"secret-key", "keys.json"}
    assert {mode for _, mode in made.values()} == {0}
    _city.prepare_environment("http://127.0.0.1:8123")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        name: text for name, (text, _) in made.items()
    }
