"""The words of work in the field: contacts and stations, what a visit finds, what the grassroots ask for."""

from django.db.models import TextChoices

from gongjia.backbone.posts.words import Role


class ContactKind(TextChoices):
    """How somebody looks after a place."""

    CONTACT = "contact", "联系点"
    STATIONED = "stationed", "蹲点"


class ContactEnding(TextChoices):
    """Why somebody no longer looks after a place."""

    OVER = "over", "期满或任务完成"
    CHANGED = "changed", "换人联系"
    POST_ENDED = "post_ended", "已经离任"
    PLACE_ENDED = "place_ended", "工会合并或撤销"
    MISTAKEN = "mistaken", "登记有误"


#: How an ending may be given by hand; the others follow from their facts.
GIVEN_ENDINGS = (ContactEnding.OVER, ContactEnding.CHANGED, ContactEnding.MISTAKEN)


class ObservationKind(TextChoices):
    """What a visit finds (问题清单)."""

    DIFFICULTY = "difficulty", "难点"
    BLOCK = "block", "堵点"
    PAIN = "pain", "痛点"
    BLIND = "blind", "盲点"


class Grade(TextChoices):
    """How pressing it is: the day by which it is to be solved is offered by it."""

    URGENT = "urgent", "紧急"
    IMPORTANT = "important", "重要"
    ORDINARY = "ordinary", "一般"


class Result(TextChoices):
    """How an observation stands, for figures. WITHDRAWN is counted nowhere."""

    OPEN = "open", "还没有解决"
    ON_TIME = "on_time", "按期解决"
    LATE = "late", "逾期解决"
    WITHDRAWN = "withdrawn", "已撤销"


#: The results that are counted.
COUNTED = (Result.OPEN, Result.ON_TIME, Result.LATE)


class Again(TextChoices):
    FIRST = "first", "第一次发现"
    AGAIN = "again", "反复出现"


class Spoken(TextChoices):
    """Whom one spoke to, as kinds that are counted."""

    WORKERS = "workers", "一线职工"
    NEW_FORMS = "new_forms", "新就业形态劳动者"
    UNION = "union", "工会干部"
    HEADS = "heads", "单位负责人"
    OTHERS = "others", "其他人"


class Checked(TextChoices):
    """The answer to an item of a check list."""

    YES = "yes", "是"
    NO = "no", "不是"
    UNSEEN = "unseen", "没有看到"


class Outcome(TextChoices):
    """What becomes of a suggestion."""

    ADOPTED = "adopted", "采纳"
    PARTLY = "partly", "部分采纳"
    EXPLAINED = "explained", "说明情况，不采纳"


class About(TextChoices):
    """What a questionnaire asks about."""

    NEEDS = "needs", "职工需求"
    SATISFACTION = "satisfaction", "满意度"


class Asks(TextChoices):
    """How a question is answered."""

    CHOICE = "choice", "选一项"
    CHOICES = "choices", "可选多项"
    SCALE = "scale", "打分（1 到 5）"
    WORDS = "words", "用自己的话写"


SCALE = ("1", "2", "3", "4", "5")

#: Who goes out, plans and verifies; who solves what is found; who watches.
OFFICERS = frozenset(
    {str(each) for each in (Role.TOWNSHIP_OFFICER, Role.ORGANISATION_OFFICER, Role.RIGHTS_OFFICER, Role.OFFICE_OFFICER)}
)
CHAIRS = frozenset({str(each) for each in (Role.CHAIR, Role.VICE_CHAIR, Role.CLERK)})
WATCHERS = frozenset({str(Role.LEADER), str(Role.AUDITOR)})
