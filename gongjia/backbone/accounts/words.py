"""Why an officer's account was touched by somebody else: codes for the record, words for the person."""

from django.db.models import TextChoices


class ManagedAct(TextChoices):
    """What was done with another's account, as the person reads it."""

    OPENED = "opened", "为您开立了账号"
    PASSWORD_ISSUED = "password_issued", "您的登录密码被重设"
    SECOND_FACTOR_RESET = "second_factor_reset", "您的动态码被重设"
    CLOSED = "closed", "您的账号被停用"
    REOPENED = "reopened", "您的账号恢复使用"


class ResetReason(TextChoices):
    """Why the second factor is set up anew."""

    LOST = "lost", "手机丢失"
    REPLACED = "replaced", "换了手机"
    BROKEN = "broken", "身份验证器用不了"
    SUSPECTED = "suspected", "怀疑被别人用过"


class ClosingReason(TextChoices):
    """Why an account is closed."""

    LEFT = "left", "离任、调离或退休"
    SUSPECTED = "suspected", "怀疑被别人用过"
    UNUSED = "unused", "长期不用"
    DIED = "died", "去世"
    MISTAKEN = "mistaken", "开错了"
