"""Persons, and where they work. A person is never listed by itself: it is reached through membership or employment."""

from django.db import models
from django.db.models import F, Q

from gongjia.backbone.employers.models import Coverage, Employer
from gongjia.backbone.people.words import Education, EmploymentForm, Group, IdKind, Political, Sex, SkillLevel
from gongjia.kernel.db import within
from gongjia.kernel.identity import Referenced, Versioned
from gongjia.kernel.reach import Doors, Scoped
from gongjia.kernel.secrets import IndexField, SecretField, WithSecrets

ID_NUMBER = "person.id_number"
PHONE = "person.phone"


class Person(Referenced, Versioned, WithSecrets, Scoped):
    """A person (人员). ID number and phone are sealed and found by the full value; the name is clear."""

    doors = Doors(own="pk")
    secret_purposes = {"id_number": ID_NUMBER, "phone": PHONE}

    name = models.CharField("姓名", max_length=30)
    pinyin_key = models.CharField("拼音", max_length=160, editable=False)
    initials = models.CharField("拼音首字母", max_length=30, editable=False)
    id_kind = models.CharField("证件类型", max_length=20, choices=IdKind, default=IdKind.IDENTITY_CARD)
    id_number = SecretField("证件号码")
    id_number_index = IndexField()
    phone = SecretField("手机号码")
    phone_index = IndexField(db_index=True)
    sex = models.CharField("性别", max_length=6, choices=Sex, blank=True)
    birth_on = models.DateField("出生日期", null=True)
    ethnicity = models.CharField("民族", max_length=20, blank=True)
    education = models.CharField("学历", max_length=20, choices=Education, blank=True)
    political = models.CharField("政治面貌", max_length=20, choices=Political, blank=True)
    skill_level = models.CharField("技能等级", max_length=20, choices=SkillLevel, blank=True)
    is_migrant = models.BooleanField("农民工", null=True)

    class Meta:
        verbose_name = "人员"
        constraints = [
            models.UniqueConstraint(
                fields=["id_number_index"], condition=~Q(id_number_index=""), name="person_id_number_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def person_id(self) -> int:
        """A person is about itself: audit rows ask every row the same."""
        return int(self.pk)


class Employment(Scoped):
    """Where a person works, from and until when (until excluded)."""

    doors = Doors(
        own="person_id",
        subtree=lambda paths: (
            Q(
                employer__in=Coverage._base_manager.filter(within("organisation__path", paths), until_on=None).values(
                    "employer_id"
                )
            )
            | within("employer__organisation__path", paths)
        ),
    )

    person = models.ForeignKey(Person, verbose_name="人员", on_delete=models.PROTECT, related_name="employments")
    employer = models.ForeignKey(Employer, verbose_name="单位", on_delete=models.PROTECT, related_name="employments")
    job = models.CharField("岗位", max_length=60, blank=True)
    form = models.CharField("用工形式", max_length=20, choices=EmploymentForm, blank=True)
    group = models.CharField("新就业形态群体", max_length=30, choices=Group, blank=True)
    from_on = models.DateField("起", null=True)
    until_on = models.DateField("止", null=True)

    class Meta:
        verbose_name = "工作关系"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "employer"], condition=Q(until_on=None), name="employment_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(from_on=None) | Q(until_on__gte=F("from_on")),
                name="employment_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.employer_id}"
