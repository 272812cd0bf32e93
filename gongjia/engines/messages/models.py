"""Messages between a person and an organisation, both ways, and how each was delivered outside the platform."""

from django.db import models
from django.db.models import Exists, Q, Subquery

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.queries import paths_above_member
from gongjia.backbone.memberships.words import LIVE
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.backbone.people.words import Group, Sex
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


def _addressed_to(person_id: int) -> Q:
    """What the organisations above a person's membership have told members of this kind. One condition, no query: the
    paths of those above are the beginnings of the membership's."""
    spells = Membership._base_manager.filter(person_id=person_id, state__in=LIVE)
    found = Q(organisation__path__in=paths_above_member(person_id)) & Q(withdrawn_at=None)
    found &= Q(group="") | Q(group=Subquery(spells.values("group")[:1]))
    found &= Q(sex="") | Q(sex=Subquery(spells.values("person__sex")[:1]))
    return found & (Q(is_for_migrants=False) | Q(Exists(spells.filter(person__is_migrant=True))))


class Circular(Referenced, Scoped):
    """A notice of an organisation to its members, all or one kind of them: one row however many they are. Whom it is
    for is asked when somebody reads; how many they were is counted when it is sent."""

    doors = Doors(subtree="organisation__path", own=_addressed_to)

    organisation = models.ForeignKey(Organisation, verbose_name="发布工会", on_delete=models.PROTECT, related_name="+")
    title = models.CharField("标题", max_length=60)
    body = models.TextField("内容", max_length=2000)
    group = models.CharField("新就业形态群体", max_length=30, choices=Group, blank=True)
    sex = models.CharField("性别", max_length=6, choices=Sex, blank=True)
    is_for_migrants = models.BooleanField("只发农民工", default=False)
    answers = models.JSONField("可选的回答", default=list)
    audience_count = models.PositiveIntegerField("发给多少人")
    sent_at = models.DateTimeField("发出时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_why = models.CharField("撤回原因", max_length=120, blank=True)
    sent_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "群发通知"
        indexes = [models.Index(fields=["organisation", "-sent_at"], name="circular_organisation")]

    def __str__(self) -> str:
        return self.title


class CircularRead(Scoped):
    """That somebody has read a notice, once, and what was answered. Nobody but the person reaches the row: officers get
    numbers only (`queries.response_to`)."""

    doors = Doors(own="person_id")

    circular = models.ForeignKey(
        Circular, verbose_name="通知", on_delete=models.CASCADE, related_name="reads", db_index=False
    )
    person = models.ForeignKey(Person, verbose_name="个人", on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField("读到时间")
    answer = models.PositiveSmallIntegerField("回答", null=True)

    class Meta:
        verbose_name = "通知阅读"
        constraints = [models.UniqueConstraint(fields=["circular", "person"], name="circular_read_once")]

    def __str__(self) -> str:
        return f"{self.circular_id}"
