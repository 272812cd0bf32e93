"""The leads that a comparison leaves: new ones come in, known ones are brought up to date, those gone are closed.

For the comparison's own job, in its transactions and under everything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, QuerySet

from gongjia.domains.organising import recheck
from gongjia.domains.organising.classes import Classified
from gongjia.domains.organising.comparison import Unorganised
from gongjia.domains.organising.models import Lead, Run
from gongjia.domains.organising.words import UNDECIDED, LeadState, size_of
from gongjia.engines.figures.repair import rebuild, reconcile
from gongjia.engines.matching.core.names import fold

_MANY_HOLDERS = 20
_GONE = "最近一次比对中没有再找到"


@dataclass(frozen=True)
class Known:
    """The keys of the leads that a federation has: all of them, and by name and place those that are told apart; those
    that this comparison has written; and by the old key the new one of those that got a code and wait to be written."""

    keys: set[str]
    by_name: dict[str, str | None]
    written: set[str] = field(default_factory=set)
    renamed: dict[str, str] = field(default_factory=dict)


def known_leads(one: Run) -> Known:
    keys: set[str] = set()
    by_name: dict[str, str | None] = {}
    rows = Lead.objects.filter(origin=one.organisation).values_list("key", "name", "city", "county")
    for key, name, city, county in rows.iterator():
        keys.add(key)
        named = _named(name, county or city)
        by_name[named] = None if named in by_name else key
    return Known(keys, by_name)


def _named(name: str, place: str) -> str:
    return f"{fold(name)}@{place}"[:200]


def key_of(one: Unorganised) -> str:
    """What makes an employer the same lead in the next comparison: its code, or name and place."""
    return one.employer.uscc or _named(one.employer.name, one.county or one.city)


def _key_there(one: Run, each: Unorganised, known: Known) -> str:
    """The key of the lead that this employer is already. A list without codes finds the one that had a code, and one
    with codes gives its code to the lead that had none."""
    key = key_of(each)
    names = (_named(each.employer.name, place) for place in (each.county or each.city, each.city))
    before = next(filter(None, map(known.by_name.get, names)), None)
    if key in known.keys or before is None:
        return key
    if not each.employer.uscc:
        return before
    if "@" in before:
        known.renamed.setdefault(before, key)
        known.keys.add(key)
    return key


_REFRESHED = (
    "run", "name", "city", "county", "address", "insured", "taxed", "declared", "insured_on", "taxed_on", "declared_on",
    "most", "contradiction", "head_union", "size", "is_unsure",
)  # fmt: skip


def write_leads(
    one: Run, leads: Iterable[Unorganised], at: datetime, known: Known, classes: Mapping[int, Classified]
) -> None:
    """New leads come in; known ones get the new numbers and keep what people did with them."""
    rows: list[Lead] = []
    for each in leads:  # the largest come first: of two alike, wherever they stand, the larger stays
        key = _key_there(one, each, known)
        if key not in known.written:
            known.written.add(key)
            rows.append(_lead_row(one, key, each, at, classes[each.entry]))
    mine = Lead.objects.filter(origin=one.organisation)
    hold_leads(mine.filter(key__in=[*known.renamed, *(row.key for row in rows)]))
    for before, key in known.renamed.items():
        mine.filter(key=before).update(key=key, uscc=key)
    known.renamed.clear()
    Lead.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["origin", "key"],
        update_fields=list(_REFRESHED),
    )


def hold_leads(rows: QuerySet[Lead]) -> None:
    """Lock leads by their numbers, as those do who hand them over and place them: nobody waits for somebody who waits
    for them."""
    list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))


def _lead_row(one: Run, key: str, each: Unorganised, at: datetime, found: Classified) -> Lead:
    counts = each.headcounts
    return Lead(
        organisation=one.organisation,
        origin=one.organisation,
        key=key,
        run=one,
        name=each.employer.name[:200],
        uscc=each.employer.uscc or each.employer.wrong_code,
        city=each.city[:30],
        county=each.county[:30],
        address=each.employer.place.address[:200],
        insured=counts.insured,
        taxed=counts.taxed,
        declared=counts.declared,
        insured_on=counts.insured_on,
        taxed_on=counts.taxed_on,
        declared_on=counts.declared_on,
        most=each.most,
        contradiction=found.contradiction or "",
        head_union=found.union[:200],
        size=size_of(each.most),
        is_unsure=each.unsure,
        found_on=at.date(),
    )


def close_what_is_gone(one: Run) -> None:
    """Leads that nobody has taken up, and that this comparison no longer finds, are closed; those closed so, or set
    aside, that it finds stand again as they did before. What people decided, and what they have in hand, stays."""
    mine = Lead.objects.filter(origin=one.organisation)
    bumped = {"version": F("version") + 1}
    mine.filter(state__in=(LeadState.OPEN, LeadState.SET_ASIDE), run__lt=one.pk).update(
        state=LeadState.GONE, reason=_GONE, **bumped
    )
    recheck.take_back(mine.filter(state__in=UNDECIDED, run=one), reason="")
    mine.filter(state=LeadState.ASSIGNED, run__lt=one.pk).update(reason=_GONE)
    mine.filter(state=LeadState.ASSIGNED, run=one, reason=_GONE).update(reason="")


def count_again(one: Run) -> None:
    """The figure of leads, at every union that holds some of this comparison; of many, all at once."""
    holders = Lead.objects.filter(origin=one.organisation).order_by().values_list("organisation_id", flat=True)
    numbers = list(holders.distinct())
    if len(numbers) > _MANY_HOLDERS:
        rebuild("leads")
        return
    for number in numbers:
        reconcile("leads", number)
