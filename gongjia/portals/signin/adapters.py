"""What allauth asks of us: who may sign in how, in which stages, and how its secrets are kept."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gongjia.backbone.accounts import trail
from gongjia.backbone.accounts.models import Account
from gongjia.backbone.accounts.queries import by_username, is_officer
from gongjia.kernel import keyring
from gongjia.kernel.crypto import context_of
from gongjia.kernel.moments import today_of
from gongjia.kernel.requests import Request
from gongjia.portals.signin import entry, identities, limits

WRONG_PASSWORD = "登录名或密码不对。请核对后再试；连续 5 次不对，要等 20 分钟。"
_holder: ContextVar[int] = ContextVar("second_factor_holder")


def secret_context(account_id: int) -> bytes:
    """Where the secrets of an account's second factor live: moved to another account they do not open."""
    return context_of("mfa_authenticator.data", account_id)


@contextmanager
def secrets_of(account_id: int) -> Iterator[None]:
    """Say whose secrets the library seals and opens inside; it does not tell the adapter."""
    token = _holder.set(account_id)
    try:
        yield
    finally:
        _holder.reset(token)


def locked_words(until: Any) -> str:
    """The same whether the name is known or not."""
    return f"试错的次数太多，为了安全暂时不能登录。请在 {until:%H:%M} 以后再试；忘记密码，请联系系统管理员重设。"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no types
    """Sign-in by name and password, and what every sign-in passes through."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": WRONG_PASSWORD,
        "incorrect_code": "动态码不对。请看身份验证器上现在显示的六位数字。",
        "too_many_login_attempts": "试的次数太多，请过 20 分钟再试。",
    }

    def get_client_ip(self, request: Request) -> str:
        """Behind a socket without an address all requests count as one sender."""
        return get_client_ip(request) or "127.0.0.1"

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """The library's own remarks are left out: each page says what it has to say."""

    def is_open_for_signup(self, _request: Request) -> bool:
        """Accounts are opened by verbs only."""
        return False

    def get_login_stages(self) -> list[str]:
        here = "gongjia.portals.signin.stages"
        return [f"{here}.{name}" for name in ("DeviceStage", "SecondFactorStage", "PasswordStage", "EnrolStage")]

    def pre_authenticate(self, request: Request, **credentials: Any) -> None:
        """Count the try before anything is looked at. Raises ValidationError while the name is locked."""
        words = "登录太频繁了。"
        limits.take_or_stop(request, limits.address_of(request), limits.PASSWORDS_FROM_ADDRESS, words)
        until = limits.try_once(limits.PASSWORD, _name_in(credentials), at=request.at)
        if until is not None:
            raise ValidationError(locked_words(until))

    def authenticate(self, request: Request, **credentials: Any) -> Any:
        account = super().authenticate(request, **credentials)
        if account is not None:
            limits.passed(limits.PASSWORD, _name_in(credentials))
        return account

    def authentication_failed(self, request: Request, **credentials: Any) -> None:
        name = _name_in(credentials)
        account = by_username(name)
        trail.sign_in_failed(account, why=limits.PASSWORD.name, at=request.at)
        until = limits.failed(limits.PASSWORD, name, at=request.at)
        if until is not None:
            trail.locked(account, why=limits.PASSWORD.name, until=until, at=request.at)
            raise ValidationError(locked_words(until))

    def pre_login(self, request: Request, user: Account, **_kwargs: Any) -> HttpResponse | None:
        """Closed accounts end here, and posts that ask for more than a code or WeChat."""
        if not user.is_active:
            clear_login(request)
            messages.error(request, "这个账号已经停用。如有疑问，请联系所在工会或系统管理员。")
            return HttpResponseRedirect(reverse("signin:start"))
        methods = entry.methods_of(request, user)
        if is_officer(user, on=today_of(request.at)) and not methods & entry.FIRST_FACTORS_OF_OFFICERS:
            clear_login(request)
            messages.info(request, "您的职务要求用登录名、密码和动态码登录。")
            return HttpResponseRedirect(reverse("signin:officer"))
        return None

    def post_login(self, request: Request, user: Account, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        entry.settle(request, user, response)
        return response

    def get_login_redirect_url(self, request: Request) -> str:
        return entry.errand_of(request)

    def is_safe_url(self, url: str) -> bool:
        """This site only, whatever hosts the settings allow."""
        return entry.is_own(context.request, url)

    def respond_user_inactive(self, _request: Request, _user: Account) -> HttpResponse:
        return HttpResponseRedirect(reverse("signin:start"))


def _name_in(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username", "")).strip().lower()


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library has no types
    """The secrets behind the changing codes stand sealed in the database; the picture is drawn by segno.

    Sealed and opened inside `secrets_of` only: elsewhere it raises LookupError.
    """

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "动态码不对。请看身份验证器上现在显示的六位数字；用过的码要等下一个。",
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(keyring.current().seal(text, context=secret_context(_holder.get()))).decode()

    def decrypt(self, encrypted_text: str) -> str:
        sealed = base64.b64decode(encrypted_text)
        return keyring.current().open_text(sealed, context=secret_context(_holder.get()))

    def get_totp_issuer(self) -> str:
        return "工家"

    def build_totp_svg(self, url: str) -> str:
        return str(segno.make(url, error="m").svg_inline(scale=4, border=2, omitsize=True))


class IdentityAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the library has no types
    """WeChat and single sign-on: an identity opens the account that it was bound to, and never makes one."""

    def is_open_for_signup(self, _request: Request, _sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: Request, sociallogin: Any) -> None:
        """An identity that is bound to nobody waits in the session until a sign-in has proved whose it is."""
        if not sociallogin.is_existing:
            identities.keep(request, sociallogin)
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("signin:start")))

    def on_authentication_error(self, request: Request, provider: Any, **_kwargs: Any) -> None:
        messages.error(request, f"没有收到“{provider.name}”的确认。请再试一次，或者用手机号登录。")
        raise ImmediateHttpResponse(HttpResponseRedirect(reverse("signin:start")))
