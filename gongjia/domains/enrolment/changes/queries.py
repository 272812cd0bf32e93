"""How matters of changing memberships are found, and unions that take members, which are public knowledge."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.queries import history_of, live_of, named
from gongjia.backbone.memberships.words import LIVE
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE, PARTS, WITH_MEMBERS
from gongjia.backbone.regions.models import Region
from gongjia.domains.enrolment.changes.figures import conditions
from gongjia.domains.enrolment.changes.flow import BULK, CORRECTION, FLOWS, LEAVING, TRANSFER
from gongjia.domains.enrolment.changes.models import (
    BulkTransfer,
    BulkTransferLine,
    Correction,
    Ground,
    Leaving,
    Transfer,
    TransferCode,
)
from gongjia.domains.enrolment.changes.words import OF_A_PLACE, LineState
from gongjia.engines.casework.models import MatterIndex
from gongjia.engines.casework.queries import held_by, matters_of
from gongjia.kernel.actors import Actor
from gongjia.kernel.db import within

__all__ = ["BulkTransfer", "history_of", "live_of"]

#: So many unions are offered by name; who wants another one types more of it.
MOST_OFFERED = 20
_CODES = tuple(each.code for each in FLOWS)
_SIDES = ("organisation", "counterpart", "person")
_NEVER = datetime(9000, 1, 1).astimezone()


def transfer_by_reference(reference: str) -> Transfer:
    """Raises Transfer.DoesNotExist outside the reach, as for a reference that was never given."""
    return Transfer.objects.select_related(*_SIDES, "membership").get(reference=reference)


def leaving_by_reference(reference: str) -> Leaving:
    """Raises Leaving.DoesNotExist outside the reach."""
    return Leaving.objects.select_related("organisation", "person", "membership").get(reference=reference)


def correction_by_reference(reference: str) -> Correction:
    """Raises Correction.DoesNotExist outside the reach."""
    return Correction.objects.select_related("organisation", "person", "evidence").get(reference=reference)


def bulk_by_reference(reference: str) -> BulkTransfer:
    """Raises BulkTransfer.DoesNotExist outside the reach."""
    return BulkTransfer.objects.select_related(*_SIDES).get(reference=reference)


# ── unions that take members: every page shows them to everybody, so no reach is asked for ─────────────────────────


def _taking() -> QuerySet[Organisation]:
    rows = Organisation._base_manager.filter(kind__in=WITH_MEMBERS, state__in=IN_FORCE)
    return rows.select_related("region").order_by("path")


def destination(reference: str) -> Organisation:
    """A union that takes members now. Raises Organisation.DoesNotExist for any other reference."""
    return _taking().get(reference=reference)


def taking(words: str) -> list[Organisation]:
    """Those whose name holds every word, branches and groups aside, or that have this very name or reference; one more
    than are offered."""
    words = words.strip()
    if len(words) < 2:
        return []
    found = Q()
    for word in words.split():
        found &= Q(name__contains=word) | Q(short_name__contains=word)
    exact = [*_taking().filter(Q(name=words) | Q(reference=words.upper()))[:1]]
    others = _taking().filter(found).exclude(kind__in=PARTS).exclude(pk__in=[each.pk for each in exact])
    return [*exact, *others[:MOST_OFFERED]][: MOST_OFFERED + 1]


def of_a_place(words: str) -> list[Organisation]:
    """Unions of villages, communities and several employers, by the name of the place or their own."""
    words = words.strip()
    if len(words) < 2:
        return []
    places = Region.objects.filter(name__contains=words).values("code")
    found = Q(name__contains=words) | Q(region__code__in=places)
    return list(_taking().filter(found, kind__in=OF_A_PLACE)[:MOST_OFFERED])


# ── the person ─────────────────────────────────────────────────────────────────────────────────────────────────────


def open_of(person_id: int) -> list[MatterIndex]:
    """The person's own open matters, an application to join among them, the newest first."""
    rows = matters_of(person_id).filter(flow_code__startswith="enrolment.", closed_at=None)
    return list(rows.order_by("-opened_at", "-pk")[:10])


def under_way(person_id: int, *flow_codes: str) -> MatterIndex | None:
    """The person's own open matter of one of these kinds."""
    return matters_of(person_id).filter(flow_code__in=flow_codes, closed_at=None).order_by("-pk").first()


def code_until(person_id: int, at: datetime) -> datetime | None:
    """Until when the code that the person took last is good."""
    rows = TransferCode.objects.filter(person_id=person_id, used_at=None, until_at__gt=at)
    return rows.values_list("until_at", flat=True).first()


def line_of(person_id: int) -> BulkTransferLine | None:
    """The person's place on a bulk transfer that waits for the other union."""
    rows = BulkTransferLine.objects.filter(person_id=person_id, state=LineState.CHOSEN, bulk__state="in")
    return rows.select_related("bulk__organisation", "bulk__counterpart").order_by("-pk").first()


def name_of(union: Organisation | None) -> str:
    return union.name if union else ""


# ── the desk ───────────────────────────────────────────────────────────────────────────────────────────────────────


def listed(tab: str, actor: Actor) -> QuerySet[MatterIndex]:
    """The matters of a tab: what waits for this actor, what is open of each kind, or what is over. `due` is never
    empty, so that a list can be ordered by it: the late first."""
    codes = {"leaving": [LEAVING.code], "correcting": [CORRECTION.code], "bulk": [BULK.code]}.get(tab, _CODES)
    if tab == "":
        rows = held_by(actor).filter(flow_code__in=_CODES)
    else:
        rows = MatterIndex.objects.filter(flow_code__in=codes)
        rows = rows.exclude(closed_at=None) if tab == "closed" else rows.filter(closed_at=None)
    paths = actor.paths_for("memberships.write")
    if tab in {"out", "in"}:
        side = "organisation__path" if tab == "out" else "counterpart__path"
        rows = rows.filter(within(side, paths), flow_code__in=[TRANSFER.code, BULK.code])
    rows = rows.select_related("organisation", "counterpart", "person", "holder")
    return rows.annotate(due=Coalesce("due_at", Value(_NEVER, output_field=DateTimeField())))


def moved_at_of(matter: Any) -> tuple[datetime, datetime | None]:
    """Since when a matter in reach is in its state, and by when it is to leave it."""
    rows = MatterIndex._base_manager.filter(flow_code=matter.flow_code, matter_id=matter.pk)
    return rows.values_list("moved_at", "due_at").get()


def grounds_of(membership: Membership) -> list[Ground]:
    """What the decisions about a membership stand on, the newest first, as far as the reach goes."""
    return list(Ground.objects.filter(membership=membership).order_by("-at", "-pk"))


def members_to_move(union: Organisation, *, words: str = "", group: str = "", form: str = "") -> QuerySet[Membership]:
    """The live members of a union, its branches and groups, by what a form asks for; none of an organisation that has
    unions below it."""
    rows = Membership.objects.filter(own_of(union), state__in=LIVE, until_on=None)
    if union.kind not in WITH_MEMBERS:
        rows = rows.none()
    if len(words.strip()) >= 2:
        rows = rows.filter(named(words))
    rows = rows.filter(group=group) if group else rows
    rows = rows.filter(form=form) if form else rows
    return rows.select_related("person", "organisation")


def own_of(union: Organisation) -> Q:
    """Memberships at a union, its branches and groups; of a union that stands below it, and of that one's own branches,
    none: it is asked by itself."""
    inside = Organisation._base_manager.filter(within("path", (union.path,))).exclude(pk=union.pk)
    others = tuple(inside.exclude(kind__in=PARTS).values_list("path", flat=True))
    own = Q(organisation=union) | Q(organisation__kind__in=PARTS) & within("organisation__path", (union.path,))
    return own & ~within("organisation__path", others) if others else own


def among(rows: QuerySet[Membership], references: Iterable[str]) -> QuerySet[Membership]:
    return rows.filter(reference__in=list(references))


def lines_of(bulk: BulkTransfer, *, state: str = "") -> QuerySet[BulkTransferLine]:
    """The lines of a bulk transfer that is in reach."""
    rows = BulkTransferLine.objects.filter(bulk=bulk).select_related("person", "membership")
    return rows.filter(state=state) if state else rows


def counts_of(bulk: BulkTransfer) -> dict[str, int]:
    """How many lines stand where."""
    rows = BulkTransferLine.objects.filter(bulk=bulk).order_by().values_list("state")
    return {str(LineState(state).label): count for state, count in rows.annotate(count=Count("pk"))}


def bulks_of(union: Organisation) -> list[BulkTransfer]:
    """The last bulk transfers from or to a union."""
    rows = BulkTransfer.objects.filter(Q(organisation=union) | Q(counterpart=union))
    return list(rows.select_related("organisation", "counterpart").order_by("-opened_at", "-pk")[:10])


def changed(what: str, *, since: date | None, on: date, under: Organisation | None) -> QuerySet[Membership]:
    """The rows that a number of changes counts: of one kind, in a subtree, from the first day to the last one."""
    condition, day = conditions()[what]
    rows = Membership.objects.filter(condition, **{f"{day}__lte": on})
    if since is not None:
        rows = rows.filter(**{f"{day}__gte": since})
    if under is not None:
        rows = rows.filter(within("organisation__path", (under.path,)))
    return rows.select_related("person", "organisation", "continued_from__organisation")


def nothing() -> QuerySet[Membership]:
    return Membership.objects.none().select_related("person", "organisation")


def day_of(text: str) -> date | None:
    """A day of an address; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def year_until(on: date) -> tuple[date, date]:
    """The first day of a day's year, and the last day before it."""
    first = date(on.year, 1, 1)
    return first, first - timedelta(days=1)
