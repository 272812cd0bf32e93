"""What the pages of a drive say of its numbers: words, bars, links. Reads no rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from gongjia.domains.organising.drives.queries import Line
from gongjia.domains.organising.drives.rules import Pace
from gongjia.domains.organising.drives.words import DEFINITIONS, DriveState, Stage
from gongjia.domains.organising.models import Drive

_TONES = {DriveState.PLANNED: "waiting", DriveState.RUNNING: "doing", DriveState.OVER: "plain", DriveState.ENDED: "off"}
#: The columns of the table of unions.
COLUMNS = (Stage.LISTED, Stage.VISITED, Stage.AGREED, Stage.FOUNDING, Stage.ORGANISED)


@dataclass(frozen=True)
class Head:
    """How a drive stands in time."""

    state_zh: str
    tone: str
    days_zh: str


@dataclass(frozen=True)
class Said:
    """How far a target is reached: a sentence, and a word with its tone where there is something to judge."""

    zh: str
    tone: str = "plain"
    word: str = ""


@dataclass(frozen=True)
class Step:
    """One bar of the funnel: `left` and `width` in percent of the widest; `part` of the stage before, in words."""

    zh: str
    count: int
    url: str
    definition: str
    part: str
    left: float
    width: float
    is_last: bool


def head_of(drive: Drive, *, on: date) -> Head:
    state = drive.state_on(on)
    years = "" if drive.from_on.year == drive.until_on.year else f"{drive.until_on.year}年"
    until = f"{years}{drive.until_on.month}月{drive.until_on.day}日"
    days = f"{drive.from_on.year}年{drive.from_on.month}月{drive.from_on.day}日—{until}"
    return Head(state.label, _TONES[state], days)


def said_of(drive: Drive, pace: Pace, *, on: date) -> Said:
    """How far the target is reached, in words."""
    state = drive.state_on(on)
    if not pace.target:
        return Said("没有给这里定目标。")
    if pace.done >= pace.target:
        return Said(f"目标 {pace.target:,} 家，已经建会 {pace.done:,} 家，目标完成了。", "good", "完成目标")
    if state == DriveState.PLANNED:
        return Said(f"{drive.from_on.month}月{drive.from_on.day}日开始，目标 {pace.target:,} 家。")
    missing = pace.target - pace.done
    if state != DriveState.RUNNING:
        return Said(
            f"{state.label}：目标 {pace.target:,} 家，建会 {pace.done:,} 家，差 {missing:,} 家。", "late", "没有完成"
        )
    even = f"按时间到今天应建会 {pace.due:,} 家，现在 {pace.done:,} 家，"
    if pace.behind > 0:
        return Said(f"{even}慢了 {pace.behind:,} 家。", "late", "慢于进度")
    return Said(f"{even}{f'快了 {-pace.behind:,} 家' if pace.behind else '正好跟上'}。", "good", "跟上进度")


def bar_of(pace: Pace) -> dict[str, Any]:
    """What the bar of the target draws: what is done, and where an even pace would stand today."""
    whole = max(pace.target, pace.done, 1)
    is_on = bool(pace.target and pace.gone > 0 and pace.left)
    due_at = min(100 * pace.due / whole, 99.4) if is_on else -10
    return {
        "done_width": 100 * pace.done / whole,
        "due_at": due_at,
        "due_zh": f"细线是按时间到今天应有的 {pace.due:,} 家。" if is_on else "",
    }


def funnel_of(counts: Mapping[str, int], url: str) -> list[Step]:
    """The stages from the widest to the narrowest, each in the middle."""
    most = counts[Stage.LISTED] or 1
    found: list[Step] = []
    before: int | None = None
    for stage in Stage:
        count = counts[stage]
        width = round(100 * count / most, 1)
        part = "" if before is None else f"上一步的 {_percent(count, before)}"
        link = f"{url}&{urlencode({'stage': stage.value})}" if count else ""
        last = stage == Stage.ORGANISED
        found.append(Step(stage.label, count, link, DEFINITIONS[stage], part, round(50 - width / 2, 2), width, last))
        before = count
    return found


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "—"


def lines_of(lines: Sequence[Line], url: str) -> list[dict[str, Any]]:
    """The table of unions: each number with the address of its rows."""
    return [_line(each, url) for each in lines]


def _line(line: Line, url: str) -> dict[str, Any]:
    union = line.union
    which = "union" if line.is_own else "under"
    mine = f"{url}&{urlencode({which: union.reference})}"
    cells = [(stage.label, line.counts[stage], f"{mine}&stage={stage.value}") for stage in COLUMNS]
    done = line.counts[Stage.ORGANISED]
    return {
        "zh": f"{union.name}（本级）" if line.is_own else union.name,
        "url": f"{mine}&stage={Stage.LISTED}",
        "target": line.target,
        "cells": [*cells, ("停滞", line.counts["stalled"], f"{mine}&stalled=on")],
        "part": f"{_percent(done, line.target)}" if line.target else "",
    }
