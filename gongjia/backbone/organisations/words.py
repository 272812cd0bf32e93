"""The words of union organisations (DOMAIN: 工会法 2021, 工会基层组织 practice), with their Chinese labels."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """Every kind of organisation that stands in the tree."""

    FEDERATION = "federation", "总工会"
    INDUSTRIAL_UNION = "industrial_union", "产业工会"
    ZONE_UNION = "zone_union", "开发区（园区）工会"
    TOWNSHIP_UNION = "township_union", "乡镇（街道）工会"
    VILLAGE_UNION = "village_union", "村（社区）工会"
    REGIONAL_UNION_FEDERATION = "regional_union_federation", "区域性基层工会联合会"
    INDUSTRY_UNION_FEDERATION = "industry_union_federation", "行业性基层工会联合会"
    GRASSROOTS_UNION = "grassroots_union", "基层工会"
    JOINT_GRASSROOTS_UNION = "joint_grassroots_union", "联合基层工会"
    PREPARATORY_GROUP = "preparatory_group", "工会筹备组"
    UNION_WORK_COMMITTEE = "union_work_committee", "工会工作委员会"
    UNION_OFFICE = "union_office", "工会办事处"
    BRANCH = "branch", "分工会"
    UNION_GROUP = "union_group", "工会小组"


#: The kinds that workers join directly; while a union is being founded they join its preparatory group.
WITH_MEMBERS = (
    Kind.PREPARATORY_GROUP,
    Kind.GRASSROOTS_UNION,
    Kind.JOINT_GRASSROOTS_UNION,
    Kind.VILLAGE_UNION,
    Kind.BRANCH,
    Kind.UNION_GROUP,
)
#: Parts of a union: their members' letters and posters are the union's.
PARTS = (Kind.BRANCH, Kind.UNION_GROUP)
#: The kinds counted as grassroots unions in the yearly return.
COUNTED_AS_UNIONS = (Kind.GRASSROOTS_UNION, Kind.JOINT_GRASSROOTS_UNION)


class State(TextChoices):
    PREPARING = "preparing", "筹备中"
    STANDING = "standing", "正常"
    MERGED = "merged", "已合并"
    DISSOLVED = "dissolved", "已撤销"


#: An organisation in one of these states works: it has parts, members and posts.
IN_FORCE = (State.STANDING, State.PREPARING)


class LinkKind(TextChoices):
    """Beside the one leading superior (组织隶属) a union may have these."""

    GUIDANCE = "guidance", "业务指导"
    FUNDS = "funds", "经费收缴"
