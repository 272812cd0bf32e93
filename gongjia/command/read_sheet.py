"""`gongjia read-sheet`: what the reader makes of a sheet of members or employers, without a database."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from gongjia.domains.enrolment.sheets import members
from gongjia.domains.organising.sheets import REGISTER
from gongjia.engines.intake.core import Limits, Part, Reading, SheetSpec, Unreadable, read
from gongjia.kernel.moments import SHANGHAI, today_of

if TYPE_CHECKING:
    from gongjia.engines.intake.core.frames import Frame

SUMMARY = "看一份会员或企业表格会读成什么样：哪些行能用，哪些行要改，为什么（不用数据库）"

KINDS: dict[str, Callable[[date], SheetSpec]] = {"members": members, "employers": lambda _: REGISTER}
_SHOWN = 20
_LARGEST = 2**30  # a text file on this machine itself, which is read piece by piece


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=sorted(KINDS), metavar="类别", help="members 会员花名册，employers 企业名单")
    parser.add_argument("file", type=Path, metavar="文件")
    parser.add_argument("--at", type=date.fromisoformat, metavar="日期", help="按哪一天算年龄，不给则为今天")
    parser.add_argument("--json", action="store_true", help="输出完整的结果（JSON）")
    parser.add_argument("--no-values", action="store_true", help="JSON 里不带各行的值")


def run(argv: Sequence[str]) -> int:
    """0 when the file could be read, whatever its rows are; 2 with a Chinese reason when it must be refused."""
    parser = argparse.ArgumentParser(prog="gongjia read-sheet", description=SUMMARY)
    add_arguments(parser)
    given = parser.parse_args(argv)
    spec = KINDS[given.kind](given.at or today_of(datetime.now(SHANGHAI)))
    try:
        with _opened(given.file) as source:
            reading = read(source, spec, Limits(file_bytes=_LARGEST))
            if given.json:
                _Report(given.file.name, reading).write(sys.stdout, values=not given.no_values)
            else:
                _say(reading)
    except (Unreadable, OSError) as refused:
        reason = str(refused) if isinstance(refused, Unreadable) else f"打不开文件“{given.file}”：{refused.strerror}。"
        print(reason, file=sys.stderr)
        if given.json:
            print(json.dumps(_refusal(given.file.name, reason), ensure_ascii=False))
        return 2
    return 0


def _opened(path: Path) -> BinaryIO:
    if not path.is_file():
        raise Unreadable(f"找不到文件“{path}”。请检查路径是否写对。")
    return path.open("rb")


def _refusal(name: str, reason: str) -> dict[str, Any]:
    rows: dict[str, Any] = {"ok": [], "error": {}, "skip": [], "warn": {}}
    return {"file": name, "refused": True, "error": reason, "heading_row": None, "columns": {}, "rows": rows}


class _Report:
    """The result as JSON: heading, columns, and each row as written, wrong, passed over or remarked on.

    The values are put into the output while the file is gone through, so that a file of any size needs little memory.
    """

    def __init__(self, name: str, reading: Reading) -> None:
        self.name, self.reading = name, reading
        self.several = len(reading.parts) > 1
        self.ok: list[int | str] = []
        self.skip: list[int | str] = []
        self.error: dict[str, list[str]] = {}
        self.warn: dict[str, list[str]] = {}
        self.reasons: dict[str, list[str]] = {}
        for part in reading.parts:
            if part.heading.unknown:
                self.warn[str(self._number(part.sheet, part.heading_row))] = ["unknown_column"]

    def write(self, out: TextIO, *, values: bool) -> None:
        """Nothing is written before the last row is read: a file that breaks off is refused as a whole."""
        from gongjia.engines.intake.core.judging import whole_frames  # loads polars, which other commands do without

        with TemporaryFile("w+", encoding="utf-8") as waiting:
            for frame in whole_frames(self.reading):
                self._count(frame)
                if values:
                    waiting.writelines(self._values(frame))
            report = self._head() | {
                "rows": {"ok": self.ok, "error": self.error, "skip": self.skip, "warn": self.warn},
                "reasons": self.reasons,
            }
            text = json.dumps(report, ensure_ascii=False)
            if not values:
                out.write(text + "\n")
                return
            out.write(text.removesuffix("}") + ', "values": {')
            waiting.seek(0)
            out.writelines((", " if number else "") + line.rstrip("\n") for number, line in enumerate(waiting))
            out.write("}}\n")

    def _head(self) -> dict[str, Any]:
        return {
            "file": self.name,
            "refused": False,
            "error": None,
            "sheets": [part.sheet for part in self.reading.parts if part.sheet],
            "heading_row": self._of_each(lambda part: part.heading_row),
            "columns": self._of_each(lambda part: part.columns),
            "unknown_columns": self._of_each(lambda part: list(part.heading.unknown)),
        }

    def _of_each(self, of: Callable[[Part], Any]) -> Any:
        parts = self.reading.parts
        return {part.sheet: of(part) for part in parts} if self.several else of(parts[0])

    def _number(self, sheet: str, number: int) -> int | str:
        return f"{sheet}!{number}" if self.several else number

    def _count(self, frame: "Frame") -> None:
        numbers = range(frame.first, frame.first + frame.values.height)
        self.ok += [self._number(frame.sheet, number) for number, ok in zip(numbers, frame.ok, strict=True) if ok]
        for row in (frame.told[at] for at in sorted(frame.told)):
            at = self._number(row.sheet, row.number)
            if row.skipped:
                self.skip.append(at)
            elif row.problems:
                self.error[str(at)] = sorted({each.code for each in row.problems})
                self.reasons[str(at)] = [each.reason for each in row.problems]
            else:
                self.warn[str(at)] = sorted({each.code for each in row.notes})

    def _values(self, frame: "Frame") -> Iterator[str]:
        """The rows to be written, each as a line: its number and its values."""
        fields = next(part.columns for part in self.reading.parts if part.sheet == frame.sheet)
        for at, values in enumerate(frame.values.iter_rows(named=True)):
            if frame.ok[at]:
                number = str(self._number(frame.sheet, frame.first + at))
                shown = {field: _plain(values[field]) for field in fields}
                yield f"{json.dumps(number, ensure_ascii=False)}: {json.dumps(shown, ensure_ascii=False)}\n"


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _say(reading: Reading) -> None:
    """The result in words, with the first bad rows."""
    for part in reading.parts:
        where = f"工作表“{part.sheet}”" if part.sheet else "文件"
        print(f"{where}：表头在第 {part.heading_row} 行，认出 {len(part.columns)} 列。")
        if part.heading.unknown:
            print(f"  没有用到的列：{'、'.join(part.heading.unknown[:_SHOWN])}")
    counts = {"可以导入": 0, "有问题": 0, "跳过": 0}
    for line in _lines(reading, counts):
        print(line)
    print("，".join(f"{name} {count:,} 行" for name, count in counts.items()) + "。")


def _lines(reading: Reading, counts: dict[str, int]) -> Iterator[str]:
    for row in reading.rows():
        counts["跳过" if row.skipped else "有问题" if row.problems else "可以导入"] += 1
        if row.problems and counts["有问题"] <= _SHOWN:
            where = f"“{row.sheet}”" if row.sheet else ""
            yield f"  {where}第 {row.number} 行：{'；'.join(each.reason for each in row.problems)}"
