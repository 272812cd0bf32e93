"""Union organisations: the tree of today, and the placements that tell of any day before."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from treebeard.mp_tree import MP_Node, MP_NodeManager

from gongjia.backbone.organisations.words import IN_FORCE, Kind, LinkKind, State
from gongjia.backbone.regions.models import Region
from gongjia.kernel.db import STEP, PathField
from gongjia.kernel.identity import Referenced, Versioned
from gongjia.kernel.reach import Doors, ReachManager, Scoped

if TYPE_CHECKING:
    _Base = models.Model
else:
    _Base = MP_Node


class OrganisationManager(ReachManager["Organisation"], MP_NodeManager):  # type: ignore[misc]
    """Reach first; treebeard's own steps are called by the tree service only, under its lock."""


class Organisation(Referenced, Versioned, Scoped, _Base):
    """A union organisation (工会组织). `path` is today's index of the tree; its history is in Placement."""

    doors = Doors(subtree="path", public=Q(state__in=IN_FORCE))

    path = PathField(max_length=255, unique=True)
    steplen = STEP
    if TYPE_CHECKING:
        depth: int
        numchild: int
    kind = models.CharField("类型", max_length=30, choices=Kind)
    name = models.CharField("工会全称", max_length=120)
    short_name = models.CharField("简称", max_length=60, blank=True)
    initials = models.CharField("拼音首字母", max_length=120, blank=True, editable=False)
    uscc = models.CharField("工会统一社会信用代码", max_length=18, blank=True)
    region = models.ForeignKey(Region, verbose_name="所在区划", on_delete=models.PROTECT)
    address = models.CharField("地址", max_length=200, blank=True)
    industry = models.CharField("行业门类", max_length=1, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.STANDING)
    founded_on = models.DateField("成立日期", null=True)
    approval_number = models.CharField("批复文号", max_length=60, blank=True)
    ended_on = models.DateField("终止日期", null=True)
    has_own_account = models.BooleanField("独立账户", null=True)

    objects: ClassVar[OrganisationManager] = OrganisationManager()

    class Meta:
        verbose_name = "工会组织"
        ordering = ("path",)
        constraints = [
            models.UniqueConstraint(fields=["uscc"], condition=~Q(uscc=""), name="organisation_uscc_once"),
        ]
        indexes = [models.Index(fields=["kind", "path"], name="organisation_kind_path")]

    def __str__(self) -> str:
        return self.name

    @property
    def organisation_id(self) -> int:
        """An organisation is its own organisation: audit rows and doors ask every row the same."""
        return int(self.pk)


class OfOrganisation(Scoped):
    """A row that belongs to one organisation and is reached through its subtree."""

    doors = Doors(subtree="organisation__path")

    organisation = models.ForeignKey(Organisation, verbose_name="工会", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Placement(OfOrganisation):
    """Under which superior an organisation stood, from and until when (until excluded). Never rewritten."""

    superior = models.ForeignKey(
        Organisation, verbose_name="上级工会", null=True, on_delete=models.PROTECT, related_name="+"
    )
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True)
    reason = models.CharField("原因", max_length=120, blank=True)

    class Meta:
        verbose_name = "隶属关系"
        constraints = [
            models.UniqueConstraint(fields=["organisation"], condition=Q(until_on=None), name="placement_one_in_force"),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="placement_in_order"
            ),
        ]
        indexes = [models.Index(fields=["superior", "from_on"], name="placement_superior")]

    def __str__(self) -> str:
        return f"{self.organisation_id} ← {self.superior_id}"


class Succession(OfOrganisation):
    """One organisation's work went over to another (合并), on a day."""

    successor = models.ForeignKey(Organisation, verbose_name="承接工会", on_delete=models.PROTECT, related_name="+")
    on = models.DateField("日期")

    class Meta:
        verbose_name = "合并记录"

    def __str__(self) -> str:
        return f"{self.organisation_id} → {self.successor_id}"


class Term(OfOrganisation):
    """The term (届) of an organisation's committee: 3 or 5 years for grassroots unions (工会法 2021 第十六条)."""

    number = models.PositiveSmallIntegerField("届次")
    starts_on = models.DateField("任期起")
    ends_on = models.DateField("任期止")
    approval_number = models.CharField("批复文号", max_length=60, blank=True)

    class Meta:
        verbose_name = "任期"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="term_number_once"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="term_in_order"),
        ]

    def __str__(self) -> str:
        return f"第{self.number}届"


class Link(OfOrganisation):
    """A guidance or fund relation beside the leading superior, with its dates."""

    other = models.ForeignKey(Organisation, verbose_name="对方工会", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("关系", max_length=10, choices=LinkKind)
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True)

    class Meta:
        verbose_name = "业务联系"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind"], condition=Q(until_on=None), name="link_one_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.organisation_id} → {self.other_id}"
