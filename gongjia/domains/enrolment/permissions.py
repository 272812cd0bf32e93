"""What posts may do about joining."""

from gongjia.kernel.permissions import Permission

_KEEPERS = frozenset({"chair", "vice_chair", "clerk", "organisation_officer", "township_officer"})

PERMISSIONS = (
    Permission("enrolment.approve", "审批入会申请", _KEEPERS),
    Permission("enrolment.assign", "把还没有工会的入会申请转给工会", frozenset({"organisation_officer"})),
    Permission("enrolment.posters", "制作和停用入会海报，出示现场码", _KEEPERS),
    Permission("enrolment.settle", "由平台按期限和会籍变动办结事项（没有职务能办）", frozenset()),
)
