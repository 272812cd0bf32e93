"""What posts may do about voices."""

from gongjia.kernel.permissions import Permission

_OF_UNION = frozenset({"chair", "vice_chair", "clerk"})
_STAFF = frozenset({"rights_officer", "township_officer"})

PERMISSIONS = (
    Permission("voices.see", "查看诉求清单和统计（不含内容和姓名）", _OF_UNION | _STAFF | {"leader"}),
    Permission("voices.handle", "打开和办理职工诉求", _OF_UNION | _STAFF),
    Permission("voices.take", "登记来电、来访、来信和转来的诉求", _STAFF | {"office_officer"}),
    Permission("voices.promise", "把关键小事列出来、承诺和办结", _OF_UNION | _STAFF),
    Permission("voices.book", "修改政策问答", frozenset({"rights_officer"})),
    Permission(
        "voices.approve",
        "批准延长诉求期限",
        frozenset({"leader", "chair", "vice_chair", "office_officer"}),
    ),
    Permission("voices.settle", "由平台按期限往下走（没有职务能办）", frozenset()),
)
