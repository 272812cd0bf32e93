"""What the rooms above offer to do with one membership: the dossier shows a button for each that fits."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import MAY_BE_CORRECTED, State
from gongjia.kernel.actors import Actor


@dataclass(frozen=True)
class Offer:
    """A page that takes the membership's reference; `query` is added to its address. Shown to who holds `may` at its
    union, for memberships in one of `states`; of those that have ended only where that may be corrected."""

    zh: str
    url_name: str
    may: str
    states: tuple[State, ...]
    query: str = ""
    order: int = 50


_registered: list[Offer] = []


def register(*offers: Offer) -> None:
    _registered.extend(each for each in offers if each not in _registered)
    _registered.sort(key=lambda each: each.order)


def offered(membership: Membership, actor: Actor) -> Iterable[tuple[str, str]]:
    """(words, address), in order. Nobody is offered to act on themselves."""
    if actor.person_id is not None and actor.person_id == membership.person_id:
        return []
    if membership.state == State.ENDED and membership.ending not in MAY_BE_CORRECTED:
        return []
    return [
        (each.zh, reverse(each.url_name, args=[membership.reference]) + each.query)
        for each in _registered
        if membership.state in each.states and actor.may(each.may, path=membership.organisation.path)
    ]
