"""The answer book: what is delivered (seeds/book.yaml), what organisations wrote in its place, and how it is searched.

Pure but for reading the delivered file once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

from gongjia.domains.voices import rules
from gongjia.domains.voices.words import Topic

_MOST = 3
#: A match below this says nothing: two common characters.
_LEAST = 3


@dataclass(frozen=True)
class Entry:
    """One answer as it is shown. `key` is stable: the seed's id, or the reference of an organisation's own row."""

    key: str
    topic: Topic
    question: str
    answer: str
    source: str
    reviewed_on: date
    words: str = ""
    is_verified: bool = False
    kept_by: str = ""
    reference: str = ""
    is_shown: bool = True


@lru_cache(maxsize=1)
def delivered() -> tuple[Entry, ...]:
    """What every installation begins with. Raises KeyError for a row that lacks something."""
    rows = yaml.safe_load((Path(__file__).parent / "seeds" / "book.yaml").read_text("utf-8"))
    return tuple(
        Entry(
            key=row["id"],
            topic=Topic(row["topic"]),
            question=row["question"],
            answer=row["answer"],
            source=row["source"],
            reviewed_on=row["reviewed_on"],
            words=row.get("words", ""),
            is_verified=row.get("verified", False),
        )
        for row in rows
    )


def seed_of(key: str) -> Entry | None:
    return next((each for each in delivered() if each.key == key), None)


def helpful(text: str, entries: Iterable[Entry], *, most: int = _MOST) -> list[Entry]:
    """The answers that may help with these words, the best first; none where nothing speaks for any."""
    plain = "".join(text.split())
    if len(plain) < 2:
        return []
    topics = rules.topics_in(plain)
    found = [(score(plain, topics, each), each) for each in entries if each.is_shown]
    found = [(value, each) for value, each in found if value >= _LEAST]
    return [each for _, each in sorted(found, key=lambda pair: (-pair[0], pair[1].key))[:most]]


def score(plain: str, topics: list[Topic], entry: Entry) -> int:
    """How well an answer fits: two for each pair of characters of the question that occurs, the length of each keyword,
    and a little for the right heading."""
    pairs = {entry.question[at : at + 2] for at in range(len(entry.question) - 1)} - _COMMON
    value = sum(1 for pair in pairs if pair in plain)
    value += sum(2 * len(word) for word in entry.words.split() if word in plain)
    if value and entry.topic in topics[:2]:
        value += 2 - topics.index(entry.topic)
    return value


#: Pairs that stand in many questions and speak for none.
_COMMON = frozenset(
    {
        "怎么",
        "么办",
        "办？",
        "单位",
        "多久",
        "几天",
        "有没",
        "没有",
        "可以",
        "不能",
        "能不",
        "要不",
        "合法",
        "法吗",
        "吗？",
        "我的",
        "多少",
    }
)


def is_due(entry: Entry, *, on: date, months: int) -> bool:
    """Whether an answer is to be looked at again: so many months since, the last one included."""
    passed = (on.year - entry.reviewed_on.year) * 12 + on.month - entry.reviewed_on.month
    return passed > months or (passed == months and on.day >= entry.reviewed_on.day)
