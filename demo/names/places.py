"""Addresses: a real township and village of the city, with a coined road or a group and a house number."""

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

import gongjia.backbone.regions
from demo.names.draw import FOLDER, Draw, table, words

CITY = "4212"


Divisions = tuple[tuple[str, str], ...]


class Place(NamedTuple):
    region: str
    """Code of the village or community, twelve digits; it begins with the codes of township, county and city."""
    address: str
    """In full, from the city on."""


@cache
def divisions(city: str = CITY) -> dict[str, tuple[str, str]]:
    """Each division of the city by code: its level and name."""
    path = Path(gongjia.backbone.regions.__path__[0]) / f"data/{city}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["level"], row["name"]) for row in csv.DictReader(file)}


@cache
def villages(city: str = CITY) -> dict[str, tuple[Divisions, Divisions]]:
    """By county: its villages, then its communities, each as code and name from the city on."""
    known = divisions(city)
    found: dict[str, tuple[list[tuple[str, str]], list[tuple[str, str]]]] = defaultdict(lambda: ([], []))
    for code, (level, name) in known.items():
        if level == "village":
            above = "".join(known[code[:digits]][1] for digits in (4, 6, 9))
            found[code[:6]][name.endswith("社区")].append((code, above + name))
    return {county: (tuple(rural), tuple(urban)) for county, (rural, urban) in found.items()}


@cache
def province_counties() -> tuple[str, ...]:
    """Codes of all counties of the province, as they stand in identity numbers."""
    with (FOLDER / "counties.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["code"] for row in csv.DictReader(file))


class Places:
    def __init__(self, seed: int, purpose: str = "places") -> None:
        self._draw = Draw(seed, purpose)
        roads = words("roads")
        self._first, self._second = roads["first"], roads["second"]
        self._kinds = table(roads["kinds"], 21)

    def address(self, county: str, *, in_town: float = 0.3) -> Place:
        """An address in the county; `in_town` is the share that stands on a road of a community."""
        draw = self._draw
        rural, urban = villages()[county]
        if draw.random() < in_town:
            code, name = draw.one(urban)
            return Place(code, f"{name}{self.road()}{int(draw.random() * 298) + 1}号")
        code, name = draw.one(rural)
        return Place(code, f"{name}{int(draw.random() * 14) + 1}组{int(draw.random() * 96) + 1}号")

    def road(self) -> str:
        draw = self._draw
        return "".join((draw.one(self._first), draw.one(self._second), draw.one(self._kinds)))
