"""The questions of sign-in, one a form. What is typed is brought to one form here; whether it is right, views ask."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.internal.auth import validate_totp_code
from django import forms
from django.core.exceptions import ValidationError

from gongjia.backbone.accounts import trail
from gongjia.backbone.accounts.queries import LAST_DIGITS
from gongjia.kernel import numbers
from gongjia.kernel.requests import Request
from gongjia.portals.signin import limits
from gongjia.portals.signin.adapters import locked_words, secrets_of

_CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "6"}
_WRONG_CODE = "动态码不对。请看身份验证器上现在显示的六位数字；用过的码要等下一个。"


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label="手机号", max_length=30, help_text="11 位手机号", error_messages={"required": "请填写手机号"}
    )

    def clean_phone(self) -> str:
        """Eleven digits, however they were written: +86, blanks, full width."""
        try:
            return numbers.mobile(self.cleaned_data["phone"])
        except numbers.BadNumber as error:
            raise ValidationError(error.reason_zh) from error


class CodeForm(forms.Form):
    code = forms.CharField(
        label="验证码",
        max_length=12,
        help_text="短信里的六位数字",
        error_messages={"required": "请填写短信里的六位验证码"},
        widget=forms.TextInput(attrs=_CODE),
    )


class IdDigitsForm(forms.Form):
    """Not named id_number: it is only its end, and a browser should not offer it again."""

    digits = forms.CharField(
        label="证件号码后六位",
        min_length=LAST_DIGITS,
        max_length=LAST_DIGITS,
        help_text="最后一位是字母 X 的，也要填",
        error_messages={
            "required": "请填写证件号码的最后六位",
            "min_length": "请填写最后六位，不多也不少",
            "max_length": "请填写最后六位，不多也不少",
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class OfficerForm(LoginForm):  # type: ignore[misc]  # the library has no types
    """Name and password, checked by allauth; how often, by our adapter."""

    password = forms.CharField(
        label="密码",
        strip=False,
        error_messages={"required": "请填写密码"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label="登录名",
            max_length=40,
            error_messages={"required": "请填写登录名"},
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        )
        self.order_fields(["login", "password"])


class _Counted:
    """Counts wrong second factors, and takes no code twice."""

    request: Request
    user: Any

    def clean_code(self) -> str:
        who, at = str(self.user.pk), self.request.at
        until = limits.try_once(limits.SECOND_FACTOR, who, at=at)
        if until is not None:
            raise ValidationError(locked_words(until))
        try:
            with secrets_of(self.user.pk):
                code: str = super().clean_code()  # type: ignore[misc]  # a mixin before the library's form
        except ValidationError as wrong:
            raise self._failed(wrong, who) from None
        if limits.take(f"second-factor:{who}:{code}", limits.CODE_OF_SECOND_FACTOR, at=at):
            raise ValidationError(_WRONG_CODE)
        limits.passed(limits.SECOND_FACTOR, who)
        return code

    def _failed(self, wrong: ValidationError, who: str) -> ValidationError:
        trail.sign_in_failed(self.user, why=limits.SECOND_FACTOR.name, at=self.request.at)
        until = limits.failed(limits.SECOND_FACTOR, who, at=self.request.at)
        if until is None:
            return wrong
        trail.locked(self.user, why=limits.SECOND_FACTOR.name, until=until, at=self.request.at)
        return ValidationError(locked_words(until))


def _second_factor_field() -> forms.CharField:
    return forms.CharField(
        label="动态码",
        max_length=20,
        help_text="身份验证器上的六位数字；手机不在身边，可以填一个恢复码",
        error_messages={"required": "请填写动态码或恢复码"},
        widget=forms.TextInput(attrs=_CODE | {"maxlength": "12"}),
    )


class SecondFactorForm(_Counted, AuthenticateForm):  # type: ignore[misc]  # the library has no types
    code = _second_factor_field()

    def __init__(self, *args: Any, request: Request, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)


class FreshSecondFactorForm(_Counted, ReauthenticateForm):  # type: ignore[misc]  # the library has no types
    code = _second_factor_field()

    def __init__(self, *args: Any, request: Request, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)


class EnrolForm(forms.Form):
    code = forms.CharField(
        label="动态码",
        max_length=6,
        help_text="扫码以后，身份验证器上显示的六位数字",
        error_messages={"required": "请填写身份验证器上显示的六位数字"},
        widget=forms.TextInput(attrs=_CODE),
    )

    def __init__(self, *args: Any, secret: str, **kwargs: Any) -> None:
        self.secret = secret
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not validate_totp_code(self.secret, code):
            raise ValidationError("动态码不对。请看身份验证器上现在显示的数字，并检查手机的时间是否自动校准。")
        return code


class NewPasswordForm(forms.Form):
    password = forms.CharField(
        label="新密码",
        strip=False,
        max_length=128,
        error_messages={"required": "请填写新密码"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再填一次新密码",
        strip=False,
        max_length=128,
        error_messages={"required": "请把新密码再填一次"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("again") and given.get("password") != given["again"]:
            self.add_error("again", "两次填的不一样，请再填一次")
        return given


class ChangePasswordForm(NewPasswordForm):
    present = forms.CharField(
        label="现在的密码",
        strip=False,
        error_messages={"required": "请填写现在的密码"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("present", "password", "again")


class VouchForm(forms.Form):
    phone = forms.CharField(label="换成新手机号", max_length=30, required=False, help_text="号码没有变就不用填")
    seen = forms.BooleanField(
        label="我已当面核对本人和证件原件",
        error_messages={"required": "请当面核对本人和证件原件，再勾选"},
    )

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"].strip()
        try:
            return numbers.mobile(typed) if typed else ""
        except numbers.BadNumber as error:
            raise ValidationError(error.reason_zh) from error
