"""Employers (用人单位), the dated numbers of their staff, and which union covers them since when."""

from django.db import models
from django.db.models import F, Q

from gongjia.backbone.employers.words import Kind, Source, State
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.regions.models import Region
from gongjia.kernel.db import within
from gongjia.kernel.identity import Referenced, Versioned
from gongjia.kernel.reach import Doors, Scoped


def _answered_or_covered(paths: tuple[str, ...]) -> Q:
    """Seen by the federation that answers for the place, and by the union that covers the employer now."""
    return within("organisation__path", paths) | Q(pk__in=_covered_now(paths).values("employer_id"))


def _covered_now(paths: tuple[str, ...]) -> "models.QuerySet[Coverage]":
    return Coverage._base_manager.filter(within("organisation__path", paths), until_on=None)


def _own_employer(person_id: int) -> Q:
    return Q(employments__person_id=person_id, employments__until_on=None)


class Employer(Referenced, Versioned, Scoped):
    """An employer. `organisation` answers for founding a union there (建会责任主体)."""

    doors = Doors(subtree=_answered_or_covered, own=_own_employer, public=Q(state=State.OPERATING))

    name = models.CharField("单位名称", max_length=120)
    initials = models.CharField("拼音首字母", max_length=120, blank=True, editable=False)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    kind = models.CharField("单位类型", max_length=3, choices=Kind, blank=True)
    industry = models.CharField("行业门类", max_length=1, blank=True)
    region = models.ForeignKey(Region, verbose_name="所在区划", on_delete=models.PROTECT)
    address = models.CharField("地址", max_length=200, blank=True)
    state = models.CharField("登记状态", max_length=10, choices=State, default=State.OPERATING)
    founded_on = models.DateField("成立日期", null=True)
    head_office = models.ForeignKey(
        "self", verbose_name="总部", null=True, on_delete=models.PROTECT, related_name="branch_offices"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name="建会责任主体", on_delete=models.PROTECT, related_name="+"
    )
    source = models.CharField("来源", max_length=20, choices=Source, blank=True)
    source_on = models.DateField("来源日期", null=True)

    class Meta:
        verbose_name = "用人单位"
        constraints = [models.UniqueConstraint(fields=["uscc"], condition=~Q(uscc=""), name="employer_uscc_once")]
        indexes = [models.Index(fields=["name"], name="employer_name")]

    def __str__(self) -> str:
        return self.name


class Headcount(Scoped):
    """How many people an employer has, by one source on one day. Sources that disagree stand side by side."""

    doors = Doors(
        subtree=lambda paths: (
            within("employer__organisation__path", paths) | Q(employer__in=_covered_now(paths).values("employer_id"))
        )
    )

    employer = models.ForeignKey(Employer, verbose_name="用人单位", on_delete=models.PROTECT, related_name="headcounts")
    source = models.CharField("来源", max_length=20, choices=Source)
    on = models.DateField("日期")
    count = models.PositiveIntegerField("人数")

    class Meta:
        verbose_name = "职工人数"
        constraints = [models.UniqueConstraint(fields=["employer", "source", "on"], name="headcount_once")]

    def __str__(self) -> str:
        return f"{self.count}（{self.get_source_display()}）"

    @property
    def organisation(self) -> Organisation:
        return self.employer.organisation


class Coverage(Scoped):
    """Which union covers an employer (涵盖单位), from and until when (until excluded). Never rewritten."""

    doors = Doors(subtree="organisation__path", public=Q(until_on=None))

    organisation = models.ForeignKey(Organisation, verbose_name="工会", on_delete=models.PROTECT, related_name="+")
    employer = models.ForeignKey(Employer, verbose_name="用人单位", on_delete=models.PROTECT, related_name="coverages")
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True)
    reason = models.CharField("原因", max_length=120, blank=True)

    class Meta:
        verbose_name = "覆盖关系"
        constraints = [
            models.UniqueConstraint(fields=["employer"], condition=Q(until_on=None), name="coverage_one_in_force"),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="coverage_in_order"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "until_on"], name="coverage_organisation")]

    def __str__(self) -> str:
        return f"{self.organisation_id} ⊃ {self.employer_id}"
