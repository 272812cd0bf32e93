"""The workers' way: phone, code, and on a new device the last six of the ID."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect

from gongjia.backbone.accounts import newcomers, queries, services, sittings, trail
from gongjia.backbone.accounts.actors import IDLE, OVER, WEAK
from gongjia.kernel.actors import NOBODY
from gongjia.kernel.masking import mask_phone
from gongjia.kernel.requests import Request
from gongjia.portals.open.forms import FindForm
from gongjia.portals.signin import codes, entry, identities, limits, providers, stages
from gongjia.portals.signin.codes import SIGN_IN, PhoneCode
from gongjia.portals.signin.forms import CodeForm, IdDigitsForm, PhoneForm
from gongjia.portals.signin.views._page import draw

WORDS_OF_ENDING = {
    IDLE: "您有一阵没有操作，为了安全已经自动退出。请重新登录，刚才的页面会接着打开。",
    OVER: "这台设备上的登录已满 30 天，请重新登录一次。",
    WEAK: (
        "您现在的职务要求用登录名、密码和动态码登录，只用手机验证码进不去了。请点下面的“工会干部用密码登录”；"
        "登录名和第一次的密码，由本级工会的系统管理员给您。登录以后，您自己的会员页面照常能用。"
    ),
}


def start(request: Request) -> HttpResponse:
    """The phone. Whoever is in already goes on to where they were going."""
    entry.keep_errand(request)
    if request.actor.is_signed_in:
        return HttpResponseRedirect(entry.errand_of(request))
    form = PhoneForm(request.POST or None) if codes.can_send() else None
    if form is not None and form.is_valid():
        PhoneCode.start(request, form.cleaned_data["phone"], purpose=SIGN_IN)
        return redirect("signin:code")
    return draw(
        request,
        "phone",
        form=form,
        ended=WORDS_OF_ENDING.get(sittings.why_ended(request), ""),
        waiting=identities.waiting(request),
        wechat=providers.has_wechat(request),
        single_sign_on=providers.single_sign_on(),
    )


def code(request: Request) -> HttpResponse:
    """The code. Only when it is right does anybody learn whether the phone is known."""
    process = PhoneCode.resume(request, purpose=SIGN_IN)
    if process is None:
        messages.info(request, "验证码已经失效（5 分钟内有效，用过一次或试错五次就作废）。请重新获取。")
        return redirect("signin:start")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if process.accepts(form.cleaned_data["code"]):
            return _proven(request, process.phone)
        if is_used_up(request, process, form):
            return redirect("signin:start")
    return draw(
        request,
        "code",
        form=form,
        phone=mask_phone(process.phone),
        shown=codes.shown(process),
        wait_seconds=process.wait_seconds,
    )


def is_used_up(request: Request, process: PhoneCode, form: CodeForm) -> bool:
    """Say at the field that the code was wrong; True after the last try."""
    trail.sign_in_failed(None, why="code", at=request.at)
    if process.tries_left <= 0:
        messages.error(request, "验证码试错了五次，已经作废。请过一分钟重新获取。")
        return True
    form.add_error("code", f"验证码不对，请看最新一条短信。还可以试 {process.tries_left} 次。")
    return False


def code_again(request: Request) -> HttpResponse:
    """Another code to the same phone. Raises TooFast within a minute."""
    process = PhoneCode.resume(request, purpose=SIGN_IN)
    if process is None:
        return redirect("signin:start")
    process.send()
    messages.success(request, "已经重新发送。请填最新一条短信里的验证码，旧的不能再用。")
    return redirect("signin:code")


def _proven(request: Request, phone: str) -> HttpResponse:
    """The phone is in their hand. Known: in. Unknown and on the way to joining: in, as a newcomer. Else: what to do."""
    account = queries.by_phone(phone)
    if account is None and (person := queries.sole_person_with(phone)) is not None:
        account = services.open_account(person=person, phone=phone, by=NOBODY, at=request.at)
    if account is None and newcomers.may_come_by(entry.errand_of(request)):
        account = services.open_account(person=None, phone=phone, by=NOBODY, at=request.at)
    if account is None:
        return redirect("signin:welcome")
    return entry.let_in(request, account, how=entry.CODE)


def identity(request: Request) -> HttpResponse:
    """On a new device, or after 180 days: the last six of the ID, because numbers are given to others."""
    stage = stages.current(request, stages.DeviceStage)
    if stage is None:
        return redirect("signin:start")
    account = stage.login.user
    if not queries.has_id_number(account.person_id):
        return draw(request, "identity_stuck", is_missing=True)
    form = IdDigitsForm(request.POST or None)
    if form.is_valid():
        until = limits.try_once(limits.ID_DIGITS, str(account.pk), at=request.at)
        if until is not None:
            return draw(request, "identity_stuck", until=until)
        if queries.id_ends_with(account.person_id, form.cleaned_data["digits"]):
            limits.passed(limits.ID_DIGITS, str(account.pk))
            done: HttpResponse = stage.exit()
            return done
        trail.sign_in_failed(account, why=limits.ID_DIGITS.name, at=request.at)
        until = limits.failed(limits.ID_DIGITS, str(account.pk), at=request.at)
        if until is not None:
            trail.locked(account, why=limits.ID_DIGITS.name, until=until, at=request.at)
            return draw(request, "identity_stuck", until=until)
        form.add_error("digits", "和登记的证件号码对不上，请对照证件再填一次。")
    return draw(request, "identity", form=form, shown=queries.demo_digits(account.person_id) if codes.is_demo() else "")


def welcome(request: Request) -> HttpResponse:
    """The phone is proven, but nobody is registered with it: what there is to do."""
    return draw(request, "welcome", form=FindForm())


def drop_identity(request: Request) -> HttpResponse:
    """Sign in without binding the WeChat that waits."""
    identities.drop(request)
    return redirect("signin:start")
