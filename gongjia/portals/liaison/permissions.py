"""What posts may do in the liaison net."""

from gongjia.kernel.permissions import Permission

PERMISSIONS = (
    Permission(
        "liaison.answer",
        "查看和回复职工写给本工会的留言",
        frozenset({"chair", "vice_chair", "clerk", "township_officer", "organisation_officer"}),
    ),
    Permission(
        "liaison.announce",
        "以本级工会的名义给会员群发通知，看到多少人读过、怎么答，看不到是谁",
        frozenset({"chair", "vice_chair", "clerk", "township_officer", "organisation_officer", "office_officer"}),
    ),
)
