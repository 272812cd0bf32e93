"""Roles of posts: what somebody is to an organisation. Permissions are declared by the rooms that need them."""

from django.db.models import TextChoices


class Role(TextChoices):
    CHAIR = "chair", "工会主席"
    VICE_CHAIR = "vice_chair", "工会副主席"
    COMMITTEE_MEMBER = "committee_member", "工会委员"
    CLERK = "clerk", "工会干事"
    GROUP_LEADER = "group_leader", "工会小组长"
    FUND_AUDITOR = "fund_auditor", "经费审查委员"
    WOMENS_CHAIR = "womens_chair", "女职工委员会主任"
    TOWNSHIP_OFFICER = "township_officer", "乡镇（街道）工会干部"
    ORGANISATION_OFFICER = "organisation_officer", "组织部干部"
    RIGHTS_OFFICER = "rights_officer", "权益保障部干部"
    OFFICE_OFFICER = "office_officer", "办公室干部"
    LEADER = "leader", "总工会领导"
    AUDITOR = "auditor", "审计员"
    SYSTEM_OPERATOR = "system_operator", "系统管理员"
    SECURITY_OPERATOR = "security_operator", "安全管理员"


class PostEnding(TextChoices):
    """Why somebody left a post."""

    TERM_OVER = "term_over", "任期届满"
    RESIGNED = "resigned", "本人辞职"
    TRANSFERRED = "transferred", "工作调动"
    RETIRED = "retired", "退休"
    REMOVED = "removed", "罢免或免去"
    DIED = "died", "去世"
    UNION_ENDED = "union_ended", "工会合并或撤销"
    MISTAKEN = "mistaken", "登记有误"


#: Who may not be moved or removed at will while the term runs (工会法第十八条).
KEPT_FOR_THE_TERM = frozenset({Role.CHAIR, Role.VICE_CHAIR})
#: Of whom a union has one: a second one is no slip only where something says so.
SINGLE = frozenset({Role.CHAIR, Role.WOMENS_CHAIR})
#: Posts whose holders sign in with a password and a second factor.
STRICT = frozenset(
    {
        Role.TOWNSHIP_OFFICER,
        Role.ORGANISATION_OFFICER,
        Role.RIGHTS_OFFICER,
        Role.OFFICE_OFFICER,
        Role.LEADER,
        Role.AUDITOR,
        Role.SYSTEM_OPERATOR,
        Role.SECURITY_OPERATOR,
    }
)
#: Who watches or runs the whole platform (三员): at its top only.
WATCHERS = frozenset({Role.AUDITOR, Role.SYSTEM_OPERATOR, Role.SECURITY_OPERATOR})
#: Pairs that one person may not hold at once (三员分立；财务与审计分开).
FORBIDDEN_PAIRS = (
    frozenset({Role.SYSTEM_OPERATOR, Role.AUDITOR}),
    frozenset({Role.SYSTEM_OPERATOR, Role.SECURITY_OPERATOR}),
    frozenset({Role.SECURITY_OPERATOR, Role.AUDITOR}),
    frozenset({Role.CHAIR, Role.FUND_AUDITOR}),
    frozenset({Role.VICE_CHAIR, Role.FUND_AUDITOR}),
)
