"""What posts may do about employers without a union."""

from gongjia.kernel.permissions import Permission

PERMISSIONS = (
    Permission("organising.compare", "上传名单做数据比对", frozenset({"organisation_officer"})),
    Permission(
        "organising.see",
        "查看应建未建单位名单",
        frozenset({"organisation_officer", "township_officer", "leader", "auditor"}),
    ),
    Permission("organising.assign", "把线索派给下级工会", frozenset({"organisation_officer"})),
    Permission("organising.drive", "开展建会攻坚行动，定目标、分任务", frozenset({"organisation_officer"})),
    Permission("organising.work", "办理派来的线索", frozenset({"organisation_officer", "township_officer"})),
)
