"""The frame of a matter (事项): the domain's typed row is the matter; the engine keeps one thin index row beside it."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.engines.casework.flow import Flow, State, flow
from gongjia.kernel.db import BytewiseField, within
from gongjia.kernel.errors import Refused
from gongjia.kernel.identity import Referenced, Versioned
from gongjia.kernel.reach import Doors, Scoped
from gongjia.kernel.scrubbing import NOBODY, Known


def both_sides(paths: tuple[str, ...]) -> Q:
    """The subtree's door of a matter: it is seen from either side."""
    return within("organisation__path", paths) | within("counterpart__path", paths)


_kinds: dict[str, type["Matter"]] = {}


class Matter(Referenced, Versioned, Scoped):
    """What a domain's application, complaint or follow-up inherits. `state` is written by `casework.move` only.

    Where two unions take part (a transfer, a request to the superior) the second is the `counterpart`; a flow that has
    one says `doors = Doors(subtree=both_sides, own="person_id")`. Whoever is tied to `kept_from` (is employed there, or
    heads it) does not come to it by a post or a grant, however wide: they see no row of it, no number and no word.
    """

    doors = Doors(subtree="organisation__path", own="person_id")
    flow_code: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """A grant opens a matter under the code of its flow, which is what the right to make a move asks for."""
        super().__init_subclass__(**kwargs)
        if code := getattr(cls, "flow_code", ""):
            _kinds[code] = cls
            cls.doors = replace(cls.doors, grants={**cls.doors.grants, code: "pk"}, tied="kept_from")

    if TYPE_CHECKING:
        organisation_id: int
        counterpart_id: int | None
        person_id: int | None
        owner_id: int | None
        kept_from_id: int | None

    organisation = models.ForeignKey(Organisation, verbose_name="受理工会", on_delete=models.PROTECT, related_name="+")
    counterpart = models.ForeignKey(
        Organisation, verbose_name="另一方工会", null=True, on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(Person, verbose_name="当事人", null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, verbose_name="经办人", null=True, on_delete=models.PROTECT, related_name="+")
    kept_from = models.ForeignKey(
        Employer, verbose_name="回避单位", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField("状态", max_length=30)
    flow_version = models.PositiveSmallIntegerField(editable=False)
    opened_at = models.DateTimeField("提出时间")
    closed_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        abstract = True

    @property
    def flow(self) -> Flow:
        return flow(self.flow_code)

    @property
    def standing(self) -> State:
        return self.flow.state(self.state)

    # What a flow whose matters are handed over sealed says of its rows.
    def known_of_person(self) -> Known:
        """What is known of the person, to be looked for in texts before others read them."""
        return NOBODY

    def text_of_person(self) -> str:
        """What the person wrote, to be read and covered before it is handed over."""
        return ""

    def sealed_copy(self, covered: str) -> "Matter":  # noqa: ARG002 - of those that can
        """A new row, not saved, with `covered` in place of the text and nothing that says who it is."""
        raise Refused(f"{self.flow.zh}不能密封转办。")

    def said_to_person(self) -> str:
        """What the organisation has answered, for whoever follows the matter by its code."""
        return ""

    def identity_in_words(self) -> dict[str, str]:
        """Who it is, for whom the seal was opened: words and values."""
        return {}


class MatterIndex(Scoped):
    """One thin row a matter, written by `open_matter` and `move` only: work lists and figures read it.

    `holder` is the organisation that is to act now, none where the person is; `due_at` is only an index of its clocks;
    `of` is what a matter is about that hands another one on.
    """

    doors = Doors(subtree=both_sides, own="person_id", tied="kept_from")

    flow_code = models.CharField(max_length=40)
    matter_id = models.BigIntegerField()
    of = models.ForeignKey(
        "self", verbose_name="原事项", null=True, on_delete=models.CASCADE, related_name="handed", db_index=False
    )
    reference = models.CharField("编号", max_length=10, unique=True)
    title = models.CharField("事项", max_length=80)
    organisation = models.ForeignKey(Organisation, verbose_name="受理工会", on_delete=models.PROTECT, related_name="+")
    counterpart = models.ForeignKey(
        Organisation, verbose_name="另一方工会", null=True, on_delete=models.PROTECT, related_name="+"
    )
    holder = models.ForeignKey(
        Organisation, verbose_name="等谁办理", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    person = models.ForeignKey(Person, verbose_name="当事人", null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, verbose_name="经办人", null=True, on_delete=models.PROTECT, related_name="+")
    kept_from = models.ForeignKey(
        Employer, verbose_name="回避单位", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField("状态", max_length=30)
    opened_at = models.DateTimeField("提出时间")
    moved_at = models.DateTimeField("最近办理")
    due_at = models.DateTimeField("办理期限", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        verbose_name = "事项索引"
        constraints = [models.UniqueConstraint(fields=["flow_code", "matter_id"], name="matter_index_once")]
        indexes = [
            models.Index(fields=["organisation", "opened_at"], name="matter_open", condition=models.Q(closed_at=None)),
            models.Index(fields=["holder", "due_at"], name="matter_held", condition=models.Q(closed_at=None)),
            models.Index(fields=["person", "-opened_at"], name="matter_person"),
            models.Index(
                fields=["organisation", "-closed_at", "-id"],
                name="matter_closed",
                condition=models.Q(closed_at__isnull=False),
            ),
            models.Index(fields=["of"], name="matter_handed", condition=models.Q(of__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def standing(self) -> State:
        return flow(self.flow_code).state(self.state)

    @property
    def row(self) -> Matter:
        """The matter itself, the domain's typed row; it comes with its index, whichever door that was reached by."""
        return (
            _kinds[self.flow_code]
            ._base_manager.select_related("organisation", "counterpart", "person")
            .get(pk=self.matter_id)
        )

    @property
    def url(self) -> str:
        """Where the person follows it; "" for a flow without such a page."""
        page = flow(self.flow_code).page
        return reverse(page, args=[self.reference]) if page else ""

    @property
    def desk_url(self) -> str:
        """Where officers handle it; "" for a flow without such a page."""
        desk = flow(self.flow_code).desk
        return reverse(desk, args=[self.reference]) if desk else ""


def _of_matter(paths: tuple[str, ...]) -> Q:
    return within("matter__organisation__path", paths) | within("matter__counterpart__path", paths)


class Step(Scoped):
    """A line of the timeline: which move, when, by whom, with which words."""

    doors = Doors(subtree=_of_matter, own="matter__person_id", tied="matter__kept_from")

    matter = models.ForeignKey(MatterIndex, verbose_name="事项", on_delete=models.CASCADE, related_name="steps")
    move = models.CharField("办理", max_length=40)
    move_zh = models.CharField("办理", max_length=40)
    state = models.CharField("状态", max_length=30)
    at = models.DateTimeField("时间")
    by_person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    by_organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "办理记录"
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.move_zh

    @property
    def organisation(self) -> Organisation:
        return self.matter.organisation


class Deadline(Scoped):
    """A clock that runs, or ran, for a matter: its facts. How it stands is computed; `due_at` is an index of them,
    none while it stands still. `climbs_at` is when it will next be told to a superior, who was told `climbed` times."""

    doors = Doors(subtree=_of_matter, own="matter__person_id", tied="matter__kept_from")

    matter = models.ForeignKey(MatterIndex, verbose_name="事项", on_delete=models.CASCADE, related_name="deadlines")
    code = models.CharField(max_length=40)
    zh = models.CharField("时限", max_length=40)
    unit = models.CharField("单位", max_length=20, blank=True)
    length = models.PositiveSmallIntegerField("长度")
    extended = models.PositiveSmallIntegerField("延长", default=0)
    started_at = models.DateTimeField("起算时间")
    due_at = models.DateTimeField("到期时间", null=True)
    is_provisional = models.BooleanField("放假安排未公布", default=False)
    paused_at = models.DateTimeField("暂停时间", null=True)
    stopped_at = models.DateTimeField("停止时间", null=True)
    climbs_at = models.DateTimeField(null=True)
    climbed = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "办理时限"
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "code"], condition=Q(stopped_at=None), name="deadline_one_running"
            ),
            models.CheckConstraint(condition=Q(paused_at=None) | Q(due_at=None), name="deadline_paused_has_no_end"),
        ]
        indexes = [
            models.Index(fields=["climbs_at"], name="deadline_climbs", condition=Q(climbs_at__isnull=False)),
            models.Index(
                fields=["due_at"], name="deadline_provisional", condition=Q(is_provisional=True, stopped_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.zh

    @property
    def organisation(self) -> Organisation:
        return self.matter.organisation

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None

    def is_late(self, at: datetime) -> bool:
        """Whether it ran out: before it was stopped, or before `at`."""
        return self.due_at is not None and (self.stopped_at or at) >= self.due_at


class DeadlineChange(Scoped):
    """Why a clock stood still or was lengthened. A lengthening is asked for by one person and granted by another."""

    class Kind(models.TextChoices):
        PAUSE = "pause", "暂停"
        EXTEND = "extend", "延长"

    class Answer(models.TextChoices):
        ASKED = "asked", "等审批"
        GRANTED = "granted", "已批准"
        REFUSED = "refused", "未批准"

    doors = Doors(
        subtree=lambda paths: (
            within("deadline__matter__organisation__path", paths) | within("deadline__matter__counterpart__path", paths)
        ),
        own="deadline__matter__person_id",
        tied="deadline__matter__kept_from",
    )

    deadline = models.ForeignKey(Deadline, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField("变动", max_length=10, choices=Kind)
    answer = models.CharField("审批", max_length=10, choices=Answer, default=Answer.GRANTED)
    units = models.PositiveSmallIntegerField("延长", default=0)
    reason = models.CharField("原因", max_length=300)
    is_by_hand = models.BooleanField("人工暂停", default=False)
    at = models.DateTimeField("时间")
    by_person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    until_at = models.DateTimeField("恢复时间", null=True)
    answered_at = models.DateTimeField("审批时间", null=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "时限变动"
        constraints = [
            models.UniqueConstraint(
                fields=["deadline"], condition=Q(kind="extend", answer="asked"), name="deadline_one_question"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.deadline}"

    @property
    def organisation(self) -> Organisation:
        return self.deadline.matter.organisation


class FollowCode(Scoped):
    """The one key to a matter for whoever has no account: who holds the code sees how far it is, and nothing else. Kept
    is a hash; the code itself was shown once."""

    doors = Doors()

    matter = models.OneToOneField(MatterIndex, verbose_name="事项", on_delete=models.CASCADE, related_name="+")
    digest = BytewiseField("查询码摘要", max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = "查询码"

    def __str__(self) -> str:
        return f"查询码 {self.matter_id}"

    @property
    def organisation(self) -> Organisation:
        return self.matter.organisation


from gongjia.engines.casework.handing import models as handing_models  # noqa: E402, F401 - its tables are this app's
from gongjia.engines.casework.sealing import models as sealing_models  # noqa: E402, F401 - its tables are this app's
