"""Rosters of invented people as a union's office would send them, in a file: what the bench of imports stands on."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import xlsxwriter

from demo.names import People

HEADING = (
    "姓名", "身份证号", "手机号", "性别", "民族", "文化程度", "政治面貌", "入会时间", "用工形式", "单位", "岗位",
)  # fmt: skip
EMPLOYERS = 40
COVERED = 20  # of them the union covers: who works there gets an employment
_BAD, _TWICE = 0.005, 0.005
_DEGREES = ("小学", "初中", "高中", "中专", "大专", "本科", "硕士")
_PARTIES = ("群众",) * 7 + ("中共党员",) * 2 + ("共青团员",)
_FORMS = ("劳动合同",) * 7 + ("劳务派遣", "灵活就业", "新就业形态")
_JOBS = ("操作工", "装配工", "质检员", "仓管员", "驾驶员", "会计", "技术员", "班组长", "保洁员", "客服专员")


def employer(number: int) -> str:
    return f"样例{number}厂"


def lines(count: int) -> Iterator[tuple[str, ...]]:
    """Rows in no order of their numbers; of a hundred, one in two is wrong in its number or phone, one in two stands
    twice."""
    draw = Random(7)
    people = list(People(7).many(count))
    draw.shuffle(people)
    before: tuple[str, ...] = ()
    for person in people:
        number, phone, chance = person.identity_number, person.phone or "", draw.random()
        if chance < _BAD:
            number = number[:-1] + ("1" if number[-1] == "0" else "0")
        elif chance < 2 * _BAD:
            phone = phone[:-2]
        joined = date(2005, 1, 1) + timedelta(days=draw.randrange(7800))
        row = (
            person.name, number, phone, "男" if int(number[16]) % 2 else "女", person.ethnicity,
            draw.choice(_DEGREES), draw.choice(_PARTIES), joined.isoformat(), draw.choice(_FORMS),
            employer(draw.randrange(EMPLOYERS)), draw.choice(_JOBS),
        )  # fmt: skip
        yield before if before and chance > 1 - _TWICE else row
        before = row


def write_csv(path: Path, count: int) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADING, *lines(count)])
    return path


def write_xlsx(path: Path, count: int) -> Path:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    for at, row in enumerate([HEADING, *lines(count)]):
        sheet.write_row(at, 0, row)
    book.close()
    return path
