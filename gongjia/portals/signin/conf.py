"""Settings of sign-in, read by config/settings.py: allauth's, and ours. What is not named here is off."""

from typing import Any

from config import environment as _env

# ── which of allauth's ways in are open: user name and password; the phone's code is a flow of our own on its parts ─
LOGIN_REDIRECT_URL = "/start/"  # where the open portal leads each to the face that is theirs
AUTHENTICATION_BACKENDS = ["gongjia.backbone.accounts.backends.Backend"]
ACCOUNT_ADAPTER = "gongjia.portals.signin.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = False  # found by index, not by a scan that folds case
ACCOUNT_SESSION_REMEMBER = False  # after a password the cookie ends with the browser
ACCOUNT_RATE_LIMITS = False  # limits.py counts with the request's own time
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _env.flag("GONGJIA_BEHIND_PROXY", default=False) else 0

# ── second factor ───────────────────────────────────────────────────────────────────────────────────────────
MFA_ADAPTER = "gongjia.portals.signin.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off

# ── rules that an installation may make stricter, never laxer ───────────────────────────────────────────────


def _at_most(name: str, most: int) -> int:
    value = _env.whole(name, most)
    if not 1 <= value <= most:
        raise _env.BadSetting(f"设置 {name} 的值“{value}”不合要求：应在 1 到 {most} 之间。")
    return value


PASSWORD_DAYS = _at_most("GONGJIA_PASSWORD_DAYS", 90)
OFFICER_IDLE_MINUTES = _at_most("GONGJIA_OFFICER_IDLE_MINUTES", 30)

# ── options, off unless named ───────────────────────────────────────────────────────────────────────────────
WECHAT_APP_ID = _env.text("GONGJIA_WECHAT_APP_ID", "")
OIDC_URL = _env.address("GONGJIA_OIDC_URL")
OIDC_NAME = _env.text("GONGJIA_OIDC_NAME", "统一身份认证")

SOCIALACCOUNT_ADAPTER = "gongjia.portals.signin.adapters.IdentityAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form that leads to another site is stopped by the content security policy
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, Any]] = {
    "weixin": {
        "provider_class": "gongjia.portals.signin.providers.WechatProvider",
        "AUTHORIZE_URL": _env.address(
            "GONGJIA_WECHAT_AUTHORIZE_URL", "https://open.weixin.qq.com/connect/oauth2/authorize"
        ),
        "TOKEN_URL": _env.address("GONGJIA_WECHAT_TOKEN_URL", "https://api.weixin.qq.com/sns/oauth2/access_token"),
        "SCOPE": ["snsapi_base"],
        "APPS": [{"client_id": WECHAT_APP_ID, "secret": _env.text("GONGJIA_WECHAT_SECRET", "")}]
        if WECHAT_APP_ID
        else [],
    },
    "openid_connect": {
        "provider_class": "gongjia.portals.signin.providers.SingleSignOnProvider",
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": OIDC_NAME,
                "client_id": _env.text("GONGJIA_OIDC_ID", ""),
                "secret": _env.text("GONGJIA_OIDC_SECRET", ""),
                "settings": {"server_url": OIDC_URL, "scope": ["openid"], "fetch_userinfo": False},
            }
        ]
        if OIDC_URL
        else [],
    },
}
