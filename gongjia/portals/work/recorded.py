"""What a row of the record holds, in words: codes by the names that the platform gives them, numbers as they are."""

from typing import Any

from gongjia.backbone.memberships.words import Ending
from gongjia.backbone.posts.words import PostEnding, Role
from gongjia.kernel.models import AuditRow

_KEYS = {
    "added": "新增", "amended": "修改", "by_self": "本人办理", "changed": "改动", "count": "数量", "ending": "原因",
    "fields": "改了哪几项", "has_seen_card": "看过证件", "how": "登录方式", "is_out": "转出", "kept": "保留",
    "kind": "类别", "new": "新增", "new_device": "新设备", "number": "编号", "number_kind": "按什么找",
    "outcome": "结果", "people": "人数", "reason": "原因", "role": "职务", "rows": "行数", "size": "大小",
    "undone": "撤回", "until": "到什么时候", "why": "原因", "with_phone": "有手机号",
}  # fmt: skip
_WORDS = {
    "password": "密码", "second_factor": "动态码", "id_digits": "证件号末位", "code": "验证码", "phone": "手机验证码",
    "signed_out": "本人退出", "idle": "长时间没有操作", "over": "到期", "weak": "登录方式不够", "device": "已认的设备",
    "persona": "演示页", "enrolment.application": "入会申请",
    "name": "姓名或名称", "short_name": "简称", "uscc": "统一社会信用代码", "address": "地址",
    "approval_number": "批复文号", "sex": "性别", "skill_level": "技能等级", "job": "岗位",
    "whole_id_number": "证件号码", "whole_phone": "手机号码",
}  # fmt: skip
_CODES: dict[str, str] = {
    **{str(value): str(zh) for words in (PostEnding, Ending, Role) for value, zh in words.choices if value},
    **_WORDS,
}
MOST = 12


def in_words(row: AuditRow) -> list[tuple[str, str]]:
    """Name and value of what was recorded. What has no word of its own is told as a code, never left out."""
    lines = [(_key(name), _value(value)) for name, value in sorted(row.facts.items())][:MOST]
    if row.subject_id:
        lines.append(("对象编号", str(row.subject_id)))
    return [*lines, ("记录编号", str(row.pk)), ("办理方式", _CHANNELS.get(row.channel, "其他"))]


_CHANNELS = {"web": "网页", "task": "后台任务", "tick": "定时任务", "command": "命令行", "api": "接口"}


def _key(name: str) -> str:
    return _KEYS.get(name) or ("相关编号" if name.endswith("_id") else "其他内容")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list):
        return "、".join(_value(each) for each in value[:MOST]) or "无"
    if isinstance(value, dict):
        return f"{len(value)} 项"
    return _CODES.get(str(value)) or (f"代码 {value}" if value else "无")
