"""What the grassroots suggest, and what is studied."""

from django.db import models
from django.db.models import F, Q

from gongjia.backbone.files.models import StoredFile
from gongjia.backbone.organisations.models import OfOrganisation
from gongjia.backbone.people.models import Person
from gongjia.domains.fieldwork.words import Outcome
from gongjia.engines.casework.models import Matter, both_sides
from gongjia.kernel.identity import Referenced, Versioned
from gongjia.kernel.reach import Doors


class ResearchTopic(Referenced, Versioned, OfOrganisation):
    """A question that a union studies (调研课题), with those who do, visits tied to it, and a report."""

    name = models.CharField("课题", max_length=60)
    question = models.CharField("要弄清什么", max_length=300)
    from_on = models.DateField("开始")
    to_on = models.DateField("计划完成")
    summary = models.TextField("主要结论", max_length=2000, blank=True)
    report = models.ForeignKey(
        StoredFile, verbose_name="调研报告", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reported_on = models.DateField("完成日期", null=True)

    class Meta:
        verbose_name = "调研课题"
        constraints = [models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="research_topic_in_order")]
        indexes = [models.Index(fields=["organisation", "-from_on"], name="research_topic_organisation")]

    def __str__(self) -> str:
        return self.name


class TopicMember(OfOrganisation):
    """Who works on a topic."""

    topic = models.ForeignKey(ResearchTopic, verbose_name="调研课题", on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, verbose_name="课题组成员", on_delete=models.PROTECT, related_name="+")
    leads = models.BooleanField("负责人", default=False)

    class Meta:
        verbose_name = "课题组成员"
        constraints = [models.UniqueConstraint(fields=["topic", "person"], name="topic_member_once")]

    def __str__(self) -> str:
        return f"{self.topic_id} {self.person_id}"


class GrassrootsSuggestion(Matter):
    """What a union asks of a superior (基层建议). `organisation` answers, `counterpart` asked; `visit`: where it was
    said on one, which has begun then."""

    flow_code = "fieldwork.suggestion"
    doors = Doors(subtree=both_sides)

    words = models.TextField("建议", max_length=1000)
    visit = models.ForeignKey(
        "fieldwork.FieldVisit", verbose_name="在哪次走访中提出", null=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField("怎样处理", max_length=10, choices=Outcome, blank=True)
    answer = models.TextField("答复", max_length=1000, blank=True)

    class Meta:
        verbose_name = "基层建议"
        indexes = [
            models.Index(fields=["organisation", "-opened_at"], name="suggestion_organisation"),
            models.Index(fields=["counterpart", "-opened_at"], name="suggestion_counterpart"),
        ]

    def __str__(self) -> str:
        return self.reference
