"""Verbs on ten thousand memberships at once, column by column. They tell figures by kinds of membership and how many of
each there are (`memberships.counted`), and leave the record of everybody by runs of numbers (decision 15)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count
from django.db.models.functions import TruncMonth

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import State
from gongjia.backbone.organisations.models import Organisation
from gongjia.kernel import audit, bulk, events
from gongjia.kernel.actors import Actor
from gongjia.kernel.db import Values
from gongjia.kernel.errors import Refused
from gongjia.kernel.permissions import INSIDE
from gongjia.kernel.references import new_references
from gongjia.kernel.verbs import note, verb

if TYPE_CHECKING:
    import polars as pl

_VALUES = ("sex", "group", "form", "is_migrant")
_COLUMNS = ("person__sex", "group", "form", "person__is_migrant", "person__skill_level")


class Alike(NamedTuple):
    """Active memberships that count alike: how many (`number`) began in one month, given as its first day, or with a
    minus never did. `skill_level` is empty for those who were registered with them."""

    organisation_id: int
    month: date
    sex: str
    group: str
    form: str
    is_migrant: bool | None
    number: int
    skill_level: str = ""


@verb("memberships.start_all", zh="整批入会", may=INSIDE)
def start_all(*, organisation: Organisation, rows: "pl.DataFrame", by: Actor, at: datetime) -> list[int]:
    """Write memberships of one union for persons who were registered in this transaction: `person_id`, `pinyin_key`,
    `sex`, `is_migrant`, `joined_on`, `from_on`, `origin`, `group`, `form`. Returns their numbers. The caller
    holds the union."""
    import polars as pl

    numbers = bulk.take_numbers(Membership, rows.height)
    columns = ("person_id", "pinyin_key", "joined_on", "from_on", "origin", "group", "form")
    made = rows.select(columns).with_columns(
        id=pl.Series(numbers, dtype=pl.Int64),
        reference=pl.Series(new_references(rows.height), dtype=pl.String),
        organisation_id=pl.lit(organisation.pk, dtype=pl.Int64),
    )
    bulk.copy_in(Membership, made)
    about = rows["person_id"].to_list()
    audit.record_many("memberships.start", about, by=by, at=at, organisation_id=organisation.pk)
    kinds = rows.with_columns(month=pl.col("from_on").dt.month_start()).group_by("month", *_VALUES).len("number")
    alike = [Alike(organisation.pk, *kind) for kind in kinds.select("month", *_VALUES, "number").sort("month").rows()]
    events.tell("memberships.counted", alike=alike, at=at)
    note(rows=rows.height)
    return numbers


@verb("memberships.take_back_all", zh="整批撤销误登记的会籍", may=INSIDE)
def take_back_all(*, organisation: Organisation, membership_ids: Sequence[int], by: Actor, at: datetime) -> None:
    """Take memberships of one union away that never should have been. The caller has locked them, and seen that nothing
    hangs on them. Refused where one of them has changed."""
    rows = Membership._base_manager.order_by().filter(pk__among=Values(membership_ids))
    if rows.exclude(state=State.ACTIVE, organisation=organisation).exists():
        raise Refused("会籍后来有变动")
    about = list(rows.values_list("person_id", flat=True))
    kinds = rows.annotate(month=TruncMonth("from_on")).values_list("month", *_COLUMNS).annotate(count=Count("pk"))
    alike = [
        Alike(organisation.pk, month, sex, group, form, is_migrant, -number, level)
        for month, sex, group, form, is_migrant, level, number in kinds
    ]
    bulk.remove(Membership, membership_ids)
    audit.record_many("memberships.take_back", about, by=by, at=at, organisation_id=organisation.pk)
    events.tell("memberships.counted", alike=alike, at=at)
    note(rows=len(about))
