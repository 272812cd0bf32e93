"""In which township or county a firm lies, by the names of divisions that its address and name hold. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from gongjia.engines.matching.core.regions import stem

#: What the name of a county, a township or a village ends with.
_ENDS = re.compile(r"街道|社区|[县区市镇乡村场园]")
_SHORTEST, _LONGEST = 3, 12
#: Names of divisions that half of all addresses hold as plain words.
_PLAIN_WORDS = frozenset({"开发区", "工业园", "工业园区", "园区", "小区"})
_CITY, _COUNTY, _TOWNSHIP, _VILLAGE = 4, 6, 9, 12  # digits of a code
#: What the name of a park, building, market, business street or small town ends with; the longer before the shorter.
_SITES = (
    ("park", r"工业园区|产业园区|工业园|产业园|科技园|物流园|创业园|高新区|经济开发区|开发区|园区"),
    ("building", r"大厦|写字楼|商务楼|商务中心|国际中心|商业广场"),
    ("market", r"批发市场|农贸市场|建材市场|综合市场|专业市场|商贸城|建材城|家居城|小商品城|市场"),
    ("street", r"步行街|商业街|美食街|小吃街|商街"),
    ("town", r"特色小镇|小镇"),
)
#: What stands before such a name in an address, and is no part of it.
_BEFORE_A_SITE = re.compile(r".*(?:[省市县镇乡村号]|街道|社区|[东南西北中一-龥]路|(?<=..)区|[\s,，、;；（(])")
_LONGEST_SITE = 16


@dataclass(frozen=True)
class Division:
    """A division as the register of regions has it; codes are prefixes of one another."""

    code: str
    name: str


@dataclass(frozen=True)
class Located:
    """What a lead says about where it is; every part may be empty."""

    city: str = ""
    county: str = ""
    address: str = ""
    name: str = ""


@dataclass(frozen=True)
class Place:
    """The code of a township or county, or "" and why none could be found, with the codes that it may be."""

    code: str = ""
    why: str = ""
    maybe: frozenset[str] = frozenset()

    @property
    def county(self) -> str:
        return self.code[:_COUNTY]


def words_in(text: str) -> set[str]:
    """Every run of signs in a text that may be the name of a division."""
    found = set()
    for hit in _ENDS.finditer(text):
        shortest = 2 if hit.group() == "县" else _SHORTEST  # 随县
        for start in range(max(0, hit.end() - _LONGEST), hit.end() - shortest + 1):
            found.add(text[start : hit.end()])
    return found - _PLAIN_WORDS


def codes_to_ask(places: Iterable[Place]) -> set[str]:
    """The codes at which a union may answer: of the townships, and of the counties around them."""
    codes = {code for each in places for code in ({each.code} if each.code else each.maybe)}
    return {code[:digits] for code in codes for digits in (_COUNTY, _TOWNSHIP)}


def place_of(one: Located, divisions: Sequence[Division], *, answered: Collection[str] = ()) -> Place:
    """Where a lead lies. `divisions` are those that its words may mean; `answered` are the counties of the reach, which
    decide where a name stands in several."""
    counties, why = _counties(one, divisions)
    if why:
        return Place(why=why)
    within = [each for each in divisions if len(each.code) >= _COUNTY and each.code.startswith(tuple(counties))]
    said = [_said_by(text, within, answered) for text in (one.address, one.name)]
    for each in said:
        if each.code:
            return each
    if len(counties) == 1 and len(counties[0]) == _COUNTY:
        return Place(counties[0])
    for each in said:
        if each.why:
            return each
    return Place(why="名单没有写县，地址里也认不出" if one.address else "名单没有写县，也没有地址")


def _counties(one: Located, divisions: Iterable[Division]) -> tuple[list[str], str]:
    """The codes in which the lead lies for certain: of its county, else of its city, else of anything."""
    by_length: dict[int, list[Division]] = {_CITY: [], _COUNTY: []}
    for each in divisions:
        by_length.setdefault(len(each.code), []).append(each)
    cities = [each.code for each in by_length[_CITY] if one.city and is_called(each.name, one.city)]
    if not one.county:
        return cities or [""], ""
    counties = [
        each.code
        for each in by_length[_COUNTY]
        if is_called(each.name, one.county) and (not cities or each.code[:_CITY] in cities)
    ]
    return counties, "" if counties else f"区划里没有“{one.county}”"


def community_in(one: Located, township: str, divisions: Iterable[Division]) -> str:
    """The code of the only village or community of a township that the address names, else ""."""
    words = words_in(one.address)
    found = {
        each.code
        for each in divisions
        if len(each.code) == _VILLAGE and township and each.code.startswith(township) and each.name in words
    }
    return found.pop() if len(found) == 1 else ""


def site_in(one: Located) -> tuple[str, str]:
    """Kind and name of the park, building, market, business street or small town in an address, else two "".

    The last one counts: 横沟工业园光谷大厦 is a building. An ending without a name before it is no site.
    """
    found = ("", "")
    furthest = 0
    for kind, ends in _SITES:
        for hit in re.finditer(ends, one.address):
            named = _BEFORE_A_SITE.sub("", one.address[: hit.start()])[-_LONGEST_SITE:]
            if named and hit.end() > furthest:
                found, furthest = (kind, named + hit.group()), hit.end()
    return found


def is_called(name: str, word: str) -> bool:
    """Whether a list's word means the division of this name: 咸安 and 咸安区 both mean 咸安区."""
    return name == word or stem(name) == stem(word)


def _said_by(text: str, divisions: Iterable[Division], answered: Collection[str]) -> Place:
    """Where a text points to: most of its names stand in one county, and there in one township."""
    words = words_in(text)
    meant: dict[str, list[str]] = {}
    for each in divisions:
        if each.name in words:
            meant.setdefault(each.name, []).append(each.code)
    if named := {code for codes in meant.values() for code in codes if len(code) == _COUNTY}:
        # a county that is written out says more than a street whose name stands in another county as well
        meant = {name: kept for name, codes in meant.items() if (kept := _at(codes, named))}
    counties = _most(code for codes in meant.values() for code in set(_cut(codes, _COUNTY)))
    if len(counties) > 1:
        counties = [code for code in counties if code in answered] or counties
    if len(counties) != 1:
        maybe = frozenset(code for codes in meant.values() for code in codes)
        return Place(why=f"不止一个县有“{max(meant, key=len)}”" if meant else "", maybe=maybe)
    inside = [[code for code in codes if code.startswith(counties[0])] for codes in meant.values()]
    townships = _most(code for codes in inside for code in set(_cut(codes, _TOWNSHIP)))
    return Place(townships[0] if len(townships) == 1 else counties[0])


def _at(codes: Iterable[str], counties: Collection[str]) -> list[str]:
    """Those that are one of some counties, or lie in it."""
    return [code for code in codes if code[:_COUNTY] in counties]


def _cut(codes: Iterable[str], digits: int) -> list[str]:
    return [code[:digits] for code in codes if len(code) >= digits]


def _most(codes: Iterable[str]) -> list[str]:
    """The codes that are named most often."""
    votes = Counter(codes)
    most = max(votes.values(), default=0)
    return sorted(code for code, count in votes.items() if count == most)
