"""The frame of a matter (事项): the domain's typed row is the matter; the engine keeps one thin index row beside it."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.engines.casework.flow import Flow, State, flow
from gongjia.kernel.db import within
from gongjia.kernel.identity import Referenced, Versioned
from gongjia.kernel.reach import Doors, Scoped


def both_sides(paths: tuple[str, ...]) -> Q:
    """The subtree's door of a matter: it is seen from either side."""
    return within("organisation__path", paths) | within("counterpart__path", paths)


class Matter(Referenced, Versioned, Scoped):
    """What a domain's application, complaint or follow-up inherits. `state` is written by `casework.move` only.

    Where two unions take part (a transfer, a request to the superior) the second is the `counterpart`; a flow that has
    one says `doors = Doors(subtree=both_sides, own="person_id")`.
    """

    doors = Doors(subtree="organisation__path", own="person_id")
    flow_code: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """A grant opens a matter under the code of its flow, which is what the right to make a move asks for."""
        super().__init_subclass__(**kwargs)
        if code := getattr(cls, "flow_code", ""):
            cls.doors = replace(cls.doors, grants={**cls.doors.grants, code: "pk"})

    if TYPE_CHECKING:
        organisation_id: int
        counterpart_id: int | None
        person_id: int | None
        owner_id: int | None

    organisation = models.ForeignKey(Organisation, verbose_name="受理工会", on_delete=models.PROTECT, related_name="+")
    counterpart = models.ForeignKey(
        Organisation, verbose_name="另一方工会", null=True, on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(Person, verbose_name="当事人", null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, verbose_name="经办人", null=True, on_delete=models.PROTECT, related_name="+")
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


class MatterIndex(Scoped):
    """One thin row a matter, written by `open_matter` and `move` only: work lists and figures read it.

    `holder` is the organisation that is to act now, none where the person is; `due_at` is only an index of its clock.
    """

    doors = Doors(subtree=both_sides, own="person_id")

    flow_code = models.CharField(max_length=40)
    matter_id = models.BigIntegerField()
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
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def standing(self) -> State:
        return flow(self.flow_code).state(self.state)

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

    doors = Doors(subtree=_of_matter, own="matter__person_id")

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
