"""The verbs on accounts. Each ends what must end with it: a closed account, a lost phone, a changed password."""

import re
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from gongjia.backbone.accounts import passwords, sittings
from gongjia.backbone.accounts.limits import NUMBER_RESTS, VOUCHER_LASTS
from gongjia.backbone.accounts.models import Account, AccountGrant
from gongjia.backbone.accounts.queries import (
    by_phone,
    by_username,
    has_post,
    is_officer,
    of_person,
    posts_held,
    stands_at,
)
from gongjia.backbone.accounts.words import ClosingReason, ManagedAct, ResetReason
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.queries import NOT_LIVE, is_live
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.kernel import events, numbers
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.permissions import ANYONE, INSIDE, SIGNED_IN
from gongjia.kernel.reach import question
from gongjia.kernel.references import new_reference
from gongjia.kernel.verbs import is_nested, note, verb

_PHONE = ("phone", "phone_index", "is_phone_verified")
_TAKEN = "这个手机号已经用在另一个账号上。请换一个号码；如果号码是您的，请带证件到所在工会核对。"

_HAS_ACCOUNT = (
    "这个证件号码的本人已有账号：请用原来的手机号登录；号码不用了的，请本人持证件到工会当面核验、换绑手机号。"
)


@verb("accounts.open", zh="开立账号", may=ANYONE)
def open_account(
    *, person: Person | None, by: Actor, at: datetime, phone: str = "", username: str = "", key: str = ""
) -> Account:
    """Open an account. The caller knows that the phone is proven, or has a right of its own.

    Without a person it belongs to somebody who is joining. An officer's has a user name; its password is set by
    `set_password`. Refused where the person has an account, or phone or name are taken.
    """
    if person is not None and of_person(person.pk) is not None:
        raise Refused("这个人已经有账号，不需要再开一个。")
    name = username.strip().lower() or f"u{new_reference().lower()}"
    if username and by_username(name) is not None:
        raise Refused(f"登录名“{name}”已经有人用了，请换一个。", fields=["username"])
    account = Account(username=name, person=person, created_at=at)
    account.set_unusable_password()
    _seal_phone(account, phone, at=at)
    _save(account)
    note(account, about_person_id=account.person_id, with_phone=bool(phone))
    return account


@verb("accounts.bind_phone", zh="绑定手机号", may=SIGNED_IN)
def bind_phone(*, account: Account, phone: str, by: Actor, at: datetime, key: str = "") -> Account:
    """Change the phone of one's own account, once a code has proved it. Refused where another account uses it."""
    if by.account_id != account.pk:
        raise Forbidden("换绑自己账号的手机号")
    _seal_phone(account, phone, at=at)
    _save(account, *_PHONE)
    note(account, about_person_id=account.person_id)
    return account


@verb("accounts.bind_person", zh="账号对应到人", may=SIGNED_IN)
def bind_person(*, account_id: int, person: Person, by: Actor, at: datetime) -> Account:
    """Say whose account it is, once the union has seen who applied. The grants of the time before fall away:
    rooms that gave one hear of it (accounts.bound) and write the person into their own rows.

    Refused for another's account, and where the person has one that was used: to know an ID number is no proof of
    being the person. One that was opened for the person and never used makes room.
    """
    account = Account.objects.get(pk=account_id)
    if account.person_id == person.pk:
        return account
    if account.person_id is not None:
        raise Refused("这个账号属于另一个人，不能改成别人的。")
    before = of_person(person.pk)
    if before is not None and before.seen_at is not None:
        raise Refused(_HAS_ACCOUNT)
    if before is not None:
        _close(before)
        Account.objects.filter(pk=before.pk).update(person=None)
    Account.objects.filter(pk=account.pk).update(person=person)
    AccountGrant.objects.filter(account=account).delete()
    account.person = person
    events.tell("accounts.bound", account_id=account.pk, person=person, by=by, at=at)
    note(account, about_person_id=person.pk, closed_account_id=before.pk if before else None)
    return account


@verb("accounts.grant", zh="给申请人查看权", may=INSIDE)
def grant(*, account_id: int, kind: str, number: int, by: Actor, at: datetime) -> AccountGrant:
    """Let an account without a person see one row of its own: its application."""
    given, _ = AccountGrant.objects.get_or_create(
        account_id=account_id, kind=kind, number=number, defaults={"given_at": at}
    )
    note(given, kind=kind, number=number)
    return given


@verb("accounts.set_password", zh="设置密码", may=ANYONE)
def set_password(*, account: Account, password: str, by: Actor, at: datetime) -> Account:
    """Set a password; whoever has one open elsewhere is out. Refused with every fault that it has.

    One's own counts from now, and the caller has checked the present password; somebody else's is set inside a verb
    that asks for `accounts.manage`, and must be changed at the next sign-in.
    """
    if by.account_id != account.pk and not is_nested() and by.channel != "command":
        raise Forbidden("给别人设置密码")
    faults = passwords.faults_of(password, account=account, is_officer=is_officer(account, on=today_of(at)))
    if faults:
        raise Refused(*faults, fields=["password"])
    account.set_password(password)
    account.password_changed_at = at if by.account_id == account.pk else None
    account.save(update_fields=["password", "password_changed_at"])
    passwords.remember(account, at=at)
    note(account, about_person_id=account.person_id, by_self=by.account_id == account.pk)
    return account


@verb("accounts.close", zh="停用账号", may="accounts.manage", on="organisation")
def close_account(
    *, account: Account, organisation: Organisation, reason: ClosingReason, by: Actor, at: datetime, key: str = ""
) -> Account:
    """Close an account and end what it has open, at once. `organisation`: under which its person stands."""
    _check_another(account, organisation, "停用自己的账号", by=by, at=at)
    _close(account)
    note(account, about_person_id=account.person_id, reason=str(reason))
    _tell(account, organisation, ManagedAct.CLOSED, by=by, at=at, reason_zh=str(reason.label))
    return account


@verb("accounts.reopen", zh="恢复账号", may="accounts.manage", on="organisation")
def reopen_account(*, account: Account, organisation: Organisation, by: Actor, at: datetime, key: str = "") -> Account:
    """Open a closed account again. The password of before opens nothing: a one-time password is issued anew."""
    _check_another(account, organisation, "恢复自己的账号", by=by, at=at)
    if account.is_active:
        raise Refused("这个账号正在使用，不需要恢复。")
    account.is_active, account.password_changed_at = True, None
    account.set_unusable_password()
    account.save(update_fields=["is_active", "password", "password_changed_at"])
    note(account, about_person_id=account.person_id)
    _tell(account, organisation, ManagedAct.REOPENED, by=by, at=at)
    return account


@verb("accounts.open_for_holder", zh="为任职的人开立账号", may="accounts.manage", on="organisation")
def open_for_holder(
    *,
    person: Person,
    organisation: Organisation,
    username: str,
    password: str,
    by: Actor,
    at: datetime,
    key: str = "",
) -> Account:
    """Open an account by name for somebody who holds a post or will soon, with a one-time password: it must be changed
    at the first sign-in. Refused where `open_account` or `set_password` would."""
    username = _read_username(username)
    if not has_post(person.pk, on=today_of(at)):
        raise Refused("这个人现在没有职务。请先登记任职，再开立账号。")
    _check_place(person.pk, organisation)
    _check_managed(person.pk, by=by, at=at)
    account = open_account(person=person, username=username, by=by, at=at)
    set_password(account=account, password=password, by=by, at=at)
    note(account, about_person_id=person.pk)
    _tell(account, organisation, ManagedAct.OPENED, by=by, at=at)
    return account


@verb("accounts.issue_password", zh="发一次性密码", may="accounts.manage", on="organisation")
def issue_password(
    *,
    account: Account,
    organisation: Organisation,
    password: str,
    by: Actor,
    at: datetime,
    username: str = "",
    key: str = "",
) -> Account:
    """Set a one-time password, which must be changed at the next sign-in, and end what is open.

    Whoever came by phone so far is given the name to sign in with: `username` counts only where no password was.
    """
    _check_another(account, organisation, "给自己发一次性密码", by=by, at=at)
    if not account.is_active:
        raise Refused("这个账号已经停用。要继续用，请先恢复账号。")
    if username and not account.has_usable_password():
        _rename(account, _read_username(username))
    set_password(account=account, password=password, by=by, at=at)
    sittings.end_others(account.pk, but=None)
    note(account, about_person_id=account.person_id)
    _tell(account, organisation, ManagedAct.PASSWORD_ISSUED, by=by, at=at)
    return account


@verb("accounts.reset_second_factor", zh="重设动态码", may="accounts.manage", on="organisation")
def reset_second_factor(
    *, account: Account, organisation: Organisation, reason: ResetReason, by: Actor, at: datetime, key: str = ""
) -> Account:
    """For an officer who lost the phone with the codes: the next sign-in sets up new ones. Ends what is open."""
    _check_another(account, organisation, "重设自己的动态码", by=by, at=at)
    Authenticator.objects.filter(user_id=account.pk).delete()
    sittings.end_others(account.pk, but=None)
    note(account, about_person_id=account.person_id, reason=str(reason))
    _tell(account, organisation, ManagedAct.SECOND_FACTOR_RESET, by=by, at=at, reason_zh=str(reason.label))
    return account


@verb("accounts.vouch", zh="当面核验身份", may="accounts.vouch", on="membership")
def vouch(*, membership: Membership, by: Actor, at: datetime, phone: str = "", key: str = "") -> Account:
    """Somebody of the union has seen the person and the card: a new device is let in once within a day.

    With `phone` the account is moved to a new number, and everything open elsewhere ends. A number that another
    account used lately is refused; one that has rested for ninety days was given to somebody else and comes free.
    Refused for a membership that has ended: who was a member once is the matter of another union.
    """
    if by.person_id == membership.person_id:
        raise Refused("不能为自己核验，请由另一位工会干部办理。")
    if not is_live(membership):
        raise Refused(NOT_LIVE)
    account = of_person(membership.person_id)
    phone = _read_phone(phone) if phone else ""
    if account is None:
        if not phone:
            raise Refused("这位会员还没有账号：请填写手机号，为其开立。", fields=["phone"])
        account = Account(username=f"u{new_reference().lower()}", person=membership.person, created_at=at)
        account.set_unusable_password()
    if phone:
        _free(phone, holder=account, at=at)
        _seal_phone(account, phone, at=at)
    account.vouched_until = at + VOUCHER_LASTS
    _save(account, "vouched_until", *(_PHONE if phone else ()))
    if phone:
        sittings.end_others(account.pk, but=None)
    note(account, about_person_id=membership.person_id, with_phone=bool(phone))
    return account


@question("accounts.phone_of")
def phone_of(account_id: int) -> str:
    """The phone of an account in clear, "" when none: for the verb that makes its holder's file."""
    return Account.objects.get(pk=account_id).reveal("phone")


#: What is typed on any keyboard, and is no phone number.
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")


def _read_username(username: str) -> str:
    name = username.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise Refused("登录名用 3 到 40 个小写字母、数字或 . _ -，以字母开头，例如 zhangmin。", fields=["username"])
    return name


def _rename(account: Account, name: str) -> None:
    holder = by_username(name)
    if holder is not None and holder.pk != account.pk:
        raise Refused(f"登录名“{name}”已经有人用了，请换一个。", fields=["username"])
    account.username = name
    account.save(update_fields=["username"])


def _check_another(account: Account, organisation: Organisation, what: str, *, by: Actor, at: datetime) -> None:
    if by.account_id == account.pk:
        raise Refused(f"不能{what}，请由另一位管理员办理。")
    _check_place(account.person_id, organisation)
    if account.person_id is not None:
        _check_managed(account.person_id, by=by, at=at)


def _check_place(person_id: int | None, organisation: Organisation) -> None:
    """Raises Forbidden where the person never stood at the organisation: the right there is none over the account."""
    if person_id is None or not stands_at(person_id, organisation.pk):
        raise Forbidden("管理在这个工会的人的账号")


def _check_managed(person_id: int, *, by: Actor, at: datetime) -> None:
    """Raises Refused where the person holds a post that `by` does not manage: a county's operator must not come by
    the account of somebody who serves the city too."""
    beyond = [
        held.zh for held in posts_held(person_id, on=today_of(at)) if not by.may("accounts.manage", path=held.path)
    ]
    if beyond:
        raise Refused(f"这个人还担任{'、'.join(beyond)}，不在您管理的范围。请由上级的系统管理员办理。")


def _tell(
    account: Account, organisation: Organisation, act: ManagedAct, *, by: Actor, at: datetime, reason_zh: str = ""
) -> None:
    """The person hears of it, whoever did it: that stands or falls with the act."""
    facts = {"account": account, "organisation": organisation, "act": act, "reason_zh": reason_zh}
    events.tell("accounts.managed", **facts, by=by, at=at)


def _read_phone(phone: str) -> str:
    try:
        return numbers.mobile(phone)
    except numbers.BadNumber as error:
        raise Refused(error.reason_zh, fields=["phone"]) from error


def _seal_phone(account: Account, phone: str, *, at: datetime) -> None:
    """While keys rotate the database cannot see that two numbers are one: it is asked for here under each key."""
    if not phone:
        return
    phone = _read_phone(phone)
    holder = by_phone(phone)
    if holder is not None and holder.pk != account.pk:
        raise Refused(_TAKEN, fields=["phone"])
    account.seal_in(phone=phone)
    account.is_phone_verified = True


def _save(account: Account, *fields: str) -> None:
    """A new account whole, one that stands only in these fields: the rest may have been changed since it was read."""
    try:
        with transaction.atomic():
            account.save(update_fields=None if account.pk is None else fields)
    except IntegrityError as clash:
        raise Refused(_TAKEN, fields=["phone"]) from clash


def _free(phone: str, *, holder: Account, at: datetime) -> None:
    """Take the phone from another account that has not been used since the number rested."""
    other = by_phone(phone)
    if other is None or other.pk == holder.pk:
        return
    if other.seen_at is not None and at - other.seen_at < NUMBER_RESTS:
        raise Refused(
            "这个手机号的账号最近还在使用，不能改到别人名下。请当事人本人持证件到上级工会核对。", fields=["phone"]
        )
    other.seal_in(phone="")
    other.is_phone_verified = False
    other.save(update_fields=_PHONE)
    sittings.end_others(other.pk, but=None)


@verb("accounts.shut_of", zh="会员死亡，停用账号", may=INSIDE)
def shut_of(*, person_id: int, by: Actor, at: datetime) -> list[int]:
    """Nobody signs in any more by the accounts of somebody who has died. Returns which these were."""
    open_ones = list(Account.objects.filter(person_id=person_id, is_active=True))
    for account in open_ones:
        _close(account)
    note(about_person_id=person_id)
    return [account.pk for account in open_ones]


@verb("accounts.open_of", zh="更正误登记的死亡，恢复账号", may=INSIDE)
def open_of(*, person_id: int, account_ids: list[int], by: Actor, at: datetime) -> None:
    """The accounts that were shut because a death was written down by mistake open again by a code to the phone; a
    password of before opens nothing, and what was closed for another reason stays closed."""
    for account in Account.objects.filter(pk__in=account_ids, person_id=person_id, is_active=False):
        account.is_active = True
        account.set_unusable_password()
        account.save(update_fields=["is_active", "password"])
    note(about_person_id=person_id)


def _close(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(is_active=False)
    account.is_active = False
    sittings.end_others(account.pk, but=None)
