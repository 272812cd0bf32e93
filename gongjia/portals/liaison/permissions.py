"""What posts may do in the liaison net."""

from gongjia.kernel.permissions import Permission

PERMISSIONS = (
    Permission(
        "liaison.answer",
        "查看和回复职工写给本工会的留言",
        frozenset({"chair", "vice_chair", "clerk", "township_officer", "organisation_officer"}),
    ),
)
