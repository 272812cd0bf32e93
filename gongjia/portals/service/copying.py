"""A copy of one's own data: one structure, read as a page and as a file. Labels are the words of the interface."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gongjia.backbone.memberships.words import Ending, Origin, State
from gongjia.backbone.people.models import Person
from gongjia.backbone.people.words import Group
from gongjia.backbone.posts import openings
from gongjia.backbone.posts.words import Role
from gongjia.engines.casework.flow import flow
from gongjia.engines.messages.models import Direction
from gongjia.engines.papers.words import PaperState
from gongjia.kernel.identity import in_words
from gongjia.kernel.models import AuditRow
from gongjia.kernel.moments import local
from gongjia.portals.service.everything import Everything, everything_about

_FACTS = ("name", "sex", "birth_on", "ethnicity", "education", "political", "skill_level", "is_migrant")

Line = dict[str, str]


@dataclass(frozen=True)
class Copy:
    """Sections in the order of the page: the person, then lists of lines; and how many messages are still unread."""

    sections: Mapping[str, Any]
    unread: int


def copy_of(person: Person, *, at: datetime) -> Copy:
    """Two queries beside the person's row, however much is kept."""
    own = in_words(Person, {name: getattr(person, name) for name in _FACTS})
    own |= {"证件类型": person.get_id_kind_display(), "证件号码": person.reveal("id_number")}
    kept = everything_about(person.pk)
    sections = {
        "生成时间": _moment(at),
        "本人": own | {"手机号码": person.reveal("phone")},
        "会籍": _memberships(kept),
        "工作单位": _employments(kept),
        "工会职务": _posts(kept),
        "办理过的事项": _matters(kept),
        "证明和公文": _papers(kept),
        "往来消息": _messages(kept),
        "档案查阅记录": _openings(kept),
    }
    waiting = [row for row in kept.of("messages") if row["direction"] == Direction.DOWN and row["read_at"] is None]
    return Copy(sections, len(waiting))


def _memberships(kept: Everything) -> list[Line]:
    rows = sorted(kept.of("memberships"), key=lambda row: (row["from_on"], row["pk"]))
    return [
        {
            "工会": row["organisation"],
            "状态": State(row["state"]).label,
            "入会日期": _day(row["joined_on"]),
            "在本会起": _day(row["from_on"]),
            "在本会止": _day(row["until_on"]),
            "入会方式": _label(Origin, row["origin"]),
            "职业群体": _label(Group, row["group"]),
            "终止原因": _label(Ending, row["ending"]),
            "编号": row["reference"],
        }
        for row in rows
    ]


def _employments(kept: Everything) -> list[Line]:
    rows = sorted(kept.of("employments", newest_by="from_on"), key=lambda row: row["until_on"] is not None)
    return [
        {"单位": row["employer"], "岗位": row["job"], "起": _day(row["from_on"]), "止": _day(row["until_on"])}
        for row in rows
    ]


def _posts(kept: Everything) -> list[Line]:
    return [
        {
            "工会": row["organisation"],
            "职务": Role(row["role"]).label,
            "起": _day(row["from_on"]),
            "止": _day(row["until_on"]),
        }
        for row in kept.of("posts", newest_by="from_on")
    ]


def _matters(kept: Everything) -> list[Line]:
    return [
        {
            "事项": row["title"],
            "受理工会": row["organisation"],
            "状态": flow(row["flow_code"]).state(row["state"]).zh,
            "提出时间": _moment(row["opened_at"]),
            "编号": row["reference"],
        }
        for row in kept.of("matters", newest_by="opened_at")
    ]


def _papers(kept: Everything) -> list[Line]:
    return [
        {
            "名称": row["title"],
            "文号": row["number__text"] or "",
            "发文单位": row["organisation"],
            "成文日期": _day(row["issued_on"]),
            "状态": PaperState(row["state"]).label,
            "编号": row["reference"],
        }
        for row in kept.of("papers", newest_by="issued_on")
    ]


def _messages(kept: Everything) -> list[Line]:
    return [
        {
            "时间": _moment(row["sent_at"]),
            "方向": Direction(row["direction"]).label,
            "工会": row["organisation"],
            "标题": row["title"],
            "内容": row["body"],
        }
        for row in kept.of("messages", newest_by="sent_at")
    ]


def _openings(kept: Everything) -> list[Line]:
    """The newest first, as they were written."""
    rows = reversed([AuditRow(**row) for row in kept.of("openings")])
    return [{"时间": _moment(each.at), "查阅人": each.by, "用途": each.purpose_zh} for each in openings.in_words(rows)]


def in_chinese(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines as they are read on paper: days and moments as 2026年11月21日, the hour after them; all else as it is."""
    return [{label: _day_zh(value, label=label) for label, value in line.items()} for line in lines]


#: What carries a day or a moment; a message may begin with a date of its own and stays as it was written.
_DATED = {"入会日期", "成文日期", "在本会起", "在本会止", "起", "止", "提出时间", "时间", "出生日期"}
_WRITTEN = re.compile(r"(\d{4})-(\d{2})-(\d{2})( \d{2}:\d{2})?")


def _day_zh(value: Any, *, label: str) -> Any:
    found = _WRITTEN.fullmatch(str(value)) if label in _DATED else None
    if found is None:
        return value
    year, month, day, hour = found.groups()
    return f"{year}年{int(month)}月{int(day)}日{hour or ''}"


def _label(words: Any, value: str) -> str:
    return str(words(value).label) if value else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _moment(at: datetime) -> str:
    return f"{local(at):%Y-%m-%d %H:%M}"
