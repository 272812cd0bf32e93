"""Matters of memberships that change, the grounds of what a union decided, and those that move by the thousand."""

from django.db import models
from django.db.models import Q

from gongjia.backbone.files.models import StoredFile
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Retention
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import ID_NUMBER, Person
from gongjia.domains.enrolment.changes.words import Act, Fact, LineState, Side, Why
from gongjia.engines.casework.models import Matter, both_sides
from gongjia.kernel.db import within
from gongjia.kernel.reach import Doors, Scoped
from gongjia.kernel.secrets import IndexField, SecretField, WithSecrets

_OPEN = Q(closed_at=None)


class Transfer(Matter):
    """A member goes from one union (`organisation`) to another (`counterpart`)."""

    flow_code = "enrolment.transfer"
    doors = Doors(subtree=both_sides, own="person_id")

    membership = models.ForeignKey(Membership, verbose_name="会籍", on_delete=models.PROTECT, related_name="+")
    why = models.CharField("转接原因", max_length=20, choices=Why)
    employer_name = models.CharField("新单位", max_length=120, blank=True)
    begun_by = models.CharField("由谁提出", max_length=10, choices=Side)
    begun = models.ForeignKey(
        Membership, verbose_name="转入后的会籍", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "会籍转接"
        constraints = [models.UniqueConstraint(fields=["person"], condition=_OPEN, name="transfer_one_open")]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_agreed(self) -> bool:
        """The union that is gone to began it, and has agreed with that."""
        return self.begun_by == Side.IN


class TransferCode(Scoped):
    """A code that a member shows to another union: whoever has it may begin this member's transfer to a union of
    theirs, once and for a while. Only its keyed hash is kept."""

    doors = Doors(own="person_id")

    person = models.ForeignKey(Person, verbose_name="会员", on_delete=models.PROTECT, related_name="+")
    code_mac = models.CharField(max_length=64, unique=True)
    until_at = models.DateTimeField("有效期到")
    used_at = models.DateTimeField("使用时间", null=True)

    class Meta:
        verbose_name = "转会码"

    def __str__(self) -> str:
        return str(self.person_id)


class Leaving(Matter):
    """A member wants to leave the union. Leaving is free: the union talks, and announces it."""

    flow_code = "enrolment.leaving"

    membership = models.ForeignKey(Membership, verbose_name="会籍", on_delete=models.PROTECT, related_name="+")
    why = models.CharField("原因", max_length=300, blank=True)
    counselled_on = models.DateField("谈话日期", null=True)
    counsel = models.CharField("谈话情况", max_length=300, blank=True)

    class Meta:
        verbose_name = "退会申请"
        constraints = [models.UniqueConstraint(fields=["person"], condition=_OPEN, name="leaving_one_open")]

    def __str__(self) -> str:
        return self.reference


class Correction(Matter, WithSecrets):
    """A member wants one fact of the file corrected. Numbers are sealed; the file's own value is read when needed."""

    flow_code = "enrolment.correction"
    secret_purposes = {"id_number": ID_NUMBER}

    fact = models.CharField("更正哪一项", max_length=20, choices=Fact)
    old_value = models.CharField("原来的", max_length=120, blank=True)
    new_value = models.CharField("应当是", max_length=120, blank=True)
    id_number = SecretField("新的证件号码")
    id_number_index = IndexField()
    why = models.CharField("说明", max_length=300, blank=True)
    evidence = models.ForeignKey(
        StoredFile, verbose_name="证明材料", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = "信息更正申请"
        constraints = [models.UniqueConstraint(fields=["person", "fact"], condition=_OPEN, name="correction_one_open")]

    def __str__(self) -> str:
        return self.reference


class Ground(Scoped):
    """On what a union's decision about a membership stands: what was done, on which day, after which steps."""

    doors = Doors(subtree="organisation__path", own="person_id")

    organisation = models.ForeignKey(Organisation, verbose_name="工会", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, verbose_name="会员", on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, verbose_name="会籍", on_delete=models.PROTECT, related_name="+")
    led_to = models.ForeignKey(
        Membership, verbose_name="接续的会籍", null=True, on_delete=models.PROTECT, related_name="+"
    )
    act = models.CharField("办理", max_length=20, choices=Act)
    on = models.DateField("日期")
    at = models.DateTimeField("办理时间")
    retained_for = models.CharField("保留原因", max_length=20, choices=Retention, blank=True)
    words = models.CharField("说明", max_length=300, blank=True)
    unpaid_since = models.DateField("从哪天起不交会费、不参加活动", null=True)
    talked_on = models.DateField("谈话教育日期", null=True)
    group_on = models.DateField("工会小组讨论日期", null=True)
    committee_on = models.DateField("委员会决定日期", null=True)
    reported_on = models.DateField("报上级工会日期", null=True)
    shut_accounts = models.JSONField("停用的账号", default=list, editable=False)

    class Meta:
        verbose_name = "会籍变动依据"
        indexes = [models.Index(fields=["membership"], name="ground_membership")]

    def __str__(self) -> str:
        return self.get_act_display()


class BulkTransfer(Matter):
    """Many members of one union go to another together: one matter for both unions, a line for each member."""

    flow_code = "enrolment.bulk_transfer"
    doors = Doors(subtree=both_sides)

    why = models.CharField("转接原因", max_length=20, choices=Why)
    words = models.CharField("说明", max_length=300, blank=True)
    on = models.DateField("转接日期", null=True)
    total = models.PositiveIntegerField("人数", default=0)
    handled = models.PositiveIntegerField("已处理", default=0)
    undone = models.PositiveIntegerField("已退回处理", default=0)

    class Meta:
        verbose_name = "整批转接"

    def __str__(self) -> str:
        return self.reference


def _of_bulk(paths: tuple[str, ...]) -> Q:
    return within("bulk__organisation__path", paths) | within("bulk__counterpart__path", paths)


class BulkTransferLine(Scoped):
    """One member of a bulk transfer, who may stay out of it."""

    doors = Doors(subtree=_of_bulk, own="person_id")

    bulk = models.ForeignKey(BulkTransfer, verbose_name="整批转接", on_delete=models.CASCADE, related_name="lines")
    person = models.ForeignKey(Person, verbose_name="会员", on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, verbose_name="会籍", on_delete=models.PROTECT, related_name="+")
    begun = models.ForeignKey(
        Membership, verbose_name="转入后的会籍", null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField("结果", max_length=10, choices=LineState, default=LineState.CHOSEN)

    class Meta:
        verbose_name = "整批转接名单"
        constraints = [models.UniqueConstraint(fields=["bulk", "membership"], name="bulk_line_once")]
        indexes = [models.Index(fields=["bulk", "state", "id"], name="bulk_line_state")]

    def __str__(self) -> str:
        return str(self.membership_id)
