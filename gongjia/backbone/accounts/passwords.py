"""What is wrong with a password, in words for who chooses it."""

import secrets
from datetime import datetime

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from gongjia.backbone.accounts.limits import (
    FEWEST_CLASSES,
    PASSWORDS_REMEMBERED,
    SHORTEST_OFFICER_PASSWORD,
    SHORTEST_PASSWORD,
    classes_in,
)
from gongjia.backbone.accounts.models import Account, FormerPassword

#: Without signs that are taken for one another when read off paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_GROUPS, _GROUP = 4, 4


def one_time() -> str:
    """A password of chance to be read out once and changed at the first sign-in: sixteen signs in groups of four,
    about 92 bits, of every kind that is asked for."""
    while True:
        groups = ["".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS)]
        password = "-".join(groups)
        if classes_in(password) > FEWEST_CLASSES:
            return password


def faults_of(password: str, *, account: Account, is_officer: bool) -> list[str]:
    """Every reason why the password is not taken, cheapest first; the former ones are asked only of a good one."""
    shortest = SHORTEST_OFFICER_PASSWORD if is_officer else SHORTEST_PASSWORD
    faults = []
    if len(password) < shortest:
        faults.append(f"密码至少 {shortest} 位，现在是 {len(password)} 位。")
    if classes_in(password) < FEWEST_CLASSES:
        faults.append(f"密码要有小写字母、大写字母、数字、符号（或汉字）中的至少 {FEWEST_CLASSES} 种。")
    if account.username.lower() in password.lower():
        faults.append("密码里不能有登录名。")
    if _is_common(password):
        faults.append("这个密码太常见，容易被猜到，请换一个。")
    if not faults and _was_used(password, account):
        faults.append(f"这个密码最近用过，请换一个（不能与最近 {PASSWORDS_REMEMBERED} 次的相同）。")
    return faults


def _is_common(password: str) -> bool:
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        return True
    return False


def _was_used(password: str, account: Account) -> bool:
    former = FormerPassword.objects.filter(account=account).order_by("-set_at", "-pk")
    hashes = dict.fromkeys([account.password, *former.values_list("password", flat=True)[:PASSWORDS_REMEMBERED]])
    return any(check_password(password, each) for each in list(hashes)[:PASSWORDS_REMEMBERED])


def remember(account: Account, *, at: datetime) -> None:
    """Keep the hash that was just set, and only as many as are asked for."""
    FormerPassword.objects.create(account=account, password=account.password, set_at=at)
    former = FormerPassword.objects.filter(account=account).order_by("-set_at", "-pk")
    former_ids = list(former.values_list("pk", flat=True)[:PASSWORDS_REMEMBERED])
    FormerPassword.objects.filter(account=account).exclude(pk__in=former_ids).delete()
