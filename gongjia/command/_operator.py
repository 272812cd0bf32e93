"""The first operator: account, person and post, with password and second factor, in one transaction."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import segno
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.db import transaction

from gongjia.backbone.accounts import services, trail
from gongjia.backbone.accounts.models import Account
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.setup import plant
from gongjia.backbone.people.models import Person
from gongjia.backbone.posts.queries import in_force
from gongjia.backbone.posts.services import appoint
from gongjia.backbone.posts.words import Role
from gongjia.backbone.regions.setup import load
from gongjia.kernel.actors import COMMAND, Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.pinyin import initials, pinyin_key
from gongjia.kernel.reach import everywhere
from gongjia.portals.signin import second_factor

MOST_TRIES = 3


@dataclass(frozen=True)
class Made:
    """What is shown once on the terminal; `picture` is a QR code in characters."""

    username: str
    secret: str
    picture: str
    recovery_codes: list[str]


def create(username: str, name: str, federation: str, *, ask: Callable[[list[str]], str], at: datetime) -> Made:
    """Make the first operator; `ask` gives a password, told what was wrong with the one before.

    Raises Refused, and leaves nothing behind, where there is an operator, no federation, or no good password.
    """
    with everywhere(reason="the first operator"), transaction.atomic():
        root = _root(federation, at=at)
        person = Person.objects.create(name=name, pinyin_key=pinyin_key(name), initials=initials(name))
        appoint(organisation=root, person=person, role=Role.SYSTEM_OPERATOR, from_on=today_of(at), by=COMMAND, at=at)
        account = services.open_account(person=person, username=username, by=COMMAND, at=at)
        _set_password(account, ask, at=at)
        secret = generate_totp_secret()
        codes = second_factor.activate(account, secret)
        trail.second_factor_set(account, at=at)
    return Made(account.username, secret, _picture(second_factor.url_of(account, secret)), codes)


def _root(federation: str, *, at: datetime) -> Organisation:
    """The highest federation, planted now if the installation is empty."""
    if in_force(today_of(at)).filter(role=Role.SYSTEM_OPERATOR).exists():
        raise Refused("平台已有系统管理员：新的账号请由系统管理员开立；动态码丢失的，请用恢复码登录。")
    root = Organisation.objects.filter(depth=1).first()
    if root is not None:
        return root
    if not federation:
        raise Refused("平台里还没有工会：请用 --federation 给出最上级总工会的全称，如 --federation 咸宁市总工会")
    try:
        region = load(settings.REGION)
    except FileNotFoundError:
        raise Refused(f"没有区划 {settings.REGION} 的数据文件：请核对设置 GONGJIA_REGION。") from None
    return plant(name=federation, region=region, founded_on=today_of(at))


def _set_password(account: Account, ask: Callable[[list[str]], str], *, at: datetime) -> None:
    """Who types it here is the operator: it need not be changed at the first sign-in."""
    by = Actor(account_id=account.pk, person_id=account.person_id, channel="command")
    faults: list[str] = []
    for _ in range(MOST_TRIES):
        try:
            services.set_password(account=account, password=ask(faults), by=by, at=at)
        except Refused as refusal:
            faults = list(refusal.reasons)
        else:
            return
    raise Refused(*faults)


def _picture(url: str) -> str:
    out = io.StringIO()
    segno.make(url, error="l").terminal(out, compact=True)
    return out.getvalue()
