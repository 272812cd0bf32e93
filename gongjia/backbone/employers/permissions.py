"""What posts may do with employers."""

from gongjia.kernel.permissions import Permission

_READERS = frozenset(
    {
        "organisation_officer",
        "township_officer",
        "rights_officer",
        "office_officer",
        "leader",
        "auditor",
        "chair",
        "vice_chair",
        "clerk",
        "committee_member",
        "fund_auditor",
        "womens_chair",
    }
)

PERMISSIONS = (
    Permission("employers.see", "查看辖区内的用人单位", _READERS),
    Permission("employers.write", "登记和修改用人单位", frozenset({"organisation_officer", "township_officer"})),
    Permission("employers.cover", "登记工会覆盖哪些单位", frozenset({"organisation_officer", "township_officer"})),
)
