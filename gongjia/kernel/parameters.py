"""Dated parameters: thresholds, rates and days from YAML, each with its unit, its source and the day it holds from.

The files keep OpenFisca's shape (`description`, `values: {date: {value, reference}}`), so that tables can be exchanged.
A file that begins with `region: "42"` holds that place's own values for parameters that a file without region declares;
what the law fixes (`locked: true`) no place can change. A value of null ends the one before it.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple, Self

from gongjia.kernel.parameter_files import (
    Entry,
    ParametersBad,
    Sheet,
    Source,
    Value,
    read_declaration,
    read_overlay,
    read_sheets,
    region_prefix,
)

__all__ = ["Dated", "Gap", "NoParameter", "Parameter", "Parameters", "ParametersBad", "Value", "region_prefix"]


class NoParameter(LookupError):
    """Nothing holds there on that day; the message is Chinese and names key, place and date."""


class Gap(NamedTuple):
    """A time between two values of the whole country in which nothing holds; `until` is None where it is still open."""

    key: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Dated:
    """A value as it holds on a day in a place. `since` is its first day, `until` the first day it no longer holds."""

    key: str
    value: Value
    unit: str
    since: date
    until: date | None
    region: str
    reference: str
    verified: bool

    @property
    def whole(self) -> int:
        """Raises TypeError for anything but a whole number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise TypeError(f"parameter {self.key} is no whole number")
        return self.value

    @property
    def decimal(self) -> Decimal:
        """Raises TypeError for anything but a whole or decimal number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | Decimal):
            raise TypeError(f"parameter {self.key} is no decimal number")
        return Decimal(self.value)

    @property
    def fraction(self) -> Fraction:
        """A share, exact, whether written 1/3 or 0.05."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | Decimal | Fraction):
            raise TypeError(f"parameter {self.key} is no share")
        return Fraction(self.value)

    @property
    def choices(self) -> tuple[Value, ...]:
        """The values allowed, where a parameter lists several."""
        if not isinstance(self.value, tuple):
            raise TypeError(f"parameter {self.key} is no list")
        return self.value


@dataclass(frozen=True)
class Parameter:
    """One parameter with its whole history: region prefix ("" is the whole country) → entries, oldest first."""

    key: str
    description: str
    unit: str
    locked: bool
    source: Source
    history: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)

    def at(self, on: date, region: str = "") -> Dated | None:
        """The value of the smallest place around `region` that has one on this day."""
        prefix = region_prefix(region)
        places = sorted((place for place in self.history if prefix.startswith(place)), key=len, reverse=True)
        return next((found for place in places if (found := self._in(place, on))), None)

    def _in(self, place: str, on: date) -> Dated | None:
        entries = self.history[place]
        number = bisect_right(entries, on, key=lambda entry: entry.since)
        entry = entries[number - 1] if number else None
        if entry is None or entry.value is None:
            return None
        until = entries[number].since if number < len(entries) else None
        return Dated(self.key, entry.value, self.unit, entry.since, until, place, entry.reference, entry.verified)

    @property
    def gaps(self) -> list[Gap]:
        entries = self.history[""]
        ends = [*(entry.since for entry in entries[1:]), None]
        return [
            Gap(self.key, entry.since, end) for entry, end in zip(entries, ends, strict=True) if entry.value is None
        ]


class Parameters(Mapping[str, Parameter]):
    """All parameters by key, sorted. Read once at the start; does not change."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self._parameters = dict(sorted(parameters.items()))

    @classmethod
    def load(cls, *folders: Path) -> Self:
        """Every .yaml below the folders, in any order. Raises ParametersBad naming file and key."""
        sheets = [sheet for folder in folders for sheet in read_sheets(folder)]
        found: dict[str, Parameter] = {}
        for sheet in (sheet for sheet in sheets if not sheet.region):
            for key, data in sheet.rows.items():
                if key in found:
                    raise ParametersBad(sheet.path, key, "已在别的文件里登记过，一个参数只能登记一次")
                meta, source, entries = read_declaration(sheet, key, data)
                found[key] = Parameter(key, meta.description, meta.unit, meta.locked, source, {"": entries})
        for sheet in (sheet for sheet in sheets if sheet.region):
            for key, data in sheet.rows.items():
                found[key] = _with_overlay(found.get(key), sheet, key, read_overlay(sheet, key, data))
        return cls(found)

    def value(self, key: str, *, on: date, region: str = "") -> Dated:
        """What holds on this day in this place (region code of any level). Raises NoParameter."""
        parameter = self._parameters.get(key)
        if parameter is None:
            raise NoParameter(f"没有登记名为 {key} 的参数，请先在参数表中登记")
        found = parameter.at(on, region)
        if found is None:
            place = f"地区 {region}" if region else "全国"
            day = f"{on.year}年{on.month}月{on.day}日"
            raise NoParameter(f"参数“{parameter.description}”（{key}）没有取值（{place}，{day}），请在参数表中补上")
        return found

    @property
    def gaps(self) -> list[Gap]:
        return [gap for parameter in self.values() for gap in parameter.gaps]

    def __getitem__(self, key: str) -> Parameter:
        return self._parameters[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)


def _with_overlay(parameter: Parameter | None, sheet: Sheet, key: str, entries: tuple[Entry, ...]) -> Parameter:
    if parameter is None:
        raise ParametersBad(sheet.path, key, "全国表里没有登记这个参数，地方只能给已登记的参数另定数值")
    if parameter.locked:
        raise ParametersBad(sheet.path, key, "这个数值由法律规定，地方不能另定")
    if sheet.region in parameter.history:
        raise ParametersBad(sheet.path, key, f"地区 {sheet.region} 已另有一份数值")
    return replace(parameter, history={**parameter.history, sheet.region: entries})
