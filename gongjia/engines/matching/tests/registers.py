"""Invented firms in real places, with sound codes, for the tests of comparing."""

import re

from stdnum.cn import uscc

from gongjia.engines.matching.core import Located, Record, Register, Verdict, match

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ENDING = re.compile(r"(?:联合|基层)*工会(?:委员会|联合会)*$")


def code_of(number: int, head: str = "91421202") -> str:
    """A sound code that is nobody's; no two of them are nearly the same."""
    body = f"{head}MA{number * 1_357_911 % 10**7:07d}"
    return body + uscc.calc_check_digit(body)


def firm(number: int, name: str, city: str = "咸宁", address: str = "") -> Record:
    return Record(name, code_of(number), Located("湖北", city, "", address))


#: Enough firms with addresses for the region words to be learnt.
BACKGROUND = [
    firm(900 + number, f"{city}市{county}{word}百货商行", city, f"湖北省{city}市{county}{street}{number}号")
    for number, (city, county, street, word) in enumerate(
        (city, county, street, word)
        for city, county in [
            ("咸宁", "咸安区"),
            ("咸宁", "崇阳县"),
            ("咸宁", "通山县"),
            ("武汉", "武昌区"),
            ("黄石", "大冶市"),
        ]
        for street, word in [("长安路", "青禾"), ("桂花路", "白鹭"), ("永安路", "鹤鸣")]
    )
]


def register(*firms: Record) -> Register:
    return Register([*firms, *BACKGROUND])


def verdict(among: Register, name: str, code: str = "", city: str = "", address: str = "", other: str = "") -> Verdict:
    return next(match(among, [Record(name, code, Located("", city, "", address), other)], ending=ENDING))
