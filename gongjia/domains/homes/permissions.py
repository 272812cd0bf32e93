"""What posts may do about the public face of a union."""

from gongjia.kernel.permissions import Permission

_KEEPERS = frozenset({"chair", "vice_chair", "clerk", "organisation_officer", "township_officer"})

PERMISSIONS = (
    Permission(
        "homes.see",
        "查看本级及下级工会的三亮和会站家阵地",
        _KEEPERS | {"committee_member", "womens_chair", "fund_auditor", "office_officer", "leader", "auditor"},
    ),
    Permission("homes.write", "登记三亮，写职责和承诺，维护会站家阵地", _KEEPERS),
    Permission(
        "homes.check", "核实下级工会的三亮，提醒还没有做的", frozenset({"organisation_officer", "township_officer"})
    ),
)
