"""Who opened a person's file, in words for that person: the unit and the post, never the officer's name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gongjia.backbone.posts.models import Post
from gongjia.kernel.models import AuditRow

_CHANNELS = {"tick": "系统定时任务", "command": "系统维护", "task": "系统任务", "api": "数据接口"}


@dataclass(frozen=True)
class Opening:
    """One line: when, by which unit and post, for what."""

    at: datetime
    by: str
    purpose_zh: str


def in_words(rows: Iterable[AuditRow]) -> list[Opening]:
    """Audit rows about one person, for that person; one query for all posts.

    It looks past the reach: which post opened the file is the person's to know (个人信息保护法 第四十四条).
    """
    rows = list(rows)
    post_ids = {number for row in rows for number in row.post_ids}
    posts = Post._base_manager.filter(pk__in=post_ids).select_related("organisation")
    words = {each.pk: f"{each.organisation.name} {each.get_role_display()}" for each in posts}
    return [Opening(row.at, _by(row, words), row.purpose_zh) for row in rows]


def _by(row: AuditRow, words: dict[int, str]) -> str:
    if row.person_id is not None and row.person_id == row.about_person_id:
        return "您本人"
    held = [words[number] for number in row.post_ids if number in words]  # the first is the one it was done by
    return "".join(held[:1]) or _CHANNELS.get(row.channel, "工会工作人员")
