"""Standings: dated statements about a subject that one domain's verb publishes and every room may read."""

from django.db import models
from django.db.models import F, Q

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.kernel.reach import Doors, Scoped


class Standing(Scoped):
    """A statement (状态) such as a grade or a certificate: about one person, employer or organisation.

    `organisation` is the one that stated it. `until_on` is the first day on which it no longer holds.
    """

    doors = Doors(subtree="organisation__path", own="person_id")

    name = models.CharField("名称", max_length=60)
    value = models.CharField("值", max_length=60, blank=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="standings")
    employer = models.ForeignKey(Employer, null=True, on_delete=models.PROTECT, related_name="standings")
    about_organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="standings")
    organisation = models.ForeignKey(Organisation, verbose_name="认定单位", on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True)
    source = models.CharField("依据", max_length=120, blank=True)

    class Meta:
        verbose_name = "状态"
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(person__isnull=False, employer=None, about_organisation=None)
                    | Q(person=None, employer__isnull=False, about_organisation=None)
                    | Q(person=None, employer=None, about_organisation__isnull=False)
                ),
                name="standing_about_one",
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="standing_in_order"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "name"], name="standing_person"),
            models.Index(fields=["employer", "name"], name="standing_employer"),
            models.Index(fields=["about_organisation", "name"], name="standing_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
