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
    EXPELLED = "expelled", "开除会籍"
    DIED = "died", "死亡"
    MERGED = "merged", "工会合并"
    DISSOLVED = "dissolved", "工会撤销"
    NONE = "", "—"


class Origin(TextChoices):
    """How a membership came about."""

    POSTER = "poster", "扫码入会"
    OFFICER = "officer", "现场登记"
    ROSTER = "roster", "花名册导入"
    TRANSFER = "transfer", "转入"
    PAPER = "paper", "纸质申请"
