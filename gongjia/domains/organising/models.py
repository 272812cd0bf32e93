"""Comparisons, the pairs they found, the employers without a union that they leave as leads, and drives among these."""

from datetime import date

from django.db import models
from django.db.models import Q

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.organisations.models import OfOrganisation, Organisation
from gongjia.backbone.people.models import Person
from gongjia.backbone.regions.models import Region
from gongjia.domains.organising.classes import Contradiction, EmployerClass
from gongjia.domains.organising.drives.words import DriveState
from gongjia.domains.organising.listing import ListKind
from gongjia.domains.organising.words import (
    LeadState,
    Met,
    Outcome,
    Paper,
    Progress,
    Refusal,
    Reviewed,
    RunState,
    SiteKind,
    Size,
    Told,
)  # fmt: skip
from gongjia.engines.intake.models import Batch
from gongjia.engines.matching.core import Grade
from gongjia.kernel.db import within
from gongjia.kernel.identity import Referenced, Versioned
from gongjia.kernel.numbers import is_uscc
from gongjia.kernel.reach import Doors, Scoped


class Run(Referenced, OfOrganisation):
    """One comparison (数据比对) of received lists, done in the background."""

    at_least = models.PositiveIntegerField("人数标准")
    since = models.DateField("人数从哪天起作依据")
    state = models.CharField("状态", max_length=10, choices=RunState, default=RunState.DRAFT)
    previous = models.ForeignKey(
        "self", verbose_name="上一次比对", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    stage = models.CharField("进度", max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    summary = models.JSONField("结果", default=dict)
    error = models.CharField("原因", max_length=300, blank=True)
    asked_at = models.DateTimeField("提出时间")
    asked_by = models.ForeignKey(Person, verbose_name="提出人", null=True, on_delete=models.PROTECT, related_name="+")
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField("完成时间", null=True)
    is_placed = models.BooleanField("已认出地点", default=False)

    class Meta:
        verbose_name = "数据比对"
        indexes = [models.Index(fields=["organisation", "-asked_at"], name="run_organisation")]

    def __str__(self) -> str:
        return self.reference


class RunList(Scoped):
    """One of the lists of a comparison (比对名单): what it is, and the day that its numbers hold for."""

    doors = Doors(subtree="run__organisation__path")

    run = models.ForeignKey(Run, verbose_name="数据比对", on_delete=models.CASCADE, related_name="lists")
    place = models.PositiveSmallIntegerField()
    kind = models.CharField("是什么名单", max_length=10, choices=ListKind.choices)
    batch = models.ForeignKey(Batch, verbose_name="表格", on_delete=models.PROTECT, related_name="+")
    as_of = models.DateField("数据日期", null=True)

    class Meta:
        verbose_name = "比对名单"
        constraints = [models.UniqueConstraint(fields=["run", "place"], name="run_list_once")]

    def __str__(self) -> str:
        return str(self.batch)

    @property
    def organisation(self) -> Organisation:
        return self.run.organisation


class EmployerResult(Scoped):
    """What one comparison has made of one employer (单位结果): its class, and what it was the last time.

    Kept of the two newest comparisons of a federation; the pairs and the leads stay.
    """

    doors = Doors(subtree="run__organisation__path")

    run = models.ForeignKey(Run, verbose_name="数据比对", on_delete=models.CASCADE, related_name="results")
    place = models.PositiveIntegerField()
    key = models.CharField(max_length=200)
    name = models.CharField("单位名称", max_length=200)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    region = models.CharField("地区", max_length=60, blank=True)
    found = models.CharField("结果", max_length=10, choices=EmployerClass.choices)
    before = models.CharField("上一次", max_length=10, choices=EmployerClass.choices, blank=True)
    contradiction = models.CharField("矛盾", max_length=10, choices=Contradiction.choices, blank=True)
    union = models.CharField("工会", max_length=200, blank=True)
    #: Class and union as the comparison found them, where a person has said otherwise since.
    as_found = models.CharField(max_length=10, choices=EmployerClass.choices, blank=True)
    union_found = models.CharField(max_length=200, blank=True)
    insured = models.PositiveIntegerField("参保人数", null=True)
    taxed = models.PositiveIntegerField("税务人数", null=True)
    declared = models.PositiveIntegerField("申报人数", null=True)
    insured_on = models.DateField("参保人数的日期", null=True)
    taxed_on = models.DateField("税务人数的日期", null=True)
    declared_on = models.DateField("申报人数的日期", null=True)

    class Meta:
        verbose_name = "单位结果"
        constraints = [models.UniqueConstraint(fields=["run", "place"], name="employer_result_once")]
        indexes = [
            models.Index(fields=["run", "found", "place"], name="employer_result_class"),
            models.Index(fields=["run", "before", "found"], name="employer_result_before"),
            models.Index(fields=["run", "key"], name="employer_result_key"),
            models.Index(
                fields=["run", "contradiction", "place"],
                name="employer_result_odd",
                condition=~Q(contradiction=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def organisation(self) -> Organisation:
        return self.run.organisation


class UnionPair(Scoped):
    """What was found for one record of the roster: grade, score, reason, and the candidates where a person decides."""

    doors = Doors(subtree="run__organisation__path")

    run = models.ForeignKey(Run, verbose_name="数据比对", on_delete=models.CASCADE, related_name="pairs")
    place = models.PositiveIntegerField()
    number = models.CharField("序号", max_length=40)
    name = models.CharField("工会名称", max_length=200)
    grade = models.CharField("等级", max_length=10, choices=[(each.value, each.zh) for each in Grade])
    score = models.PositiveSmallIntegerField("分数（万分之）")
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    employer_name = models.CharField("对应单位", max_length=200, blank=True)
    reason = models.CharField("理由", max_length=300)
    candidates = models.JSONField("候选", default=list)
    # The record as the roster has it, for the eye of whoever decides.
    code = models.CharField("名册上的代码", max_length=40, blank=True)
    employer = models.CharField("名册上的单位", max_length=200, blank=True)
    address = models.CharField("名册上的地址", max_length=200, blank=True)
    reviewed = models.CharField("核对", max_length=5, choices=Reviewed, blank=True)

    class Meta:
        verbose_name = "比对结果"
        constraints = [models.UniqueConstraint(fields=["run", "place"], name="union_pair_once")]
        indexes = [
            models.Index(fields=["run", "grade", "place"], name="union_pair_grade"),
            models.Index(
                fields=["run", "reviewed", "place"], name="union_pair_queue", condition=Q(grade=Grade.REVIEW.value)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def organisation(self) -> Organisation:
        return self.run.organisation


class PairDecision(OfOrganisation):
    """What a person has decided of a record of the roster (核对结论): its employer, or that it is none of those.

    The federation keeps it: every later comparison goes by it, and a model can learn from it.
    """

    pair = models.OneToOneField(UnionPair, null=True, on_delete=models.SET_NULL, related_name="decision")
    number = models.CharField("序号", max_length=40, blank=True)
    union_name = models.CharField("工会名称", max_length=200)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    employer_name = models.CharField("单位名称", max_length=200, blank=True)
    is_same = models.BooleanField("是同一单位")
    by_person = models.ForeignKey(Person, verbose_name="核对人", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("核对时间")

    class Meta:
        verbose_name = "核对结论"
        indexes = [models.Index(fields=["organisation", "id"], name="pair_decision_list")]

    def __str__(self) -> str:
        return self.union_name


class Lead(Referenced, Versioned, OfOrganisation):
    """An employer of 25 people or more without a union (建会线索).

    `organisation` is who has it now: the federation that compared, then the union it was assigned to. `origin` is the
    federation that compared; `key` (code, or folded name and county) makes an employer one lead there, run after run.
    """

    origin = models.ForeignKey(Organisation, verbose_name="比对工会", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    run = models.ForeignKey(Run, verbose_name="最近一次比对", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("单位名称", max_length=200)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    city = models.CharField("市", max_length=30, blank=True)
    county = models.CharField("县（市、区）", max_length=30, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    insured = models.PositiveIntegerField("参保人数", null=True)
    taxed = models.PositiveIntegerField("税务人数", null=True)
    declared = models.PositiveIntegerField("申报人数", null=True)
    insured_on = models.DateField("参保人数的日期", null=True)
    taxed_on = models.DateField("税务人数的日期", null=True)
    declared_on = models.DateField("申报人数的日期", null=True)
    most = models.PositiveIntegerField("最大人数")
    contradiction = models.CharField("矛盾", max_length=10, choices=Contradiction.choices, blank=True)
    head_union = models.CharField("总部的工会", max_length=200, blank=True)
    size = models.CharField("规模", max_length=3, choices=Size)
    is_unsure = models.BooleanField("有待核的工会", default=False)
    state = models.CharField("状态", max_length=10, choices=LeadState, default=LeadState.OPEN)
    found_on = models.DateField("发现日期")
    assigned_at = models.DateTimeField("派出时间", null=True)
    due_on = models.DateField("要求完成", null=True)
    owner = models.ForeignKey(Person, verbose_name="责任人", null=True, on_delete=models.PROTECT, related_name="+")
    employer = models.ForeignKey(
        Employer, verbose_name="登记的单位", null=True, on_delete=models.PROTECT, related_name="+"
    )
    union = models.ForeignKey(
        Organisation, verbose_name="筹建的工会", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField("原因", max_length=200, blank=True)
    township = models.ForeignKey(
        Region, verbose_name="乡镇、街道", null=True, on_delete=models.PROTECT, related_name="+"
    )
    community = models.ForeignKey(
        Region, verbose_name="村、社区", null=True, on_delete=models.PROTECT, related_name="+"
    )
    site_kind = models.CharField("聚集地", max_length=10, choices=SiteKind, blank=True)
    site = models.CharField("聚集地名称", max_length=60, blank=True)
    is_placed_by_hand = models.BooleanField("地点由人改过", default=False)
    progress = models.CharField("进展", max_length=10, choices=Progress, default=Progress.UNVISITED)
    progressed_on = models.DateField("最近办理", null=True)
    next_on = models.DateField("下次联系", null=True)
    has_migrants = models.BooleanField("农民工较多", null=True)
    aside_code = models.CharField("不再办理的原因", max_length=10, choices=Outcome, blank=True)
    aside_on = models.DateField("不再办理之日", null=True)
    aside_most = models.PositiveIntegerField("当时的最大人数", null=True)

    class Meta:
        verbose_name = "建会线索"
        constraints = [
            models.UniqueConstraint(fields=["origin", "key"], name="lead_once"),
            models.UniqueConstraint(fields=["employer"], condition=Q(employer__isnull=False), name="lead_employer"),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "-most", "id"], name="lead_list"),
            models.Index(fields=["organisation", "county"], name="lead_county"),
            models.Index(fields=["owner", "next_on"], name="lead_owner", condition=Q(owner__isnull=False)),
        ]

    @property
    def has_wrong_code(self) -> bool:
        """Whether the list's code is none: it is shown as it stands, and used for nothing."""
        return bool(self.uscc) and not is_uscc(self.uscc)

    def __str__(self) -> str:
        return self.name


class Visit(Referenced, OfOrganisation):
    """One visit to an employer (走访): whom an officer met, what was said and left there, what came of it.

    `organisation` is the union that had the lead on that day. No number of anybody is kept.
    """

    lead = models.ForeignKey(Lead, verbose_name="建会线索", on_delete=models.PROTECT, related_name="visits")
    on = models.DateField("走访日期")
    by_person = models.ForeignKey(Person, verbose_name="走访人", null=True, on_delete=models.PROTECT, related_name="+")
    met = models.CharField("见到谁", max_length=12, choices=Met)
    met_name = models.CharField("姓名或称呼", max_length=40, blank=True)
    told = models.JSONField("讲了什么", default=list)
    papers = models.JSONField("留下什么材料", default=list)
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    refusal = models.CharField("拒绝的原因", max_length=12, choices=Refusal, blank=True)
    headcount = models.PositiveIntegerField("现场了解的职工人数", null=True)
    has_migrants = models.BooleanField("农民工较多", null=True)
    words = models.CharField("说明", max_length=300, blank=True)
    next_on = models.DateField("下次联系", null=True)
    made_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = "走访记录"
        indexes = [models.Index(fields=["organisation", "on"], name="visit_organisation")]

    def __str__(self) -> str:
        return self.reference


class LeadStep(OfOrganisation):
    """A line of a lead's own timeline: a visit, or a step on the way from a refusal."""

    lead = models.ForeignKey(Lead, verbose_name="建会线索", on_delete=models.PROTECT, related_name="steps")
    visit = models.OneToOneField(Visit, verbose_name="走访记录", null=True, on_delete=models.PROTECT, related_name="+")
    move = models.CharField("办理", max_length=20)
    zh = models.CharField("办理", max_length=40)
    progress = models.CharField("进展", max_length=10, choices=Progress)
    at = models.DateTimeField("时间")
    by_person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "线索办理"
        indexes = [models.Index(fields=["lead", "-at", "-id"], name="lead_step_list")]

    def __str__(self) -> str:
        return self.zh

    @property
    def told_zh(self) -> str:
        return "、".join(Told(code).label for code in self.visit.told) if self.visit else ""

    @property
    def papers_zh(self) -> str:
        return "、".join(Paper(code).label for code in self.visit.papers) if self.visit else ""


def _led_or_joined(paths: tuple[str, ...]) -> Q:
    """A drive is seen by the federation that leads it, and by each union that has a target in it."""
    joined = DriveTarget._base_manager.filter(within("organisation__path", paths))
    return within("organisation__path", paths) | Q(pk__in=joined.values("drive_id"))


class Drive(Referenced, Versioned, OfOrganisation):
    """A drive of a federation (攻坚行动): so many employers to be organised by a day, among those of a scope."""

    doors = Doors(subtree=_led_or_joined)

    name = models.CharField("名称", max_length=60)
    from_on = models.DateField("开始日")
    until_on = models.DateField("到期日")
    target = models.PositiveIntegerField("目标（家）")
    at_least = models.PositiveIntegerField("人数至少", null=True)
    region = models.ForeignKey(Region, verbose_name="地区", null=True, on_delete=models.PROTECT, related_name="+")
    site_kind = models.CharField("聚集地", max_length=10, choices=SiteKind, blank=True)
    migrants = models.BooleanField("农民工较多的", default=False)
    opened_at = models.DateTimeField("开展时间")
    opened_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField("提前结束之日", null=True)
    ended_reason = models.CharField("提前结束的原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "攻坚行动"
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=models.F("from_on")), name="drive_in_order"),
            models.CheckConstraint(condition=Q(target__gt=0), name="drive_with_target"),
        ]
        indexes = [models.Index(fields=["organisation", "-from_on"], name="drive_organisation")]

    def __str__(self) -> str:
        return self.name

    @property
    def last_on(self) -> date:
        """The last day that counts."""
        return min(self.until_on, self.ended_on) if self.ended_on else self.until_on

    def state_on(self, day: date) -> DriveState:
        if self.ended_on:
            return DriveState.ENDED
        if day < self.from_on:
            return DriveState.PLANNED
        return DriveState.OVER if day > self.until_on else DriveState.RUNNING


class DriveTarget(OfOrganisation):
    """How many employers one union (`organisation`) is to organise in a drive of the federation above, or its own."""

    drive = models.ForeignKey(Drive, verbose_name="攻坚行动", on_delete=models.CASCADE, related_name="targets")
    count = models.PositiveIntegerField("目标（家）")

    class Meta:
        verbose_name = "行动目标"
        constraints = [models.UniqueConstraint(fields=["drive", "organisation"], name="drive_target_once")]

    def __str__(self) -> str:
        return str(self.count)
