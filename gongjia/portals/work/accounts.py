"""The pages of whoever manages accounts: who holds a post in reach, whether the account works, and what can be done."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from gongjia.backbone.accounts import holders, passwords, services
from gongjia.backbone.accounts.fresh import require_fresh
from gongjia.kernel.errors import Refused
from gongjia.kernel.paging import page_of
from gongjia.kernel.requests import Request
from gongjia.portals.signin import limits
from gongjia.portals.work.acts import Facts, act_page, by_of
from gongjia.portals.work.forms import (
    AccountFilter,
    CloseAccountForm,
    IssuePasswordForm,
    OpenAccountForm,
    ReopenAccountForm,
    ResetSecondFactorForm,
)

NO_ACCOUNT = "这个人还没有账号。请先开立账号。"
SHOWN_ONCE = "账号已经开立。一次性密码只显示一次；没有记下，请发一个新的。"


def accounts(request: Request) -> HttpResponse:
    """Everybody who holds or held a post in reach, officers first, with the state of the account."""
    form = AccountFilter(request.GET)
    today = request.at.date()
    rows = holders.listed(on=today, **form.asked())
    page = page_of(rows, by=("kind", "pinyin_key", "pk"), cursor=request.GET.get("cursor", ""))
    lines = holders.lines_of(page.rows, on=today)
    names = [each.account.username for each in lines if each.account]
    locked = limits.locked_until(limits.PASSWORD, names, at=request.at)
    return render(request, "work/accounts.html", {"page": page, "lines": lines, "form": form, "locked": set(locked)})


def account(request: Request, *, subject: Any) -> HttpResponse:
    """One person's account: the posts, what is open, and what can be done."""
    found, posts, at = holders.account_of(subject), holders.posts_of(subject), request.at
    context: dict[str, Any] = {"person": subject, "account": found, "posts": posts}
    is_own = found is not None and found.pk == request.actor.account_id
    holds = any(each.is_open_on(at.date()) for each in posts)
    if found is not None:
        locked = limits.locked_until(limits.PASSWORD, [found.username], at=at)
        context |= {
            "open": holders.open_of(found, at=at),
            "has_second_factor": holders.has_second_factor(found),
            "locked_until": locked.get(found.username),
            "has_password": found.has_usable_password(),
        }
    context |= {"is_own": is_own, "holds": holds, "acts": [] if is_own else _acts(context, holds=holds)}
    return render(request, "work/account.html", context)


def _acts(context: dict[str, Any], *, holds: bool) -> list[tuple[str, str]]:
    """What can be done with an account as it stands now."""
    found = context["account"]
    if found is None:
        return [("开立账号", "work:account_open")] if holds else []
    if not found.is_active:
        return [("恢复账号", "work:account_reopen")]
    acts = [("发一次性密码", "work:account_password")]
    acts += [("重设动态码", "work:account_second_factor")] if context["has_second_factor"] else []
    return [*acts, ("停用账号", "work:account_close")]


def open_account(request: Request, *, subject: Any) -> HttpResponse:
    """Open an account for somebody with a post; name and one-time password are shown once."""
    require_fresh(request)
    if holders.account_of(subject) is not None and request.method != "POST":
        raise Refused("这个人已经有账号，不需要再开一个。")
    form = OpenAccountForm(request.POST or None, initial={"username": holders.suggested_username(subject)})
    password = passwords.one_time()

    def act(facts: Facts) -> HttpResponse | None:
        del facts["seen"]
        made = services.open_for_holder(
            person=subject, organisation=_place_of(subject), password=password, **facts, **by_of(request)
        )
        if not made.check_password(password):  # the form was sent twice: the first sending's password was shown then
            return None
        return _slip(request, subject, made.username, password)

    words = {"title": "开立账号", "why": "用登录名和一次性密码登录；第一次登录要改密码，并设置动态码。"}
    return _page(request, subject, form, act, **words, submit_zh="开立账号", done=SHOWN_ONCE)


def issue_password(request: Request, *, subject: Any) -> HttpResponse:
    """A new one-time password. Sent twice, the later one counts: it is the one that is seen."""
    require_fresh(request)
    found = _account_of(subject)
    form = IssuePasswordForm(
        request.POST or None, username=found.username, suggested=holders.suggested_username(subject),
        has_password=found.has_usable_password(),
    )  # fmt: skip
    password = passwords.one_time()

    def act(facts: Facts) -> HttpResponse:
        by = by_of(request) | {"key": ""}
        made = services.issue_password(
            account=found, organisation=_place_of(subject), password=password,
            username=facts.get("username", ""), **by,
        )  # fmt: skip
        limits.lift(limits.PASSWORD, made.username)
        return _slip(request, subject, made.username, password)

    why = "以前的密码和打开的登录马上失效；本人会收到通知。动态码不变。"
    return _page(request, subject, form, act, title="发一次性密码", why=why, submit_zh="发一次性密码", done="")


def reset_second_factor(request: Request, *, subject: Any) -> HttpResponse:
    """For whoever lost the phone with the codes."""
    require_fresh(request)
    found = _account_of(subject)
    form = ResetSecondFactorForm(request.POST or None)

    def act(facts: Facts) -> None:
        del facts["seen"]
        services.reset_second_factor(account=found, organisation=_place_of(subject), **facts, **by_of(request))
        limits.lift(limits.SECOND_FACTOR, str(found.pk))

    why = "以前的动态码和恢复码、打开的登录马上失效；下次登录凭密码进入，重新设置。本人会收到通知。"
    words = {"title": "重设动态码", "why": why, "done": "动态码已经清除，本人下次登录时重新设置。"}
    return _page(request, subject, form, act, **words, submit_zh="重设动态码")


def close_account(request: Request, *, subject: Any) -> HttpResponse:
    """Close an account, at once."""
    require_fresh(request)
    found = _account_of(subject)
    form = CloseAccountForm(request.POST or None)

    def act(facts: Facts) -> None:
        services.close_account(account=found, organisation=_place_of(subject), **facts, **by_of(request))

    why = "停用后马上不能登录，打开的登录都退出；任职和办过的事的记录不变。以后可以恢复。本人会收到通知。"
    return _page(request, subject, form, act, title="停用账号", why=why, submit_zh="停用账号", done="账号已经停用。")


def reopen_account(request: Request, *, subject: Any) -> HttpResponse:
    """Open a closed account again."""
    require_fresh(request)
    found = _account_of(subject)
    form = ReopenAccountForm(request.POST or None)

    def act(facts: Facts) -> None:
        services.reopen_account(account=found, organisation=_place_of(subject), **by_of(request))

    why = "以前的密码不再有效；恢复以后请发一次性密码。动态码不变。本人会收到通知。"
    done = "账号已经恢复。要用密码登录的，请接着发一次性密码。"
    return _page(request, subject, form, act, title="恢复账号", why=why, submit_zh="恢复账号", done=done)


def _account_of(subject: Any) -> Any:
    """Raises Refused where there is none."""
    found = holders.account_of(subject)
    if found is None:
        raise Refused(NO_ACCOUNT)
    return found


def _place_of(subject: Any) -> Any:
    """The organisation in whose name the person is told: that of the post in reach; `by_reference` found one."""
    return holders.posts_of(subject)[0].organisation


def _page(
    request: Request, subject: Any, form: forms.Form, act: Callable[[Facts], HttpResponse | None], **words: Any
) -> HttpResponse:
    back_url = reverse("work:account", args=[subject.reference])
    response = act_page(request, subject, form, act, back_url=back_url, kicker=subject.name, **words)
    response["Cache-Control"] = "no-store"
    return response


def _slip(request: Request, subject: Any, username: str, password: str) -> HttpResponse:
    """What the person is handed. It stands nowhere else: the database holds a hash."""
    context = {"person": subject, "username": username, "password": password}
    return render(request, "work/account_password.html", context)
