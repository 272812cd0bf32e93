"""What posts may do with memberships."""

from gongjia.kernel.permissions import Permission

_READERS = frozenset({"womens_chair", "committee_member", "fund_auditor", "leader", "auditor"})
_KEEPERS = frozenset({"chair", "vice_chair", "clerk", "organisation_officer", "township_officer"})

PERMISSIONS = (
    Permission("memberships.see", "查看会员名册（证件号和手机号打码）", _KEEPERS | _READERS),
    Permission("memberships.write", "办理会籍：入会、转接、保留、终止", _KEEPERS),
    Permission(
        "people.open",
        "打开会员个人档案（须说明用途，本人可见）",
        _KEEPERS | {"rights_officer", "auditor"},
        sensitive=True,
    ),
)
