"""A backup on disk: a folder with the database, the stored files as they lie (sealed), and a manifest of both.

It carries the name `….part` until the last byte is there, so that one that was broken off is never taken for a backup.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FORMAT = 1
MANIFEST, LIST, FILES, HEAD = "manifest.json", "files.sha256", "files", "audit.head"
_PIECE = 1 << 20


class CannotGoOn(Exception):
    """A backup or a restore cannot be made; the message is Chinese and says what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup is made of. `parts` holds the SHA-256 of each file of it, `counts` the rows of each table."""

    made_at: str
    version: str
    vendor: str
    server: str
    migrations: dict[str, str]
    counts: dict[str, int]
    file_count: int
    key_ids: list[int]
    parts: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        with (folder / MANIFEST).open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        try:
            data: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
            if data["format"] != FORMAT:
                raise CannotGoOn(
                    f"备份 {folder} 的格式是 {data['format']}，这个版本只认识 {FORMAT}。请用更新的版本恢复。"
                )
            return cls(**data)
        except FileNotFoundError:
            raise CannotGoOn(f"{folder} 不是一份完整的备份：里面没有 {MANIFEST}。") from None
        except (ValueError, KeyError, TypeError) as error:
            raise CannotGoOn(f"备份 {folder} 的 {MANIFEST} 已损坏（{error}）。请换一份备份。") from error


def sha256(path: Path) -> str:
    seen = hashlib.sha256()
    with path.open("rb") as source:
        while piece := source.read(_PIECE):
            seen.update(piece)
    return seen.hexdigest()


def copy_files(source: Path, target: Path, listing: Path) -> int:
    """Copy the stored files and list their SHA-256, as sha256sum does. One taken away meanwhile is left out."""
    count = 0
    target.mkdir(mode=0o700)
    with listing.open("w", encoding="utf-8") as lines:
        for path in stored_in(source):
            inside = path.relative_to(source)
            try:
                (target / inside.parent).mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target / inside)
            except FileNotFoundError:
                continue
            lines.write(f"{sha256(target / inside)}  {inside.as_posix()}\n")
            count += 1
    return count


def stored_in(folder: Path) -> Iterator[Path]:
    """The stored files of a folder, in order, without what is still being written."""
    for here, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if not name.endswith(".part"):
                yield Path(here) / name


def check_parts(folder: Path, manifest: Manifest) -> None:
    """Raises CannotGoOn where a byte of the backup differs from what its manifest says."""
    for name, expected in manifest.parts.items():
        _check(folder / name, expected)
    with (folder / LIST).open(encoding="utf-8") as lines:
        for line in lines:
            expected, _, inside = line.rstrip("\n").partition("  ")
            _check(folder / FILES / inside, expected)
    if sum(1 for _ in stored_in(folder / FILES)) != manifest.file_count:
        raise CannotGoOn(f"备份 {folder} 里的文件与清单的数目不符。请换一份备份。")


def _check(path: Path, expected: str) -> None:
    if not path.is_file():
        raise CannotGoOn(f"备份不完整：缺少 {path}。请换一份备份。")
    if sha256(path) != expected:
        raise CannotGoOn(f"备份已损坏：{path} 与清单里的校验值不符。请换一份备份。")
