"""What stands between a proven first factor and being in, as stages of allauth's login. Each has a page of its own."""

from typing import Any

from allauth.account.stages import LoginStage, LoginStageController
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gongjia.backbone.accounts import devices
from gongjia.backbone.accounts.limits import is_old
from gongjia.backbone.accounts.models import Account
from gongjia.backbone.accounts.queries import is_officer
from gongjia.kernel.moments import today_of
from gongjia.kernel.requests import Request
from gongjia.portals.signin import entry


class _Stage(LoginStage):  # type: ignore[misc]  # the library has no types
    """A stage with a page: entered when `is_due`."""

    key: str
    urlname: str

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if self.login.user is None or not self.is_due(self.login.user, entry.methods_of(self.request, self.login.user)):
            return None, True
        return HttpResponseRedirect(reverse(self.urlname)), True

    def is_due(self, account: Account, methods: frozenset[str]) -> bool:
        raise NotImplementedError


class DeviceStage(_Stage):
    """A code proves who holds the number, not who the person is: on a new device the last six of the ID as well."""

    key = "device"
    urlname = "signin:identity"

    def is_due(self, account: Account, methods: frozenset[str]) -> bool:
        if entry.CODE not in methods or account.person_id is None:
            return False
        if account.vouched_until is not None and self.request.at <= account.vouched_until:
            return False
        return not devices.is_known(account, self.request.COOKIES.get(entry.DEVICE_COOKIE, ""), at=self.request.at)


class SecondFactorStage(_Stage):
    """The changing code, of whoever has set it up."""

    key = "second_factor"
    urlname = "signin:second-factor"

    def is_due(self, account: Account, methods: frozenset[str]) -> bool:
        return entry.PERSONA not in methods and is_mfa_enabled(account, [Authenticator.Type.TOTP])


class PasswordStage(_Stage):
    """A password that is older than 90 days, or was set by somebody else."""

    key = "password"
    urlname = "signin:renew-password"

    def is_due(self, account: Account, methods: frozenset[str]) -> bool:
        return entry.PASSWORD in methods and is_old(
            account.password_changed_at, at=self.request.at, days=settings.PASSWORD_DAYS
        )


class EnrolStage(_Stage):
    """Officers set up the changing code at their first sign-in; before that they are not in."""

    key = "enrol"
    urlname = "signin:enrol"

    def is_due(self, account: Account, methods: frozenset[str]) -> bool:
        return not entry.is_strong(methods) and is_officer(account, on=today_of(self.request.at))


def current(request: Request, stage: type[_Stage]) -> Any:
    """The stage if the sign-in under way stands at it, else None."""
    return None if request.user.is_authenticated else LoginStageController.enter(request, stage.key)
