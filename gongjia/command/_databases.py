"""The database as a file and back: SQLite by its own copy of one moment, PostgreSQL by pg_dump and pg_restore."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from psycopg.conninfo import make_conninfo

from gongjia.command._archive import CannotGoOn

NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
SECURE_OPTIONS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs")


def dump(folder: Path) -> dict[str, int]:
    """Write the database as of one moment into the folder; returns the rows of each table at that moment."""
    if connection.vendor == "sqlite":
        return _dump_sqlite(folder / NAMES["sqlite"])
    return _dump_postgresql(folder / NAMES["postgresql"])


def load(folder: Path) -> dict[str, int]:
    """Fill the empty database from the folder, whole or not at all; returns the rows of each table."""
    if connection.vendor == "sqlite":
        return _load_sqlite(folder / NAMES["sqlite"])
    return _load_postgresql(folder / NAMES["postgresql"])


def is_empty() -> bool:
    """Whether the database has no table."""
    if connection.vendor == "sqlite" and not Path(_name()).exists():
        return True
    return not connection.introspection.table_names()


def server() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        return str(cursor.fetchone()[0])


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _dump_sqlite(target: Path) -> dict[str, int]:
    # VACUUM INTO reads one snapshot while others write, and leaves no free page behind.
    with closing(sqlite3.connect(f"{Path(_name()).resolve().as_uri()}?mode=ro", uri=True)) as source:
        source.execute("VACUUM INTO ?", (str(target),))
    return _count_sqlite(target)


def _count_sqlite(file: Path) -> dict[str, int]:
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as copy:
        if copy.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise CannotGoOn(f"数据库文件 {file} 已损坏，请先处理磁盘问题，再换一份备份。")
        tables = [name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
            for name in sorted(tables)
            if not name.startswith("sqlite_")
        }


def _load_sqlite(source: Path) -> dict[str, int]:
    connection.close()
    target = Path(_name())
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    try:
        shutil.copyfile(source, part)
        counts = _count_sqlite(part)
        part.chmod(0o600)
        for rest in ("-wal", "-shm"):  # of a database that stood here before: it would be read into this one
            target.with_name(f"{target.name}{rest}").unlink(missing_ok=True)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return counts


def _dump_postgresql(target: Path) -> dict[str, int]:
    """The dump and the counts are of one snapshot, which this transaction holds open."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        counts = _count_postgresql()
        _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={target}")
    return counts


def _count_postgresql() -> dict[str, int]:
    quote = connection.ops.quote_name
    counts = {}
    with connection.cursor() as cursor:
        for name in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {quote(name)}")  # noqa: S608
            counts[name] = cursor.fetchone()[0]
    return counts


def _load_postgresql(source: Path) -> dict[str, int]:
    connection.close()
    _run("pg_restore", "--exit-on-error", "--single-transaction", str(source))
    return _count_postgresql()


def _run(program: str, *options: str) -> None:
    """Run a tool of PostgreSQL on this database; the password goes by the environment, not the list of processes."""
    found = shutil.which(program)
    if found is None:
        raise CannotGoOn(f"没有找到 {program}：请在这台机器上安装 PostgreSQL 的客户端工具（postgresql-client）。")
    given: dict[str, Any] = connection.get_connection_params()
    parts = {name: given[name] for name in ("dbname", "user", "host", "port", *SECURE_OPTIONS) if given.get(name)}
    environment = os.environ | ({"PGPASSWORD": str(given["password"])} if given.get("password") else {})
    done = subprocess.run(
        [found, "--no-owner", "--no-privileges", f"--dbname={make_conninfo(**parts)}", *options],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotGoOn(f"{program} 没有成功：{done.stderr.strip()}")
