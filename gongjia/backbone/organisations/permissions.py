"""What posts may do with organisations."""

from gongjia.kernel.permissions import Permission

_STAFF = frozenset({"organisation_officer", "township_officer"})

PERMISSIONS = (
    Permission(
        "organisations.see",
        "查看本级及下级工会的组织情况",
        _STAFF
        | {
            "chair",
            "vice_chair",
            "committee_member",
            "clerk",
            "fund_auditor",
            "womens_chair",
            "rights_officer",
            "office_officer",
            "leader",
            "auditor",
        },
    ),
    Permission("organisations.found", "批准成立下级工会", frozenset({"organisation_officer"})),
    Permission("organisations.move", "调整工会的隶属关系、合并或撤销工会", frozenset({"organisation_officer"})),
    Permission("organisations.amend", "修改工会的基本信息", _STAFF | {"chair", "clerk"}),
)
