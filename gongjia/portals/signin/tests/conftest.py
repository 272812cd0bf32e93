"""People who sign in, and a clock that stands still until a test moves it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from gongjia.backbone.accounts.models import Account, FormerPassword
from gongjia.kernel.moments import SHANGHAI
from gongjia.portals.signin import second_factor
from tests import factories

AGENT = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.42"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
PASSWORD = "晨光-Baoma-2026"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class Moment:
    """What every reader of the clock is told, in Django, in allauth's codes and in ours."""

    def __init__(self) -> None:
        self.at = datetime(2026, 6, 15, 9, 0, tzinfo=SHANGHAI)

    def later(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> Moment:
    standing = Moment()
    monkeypatch.setattr(timezone, "now", lambda: standing.at)
    fake = SimpleNamespace(time=lambda: standing.at.timestamp())  # noqa: PLW0108 - the moment moves
    for module in ("mfa.totp.internal.auth", "account.internal.stagekit", "account.models"):
        monkeypatch.setattr(f"allauth.{module}.time", fake)
    return standing


@pytest.fixture(autouse=True)
def ground(settings: Any) -> None:
    """SMS is set up (to nowhere), hashing is quick, and the library's own note of used codes is empty."""
    settings.SMS_URL = "http://127.0.0.1:9/sms"
    settings.SMS_KEY = "a test's key"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def tree(db: Any) -> factories.Tree:
    return factories.tree()


@pytest.fixture
def wangfang(tree: factories.Tree) -> Account:
    """A member with an account, who was never here before."""
    account = factories.account(tree.member, "wangfang")
    account.set_unusable_password()
    account.save()
    return account


@pytest.fixture
def zhangmin(tree: factories.Tree, moment: Moment) -> Account:
    """An officer of a county with a password of her own and the changing code set up."""
    account = officer_account(tree.officer, "zhangmin", at=moment.at)
    second_factor.activate(account, SECRET)
    return account


def officer_account(person: Any, username: str, *, at: datetime) -> Account:
    account = factories.account(person, username, password_changed_at=at)
    account.set_password(PASSWORD)
    account.save()
    FormerPassword.objects.create(account=account, password=account.password, set_at=at)
    return account


@pytest.fixture
def browser() -> Callable[..., Client]:
    """A fresh browser; it keeps its cookies."""
    return lambda agent=AGENT: Client(HTTP_USER_AGENT=agent)


@pytest.fixture
def phone_browser(browser: Callable[..., Client]) -> Client:
    return browser()


@pytest.fixture
def desk_browser(browser: Callable[..., Client]) -> Client:
    return browser(DESK)
