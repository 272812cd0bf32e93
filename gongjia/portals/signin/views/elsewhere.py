"""The ways in from elsewhere, off unless set up: WeChat in its own browser, and the government's single sign-on."""

from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpResponse

from gongjia.kernel.requests import Request
from gongjia.portals.signin import providers
from gongjia.portals.signin.providers import WechatAdapter

SINGLE_SIGN_ON = "sso"


def wechat(request: Request) -> HttpResponse:
    """Ask WeChat who this is."""
    _wechat_or_404()
    response: HttpResponse = OAuth2LoginView.adapter_view(WechatAdapter)(request)
    return response


def wechat_back(request: Request) -> HttpResponse:
    """WeChat's answer: a bound openid signs in, another one waits for a phone's code."""
    _wechat_or_404()
    response: HttpResponse = OAuth2CallbackView.adapter_view(WechatAdapter)(request)
    return response


def single_sign_on(request: Request) -> HttpResponse:
    _single_sign_on_or_404()
    adapter = OpenIDConnectOAuth2Adapter(request, SINGLE_SIGN_ON)
    response: HttpResponse = OAuth2LoginView.adapter_view(adapter)(request)
    return response


def single_sign_on_back(request: Request, *, provider_id: str) -> HttpResponse:
    _single_sign_on_or_404()
    if provider_id != SINGLE_SIGN_ON:
        raise Http404
    adapter = OpenIDConnectOAuth2Adapter(request, provider_id)
    response: HttpResponse = OAuth2CallbackView.adapter_view(adapter)(request)
    return response


def _wechat_or_404() -> None:
    if not providers.is_wechat_on():
        raise Http404


def _single_sign_on_or_404() -> None:
    if not providers.single_sign_on():
        raise Http404
