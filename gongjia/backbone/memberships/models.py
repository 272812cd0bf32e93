"""Memberships (会籍): one row for each spell at one union; one live row a person, held by the database."""

from django.db import models
from django.db.models import F, Q

from gongjia.backbone.memberships.words import LIVE, Ending, Origin, Retention, State
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.backbone.people.words import EmploymentForm, Group
from gongjia.kernel.db import BytewiseField
from gongjia.kernel.identity import Referenced, Versioned
from gongjia.kernel.reach import Doors, Scoped


class Membership(Referenced, Versioned, Scoped):
    """A person's membership at one union. Never rewritten: a transfer ends one row and starts the next."""

    doors = Doors(subtree="organisation__path", own="person_id")

    person = models.ForeignKey(Person, verbose_name="会员", on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation,
        verbose_name="工会",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # the index of the roster begins with it: a roster of a million rows pays for each
    )
    state = models.CharField("会籍状态", max_length=10, choices=State, default=State.ACTIVE)
    group = models.CharField("新就业形态群体", max_length=30, choices=Group, blank=True)
    form = models.CharField("用工形式", max_length=20, choices=EmploymentForm, blank=True)
    origin = models.CharField("入会方式", max_length=20, choices=Origin)
    joined_on = models.DateField("入会日期")
    from_on = models.DateField("在本会起")
    until_on = models.DateField("在本会止", null=True)
    retained_on = models.DateField("保留会籍起", null=True)
    retained_for = models.CharField("保留原因", max_length=20, choices=Retention, blank=True)
    ending = models.CharField("终止原因", max_length=20, choices=Ending, blank=True)
    continued_from = models.ForeignKey(
        "self", verbose_name="接续自", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The list of a union is sorted by name without a join: copied from the person by the verbs that write either.
    pinyin_key = BytewiseField("拼音", max_length=160, editable=False)

    class Meta:
        verbose_name = "会籍"
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(state__in=LIVE), name="membership_one_live"),
            models.UniqueConstraint(
                fields=["continued_from"], condition=Q(continued_from__isnull=False), name="membership_continued_once"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="membership_in_order"
            ),
            models.CheckConstraint(
                condition=(Q(state=State.ENDED) & Q(until_on__isnull=False))
                | (~Q(state=State.ENDED) & Q(until_on=None)),
                name="membership_ends_with_a_day",
            ),
            # Without the day the figure would go on counting somebody whom the list of full members leaves out.
            models.CheckConstraint(
                condition=~Q(state=State.RETAINED) | Q(retained_on__isnull=False), name="membership_kept_from_a_day"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "pinyin_key", "id"], name="membership_roster"),
            # A large subtree is listed by walking the names until a page is full, not by sorting all of it. What is
            # live has no end: SQLite proves that of a query, and not a list of states, which it is given apart.
            models.Index(fields=["pinyin_key", "id"], name="membership_by_name", condition=Q(until_on=None)),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.organisation_id}"
