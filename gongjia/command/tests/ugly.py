"""Ugly sheets made by chance, and what must come of each row: headings, layouts, spellings and faults mixed anew for
each seed. It knows nothing of how sheets are read; people and firms are invented."""

import csv
import gzip
import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import xlsxwriter

Cell = Any
AS_OF = date(2026, 11, 1)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓冯曾程蔡彭潘袁董余苏叶吕魏"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰志国文斌建红"

HEADINGS = {
    "name": ("姓名", "会员姓名", "*姓名", "姓  名", "姓名（必填）", "1.姓名", "员工姓名", "姓名 Name", "职工姓名："),
    "id_number": (
        "身份证号",
        "居民身份证号码",
        "证件号码",
        "公民身份号码",
        "身份证号码(18位)",
        "身份证\n号码",
        "会员身份证号",
    ),
    "phone": ("手机", "联系电话", "手机号码", "移动电话", "联系方式(手机)", "本人手机号", "电话"),
    "sex": ("性别", "性 别"),
    "ethnicity": ("民族", "民族（必填）"),
    "birth": ("出生年月", "出生日期", "生日"),
    "joined_on": ("入会时间", "入会日期", "加入工会时间", "何时入会", "入会年月"),
    "education": ("学历", "文化程度", "最高学历"),
    "political": ("政治面貌", "政治面貌*"),
    "migrant": ("是否农民工", "农民工", "是否为农民工"),
    "employer": ("工作单位", "单位名称", "所在单位"),
    "department": ("部门", "车间", "班组", "所在部门"),
    "job": ("岗位", "工种", "职务"),
    "remark": ("备注", "备 注"),
}
STRANGE_ID = ("证照信息", "号", "编码", "")
STRANGERS = (
    "紧急联系人电话", "紧急联系人姓名", "入职时间", "年龄", "家庭住址", "配偶身份证号", "工龄", "参加工作时间",
    "入党时间", "子女姓名", "籍贯", "工号", "班组长姓名", "介绍人电话", "银行卡号",
)  # fmt: skip
NOTHING = ("", "无", "/", "-", "—", "——", "暂无", " ", "\u3000", "\u00a0", "\u200b")
BLANKS = ("", "", "", " ", "  ", "\u3000", "\u00a0", "\u200b", "\t")


@dataclass
class Line:
    """A row: its cells by field, and what must come of it."""

    cells: dict[str, Cell] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)
    skipped: bool = False
    raw: list[Cell] | None = None


@dataclass
class Sheet:
    content: bytes
    ending: str
    heading_row: int
    columns: dict[str, str]
    unknown: list[str]
    lines: list[Line]


def id_of(area: str, born: date, serial: int) -> str:
    body = f"{area}{born:%Y%m%d}{serial:03}"
    return body + "10X98765432"[sum(weight * int(sign) for weight, sign in zip(WEIGHTS, body, strict=True)) % 11]


class Maker:
    """Makes one sheet; `workbook` allows cells that are no text."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.kind = self.random.choice(("xlsx", "xlsx", "csv", "gb", "utf16", "tab", "gz"))
        self.workbook = self.kind == "xlsx"
        self.numbers: set[str] = set()
        optional = [name for name in HEADINGS if name not in {"name", "id_number"}]
        chosen = self.random.sample(optional, self.random.randint(3, len(optional)))
        self.fields = ["name", "id_number", *chosen]
        self.random.shuffle(self.fields)
        self.above: dict[str, Any] = {}

    def pick(self, *choices: Cell) -> Cell:
        return self.random.choice(choices)

    def dressed(self, text: str) -> str:
        return f"{self.pick(*BLANKS)}{text}{self.pick(*BLANKS)}" if self.random.random() < 0.3 else text

    def make(self) -> Sheet:
        lines: list[Line] = []
        for number in range(self.random.randint(25, 60)):
            if self.random.random() < 0.12:
                lines.append(self.no_record(number))
            lines.append(self.record(lines))
        lines += [Line(skipped=True), Line(raw=[self.pick("合计", "总计：60人", "共计")], skipped=True)]
        self.whole(lines)
        return self.written(lines)

    # ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────

    def record(self, before: list[Line]) -> Line:
        line = Line()
        earlier = [each for each in before if not each.skipped and not each.codes & {"missing_id", "damaged_id"}]
        if earlier and self.random.random() < 0.05:
            return self.again(self.random.choice(earlier))
        born = date(1962, 1, 1) + timedelta(days=self.random.randrange(17000))
        self.person(line, born)
        for each in self.fields:
            if each not in line.cells:
                getattr(self, f"put_{each}")(line, born)
        if self.random.random() < 0.25:
            self.fault(line, born)
        return line

    def again(self, known: Line) -> Line:
        if known.codes:
            return Line(skipped=True)
        other = Line(dict(known.cells), dict(known.values), set(), set(known.notes))
        for each in ("employer", "department"):
            if each in other.cells:
                other.cells[each] = other.values[each] = self.above[each] = "再来单位"
        if self.random.random() < 0.5:
            other.cells["name"] = other.values["name"] = "欧阳" + self.random.choice(GIVEN)
        return other

    def no_record(self, number: int) -> Line:
        """What holds no person: a blank row, a total, a footer, a section, an example, the heading again."""
        raw = self.pick([], ["", ""], ["小计", "", "12"], ["本页合计：12人"], ["制表人：某某", "", "审核："],
                        [f"第{self.pick(*'一二三四')}部分 车间人员"], ["以下空白"], ["heading"], [str(number)],
                        ["（单位盖章）"], ["填报日期：2026年9月1日"], ["二、机修车间"])  # fmt: skip
        return Line(raw=raw, skipped=True)

    def person(self, line: Line, born: date) -> None:
        r = self.random
        name = r.choice(SURNAMES) + "".join(r.sample(GIVEN, r.choice((1, 2, 2, 2))))
        if r.random() < 0.08:
            name = "古丽" + r.choice(GIVEN) + "·" + "吐尔" + r.choice(GIVEN)
        shown = name.replace("·", self.pick("·", "•", "・", "．", ".", "●")) if "·" in name else name
        if r.random() < 0.1:
            shown = shown[0] + self.pick(" ", "\u3000", "  ") + shown[1:]
        number = id_of(self.pick("421202", "421221", "421222", "421281"), born, r.randint(996, 999))
        while number in self.numbers:
            born += timedelta(days=1)
            number = id_of(self.pick("421202", "421221", "421222", "421281"), born, r.randint(996, 999))
        self.numbers.add(number)
        line.values |= {"name": name, "id_number": number}
        line.cells |= {"name": self.dressed(shown), "id_number": self.spelt_id(number)}
        line.values |= {"birth": number[6:10] + "-" + number[10:12] + "-" + number[12:14]}
        line.values |= {"sex": "男" if int(number[16]) % 2 else "女"}
        line.cells |= {"birth": self.pick(line.values["birth"], "1990.10", "", "不记得"), "sex": line.values["sex"]}
        if r.random() < 0.04 and "sex" in self.fields:
            line.cells["sex"] = "女" if line.values["sex"] == "男" else "男"
            line.notes.add("sex_mismatch")

    def spelt_id(self, number: str) -> str:
        wide = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
        spaced = f"{number[:6]} {number[6:14]} {number[14:]}"
        return self.dressed(
            self.pick(
                number,
                number,
                number,
                number.lower(),
                number.translate(wide),
                spaced,
                f"'{number}",
                f"`{number}",
                f'="{number}"',
                f"{number}\t",
                spaced.replace(" ", "-"),
            )
        )

    def put_phone(self, line: Line, _: date) -> None:
        number = f"1{self.pick(*'3456789')}{self.random.randrange(10**9):09}"
        kind = self.random.random()
        if kind < 0.1:
            line.cells["phone"], line.values["phone"] = self.pick(*NOTHING), None
        elif kind < 0.15:
            line.cells["phone"], line.values["phone"] = self.pick("0715-8351234", "(0715)8351234", "07158351234"), None
            line.notes.add("landline")
        else:
            spaced = f"{number[:3]} {number[3:7]} {number[7:]}"
            texts = (
                number,
                number,
                f"+86{number}",
                f"86-{number}",
                f"0086 {number}",
                spaced,
                f"{number}.0",
                spaced.replace(" ", "-"),
            )
            line.cells["phone"] = int(number) if self.workbook and kind < 0.4 else self.dressed(self.pick(*texts))
            line.values["phone"] = number

    def put_ethnicity(self, line: Line, _: date) -> None:
        word = self.pick("汉", "土家", "维吾尔")
        line.cells["ethnicity"], line.values["ethnicity"] = self.pick(word, f"{word}族"), f"{word}族"

    def put_joined_on(self, line: Line, _: date) -> None:
        day = date(2000, 1, 1) + timedelta(days=self.random.randrange(9700))
        y, m, d = day.year, day.month, day.day
        if self.random.random() < 0.1:
            line.cells["joined_on"], line.values["joined_on"] = self.pick(*NOTHING), None
        elif self.random.random() < 0.12:
            line.cells["joined_on"] = self.pick(f"{y}.{m}", f"{y}年{m}月", f"{y}{m:02}", f"{y}/{m:02}")
            line.values["joined_on"] = f"{y}-{m:02}-01"
            line.notes.add("month_only")
        else:
            texts = [f"{y}-{m}-{d}", f"{y}.{m}.{d}", f"{y}/{m:02}/{d:02}", f"{y}{m:02}{d:02}", f"{y}年{m}月{d}日",
                     f"{y}-{m:02}-{d:02} 00:00:00", str((day - date(1899, 12, 30)).days)]  # fmt: skip
            line.cells["joined_on"] = (
                day if self.workbook and self.random.random() < 0.4 else self.dressed(self.pick(*texts))
            )
            line.values["joined_on"] = day.isoformat()

    def put_education(self, line: Line, _: date) -> None:
        written, value = self.pick(
            ("大学", "本科"), ("专科", "大专"), ("高中", "高中"), ("硕士研究生", "硕士"), ("", None)
        )
        if self.random.random() < 0.05:
            written = value = self.pick("扫盲班", "函授")
            line.notes.add("unknown_category")
        line.cells["education"], line.values["education"] = written, value

    def put_political(self, line: Line, _: date) -> None:
        line.cells["political"], line.values["political"] = self.pick(
            ("党员", "中共党员"), ("群众", "群众"), ("团员", "共青团员"), ("/", None)
        )

    def put_migrant(self, line: Line, _: date) -> None:
        yes = [("是", True), ("√", True), ("1", True), ("Y", True), ("TRUE", True), ("Ｙ", True)]
        no = [("否", False), ("×", False), ("0", False), ("N", False), ("FALSE", False), ("", None), ("无", None)]
        extra = [(True, True), (False, False), (1, True), (0, False)] if self.workbook else []
        line.cells["migrant"], line.values["migrant"] = self.pick(*yes, *no, *extra)

    def put_employer(self, line: Line, _: date) -> None:
        self.repeated(line, "employer", f"咸宁云溪第{self.random.randrange(9)}分厂")

    def put_department(self, line: Line, _: date) -> None:
        self.repeated(line, "department", self.pick("一车间", "销售部", "质检班"))

    def repeated(self, line: Line, name: str, value: str) -> None:
        if name in self.above and self.random.random() < 0.4:
            line.cells[name] = self.pick("同上", "〃", "″", '"', " 同上 ")
            line.values[name] = self.above[name]
        elif self.random.random() < 0.1:
            line.cells[name], line.values[name] = self.pick(*NOTHING), None
        else:
            line.cells[name], line.values[name] = self.dressed(value), value
        self.above[name] = line.values[name]

    def put_job(self, line: Line, _: date) -> None:
        line.cells["job"] = line.values["job"] = self.pick("焊工", "会计", "叉车工")

    def put_remark(self, line: Line, _: date) -> None:
        text = self.pick(None, None, "=1+1", "@某某", "+86", "很长" * 500, "两行\n文字", "带,逗号", '带"引号"', "-5")
        line.cells["remark"], line.values["remark"] = text or "", text

    # ── faults ───────────────────────────────────────────────────────────────────────────────────────────────

    def fault(self, line: Line, born: date) -> None:
        self.pick(self.bad_name, self.bad_id, self.bad_id, self.bad_phone, self.bad_date)(line, born)

    def bad_name(self, line: Line, _: date) -> None:
        name = line.values["name"]
        if self.random.random() < 0.2:
            line.cells["name"], code = self.pick(*NOTHING), "missing_name"
        else:
            line.cells["name"], code = self.pick(f"{name}2", f"{name}（退休）", f"{name}、李四", name[0], f"{name[0]}?",
                                                 f"{name}\n李四", f"{name[0]}*", f"{name}/李四", "=1+1", "□" + name,
                                                 name * 16), "bad_name"  # fmt: skip
        line.codes.add(code)

    def bad_id(self, line: Line, _: date) -> None:
        number = line.values["id_number"]
        wrong = "0" if number[-1] != "0" else "1"
        area = number[:6]
        faults = [
            (self.pick(*NOTHING), "missing_id"), ("4.21202E+17", "damaged_id"),
            (f"{number[:6]}********{number[14:]}", "damaged_id"),
            (number[:-1], "short_id"), (number + "1", "short_id"), (number[:-1] + wrong, "bad_id_check"),
            (number[:8] + "O" + number[9:], "bad_id_check"), (id_of(area, date(2014, 5, 1), 998), "under_16"),
            (area + "19900230998" + "1", "bad_id_date"), (area + "20991201998" + "1", "bad_id_date"),
        ]  # fmt: skip
        if id_of(area, date(1990, 1, 1), 990)[-1] != "0":
            faults.append((f"{area}19900101000"[:15] + "000", "damaged_id"))
        if self.workbook:
            faults.append((float(int(number[:15]) * 1000), "damaged_id"))
        line.cells["id_number"], code = self.pick(*faults)
        if code == "damaged_id" and str(line.cells["id_number"]).endswith("000"):
            body = line.cells["id_number"]
            if (
                isinstance(body, str)
                and "10X98765432"[sum(w * int(s) for w, s in zip(WEIGHTS, body, strict=False)) % 11] == "0"
            ):
                line.cells["id_number"] = "4.21202E+17"
        line.codes.add(code)
        line.notes.discard("sex_mismatch")

    def bad_phone(self, line: Line, _: date) -> None:
        if "phone" in self.fields:
            line.cells["phone"] = self.pick("1390715123", "139071512345", "12345678901", "13907151234/13807151234",
                                            "139****1234", "1.39072E+10", "问班长", "1390715123x")  # fmt: skip
            line.codes.add("bad_phone")
            line.values["phone"] = None
            line.notes.discard("landline")

    def bad_date(self, line: Line, _: date) -> None:
        if "joined_on" in self.fields:
            line.cells["joined_on"] = self.pick("去年", "2021-02-29", "2020.13.5", "不详", "2020年", "20201301")
            line.codes.add("bad_date")
            line.notes.discard("month_only")

    def whole(self, lines: list[Line]) -> None:
        """Numbers that stand twice; the telephone on more than five rows."""
        doubtful = {"missing_id", "damaged_id", "short_id", "bad_id_check", "bad_id_date", "under_16"}
        doubtful |= {"missing_name", "bad_name"}
        sound = [each for each in lines if not each.skipped and not each.codes & doubtful]
        groups: dict[str, list[Line]] = {}
        for line in sound:
            groups.setdefault(line.values["id_number"], []).append(line)
        for group in groups.values():
            names = {line.values["name"] for line in group}
            for line in group if len(names) > 1 else group[1:]:
                line.codes.add("conflict_in_file" if len(names) > 1 else "duplicate_in_file")
        if "phone" in self.fields and self.random.random() < 0.6:
            some = [line for line in sound if not line.codes and line.values["phone"]]
            many = self.random.choice((5, 6, 7))
            chosen = self.random.sample(some, min(many, len(some)))
            for line in chosen:
                line.cells["phone"] = line.values["phone"] = "13812345678"
                if len(chosen) > 5:
                    line.notes.add("shared_phone")

    # ── writing ──────────────────────────────────────────────────────────────────────────────────────────────

    def written(self, lines: list[Line]) -> Sheet:
        heads = {each: self.pick(*HEADINGS[each]) for each in self.fields}
        if self.random.random() < 0.2:
            heads["id_number"] = self.pick(*STRANGE_ID)
        strangers = self.random.sample(STRANGERS, self.random.randint(0, 4))
        order: list[str] = [*self.fields, *strangers]
        self.random.shuffle(order)
        serial = self.random.random() < 0.7
        heading = [*(["序号"] if serial else []), *(heads.get(each, each) for each in order)]
        titles = [[self.pick("会员花名册", "工会会员信息表")] + [""] * (len(heading) - 1)] * self.random.randint(0, 2)
        if titles and self.random.random() < 0.5:
            titles = [*titles, ["填报单位：某某工会", "", "填报时间：2026.9"] + [""] * max(0, len(heading) - 3)]
        rows: list[list[Cell]] = [*titles, heading]
        for count, line in enumerate(lines, 1):
            rows.append(self.cells_of(line, order, heading, count if serial else None))
        unknown = [each for each in order if each in strangers]
        columns = {each: heads[each].strip() for each in self.fields}
        return Sheet(self.packed(rows), self.ending, len(titles) + 1, columns, unknown, lines)

    def cells_of(self, line: Line, order: list[str], heading: list[str], serial: int | None) -> list[Cell]:
        if line.raw is not None:
            return list(heading) if line.raw == ["heading"] else self.filled(line.raw, heading, serial)
        if line.skipped:
            return [""] * len(heading)
        own = [line.cells[each] if each in line.cells else self.of_stranger(each) for each in order]
        return own if serial is None else [serial, *own]

    def filled(self, raw: list[Cell], heading: list[str], serial: int | None) -> list[Cell]:
        if serial is None and raw and raw[0].isdigit():
            raw = []
        return (raw + [""] * len(heading))[: len(heading)]

    def of_stranger(self, name: str) -> str:
        if "电话" in name:
            return f"139{self.random.randrange(10**8):08}"
        if "姓名" in name:
            return self.random.choice(SURNAMES) + self.random.choice(GIVEN)
        if "身份证" in name:
            return id_of("421224", date(1980, 1, 1) + timedelta(days=self.random.randrange(5000)), 997)
        return str(self.random.randrange(1, 60)) if name in {"年龄", "工龄"} else self.pick("2019-07-01", "某地", "A1")

    @property
    def ending(self) -> str:
        return {"xlsx": "xlsx", "gz": "csv.gz", "tab": "txt"}.get(self.kind, "csv")

    def packed(self, rows: list[list[Cell]]) -> bytes:
        if self.workbook:
            return xlsx_of(rows)
        text = io.StringIO(newline="")
        csv.writer(text, delimiter="\t" if self.kind == "tab" else ",").writerows(rows)
        encoding = {"gb": "gb18030", "utf16": "utf-16", "tab": "gb18030"}.get(
            self.kind, self.pick("utf-8", "utf-8-sig")
        )
        content = text.getvalue().encode(encoding)
        return gzip.compress(content, mtime=0) if self.kind == "gz" else content


def xlsx_of(rows: list[list[Cell]]) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False})
    sheet = book.add_worksheet("名单")
    for number, row in enumerate(rows):
        for at, cell in enumerate(row):
            if isinstance(cell, str) and cell:
                sheet.write_string(number, at, cell)
            elif isinstance(cell, date):
                sheet.write_datetime(number, at, cell)
            elif cell != "":
                sheet.write(number, at, cell)
    book.close()
    return content.getvalue()
