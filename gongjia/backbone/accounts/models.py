"""Accounts: how a person signs in. What it may do comes from the person's posts, never from the account."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from gongjia.backbone.people.models import Person
from gongjia.kernel.secrets import IndexField, SecretField, WithSecrets

PHONE = "account.phone"


class AccountManager(BaseUserManager["Account"]):
    """Not scoped: an account is found by its own phone, name or session before any reach is known."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username=username)


class Account(WithSecrets, AbstractBaseUser):
    """An account (账号). Workers sign in by phone and code; officers by name, password and second factor.

    Without a person it belongs to somebody who is joining and has no file yet. Names are lower case.
    """

    secret_purposes = {"phone": PHONE}

    username = models.CharField("登录名", max_length=40, unique=True)
    person = models.OneToOneField(
        Person, verbose_name="人员", null=True, on_delete=models.PROTECT, related_name="account"
    )
    phone = SecretField("登录手机号")
    phone_index = IndexField()
    is_phone_verified = models.BooleanField("手机号已验证", default=False)
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("创建时间")
    seen_at = models.DateTimeField("最近使用", null=True)
    password_changed_at = models.DateTimeField("密码更新时间", null=True)
    # Somebody of the union has seen the person and the card: the next new device is not asked for the ID until then.
    vouched_until = models.DateTimeField("当面核验有效至", null=True)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "账号"
        constraints = [
            models.UniqueConstraint(fields=["phone_index"], condition=~Q(phone_index=""), name="account_phone_once")
        ]

    def __str__(self) -> str:
        return self.username

    def has_perm(self, _perm: str, _obj: Any = None) -> bool:
        """Django's own permissions are not used: a post's role carries what its holder may do."""
        return False

    def has_module_perms(self, _app: str) -> bool:
        return False


class KnownDevice(models.Model):
    """A browser from which the account has proved who it is, by a random token in a cookie (kept hashed)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="devices")
    token_hash = models.CharField(max_length=64)
    name = models.CharField("设备", max_length=80, blank=True)
    first_at = models.DateTimeField("首次使用")
    last_at = models.DateTimeField("最近使用")

    class Meta:
        verbose_name = "常用设备"
        constraints = [
            # one browser may be known to several accounts: a family's phone, a desk in a union's office
            models.UniqueConstraint(fields=["account", "token_hash"], name="known_device_once")
        ]

    def __str__(self) -> str:
        return self.name


class FormerPassword(models.Model):
    """The hash of a password that was set, so that the last ones are not taken again."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField("设置时间")

    class Meta:
        verbose_name = "用过的密码"

    def __str__(self) -> str:
        return f"{self.account_id} @ {self.set_at:%Y-%m-%d}"


class AccountGrant(models.Model):
    """One row that an account without a person may see: its own application, until the person is known."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    kind = models.CharField("种类", max_length=60)
    number = models.BigIntegerField("行号")
    given_at = models.DateTimeField("给予时间")

    class Meta:
        verbose_name = "账号授权"
        constraints = [models.UniqueConstraint(fields=["account", "kind", "number"], name="account_grant_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Tries(models.Model):
    """How often something was tried lately: `key` is a hash of what, `used` the instants in seconds since 1970."""

    key = models.CharField(max_length=64, unique=True)
    used = models.JSONField("次数", default=list)
    locked_until = models.DateTimeField("锁定至", null=True)
    expires_at = models.DateTimeField("到期", db_index=True)

    class Meta:
        verbose_name = "尝试次数"

    def __str__(self) -> str:
        return self.key[:8]
