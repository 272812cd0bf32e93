"""Leads of a union that ends go where its work goes, in the same transaction."""

from typing import Any

from django.db.models import F

from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.organising.figures import shares_of_leads
from gongjia.domains.organising.models import Lead
from gongjia.domains.organising.words import LeadState
from gongjia.engines.figures.counting import changed


def follow_merger(*, organisation: Organisation, into: Organisation, **_: Any) -> None:
    """Listens to organisations.merged."""
    _hand_over(organisation, into)


def follow_dissolution(*, organisation: Organisation, superior: Organisation, **_: Any) -> None:
    """Listens to organisations.dissolved."""
    _hand_over(organisation, superior)


def _hand_over(organisation: Organisation, to: Organisation) -> None:
    """All but those that have their union: what was left comes back by a later comparison, and somebody must have it
    then. The owners worked on them by posts that have ended."""
    rows = Lead._base_manager.filter(organisation=organisation).exclude(state=LeadState.ORGANISED).order_by("pk")
    held = list(rows.select_for_update())
    moved = Lead._base_manager.filter(pk__in=[each.pk for each in held])
    moved.update(organisation=to, owner=None, version=F("version") + 1)
    changed("leads", before=shares_of_leads(held), after=shares_of_leads(moved))
