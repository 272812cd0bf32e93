"""The words of comparisons and leads (数据比对, 建会线索)."""

from django.db.models import TextChoices


class RunState(TextChoices):
    DRAFT = "draft", "还没有开始"
    WAITING = "waiting", "等待比对"
    RUNNING = "running", "正在比对"
    DONE = "done", "比对完成"
    FAILED = "failed", "没有完成"


class Reviewed(TextChoices):
    """What a person has said of a record that awaits review."""

    NOT_YET = "", "待核"
    LATER = "later", "以后再看"
    YES = "yes", "已定单位"
    NO = "no", "都不是"


class LeadState(TextChoices):
    OPEN = "open", "待派"
    ASSIGNED = "assigned", "已派"
    FOUNDING = "founding", "筹建中"
    ORGANISED = "organised", "已建会"
    SET_ASIDE = "set_aside", "暂缓"
    UNFIT = "unfit", "不符合"
    GONE = "gone", "不再符合"


#: Leads of which nobody has decided anything: the next comparison may open or close them.
UNDECIDED = (LeadState.SET_ASIDE, LeadState.GONE)
#: Leads that nobody has taken up: they can still be handed over.
NOT_TAKEN_UP = (LeadState.OPEN, LeadState.ASSIGNED)
#: Leads that somebody has left, and may take back.
LEFT = (LeadState.SET_ASIDE, LeadState.UNFIT)
#: How an address asks for leads whose place the lists leave open.
UNNAMED = "未注明"

#: Leads that somebody still has to do something about.
UNDER_WAY = (LeadState.OPEN, LeadState.ASSIGNED, LeadState.FOUNDING)


class Size(TextChoices):
    """How large an employer is, by the largest number of any source."""

    S25 = "25", "25–49 人"
    S50 = "50", "50–99 人"
    S100 = "100", "100–199 人"
    S200 = "200", "200 人以上"


def size_of(people: int) -> Size:
    if people >= 200:
        return Size.S200
    if people >= 100:
        return Size.S100
    return Size.S50 if people >= 50 else Size.S25


class Progress(TextChoices):
    """How far people have come with an employer; where it stops (set aside, unfit) is said by the lead's state."""

    UNVISITED = "unvisited", "未走访"
    VISITED = "visited", "已走访，还没有表态"
    AGREED = "agreed", "同意建会"
    REFUSED = "refused", "拒绝建会"
    REMINDED = "reminded", "已书面提醒"
    REPORTED = "reported", "已报上级工会"
    REFERRED = "referred", "已提请劳动行政部门"
    PREPARING = "preparing", "筹备中"
    FOUNDED = "founded", "已建会"


#: On the path that a refusal opens.
REFUSING = (Progress.REFUSED, Progress.REMINDED, Progress.REPORTED, Progress.REFERRED)


class SiteKind(TextChoices):
    """Where firms stand close together, beside township and community."""

    PARK = "park", "园区"
    BUILDING = "building", "楼宇"
    MARKET = "market", "市场"
    STREET = "street", "商街"
    TOWN = "town", "特色小镇"


#: The ways in which the work list is put together: code and what officers call it.
GROUPS = (
    ("township", "乡镇、街道"),
    ("community", "村、社区"),
    ("site", "园区、楼宇、市场、商街"),
    ("union", "现在负责的工会"),
    ("owner", "责任人"),
    ("progress", "进展"),
)

#: Several steps of progress asked for by one word (worklist.TOGETHER).
PROGRESS_TOGETHER = (("spoken", "谈过，还没有筹建"), ("refusing", "拒绝的，含已提醒、已上报"))


class Met(TextChoices):
    """Whom an officer met at an employer."""

    HEAD = "head", "法定代表人或负责人"
    STAFF_OFFICE = "staff_office", "人事、行政负责人"
    FINANCE = "finance", "财务负责人"
    WORKERS = "workers", "职工"
    OTHER = "other", "其他人"
    NOBODY = "nobody", "没见到人"


class Told(TextChoices):
    """What an employer was told (政策宣传)."""

    RIGHT = "right", "职工有参加和组织工会的权利"
    STEPS = "steps", "建会怎么做、要准备什么"
    FUNDS = "funds", "工会经费怎样收、怎样用"
    SERVICES = "services", "职工和单位能得到的服务"
    HELP = "help", "上级工会派人帮助筹建"


class Paper(TextChoices):
    """What was left at an employer."""

    NOTICE = "notice", "建会提示函"
    GUIDE = "guide", "建会指南"
    FORM = "form", "建会申请样表"
    POSTER = "poster", "宣传海报、折页"
    LAW = "law", "工会法单行本"


class Outcome(TextChoices):
    """What came of a visit."""

    AGREES = "agrees", "同意建会"
    HESITATES = "hesitates", "还要考虑"
    REFUSES = "refuses", "拒绝建会"
    NO_ANSWER = "no_answer", "没见到能答复的人"
    CLOSED = "closed", "已停业、注销"
    MOVED = "moved", "已搬走"
    SMALL = "small", "职工不足标准人数"
    HAS_UNION = "has_union", "已有工会，或由总部工会覆盖"


class Refusal(TextChoices):
    """Why an employer says no."""

    COST = "cost", "担心费用"
    TROUBLE = "trouble", "担心影响管理"
    NO_NEED = "no_need", "认为没有必要"
    TURNOVER = "turnover", "职工流动大，不好组织"
    HEADQUARTERS = "headquarters", "要由总部决定"
    OTHER = "other", "其他原因（请在说明里写）"
