"""Finding the heading row of a sheet and what each of its columns is."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from gongjia.engines.intake.core.spec import Cell, Column, SheetSpec
from gongjia.engines.intake.core.values import plain

_ASIDE = re.compile(  # what stands in brackets behind a heading without changing what it means
    r"[(\[【〔](?:必填|选填|可选|必须填写|必录|非必填|人|名|个|户|元|万元|全称|可空|\d+位.*|格式.*|如.*|例.*|示例.*|单位[:：].*|年.?月.?日?)[)\]】〕]"
)
_NOISE = re.compile(r"[\s\u00a0\u200b-\u200f\u2060\ufeff*※#:：,，、;；.。_\-/\\|\"'“”‘’()\[\]【】〔〕<>《》{}]+")
_BRACKET = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]")
_ALIEN = re.compile(  # a heading with one of these speaks of somebody or something else
    r"紧急|曾用|原|旧|备用|配偶|家|父|母|子女|亲|监护|担保|推荐|介绍|上级|下级|单位|公司|第二|其他|另|领导|对方|合计|增|减|变"
)
_ALIEN_GROUP = re.compile(r"紧急|配偶|家属|家庭|父母|子女|亲属|监护|担保|推荐人|介绍人")
_LEVELS = 3
_LONGEST_LEVEL = 20
SAMPLE = 40  # rows below the heading by whose cells a column is known
_FEW, _MOST_OF = 2, 0.6


@dataclass(frozen=True, slots=True)
class Heading:
    """`row` counts from 1. `columns`: field → (position from 0, heading as written); `serial`: position or None.

    `levels` are the keys of the rows that make the heading, each row by itself, `firsts` the first signs of its cells;
    `texts` is what stands over each column.
    """

    row: int
    columns: dict[str, tuple[int, str]]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    serial: int | None
    levels: tuple[tuple[str, ...], ...] = ()
    texts: tuple[str, ...] = ()
    firsts: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def heading_key(written: str) -> str:
    """What is left of a heading for comparing: no blanks, line breaks, marks, brackets or （必填） and the like."""
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", written))
    return _NOISE.sub("", _ASIDE.sub("", folded)).upper()


@lru_cache(maxsize=4096)
def heading_keys(written: str) -> tuple[str, ...]:
    """The keys under which a heading may be known, the surest first: as a whole; without what stands in brackets;
    without a running number in front or a translation behind; each side of a stroke. None speaks of somebody else."""
    whole = heading_key(written)
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", written))
    asides = _BRACKET.findall(folded)
    bare = heading_key(_BRACKET.sub("", folded)) if not any(map(_ALIEN.search, asides)) else whole
    keys = [whole, bare, re.sub(r"^\d{1,2}(?=\D)|(?<=[^A-Z])[A-Z]+$", "", bare)]
    sides = [heading_key(side) for side in re.split(r"[/、]|或", folded) if side]
    if len(sides) > 1 and not any(map(_ALIEN.search, sides)):
        keys += sides
    return tuple(dict.fromkeys(filter(None, keys)))


def find_heading(
    rows: Sequence[Sequence[Cell]],
    spec: SheetSpec,
    *,
    within: int | None = None,
    row: int | None = None,
    given: Mapping[str, str | int | None] | None = None,
) -> Heading | None:
    """The first row that names the most fields; None where no row names any. Rows are the first ones of the sheet.

    In a heading of two levels a cell left open by a vertical merge takes the text above it, so the lower row wins.
    Fields that no heading names are sought by what stands below. Only the first `within` rows can be the heading;
    `row` (from 1) and `given` (field → heading, position or None) are what a person has said.
    """
    best: Heading | None = None
    candidates = range(len(rows))[:within] if row is None else range(row - 1, min(row, len(rows)))
    for index in candidates:
        found = _heading_at(rows, index, spec, given or {})
        if row is not None or (found.columns and (best is None or _better(found, best, rows, spec))):
            best = found
    return _by_cells(best, rows[best.row : best.row + SAMPLE], spec, given or {}) if best else None


def _better(found: Heading, best: Heading, rows: Sequence[Sequence[Cell]], spec: SheetSpec) -> bool:
    if len(found.columns) != len(best.columns):
        return len(found.columns) > len(best.columns)
    return found.row == best.row + 1 and _is_lower_level(rows, best, spec)


def _is_lower_level(rows: Sequence[Sequence[Cell]], upper: Heading, spec: SheetSpec) -> bool:
    """Whether the row below a heading only divides groups of it: nothing under the fields that every record needs,
    and short words without a digit under cells that run over several columns."""
    lower = [plain(cell) for cell in rows[upper.row]]
    needed = [
        upper.columns[column.field][0] for column in spec.columns if column.required and column.field in upper.columns
    ]
    filled = [at for at, text in enumerate(lower) if text]
    if len(filled) < 2 or any(at in filled for at in needed):
        return False
    above = [plain(cell) for cell in rows[upper.row - 1]] + [""] * len(lower)
    return all(
        len(lower[at]) <= 12 and not re.search(r"\d", lower[at]) and (not above[at] or not above[at + 1])
        for at in filled
    )


def _heading_at(
    rows: Sequence[Sequence[Cell]], index: int, spec: SheetSpec, given: Mapping[str, str | int | None]
) -> Heading:
    texts, levels = _levels(rows, index)
    groups = _groups(levels)
    closed = {at for at, group in enumerate(groups) if _ALIEN_GROUP.search(group)}
    found = _name_columns(index + 1, texts, spec, closed, given)
    return replace(
        found,
        levels=tuple(tuple(map(heading_key, level)) for level in levels),
        texts=tuple(texts),
        firsts=frozenset(text[0] for level in levels for text in level if text),
    )


def _levels(rows: Sequence[Sequence[Cell]], index: int) -> tuple[list[str], list[list[str]]]:
    """The texts of a heading whose lowest row is given, and its rows, the lowest first.

    A row above belongs to it if it has several texts, none of them a sentence or “label: value”.
    """
    levels = [[plain(cell) for cell in rows[index]]]
    for above in range(index - 1, max(-1, index - _LEVELS), -1):
        texts = [plain(cell) for cell in rows[above]]
        if sum(map(bool, texts)) < 2 or any(
            len(text) > _LONGEST_LEVEL or re.search(r"[:：]\s*\S*$", text) for text in texts
        ):
            break
        levels.append(texts)
    width = max(map(len, levels))
    levels = [level + [""] * (width - len(level)) for level in levels]
    return [next(filter(None, column), "") for column in zip(*levels, strict=True)], levels


def _groups(levels: Sequence[Sequence[str]]) -> list[str]:
    """For each column the text of the merged cell above its heading, '' where there is none."""
    if len(levels) < 2:
        return [""] * len(levels[0])
    groups, running = [], ""
    for own, above in zip(levels[0], levels[1], strict=True):
        running = above or (running if own else "")
        groups.append(running if own else "")
    return groups


def _name_columns(
    row: int, texts: Sequence[str], spec: SheetSpec, closed: set[int], given: Mapping[str, str | int | None]
) -> Heading:
    columns: dict[str, tuple[int, str]] = {}
    taken: set[int] = set()
    for column in spec.columns:
        position = _said(given[column.field], texts) if column.field in given else None
        if position is not None:
            columns[column.field] = (position, texts[position])
            taken.add(position)
    keys = [heading_keys(text) if text else () for text in texts]
    for column in spec.columns:
        if column.field in given:
            continue
        position = _position_of(column, keys, taken | closed)
        if position is not None:
            columns[column.field] = (position, texts[position])
            taken.add(position)
    running = {heading_key(name) for name in spec.serial}
    serial = next((at for at, key in enumerate(keys) if key and key[0] in running and at not in taken), None)
    unknown = tuple(text for at, text in enumerate(texts) if keys[at] and at not in taken and at != serial)
    return Heading(row, columns, unknown, _missing(columns, spec), serial)


def _missing(columns: Mapping[str, object], spec: SheetSpec) -> tuple[str, ...]:
    return tuple(column.zh for column in spec.columns if column.required and column.field not in columns)


def _said(said: str | int | None, texts: Sequence[str]) -> int | None:
    if isinstance(said, int):
        return said if 0 <= said < len(texts) else None
    wanted = heading_key(said) if said else ""
    return next((at for at, text in enumerate(texts) if wanted and heading_key(text) == wanted), None)


@lru_cache(maxsize=512)
def _wanted(names: tuple[str, ...], pattern: str) -> tuple[tuple[str, ...], re.Pattern[str] | None]:
    return tuple(map(heading_key, names)), re.compile(pattern) if pattern else None


def _position_of(column: Column, keys: Sequence[tuple[str, ...]], closed: set[int]) -> int | None:
    """The column whose heading is the best synonym; of the same one the first; whole headings before parts of them."""
    names, pattern = _wanted((column.zh, *column.synonyms), column.pattern)
    for depth in range(max(map(len, keys), default=0)):
        free: dict[str, int] = {}
        for at, key in enumerate(keys):
            if depth < len(key) and at not in closed:
                free.setdefault(key[depth], at)
        position = next((free[name] for name in names if name in free), None)
        if position is None and pattern:
            position = next((at for key, at in free.items() if pattern.fullmatch(key)), None)
        if position is not None:
            return position
    return None


def _by_cells(
    found: Heading, below: Sequence[Sequence[Cell]], spec: SheetSpec, given: Mapping[str, str | int | None]
) -> Heading:
    """The heading with fields added that no heading names but whose cells leave no doubt."""
    columns = dict(found.columns)
    taken = {at for at, _ in columns.values()}
    for column in spec.columns:
        if column.field in columns or column.looks is None or column.field in given:
            continue
        fitting = [at for at in _unnamed(column, found, below) if at not in taken and _fits(column, at, below)]
        if len(fitting) == 1:
            at = fitting[0]
            columns[column.field] = (at, found.texts[at] if at < len(found.texts) else "")
            taken.add(at)
    if len(columns) == len(found.columns):
        return found
    serial = None if found.serial in taken else found.serial
    unknown = tuple(
        text for at, text in enumerate(found.texts) if heading_key(text) and at not in taken and at != serial
    )
    return replace(found, columns=columns, unknown=unknown, serial=serial, missing=_missing(columns, spec))


def _unnamed(column: Column, found: Heading, below: Sequence[Sequence[Cell]]) -> Iterator[int]:
    """The columns whose heading does not forbid that they are the field."""
    width = max([len(found.texts), *map(len, below)])
    for at in range(width):
        key = heading_key(found.texts[at]) if at < len(found.texts) else ""
        if not _ALIEN.search(key) and re.fullmatch(column.unnamed, key):
            yield at


def _fits(column: Column, at: int, below: Sequence[Sequence[Cell]]) -> bool:
    looks = column.looks
    cells = [row[at] for row in below if at < len(row) and plain(row[at])]
    fitting = sum(bool(looks and looks(cell)) for cell in cells)
    return fitting >= _FEW and fitting >= _MOST_OF * len(cells)
