"""`gongjia backup`: database and files of one moment into a folder, the keys into another one, if asked for."""

import argparse
import shutil
import sys
import tomllib
from pathlib import Path

import django
from django.conf import settings

from gongjia.command import REFUSED

SUMMARY = "备份数据库和文件；钥匙另存到别处"


def run(argv: list[str]) -> int:
    """0 when the backup is whole, 2 with a Chinese reason when it could not be made."""
    parser = argparse.ArgumentParser(prog="gongjia backup", description=SUMMARY)
    parser.add_argument("--to", type=Path, required=True, metavar="文件夹", help="备份放在这里，每次一个新的子文件夹")
    parser.add_argument("--keys-to", type=Path, metavar="文件夹", help="钥匙另存到这里；不能在备份的文件夹里")
    given = parser.parse_args(argv)
    django.setup()
    from gongjia.command._archive import CannotGoOn

    try:
        _refuse_beside(given.to, given.keys_to)
        made = _backup(given.to)
        print(f"备份完成：{made}")
        if given.keys_to is not None:
            print(f"钥匙已另存：{_copy_keys(given.keys_to, made.name)}")
        else:
            print("备份里没有钥匙。没有钥匙，备份里的证件号、手机号和文件都打不开：请确认钥匙另有备份。")
    except CannotGoOn as reason:
        print(reason, file=sys.stderr)
        return REFUSED
    except OSError as error:
        print(f"写不进去：{error.filename or given.to}：{error.strerror}。请检查权限和磁盘空间。", file=sys.stderr)
        return REFUSED
    return 0


def _refuse_beside(to: Path, keys_to: Path | None) -> None:
    from gongjia.command._archive import FILES, CannotGoOn

    to, files = to.resolve(), Path(settings.VAR).resolve() / FILES
    if to.is_relative_to(files):
        raise CannotGoOn(f"备份不能放在文件的文件夹 {files} 里，请换一个位置。")
    if keys_to is not None and (keys_to.resolve().is_relative_to(to) or to.is_relative_to(keys_to.resolve())):
        raise CannotGoOn("钥匙不能和备份放在一起：两样一起丢失，就等于没有加密。请给 --keys-to 换一个位置。")


def _backup(to: Path) -> Path:
    """A new folder named by the time; it takes its name when it is whole."""
    from gongjia.command import _archive
    from gongjia.kernel import clock

    at = clock.now()
    made = to / f"gongjia-{at:%Y%m%d-%H%M%S}"
    part = made.with_name(f"{made.name}.part")
    if made.exists() or part.exists():
        raise _archive.CannotGoOn(f"{made} 已经有了。请过一秒再试。")
    to.mkdir(parents=True, exist_ok=True)
    part.mkdir(mode=0o700)
    try:
        _fill(part, at.isoformat())
        part.rename(made)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return made


def _fill(part: Path, made_at: str) -> None:
    """The noted seals first, the files last: neither may speak of less than the database knows."""
    from django.db import connection

    from gongjia.command import _archive, _databases
    from gongjia.kernel import audit, keyring

    if audit.head_file().exists():
        shutil.copyfile(audit.head_file(), part / _archive.HEAD)
    counts = _databases.dump(part)
    listing = part / _archive.LIST
    file_count = _archive.copy_files(Path(settings.VAR) / _archive.FILES, part / _archive.FILES, listing)
    parts = {path.name: _archive.sha256(path) for path in sorted(part.iterdir()) if path.is_file()}
    _archive.Manifest(
        made_at=made_at,
        version=_version(),
        vendor=connection.vendor,
        server=_databases.server(),
        migrations=_migrations(),
        counts=counts,
        file_count=file_count,
        key_ids=[key.id for key in keyring.current().encryption],
        parts=parts,
    ).write(part)


def _version() -> str:
    project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])


def _migrations() -> dict[str, str]:
    """The newest migration of each app that was applied."""
    from django.db.migrations.recorder import MigrationRecorder

    applied = MigrationRecorder.Migration.objects.order_by("pk").values_list("app", "name")
    return dict(applied)


def _copy_keys(keys_to: Path, name: str) -> Path:
    target = keys_to / f"{name}-keys.json"
    keys_to.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    target.write_bytes(Path(settings.KEYS_FILE).read_bytes())
    return target
