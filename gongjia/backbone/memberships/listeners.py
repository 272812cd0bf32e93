"""What memberships do, in the same transaction, when their union is merged or dissolved."""

from datetime import date, datetime
from typing import Any

from django.db.models import Max

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE, Ending, Origin, Retention, State
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.kernel import events
from gongjia.kernel.errors import Refused

_BATCH = 2000


def follow_merger(*, organisation: Organisation, into: Organisation, on: date, at: datetime, **_: Any) -> None:
    """The members of a merged union go on at its successor."""
    _hand_over(organisation, into, on, at, Ending.MERGED, keep_state=True)


def follow_dissolution(*, organisation: Organisation, superior: Organisation, on: date, at: datetime, **_: Any) -> None:
    """The members of a dissolved union are kept by the superior (工会法 2021 第十三条), not deleted."""
    _hand_over(organisation, superior, on, at, Ending.DISSOLVED, keep_state=False)


def _hand_over(
    old: Organisation, new: Organisation, on: date, at: datetime, ending: Ending, *, keep_state: bool
) -> None:
    """The verb that ends `old` has locked it, and every verb on a membership holds its union: no row changes
    meanwhile. The people are locked, because what figures count by them may be amended beside."""
    _check_day(old, on)
    live = Membership.objects.filter(organisation=old, state__in=LIVE).select_related("person").order_by("pk")
    while batch := list(live.select_for_update(of=("person",), no_key=True)[:_BATCH]):
        Membership.objects.filter(pk__in=[row.pk for row in batch]).update(
            state=State.ENDED, until_on=on, ending=ending
        )
        begun = [
            Membership(
                person=row.person,
                organisation=new,
                origin=Origin.TRANSFER,
                joined_on=row.joined_on,
                from_on=on,
                group=row.group,
                form=row.form,
                state=row.state if keep_state else State.RETAINED,
                retained_on=None if keep_state and row.state == State.ACTIVE else on,
                retained_for=row.retained_for or ("" if keep_state else Retention.DISSOLVED),
                continued_from=row,
                pinyin_key=row.pinyin_key,
            )
            for row in batch
        ]
        Membership.objects.bulk_create(begun)
        were = {state: [row for row in batch if row.state == state] for state in LIVE}
        for row in batch:
            row.state, row.until_on, row.ending = State.ENDED, on, ending
        for was, ended in were.items():
            if ended:
                events.tell("memberships.ended", memberships=ended, on=on, at=at, was=was)
        events.tell("memberships.started", memberships=begun, at=at)


def _check_day(old: Organisation, on: date) -> None:
    """Raises Refused for a day on which some of those who are members now were not."""
    newest = Membership.objects.filter(organisation=old, state__in=LIVE).aggregate(day=Max("from_on"))["day"]
    if newest is not None and on < newest:
        raise Refused(
            f"日期不能早于 {newest:%Y-%m-%d}：那天还有会员加入“{old.name}”。请选那天或以后的日子。", fields=["on"]
        )


def follow_name(*, before: Person, person: Person, **_: Any) -> None:
    """The sorting key that memberships copy from the person follows the name."""
    if before.pinyin_key != person.pinyin_key:
        Membership._base_manager.filter(person=person).update(pinyin_key=person.pinyin_key)
