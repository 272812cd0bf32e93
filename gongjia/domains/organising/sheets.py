"""Columns of the lists that are compared: employers, their insured staff, and a roster of unions."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from gongjia.domains.organising.comparison import EmployerRecord, HeadcountRecord, UnionRecord
from gongjia.domains.organising.headcounts import Headcounts
from gongjia.domains.organising.listing import ListKind
from gongjia.engines.intake.core import BadCell, Cell, Column, Once, Row, SheetSpec
from gongjia.engines.intake.core.persons import telephone
from gongjia.engines.intake.core.values import day, headcount, looks_like_uscc, text, uscc
from gongjia.engines.matching.core import Located

_USCC = ("统一社会信用代码", "统一信用代码", "社会信用代码", "信用代码", "统一代码", "纳税人识别号", "机构代码")
_EMPLOYER_NAMES = ("企业名称", "单位名称", "用人单位名称", "公司名称", "名称", "企业全称", "单位全称", "机构名称")


def roster_code(cell: Cell) -> str:
    """A code as a clerk's roster carries it: old, short or mistyped ones are kept, since comparing can still use them.

    Only one that the spreadsheet itself has damaged is refused (`damaged_code`).
    """
    try:
        return text(cell)
    except BadCell as bad:
        raise BadCell("damaged_code", bad.reason) from bad


_OTHER_NAMES = (
    "用人单位", "企业", "单位", "市场主体名称", "参保单位名称", "参保单位", "缴费单位名称", "缴费单位", "纳税人名称",
    "扣缴义务人名称", "社会组织名称", "站点名称",
)  # fmt: skip
_NAME = Column("name", "单位名称", text, (*_EMPLOYER_NAMES, *_OTHER_NAMES), required=True)
_CODE = Column("uscc", "统一社会信用代码", uscc, (*_USCC, "代码", "单位代码", "企业代码"))
_INSURED = Column(
    "insured", "参保人数", headcount, ("社保参保人数", "参保职工人数", "养老保险参保人数", "缴费人数"), holds=int
)
_TAXED = Column("taxed", "税务人数", headcount, ("个税申报人数", "纳税人数", "个税人数", "扣缴申报人数"))
_DECLARED = Column(
    "headcount",
    "申报人数",
    headcount,
    ("职工人数", "员工人数", "从业人数", "从业人员数", "职工总数", "用工人数", "在职人数", "职工数", "员工数", "人数"),
    holds=int,
)
_ADDRESS = Column(
    "address", "地址", text, ("注册地址", "住所", "单位地址", "企业地址", "经营地址", "通讯地址", "详细地址")
)
_STATUS = Column("status", "登记状态", text, ("经营状态", "企业状态", "状态", "市场主体状态", "登记机关状态"))
_AS_OF = Column(
    "as_of",
    "数据日期",
    day,
    (
        *("统计日期", "截止日期", "截至日期", "统计月份", "数据月份", "所属期", "费款所属期", "税款所属期"),
        *("缴费月份", "缴费所属期", "参保月份", "申报月份", "统计时点", "统计时间"),
    ),
    holds=date,
)
_FOUNDED = Column("founded_on", "成立日期", day, ("注册日期", "注册时间", "成立时间", "登记日期"), holds=date)

EMPLOYERS = SheetSpec(
    "单位名单",
    (
        _NAME,
        _CODE,
        Column("province", "省", text, ("省份", "所在省", "省市", "省（自治区、直辖市）")),
        Column("city", "市", text, ("城市", "所在市", "地市", "市州", "地级市", "所属城市")),
        Column("county", "县", text, ("县市区", "区县", "区", "所在县", "所在区县", "县区", "所属区县", "行政区划")),
        Column("region", "地区", text, ("所属地区", "所在地区", "辖区", "所属区域")),
        _ADDRESS,
        _DECLARED,
        _INSURED,
        _TAXED,
        _STATUS,
        _FOUNDED,
        _AS_OF,
    ),
)
"""Employers as market regulation, a park or a township lists them."""

REGISTER = SheetSpec(
    "企业名单",
    (
        replace(_NAME, pattern=r"(?:企业|单位|公司|用人单位|市场主体|商户|个体户|用工单位|参保单位)(?:名称|全称)?"),
        replace(_CODE, looks=looks_like_uscc, unnamed=".*", pattern=r".*(?:统一|社会|信用).*(?:代码|号码?)"),
        _ADDRESS,
        _DECLARED,
        replace(_INSURED, pattern=r"(?:实际)?(?:参保|社保|缴费)(?:职工|单位)?(?:人数|总数|人员数)"),
        Column(
            "legal_person", "法定代表人", text, ("法人代表", "法人", "负责人", "企业负责人", "法定代表人姓名", "经营者")
        ),
        Column(
            "phone",
            "联系电话",
            telephone,
            (
                "电话",
                "联系方式",
                "手机",
                "企业电话",
                "单位电话",
                "联系人电话",
                "电话号码",
                "手机号",
                "手机号码",
                "固定电话",
            ),
        ),
        _STATUS,
        _FOUNDED,
    ),
    serial=("序号", "编号", "行号", "序", "No", "顺序号"),
    once=Once("uscc", "name", "统一社会信用代码"),
)
"""Employers with all that a list says of them, each once: what `gongjia read-sheet employers` reads."""

INSURED = SheetSpec("参保单位名单", (_NAME, _CODE, _INSURED, _TAXED, _DECLARED, _AS_OF))
"""Headcounts of employers: social insurance, tax, declared. Which of the three a file carries is up to the file."""

TAX = replace(INSURED, zh="税务名单")
"""The same from the tax office: a number without further word is the tax office's (`taxed_record`)."""

CIVIL = replace(EMPLOYERS, zh="社会组织名单")
"""Social organisations as civil affairs lists them: employers like others (名称、代码、从业人数)."""

_RIDERS = ("骑手人数", "骑手数", "配送员人数", "快递员人数", "司机人数", "人员数", "站点人数")
STATIONS = replace(
    EMPLOYERS,
    zh="平台站点名单",
    columns=tuple(
        replace(each, synonyms=(*each.synonyms, *_RIDERS)) if each.field == "headcount"
        else replace(each, synonyms=("站点名称", "网点名称", "站点", "网点", *each.synonyms)) if each.field == "name"
        else each
        for each in EMPLOYERS.columns
    ),
)  # fmt: skip
"""Stations of platforms: outlets of couriers, riders and drivers, with the people who work there."""

UNIONS = SheetSpec(
    "工会名册",
    (
        Column(
            "name", "工会名称", text, ("工会全称", "基层工会名称", "工会组织名称", "单位名称", "名称"), required=True
        ),
        Column("number", "序号", text, ("编号", "记录号", "工会编号")),
        Column("code", "单位代码", roster_code, ("所在单位代码", "组织机构代码", "单位统一社会信用代码", *_USCC)),
        Column(
            "employer",
            "所在单位",
            text,
            ("所在单位名称", "建会单位", "建会单位名称", "单位名称", "用人单位", "单位全称"),
        ),
        Column("province", "所在省", text, ("省", "省份")),
        Column("city", "所在市", text, ("市", "城市", "地市", "市州")),
        Column("county", "所在县", text, ("县", "区县", "县市区", "所在区县", "县区", "行政区划")),
        Column("region", "地区", text, ("所属地区", "所在地区", "辖区", "所属区域")),
        Column("address", "地址", text, ("单位地址", "工会地址", "通讯地址", "详细地址", "住所")),
        Column("members", "会员数", headcount, ("会员人数", "工会会员数", "会员总数")),
        Column("founded_on", "成立日期", day, ("建会日期", "建会时间", "成立时间")),
    ),
    serial=(),
)
"""A union roster as clerks keep it, one union a row."""

OF_LISTS = {
    ListKind.MARKET: EMPLOYERS,
    ListKind.CIVIL: CIVIL,
    ListKind.STATIONS: STATIONS,
    ListKind.INSURED: INSURED,
    ListKind.TAX: TAX,
    ListKind.ROSTER: UNIONS,
}
"""How each list of a comparison is read."""

_IDENTITY = frozenset(("", "name"))  # '' stands for a row that could not be split into cells
_LIKE_A_CODE = re.compile(r"(?=.*\d)[0-9A-Z]{15,20}", re.IGNORECASE)
#: What may be the ID number of a person, of eighteen signs or of fifteen.
_OF_A_PERSON = re.compile(
    r"\d{6}(?:(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]"
    r"|\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3})",
    re.IGNORECASE,
)
#: Stands for a code that the spreadsheet has damaged beyond recognition.
UNREADABLE_CODE = "写错的代码"


def employer_record(row: Row) -> EmployerRecord | None:
    """The employer of a row, or None where its name is in doubt; a doubtful headcount is merely unknown.

    A code that is none says nothing: the employer is kept with its name, and the code as it stands.
    """
    if _in_doubt(row):
        return None
    of = row.values
    return EmployerRecord(
        name=of["name"] or "",
        uscc=of.get("uscc") or "",
        place=_place(of),
        headcounts=_headcounts(of),
        status=of.get("status") or "",
        wrong_code=_wrong_code(row),
    )


def headcount_record(row: Row) -> HeadcountRecord | None:
    """The headcounts of a row, or None where it is in doubt whose they are."""
    if _in_doubt(row):
        return None
    return HeadcountRecord(row.values["name"] or "", row.values.get("uscc") or "", _headcounts(row.values))


def taxed_record(row: Row) -> HeadcountRecord | None:
    """The same of a list of the tax office, where a number without further word is what it was told."""
    record = headcount_record(row)
    if record is None or record.headcounts.taxed is not None:
        return record
    counts = record.headcounts
    told = counts._replace(taxed=counts.declared, taxed_on=counts.declared_on, declared=None, declared_on=None)
    return record._replace(headcounts=told)


def union_record(row: Row) -> UnionRecord:
    """The union of a row, whatever is wrong with it: every record of the roster gets its answer.

    Where the roster has no running number the row number of the sheet stands for it.
    """
    of = row.values
    return UnionRecord(
        number=of.get("number") or str(row.number),
        name=of.get("name") or "",
        code=of.get("code") or "",
        employer=of.get("employer") or "",
        place=_place(of),
    )


def named_union(row: Row) -> UnionRecord | None:
    """The same, None for a line that names nothing: nobody looks for its employer."""
    one = union_record(row)
    return one if one.name or one.code or one.employer else None


def _in_doubt(row: Row) -> bool:
    return any(problem.field in _IDENTITY for problem in row.problems)


def _wrong_code(row: Row) -> str:
    """What stands in the place of a code and is none, as far as a code is long; else empty."""
    if not any(problem.field == "uscc" for problem in row.problems):
        return ""
    written = (text(cell) for cell in row.cells if isinstance(cell, str) and cell)
    codes = (each[:18] for each in written if each and _LIKE_A_CODE.fullmatch(each))
    return next((each for each in codes if not _OF_A_PERSON.fullmatch(each)), UNREADABLE_CODE)


def without_person(code: str) -> str:
    """A code as it may stand in the open: tax lists carry the ID number of whoever keeps a shop in its place."""
    return UNREADABLE_CODE if _OF_A_PERSON.fullmatch(code.strip()) else code


def _place(of: Mapping[str, Any]) -> Located:
    address = (of.get("region") or "") + (of.get("address") or "")
    return Located(of.get("province") or "", of.get("city") or "", of.get("county") or "", address)


def _headcounts(of: Mapping[str, Any]) -> Headcounts:
    return Headcounts(of.get("insured"), of.get("taxed"), of.get("headcount")).dated(of.get("as_of"))
