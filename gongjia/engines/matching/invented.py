"""Invented registers and rosters, with what clerks do to names: to train the shipped model, to measure and to test.

Firms are coined from syllables, words of trades and real divisions; nothing of a real register is in them. One seed
gives one world: its province, which trades and brands are frequent there, and how careless its clerks are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from stdnum.cn import uscc

from gongjia.engines.matching.core.records import Record
from gongjia.engines.matching.core.regions import Located, stem
from gongjia.engines.matching.core.words import divisions, trades

_SYLLABLES = (
    "金鑫华恒宏瑞天中正安永泰丰盛兴达通源和信诚德利嘉美新佳博远大康福鼎隆顺祥龙海江山东南北汇众联创智科云星光明辉"
    "凯捷亿万百世纪元亨贵宝玉银铭锦绣春秋景悦乐怡欣然皓宇晨曦朗清泉溪河湖洋波涛林森木禾谷穗田园果青绿蓝红紫"
    "白鹭鹤鹏飞翔翼凤麒麟虎威武雄英杰卓越超凡优品尚尊御皇冠王子公爵士伯仲叔季童心思念缘圣贤雅风韵律声乐舞"
)
_FORMS = (
    ("有限公司", 58), ("有限责任公司", 12), ("股份有限公司", 4), ("集团有限公司", 1), ("厂", 6), ("经营部", 4),
    ("商店", 2), ("店", 3), ("专业合作社", 5), ("服务部", 2), ("商行", 2), ("中心", 1),
)  # fmt: skip
_BRANCHES = (
    "分公司",
    "分公司",
    "支公司",
    "营业部",
    "分店",
    "店",
    "支行",
    "分行",
    "营业所",
    "经营部",
    "办事处",
    "项目部",
)
_ENDINGS = ("工会", "工会委员会", "联合工会", "联合工会委员会", "基层工会委员会", "基层工会", "工会联合会")
_BODIES = (
    "小学", "中学", "人民医院", "卫生院", "供电所", "村民委员会", "财政局", "街道办事处", "供水站",
    "汽车客运站", "图书馆", "幼儿园", "邮政支局", "林场", "教育局", "环卫所",
)  # fmt: skip
_ROADS = ("路", "街", "大道", "巷", "村", "镇", "工业园", "小区", "广场", "开发区")
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FLAWS = ("form", "abbreviation", "no_region", "more_region", "short_region", "typing", "blank")
_FEW_TRADES = 400
_CUT_BRAND = 0.4


class Firm(NamedTuple):
    region: str
    brand: str
    trade: str
    form: str
    tail: str
    name: str
    code: str
    place: Located


class Roster(NamedTuple):
    """A register, a roster, and for each record of the roster the number of its firm, or None."""

    entries: list[Record]
    records: list[Record]
    truth: list[int | None]


@dataclass
class World:
    """Where an invented register lies and how its roster is kept; `careless` multiplies the flaws."""

    seed: int
    province: str = ""
    careless: float = 1.0
    absent: float = 0.22
    in_register: float = 0.8

    def __post_init__(self) -> None:
        self.random = Random(f"matching {self.seed}")
        provinces = sorted({one[0] for one in divisions() if one[0].endswith(("省", "自治区")) and one[1] and one[2]})
        self.province = self.province or self.random.choice(provinces)
        self._places = [one for one in divisions() if one[0] == self.province and one[1] and one[2]]
        self._far = [one for one in divisions() if one[0] != self.province and one[1]]
        self._trades = self.random.sample(sorted(trades()), _FEW_TRADES)
        self._syllables = self.random.sample(_SYLLABLES, len(_SYLLABLES))
        self._flaws = {flaw: self.careless * self.random.uniform(0.05, 0.28) for flaw in _FLAWS}
        self._forms = [form for form, weight in _FORMS for _ in range(weight)]

    def roster(self, firms: int, unions: int) -> Roster:
        """That many firms and that many records."""
        listed = [self._firm(number) for number in range(firms)]
        entries = [Record(one.name, one.code, one.place) for one in listed]
        chosen = self.random.sample(range(firms), min(unions, firms))
        records, truth = [], []
        for number in chosen:
            known = self.random.random() >= self.absent
            records.append(self._record(listed[number]) if known else self._nobody(listed[number], firms + number))
            truth.append(number if known else None)
        return Roster(entries, records, truth)

    def _often(self, items: Sequence[str]) -> str:
        """One item, those nearer the front more often."""
        chance = self.random.random()
        return items[int(chance * chance * len(items))]

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _firm(self, number: int) -> Firm:
        province, city, county = self._often_place()
        region = self._region(province, city, county)
        brand = "".join(self._often(self._syllables) for _ in range(self.random.choices((2, 3, 4), (62, 28, 10))[0]))
        trade = "".join(self._often(self._trades) for _ in range(self.random.choices((1, 2, 3), (55, 38, 7))[0]))
        form, tail = self.random.choice(self._forms), ""
        if self._chance(0.09):
            where = self.random.choice(("", stem(city), county, stem(county), self._often(self._syllables)))
            tail = (
                where
                + self.random.choice(("", "", "第一", "第二", self._often(self._syllables)))
                + self.random.choice(_BRANCHES)
            )
            form = self.random.choice(("有限公司", "股份有限公司"))
            if self._chance(0.5):
                region, brand, trade = self._head_office(region)
        name = f"{region}{brand}{trade}{form}{tail}"
        if self._chance(0.05):
            name = f"{brand}（{stem(city)}）{trade}{form}{tail}"
        return Firm(region, brand, trade, form, tail, name, self._code(number), self._located(province, city, county))

    def _often_place(self) -> tuple[str, str, str]:
        chance = self.random.random()
        return self._places[int(chance**1.5 * len(self._places))]

    def _region(self, province: str, city: str, county: str) -> str:
        ways = (
            stem(city),
            city,
            stem(county),
            county,
            stem(province),
            province,
            "",
            stem(province) + stem(city),
            city + county,
        )
        return self.random.choices(ways, (26, 24, 8, 16, 8, 3, 8, 2, 5))[0]

    def _head_office(self, region: str) -> tuple[str, str, str]:
        """A chain: few brands have many branches, and some of them come from far."""
        far = self._far[self.random.randrange(12)]
        number = self.random.randrange(40)
        draw = Random(f"{self.seed} chain {number}")
        chain = "".join(draw.choice(self._syllables) for _ in range(2))
        where = ("", "中国", stem(far[1]), region)[number % 4]
        return where, chain, draw.choice(self._trades)

    def _code(self, number: int) -> str:
        body = f"9{self.random.choice('1123')}{self.random.randrange(110000, 660000)}{number * 7919 % 10**8:08d}"
        body += _SIGNS[self.random.randrange(10)]
        return body + uscc.calc_check_digit(body)

    def _located(self, province: str, city: str, county: str) -> Located:
        head = self.random.choices((city + county, county, province + city + county, ""), (45, 35, 10, 10))[0]
        road = self._often(self._syllables) + self._often(self._syllables) + self.random.choice(_ROADS)
        more = self.random.choice(("", f"{self.random.randrange(1, 20)}栋{self.random.randrange(101, 2500)}室", "旁"))
        return Located(stem(province), stem(city), "", f"{head}{road}{self.random.randrange(1, 400)}号{more}")

    def _record(self, firm: Firm) -> Record:
        name = self._written(firm)
        city = firm.place.city if self._chance(0.85) else ""
        address = firm.place.address
        address = address[: self.random.randrange(4, len(address) + 1)] if self._chance(0.5) else ""
        return Record(name, self._roster_code(firm.code), Located("", city, "", address))

    def _nobody(self, firm: Firm, number: int) -> Record:
        """A record that belongs to no firm of the register, and may look as if it did."""
        kind = self.random.random()
        if kind < 0.4:
            other = self._firm(number)
            if self._chance(0.4):  # a namesake: the same brand in another trade
                name = f"{firm.region}{firm.brand}{other.trade}{other.form}"
                other = other._replace(region=firm.region, brand=firm.brand, tail="", name=name, place=firm.place)
            return self._record(other)
        if kind < 0.7:
            far = self.random.choice(self._far)
            where = self.random.choice((stem(far[1]), far[1]))
            record = self._record(firm)
            return record._replace(name=where + record.name, code="")
        place = self.random.choice((stem(firm.place.city), firm.region, ""))
        brand = self._often(self._syllables) + self._often(self._syllables)
        ending = self.random.choice(_ENDINGS) if self._chance(0.5) else ""
        return Record(f"{place}{brand}{self.random.choice(_BODIES)}{ending}", "", Located("", firm.place.city))

    def _written(self, firm: Firm) -> str:
        """The name as a clerk writes it."""
        flaws = [flaw for flaw, share in self._flaws.items() if self._chance(share)]
        region, brand, trade, form = firm.region, firm.brand, firm.trade, firm.form
        if "no_region" in flaws:
            region = ""
        elif "more_region" in flaws:
            region = self.random.choice((firm.place.city, firm.place.city + "市", firm.place.province)) + region
        elif "short_region" in flaws:
            region = stem(region) if region else ""
        if "form" in flaws:
            form = self.random.choice(("有限公司", "有限责任公司", "公司", "厂", "集团", "股份有限公司", ""))
        if "abbreviation" in flaws:
            trade = self.random.choice((trade, trade[:2], trade[: max(2, len(trade) // 2)], ""))
            form = self.random.choice(("", "", "公司", form)) if not firm.tail else form
            if not trade and self._chance(_CUT_BRAND):
                brand = brand[:2]
        same = (region, brand, trade, form) == (firm.region, firm.brand, firm.trade, firm.form)
        name = firm.name if same else f"{region}{brand}{trade}{form}{firm.tail}"
        for flaw, spoil in (("typing", self._mistyped), ("blank", self._spaced)):
            if flaw in flaws:
                name = spoil(name)
        ending = self.random.choice(_ENDINGS) if self._chance(0.6) else ""
        return name + ending

    def _mistyped(self, name: str) -> str:
        at = self.random.randrange(max(1, len(name) - 4))
        sign = self._often(self._syllables)
        ways: tuple[Callable[[], str], ...] = (
            lambda: name[:at] + sign + name[at + 1 :],
            lambda: name[:at] + name[at + 1 :],
            lambda: name[: at + 1] + name[at:],
            lambda: name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :],
        )
        return self.random.choices(ways, (5, 2, 2, 2))[0]()

    def _spaced(self, name: str) -> str:
        at = self.random.randrange(len(name))
        return name[:at] + self.random.choice((" ", "·", "　", "（", "-")) + name[at:]

    def _roster_code(self, code: str) -> str:
        chance = self.random.random()
        if chance < 0.66:
            return ""
        if chance < 0.9:
            return code
        if chance < 0.95:
            return code[8:17]
        at = self.random.randrange(2, 18)
        return code[:at] + self.random.choice(_SIGNS) + code[at + 1 :]
