"""How a display begins and lapses: kept in step with the three together, and with the figures. Part of the verbs and of
what listens to other rooms; whoever calls has taken the lock."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from gongjia.domains.homes import figures, rules
from gongjia.domains.homes.models import Card, Display, SiteUse, UnionSite
from gongjia.domains.homes.words import THREE, CardEnding, DisplayKind, Lapse
from gongjia.kernel import db


def lock(organisation_id: int) -> None:
    """What a union shows changes one after the other, until the transaction ends."""
    db.lock(f"homes-{organisation_id}")


def in_force(organisation_id: int) -> dict[str, Display]:
    """The displays of a union that have not lapsed, by kind."""
    rows = Display._base_manager.filter(organisation_id=organisation_id, lapsed_on=None)
    return {each.kind: each for each in rows.select_related("organisation")}


def begin(display: Display) -> Display:
    """Write a display; where it is the last of the three, they stand together from the latest of their days."""
    display.save(force_insert=True)
    figures.begun([display])
    shown = in_force(display.organisation_id)
    days = {kind: each.shown_on for kind, each in shown.items()}
    since = rules.complete_since(days, of=[str(each) for each in THREE])
    if since is not None and DisplayKind.ALL not in shown:
        together = Display(
            organisation=display.organisation,
            kind=DisplayKind.ALL,
            shown_on=since,
            recorded_at=display.recorded_at,
            recorded_by_id=display.recorded_by_id,
        )
        together.save(force_insert=True)
        figures.begun([together])
    return display


def lapse(organisation_id: int, kinds: Sequence[str], *, on: date, why: Lapse) -> list[Display]:
    """End displays of a union on a day, and with any of them that all three stand together; returns what ended of
    `kinds`. A display that began later ends on its own first day."""
    shown = in_force(organisation_id)
    ended = [shown[kind] for kind in kinds if kind in shown]
    for each in ended:
        _end(each, on, why)
    together = shown.get(DisplayKind.ALL)
    if together is not None and ended and together not in ended:
        _end(together, on, why if why == Lapse.UNION_ENDED else Lapse.INCOMPLETE)
    return ended


def _end(display: Display, on: date, why: Lapse) -> None:
    display.lapsed_on, display.lapse = max(on, display.shown_on), why
    display.save(update_fields=["lapsed_on", "lapse"])
    figures.ended([display])


def end_card(card: Card, *, ending: CardEnding, at: datetime) -> None:
    """A name is no longer shown: what was shown is emptied, that it was agreed to stays."""
    card.name = card.office_line = ""
    card.ended_at, card.ending = at, ending
    card.save(update_fields=["name", "office_line", "ended_at", "ending"])


def lapse_identity_of(post_ids: Iterable[int], *, on: date, why: Lapse) -> None:
    """The chairs of these posts are no longer shown."""
    rows = Display._base_manager.filter(post_id__in=list(post_ids), kind=DisplayKind.IDENTITY, lapsed_on=None)
    for each in rows:
        lapse(each.organisation_id, [each.kind], on=on, why=why)


def end_uses(*, on: date, **whose: Any) -> int:
    """Links to sites end: of a union (`organisation`), or to a site; returns how many."""
    return SiteUse._base_manager.filter(until_on=None, **whose).update(until_on=on)


def close_site(site: UnionSite, *, on: date) -> None:
    """A site is closed, and with it what it was to others."""
    site.closed_on = max(on, site.opened_on)
    site.save(update_fields=["closed_on"])
    end_uses(on=site.closed_on, site=site)
