"""Employers: region, a coined 字号, trade and legal form; the code, an address, the number of staff."""

from functools import cache
from itertools import chain
from math import sqrt
from typing import Any, NamedTuple

from demo.names.draw import Draw, table, words
from demo.names.numbers import CreditCodes
from demo.names.places import CITY, Places, divisions

TRIES = 40


class Employer(NamedTuple):
    name: str
    uscc: str
    """Unified social credit code."""
    form: str
    """company works shop cooperative institution school private_school hospital welfare society organ."""
    industry: str
    """Section letter and two-digit division of GB/T 4754-2017, as C34."""
    kind: str
    """Unit type as in backbone.employers.words.Kind: 170 private, 400 public institution …"""
    county: str
    region: str
    """Code of the village or community where it sits, twelve digits."""
    address: str
    staff: int
    head: str = ""
    """Credit code of the employer whose branch this is."""


class Form(NamedTuple):
    """How a form of employer is named and counted."""

    start: str
    staff: float
    most: int
    kinds: tuple[str, ...]
    patterns: tuple[str, ...]
    branch: str
    in_town: float


@cache
def forms() -> dict[str, Form]:
    return {
        name: Form(**(each | {"kinds": table(each["kinds"], 100), "patterns": table(each["patterns"], 100)}))
        for name, each in words("forms").items()
    }


@cache
def trades(section: str) -> tuple[dict[str, Any], ...]:
    """The trades of one section, or of all, each as often as its weight says."""
    fitting = [each for each in words("trades") if each["industry"].startswith(section)]
    return tuple(chain.from_iterable([each] * each["weight"] for each in fitting))


@cache
def denied() -> tuple[str, ...]:
    return tuple(chain.from_iterable(line.split() for line in words("denied")["brands"]))


class Employers:
    """No two employers have the same name or code."""

    def __init__(self, seed: int) -> None:
        self._draw = Draw(seed, "employers")
        self._codes = CreditCodes(seed, "employers' codes")
        self._places = Places(seed, "employers' places")
        self._counties = table(words("population")["counties"], 100)
        self._names: set[str] = set()

    def coin(self, *, county: str = "", section: str = "", form: str = "") -> Employer:
        """A new employer; what is not given is drawn. `section`: letter, or letter and division, of GB/T 4754."""
        draw = self._draw
        for _ in range(TRIES):
            where = county or draw.one(self._counties)
            trade = draw.one(trades(section))
            chosen = form or draw.one(table(trade["forms"], 10))
            rule = forms()[chosen]
            name = self._name(draw.one(rule.patterns), where, draw.one(trade["words"]))
            if name not in self._names and not any(brand in name for brand in denied()):
                staff = self._staff(trade["staff"] * rule.staff, rule.most)
                kind = draw.one(rule.kinds)
                draft = Employer(name, rule.start, chosen, trade["industry"], kind, where, "", "", staff)
                return self._settle(draft, rule.in_town)
        raise ValueError(f"取不出新的单位名称（{county or '全市'} {section} {form}）：请放宽条件。")

    def branch(self, head: Employer, *, county: str = "") -> Employer:
        """A branch of an employer, in the county given or drawn."""
        where = county or self._draw.one(self._counties)
        rule = forms()[head.form]
        place, number = divisions()[where][1], 1
        name = f"{head.name}{place}{rule.branch}"
        while name in self._names:
            number += 1
            name = f"{head.name}{place}第{chinese(number)}{rule.branch}"
        staff = self._staff(max(2.0, head.staff / 3), max(2, head.staff))
        draft = head._replace(name=name, uscc=rule.start, county=where, staff=staff, head=head.uscc)
        return self._settle(draft, rule.in_town)

    def _name(self, pattern: str, county: str, trade: str) -> str:
        full = divisions()[county][1]
        city = divisions()[CITY][1]
        place = self._draw.one((full, full[:-1], city, city[:-1], city + full))
        return pattern.format(place=place, county=full, brand=self._brand(), trade=trade)

    def _brand(self) -> str:
        draw, lists = self._draw, words("brands")
        brand = draw.one(lists["first"]) + draw.one(lists["second"])
        return str(brand + (draw.one(lists["third"]) if draw.random() < lists["third_share"] else ""))

    def _staff(self, median: float, most: int) -> int:
        """Many small, few large: log-logistic, in square roots only because powers differ between machines."""
        chance = self._draw.random()
        spread = sqrt(chance / (1 - chance))
        return max(1, min(most, int(median * spread * sqrt(spread) + 0.5)))

    def _settle(self, draft: Employer, in_town: float) -> Employer:
        """Take the name, and give the draft, whose code is only its start, an address and its whole code."""
        self._names.add(draft.name)
        region, address = self._places.address(draft.county, in_town=in_town)
        return draft._replace(uscc=self._codes.take(draft.uscc, draft.county), region=region, address=address)


def chinese(number: int) -> str:
    """1 … 99 in Chinese numerals.

    >>> chinese(2), chinese(10), chinese(21)
    ('二', '十', '二十一')
    """
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    if tens == 0:
        return digits[ones]
    return (digits[tens] if tens > 1 else "") + "十" + (digits[ones] if ones else "")
