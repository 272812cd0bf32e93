"""The rows of handing on. What the other side is told stands in them: it comes to the matter itself only when it has
accepted it."""

from django.db import models
from django.db.models import Q

from gongjia.backbone.people.models import Person
from gongjia.engines.casework.handing.flow import ASSIGNMENT, FORWARDING, INVITATION
from gongjia.engines.casework.handing.words import GuestUnit, Way
from gongjia.engines.casework.models import Matter, MatterIndex, both_sides
from gongjia.kernel.db import BytewiseField
from gongjia.kernel.reach import Doors


class HandOff(Matter):
    """What they have in common: which matter it is about, and what is asked."""

    doors = Doors(subtree=both_sides)

    of = models.ForeignKey(MatterIndex, verbose_name="原事项", on_delete=models.PROTECT, related_name="+")
    words = models.TextField("要求", max_length=2000)
    due_at = models.DateTimeField("期限", null=True)
    answer = models.TextField("答复", max_length=2000, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.ForeignKey(
        Person, verbose_name="答复人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True


class Forwarding(HandOff):
    """转办: the other side takes the matter over when it accepts. One that a superior has designated is not refused."""

    flow_code = FORWARDING.code

    is_designated = models.BooleanField("指定办理", default=False)

    class Meta:
        verbose_name = "转办"
        constraints = [models.UniqueConstraint(fields=["of"], condition=Q(closed_at=None), name="forwarding_one_open")]

    def __str__(self) -> str:
        return f"转办 {self.reference}"


class Assignment(HandOff):
    """交办: a unit below does a part and reports. 督办: a unit that is late, or watched, answers to its superior; one
    that a clock opened closes when what was late is done."""

    flow_code = ASSIGNMENT.code

    kind = models.CharField("方式", max_length=10, choices=Way)
    is_by_clock = models.BooleanField("超期自动督办", default=False)

    class Meta:
        verbose_name = "交办督办"
        constraints = [
            models.UniqueConstraint(
                fields=["of"], condition=Q(closed_at=None, is_by_clock=True), name="assignment_one_by_clock"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"


class Invitation(HandOff):
    """会办 with somebody outside the unions (a court, a labour bureau): by a link that ends, to this task and its own
    view only."""

    flow_code = INVITATION.code

    unit = models.CharField("单位类别", max_length=20, choices=GuestUnit)
    unit_name = models.CharField("单位名称", max_length=120)
    contact = models.CharField("联系人", max_length=60, blank=True)
    link = BytewiseField("链接摘要", max_length=64, unique=True, editable=False)
    ends_at = models.DateTimeField("链接有效期")

    class Meta:
        verbose_name = "会办邀请"

    def __str__(self) -> str:
        return f"会办 {self.reference}"
