"""Messages between a person and an organisation, both ways, and how each was delivered outside the platform."""

from django.db import models

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.kernel.identity import Referenced
from gongjia.kernel.reach import Doors, Scoped


class Direction(models.TextChoices):
    DOWN = "down", "组织发给个人"
    UP = "up", "个人写给组织"


class Message(Referenced, Scoped):
    """One message. The thread of a person and an organisation is all messages of the two."""

    doors = Doors(subtree="organisation__path", own="person_id")

    person = models.ForeignKey(Person, verbose_name="个人", on_delete=models.PROTECT, related_name="messages")
    organisation = models.ForeignKey(Organisation, verbose_name="组织", on_delete=models.PROTECT, related_name="+")
    direction = models.CharField("方向", max_length=4, choices=Direction)
    title = models.CharField("标题", max_length=80)
    body = models.TextField("内容", max_length=2000, blank=True)
    leads_to = models.CharField("相关页面", max_length=200, blank=True)
    sent_at = models.DateTimeField("发出时间")
    read_at = models.DateTimeField("读到时间", null=True)
    answered_at = models.DateTimeField("回复时间", null=True)
    answers = models.ForeignKey(
        "self", verbose_name="回复的留言", null=True, on_delete=models.PROTECT, related_name="answered_by"
    )
    sent_by_id = models.BigIntegerField("发信人", null=True)

    class Meta:
        verbose_name = "消息"
        indexes = [
            models.Index(fields=["person", "-sent_at"], name="message_person"),
            models.Index(fields=["organisation", "-sent_at"], name="message_organisation"),
            models.Index(
                fields=["person"], name="message_unread_down", condition=models.Q(read_at=None, direction="down")
            ),
            models.Index(
                fields=["organisation", "sent_at"],
                name="message_unanswered",
                condition=models.Q(answered_at=None, direction="up"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_titled(self) -> bool:
        """Whether the title says more than the beginning of the text does."""
        return not self.body.strip().startswith(self.title.rstrip("…"))


class Channel(models.TextChoices):
    SMS = "sms", "短信"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "待发送"
    SENT = "sent", "已送出"
    FAILED = "failed", "未送出"
    UNREACHABLE = "unreachable", "没有可用的号码"


class Delivery(models.Model):
    """A message on its way outside the platform: it ends in a final state, whatever happens."""

    message = models.ForeignKey(Message, verbose_name="消息", on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField("渠道", max_length=10, choices=Channel)
    state = models.CharField("状态", max_length=12, choices=DeliveryState, default=DeliveryState.WAITING)
    changed_at = models.DateTimeField("更新时间")
    error = models.CharField("原因", max_length=120, blank=True)

    class Meta:
        verbose_name = "送达记录"
        constraints = [models.UniqueConstraint(fields=["message", "channel"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.get_state_display()}"
