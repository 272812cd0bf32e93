"""What employers do, in the same transaction, when an organisation they hang on changes."""

from datetime import date, datetime
from typing import Any

from django.db.models import Max

from gongjia.backbone.employers.models import Coverage, Employer
from gongjia.backbone.organisations.models import Organisation
from gongjia.kernel import events
from gongjia.kernel.errors import Refused


def follow_merger(*, organisation: Organisation, into: Organisation, on: date, at: datetime, **_: Any) -> None:
    """The employers that a merged union covered are covered by its successor from that day."""
    _check_day(organisation, on)
    open_rows = list(Coverage.objects.filter(organisation=organisation, until_on=None))
    Coverage.objects.filter(pk__in=[row.pk for row in open_rows]).update(until_on=on, reason="工会合并")
    Coverage.objects.bulk_create(
        [
            Coverage(organisation=into, employer_id=row.employer_id, from_on=on, reason="工会合并转入")
            for row in open_rows
        ]
    )
    Employer.objects.filter(organisation=organisation).update(organisation=into)
    events.tell("employers.handed_over", organisation=organisation, into=into, at=at)


def follow_dissolution(*, organisation: Organisation, superior: Organisation, on: date, at: datetime, **_: Any) -> None:
    """Nobody covers the employers of a dissolved union; the superior answers for those it answered for."""
    _check_day(organisation, on)
    for coverage in Coverage.objects.filter(organisation=organisation, until_on=None):
        coverage.until_on, coverage.reason = on, "工会撤销"
        coverage.save(update_fields=["until_on", "reason"])
        events.tell("employers.uncovered", coverage=coverage, at=at)
    Employer.objects.filter(organisation=organisation).update(organisation=superior)
    events.tell("employers.handed_over", organisation=organisation, into=superior, at=at)


def _check_day(organisation: Organisation, on: date) -> None:
    """Raises Refused for a day on which some of those that are covered now were not."""
    newest = Coverage.objects.filter(organisation=organisation, until_on=None).aggregate(day=Max("from_on"))["day"]
    if newest is not None and on < newest:
        raise Refused(
            f"日期不能早于 {newest:%Y-%m-%d}：“{organisation.name}”那天才开始覆盖一个单位。请选那天或以后的日子。",
            fields=["on"],
        )
