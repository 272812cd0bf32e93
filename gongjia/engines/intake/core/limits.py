"""How large a sheet may be, and the one exception for a file that cannot be read as a whole."""

from dataclasses import dataclass


class Unreadable(Exception):
    """The whole file is refused. The text is a Chinese sentence: what is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds, each of them included.

    `file_bytes` as sent, `workbook_bytes` the same for a workbook, which is held as a whole, `unpacked_bytes` after
    unpacking (gzip, or all members of a workbook together), `rows` below the heading, `columns` of its first rows.
    `workbook_memory` (bytes) and `workbook_seconds` (of computing) bound the process that reads a workbook: it holds
    the rectangle around all filled cells of a sheet, 32 bytes a cell.
    """

    file_bytes: int = 50 * 2**20
    workbook_bytes: int = 50 * 2**20
    columns: int = 2_000
    unpacked_bytes: int = 2**30
    rows: int = 1_000_000
    workbook_memory: int = 3 * 2**30
    workbook_seconds: int = 300
    heading_within: int = 20
