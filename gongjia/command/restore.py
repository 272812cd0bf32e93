"""`gongjia restore`: a backup onto an empty machine. What is there already is never written over."""

import argparse
import errno
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.conf import settings

from gongjia.command import REFUSED

if TYPE_CHECKING:
    from gongjia.command._archive import Manifest

SUMMARY = "把一份备份恢复到空的数据库和文件夹"


def run(argv: list[str]) -> int:
    """0 when all is restored, 2 with a Chinese reason when nothing was."""
    parser = argparse.ArgumentParser(prog="gongjia restore", description=SUMMARY)
    parser.add_argument("--from", dest="source", type=Path, required=True, metavar="文件夹", help="一份备份的文件夹")
    given = parser.parse_args(argv)
    django.setup()
    from gongjia.command import _archive

    try:
        manifest = _archive.Manifest.read(given.source)
        _refuse(given.source, manifest)
        _restore(given.source, manifest)
    except _archive.CannotGoOn as reason:
        print(reason, file=sys.stderr)
        return REFUSED
    except OSError as error:
        print(f"写不进去：{error.filename}：{error.strerror}。请检查权限和磁盘空间。", file=sys.stderr)
        return REFUSED
    tables, rows = len(manifest.counts), sum(manifest.counts.values())
    print(f"已恢复 {manifest.made_at[:19]} 的备份：{tables} 张表 {rows:,} 行，{manifest.file_count:,} 个文件。")
    print("接下来请执行 gongjia manage migrate 和 gongjia check。")
    return 0


def _refuse(source: Path, manifest: "Manifest") -> None:
    """Everything that speaks against it, before the first byte is written."""
    from django.db import connection

    from gongjia.command import _archive, _databases
    from gongjia.kernel import keyring

    if manifest.vendor != connection.vendor:
        raise _archive.CannotGoOn(f"备份是 {manifest.vendor} 的，设置里的数据库是 {connection.vendor}，不能恢复。")
    missing = set(manifest.key_ids) - {key.id for key in keyring.current().encryption}
    if missing:
        numbers = "、".join(str(number) for number in sorted(missing))
        raise _archive.CannotGoOn(f"钥匙文件里没有第 {numbers} 号钥匙，恢复了也打不开。请先放好备份时的钥匙文件。")
    if not _databases.is_empty():
        raise _archive.CannotGoOn("数据库不是空的，没有恢复。请新建一个空的数据库，再执行一次。")
    if any(_archive.stored_in(Path(settings.VAR) / _archive.FILES)):
        raise _archive.CannotGoOn(f"文件夹 {settings.VAR} 里已有文件，没有恢复。请换一个空的 GONGJIA_VAR。")
    _archive.check_parts(source, manifest)


def _set_aside(head: Path) -> Path | None:
    """Move the seals that are noted here to a name of their own: they say what the record that was here must hold."""
    from gongjia.kernel import clock

    if not head.exists():
        return None
    kept = head.with_name(f"{head.name}.{clock.now():%Y%m%d-%H%M%S}")
    if kept.exists():
        raise FileExistsError(errno.EEXIST, "已经存在", str(kept))
    return head.rename(kept)


def _restore(source: Path, manifest: "Manifest") -> None:
    """The database last, whole or not at all: where it is missing, what went before is taken away again."""
    from gongjia.command import _archive, _databases
    from gongjia.kernel import audit

    files, head = Path(settings.VAR) / _archive.FILES, audit.head_file()
    kept = _set_aside(head)
    try:
        shutil.copytree(source / _archive.FILES, files, dirs_exist_ok=True)
        if (source / _archive.HEAD).exists():
            shutil.copyfile(source / _archive.HEAD, head)
            head.chmod(0o600)
        counts = _databases.load(source)
    except BaseException:
        for copied in _archive.stored_in(source / _archive.FILES):
            (files / copied.relative_to(source / _archive.FILES)).unlink(missing_ok=True)
        head.unlink(missing_ok=True)
        if kept is not None:
            kept.rename(head)
        raise
    if kept is not None:
        print(f"这里原有的审计封存点没有覆盖，另存为 {kept}。它是以前那份记录的凭据，请与审计记录一起保存。")
    if counts != manifest.counts:
        raise _archive.CannotGoOn("恢复后的行数与备份清单不符，请不要使用这个数据库，换一份备份再试。")
