"""The words of drives (攻坚行动): how one stands in time, and the stages of the employers in it."""

from django.db.models import TextChoices


class DriveState(TextChoices):
    PLANNED = "planned", "未开始"
    RUNNING = "running", "进行中"
    OVER = "over", "已到期"
    ENDED = "ended", "提前结束"


class Stage(TextChoices):
    """How far an employer of a drive has come: each stage holds those of the stages behind it."""

    LISTED = "listed", "在名单上"
    HANDED = "handed", "已派出"
    VISITED = "visited", "已走访"
    AGREED = "agreed", "同意建会"
    FOUNDING = "founding", "批复筹建"
    ORGANISED = "organised", "已建会"


class Beside(TextChoices):
    """What stands beside the funnel."""

    LEFT = "left", "暂缓、不符合"
    REFUSING = "refusing", "拒绝建会"


#: Every number in a sentence; rows.conditions counts by the same.
DEFINITIONS: dict[str, str] = {
    Stage.LISTED: "行动到期以前发现的、在行动范围里、行动开始时还没有建会的单位。行动开始以前已经暂缓、不符合的，"
    "最近一次比对没有再列出的，不算；行动期间暂缓、不符合的，仍然算在这里。",
    Stage.HANDED: "在名单上，已经派给负责的工会，或者已经走访、批复筹建的。",
    Stage.VISITED: "走访过，见到了能答复的人，或者走访后记为不符合的；行动开始以前走访的也算。没见到人的走访不算。",
    Stage.AGREED: "单位最近一次表态是同意建会，或者已经批复筹建、已经建会的；暂缓、不符合的不算。",
    Stage.FOUNDING: "上级工会已经批复成立筹备组的，含已经建会的。",
    Stage.ORGANISED: "行动期间记为已建会的：筹备组的单位，数据比对在工会名册里找到了它的工会。",
    Beside.LEFT: "在名单上，现在记为暂缓或不符合的。",
    Beside.REFUSING: "在名单上，拒绝建会，或者已经书面提醒、报上级工会、提请劳动行政部门的。",
}
