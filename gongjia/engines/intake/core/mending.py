"""A reading with cells mended by hand: every rule sees the mended cell as if it had stood in the file."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from gongjia.engines.intake.core.reading import Part, Reading
from gongjia.engines.intake.core.texts import Record

Place = tuple[str, int]
"""Sheet and number of a row."""


def mended(
    reading: Reading, mends: Mapping[Place, Mapping[str, str]], left_out: frozenset[Place] = frozenset()
) -> Reading:
    """`mends`: the new text of fields of rows. A row that is left out reads like a blank one."""
    if not mends and not left_out:
        return reading
    parts = tuple(replace(part, records=partial(_records, part, mends, left_out)) for part in reading.parts)
    return replace(reading, parts=parts, source=None)


def _records(part: Part, mends: Mapping[Place, Mapping[str, str]], left_out: frozenset[Place]) -> Iterator[Record]:
    places = {field: at for field, (at, _) in part.heading.columns.items()}
    for record in part.records():
        place = part.sheet, record.number
        if place in left_out:
            yield Record(record.number, [])
        elif place in mends:
            yield _mended(record, {places[field]: text for field, text in mends[place].items() if field in places})
        else:
            yield record


def _mended(record: Record, texts: Mapping[int, str]) -> Record:
    cells = [*record.cells, *[None] * (max(texts, default=-1) + 1 - len(record.cells))]
    for at, text in texts.items():
        cells[at] = text
    return record._replace(cells=cells)
