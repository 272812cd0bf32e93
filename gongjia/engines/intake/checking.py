"""The check of an import: every row read once, judged, and what is good kept as it will be written."""

from collections.abc import Iterator
from itertools import islice

import polars as pl
from django.db import transaction

from gongjia.engines.intake import blocks, turns
from gongjia.engines.intake.core.frames import Frame, sliced
from gongjia.engines.intake.core.judging import whole_frames
from gongjia.engines.intake.importing import opened
from gongjia.engines.intake.models import Import, ImportBlock, ImportRow
from gongjia.engines.intake.noting import Told, note_rows, state_of
from gongjia.engines.intake.turns import ONE_BY_ONE, Turn

_COUNTED = ("new", "changed", "same", "conflict", "bad", "skipped")


def check(turn: Turn) -> None:
    """Read every row, classify the good ones, and write down those that have something to tell."""
    one = turn.one
    with transaction.atomic():
        turn.update(done=0)
        ImportBlock.objects.filter(source=one).delete()
        ImportRow.objects.filter(source=one, mends=b"").exclude(state=ImportRow.State.LEFT_OUT).delete()
    seen = 0
    with opened(one) as reading:
        for frame in sliced(whole_frames(reading), turns.TOGETHER):
            start, seen = seen, seen + frame.values.height
            found = list(_bad(turn, frame))
            good, told = _judged(turn, frame)
            with transaction.atomic():
                turn.update(done=seen)
                note_rows(one, [*found, *told])
                blocks.keep(one, good, start=start, end=seen, first=frame.first)
    counts = {f"{what}_count": turn.counts.get(what, 0) for what in _COUNTED}
    turn.end(Import.State.CHECKED, total=seen, done=seen, is_mended=False, cursor=0, **counts)


def _bad(turn: Turn, frame: Frame) -> Iterator[Told]:
    for _, row in sorted(frame.told.items()):
        if row.skipped:
            turn.count("skipped")
        elif row.problems:
            turn.count("bad")
            yield Told(row, ImportRow.State.BAD, row.problems)


def _judged(turn: Turn, frame: Frame) -> tuple[pl.DataFrame, list[Told]]:
    """The good rows as they are kept, and those of them that have something to tell."""
    many, on = turn.importer.many, turn.one.read_on
    places = frame.ok.arg_true()
    values = frame.values.filter(frame.ok)
    index = many.index(values)
    plain = many.plain(values, index, on=on)
    turn.count("new", int(plain.sum()))
    told = []
    looked_at = iter(places.filter(~plain).to_list())
    while some := list(islice(looked_at, ONE_BY_ONE)):
        rows = [frame.row(at) for at in some]
        for row, judgement in zip(rows, turn.importer.classify(turn.one.organisation, rows, on=on), strict=True):
            turn.count(judgement.fate)
            told.append(Told(row, state_of(judgement), judgement.remarks))
    return blocks.table_of(frame, values, places, index, plain), told
