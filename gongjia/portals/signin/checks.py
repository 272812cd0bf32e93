"""What an operator must know before anybody tries to sign in."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - Django's own names

WITHOUT_SMS = "没有配置短信服务（GONGJIA_SMS_URL）：职工收不到验证码，不能用手机号登录。"
WITHOUT_KEY = "配置了短信服务，但没有签名密钥（GONGJIA_SMS_KEY）：短信服务无法确认请求来自本平台。"
WECHAT_WITHOUT_SECRET = "配置了微信登录（GONGJIA_WECHAT_APP_ID），但没有 GONGJIA_WECHAT_SECRET：登录会失败。"
OIDC_WITHOUT_CLIENT = (
    "配置了统一身份认证（GONGJIA_OIDC_URL），但没有 GONGJIA_OIDC_ID 或 GONGJIA_OIDC_SECRET：登录会失败。"
)


def check_signin(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    """Whether codes can be sent, and whether the ways in that are switched on can work."""
    found: list[CheckMessage] = []
    if settings.MODE == "production" and not settings.SMS_URL:
        found.append(Warning(WITHOUT_SMS, id="signin.W001"))
    if settings.SMS_URL and not settings.SMS_KEY:
        found.append(Error(WITHOUT_KEY, id="signin.E001"))
    wechat, sso = (settings.SOCIALACCOUNT_PROVIDERS[name]["APPS"] for name in ("weixin", "openid_connect"))
    if any(not app["secret"] for app in wechat):
        found.append(Error(WECHAT_WITHOUT_SECRET, id="signin.E002"))
    if any(not (app["client_id"] and app["secret"]) for app in sso):
        found.append(Error(OIDC_WITHOUT_CLIENT, id="signin.E003"))
    return found
