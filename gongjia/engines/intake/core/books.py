"""Workbooks (.xlsx .xlsm .xls .ods): unpacked once to see that they are sound, then read in a process of their own."""

import pickle
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from weakref import WeakKeyDictionary

from gongjia.engines.intake.core import workbook
from gongjia.engines.intake.core.headings import SAMPLE
from gongjia.engines.intake.core.kinds import Kind
from gongjia.engines.intake.core.limits import Limits, Unreadable
from gongjia.engines.intake.core.spec import Cell
from gongjia.engines.intake.core.texts import Record, size_zh

_CHUNK = 2**20
_WIDEST_TALL = 8  # columns that one cell merged over several rows may run over and still stand for each
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)
_LOCKED = "工作簿加了密码，打不开。请在 Excel 或 WPS 里去掉密码后再上传。"
_TORN = "文件已损坏：可能没有下载或传输完整。请重新导出或重新下载后再上传。"
_DAMAGED = "工作簿已损坏、加了密码，或者范围过大。请用 Excel 或 WPS 打开确认，删去多余的行列，另存为 .csv 后再上传。"


Tall = Mapping[int, Sequence[tuple[int, int]]]


#: What was found in a workbook for as long as it is open: to learn that it is sound, and which of the headings that
#: were said before it has, takes several looks at its first rows, and each would read all of it.
_known: WeakKeyDictionary[BinaryIO, dict[Limits, list["Head"]]] = WeakKeyDictionary()


class Head(NamedTuple):
    """A worksheet that a person sees: its number in the workbook, and its first rows as cells.

    `merged` are the rows (from 1) over at least half of whose width one merged cell runs; `tall` are the cells merged
    over several rows, by column from 0: (first row from 1, last row). `kept` are all its rows, if asked for.
    """

    number: int
    name: str
    merged: frozenset[int]
    rows: list[list[Cell]]
    tall: Tall
    kept: "Kept | None" = None


class Kept:
    """The rows of a worksheet beside the workbook, in a file that disappears with them: drawn as often as one likes."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the rows are drawn
        self._lengths: list[int] = []
        self.count = 0

    def add(self, batch: bytes, count: int) -> None:
        self._file.write(batch)
        self._lengths.append(len(batch))
        self.count += count

    def records(self) -> Iterator[Record]:
        """As `records` gives them. One who draws them does not disturb another."""
        place = 0

        def batches() -> Iterator[bytes]:
            nonlocal place
            for length in self._lengths:
                self._file.seek(place)
                place += length
                yield self._file.read(length)

        return _numbered(batches())


def heads(source: BinaryIO, kind: Kind, limits: Limits, *, whole: bool = False) -> list[Head]:
    """The visible worksheets with their first rows; hidden ones are left alone. Raises `Unreadable`.

    With `whole` all their rows are kept beside: the workbook is read once, however often they are drawn.
    """
    known = _known.setdefault(source, {})
    if not whole and limits in known:
        return known[limits]
    if kind is not Kind.XLS:
        _unpack_once(source, limits)
    found: list[Head] = []
    for answer in _ask(source, limits, "whole" if whole else "heads", limits.heading_within + SAMPLE):
        if answer[0] == workbook.SHEET:
            _, number, name, width, merged, rows = answer
            found.append(Head(number, name, _wide(width, merged), rows, _tall(merged), Kept() if whole else None))
        elif (kept := found[-1].kept) is not None:
            kept.add(*answer[1:])
            if kept.count > limits.rows + limits.heading_within:
                return heads(source, kind, limits)  # refused when its rows are drawn, if they count at all
    known[limits] = [head._replace(kept=None) for head in found]
    return found


def records(source: BinaryIO, number: int, limits: Limits) -> Iterator[Record]:
    """The rows of a worksheet as numbered at its left, blank ones counted."""
    return _numbered(answer[1] for answer in _ask(source, limits, "rows", number))


def _numbered(batches: Iterable[bytes]) -> Iterator[Record]:
    at = 0
    for batch in batches:
        for cells in pickle.loads(batch):  # noqa: S301 - from our own child
            at += 1
            yield Record(at, cells)


def _wide(width: int, merged: list[tuple[tuple[int, int], tuple[int, int]]]) -> frozenset[int]:
    half = max(2, (width + 1) // 2)
    return frozenset(top + 1 for (top, left), (bottom, right) in merged if top == bottom and right - left + 1 >= half)


def _tall(merged: list[tuple[tuple[int, int], tuple[int, int]]]) -> Tall:
    tall: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, right) in sorted(merged):
        if bottom > top and right - left < _WIDEST_TALL:
            for at in range(left, right + 1):
                tall.setdefault(at, []).append((top + 1, bottom + 1))
    return tall


def _unpack_once(source: BinaryIO, limits: Limits) -> None:
    """Unpack every member piece by piece: a bomb is refused while it unpacks, a torn file by its check sums."""
    source.seek(0)
    unpacked = 0
    try:
        with zipfile.ZipFile(source) as package:
            for member in package.infolist():
                with package.open(member) as stream:
                    while piece := stream.read(_CHUNK):
                        unpacked += len(piece)
                        if unpacked > limits.unpacked_bytes:
                            raise Unreadable(
                                f"解压后超过 {size_zh(limits.unpacked_bytes)}，不予读取。请拆成几个文件分别上传。"
                            )
    except RuntimeError as locked:  # zipfile's word for an encrypted member
        raise Unreadable(_LOCKED) from locked
    except _BROKEN as broken:
        raise Unreadable(_TORN) from broken


def _ask(source: BinaryIO, limits: Limits, what: str, number: int) -> Iterator[tuple[Any, ...]]:
    """The answers of the reader's process, which is ended when nobody listens any more."""
    source.seek(0)
    bounds = (str(limits.workbook_memory), str(limits.workbook_seconds))
    with subprocess.Popen(  # noqa: S603 - our own interpreter, our own file
        [sys.executable, "-I", str(Path(workbook.__file__)), *bounds, what, str(number)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as reader:
        try:
            yield from _answers(reader, source)
        finally:
            reader.kill()


def _answers(reader: subprocess.Popen[bytes], source: BinaryIO) -> Iterator[tuple[Any, ...]]:
    if reader.stdin is None or reader.stdout is None:
        raise RuntimeError("the reader was started without pipes")
    try:
        while piece := source.read(_CHUNK):
            reader.stdin.write(piece)
        reader.stdin.close()
        while (answer := pickle.load(reader.stdout))[0] in {workbook.SHEET, workbook.ROWS}:  # noqa: S301 - our own child
            yield answer
    except (BrokenPipeError, EOFError, pickle.UnpicklingError) as died:
        raise Unreadable(_DAMAGED) from died
    if answer[0] != workbook.END:
        raise Unreadable(_LOCKED if answer[0] == workbook.LOCKED else _DAMAGED)
