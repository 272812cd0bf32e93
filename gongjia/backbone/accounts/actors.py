"""Who is behind a request: account → person → posts in force today in Shanghai. One query beyond the account's own."""

from django.conf import settings

from gongjia.backbone.accounts import limits, sittings, trail
from gongjia.backbone.accounts.models import Account
from gongjia.backbone.accounts.queries import grants_of, is_strict, posts_and_ties
from gongjia.kernel.actors import NOBODY, Actor
from gongjia.kernel.moments import today_of
from gongjia.kernel.requests import Request

IDLE, OVER, WEAK = "idle", "over", "weak"


def actor_of(request: Request) -> Actor:
    """The actor of a request. A sitting that has ended by time, or is too weak for a post, is broken off here."""
    account = request.user
    if not isinstance(account, Account):
        return NOBODY
    actor = _actor(account, request)
    officer = is_strict(actor.posts)
    if why := _why_ended(request, is_officer=officer):
        trail.ended(account, why=why, by=actor, at=request.at)
        sittings.break_off(request, why=why)
        return NOBODY
    gap = limits.OFFICER_SEEN_EVERY if officer else limits.SEEN_EVERY
    sittings.touch(request, account, gap=gap, account_gap=limits.SEEN_EVERY)
    return actor


def _actor(account: Account, request: Request) -> Actor:
    if account.person_id is None:
        return Actor(account_id=account.pk, grants=grants_of(account.pk))
    posts, ties = posts_and_ties(account.person_id, on=today_of(request.at))
    return Actor(
        account_id=account.pk,
        person_id=account.person_id,
        posts=posts,
        ties=ties,
        name=account.person.name if account.person else "",
    )


def _why_ended(request: Request, *, is_officer: bool) -> str:
    since, seen = sittings.since(request), sittings.seen(request)
    if since is None or seen is None or limits.is_over(since, at=request.at):
        return OVER
    if is_officer and not sittings.is_strong(request):
        return WEAK
    if is_officer and limits.is_idle(seen, at=request.at, minutes=settings.OFFICER_IDLE_MINUTES):
        return IDLE
    return ""
