"""An invented indicator over an invented table: books lent out by libraries that stand in the tree."""

from collections.abc import Sequence
from datetime import date
from itertools import count
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F, QuerySet, Value

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.regions.models import Region
from gongjia.engines.figures.counting import Share, changed
from gongjia.engines.figures.indicators import Dimension, Indicator
from gongjia.engines.figures.months import MonthOf

COLOURS = {"red": "红", "green": "绿", "": "未填"}
SIZES = {"small": "小", "large": "大"}
COVERS = {"hard": "精装", "soft": "平装"}


class Loan(models.Model):
    """A book on loan from a day until a day; how it looks may be corrected."""

    id = models.BigIntegerField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    colour = models.CharField(max_length=10)
    size = models.CharField(max_length=10)
    cover = models.CharField(max_length=10)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        app_label = "figures_tests"
        managed = False

    def shares(self) -> list[Share]:
        values = (self.colour, self.size, self.cover)
        begun = [Share(self.organisation_id, self.from_on, values)]
        return begun if self.until_on is None else [*begun, Share(self.organisation_id, self.until_on, values, -1)]


def recount() -> Sequence[QuerySet[Loan, Any]]:
    what = ("organisation_id", "colour", "size", "cover")
    ended = Loan.objects.filter(until_on__isnull=False)
    return (
        Loan.objects.annotate(at=MonthOf(F("from_on")), amount=Value(1)).values_list(*what, "at", "amount"),
        ended.annotate(at=MonthOf(F("until_on")), amount=Value(-1)).values_list(*what, "at", "amount"),
    )


LOANS = Indicator(
    code="loans",
    zh="借出图书",
    unit="册",
    definition="当日借出而未归还的图书册数。",
    rows="loans",
    recount=recount,
    dimensions=(
        Dimension("colour", "颜色", COLOURS),
        Dimension("size", "开本", SIZES),
        Dimension("cover", "装帧", COVERS),
    ),
    rows_filter={"shelf": "open"},
)
_numbers = count(1)


def create_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE figures_tests_loan (id bigint PRIMARY KEY, organisation_id bigint, colour varchar(10), "
            "size varchar(10), cover varchar(10), from_on date, until_on date)"
        )


@transaction.atomic
def lend(library: Organisation, on: date | None, colour: str = "red", size: str = "small", cover: str = "hard") -> Loan:
    loan = Loan.objects.create(
        pk=next(_numbers), organisation_id=library.pk, colour=colour, size=size, cover=cover, from_on=on
    )
    changed("loans", after=loan.shares())
    return loan


@transaction.atomic
def change(loan: Loan, **values: Any) -> None:
    before = loan.shares()
    for name, value in values.items():
        setattr(loan, name, value)
    loan.save()
    changed("loans", before=before, after=loan.shares())


def plant_region() -> Region:
    return Region.objects.get_or_create(code="4212", defaults={"name": "咸宁市", "level": Region.Level.CITY})[0]


def add(name: str, under: Organisation | None = None) -> Organisation:
    """A library in the tree, without the verbs: only its place matters here."""
    values = {"name": name, "kind": Kind.FEDERATION, "region": plant_region()}
    if under is None:
        return Organisation.objects.add_root(values)  # type: ignore[no-any-return]
    return Organisation.objects.add_child(Organisation.objects.get(pk=under.pk), values)  # type: ignore[no-any-return]
