"""The words that names of firms are made of: trades and divisions. Where they come from: this folder's README."""

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from gongjia.engines.matching.core.regions import Regions, stem

_FOLDER = Path(__file__).parent
LONGEST_BRAND = 7


@cache
def trades() -> frozenset[str]:
    return frozenset((_FOLDER / "trades.txt").read_text(encoding="utf-8").split())


@cache
def divisions() -> tuple[tuple[str, str, str], ...]:
    """Province, city and county of every county in the list; a city's own row has no county, a province's neither."""
    with (_FOLDER / "divisions.csv").open(encoding="utf-8", newline="") as lines:
        return tuple((row["province"], row["city"], row["county"]) for row in csv.DictReader(lines))


@cache
def heads() -> frozenset[str]:
    """Provinces and cities with and without their kind, counties with it: their stems are often ordinary words."""
    large = {word for *both, _ in divisions() for whole in both for word in (whole, stem(whole))}
    return frozenset(word for word in large | {county for *_, county in divisions()} if len(word) > 1)


def stranger(folded: str, regions: Regions) -> str:
    """The division at the head of a name that is none of the register's own (柳州 in a list of Hubei), or nothing."""
    for length in (4, 3, 2):
        head = folded[:length]
        if head in heads():
            return "" if head in regions else head
    return ""


def lengths_of_brands(cores: Iterable[str]) -> list[int]:
    """For each name without region and form: how many signs its brand (字号) has, the trade (行业) being the rest.

    The brand ends where the first word of a trade begins, after two signs at least; a name without such a word is all
    brand.
    """
    return [_length_of_brand(core) for core in cores]


def _length_of_brand(core: str) -> int:
    starts = _starts()
    for place in range(2, min(len(core) - 1, LONGEST_BRAND)):
        lengths = starts.get(core[place : place + 2])
        if lengths and any(core[place : place + length] in trades() for length in lengths):
            return place
    return len(core)


@cache
def _starts() -> dict[str, tuple[int, ...]]:
    """The first two signs of every word of a trade, with the lengths of the words that begin so."""
    found: dict[str, set[int]] = {}
    for word in trades():
        found.setdefault(word[:2], set()).add(len(word))
    return {start: tuple(sorted(lengths)) for start, lengths in found.items()}
