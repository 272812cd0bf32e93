"""Leads whose preparatory group has become a union: a comparison sees it, in its own job."""

from datetime import datetime

from django.db.models import F, Q

from gongjia.backbone.employers.models import Coverage
from gongjia.backbone.organisations.words import Kind, State
from gongjia.domains.organising.figures import shares_of_leads
from gongjia.domains.organising.flow import WORK
from gongjia.domains.organising.models import Lead, LeadStep, Run, UnionPair
from gongjia.domains.organising.words import LeadState
from gongjia.engines.figures.counting import changed
from gongjia.engines.matching.core import Grade
from gongjia.kernel.moments import today_of

#: A roster lists preparatory groups as well: they are no unions yet.
_NOT_YET = "筹备"


def follow(run: Run, *, at: datetime) -> int:
    """Leads in founding whose employer the roster links to a union, or that a standing union covers, are organised; to
    be called in the transaction in which the run's leads are written, under everything. Returns how many."""
    linked = UnionPair.objects.filter(run=run, grade__in=[each.value for each in Grade if each.links])
    codes = linked.exclude(Q(uscc="") | Q(name__contains=_NOT_YET)).values("uscc")
    standing = Coverage.objects.filter(until_on=None, organisation__state=State.STANDING)
    covered = standing.exclude(organisation__kind=Kind.PREPARATORY_GROUP).values("employer_id")
    has_union = Q(uscc__in=codes) | Q(employer__uscc__in=codes) | Q(employer__in=covered)
    founding = Lead.objects.filter(has_union, origin=run.organisation, state=LeadState.FOUNDING)
    some = list(founding.order_by("pk").select_for_update(of=("self",)))
    move = WORK.move("found")
    rows = Lead.objects.filter(pk__in=[each.pk for each in some])
    done = {"state": LeadState.ORGANISED, "progress": move.to_state, "progressed_on": today_of(at), "next_on": None}
    rows.update(**done, reason="", version=F("version") + 1)
    LeadStep.objects.bulk_create(
        LeadStep(
            lead=each,
            organisation_id=each.organisation_id,
            move=move.code,
            zh=move.zh,
            progress=move.to_state,
            at=at,
            words="数据比对：已经有工会",
        )
        for each in some
    )
    changed("leads", before=shares_of_leads(some))
    return len(some)
