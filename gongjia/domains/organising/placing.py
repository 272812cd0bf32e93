"""The places of leads: read from their addresses when a comparison has brought them, in the background."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.regions.models import Region
from gongjia.domains.organising import queries
from gongjia.domains.organising.models import Lead, Run
from gongjia.domains.organising.places import Located, community_in, place_of, site_in
from gongjia.domains.organising.words import RunState
from gongjia.kernel import db
from gongjia.kernel.reach import everywhere
from gongjia.kernel.ticks import every

log = logging.getLogger("gongjia.organising")
_AT_ONCE = 500
_WRITTEN = ("township", "community", "site_kind", "site")
_TOWNSHIP = 9  # digits of a code


@every(timedelta(minutes=1), name="organising.place_leads", aside=True)
def place_new(*, at: datetime) -> int:
    """Place the leads of comparisons that are done; returns how many. Stopped in between it begins that one anew."""
    placed = 0
    with everywhere(reason="places of leads"):
        for run in Run.objects.filter(state=RunState.DONE, is_placed=False).select_related("organisation__region"):
            try:
                placed += place_run(run)
            except Exception:  # it is tried again at the next turn; the comparisons behind it do not wait for it
                log.exception("leads of comparison %s could not be placed", run.pk)
    return placed


def place_run(run: Run) -> int:
    """Place the leads of one comparison, some hundred at a time: they are read and looked up first, and locked only
    while they are written. What a person has said stays, and what he says in this moment as well."""
    counties = _counties_of(run.organisation)
    waiting = Lead.objects.filter(run=run, is_placed_by_hand=False).order_by("pk")
    last = placed = 0
    while some := list(waiting.filter(pk__gt=last)[:_AT_ONCE]):
        _place(some, counties)
        last = some[-1].pk
        with transaction.atomic():
            held = waiting.filter(pk__in=[each.pk for each in some]).select_for_update().values_list("pk", flat=True)
            numbers = set(held)
            placed += Lead.objects.bulk_update([each for each in some if each.pk in numbers], _WRITTEN)
        db.give_way()
    Run.objects.filter(pk=run.pk).update(is_placed=True)
    return placed


def _place(leads: list[Lead], counties: set[str]) -> None:
    """Say on the rows where they are."""
    said = {each.pk: Located(each.city, each.county, each.address, each.name) for each in leads}
    divisions = queries.divisions_of(said.values())
    codes: dict[int, tuple[str, str]] = {}
    for pk, one in said.items():
        code = place_of(one, divisions, answered=counties).code
        township = code if len(code) == _TOWNSHIP else ""
        codes[pk] = (township, community_in(one, township, divisions))
    regions = {
        each.code: each for each in Region.objects.filter(code__in={code for both in codes.values() for code in both})
    }
    for each in leads:
        township, community = codes[each.pk]
        each.township, each.community = regions.get(township), regions.get(community)
        each.site_kind, each.site = site_in(said[each.pk])


def _counties_of(organisation: Organisation) -> set[str]:
    """The codes of the counties in the place that a federation answers for."""
    prefix = organisation.region.code
    return set(Region.objects.filter(level=Region.Level.COUNTY, code__startswith=prefix).values_list("code", flat=True))
