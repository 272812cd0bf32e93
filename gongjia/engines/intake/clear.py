"""What is sent, in clear for as long as it is read."""

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings

from gongjia.engines.intake.core.kinds import Kind, kind_of
from gongjia.kernel.errors import Refused


def keep_clear(chunks: Iterable[bytes], target: IO[bytes], *, limit: int, what: str) -> None:
    """Copy what is sent into a clear temporary file. Refused beyond `limit` bytes."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise Refused(f"{what}超过 {limit >> 20} MB，请拆成几个文件分别上传。")
        target.write(chunk)
    target.seek(0)


def pieces(source: IO[bytes]) -> Iterator[bytes]:
    """A file in pieces of one mebibyte."""
    while piece := source.read(1 << 20):
        yield piece


@contextmanager
def alone(clear: IO[bytes]) -> Iterator[None]:
    """A workbook is held in memory as a whole: on a machine they are read one after the other. Raises Unreadable for
    what is no sheet at all. Not to be nested."""
    if kind_of(clear) in {Kind.TEXT, Kind.GZIP}:  # type: ignore[arg-type]  # any seekable file
        yield
        return
    with (Path(settings.VAR) / "reading.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
