"""Columns of a roster of members (会员花名册) as unions send it."""

import re
from datetime import date

from gongjia.domains.enrolment.rules import YOUNGEST
from gongjia.engines.intake.core import Column, Once, Shared, SheetSpec
from gongjia.engines.intake.core.persons import (
    HAN,
    FromIdentity,
    IdentityNumber,
    ethnicity,
    ignored,
    looks_like_id,
    looks_like_mobile,
    mobile,
    person_name,
    sex,
)
from gongjia.engines.intake.core.values import day, text
from gongjia.engines.intake.core.words import Category, YesNo

_OWN = "(?:(?:工会)?会员|职工|员工|教职工|工人|本人|个人|人员|从业人员|劳动者|务工人员|骑手|司机)?"
_MOST_ON_ONE_PHONE = 5

EDUCATION = Category(
    "文化程度",
    ("小学", "初中", "高中", "中专", "技校", "大专", "本科", "硕士", "博士"),
    {"本科": ("大学", "大学本科"), "大专": ("专科",), "硕士": ("研究生", "硕士研究生")},
)
POLITICAL = Category(
    "政治面貌",
    ("群众", "中共党员", "共青团员", "中共预备党员", "民主党派"),
    {"中共党员": ("党员",), "共青团员": ("团员",), "中共预备党员": ("预备党员",)},
)
EMPLOYMENT_FORM = Category(
    "用工形式",
    ("劳动合同", "劳务派遣", "灵活就业", "新就业形态"),
    {"劳动合同": ("合同制", "合同工", "正式工"), "劳务派遣": ("派遣", "派遣工")},
)
GROUP = Category(
    "群体类别",
    (
        "货车司机",
        "快递员",
        "护工护理员",
        "家政服务员",
        "商场信息员",
        "网约送餐员",
        "房产中介员",
        "保安员",
        "网约车司机",
    ),
    {
        "快递员": ("快递小哥",),
        "网约送餐员": ("外卖员", "外卖骑手", "骑手"),
        "货车司机": ("卡车司机",),
        "家政服务员": ("家政",),
        "保安员": ("保安",),
        "护工护理员": ("护工",),
        "房产中介员": ("房产中介",),
    },
)
MIGRANT = YesNo("是否农民工", yes=("农民工", "是农民工"), no=("非农民工", "不是农民工"))

_WORKPLACE = re.compile(
    r".*(?:车间|工段|班|班组|部|部门|科|科室|处|室|组|小组|队|厂|公司|中心|站|所|院|园|店|街道|镇|乡|村|社区|工会|分会|名单|名册)"
)
_PERSON = re.compile(f"[{HAN}·]{{2,6}}")


def may_be_a_person(alone: str) -> bool:
    """Whether a text that stands alone in the column of names can be a name, and not the title of a section."""
    written = re.sub(r"\s", "", alone)
    return bool(_PERSON.fullmatch(written)) and not _WORKPLACE.fullmatch(written)


_PERSON_COLUMNS = (
    Column(
        "phone",
        "手机",
        mobile,
        ("手机号", "手机号码", "移动电话", "联系电话", "联系方式", "电话", "电话号码", "联系手机"),
        pattern=f"{_OWN}(?:联系|常用)?(?:手机|移动电话|电话|联系方式|联系电话|联络方式|联络电话|联系号码)(?:号码?|号)?",
        looks=looks_like_mobile,
        unnamed=r"|号码|联络|联系|通讯|通信|通讯方式|联系手机号|TEL|PHONE|MOBILE|列\d*|COLUMN\d*",
    ),
    Column("sex", "性别", sex, ("男女",), pattern=f"{_OWN}性别"),
    Column(
        "birth",
        "出生日期",
        ignored,
        ("出生年月", "出生年月日", "生日", "出生时间", "出生"),
        pattern=f"{_OWN}(?:出生年月日?|出生日期|生日)",
        holds=date,
    ),
    Column("ethnicity", "民族", ethnicity, ("族别", "民族成份", "民族成分")),
)
_MEMBERSHIP = (
    Column(
        "joined_on",
        "入会时间",
        day,
        ("入会日期", "入会年月", "何时入会", "加入工会时间", "加入工会日期"),
        holds=date,
        pattern=r"(?:何时)?(?:加入工会|参加工会|入工会|入会|会员入会|工会入会)(?:的)?(?:时间|日期|年月日?|年份月份)?",
    ),
    Column("employment_form", "用工形式", EMPLOYMENT_FORM, ("用工方式", "用工性质", "用工类型", "就业形式")),
    Column(
        "migrant",
        "是否农民工",
        MIGRANT,
        ("农民工", "是否为农民工", "是不是农民工"),
        holds=bool,
        pattern=r"(?:是否|是不是)?(?:为|是|属于)?(?:进城)?(?:农民工|务工农民)(?:是否|是或否|是否)?",
    ),
    Column(
        "education",
        "文化程度",
        EDUCATION,
        ("学历", "最高学历", "受教育程度", "教育程度"),
        pattern=r"(?:最高)?(?:学历|文化水平|文化)(?:层次|程度)?",
    ),
    Column("political", "政治面貌", POLITICAL, ("政治面目", "政治身份", "党派")),
)
_WORK = (
    Column(
        "employer",
        "单位",
        text,
        (
            "工作单位",
            "所在单位",
            "单位名称",
            "用人单位",
            "所属单位",
            "企业名称",
            "平台/站点",
            "公司",
            "企业",
            "用工单位",
            "平台",
            "站点",
            "现工作单位",
            "公司名称",
            "工作单位名称",
            "所在企业",
            "所在公司",
        ),
        carries=True,
    ),
    Column(
        "department",
        "部门",
        text,
        (
            "车间",
            "班组",
            "部门/班组",
            "科室",
            "所在部门",
            "所属部门",
            "车间/班组",
            "部门名称",
            "车间班组",
            "部门车间",
        ),
        pattern=r"(?:所在|所属)?(?:部门|车间|班组|科室|工段)(?:部门|车间|班组|科室|工段)?(?:名称)?",
        carries=True,
    ),
    Column(
        "job",
        "岗位",
        text,
        ("工种", "岗位/工种", "职务", "职位", "岗位名称", "工作岗位", "职业", "从事工种", "岗位工种", "职业工种"),
        carries=True,
    ),
    Column(
        "group",
        "群体类别",
        GROUP,
        ("群体", "所属群体", "新就业群体", "从业群体", "群体类型", "人员群体", "行业群体"),
    ),
    Column("remark", "备注", text, ("备注说明", "说明", "其他说明", "备注信息")),
)


def members(on: date) -> SheetSpec:
    """The roster, as read on a day: ages are reckoned on it."""
    return SheetSpec(
        "会员花名册",
        (*_who(on), *_PERSON_COLUMNS, *_MEMBERSHIP, *_WORK),
        serial=("序号", "编号", "行号", "序", "No", "顺序号", "序列号", "排序"),
        finish=FromIdentity("id_number", birth="birth", sex="sex", on=on),
        once=Once("id_number", "name", "身份证号"),
        shared=Shared("phone", _MOST_ON_ONE_PHONE, "手机号"),
        alone=may_be_a_person,
    )


def _who(on: date) -> tuple[Column, ...]:
    return (
        Column(
            "name",
            "姓名",
            person_name,
            ("会员姓名", "职工姓名", "名字", "员工姓名", "人员姓名", "姓名全称", "名称"),
            required=True,
            pattern=f"{_OWN}(?:姓名|名字|真实姓名|中文姓名|姓名全名)",
        ),
        Column(
            "id_number",
            "身份证号",
            IdentityNumber(on, YOUNGEST),
            (
                "身份证号码",
                "公民身份号码",
                "证件号码",
                "公民身份证号码",
                "居民身份证号码",
                "证件号",
                "身份证",
                "身份号码",
            ),
            required=True,
            missing="missing_id",
            pattern=f"{_OWN}(?:有效)?(?:居民|公民|二代)?(?:身份证件?|证件|身份)(?:号码?|编号|ID|代码)?",
            looks=looks_like_id,
            unnamed=r".*",
        ),
    )
