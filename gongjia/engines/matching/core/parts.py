"""The same comparison, its records in parts that may be worked on anywhere: what a cluster runs is written elsewhere.

A record's verdict depends on the others in one thing only: what they have linked to. So the parts are gone through
twice: what the exact stages say, then, knowing all that was linked, what the model says of the rest.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gongjia.engines.matching.core.records import Record, Rows
from gongjia.engines.matching.core.stages import EXACT, Stage
from gongjia.engines.matching.core.verdicts import Decided, Verdict, exact, linked, nearer

if TYPE_CHECKING:
    from gongjia.engines.matching.core.columns import Column
    from gongjia.engines.matching.core.model import Model
    from gongjia.engines.matching.core.register import Register


class Shared(NamedTuple):
    """What every part needs, sent once to wherever it is worked on."""

    register: "Register"
    ending: re.Pattern[str] | None
    tiers: Sequence[Sequence[Stage]]
    model: "Model | None"
    taken: frozenset[int] = frozenset()


class Part(NamedTuple):
    """Some rows that follow one another, what people have decided of them, and, the second time, what was found."""

    rows: Rows
    decided: Mapping[int, Decided]
    verdicts: Sequence[Verdict] = ()


Work = Callable[[Shared, Part], list[Verdict]]
Spread = Callable[[Work, Shared, Sequence[Part]], Iterable[list[Verdict]]]
"""Does the work on each part, somewhere, and gives what it made of them in the order of the parts."""


def match_in_parts(
    register: "Register",
    records: Iterable[Record] | Rows,
    *,
    spread: Spread,
    size: int,
    ending: re.Pattern[str] | None = None,
    tiers: Sequence[Sequence[Stage]] = EXACT,
    model: "Model | None" = None,
    decided: Mapping[int, Decided] | None = None,
) -> Iterator[Verdict]:
    """What `match` gives, worked out in parts of `size` records."""
    shared = Shared(register, ending, tiers if model is None else tiers[:1], model)
    parts = _parts(Rows.of(records), decided or {}, size)
    found = list(spread(_exact, shared, parts))
    if model is not None:
        taken = frozenset(linked(verdict for some in found for verdict in some))
        parts = [part._replace(verdicts=some) for part, some in zip(parts, found, strict=True)]
        found = list(spread(_nearer, shared._replace(taken=taken), parts))
    return (verdict for some in found for verdict in some)


def _parts(rows: Rows, decided: Mapping[int, Decided], size: int) -> list[Part]:
    parts = []
    for start in range(0, len(rows.names), size):
        cut = slice(start, start + size)
        some = Rows(rows.names[cut], rows.codes[cut], rows.places[cut], rows.other_names[cut])
        parts.append(Part(some, {at - start: said for at, said in decided.items() if start <= at < start + size}))
    return parts


def _exact(shared: Shared, part: Part) -> list[Verdict]:
    return exact(shared.register, _column(shared, part), shared.tiers, part.decided)


def _nearer(shared: Shared, part: Part) -> list[Verdict]:
    if shared.model is None:
        return list(part.verdicts)
    verdicts = list(part.verdicts)
    nearer(shared.register, _column(shared, part), verdicts, shared.model, part.decided, shared.taken)
    return verdicts


def _column(shared: Shared, part: Part) -> "Column":
    return shared.register.know_all(part.rows, shared.ending)
