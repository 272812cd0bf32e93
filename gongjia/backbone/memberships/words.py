"""The words of membership (会籍), by 工会会员会籍管理办法 (2016)."""

from django.db.models import TextChoices


class State(TextChoices):
    ACTIVE = "active", "正式会员"
    RETAINED = "retained", "保留会籍"
    ENDED = "ended", "已终止"


#: A person has at most one membership in one of these states, anywhere.
LIVE = (State.ACTIVE, State.RETAINED)


class Ending(TextChoices):
    """Why a membership at one union ended."""

    TRANSFERRED = "transferred", "转出"
    LEFT = "left", "退会"
    LAPSED = "lapsed", "视为退会"
    EXPELLED = "expelled", "开除会籍"
    DIED = "died", "死亡"
    MERGED = "merged", "工会合并"
    DISSOLVED = "dissolved", "工会撤销"
    RETURNED = "returned", "恢复为正式会员"
    CORRECTED = "corrected", "更正退回"
    NONE = "", "—"


class Origin(TextChoices):
    """How a membership came about."""

    POSTER = "poster", "扫码入会"
    SPOT = "spot", "现场扫码"
    ONLINE = "online", "网上申请"
    OFFICER = "officer", "现场登记"
    ROSTER = "roster", "花名册导入"
    TRANSFER = "transfer", "转入"
    PAPER = "paper", "纸质申请"
    RETURN = "return", "恢复会籍"
    CORRECTION = "correction", "更正恢复"


#: Joined by the worker's own phone: what the share of joining on line counts.
BY_PHONE = (Origin.POSTER, Origin.SPOT, Origin.ONLINE)
#: Somebody has become a member; a roster only writes down who is one, and a transfer goes on with a membership.
JOINED = (*BY_PHONE, Origin.OFFICER, Origin.PAPER)


class Retention(TextChoices):
    """Why a membership is kept without dues and votes. Who retires within the unit (内退) stays full."""

    RETIRED = "retired", "退休"
    UNEMPLOYED = "unemployed", "失业"
    MILITARY = "military", "参军"
    DISSOLVED = "dissolved", "所在工会撤销"
    NONE = "", "—"


#: Endings that may have been written down by mistake: the membership then goes on by a new row.
MAY_BE_CORRECTED = (Ending.LEFT, Ending.LAPSED, Ending.EXPELLED, Ending.DIED)
