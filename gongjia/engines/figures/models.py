"""Changes, written with the business row they count; the sums they are folded into; where sums of subtrees are kept."""

from django.db import models

from gongjia.backbone.organisations.models import Organisation
from gongjia.kernel.reach import Doors, Scoped


class Counted(Scoped):
    """What a change and a sum have in common: of which indicator, where, by which values, in which month."""

    doors = Doors(subtree="organisation__path")

    indicator = models.CharField("指标", max_length=30)
    # Derived rows: checking the key again for each would cost what the whole upkeep costs.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    month = models.IntegerField("月份")
    d1 = models.CharField(max_length=30, blank=True)
    d2 = models.CharField(max_length=30, blank=True)
    d3 = models.CharField(max_length=30, blank=True)
    d4 = models.CharField(max_length=30, blank=True)
    amount = models.BigIntegerField("数量")

    class Meta:
        abstract = True


class Change(Counted):
    """One more or one fewer, waiting to be folded. Appended only; no row of it is ever waited for by two writers."""

    class Meta:
        verbose_name = "指标变动"

    def __str__(self) -> str:
        return f"{self.indicator} {self.amount:+d}"


class Cell(Counted):
    """One sum, of an organisation's own rows or of all that stands below a vantage, at one grain (see `indicators`)."""

    pk = models.CompositePrimaryKey("indicator", "organisation_id", "grain", "month", "d1", "d2", "d3", "d4")
    grain = models.SmallIntegerField("粒度")

    class Meta:
        verbose_name = "指标汇总"

    def __str__(self) -> str:
        return f"{self.indicator} {self.amount}"


class Vantage(Scoped):
    """An organisation with so many below it that their sums are kept (see `vantages`)."""

    doors = Doors(subtree="organisation__path")

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="+", primary_key=True)

    class Meta:
        verbose_name = "汇总点"

    def __str__(self) -> str:
        return str(self.organisation_id)
