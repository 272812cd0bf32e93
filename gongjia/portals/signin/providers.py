"""WeChat and single sign-on as allauth's providers, kept to the one thing that is needed: a stable number.

No nickname, picture, sex or address is fetched or stored (个人信息保护法 article 6: the least that the purpose needs).
"""

from typing import Any

from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.weixin.client import WeixinOAuth2Client
from allauth.socialaccount.providers.weixin.provider import WeixinProvider
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter
from django.conf import settings

from gongjia.kernel.requests import Request
from gongjia.portals.signin import identities

IN_WECHAT = "MicroMessenger"


class WechatClient(WeixinOAuth2Client):  # type: ignore[misc]  # the library has no types
    def get_redirect_url(self, *args: Any) -> str:
        """WeChat's browser opens the address only with this ending."""
        return f"{super().get_redirect_url(*args)}#wechat_redirect"


class WechatAdapter(WeixinOAuth2Adapter):  # type: ignore[misc]  # the library has no types
    """Inside WeChat, silently (snsapi_base): the answer to the code already holds the openid."""

    client_class = WechatClient

    @property
    def access_token_url(self) -> str:
        return str(self.get_provider().get_settings()["TOKEN_URL"])

    def complete_login(self, request: Request, _app: Any, _token: Any, **kwargs: Any) -> Any:
        return self.get_provider().sociallogin_from_response(request, {"openid": kwargs["response"]["openid"]})


class WechatProvider(WeixinProvider):  # type: ignore[misc]  # the library has no types
    name = identities.WECHAT
    oauth2_adapter_class = WechatAdapter

    def extract_extra_data(self, _data: dict[str, Any]) -> dict[str, Any]:
        return {}


class SingleSignOnProvider(OpenIDConnectProvider):  # type: ignore[misc]  # the library has no types
    """An address of e-mail proves nothing here: accounts are never found or made by one."""

    def extract_extra_data(self, _data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_common_fields(self, _data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, _data: dict[str, Any]) -> list[Any]:
        return []


def is_wechat_on() -> bool:
    return bool(_apps("weixin"))


def has_wechat(request: Request) -> bool:
    """Whether to offer WeChat: it is set up, and this is WeChat's own browser."""
    return is_wechat_on() and IN_WECHAT in request.headers.get("User-Agent", "")


def single_sign_on() -> str:
    """The name of the single sign-on that is set up, "" when none is."""
    apps = _apps("openid_connect")
    return str(apps[0]["name"]) if apps else ""


def _apps(provider: str) -> list[dict[str, Any]]:
    return list(settings.SOCIALACCOUNT_PROVIDERS.get(provider, {}).get("APPS", []))
