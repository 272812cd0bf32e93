"""What posts may do with posts."""

from gongjia.kernel.permissions import Permission

_READERS = frozenset(
    {"organisation_officer", "township_officer", "leader", "auditor", "office_officer", "chair", "vice_chair", "clerk"}
)

PERMISSIONS = (
    Permission("posts.see", "查看本级及下级工会的任职情况", _READERS | {"security_operator"}),
    Permission("posts.appoint", "登记任职和离任", frozenset({"organisation_officer"})),
    Permission(
        "posts.appoint_watchers",
        "在最上级工会登记审计员、系统管理员和安全管理员的任职和离任",
        frozenset({"organisation_officer"}),
    ),
    Permission("audit.read", "查看范围内的操作记录和档案查阅记录", frozenset({"auditor"}), sensitive=True),
    Permission("operations.see", "查看系统运行状况", frozenset({"system_operator", "security_operator"})),
)
