"""A founding (建会) with its units, candidates and counts."""

from typing import Any

from django.db import models
from django.db.models import Q

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.domains.founding.words import FROM_COMMITTEE, Body, ChairBy, Meeting, Tie, Way
from gongjia.engines.casework.models import Matter, both_sides
from gongjia.kernel.db import within
from gongjia.kernel.identity import Referenced
from gongjia.kernel.reach import Doors, Scoped


class Founding(Matter):
    """One union on its way: from the request to the superior's reply on the election."""

    doors = Doors(subtree=both_sides, own="person_id")
    flow_code = "founding.founding"

    way = models.CharField("建会方式", max_length=10, choices=Way.choices)
    name = models.CharField("拟建工会名称", max_length=120)
    # the request
    why = models.CharField("建会理由", max_length=300, blank=True)
    head_name = models.CharField("筹备组负责人", max_length=30, blank=True)
    party_names = models.CharField("党组织代表", max_length=120, blank=True)
    staff_names = models.CharField("职工代表", max_length=120, blank=True)
    sent_names = models.CharField("上级派的人", max_length=120, blank=True)
    requested_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    requested_on = models.DateField("请示日期", null=True)
    # the reply, and the group
    group = models.ForeignKey(
        Organisation, verbose_name="筹备组", null=True, on_delete=models.PROTECT, related_name="+"
    )
    group_number = models.CharField("批复筹建文号", max_length=60, blank=True)
    group_on = models.DateField("批复筹建日期", null=True)
    # the election
    term_years = models.PositiveSmallIntegerField("任期（年）", null=True)
    meeting = models.CharField("选举形式", max_length=10, choices=Meeting.choices, blank=True)
    chair_by = models.CharField("主席怎样产生", max_length=10, choices=ChairBy.choices, blank=True)
    seats = models.JSONField("名额", default=dict)
    shown_on = models.DateField("候选人公示开始", null=True)
    planned_on = models.DateField("拟开大会日期", null=True)
    place = models.CharField("地点", max_length=60, blank=True)
    held_on = models.DateField("大会日期", null=True)
    expected = models.PositiveIntegerField("应到会", null=True)
    present = models.PositiveIntegerField("实到会", null=True)
    scrutineers = models.CharField("监票人", max_length=120, blank=True)
    tellers = models.CharField("计票人", max_length=120, blank=True)
    convening = models.PositiveSmallIntegerField("第几次大会", default=0, editable=False)
    # the end
    reported_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reported_on = models.DateField("报告日期", null=True)
    result_number = models.CharField("批复选举结果文号", max_length=60, blank=True)
    result_on = models.DateField("批复选举结果日期", null=True)

    class Meta:
        verbose_name = "建会"
        indexes = [
            models.Index(fields=["organisation", "opened_at"], name="founding_organisation"),
            models.Index(fields=["counterpart", "opened_at"], name="founding_counterpart"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def present_zh(self) -> str:
        return f"{self.present} 人"

    def seats_of(self, body: Body) -> int:
        seats: dict[str, Any] = self.seats
        return int(seats.get(body, 0))

    def is_from_new_committee(self, body: Body) -> bool:
        """Whether it is the new committee that elects to it, among its own, after the meeting has elected the
        committee."""
        return body in FROM_COMMITTEE and self.chair_by == ChairBy.COMMITTEE


def _of_founding(paths: tuple[str, ...]) -> Q:
    return within("founding__organisation__path", paths) | within("founding__counterpart__path", paths)


class _OfFounding(Scoped):
    doors = Doors(subtree=_of_founding)

    founding = models.ForeignKey(Founding, verbose_name="建会", on_delete=models.CASCADE, related_name="%(class)ss")

    class Meta:
        abstract = True

    @property
    def organisation(self) -> Organisation:
        return self.founding.organisation


class Unit(_OfFounding):
    """A unit that the union is to cover: an employer, or for a federation a union. `headcount` is the unit's own word.

    Coverage itself (since when, until when) is kept by the register from the reply on.
    """

    employer = models.ForeignKey(Employer, verbose_name="单位", null=True, on_delete=models.PROTECT, related_name="+")
    union = models.ForeignKey(Organisation, verbose_name="工会", null=True, on_delete=models.PROTECT, related_name="+")
    headcount = models.PositiveIntegerField("职工人数", null=True)
    women = models.PositiveIntegerField("其中女职工", null=True)
    is_open = models.BooleanField("还在办理", default=True, editable=False)

    class Meta:
        verbose_name = "涵盖单位"
        constraints = [
            models.UniqueConstraint(fields=["employer"], condition=Q(is_open=True), name="founding_unit_once"),
            models.UniqueConstraint(fields=["union"], condition=Q(is_open=True), name="founding_union_once"),
            models.CheckConstraint(
                condition=Q(employer__isnull=False, union=None) | Q(employer=None, union__isnull=False),
                name="founding_unit_is_one",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return (self.employer or self.union).name  # type: ignore[union-attr]

    @property
    def uscc(self) -> str:
        return (self.employer or self.union).uscc  # type: ignore[union-attr]


class Candidate(Referenced, _OfFounding):
    """Somebody who stands for a body; `tie` is declared by the candidate and kept with the papers."""

    membership = models.ForeignKey(Membership, verbose_name="会员", on_delete=models.PROTECT, related_name="+")
    body = models.CharField("选什么", max_length=10, choices=Body.choices)
    tie = models.CharField("与单位负责人的关系", max_length=10, choices=Tie.choices)
    named_on = models.DateField("提名日期")
    is_write_in = models.BooleanField("另选人", default=False)
    elected_in = models.PositiveSmallIntegerField("在第几轮当选", null=True, editable=False)
    votes = models.PositiveIntegerField("得票", null=True, editable=False)

    class Meta:
        verbose_name = "候选人"
        constraints = [
            models.UniqueConstraint(fields=["founding", "membership", "body"], name="founding_candidate_once")
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.membership_id}"


class Count(_OfFounding):
    """A tally sheet (计票单) of one body in one round of one meeting, as it was recorded, with what the rules found."""

    body = models.CharField("选什么", max_length=10, choices=Body.choices)
    convening = models.PositiveSmallIntegerField("第几次大会")
    round = models.PositiveSmallIntegerField("第几轮")
    seats = models.PositiveSmallIntegerField("应选")
    expected = models.PositiveIntegerField("应到会")
    present = models.PositiveIntegerField("实到会")
    issued = models.PositiveIntegerField("发出")
    collected = models.PositiveIntegerField("收回")
    valid = models.PositiveIntegerField("有效")
    void = models.PositiveIntegerField("无效")
    lines = models.JSONField("得票", default=list)
    write_ins = models.JSONField("另选人", default=dict)
    missing = models.PositiveSmallIntegerField("缺额", default=0)
    finding = models.JSONField("结论", default=dict)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "计票单"
        constraints = [
            models.UniqueConstraint(fields=["founding", "convening", "body", "round"], name="founding_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.round}"
