"""The words of the public face of a union: what is displayed, why a display lapses, what a site is for."""

from django.db.models import TextChoices

from gongjia.backbone.organisations.words import COUNTED_AS_UNIONS, PARTS, Kind
from gongjia.backbone.posts.words import Role


class DisplayKind(TextChoices):
    """What a union shows (三亮). The words that people read are a parameter (params.display_words): a place may call
    the third otherwise. `ALL` is kept by the verbs while the three stand together."""

    PLATE = "plate", "亮牌子"
    IDENTITY = "identity", "亮身份"
    PROMISE = "promise", "亮承诺"
    ALL = "all", "三亮齐全"


#: What is shown one by one, in this order.
THREE = (DisplayKind.PLATE, DisplayKind.IDENTITY, DisplayKind.PROMISE)
#: How the list of unions asks for what is missing.
MISSING = (*THREE, "site")


class Lapse(TextChoices):
    """Why a display no longer counts."""

    CHAIR_CHANGED = "chair_changed", "主席已经离任"
    CONSENT_WITHDRAWN = "consent_withdrawn", "本人撤回公开姓名的同意"
    NAME_CHANGED = "name_changed", "工会名称已经变更"
    PROMISE_WITHDRAWN = "promise_withdrawn", "主席的承诺已经撤下"
    NOT_FOUND = "not_found", "上级核实时没有看到"
    TAKEN_DOWN = "taken_down", "工会自己撤下"
    INCOMPLETE = "incomplete", "三项不再齐全"
    UNION_ENDED = "union_ended", "工会合并或撤销"


class CardEnding(TextChoices):
    """Why a name is no longer shown."""

    WITHDRAWN = "withdrawn", "本人撤回"
    DROPPED = "dropped", "工会撤下"
    POST_ENDED = "post_ended", "已经离任"


class Given(TextChoices):
    """How somebody agreed to be named."""

    ONLINE = "online", "本人在网上同意"
    PAPER = "paper", "本人书面同意，原件存工会"


class Capability(TextChoices):
    """What one place is at once (会站家一体化)."""

    UNION = "union", "工会办公"
    STATION = "station", "职工服务站"
    HOME = "home", "职工之家"


#: Whose duties and promises are shown, in this order.
OFFICERS = (Role.CHAIR, Role.VICE_CHAIR, Role.WOMENS_CHAIR, Role.FUND_AUDITOR, Role.COMMITTEE_MEMBER)
#: Branches and groups show the face of their union; a preparatory group has no plate before the union stands.
WITHOUT_FACE = (*PARTS, Kind.PREPARATORY_GROUP)
#: The unions of which coverage is counted: the same as in the figure of unions.
COUNTED = COUNTED_AS_UNIONS
