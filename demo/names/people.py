"""Persons: a name that fits sex, generation and nationality, an identity number and a phone that nobody else has."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import chain
from typing import NamedTuple

from demo.names.draw import Draw, table, words
from demo.names.numbers import IdentityNumbers, Phones
from demo.names.places import province_counties

SEXES = ("m", "f")


class Person(NamedTuple):
    name: str
    sex: str
    """m or f, as in backbone.people.words.Sex."""
    born: date
    ethnicity: str
    identity_number: str
    phone: str


class Generation(NamedTuple):
    single: float
    doubled: float
    first: str
    second: str


@cache
def denied() -> frozenset[str]:
    return frozenset(chain.from_iterable(line.split() for line in words("denied")["persons"]))


@cache
def surnames() -> tuple[str, ...]:
    lists = words("surnames")
    weights = {name: weight for row in lists["common"] + lists["rare"] for name, weight in row.items()}
    return table(weights, sum(weights.values()))


@cache
def generation(year: int, sex: str) -> Generation:
    for each in words("given")["generations"]:
        if each["born"][0] <= year <= each["born"][1]:
            return Generation(**each[sex])
    raise ValueError(f"{year} 年出生的人没有取名用字：见 given.yaml。")


@cache
def births(sexes: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Sex and year of birth, as often as the working population has them."""
    weights = {
        (sex, year): band[sex]
        for band in words("population")["bands"]
        for sex in sexes
        for year in range(band["born"][0], band["born"][1] + 1)
    }
    return table(weights, 20_000)


class Names:
    """Names alone; the same name may come again, as it does in life."""

    def __init__(self, seed: int) -> None:
        self._draw = Draw(seed, "names of persons")
        self._surnames = surnames()
        given = words("given")
        self._broad: dict[str, str] = {sex: given["broad"][sex] for sex in SEXES}
        self._broad_share: float = given["broad"]["share"]
        self._odd = given["outside"], given["seldom"]
        ethnic = words("ethnic")
        self._shares = ethnic["shares"]
        self._minority: float = sum(each["share"] for each in self._shares)
        self._own = ethnic["own"]

    def coin(self, sex: str, year: int) -> tuple[str, str]:
        """A name and the nationality (民族) that it belongs to."""
        chance = self._draw.random()
        if chance >= self._minority:
            return self.han(sex, year), "汉族"
        for each in self._shares:
            chance -= each["share"]
            if chance < 0:
                break
        ethnicity = each["ethnicity"]
        return (self.own(ethnicity, sex) if each["style"] == "own" else self.han(sex, year)), ethnicity

    def han(self, sex: str, year: int) -> str:
        while True:
            name = self._draw.one(self._surnames) + self._given(sex, year)
            if name not in denied():
                return name

    def own(self, ethnicity: str, sex: str) -> str:
        style = self._own[ethnicity]
        first, second = style[sex]
        return str(self._draw.one(first) + style["joiner"] + self._draw.one(second))

    def _given(self, sex: str, year: int) -> str:
        draw, pool = self._draw, generation(year, sex)
        last = self._character(pool.second, sex)
        for odd in self._odd:
            if draw.random() < odd["share"]:
                last = draw.one(odd["characters"])
        chance = draw.random()
        if chance < pool.single:
            return last
        if chance < pool.single + pool.doubled:
            return last * 2
        first = self._character(pool.first, sex)
        return first + (last if last != first else draw.early(pool.second.replace(first, "")))

    def _character(self, usual: str, sex: str) -> str:
        draw = self._draw
        return draw.one(self._broad[sex]) if draw.random() < self._broad_share else draw.early(usual)


class People:
    """Persons of working age; no two share an identity number or a phone."""

    def __init__(self, seed: int) -> None:
        population = words("population")
        self._draw = Draw(seed, "people")
        self._natives: float = population["native_share"]
        self._city = table(population["counties"], 100)
        self._province = province_counties()
        self._names = Names(seed)
        self._numbers = IdentityNumbers(seed, self._province)
        self._phones = Phones(seed)

    def coin(
        self, *, county: str = "", sex: str = "", year: int = 0, name: str = "", ethnicity: str = "汉族"
    ) -> Person:
        """A new person; what is not given is drawn. `county` is where the person works, six digits.

        Raises NumbersExhausted when the numbers for this sex and year of birth have all been given out.
        """
        draw = self._draw
        if year:
            sex = sex or draw.one(SEXES)
        else:
            sex, year = draw.one(births((sex,) if sex else SEXES))
        home = (county or draw.one(self._city)) if draw.random() < self._natives else draw.one(self._province)
        identity_number, born = self._numbers.take(home, sex, year)
        if not name:
            name, ethnicity = self._names.coin(sex, year)
        return Person(name, sex, born, ethnicity, identity_number, self._phones.take())

    def many(self, count: int) -> Iterator[Person]:
        for _ in range(count):
            yield self.coin()
