"""The facts of a paper: checked against what its kind declares, and turned into texts once and for all."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypedDict

from gongjia.engines.papers.kinds import QR_WORD, STANDARD, Field, PaperKind
from gongjia.kernel.moments import day_zh, today_of

#: Facts as they are kept: a text each, or a list of rows of texts.
Facts = dict[str, Any]
#: What is longer is a sheet to work with, not a paper: Word takes seconds for as many.
MOST_ROWS = 5_000


class Shape(TypedDict):
    """Which words a template may name: sealed with a paper, so that it opens when its kind has got other fields."""

    texts: list[str]
    lists: dict[str, list[str]]


def shape_of(kind: PaperKind) -> Shape:
    lists = {each.zh: [column.zh for column in each.columns] for each in kind.fields if each.columns}
    code = [QR_WORD] if kind.layout.has_qr else []
    return {"texts": [*STANDARD, *code, *(each.zh for each in kind.fields if not each.columns)], "lists": lists}


def as_texts(kind: PaperKind, context: Mapping[str, Any]) -> Facts:
    """Raises ValueError where a fact is missing or unknown: that is a slip of the code that issues."""
    _same_names(f"paper {kind.code}", {each.code for each in kind.fields}, context)
    return {each.code: _value(each, context[each.code]) for each in kind.fields}


def in_words(kind: PaperKind, facts: Facts, standard: Mapping[str, str]) -> dict[str, Any]:
    """The same facts under their Chinese words, with what the engine fills in: what a template sees."""
    words: dict[str, Any] = dict(standard)
    for each in kind.fields:
        value = facts[each.code]
        if each.columns:
            zh = {column.code: column.zh for column in each.columns}
            words[each.zh] = [{zh[code]: text for code, text in row.items()} for row in value]
        else:
            words[each.zh] = value
    return words


def _value(field: Field, value: Any) -> Any:
    if not field.columns:
        return text_of(value)
    rows = list(value)
    if len(rows) > MOST_ROWS:
        raise ValueError(f"{field.code}: more than {MOST_ROWS} rows stand on no paper")
    wanted = {column.code for column in field.columns}
    for row in rows:
        _same_names(field.code, wanted, row)
    return [{column.code: text_of(row[column.code]) for column in field.columns} for row in rows]


def _same_names(where: str, wanted: set[str], given: Mapping[str, Any]) -> None:
    if wanted != given.keys():
        raise ValueError(f"{where}: missing {sorted(wanted - given.keys())}, unknown {sorted(given.keys() - wanted)}")


def text_of(value: Any) -> str:
    """Days as people write them, counts without grouping, None as nothing; the rest must be text already."""
    if isinstance(value, datetime):
        value = today_of(value)
    if isinstance(value, date):
        return day_zh(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str | int):
        return str(value)
    raise TypeError(f"a fact of a paper is a text, a whole number or a day, not {type(value).__name__}")
