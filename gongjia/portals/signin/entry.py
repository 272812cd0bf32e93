"""The last step of every sign-in, whichever way it came: a sitting begins, the browser is known, the record says so."""

from allauth.account.internal.flows.login import get_authentication_records, perform_login, record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from gongjia.backbone.accounts import devices, sittings, trail
from gongjia.backbone.accounts.models import Account
from gongjia.backbone.accounts.queries import is_officer
from gongjia.kernel.moments import today_of
from gongjia.kernel.requests import Request
from gongjia.portals.signin import identities

CODE, PASSWORD, SECOND_FACTOR, IDENTITY, PERSONA = "code", "password", "mfa", "socialaccount", "persona"
SINGLE_SIGN_ON = "openid_connect"
FIRST_FACTORS_OF_OFFICERS = frozenset({PASSWORD, SINGLE_SIGN_ON, PERSONA})

DEVICE_COOKIE = "device"
DEVICE_COOKIE_AGE = 400 * 24 * 3600  # browsers keep no cookie for longer
_ERRAND = "errand"


def methods_of(request: Request, account: Account | None) -> frozenset[str]:
    """What has been passed on the way so far: of identities from elsewhere single sign-on is named apart.

    The demo's persona counts only in the demo.
    """
    found = set()
    for record in get_authentication_records(request, account):
        is_sso = record["method"] == IDENTITY and record.get("provider") != "weixin"
        found.add(SINGLE_SIGN_ON if is_sso else record["method"])
    return frozenset(found if settings.DEMO else found - {PERSONA})


def is_strong(methods: frozenset[str]) -> bool:
    """Password (or single sign-on) and second factor."""
    return PERSONA in methods or (SECOND_FACTOR in methods and bool(methods & FIRST_FACTORS_OF_OFFICERS))


def begin_anew(request: Request) -> None:
    """Forget what an earlier sign-in of this browser has passed and left lying."""
    clear_login(request)


def let_in(request: Request, account: Account, *, how: str) -> HttpResponse:
    """Go on with an account whose first factor is proven: through the stages, then to where the person was going."""
    begin_anew(request)
    record_authentication(request, account, how)
    response: HttpResponse = perform_login(request, Login(user=account, redirect_url=errand_of(request)))
    return response


def settle(request: Request, account: Account, response: HttpResponse) -> None:
    """Called when all stages are passed and the session is the account's."""
    methods = methods_of(request, account)
    token = request.COOKIES.get(DEVICE_COOKIE) or devices.new_token()
    was_known = devices.is_known(account, token, at=request.at)
    device = devices.remember(account, token, user_agent=request.headers.get("User-Agent", ""), at=request.at)
    officer = is_officer(account, on=today_of(request.at))
    sittings.begin(request, account, is_strong=is_strong(methods), device=device, is_officer=officer)
    trail.signed_in(account, how=sorted(methods), is_new_device=not was_known, at=request.at)
    if bound := identities.bind_waiting(request, account):
        messages.success(request, f"已经绑定{bound}，以后可以直接用它登录。")
    request.session.pop(_ERRAND, None)
    response.set_cookie(
        DEVICE_COOKIE,
        token,
        max_age=DEVICE_COOKIE_AGE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def keep_errand(request: Request) -> None:
    """Remember where the person was going, if the address is of this site; another one is dropped in silence."""
    wanted = request.GET.get("next", "")
    if wanted and is_own(request, wanted):
        request.session[_ERRAND] = wanted
    elif wanted:
        request.session.pop(_ERRAND, None)


def errand_of(request: Request) -> str:
    """Where to go after signing in."""
    return str(request.session.get(_ERRAND) or settings.LOGIN_REDIRECT_URL)


def is_own(request: Request, url: str) -> bool:
    """Whether an address leads to this site; no other host is trusted, whatever the settings allow."""
    return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
