"""Browsers from which an account has proved who it is. The cookie holds a random token, the database its hash."""

import hashlib
import secrets
from datetime import datetime

from gongjia.backbone.accounts.limits import is_away
from gongjia.backbone.accounts.models import Account, KnownDevice

#: What the browser calls itself, and what people call it; the first that fits.
_PROGRAMS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge 浏览器"),
    ("Firefox", "火狐浏览器"),
    ("Chrome", "Chrome 浏览器"),
    ("Safari", "Safari 浏览器"),
)
_MACHINES = (
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("HarmonyOS", "华为手机"),
    ("Android", "安卓手机"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """A random token of 256 bits needs no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def name_of(user_agent: str) -> str:
    """What a person would call the browser and the machine; no version, so that it tells little."""
    program = next((zh for sign, zh in _PROGRAMS if sign in user_agent), "其他浏览器")
    machine = next((zh for sign, zh in _MACHINES if sign in user_agent), "其他设备")
    return f"{machine} · {program}"


def is_known(account: Account, token: str, *, at: datetime) -> bool:
    """Whether this browser was used by the account within the last 180 days."""
    found = KnownDevice.objects.filter(account=account, token_hash=hash_of(token)).first() if token else None
    return found is not None and not is_away(found.last_at, at=at)


def remember(account: Account, token: str, *, user_agent: str, at: datetime) -> KnownDevice:
    """Know the browser from now on."""
    device, made = KnownDevice.objects.get_or_create(
        account=account,
        token_hash=hash_of(token),
        defaults={"name": name_of(user_agent), "first_at": at, "last_at": at},
    )
    if not made:
        KnownDevice.objects.filter(pk=device.pk).update(last_at=at)
    return device
