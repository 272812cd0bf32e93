"""The progress of a drive as a workbook: the funnel with what each number means, and its unions."""

import io
from datetime import date

from gongjia.domains.organising.drives.queries import Board, Line
from gongjia.domains.organising.drives.rows import scope_zh
from gongjia.domains.organising.drives.words import DEFINITIONS, Beside, Stage
from gongjia.domains.organising.models import Drive
from gongjia.engines.intake.core.export import harmless

_COUNTED = [(str(label), code) for kind in (Stage, Beside) for code, label in kind.choices]
_OF_UNIONS = ("工会", "目标", *(zh for zh, _ in _COUNTED))


def workbook(drive: Drive, board: Board, *, target: int, on: date) -> bytes:
    """No cell can be calculated; numbers are numbers. `target`: of what the board covers."""
    import xlsxwriter  # pages that export nothing start without it

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    _fill(book.add_worksheet("进度"), _progress(drive, board, target, on), widths=(18, 12, 90))
    _fill(book.add_worksheet("各工会"), [[*_OF_UNIONS, "停滞"], *map(_of_union, board.lines)], widths=(34, *[11] * 10))
    book.close()
    return out.getvalue()


def _progress(drive: Drive, board: Board, target: int, on: date) -> list[list[str | int]]:
    days = f"{drive.from_on.isoformat()} 至 {drive.until_on.isoformat()}"
    head: list[list[str | int]] = [
        ["行动", drive.name],
        ["开展的工会", drive.organisation.name],
        ["起止", days],
        ["范围", "、".join(scope_zh(drive)) or "名单上的全部单位"],
        ["截至", on.isoformat()],
        [],
        ["项目", "家数", "怎么算的"],
        ["目标", target, "行动到期时应当建会的家数；只看得到一部分工会的，是这些工会的目标之和。"],
    ]
    stages: list[list[str | int]] = [[zh, board.counts[code], DEFINITIONS[code]] for zh, code in _COUNTED]
    return head + stages


def _of_union(line: Line) -> list[str | int]:
    name = line.union.name
    counts = [line.counts[code] for _, code in (*_COUNTED, ("停滞", "stalled"))]
    return [f"{name}（本级）" if line.is_own else name, "" if line.target is None else line.target, *counts]


def _fill(sheet: object, rows: list[list[str | int]], *, widths: tuple[int, ...]) -> None:
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width)  # type: ignore[attr-defined]
    for number, cells in enumerate(rows):
        for at, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(number, at, cell)  # type: ignore[attr-defined]
            else:
                sheet.write_string(number, at, harmless(cell))  # type: ignore[attr-defined]
