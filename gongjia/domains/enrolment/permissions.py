"""What posts may do about joining."""

from gongjia.kernel.permissions import Permission

_KEEPERS = frozenset({"chair", "vice_chair", "clerk", "organisation_officer", "township_officer"})

PERMISSIONS = (
    Permission("enrolment.approve", "审批入会申请", _KEEPERS),
    Permission("enrolment.posters", "制作和停用入会海报", _KEEPERS),
)
