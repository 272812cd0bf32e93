"""Who the personas are. Their numbers are coined like everybody's; their names stand in the guides and the tests."""

from datetime import date

from demo.world import CITY, Cast
from gongjia.backbone.posts.words import Role

HOME = "421202"
"""The county of 何建平's union, of 张敏 and 许琴; 周远 is of another one."""
ELSEWHERE = "421281"
UNION_CAST = (
    Cast("hejianping", "何建平", "m", 1979, date(2013, 10, 15), 6, "行政主管", Role.CHAIR, date(2018, 9, 20)),
    Cast("wangfang", "王芳", "f", 1991, date(2013, 5, 6), 3, "装配工", came=date(2019, 3, 1)),
)
OFFICE_CASTS = {
    CITY: (
        Cast("chenli", "陈立", "m", 1971, date(2006, 12, 4), 0, "副主席", Role.LEADER, date(2021, 11, 8)),
        Cast("zhaoqing", "赵清", "f", 1984, date(2011, 8, 1), 0, "审计科科长", Role.AUDITOR, date(2019, 4, 1)),
        Cast(
            "operator",
            "系统员",
            "m",
            1993,
            date(2017, 7, 10),
            0,
            "信息中心技术员",
            Role.SYSTEM_OPERATOR,
            date(2020, 1, 6),
        ),
    ),
    HOME: (
        Cast(
            "zhangmin",
            "张敏",
            "f",
            1988,
            date(2012, 9, 3),
            0,
            "组织部部长",
            Role.ORGANISATION_OFFICER,
            date(2018, 6, 1),
        ),
        Cast(
            "xuqin",
            "许琴",
            "f",
            1992,
            date(2016, 8, 1),
            0,
            "组织部副部长",
            Role.ORGANISATION_OFFICER,
            date(2022, 3, 1),
        ),
    ),
    ELSEWHERE: (
        Cast(
            "zhouyuan",
            "周远",
            "m",
            1986,
            date(2010, 7, 5),
            0,
            "组织部部长",
            Role.ORGANISATION_OFFICER,
            date(2017, 3, 1),
        ),
    ),
}
