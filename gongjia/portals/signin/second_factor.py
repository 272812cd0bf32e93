"""Setting up the changing code (TOTP) and the recovery codes, with allauth's parts."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import stash_login
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction
from django.utils.safestring import SafeString, mark_safe

from gongjia.backbone.accounts import trail
from gongjia.backbone.accounts.models import Account
from gongjia.kernel.requests import Request
from gongjia.portals.signin import entry
from gongjia.portals.signin.adapters import secrets_of


def secret_of(request: Request, stage: Any) -> str:
    """The secret that this sign-in is setting up, the same until it is done."""
    if "secret" not in stage.state:
        stage.state["secret"] = generate_totp_secret()
        stash_login(request, stage.login)
    return str(stage.state["secret"])


def url_of(account: Account, secret: str) -> str:
    """What the QR code holds."""
    return str(get_adapter().build_totp_url(account, secret))


def picture_of(account: Account, secret: str) -> SafeString:
    drawn: str = get_adapter().build_totp_svg(url_of(account, secret))
    return mark_safe(drawn)  # noqa: S308 - drawn by segno


def set_up(request: Request, account: Account, secret: str) -> None:
    """Switch it on, with ten recovery codes; this sign-in has passed it."""
    activate(account, secret)
    trail.second_factor_set(account, at=request.at)
    record_authentication(request, account, entry.SECOND_FACTOR, type=Authenticator.Type.TOTP.value)


def activate(account: Account, secret: str) -> list[str]:
    """Write secret and recovery codes, sealed; returns the codes."""
    with transaction.atomic(), secrets_of(account.pk):
        Authenticator.objects.filter(user_id=account.pk).delete()
        TOTP.activate(account, secret)
        codes: list[str] = RecoveryCodes.activate(account).get_unused_codes()
    return codes


def is_set_up(account_id: int) -> bool:
    found: bool = Authenticator.objects.filter(user_id=account_id, type=Authenticator.Type.TOTP).exists()
    return found


def recovery_codes_of(request: Request) -> list[str]:
    """Those that have not been used."""
    found = Authenticator.objects.filter(
        user_id=request.actor.account_id, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    if found is None:
        return []
    with secrets_of(found.user_id):
        return list(found.wrap().get_unused_codes())


def make_recovery_codes(request: Request) -> None:
    """New codes; the old ones open nothing any more. Only for whoever has the changing code."""
    account = request.user
    if not isinstance(account, Account) or not is_set_up(account.pk):
        return
    with transaction.atomic(), secrets_of(account.pk):
        Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
        RecoveryCodes.activate(account)
        trail.recovery_codes_made(account, at=request.at)
