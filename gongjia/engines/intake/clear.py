"""What is sent, in clear for as long as it is read."""

from collections.abc import Iterable, Iterator
from typing import IO

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
