"""What the public face of a union does because something happened in another room: facts that change end what shows
them, in the same transaction; an end that was registered beforehand is followed on its day."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.backbone.posts.models import Post
from gongjia.domains.homes import lapsing
from gongjia.domains.homes.models import Card, UnionSite
from gongjia.domains.homes.words import THREE, CardEnding, DisplayKind, Lapse
from gongjia.kernel import db
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import everywhere
from gongjia.kernel.ticks import every


def follow_post_end(*, post: Post, at: datetime, **_: Any) -> None:
    """Listens to posts.ended: who has left is named no more. An end that is still to come is followed on its day."""
    if post.until_on is not None and post.until_on <= today_of(at):
        _end_of(post, at=at)


def follow_name(*, before: Organisation, organisation: Organisation, at: datetime, **_: Any) -> None:
    """Listens to organisations.amended: a plate with the former name is no plate of this union."""
    if before.name != organisation.name:
        lapsing.lock(organisation.pk)
        lapsing.lapse(organisation.pk, [DisplayKind.PLATE], on=today_of(at), why=Lapse.NAME_CHANGED)


def follow_union_end(*, organisation: Organisation, on: date, at: datetime, **_: Any) -> None:
    """Listens to organisations.merged and organisations.dissolved: nothing of the union is shown any more."""
    lapsing.lock(organisation.pk)
    lapsing.lapse(organisation.pk, [*THREE, DisplayKind.ALL], on=on, why=Lapse.UNION_ENDED)
    for card in Card._base_manager.filter(organisation=organisation, ended_at=None):
        lapsing.end_card(card, ending=CardEnding.POST_ENDED, at=at)
    for site in UnionSite._base_manager.filter(organisation=organisation, closed_on=None):
        lapsing.close_site(site, on=on)
    lapsing.end_uses(on=on, organisation=organisation)


def follow_person(*, before: Person, person: Person, **_: Any) -> None:
    """Listens to people.amended: who agreed to be named is shown under the name as it is corrected."""
    if before.name != person.name:
        Card._base_manager.filter(person=person, ended_at=None).update(name=person.name)


@every(timedelta(hours=1), name="homes.follow_posts")
def follow_posts(*, at: datetime) -> int:
    """Posts whose last day was registered beforehand, and has come: their names and displays end; returns how many."""
    done = 0
    with everywhere(reason="names of posts that have ended"):
        over = Card.objects.filter(ended_at=None, post__until_on__lte=today_of(at)).order_by("pk")
        for card in over.select_related("post"):
            with transaction.atomic():
                _end_of(card.post, at=at)
            done += 1
    return done


def _end_of(post: Post, *, at: datetime) -> None:
    db.hold(Organisation, post.organisation_id)
    lapsing.lock(post.organisation_id)
    for card in Card._base_manager.filter(post=post, ended_at=None):
        lapsing.end_card(card, ending=CardEnding.POST_ENDED, at=at)
    lapsing.lapse_identity_of([post.pk], on=post.until_on or today_of(at), why=Lapse.CHAIR_CHANGED)
