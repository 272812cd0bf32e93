"""What founding makes of leads: a group stands, a union stands, a founding comes to nothing; and unions that only a
comparison sees, in its own job."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from gongjia.backbone.employers.models import Coverage, Employer
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind, State
from gongjia.domains.organising.figures import shares_of_leads
from gongjia.domains.organising.flow import WORK
from gongjia.domains.organising.models import Lead, LeadStep, Run, UnionPair
from gongjia.domains.organising.words import NOT_TAKEN_UP, LeadState, Progress
from gongjia.engines.casework.flow import Move
from gongjia.engines.figures.counting import changed
from gongjia.engines.matching.core import Grade
from gongjia.engines.matching.core.names import fold
from gongjia.kernel.actors import Actor
from gongjia.kernel.db import above
from gongjia.kernel.moments import today_of

#: A roster lists preparatory groups as well: they are no unions yet.
_NOT_YET = "筹备"
#: A founding has begun for a lead's employer: the lead stays with who works on it until the group stands.
_ASK = Move("ask", "申请筹建", (), "", "")


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
    _turn(some, WORK.move("found"), "数据比对：已经有工会", None, at=at, state=LeadState.ORGANISED, reason="")
    return len(some) + _follow_groups(run, at=at)


def _follow_groups(run: Run, *, at: datetime) -> int:
    """Leads of a run whose employer a preparatory group covers already are in founding, whoever began it."""
    mine = Lead.objects.filter(run=run, state__in=NOT_TAKEN_UP)
    groups = Organisation.objects.filter(kind=Kind.PREPARATORY_GROUP, state=State.PREPARING)
    covering = Coverage.objects.filter(until_on=None, organisation__in=groups)
    of_mine = Q(employer_id__in=mine.exclude(employer=None).values("employer_id"))
    of_mine |= Q(employer__uscc__in=mine.exclude(uscc="").values("uscc"))
    count = 0
    for each in covering.filter(of_mine).select_related("employer__organisation", "organisation"):
        _link([each.employer], None, at=at)
        leads = _held([each.employer], *NOT_TAKEN_UP)
        words = f"数据比对：{each.organisation.name}已经覆盖"
        _turn(leads, WORK.move("begin"), words, None, at=at, state=LeadState.FOUNDING, union=each.organisation)
        count += len(leads)
    return count


def follow_begin(*, employers: Sequence[Employer], by: Actor, at: datetime, **_: Any) -> None:
    """Listens to founding.begun: a founding that began without a lead is that of the lead which the employer is."""
    _link(employers, by, at=at)


def follow_group(
    *, employers: Sequence[Employer], group: Organisation, number: str, by: Actor, at: datetime, **_: Any
) -> None:
    """Listens to founding.group_stood: the leads of these employers are in founding."""
    _link(employers, by, at=at)
    leads = _held(employers, *NOT_TAKEN_UP)
    _turn(leads, WORK.move("begin"), number, by, at=at, state=LeadState.FOUNDING, union=group)


def follow_union(*, employers: Sequence[Employer], union: Organisation, by: Actor, at: datetime, **_: Any) -> None:
    """Listens to founding.stood: the leads of these employers are organised."""
    leads = _held(employers, LeadState.FOUNDING)
    _turn(leads, WORK.move("found"), union.name, by, at=at, state=LeadState.ORGANISED, union=union, reason="")


def follow_giving_up(*, employers: Sequence[Employer], state_zh: str, by: Actor, at: datetime, **_: Any) -> None:
    """Listens to founding.given_up: the leads of these employers are to be worked on again."""
    leads = _held(employers, *NOT_TAKEN_UP, LeadState.FOUNDING)
    back = Move("given_up", "筹建没有办成", (), Progress.AGREED, "")
    handed = [each for each in leads if each.assigned_at is not None]
    waiting = [each for each in leads if each.assigned_at is None]
    for some, state in ((handed, LeadState.ASSIGNED), (waiting, LeadState.OPEN)):
        _turn(some, back, state_zh, by, at=at, state=state, union=None)


def _link(employers: Sequence[Employer], by: Actor | None, *, at: datetime) -> None:
    """Give employers to the leads that they are, where no lead has them yet: by the code, or by the name in lists that
    had no code, where there is one such lead only. Comparisons of every superior are looked through, the nearest
    first."""
    known = Lead._base_manager.filter(employer_id__in=[each.pk for each in employers]).values_list("employer_id")
    taken = {number for (number,) in known}
    for employer in employers:
        if employer.pk in taken:
            continue
        path = employer.organisation.path
        mine = Lead._base_manager.filter(
            origin__path__in=[*above(path), path], employer=None, state__in=NOT_TAKEN_UP
        ).order_by("-origin__depth", "pk")
        coded = mine.filter(key=employer.uscc) if employer.uscc else mine.none()
        lead = coded.first() or _only(mine.filter(key__startswith=f"{fold(employer.name)}@"))
        if lead is not None:
            _turn([lead], _ASK, "", by, at=at, employer=employer, progress=lead.progress)


def _only(rows: QuerySet[Lead]) -> Lead | None:
    """The lead of that name, where there are not several."""
    found = list(rows[:2])
    return found[0] if len(found) == 1 else None


def _held(employers: Sequence[Employer], *states: LeadState) -> list[Lead]:
    """Leads wherever they are: who works on them need not be who founds."""
    rows = Lead._base_manager.filter(employer_id__in=[each.pk for each in employers], state__in=states)
    return list(rows.order_by("pk").select_for_update(of=("self",)))


def _turn(leads: Sequence[Lead], move: Move, words: str, by: Actor | None, *, at: datetime, **facts: Any) -> None:
    rows = Lead._base_manager.filter(pk__in=[each.pk for each in leads])
    done = {"progress": move.to_state, "progressed_on": today_of(at), "next_on": None, **facts}
    rows.update(**done, version=F("version") + 1)
    LeadStep._base_manager.bulk_create(
        LeadStep(
            lead=each,
            organisation_id=each.organisation_id,
            move=move.code,
            zh=move.zh,
            progress=done["progress"],
            at=at,
            by_person_id=by.person_id if by else None,
            words=words[:300],
        )
        for each in leads
    )
    changed("leads", before=shares_of_leads(leads), after=shares_of_leads(rows))
