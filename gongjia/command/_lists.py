"""Lists in files, as the commands that compare read them: all opened first, and what is wrong told at the end."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from gongjia.engines.intake.core import Reading, Row, SheetSpec, Unreadable, read
from gongjia.engines.matching.core.errors import BadModel

if TYPE_CHECKING:
    from gongjia.engines.matching.core.model import Model

_SHOWN_PROBLEMS = 5
Record = TypeVar("Record")


class Source(NamedTuple):
    """A file whose heading has been read."""

    path: Path
    reading: Reading

    def refusal(self, refused: Unreadable) -> Unreadable:
        return _refusal(self.path, self.reading.spec, refused)


def _refusal(path: Path, spec: SheetSpec, refused: Unreadable) -> Unreadable:
    return Unreadable(f"读不了{spec.zh}“{path.name}”：{refused}")


def open_list(path: Path, spec: SheetSpec, files: ExitStack) -> Source:
    """Read the heading. Raises Unreadable, with the file's name, when it is no such list."""
    if not path.is_file():
        raise Unreadable(f"找不到{spec.zh}“{path}”。请检查路径是否写对。")
    try:
        return Source(path, read(files.enter_context(path.open("rb")), spec))
    except Unreadable as refused:
        raise _refusal(path, spec, refused) from refused


def records(source: Source, record_of: Callable[[Row], Record | None]) -> Iterator[Record]:
    """The usable rows of a file; what was left out is told at the end, with the first reasons."""
    problems: list[str] = []
    bad = 0
    try:
        for row in source.reading.rows():
            if row.problems:
                bad += 1
                if bad <= _SHOWN_PROBLEMS:
                    problems.append(f"第 {row.number} 行：{'；'.join(problem.reason for problem in row.problems)}")
            record = None if row.skipped else record_of(row)
            if record is not None:
                yield record
    except Unreadable as refused:
        raise source.refusal(refused) from refused
    if bad:
        said = "\n  ".join(problems)
        print(f"{source.reading.spec.zh}“{source.path.name}”有 {bad:,} 行有问题，例如：\n  {said}", file=sys.stderr)


def model_from(path: Path | None) -> "Model":
    """The model of a file, or the one that comes with the project. Raises BadModel."""
    from gongjia.engines.matching.core.model import load, shipped  # here: `--help` needs no numbers

    if path is None:
        return shipped()
    if not path.is_file():
        raise BadModel(f"找不到比对模型“{path}”。请检查路径是否写对。")
    return load(path)


def sentence(refused: Exception) -> str:
    """What stopped a command, for the person who gave it."""
    if not isinstance(refused, OSError):
        return str(refused)
    return f"读写文件“{refused.filename}”时出错：{refused.strerror}。请检查目录是否可写、磁盘是否已满。"
