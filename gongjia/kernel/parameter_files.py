"""Reading and checking the YAML files of parameters; a mistake is named with its file and key, never passed over."""

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import yaml

Scalar = int | Decimal | Fraction | str | bool
Value = Scalar | tuple[Scalar, ...]

_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_FRACTION = re.compile(r"\d+/[1-9]\d*")
_REGION = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}")
_DECLARED = {"description", "unit", "locked", "source", "verified", "values"}
_OVERLAID = {"source", "verified", "values"}
_ENTRY = {"value", "reference", "verified"}


class ParametersBad(ValueError):
    """A file of parameters cannot be used; the message is Chinese and says where and why."""

    def __init__(self, path: Path, key: str, why: str) -> None:
        super().__init__(f"参数文件 {path.name} 的 {key}：{why}" if key else f"参数文件 {path.name}：{why}")


@dataclass(frozen=True)
class Source:
    """Where a figure comes from. `place` is where the document is in force."""

    document: str
    number: str = ""
    article: str = ""
    date: str = ""
    place: str = ""

    @property
    def citation(self) -> str:
        number = f"（{self.number}）" if self.number else ""
        return f"《{self.document}》{number}{self.article}"


class Entry(NamedTuple):
    """From `since` on `value` holds; None: nothing holds any more."""

    since: date
    value: Value | None
    reference: str
    verified: bool


class Meta(NamedTuple):
    description: str
    unit: str
    locked: bool


@dataclass(frozen=True)
class Sheet:
    """One file: its rows by key, for the whole country (region "") or one place."""

    path: Path
    region: str
    rows: Mapping[str, Any]


def region_prefix(code: str) -> str:
    """The part of a region code that says something: 421200 → 4212, 420000 → 42, 421202001000 → 421202001."""
    if not code:
        return ""
    if not _REGION.fullmatch(code):
        raise ValueError(f"{code!r} is no region code of 2, 4, 6, 9 or 12 digits")
    for length, nought in ((12, "000"), (9, "000"), (6, "00"), (4, "00")):
        if len(code) == length and code.endswith(nought):
            code = code[: -len(nought)]
    return code


def read_sheets(folder: Path) -> Iterator[Sheet]:
    for path in sorted(folder.rglob("*.yaml")):
        try:
            data = yaml.load(path.read_text("utf-8"), Loader=_ExactLoader)  # noqa: S506 - a SafeLoader, see below
        except yaml.YAMLError as error:
            raise ParametersBad(path, "", f"不是正确的 YAML：{error}") from error
        if not isinstance(data, dict):
            raise ParametersBad(path, "", "应当是“参数名: 内容”的列表")
        region = data.pop("region", "")
        try:
            yield Sheet(path, region_prefix(region), data)
        except (TypeError, ValueError):
            raise ParametersBad(path, "region", "地区代码要加引号，写 2、4、6、9 或 12 位数字") from None


def read_declaration(sheet: Sheet, key: str, data: Any) -> tuple[Meta, Source, tuple[Entry, ...]]:
    _require(sheet, key, _KEY.fullmatch(key) is not None, "参数名应为小写英文，用点分段，例如 org.term_years")
    _check_keys(sheet, key, data, allowed=_DECLARED, needed=_DECLARED)
    for name, kind in (("description", str), ("unit", str), ("locked", bool)):
        _require(sheet, key, isinstance(data[name], kind) and data[name] != "", f"{name} 没有填好")
    source = _source(sheet, key, data["source"])
    _require(sheet, key, data["verified"] or not data["locked"], "未核实的数值不能锁定")
    return Meta(data["description"], data["unit"], data["locked"]), source, _entries(sheet, key, data, source)


def read_overlay(sheet: Sheet, key: str, data: Any) -> tuple[Entry, ...]:
    """A place's own values; its description, unit and lock are those of the declaration."""
    _check_keys(sheet, key, data, allowed=_OVERLAID, needed=_OVERLAID)
    return _entries(sheet, key, data, _source(sheet, key, data["source"]))


def _source(sheet: Sheet, key: str, data: Any) -> Source:
    _check_keys(
        sheet, key, data, allowed=set(Source.__dataclass_fields__), needed={"document", "place"}, where="source "
    )
    return Source(**{name: str(text) for name, text in data.items()})


def _entries(sheet: Sheet, key: str, data: Mapping[str, Any], source: Source) -> tuple[Entry, ...]:
    _require(sheet, key, isinstance(data["verified"], bool), "verified 只能是 true 或 false")
    values = data["values"]
    _require(sheet, key, isinstance(values, dict) and bool(values), "values 至少要有一个日期")
    return tuple(
        _entry(sheet, key, since, values[since], data["verified"], source) for since in _dates(sheet, key, values)
    )


def _dates(sheet: Sheet, key: str, values: Mapping[Any, Any]) -> list[date]:
    for since in values:
        _require(sheet, key, type(since) is date, f"“{since}”不是日期，请写成 2022-01-01")
    return sorted(values)


def _entry(sheet: Sheet, key: str, since: date, data: Any, verified: bool, source: Source) -> Entry:  # noqa: FBT001
    _check_keys(sheet, key, data, allowed=_ENTRY, needed={"value"}, where=f"{since} ")
    own = data.get("verified", verified)
    _require(sheet, key, isinstance(own, bool), f"{since} 的 verified 只能是 true 或 false")
    return Entry(since, _value(sheet, key, data["value"]), str(data.get("reference") or source.citation), own)


def _value(sheet: Sheet, key: str, data: Any) -> Value | None:
    if data is None:
        return None
    if isinstance(data, list) and data:
        return tuple(_scalar(sheet, key, one) for one in data)
    return _scalar(sheet, key, data)


def _scalar(sheet: Sheet, key: str, data: Any) -> Scalar:
    if isinstance(data, str) and _FRACTION.fullmatch(data):
        return Fraction(data)
    if isinstance(data, Scalar):
        return data
    raise ParametersBad(sheet.path, key, "数值只能是整数、小数、分数（如 1/3）、文字、是否，或它们的列表")


def _check_keys(sheet: Sheet, key: str, data: Any, *, allowed: set[str], needed: set[str], where: str = "") -> None:
    _require(sheet, key, isinstance(data, dict), f"{where}内容应当分项填写")
    for name in sorted(needed - data.keys()):
        raise ParametersBad(sheet.path, key, f"{where}缺少 {name}")
    for name in sorted(data.keys() - allowed, key=str):
        raise ParametersBad(sheet.path, key, f"{where}里没有 {name} 这一项")


def _require(sheet: Sheet, key: str, holds: bool, why: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not holds:
        raise ParametersBad(sheet.path, key, why)


class _ExactLoader(yaml.SafeLoader):
    """SafeLoader that keeps 0.005 as it is written and refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002
        names = [self.construct_object(name, deep=True) for name, _ in node.value]
        twice = {str(name) for name in names if names.count(name) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"{'、'.join(sorted(twice))} 写了两次", node.start_mark)
        return super().construct_mapping(node, deep)


def _exact(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    number = Decimal(str(loader.construct_scalar(node)).lower().replace(".inf", "inf").replace(".nan", "nan"))
    if not number.is_finite():
        raise yaml.constructor.ConstructorError(None, None, f"{node.value} 不是一个数", node.start_mark)
    return number


_ExactLoader.add_constructor("tag:yaml.org,2002:float", _exact)
