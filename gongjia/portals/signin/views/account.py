"""One's own account: devices, phone, password, proving to be there, leaving; and vouching for a member."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect

from gongjia.backbone.accounts import services, sittings, trail
from gongjia.backbone.accounts.fresh import require_fresh
from gongjia.backbone.accounts.queries import mine
from gongjia.kernel.errors import Refused
from gongjia.kernel.masking import mask_phone
from gongjia.kernel.requests import Request
from gongjia.portals.open.errors import signed_out
from gongjia.portals.signin import codes, entry, identities, limits, second_factor
from gongjia.portals.signin.adapters import locked_words
from gongjia.portals.signin.codes import CONFIRM, NEW_PHONE, PhoneCode
from gongjia.portals.signin.forms import ChangePasswordForm, CodeForm, FreshSecondFactorForm, PhoneForm, VouchForm
from gongjia.portals.signin.views._page import draw
from gongjia.portals.signin.views.arriving import is_used_up


def devices(request: Request) -> HttpResponse:
    """What is open where, and what opens the account; each can be ended."""
    account = mine(request)
    return draw(
        request,
        "devices",
        sittings=sittings.of_account(request, account.pk),
        phone=mask_phone(account.reveal("phone")),
        has_password=account.has_usable_password(),
        has_second_factor=second_factor.is_set_up(account.pk),
        identities=identities.of_account(account.pk),
    )


def end_device(request: Request) -> HttpResponse:
    """End one sitting, at once. One's own is ended by signing out."""
    account = mine(request)
    number = request.POST.get("device", "")
    if number.isdigit() and sittings.end_one(account.pk, int(number)):
        trail.ended(account, why="by_list", by=request.actor, at=request.at)
        messages.success(request, "那台设备已经退出，再用它登录要重新核对身份。")
    return redirect("signin:devices")


def end_others(request: Request) -> HttpResponse:
    account = mine(request)
    count = sittings.end_others(account.pk, but=request.session.session_key)
    trail.ended(account, why="by_list", by=request.actor, at=request.at, count=count)
    messages.success(request, f"其他设备都已经退出（{count} 台）。")
    return redirect("signin:devices")


def release_identity(request: Request) -> HttpResponse:
    number = request.POST.get("identity", "")
    if number.isdigit() and identities.release(request, mine(request), int(number)):
        messages.success(request, "已经解除绑定。")
    return redirect("signin:devices")


def sign_out(request: Request) -> HttpResponse:
    if request.method == "POST":
        if request.actor.is_signed_in:
            trail.ended(mine(request), why="signed_out", by=request.actor, at=request.at)
        sittings.leave(request)
        return redirect("signin:out")
    return draw(request, "out") if request.actor.is_signed_in else signed_out(request)


def confirm(request: Request) -> HttpResponse:
    """Prove to be there: by the changing code if there is one, else by a code to the phone."""
    wanted = request.GET.get("next", "")
    target = wanted if entry.is_own(request, wanted) else "/"
    account = mine(request)
    if second_factor.is_set_up(account.pk):
        form = FreshSecondFactorForm(request.POST or None, user=account, request=request)
        if request.method == "POST" and form.is_valid():
            form.save()
            sittings.freshen(request)
            return HttpResponseRedirect(target)
        return draw(request, "confirm_second_factor", form=form)
    return _confirm_by_phone(request, account, target)


def _confirm_by_phone(request: Request, account: Any, target: str) -> HttpResponse:
    phone = account.reveal("phone")
    process = PhoneCode.resume(request, purpose=CONFIRM)
    if not phone or not codes.can_send():
        return draw(request, "confirm_stuck", has_phone=bool(phone))
    if request.POST.get("send"):
        if process is None:
            PhoneCode.start(request, phone, purpose=CONFIRM)
        else:
            process.send()
        return HttpResponseRedirect(request.get_full_path())
    if process is None:
        return draw(request, "confirm_send", phone=mask_phone(phone))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if process.accepts(form.cleaned_data["code"]):
            sittings.freshen(request)
            return HttpResponseRedirect(target)
        if is_used_up(request, process, form):
            return HttpResponseRedirect(request.get_full_path())
    return draw(request, "confirm_code", form=form, phone=mask_phone(phone), shown=codes.shown(process))


def new_phone(request: Request) -> HttpResponse:
    """Move the account to another number: first to be there, then a code to the new one."""
    require_fresh(request)
    form = PhoneForm(request.POST or None) if codes.can_send() else None
    if form is not None and form.is_valid():
        PhoneCode.start(request, form.cleaned_data["phone"], purpose=NEW_PHONE)
        return redirect("signin:new-phone-code")
    return draw(request, "new_phone", form=form)


def new_phone_code(request: Request) -> HttpResponse:
    require_fresh(request)
    process = PhoneCode.resume(request, purpose=NEW_PHONE)
    if process is None:
        return redirect("signin:new-phone")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if process.accepts(form.cleaned_data["code"]):
            account = mine(request)
            services.bind_phone(account=account, phone=process.phone, by=request.actor, at=request.at)
            messages.success(request, "手机号已经换好，下次登录请用新号码。")
            return redirect("signin:devices")
        if is_used_up(request, process, form):
            return redirect("signin:new-phone")
    return draw(request, "confirm_code", form=form, phone=mask_phone(process.phone), shown=codes.shown(process))


def password(request: Request) -> HttpResponse:
    """Change the password of whoever has one. The present one is counted like one at sign-in."""
    account = mine(request)
    if not account.has_usable_password():
        return redirect("signin:devices")
    form = ChangePasswordForm(request.POST or None)
    if form.is_valid() and _is_present(request, account, form):
        try:
            services.set_password(
                account=account, password=form.cleaned_data["password"], by=request.actor, at=request.at
            )
        except Refused as refusal:
            form.add_error("password", list(refusal.reasons))
        else:
            sittings.after_new_password(request, account)
            messages.success(request, "密码已经修改，其他设备都已退出。")
            return redirect("signin:devices")
    return draw(request, "password", form=form)


def _is_present(request: Request, account: Any, form: ChangePasswordForm) -> bool:
    until = limits.try_once(limits.PASSWORD, account.username, at=request.at)
    if until is None and account.check_password(form.cleaned_data["present"]):
        limits.passed(limits.PASSWORD, account.username)
        return True
    if until is None:
        trail.sign_in_failed(account, why=limits.PASSWORD.name, at=request.at)
        until = limits.failed(limits.PASSWORD, account.username, at=request.at)
        if until is not None:
            trail.locked(account, why=limits.PASSWORD.name, until=until, at=request.at)
    form.add_error("present", "现在的密码不对，请再填一次。" if until is None else locked_words(until))
    return False


def vouch(request: Request, *, subject: Any) -> HttpResponse:
    """Somebody of the union has the member and the card before them: let in a new device, or change the number."""
    require_fresh(request)
    form = VouchForm(request.POST or None)
    if form.is_valid():
        try:
            services.vouch(membership=subject, phone=form.cleaned_data["phone"], by=request.actor, at=request.at)
        except Refused as refusal:
            form.add_error("phone", list(refusal.reasons))
        else:
            return draw(request, "vouched", membership=subject, phone=mask_phone(form.cleaned_data["phone"]))
    return draw(request, "vouch", form=form, membership=subject)
