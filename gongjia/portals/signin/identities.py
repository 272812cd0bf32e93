"""Identities from elsewhere (WeChat, single sign-on) that wait to be bound, and those that are."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.utils.dateparse import parse_datetime

from gongjia.backbone.accounts import trail
from gongjia.backbone.accounts.models import Account
from gongjia.kernel.requests import Request

_KEY = "identity_waiting"
WAITS = timedelta(minutes=10)
WECHAT = "微信"


@dataclass(frozen=True)
class Bound:
    """An identity that opens an account, and what people call where it comes from."""

    pk: int
    zh: str


def keep(request: Request, login: SocialLogin) -> None:
    request.session[_KEY] = {"login": login.serialize(), "at": request.at.isoformat()}


def waiting(request: Request) -> str:
    """The name of the provider whose identity waits; "" when none does, or it has waited too long."""
    kept = request.session.get(_KEY)
    began = parse_datetime(kept["at"]) if kept else None
    if kept is None or began is None or request.at - began > WAITS:
        return ""
    return str(SocialLogin.deserialize(kept["login"]).provider.name)


def drop(request: Request) -> None:
    request.session.pop(_KEY, None)


def bind_waiting(request: Request, account: Account) -> str:
    """Bind the identity that waits to an account that has just signed in; returns the provider's name."""
    name = waiting(request)
    kept = request.session.pop(_KEY, None)
    if not name or kept is None:
        return ""
    login = SocialLogin.deserialize(kept["login"])
    if SocialAccount.objects.filter(provider=login.account.provider, uid=login.account.uid).exists():
        return ""
    login.connect(request, account)
    trail.identity_bound(account, provider=login.account.provider, at=request.at)
    return name


def of_account(account_id: int) -> list[Bound]:
    """The identities that open this account."""
    bound = SocialAccount.objects.filter(user_id=account_id).order_by("pk")
    return [Bound(each.pk, WECHAT if each.provider == "weixin" else settings.OIDC_NAME) for each in bound]


def release(request: Request, account: Account, pk: int) -> bool:
    """Undo a binding of the account's own. False when there is none."""
    found = SocialAccount.objects.filter(user_id=account.pk, pk=pk).first()
    if found is None:
        return False
    trail.identity_released(account, provider=found.provider, at=request.at)
    found.delete()
    return True
