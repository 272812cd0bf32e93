"""Region words, learnt from the list itself: no division of any province is written down here."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import NamedTuple

_CHAIN = re.compile(
    r"(?:中国)?(?P<province>[^省市县区州\d]{2,8}?(?:省|自治区))?"
    r"(?P<city>[^省市县区\d]{2,9}?(?:市|自治州|地区|盟|州))?"
    r"(?P<county>[^省市县区\d]{1,6}?(?:自治县|林区|特区|县|区|市|自治旗|旗))?"
)
_KIND = re.compile(
    r"(?P<stem>.{2,}?)"
    r"(?:(?:[\u4e00-\u9fff]{1,3}族)+自治[州县旗区]|(?:维吾尔)?自治[区州县旗]|地区|林区|特区|[省市县区州盟旗])"
)
_NOT_A_DIVISION = re.compile(
    r"开发|工业|高新|经济|产业|管理|风景|新区|园|社|镇|乡|街|村|路|号|栋|幢|楼|厂|场|城.区|小区|校区|库区"
)
_MOST = 0.9  # so much of a word's employers must lie in one city for the word to stand for it


class Agreement(IntEnum):
    """How the regions of two records fit; the higher the better."""

    ELSEWHERE = 0
    OTHER_COUNTY = 1
    UNKNOWN = 2
    CITY = 3
    COUNTY = 4


class Places(NamedTuple):
    """Where something is, as stems (咸宁, 咸安): every city and county that its name, columns and address point to."""

    cities: frozenset[str]
    counties: frozenset[str]


class Located(NamedTuple):
    """What a list says about where something is; every part may be empty."""

    province: str = ""
    city: str = ""
    county: str = ""
    address: str = ""


def stem(word: str) -> str:
    """A division without its kind: 咸宁市 → 咸宁; one of two signs keeps it: 随县."""
    found = _KIND.fullmatch(word)
    return found["stem"] if found else word


def chain(address: str) -> tuple[str, ...]:
    """The divisions that an address begins with, from the largest down; a province comes without a trace of doubt."""
    found = _CHAIN.match(address)
    return tuple(word for word in found.groups() if word) if found else ()


Said = tuple[str, str, str, tuple[str, ...]]


class Regions:
    """The region words of one list: word → (city or '' for a province, county or '')."""

    def __init__(self, words: dict[str, tuple[str, str]]) -> None:
        self.words = words
        lengths: dict[str, set[int]] = defaultdict(set)
        for word in words:
            lengths[word[:2]].add(len(word))
        self._lengths = {head: tuple(sorted(some, reverse=True)) for head, some in lengths.items()}
        self._settled: dict[tuple[str, ...], Places] = {}

    def __contains__(self, word: str) -> bool:
        return word in self.words

    @classmethod
    def learn(cls, places: Iterable[Located]) -> "Regions":
        """Read the divisions out of columns and folded addresses.

        A word counts if it occurs often enough (twice in a small list, once in ten thousand rows in a large one) and
        nearly all of it lies in one city.
        """
        return cls.learn_from(Counter((*place[:3], chain(place.address)) for place in places))

    @classmethod
    def learn_from(cls, said: Counter[Said]) -> "Regions":
        """The same from what the rows say (province, city, county, head of the address), with how often."""
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        cities, provinces, alone = Counter[str](), Counter[str](), Counter[str]()
        for (province, city, county, address), times in said.items():
            words = _divisions(county, *address)
            for word in {province} | {word for word in words if _is_province(word)}:
                provinces[word] += times
            words = [word for word in words if not _is_province(word)]
            if city or len(words) > 1:
                top = stem(city or words[0])
                cities[top] += times
                for word in words:
                    votes[word][top] += times
            elif words:
                alone[words[0]] += times
        for word in alone.keys() - votes.keys():
            votes[word][stem(word)] = cities[stem(word)] = alone[word]
        return cls(_settle(votes, cities, provinces, at_least=max(2, said.total() // 10_000)))

    def split(self, folded: str) -> tuple[tuple[str, ...], str]:
        """The region words at the head of a name, and the rest, of which at least two signs are left."""
        words: tuple[str, ...] = ()
        while lengths := self._lengths.get(folded[:2]):
            for length in lengths:
                if length <= len(folded) - 2 and folded[:length] in self.words:
                    words += (folded[:length],)
                    folded = folded[length:]
                    break
            else:
                break
        return words, folded

    def places(self, name_words: Iterable[str], place: Located) -> Places:
        """Everything that the head of the name, the columns and the address say together."""
        return self.places_said(name_words, place.city, place.county, chain(place.address))

    def places_said(self, name_words: Iterable[str], city: str, county: str, head: tuple[str, ...]) -> Places:
        """The same, where the head of the address has been taken apart already."""
        said = (city, county, *name_words, *head)
        settled = self._settled.get(said)
        if settled is None:  # a list repeats the same few thousand combinations
            settled = self._settled[said] = self._settle_places(said)
        return settled

    def _settle_places(self, said: tuple[str, ...]) -> Places:
        known = [self.words[word] for word in said if word in self.words]
        column = said[0]
        stranger = {stem(column)} if column and column not in self.words and not column.isascii() else set[str]()
        return Places(
            frozenset(stranger | {city for city, _ in known if city}),
            frozenset(county for _, county in known if county),
        )


def agreement(one: Places, other: Places) -> Agreement:
    """How two places fit. Silence is no contradiction."""
    if not one.cities or not other.cities:
        return Agreement.UNKNOWN
    if not one.cities & other.cities:
        return Agreement.ELSEWHERE
    if not one.counties or not other.counties:
        return Agreement.CITY
    return Agreement.COUNTY if one.counties & other.counties else Agreement.OTHER_COUNTY


def _is_province(word: str) -> bool:
    return word.endswith(("省", "自治区"))


def _divisions(*words: str) -> list[str]:
    return [word for word in dict.fromkeys(words) if 1 < len(word) < 12 and not _NOT_A_DIVISION.search(word)]


def _runs_on(word: str, city: str, words: Mapping[str, object]) -> bool:
    """武汉武昌区 is two words."""
    return word.startswith(city) and word[len(city) :] in words


def _settle(
    votes: dict[str, Counter[str]], cities: Counter[str], provinces: Counter[str], *, at_least: int
) -> dict[str, tuple[str, str]]:
    words: dict[str, tuple[str, str]] = {}
    for word, ballot in votes.items():
        city, most = ballot.most_common(1)[0]
        if ballot.total() >= at_least and most >= _MOST * ballot.total():
            words[word] = (city, "" if stem(word) == city else stem(word))
    for word in [word for word, (city, _) in words.items() if _runs_on(word, city, words)]:
        del words[word]
    for word in sorted(words):
        words.setdefault(stem(word), words[word])
    for city, count in cities.items():
        if count >= at_least:
            words[city] = words[city + "市"] = (city, "")
    for word, count in provinces.items():
        if word and count >= at_least:
            words[word] = words[stem(word)] = words[stem(word) + "省"] = ("", "")
    return words
