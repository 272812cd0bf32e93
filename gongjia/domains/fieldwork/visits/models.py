"""Plans of visits that nobody below knows of, the visits that have begun, and what they found."""

from typing import Any

from django.db import models
from django.db.models import Q

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.files.models import StoredFile
from gongjia.backbone.organisations.models import OfOrganisation, Organisation
from gongjia.backbone.people.models import Person
from gongjia.domains.fieldwork.asking.models import ResearchTopic
from gongjia.domains.fieldwork.words import Checked, Grade, ObservationKind, Result, Spoken
from gongjia.engines.casework.models import Matter, both_sides
from gongjia.kernel.db import within
from gongjia.kernel.identity import Referenced, Versioned
from gongjia.kernel.reach import Doors


class VisitPlan(Referenced, Versioned, OfOrganisation):
    """Why, where and by whom a union goes out without notice (四不两直). Seen from its own organisation and above, by
    no door from below: neither before nor after."""

    purpose = models.CharField("走访目的", max_length=120)
    items = models.JSONField("查看清单", default=list)
    from_on = models.DateField("从哪天")
    to_on = models.DateField("到哪天")
    others = models.CharField("同去的其他人", max_length=120, blank=True)
    topic = models.ForeignKey(
        ResearchTopic, verbose_name="调研课题", null=True, on_delete=models.PROTECT, related_name="plans"
    )
    made_at = models.DateTimeField("制定时间")
    made_by = models.ForeignKey(Person, verbose_name="制定人", null=True, on_delete=models.PROTECT, related_name="+")
    dropped_at = models.DateTimeField("取消时间", null=True)

    class Meta:
        verbose_name = "走访计划"
        constraints = [models.CheckConstraint(condition=Q(to_on__gte=models.F("from_on")), name="visit_plan_in_order")]
        indexes = [models.Index(fields=["organisation", "-from_on"], name="visit_plan_organisation")]

    def __str__(self) -> str:
        return self.reference


class VisitGoer(OfOrganisation):
    """Who goes."""

    plan = models.ForeignKey(VisitPlan, verbose_name="走访计划", on_delete=models.CASCADE, related_name="goers")
    person = models.ForeignKey(Person, verbose_name="走访的人", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "走访的人"
        constraints = [models.UniqueConstraint(fields=["plan", "person"], name="visit_goer_once")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.person_id}"


def _planner_or_visited(paths: tuple[str, ...]) -> Q:
    """Seen by who planned it and those above; by the place and those above it from its beginning on, never before."""
    return within("organisation__path", paths) | within("union__path", paths) & Q(arrived_at__isnull=False)


class FieldVisit(Referenced, Versioned, OfOrganisation):
    """One place of a plan. It begins with the arrival; until then only its planners know of it."""

    doors = Doors(subtree=_planner_or_visited)

    plan = models.ForeignKey(VisitPlan, verbose_name="走访计划", on_delete=models.PROTECT, related_name="visits")
    union = models.ForeignKey(
        Organisation, verbose_name="去的工会", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    employer = models.ForeignKey(
        Employer, verbose_name="去的单位", null=True, on_delete=models.PROTECT, related_name="+"
    )
    arrived_at = models.DateTimeField("到达时间", null=True)
    arrived_on = models.DateField("到达日期", null=True, editable=False)
    answers = models.JSONField("查看情况", default=dict)
    spoken = models.JSONField("谈话人数", default=dict)
    spoken_names = models.CharField("愿意留名的人", max_length=120, blank=True)
    words = models.CharField("情况", max_length=600, blank=True)
    recorded_at = models.DateTimeField("登记时间", null=True)
    recorded_by = models.ForeignKey(
        Person, verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "现场走访"
        constraints = [
            models.CheckConstraint(
                condition=Q(union__isnull=False) | Q(employer__isnull=False), name="field_visit_place"
            ),
            models.UniqueConstraint(
                fields=["plan", "union"], condition=Q(employer=None), name="field_visit_once_a_union"
            ),
            models.UniqueConstraint(fields=["plan", "employer"], name="field_visit_once_an_employer"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-arrived_on"], name="field_visit_organisation"),
            models.Index(fields=["union", "-arrived_on"], name="field_visit_union"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def place_zh(self) -> str:
        """The name of the place."""
        return self.employer.name if self.employer else self.union.name if self.union else ""

    @property
    def spoken_zh(self) -> list[tuple[str, int]]:
        """Kinds of people and how many of each, in order."""
        said: dict[str, Any] = self.spoken
        return [(str(each.label), int(said[each])) for each in Spoken if said.get(each)]

    @property
    def answers_zh(self) -> list[tuple[str, str]]:
        """The check list with its answers; an item without one was not looked at."""
        said: dict[str, Any] = self.answers
        return [
            (zh, str(Checked(said[str(number)]).label) if str(number) in said else "没有查看")
            for number, zh in enumerate(self.plan.items)
        ]


class VisitPhoto(Referenced, OfOrganisation):
    """A picture from a visit, without what the camera wrote into it; seen by who went and those above. None need be."""

    visit = models.ForeignKey(FieldVisit, verbose_name="现场走访", on_delete=models.CASCADE, related_name="photos")
    file = models.ForeignKey(StoredFile, verbose_name="文件", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "走访照片"

    def __str__(self) -> str:
        return self.reference


class Observation(Matter):
    """What was found at a place (难点、堵点、痛点、盲点). `organisation` owns it, `counterpart` went there, `owner` is
    the person who answers for it where that is known. There is none without an owner."""

    flow_code = "fieldwork.observation"
    doors = Doors(subtree=both_sides)

    visit = models.ForeignKey(
        FieldVisit, verbose_name="现场走访", on_delete=models.PROTECT, related_name="observations"
    )
    union = models.ForeignKey(
        Organisation, verbose_name="在哪个工会", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    employer = models.ForeignKey(
        Employer, verbose_name="在哪个单位", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField("类别", max_length=10, choices=ObservationKind)
    grade = models.CharField("轻重", max_length=10, choices=Grade)
    words = models.CharField("问题", max_length=300)
    found_on = models.DateField("发现日期")
    due_on = models.DateField("最迟解决")
    measure = models.CharField("措施", max_length=300, blank=True)
    evidence = models.CharField("解决的情况", max_length=600, blank=True)
    reported_on = models.DateField("报告解决日期", null=True)
    solved_by = models.ForeignKey(Person, verbose_name="报告人", null=True, on_delete=models.PROTECT, related_name="+")
    verified_by = models.ForeignKey(
        Person, verbose_name="核实人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    result = models.CharField("结果", max_length=10, choices=Result, default=Result.OPEN, editable=False)
    overdue_at = models.DateTimeField("标为逾期", null=True, editable=False)
    repeats = models.ForeignKey(
        "self", verbose_name="上一次", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    times = models.PositiveSmallIntegerField("第几次发现", default=1, editable=False)

    class Meta:
        verbose_name = "调研发现"
        indexes = [
            models.Index(fields=["organisation", "due_on"], name="observation_open", condition=Q(result=Result.OPEN)),
            models.Index(fields=["counterpart", "-found_on"], name="observation_counterpart"),
            models.Index(fields=["union", "kind", "-found_on"], name="observation_union"),
            models.Index(fields=["employer", "kind", "-found_on"], name="observation_employer"),
            models.Index(
                fields=["due_on"], name="observation_to_mark", condition=Q(result=Result.OPEN, overdue_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def place_zh(self) -> str:
        """The name of the place."""
        return self.employer.name if self.employer else self.union.name if self.union else ""
