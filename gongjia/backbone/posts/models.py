"""Posts: who holds which role at which organisation, from and until when. Access goes with the post."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.backbone.posts.words import PostEnding, Role
from gongjia.kernel.reach import Doors, Scoped


class Post(Scoped):
    """A post (职务). `until_on` is the first day without it; an officer's access ends with that day's start."""

    doors = Doors(subtree="organisation__path", own="person_id")

    organisation = models.ForeignKey(Organisation, verbose_name="工会", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, verbose_name="任职人", on_delete=models.PROTECT, related_name="posts")
    role = models.CharField("职务", max_length=30, choices=Role)
    is_full_time = models.BooleanField("专职", default=False)
    from_on = models.DateField("起")
    basis = models.CharField("任职依据", max_length=60, blank=True)
    until_on = models.DateField("止", null=True)
    ending = models.CharField("离任原因", max_length=20, choices=PostEnding, blank=True)
    ending_basis = models.CharField("离任依据", max_length=60, blank=True)

    class Meta:
        verbose_name = "职务"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person", "role"], condition=Q(until_on=None), name="post_once_in_force"
            ),
            models.CheckConstraint(condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="post_in_order"),
        ]
        indexes = [models.Index(fields=["person", "until_on"], name="post_person")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} @ {self.organisation_id}"

    def is_open_on(self, day: date) -> bool:
        """Whether its end can still be registered: it has none, or one that is to come."""
        return self.until_on is None or self.until_on > day

    @property
    def ended_zh(self) -> str:
        """When and why it ended or will end; "" while no end is known."""
        if self.until_on is None:
            return ""
        why = f"，{self.get_ending_display()}" if self.ending else ""
        return f"{self.until_on:%Y-%m-%d} 离任{why}"
