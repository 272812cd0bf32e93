"""The invented city's data: its folder, its secrets, its database, built once and never left half built."""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from gongjia.kernel.keys import Keyring

ROOT = Path(__file__).resolve().parents[2]
BUILDING, READY = "building", "ready"
_STAMPS = "city-*.json"


class CannotBuild(Exception):
    """The city cannot be prepared; the message is Chinese and says what to do."""


@dataclass(frozen=True)
class Stamp:
    """What the database was built from; another one means that it is built anew."""

    scale: int
    seed: int
    version: str
    state: str = READY


def folder() -> Path:
    return Path(os.environ.get("GONGJIA_VAR") or ROOT / "var/demo")


def prepare_environment(url: str) -> None:
    """Set what the settings read. Secrets are made at the first start and stay in the demo's folder."""
    var = folder()
    var.mkdir(parents=True, exist_ok=True)
    secret, keys = var / "secret-key", var / "keys.json"
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(48), "utf-8")
    os.environ |= {"GONGJIA_MODE": "demo", "GONGJIA_VAR": str(var)}
    os.environ.setdefault("GONGJIA_SECRET_KEY", secret.read_text("utf-8"))
    os.environ.setdefault("GONGJIA_PUBLIC_URL", url)
    if "GONGJIA_KEYS_FILE" not in os.environ and not keys.exists():
        Keyring.create().save(keys)


@contextmanager
def reserved() -> Iterator[bool]:
    """Hold the folder for what is done inside: True when alone in it, False when another demo runs from it.

    Waits while another one prepares. `shared` follows, for as long as the demo runs.
    """
    with _lock() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(lock, fcntl.LOCK_SH)
            yield False
        else:
            yield True


@contextmanager
def shared() -> Iterator[None]:
    """Hold the folder while a demo runs from it, so that no other one builds anew under its feet."""
    with _lock() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def _lock() -> TextIO:
    return (folder() / "lock").open("w")


def wanted(scale: int, seed: int) -> Stamp:
    return Stamp(scale, seed, _digest(_sources()))


def _sources() -> Iterator[Path]:
    """What decides the rows of the city: its own code and words, and the migrations."""
    for path in sorted((ROOT / "demo").rglob("*")):
        if path.suffix in {".py", ".yaml", ".csv"} and "tests" not in path.parts:
            yield path
    yield from sorted((ROOT / "gongjia").rglob("migrations/[0-9]*.py"))


def _digest(paths: Iterator[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def stands(stamp: Stamp) -> bool:
    """Whether the database holds just this city, finished."""
    return _read() == stamp and bool(connection.introspection.table_names())


def clear() -> None:
    """Throw away what an earlier or interrupted demo left behind: database and stored files.

    CannotBuild, and nothing is touched, where either is there and no demo has left its stamp for it.
    """
    tables = connection.introspection.table_names()
    if tables and _read() is None:
        raise CannotBuild(
            "GONGJIA_DATABASE_URL 或 GONGJIA_VAR 指向的数据库里已有别的数据，演示不会动它：请换一个空数据库、空文件夹。"
        )
    files = folder() / "files"
    if any(path.is_file() for path in files.rglob("*")) and not any(folder().glob(_STAMPS)):
        raise CannotBuild(f"文件夹 {files} 里已有别的文件，演示不会动它：请给 GONGJIA_VAR 换一个空文件夹。")
    if connection.vendor == "sqlite":
        name = str(settings.DATABASES["default"]["NAME"])
        connection.close()
        for ending in ("", "-wal", "-shm"):
            Path(name + ending).unlink(missing_ok=True)
    elif tables:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {', '.join(map(connection.ops.quote_name, tables))} CASCADE")
    shutil.rmtree(files, ignore_errors=True)


def build(stamp: Stamp) -> None:
    """Migrate and people the empty database."""
    _write(Stamp(**(asdict(stamp) | {"state": BUILDING})))
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    connection.close()
    people = [sys.executable, "-P", "-m", "demo", "--scale", str(stamp.scale), "--seed", str(stamp.seed)]
    if subprocess.run(people, check=False).returncode:
        raise CannotBuild("演示城市没有建成，原因见上。改正后再次启动，会从头重建。")
    _write(stamp)


def _stamp_file() -> Path:
    """One stamp for each database: its address without name and password of the user."""
    url = urlsplit(settings.DATABASE_URL)
    address = f"{url.scheme}://{url.hostname}:{url.port}{url.path}"
    return folder() / _STAMPS.replace("*", hashlib.sha256(address.encode()).hexdigest()[:8])


def _read() -> Stamp | None:
    try:
        return Stamp(**json.loads(_stamp_file().read_text("utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _write(stamp: Stamp) -> None:
    _stamp_file().write_text(json.dumps(asdict(stamp)), "utf-8")


def collect_static() -> None:
    """Gather the files for the browser, when one of them has changed since."""
    stamp = folder() / "static.stamp"
    sources = hashlib.sha256()
    paths = [ROOT / "package-lock.json", ROOT / "config/settings.py"]
    paths += sorted(path for path in (ROOT / "gongjia").rglob("static/**/*") if path.is_file())
    sources.update(_digest(iter(paths)).encode())
    if stamp.exists() and stamp.read_text("utf-8") == sources.hexdigest() and settings.STATIC_ROOT.exists():
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(sources.hexdigest(), "utf-8")
