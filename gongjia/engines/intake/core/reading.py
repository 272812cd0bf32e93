"""`read`: from a file and a declared kind of sheet to rows with clean values or reasons."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

from gongjia.engines.intake.core import books, texts
from gongjia.engines.intake.core.books import Tall
from gongjia.engines.intake.core.headings import SAMPLE, Heading, find_heading, heading_key
from gongjia.engines.intake.core.kinds import Kind, kind_of
from gongjia.engines.intake.core.limits import Limits, Unreadable
from gongjia.engines.intake.core.rows import Checker, Layout, Row
from gongjia.engines.intake.core.spec import Cell, Correction, SheetSpec
from gongjia.engines.intake.core.texts import Record, Text, size_zh
from gongjia.engines.intake.core.whole import Whole

Records = Callable[[], Iterator[Record]]


class Found(NamedTuple):
    """A sheet as it was found, whether it counts or not."""

    sheet: str
    heading: Heading | None
    records: Records
    merged: frozenset[int] = frozenset()
    width: int | None = None
    tall: Tall = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Part:
    """One sheet that counts (the only one of a text file, named ''). Row numbers count from 1 as people see them.

    `merged` are rows over which one merged cell runs; `width` is how many cells the heading of a text file has; `tall`
    are the cells merged over several rows (`books.Head`).
    """

    sheet: str
    heading: Heading
    records: Records
    merged: frozenset[int] = frozenset()
    width: int | None = None
    tall: Tall = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """The same for sheets with the same heading: under it a person's correction can be remembered."""
        return hashlib.sha256("\n".join(heading_key(text) for text in self.heading.texts).encode()).hexdigest()[:16]

    @property
    def heading_row(self) -> int:
        """Where two rows make the heading, the lower one."""
        return self.heading.row

    @property
    def columns(self) -> dict[str, str]:
        """field → heading as it stands in the file."""
        return {field: written for field, (_, written) in self.heading.columns.items()}

    def checker(self, spec: SheetSpec) -> Checker:
        """What reads the records below the heading, in order."""
        return Checker(Layout(self.sheet, self.heading, self.merged, self.width, self.tall), spec)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file whose heading was understood. The file must stay open while rows are drawn; they can be drawn again."""

    spec: SheetSpec
    kind: Kind
    encoding: str
    """of text files; '' for workbooks"""
    parts: tuple[Part, ...]
    limits: Limits
    source: Text | None = None
    """how a text file is read; None for workbooks"""

    @property
    def heading_row(self) -> int:
        """Row of the heading in the first sheet that counts."""
        return self.parts[0].heading_row

    @property
    def columns(self) -> dict[str, str]:
        """field → heading, in the first sheet that counts."""
        return self.parts[0].columns

    @property
    def unknown(self) -> tuple[str, ...]:
        """Headings that are no field, over all sheets that count, each once."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.heading.unknown))

    def rows(self) -> Iterator[Row]:
        """Every row below the headings, sheet after sheet, streamed; `Unreadable` beyond the allowed number of rows.

        Where the spec looks over the whole file (`once`, `shared`), the file is gone through twice.
        """
        if self.spec.once is None and self.spec.shared is None:
            return self._each()
        return self._judged()

    def _judged(self) -> Iterator[Row]:
        whole = Whole(self.spec)
        whole.see(self._each())
        yield from whole.judge(self._each())

    def _each(self) -> Iterator[Row]:
        seen = 0
        for part in self.parts:
            checker = part.checker(self.spec)
            for record in islice(part.records(), part.heading_row, None):
                seen += 1
                if seen > self.limits.rows:
                    raise too_many_rows(self.limits)
                yield checker.row(record)


def too_many_rows(limits: Limits) -> Unreadable:
    return Unreadable(f"表格超过 {limits.rows:,} 行，不予读取。请拆成几个文件分别上传。")


def read(
    source: BinaryIO,
    spec: SheetSpec,
    limits: Limits | None = None,
    corrections: Sequence[Correction] = (),
    *,
    whole: bool = False,
) -> Reading:
    """Read a seekable binary file of any name as a sheet of the declared kind.

    What is inside decides, not the ending. Text is held piece by piece, a workbook as a whole. Raises `Unreadable`
    (a Chinese sentence) where the whole file must be refused: damaged, empty, too large, no sheet at all, or no
    heading with the required columns. `corrections` are what a person has said about heading rows and columns. With
    `whole` the rows of a workbook are taken out of it at once, for whoever is going to draw them.
    """
    limits = limits or Limits()
    size = source.seek(0, 2)
    _refuse_larger(size, limits.file_bytes)
    kind = kind_of(source)
    if kind not in {Kind.TEXT, Kind.GZIP}:
        _refuse_larger(size, limits.workbook_bytes)
    else:
        text, part = _text_part(source, kind, spec, limits, corrections)
        return Reading(spec, kind, text.encoding, (part,), limits, text)
    return Reading(spec, kind, "", _book_parts(source, kind, spec, limits, corrections, whole=whole), limits)


def _refuse_larger(size: int, most: int) -> None:
    if size > most:
        raise Unreadable(f"文件超过了 {size_zh(most)} 的上限。请拆成几个文件，或压缩成 .csv.gz 后再上传。")


def _text_part(
    source: BinaryIO, kind: Kind, spec: SheetSpec, limits: Limits, corrections: Sequence[Correction]
) -> tuple[Text, Part]:
    opener = texts.open_gzip(source) if kind is Kind.GZIP else texts.open_plain(source)
    encoding = texts.encoding_of(opener, limits)
    found, refusals = [], []
    for delimiter in (",", "\t"):
        text = Text(opener, encoding, delimiter)
        try:
            head = [record.cells for record in islice(text.records(), limits.heading_within + SAMPLE)]
        except Unreadable as refused:  # quotes may pair with one delimiter and not with the other
            refusals.append(refused)
            continue
        heading = _heading(head, "", spec, limits, corrections)
        width = len(head[heading.row - 1]) if heading else None
        found.append((text, Found("", heading, text.records, width=width)))
    best = max(found, key=lambda one: len(one[1].heading.columns) if one[1].heading else 0, default=None)
    if refusals and (best is None or best[1].heading is None):
        raise refusals[0]
    (part,) = _parts_that_count([best[1]] if best else [], spec, limits)
    return best[0] if best else text, part


def _book_parts(
    source: BinaryIO, kind: Kind, spec: SheetSpec, limits: Limits, corrections: Sequence[Correction], *, whole: bool
) -> tuple[Part, ...]:
    found = []
    for head in books.heads(source, kind, limits, whole=whole):
        records = head.kept.records if head.kept else partial(books.records, source, head.number, limits)
        heading = _heading(head.rows, head.name, spec, limits, corrections)
        found.append(Found(head.name, heading, records, head.merged, tall=head.tall))
    return _parts_that_count(found, spec, limits)


def _heading(
    head: Sequence[Sequence[Cell]], sheet: str, spec: SheetSpec, limits: Limits, corrections: Sequence[Correction]
) -> Heading | None:
    for number, row in enumerate(head, 1):
        if len(row) > limits.columns:
            where = f"工作表“{sheet}”第 {number} 行" if sheet else f"第 {number} 行"
            raise Unreadable(
                f"{where}有 {len(row):,} 列，超过了 {limits.columns:,} 列的上限。请删去右边多余的列后再上传。"
            )
    said = next((each for each in corrections if each.sheet in {"", sheet}), Correction())
    return find_heading(head, spec, within=limits.heading_within, row=said.heading_row, given=said.columns)


def _parts_that_count(found: Sequence[Found], spec: SheetSpec, limits: Limits) -> tuple[Part, ...]:
    parts = tuple(
        Part(one.sheet, one.heading, one.records, one.merged, one.width, one.tall)
        for one in found
        if one.heading and not one.heading.missing
    )
    if parts:
        return parts
    headings = [one.heading for one in found if one.heading]
    closest = max(headings, key=lambda heading: len(heading.columns), default=None)
    missing = closest.missing if closest else tuple(column.zh for column in spec.columns if column.required)
    raise Unreadable(
        f"这不像{spec.zh}：前 {limits.heading_within} 行里没有找到带“{'”“'.join(missing)}”一列的表头。"
        f"请检查是否选错了文件，或把表头改成“{missing[0]}”后再上传。"
    )
