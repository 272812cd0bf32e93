"""Sealed content on disk: a file is a row of sealed pieces, each bound to its file, its place and whether it is last.

Nothing clear touches the disk, and a piece that was swapped, moved, cut off or taken from another file does not open.
"""

import hashlib
import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from gongjia.kernel import keyring
from gongjia.kernel.crypto import NotSealed

PIECE = 1 << 20
LENGTH = struct.Struct(">I")


def path_of(reference: str) -> Path:
    """Where a file lies, spread over folders of the first two signs."""
    return Path(settings.VAR) / "files" / reference[:2] / reference


def write(reference: str, chunks: Iterable[bytes], *, anew: bool = False) -> tuple[int, str]:
    """Seal and store; returns size and SHA-256 of the clear content. Durable before it returns, never half there.

    Raises FileExistsError where a content lies already, unless it is to be written `anew`.
    """
    path = path_of(reference)
    if path.exists() and not anew:
        raise FileExistsError(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    size, seen = 0, hashlib.sha256()
    try:
        with part.open("wb") as out:
            for number, piece, is_last in _numbered(chunks):
                size += len(piece)
                seen.update(piece)
                sealed = keyring.current().seal(piece, context=_context(reference, number, is_last=is_last))
                out.write(LENGTH.pack(len(sealed)) + sealed)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return size, seen.hexdigest()


def read(reference: str) -> Iterator[bytes]:
    """The clear pieces in order. Raises crypto.SealError for what was changed, FileNotFoundError for what is gone."""
    with path_of(reference).open("rb") as source:
        number, head = 0, source.read(LENGTH.size)
        while head or number == 0:  # an empty content is one empty piece: a file without any was cut off
            if len(head) < LENGTH.size:
                raise NotSealed(f"文件 {reference} 不完整，不能打开。请联系系统管理员从备份恢复")
            sealed = source.read(LENGTH.unpack(head)[0])
            head = source.read(LENGTH.size)
            yield keyring.current().open_(sealed, context=_context(reference, number, is_last=not head))
            number += 1


def delete(reference: str) -> None:
    path_of(reference).unlink(missing_ok=True)


def _context(reference: str, number: int, *, is_last: bool) -> bytes:
    return f"file:{reference}:{number}:{'last' if is_last else 'more'}".encode()


def _numbered(chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes, bool]]:
    """Pieces of one size, numbered, the last one marked; an empty file is one empty piece."""
    number, held = 0, b""
    for chunk in chunks:
        held += chunk
        while len(held) > PIECE:
            yield number, held[:PIECE], False
            number, held = number + 1, held[PIECE:]
    yield number, held, True
