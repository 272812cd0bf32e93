"""Posters that lead to a union, and applications to join it."""

from django.db import models
from django.db.models import Q

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import ID_NUMBER, Person
from gongjia.backbone.people.words import Group
from gongjia.backbone.regions.models import Region
from gongjia.domains.enrolment.words import RefusalReason, Way
from gongjia.engines.casework.models import Matter
from gongjia.kernel.identity import Referenced
from gongjia.kernel.reach import Doors, Scoped
from gongjia.kernel.secrets import IndexField, SecretField, WithSecrets


class Poster(Referenced, Scoped):
    """A poster (入会海报) whose QR code leads to one union, and to one employer where it hangs there; or the code that
    an officer shows on the spot (现场码), which changes all the time while the officer's page is open (`spots.py`)."""

    doors = Doors(subtree="organisation__path", public=Q(pk__isnull=False))

    organisation = models.ForeignKey(Organisation, verbose_name="工会", on_delete=models.PROTECT, related_name="+")
    employer = models.ForeignKey(
        Employer, verbose_name="张贴单位", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    place = models.CharField("张贴位置", max_length=60, blank=True)
    way = models.CharField("方式", max_length=10, choices=Way, default=Way.PAPER)
    shown_by = models.ForeignKey(
        Person, verbose_name="出示人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    shown_until = models.DateTimeField("出示到", null=True)
    made_at = models.DateTimeField("制作时间")
    revoked_at = models.DateTimeField("停用时间", null=True)
    revoked_why = models.CharField("停用原因", max_length=60, blank=True)

    class Meta:
        verbose_name = "入会海报"
        indexes = [models.Index(fields=["organisation", "-made_at"], name="poster_organisation")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(way=Way.SPOT) | Q(shown_by__isnull=False, shown_until__isnull=False),
                name="poster_spot_has_an_officer",
            )
        ]

    def __str__(self) -> str:
        return self.reference


class Application(Matter, WithSecrets):
    """An application to join (入会申请). `person` is known once the file is found or made at approval.

    An account without a person reaches its application by a grant. Where no union takes the applicant yet, the
    application lies with the county's federation, which answers until `due_at` (县池); `answered_at` is when it did.
    `spot_at` is the moment of the officer's code by which somebody was admitted at once.
    """

    flow_code = "enrolment.application"
    secret_purposes = {"id_number": ID_NUMBER}

    poster = models.ForeignKey(Poster, verbose_name="海报", null=True, on_delete=models.PROTECT, related_name="+")
    account_id = models.BigIntegerField()
    name = models.CharField("姓名", max_length=30)
    id_number = SecretField("证件号码")
    id_number_index = IndexField()
    employer = models.ForeignKey(
        Employer, verbose_name="工作单位", null=True, on_delete=models.PROTECT, related_name="+"
    )
    employer_name = models.CharField("工作单位名称", max_length=120, blank=True)
    job = models.CharField("岗位", max_length=60, blank=True)
    group = models.CharField("职业群体", max_length=30, choices=Group, blank=True)
    is_migrant = models.BooleanField("农民工", null=True)
    region = models.ForeignKey(Region, verbose_name="所在地", null=True, on_delete=models.PROTECT, related_name="+")
    spot_at = models.DateTimeField("现场码时间", null=True)
    due_at = models.DateTimeField("答复期限", null=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    consent_version = models.CharField("授权文本版本", max_length=20)
    reason = models.CharField("原因", max_length=20, choices=RefusalReason, blank=True)

    class Meta:
        verbose_name = "入会申请"
        constraints = [
            models.UniqueConstraint(
                fields=["account_id"], condition=Q(closed_at=None), name="application_one_open_an_account"
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "opened_at"], name="application_open", condition=Q(closed_at=None)),
            models.Index(
                fields=["due_at"], name="application_pool", condition=Q(due_at__isnull=False, answered_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_pooled(self) -> bool:
        """Whether it lies with the county because no union has taken it yet."""
        return self.due_at is not None and self.answered_at is None

    @property
    def works_at(self) -> str:
        """The employer's name as registered, or as the applicant wrote it."""
        return self.employer.name if self.employer else self.employer_name


from gongjia.domains.enrolment.changes import models as changes_models  # noqa: E402, F401 - its tables are this app's
