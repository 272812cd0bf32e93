"""Who looks after which union or employer, the days there, and the yearly reports."""

from django.db import models
from django.db.models import F, Q

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.organisations.models import OfOrganisation, Organisation
from gongjia.backbone.people.models import Person
from gongjia.backbone.posts.models import Post
from gongjia.domains.fieldwork.words import ContactEnding, ContactKind
from gongjia.kernel.db import within
from gongjia.kernel.identity import Referenced
from gongjia.kernel.reach import Doors


def _sender_or_place(paths: tuple[str, ...]) -> Q:
    """Seen by the union of the post and those above it; by the place and those above it once it is public."""
    return within("organisation__path", paths) | within("union__path", paths) & Q(published_on__isnull=False)


class Contact(Referenced, OfOrganisation):
    """One officer at one place (联系点、蹲点), from and until when (until excluded). `organisation` is that of the
    post; `union` the union looked after, or the one that covers the employer."""

    doors = Doors(subtree=_sender_or_place)

    post = models.ForeignKey(Post, verbose_name="职务", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, verbose_name="联系干部", on_delete=models.PROTECT, related_name="+")
    union = models.ForeignKey(
        Organisation, verbose_name="联系的工会", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    employer = models.ForeignKey(
        Employer, verbose_name="联系的单位", null=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField("方式", max_length=10, choices=ContactKind)
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True)
    ending = models.CharField("结束原因", max_length=12, choices=ContactEnding, blank=True)
    office_line = models.CharField("办公电话", max_length=20, blank=True)
    published_on = models.DateField("向联系点公开", null=True)

    class Meta:
        verbose_name = "联系点"
        constraints = [
            models.CheckConstraint(condition=Q(union__isnull=False) | Q(employer__isnull=False), name="contact_place"),
            models.CheckConstraint(condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="contact_in_order"),
            models.UniqueConstraint(
                fields=["post", "union", "kind"], condition=Q(until_on=None, employer=None), name="contact_once_a_union"
            ),
            models.UniqueConstraint(
                fields=["post", "employer", "kind"], condition=Q(until_on=None), name="contact_once_an_employer"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "until_on", "-from_on"], name="contact_organisation"),
            models.Index(fields=["union", "until_on"], name="contact_union"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def place_zh(self) -> str:
        """The name of the place."""
        return self.employer.name if self.employer else self.union.name if self.union else ""


class DutySpell(OfOrganisation):
    """Days on end at a place, what was done there and what was solved. Where somebody stood is not recorded."""

    contact = models.ForeignKey(Contact, verbose_name="联系点", on_delete=models.PROTECT, related_name="spells")
    from_on = models.DateField("到的日期")
    to_on = models.DateField("离开的日期")
    did = models.CharField("做了什么", max_length=300)
    solved = models.CharField("解决了什么", max_length=300, blank=True)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "蹲点日志"
        constraints = [models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="duty_spell_in_order")]
        indexes = [models.Index(fields=["contact", "-from_on"], name="duty_spell_contact")]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.from_on}"


class YearlyReport(OfOrganisation):
    """What an officer says of a year at a place."""

    contact = models.ForeignKey(Contact, verbose_name="联系点", on_delete=models.PROTECT, related_name="reports")
    year = models.PositiveSmallIntegerField("年度")
    words = models.TextField("报告", max_length=3000)
    solved = models.CharField("解决了什么", max_length=600, blank=True)
    written_on = models.DateField("写报告的日期")

    class Meta:
        verbose_name = "联系点年度报告"
        constraints = [models.UniqueConstraint(fields=["contact", "year"], name="yearly_report_once")]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.year}"
