"""The words of changes of membership (会籍变动)."""

from django.db.models import TextChoices

from gongjia.backbone.memberships.words import Retention
from gongjia.backbone.organisations.words import Kind


class Why(TextChoices):
    """Why a membership moves to another union."""

    NEW_EMPLOYER = "new_employer", "换了工作单位"
    NO_UNION = "no_union", "新单位还没有工会，先转到居住地"
    CLOSED = "closed", "原单位关停或者改制"
    UNEMPLOYED = "unemployed", "失业，会籍由居住地保留"
    RETIRED = "retired", "退休，会籍由居住地保留"
    OTHER = "other", "其他原因"


#: For these the new union only keeps the membership (保留会籍).
KEPT_FOR = {Why.UNEMPLOYED: Retention.UNEMPLOYED, Why.RETIRED: Retention.RETIRED}

#: Unions of a place, which take who has no union at work.
OF_A_PLACE = (Kind.VILLAGE_UNION, Kind.JOINT_GRASSROOTS_UNION)


class Side(TextChoices):
    """Who began a transfer."""

    PERSON = "person", "本人"
    OUT = "out", "转出工会"
    IN = "in", "转入工会（凭本人的转会码）"


class Act(TextChoices):
    """What a union does to a membership at its desk; each is kept with its grounds."""

    RETAINED = "retained", "保留会籍"
    RESUMED = "resumed", "恢复会籍"
    LEFT = "left", "退会"
    LAPSED = "lapsed", "视为退会"
    EXPELLED = "expelled", "开除会籍"
    DIED = "died", "死亡"
    REINSTATED = "reinstated", "更正误终止"


class Fact(TextChoices):
    """What is corrected in a file only after the union has looked at a document; the rest (education, politics, skill,
    migrant or not) the person corrects alone, and nobody else."""

    NAME = "name", "姓名"
    ID_NUMBER = "id_number", "身份证号"
    ETHNICITY = "ethnicity", "民族"
    JOB = "job", "岗位"


class LineState(TextChoices):
    """What became of one member of a bulk transfer."""

    CHOSEN = "chosen", "待转"
    LEFT_OUT = "left_out", "不随批转"
    DONE = "done", "已转"
    MISSED = "missed", "没有转"
    UNDONE = "undone", "已退回"
    KEPT = "kept", "没有退回"
