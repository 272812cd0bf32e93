"""The public face of a union: displays, who agreed to be named, duties and promises, and the one record of its site."""

from django.db import models
from django.db.models import F, Q

from gongjia.backbone.organisations.models import OfOrganisation, Organisation
from gongjia.backbone.organisations.words import IN_FORCE
from gongjia.backbone.people.models import Person
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import Role
from gongjia.backbone.regions.models import Region
from gongjia.domains.homes.words import Capability, CardEnding, DisplayKind, Given, Lapse
from gongjia.kernel.identity import Referenced, Versioned
from gongjia.kernel.reach import Doors


class Display(Referenced, OfOrganisation):
    """One thing that a union shows (亮牌、亮身份、亮承诺), from and until when (until excluded). Never rewritten."""

    doors = Doors(subtree="organisation__path", public=Q(lapsed_on=None))

    kind = models.CharField("展示内容", max_length=10, choices=DisplayKind)
    shown_on = models.DateField("展示日期")
    place = models.CharField("展示位置", max_length=60, blank=True)
    post = models.ForeignKey(Post, verbose_name="主席", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by_id = models.BigIntegerField("登记人", null=True)
    checked_on = models.DateField("核实日期", null=True)
    checked_by = models.ForeignKey(
        Organisation, verbose_name="核实的工会", null=True, on_delete=models.PROTECT, related_name="+"
    )
    check_words = models.CharField("核实情况", max_length=200, blank=True)
    lapsed_on = models.DateField("失效日期", null=True)
    lapse = models.CharField("失效原因", max_length=20, choices=Lapse, blank=True)

    class Meta:
        verbose_name = "展示记录"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind"], condition=Q(lapsed_on=None), name="display_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(lapsed_on=None) | Q(lapsed_on__gte=F("shown_on")), name="display_in_order"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "kind", "-shown_on"], name="display_organisation")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.organisation_id}"


class Card(Referenced, OfOrganisation):
    """How an officer agreed to be named in public (身份公示). What is written here is shown as it stands; taken back,
    it is emptied, and that it was given stays."""

    doors = Doors(subtree="organisation__path", own="person_id")

    person = models.ForeignKey(Person, verbose_name="本人", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, verbose_name="职务", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("公开的姓名", max_length=30, blank=True)
    office_line = models.CharField("办公电话", max_length=20, blank=True)
    given = models.CharField("怎样同意", max_length=10, choices=Given)
    agreed_at = models.DateTimeField("同意时间")
    ended_at = models.DateTimeField("结束时间", null=True)
    ending = models.CharField("结束原因", max_length=12, choices=CardEnding, blank=True)

    class Meta:
        verbose_name = "身份公示"
        constraints = [
            models.UniqueConstraint(fields=["post"], condition=Q(ended_at=None), name="card_one_a_post"),
        ]
        indexes = [models.Index(fields=["organisation"], name="card_organisation")]

    def __str__(self) -> str:
        return self.reference


class Duty(Versioned, OfOrganisation):
    """What one post of a union is to do and what its holder promises (岗位职责、履职承诺), as shown in public."""

    role = models.CharField("职务", max_length=30, choices=Role)
    duty = models.TextField("岗位职责", max_length=600)
    promise = models.TextField("履职承诺", max_length=600, blank=True)
    changed_on = models.DateField("更新日期")

    class Meta:
        verbose_name = "职责和承诺"
        constraints = [models.UniqueConstraint(fields=["organisation", "role"], name="duty_once_a_role")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.organisation_id}"


class UnionSite(Referenced, Versioned, OfOrganisation):
    """The one place of a union (会站家一体化): office, service station and home of workers in one record."""

    doors = Doors(
        subtree="organisation__path", public=Q(closed_on=None, organisation__state__in=[str(each) for each in IN_FORCE])
    )

    name = models.CharField("名称", max_length=60)
    is_union = models.BooleanField("工会办公", default=True)
    is_station = models.BooleanField("职工服务站", default=False)
    is_home = models.BooleanField("职工之家", default=False)
    region = models.ForeignKey(Region, verbose_name="所在区划", on_delete=models.PROTECT, related_name="+")
    address = models.CharField("地址", max_length=200)
    hours = models.CharField("开放时间", max_length=100, blank=True)
    service_line = models.CharField("服务电话", max_length=20, blank=True)
    staff = models.PositiveSmallIntegerField("在岗人数", null=True)
    services = models.JSONField("服务项目", default=list)
    words = models.CharField("说明", max_length=300, blank=True)
    opened_on = models.DateField("启用日期")
    closed_on = models.DateField("停用日期", null=True)

    class Meta:
        verbose_name = "会站家阵地"
        constraints = [
            models.UniqueConstraint(fields=["organisation"], condition=Q(closed_on=None), name="union_site_one_in_use"),
            models.CheckConstraint(
                condition=Q(is_union=True) | Q(is_station=True) | Q(is_home=True), name="union_site_for_something"
            ),
        ]
        indexes = [models.Index(fields=["region"], name="union_site_region")]

    def __str__(self) -> str:
        return self.name

    @property
    def capabilities(self) -> list[str]:
        """What it is, in words."""
        held = {Capability.UNION: self.is_union, Capability.STATION: self.is_station, Capability.HOME: self.is_home}
        return [str(each.label) for each, is_held in held.items() if is_held]


class SiteUse(OfOrganisation):
    """A union without premises is served by the site of another one (共享、联合职工之家), from and until when."""

    doors = Doors(subtree="organisation__path", public=Q(until_on=None))

    site = models.ForeignKey(UnionSite, verbose_name="会站家阵地", on_delete=models.PROTECT, related_name="uses")
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True)

    class Meta:
        verbose_name = "共用阵地"
        constraints = [
            models.UniqueConstraint(fields=["organisation"], condition=Q(until_on=None), name="site_use_one_in_force"),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="site_use_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} → {self.site_id}"


class Reminder(OfOrganisation):
    """That a superior reminded the chair of a union of what it does not show yet."""

    person = models.ForeignKey(Person, verbose_name="提醒谁", on_delete=models.PROTECT, related_name="+")
    missing = models.JSONField("缺什么", default=list)
    sent_at = models.DateTimeField("提醒时间")

    class Meta:
        verbose_name = "展示提醒"
        indexes = [models.Index(fields=["organisation", "-sent_at"], name="reminder_organisation")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.sent_at:%Y-%m-%d}"
