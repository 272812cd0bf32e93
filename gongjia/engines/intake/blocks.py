"""Good rows of a checked sheet, kept sealed as tables of clean values until they are written."""

import base64
import io
from collections.abc import Iterator
from itertools import pairwise

import polars as pl

from gongjia.engines.intake.core.frames import Frame
from gongjia.engines.intake.kept import INDEX, NUMBER, PLAIN, SHEET
from gongjia.engines.intake.models import Import, ImportBlock
from gongjia.engines.intake.turns import ONE_BY_ONE


def table_of(frame: Frame, values: pl.DataFrame, places: pl.Series, index: list[str], plain: pl.Series) -> pl.DataFrame:
    return values.with_columns(
        pl.lit(frame.sheet[:120]).alias(SHEET),
        (places.cast(pl.Int64) + frame.first).alias(NUMBER),
        pl.Series(INDEX, index, dtype=pl.String),
        plain.alias(PLAIN),
    )


def keep(one: Import, table: pl.DataFrame, *, start: int, end: int, first: int) -> None:
    """Keep the good rows of a frame, whose rows are the file's from `start` to `end` (excluded) and stand in the sheet
    from row `first` on. Rows that are written one by one are few in a block: nobody waits long for its transaction."""
    others = table.filter(~table[PLAIN])[NUMBER].to_list()
    cuts = [number - first for number in others[ONE_BY_ONE::ONE_BY_ONE]]
    for begins, ends in pairwise([0, *cuts, end - start]):
        rows = table.filter((table[NUMBER] >= first + begins) & (table[NUMBER] < first + ends))
        if rows.height:
            _keep(one, rows, start=start + begins, end=start + ends)


def _keep(one: Import, table: pl.DataFrame, *, start: int, end: int) -> None:
    packed = io.BytesIO()
    table.write_ipc(packed, compression="lz4")
    block = ImportBlock(source=one, start=start, end=end)
    block.seal_in(content=base64.b64encode(packed.getvalue()).decode())
    block.save()


def waiting(one: Import) -> Iterator[tuple[int, int, pl.DataFrame]]:
    """Where each block that is still to be written begins and ends, and its rows; one at a time is opened."""
    rows = ImportBlock.objects.filter(source=one, start__gte=one.cursor).order_by("start")
    for number in list(rows.values_list("pk", flat=True)):
        block = ImportBlock.objects.get(pk=number)
        yield block.start, block.end, pl.read_ipc(io.BytesIO(base64.b64decode(block.reveal("content"))))
