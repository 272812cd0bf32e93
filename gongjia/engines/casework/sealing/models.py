"""Which copy stands for which matter, and who asked to see behind it."""

from django.db import models
from django.db.models import Q

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.engines.casework.models import Matter, MatterIndex, both_sides
from gongjia.engines.casework.sealing.flow import UNSEALING
from gongjia.kernel.reach import Doors, Scoped


class Sealing(Scoped):
    """A matter and the copy that another unit works on. Only who sees the matter sees which copy is its own."""

    doors = Doors(subtree="origin__organisation__path", own="origin__person_id", tied="origin__kept_from")

    origin = models.ForeignKey(MatterIndex, verbose_name="原件", on_delete=models.PROTECT, related_name="+")
    copy = models.OneToOneField(MatterIndex, verbose_name="密封件", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("密封时间")
    by_person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "密封"

    def __str__(self) -> str:
        return f"密封 {self.copy_id}"

    @property
    def organisation(self) -> Organisation:
        return self.origin.organisation


class Unsealing(Matter):
    """Somebody who works on a copy asks whose it is, and why; another one, where it was sealed, answers. What was
    granted ends."""

    doors = Doors(subtree=both_sides)
    flow_code = UNSEALING.code

    seal = models.ForeignKey(Sealing, verbose_name="密封", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Person, verbose_name="申请人", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("原因", max_length=300)
    granted_by = models.ForeignKey(Person, verbose_name="批准人", null=True, on_delete=models.PROTECT, related_name="+")
    ends_at = models.DateTimeField("查看期限", null=True)

    class Meta:
        verbose_name = "查看身份申请"
        constraints = [
            models.UniqueConstraint(fields=["seal", "asked_by"], condition=Q(closed_at=None), name="unsealing_one_open")
        ]

    def __str__(self) -> str:
        return f"查看身份 {self.reference}"
