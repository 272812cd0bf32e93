"""Employers that somebody left, looked at again by a comparison that still lists them. For the comparison's own job."""

from datetime import date

from django.db.models import F

from gongjia.domains.organising import params
from gongjia.domains.organising.figures import shares_of_leads
from gongjia.domains.organising.models import Lead, Run
from gongjia.domains.organising.rules import Left, looks_again
from gongjia.domains.organising.words import LeadState, Progress
from gongjia.engines.figures.counting import changed

_AT_ONCE = 500


def reopen(run: Run, *, on: date) -> int:
    """Open again what was found unfit, where rules.looks_again says so; to be called in the transaction in which the
    run's leads are written, under everything. Returns how many. What a person said stays in the lead's timeline.

    Leads of which it was not kept when they were left stay as they were decided.
    """
    days, count = params.recheck_days(on=on), 0
    unfit = Lead.objects.filter(run=run, state=LeadState.UNFIT, aside_on__isnull=False).order_by("pk")
    last = 0
    while some := list(unfit.filter(pk__gt=last)[:_AT_ONCE]):
        last = some[-1].pk
        again = [each.pk for each in some if _again(each, run, on, days)]
        rows = Lead.objects.filter(pk__in=again)
        rows.update(state=LeadState.OPEN, progress=Progress.UNVISITED, reason="", owner=None, version=F("version") + 1)
        changed("leads", after=shares_of_leads(rows))
        count += len(again)
    return count


def _again(lead: Lead, run: Run, on: date, days: int) -> bool:
    if lead.aside_on is None:
        return False
    left = Left(lead.aside_code, lead.aside_on, lead.aside_most or 0)
    return looks_again(left, most=lead.most, on=on, at_least=run.at_least, days=days)
