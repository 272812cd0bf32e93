"""The words of handing on."""

from django.db.models import TextChoices


class Way(TextChoices):
    """How a part is given to do."""

    ASSIGN = "assign", "交办"
    SUPERVISE = "supervise", "督办"
    JOINT = "joint", "会办"


class GuestUnit(TextChoices):
    """Who is asked from outside the unions (四方联动 and others)."""

    COURT = "court", "人民法院"
    LABOUR = "labour", "人力资源社会保障部门"
    JUSTICE = "justice", "司法行政部门"
    PROCURATORATE = "procuratorate", "人民检察院"
    OTHER = "other", "其他单位"
