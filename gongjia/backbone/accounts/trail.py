"""What the record keeps of signing in: who, how, and what failed. Never a phone, a name that was typed, or a code."""

from datetime import datetime

from gongjia.backbone.accounts.models import Account
from gongjia.kernel import audit
from gongjia.kernel.actors import NOBODY, Actor

#: What the auditor reads; these are no verbs, for nobody asks for them.
WORDS = {
    "accounts.signed_in": "登录",
    "accounts.sign_in_failed": "登录失败",
    "accounts.locked": "登录被锁定",
    "accounts.sitting_ended": "退出登录",
    "accounts.identity_bound": "绑定微信或统一身份认证",
    "accounts.identity_released": "解除绑定",
    "accounts.second_factor_set": "设置动态码",
    "accounts.recovery_codes_made": "重新生成恢复码",
}


def _self(account: Account | None) -> Actor:
    return NOBODY if account is None else Actor(account_id=account.pk, person_id=account.person_id)


def signed_in(account: Account, *, how: list[str], is_new_device: bool, at: datetime) -> None:
    """`how` are the methods that were passed, in their order."""
    facts = {"how": how, "new_device": is_new_device}
    audit.record("accounts.signed_in", by=_self(account), at=at, subject=account, facts=facts)


def sign_in_failed(account: Account | None, *, why: str, at: datetime) -> None:
    """`why` is password, second_factor, id_digits or code; the account is known only where the name was."""
    audit.record("accounts.sign_in_failed", by=NOBODY, at=at, subject=account, facts={"why": why})


def locked(account: Account | None, *, why: str, until: datetime, at: datetime) -> None:
    facts = {"why": why, "until": until.isoformat()}
    audit.record("accounts.locked", by=NOBODY, at=at, subject=account, facts=facts)


def ended(account: Account, *, why: str, by: Actor, at: datetime, count: int = 1) -> None:
    """A sitting ended: signed_out, idle, over, weak, or by the person's own list."""
    audit.record("accounts.sitting_ended", by=by, at=at, subject=account, facts={"why": why, "count": count})


def identity_bound(account: Account, *, provider: str, at: datetime) -> None:
    audit.record("accounts.identity_bound", by=_self(account), at=at, subject=account, facts={"provider": provider})


def identity_released(account: Account, *, provider: str, at: datetime) -> None:
    audit.record("accounts.identity_released", by=_self(account), at=at, subject=account, facts={"provider": provider})


def second_factor_set(account: Account, *, at: datetime) -> None:
    audit.record("accounts.second_factor_set", by=_self(account), at=at, subject=account)


def recovery_codes_made(account: Account, *, at: datetime) -> None:
    audit.record("accounts.recovery_codes_made", by=_self(account), at=at, subject=account)
