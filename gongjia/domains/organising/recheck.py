"""Employers that somebody left, looked at again by a comparison that still lists them. For the comparison's own job."""

from datetime import date
from typing import Any

from django.db.models import F, QuerySet

from gongjia.backbone.organisations.words import IN_FORCE
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
    while some := list(unfit.filter(pk__gt=last).select_for_update()[:_AT_ONCE]):
        last = some[-1].pk
        again = unfit.filter(pk__in=[each.pk for each in some if _again(each, run, on, days)])
        begun_anew = {"progress": Progress.UNVISITED, "owner": None}
        count += take_back(again, reason="", due_on=None, unless_founding=begun_anew)
    return count


def take_back(rows: QuerySet[Lead], *, unless_founding: dict[str, Any] | None = None, **facts: Any) -> int:
    """Leads that were left stand again as they did before, with the facts, and those that are not in founding with
    the others as well; returns how many. To be called in a transaction."""
    count = last = 0
    rows = rows.order_by("pk")
    while some := list(rows.filter(pk__gt=last).select_for_update(of=("self",)).select_related("union")[:_AT_ONCE]):
        last = some[-1].pk
        for state in (LeadState.OPEN, LeadState.ASSIGNED, LeadState.FOUNDING):
            numbers = [each.pk for each in some if state_before(each) == state]
            more = {} if state == LeadState.FOUNDING else unless_founding or {}
            these = Lead.objects.filter(pk__in=numbers)
            rows.filter(pk__in=numbers).update(state=state, version=F("version") + 1, **facts, **more)
            changed("leads", after=shares_of_leads(these))
        count += len(some)
    return count


def state_before(lead: Lead) -> LeadState:
    """How a lead that was left stands when it is taken back: in founding as long as its group is, with the union that
    it was handed to, else open."""
    if lead.union is not None and lead.union.state in IN_FORCE:
        return LeadState.FOUNDING
    return LeadState.ASSIGNED if lead.assigned_at else LeadState.OPEN


def _again(lead: Lead, run: Run, on: date, days: int) -> bool:
    if lead.aside_on is None:
        return False
    left = Left(lead.aside_code, lead.aside_on, lead.aside_most or 0)
    return looks_again(left, most=lead.most, on=on, at_least=run.at_least, days=days)
