"""Tables of text: encodings, delimiters and records, streamed; gzip is unpacked on the way."""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, TextIO

from gongjia.engines.intake.core.kinds import HEAD_BYTES, refuse_strangers
from gongjia.engines.intake.core.limits import Limits, Unreadable
from gongjia.engines.intake.core.spec import Cell

_CHUNK = 2**20
LONGEST_LINE = 4_000_000  # characters
LONGEST_CELL = 2**20  # characters; beyond it a quotation mark was surely left open
_DAMAGED = "压缩文件已损坏：可能没有下载或传输完整。请重新压缩或直接上传未压缩的表格。"


class Record(NamedTuple):
    """One record: its number from 1, its cells, and a Chinese reason where it could not be split into cells."""

    number: int
    cells: list[Cell]
    fault: str = ""


Opener = Callable[[], BinaryIO]


def open_plain(source: BinaryIO) -> Opener:
    def opener() -> BinaryIO:
        source.seek(0)
        return source

    return opener


def open_gzip(source: BinaryIO) -> Opener:
    def opener() -> BinaryIO:
        source.seek(0)
        return gzip.GzipFile(fileobj=source)  # type: ignore[return-value]  # reads like any binary file

    return opener


@dataclass(frozen=True, slots=True)
class Text:
    """A text file as it is to be read."""

    opener: Opener
    encoding: str
    delimiter: str

    def records(self) -> Iterator[Record]:
        return records(self.opener, self.encoding, self.delimiter)


def encoding_of(opener: Opener, limits: Limits) -> str:
    """Read the whole text once: UTF-16 with a mark, UTF-8, or GB18030, without a single wrong byte.

    Raises `Unreadable` for a text that is none of them, no text at all, damaged, or larger than allowed unpacked.
    """
    head = next(_chunks(opener, limits), b"")
    if not head:
        raise Unreadable("文件是空的，里面没有任何内容。请检查是否选错了文件，或者重新导出一次。")
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")):
        raise Unreadable("压缩包里还是一个工作簿或压缩包。请先解压，再上传里面的表格。")
    refuse_strangers(head[:HEAD_BYTES])
    marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        if _decodes(opener, encoding, limits):
            return encoding
    raise Unreadable(
        "文字编码认不出来：不是 UTF-8、GB18030（GBK），也不是带标记的 UTF-16。"
        "请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"
    )


def records(opener: Opener, encoding: str, delimiter: str) -> Iterator[Record]:
    """The records one after the other; a blank line is a record, and a quoted cell may run over several lines."""
    csv.field_size_limit(LONGEST_CELL)
    lines = io.TextIOWrapper(_unclosable(opener()), encoding=encoding, newline="")
    reader = csv.reader(_bounded(lines), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number, line = number + 1, reader.line_num + 1
        try:
            yield Record(number, list(next(reader)))
        except StopIteration:
            return
        except csv.Error as fault:
            yield bad_record(number, line, reader.line_num, fault)


def _bounded(lines: TextIO) -> Iterator[str]:
    """The lines of a text, none of which may be so long that it fills the memory."""
    number = 0
    while line := lines.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise too_long(number)
        yield line


def too_long(line: int) -> Unreadable:
    return Unreadable(
        f"第 {line} 行长得不像表格里的一行（超过 {LONGEST_LINE // 10_000} 万字），不予读取。请检查是否选错了文件。"
    )


def bad_record(number: int, line: int, last: int, fault: csv.Error) -> Record:
    """A record that could not be split; raises `Unreadable` where it is not even known where it ends."""
    if "expected after" not in str(fault):
        raise Unreadable(
            f"第 {line} 行有一个引号没有成对，从那里起分不清每一行。请在该行补上或删掉引号后再上传。"
        ) from fault
    return Record(number, [], f"文件第 {line} 行到第 {last} 行的引号没有成对，无法分成各列")


def _decodes(opener: Opener, encoding: str, limits: Limits) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    try:
        for chunk in _chunks(opener, limits):
            if encoding != "utf-16" and b"\0" in chunk:
                raise Unreadable("这个文件不是文本，也不是能识别的工作簿。请用 Excel 或 WPS 另存为 .xlsx 后再上传。")
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _chunks(opener: Opener, limits: Limits) -> Iterator[bytes]:
    """The unpacked bytes piece by piece, never more than allowed: a bomb is refused while it unpacks."""
    stream, seen = opener(), 0
    try:
        while chunk := stream.read(_CHUNK):
            seen += len(chunk)
            if seen > limits.unpacked_bytes:
                raise Unreadable(f"解压后超过 {size_zh(limits.unpacked_bytes)}，不予读取。请拆成几个文件分别上传。")
            yield chunk
    except (gzip.BadGzipFile, EOFError, zlib.error) as broken:
        raise Unreadable(_DAMAGED) from broken


def size_zh(size: int) -> str:
    """A size in bytes as people say it."""
    for unit, name in ((2**30, "GB"), (2**20, "MB"), (2**10, "KB")):
        if size >= unit:
            return f"{size / unit:g} {name}"
    return f"{size} 字节"


def _unclosable(stream: BinaryIO) -> io.BufferedReader:
    """The wrapper of text closes what it wraps when it is dropped; the file belongs to the caller."""
    return io.BufferedReader(_Borrowed(stream), buffer_size=_CHUNK)


class _Borrowed(io.RawIOBase):
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        chunk = self._stream.read(len(view))
        view[: len(chunk)] = chunk
        return len(chunk)
