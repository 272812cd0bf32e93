"""What posts may do about founding a union."""

from gongjia.kernel.permissions import Permission

_STAFF = frozenset({"organisation_officer", "township_officer"})
_OF_UNION = frozenset({"chair", "vice_chair", "clerk"})

PERMISSIONS = (
    Permission("founding.see", "查看建会办到哪一步", _STAFF | _OF_UNION | {"leader", "auditor"}),
    Permission("founding.prepare", "办理建会：请示、发展会员、组织选举、报告结果", _STAFF | _OF_UNION),
    Permission("founding.approve", "批复下级筹建和选举结果", frozenset({"organisation_officer"})),
)
