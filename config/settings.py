"""One file of settings; every value is read by a typed reader that refuses nonsense (config/environment.py).

The mode decides how strict the start is: `production` refuses unsafe values (config/safety.py), `demo` opens the
invented city with its page of personas, `test` is for the test suite.
"""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext
from csp.constants import NONCE, SELF

from config import environment as env

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = env.one_of("GONGJIA_MODE", ("production", "demo", "test"), "production")
DEMO = MODE == "demo"
TEST = MODE == "test"
VAR = env.folder("GONGJIA_VAR", str(BASE_DIR / "var" / MODE))

DEBUG = False
SECRET_KEY = env.text("GONGJIA_SECRET_KEY", "only-for-tests" if TEST else None)
KEYS_FILE = Path(env.text("GONGJIA_KEYS_FILE", str(VAR / "keys.json")))
ALLOWED_HOSTS = env.listed("GONGJIA_HOSTS", "*" if (DEMO or TEST) else "")
CSRF_TRUSTED_ORIGINS = env.origins("GONGJIA_ORIGINS")
PUBLIC_URL = env.address("GONGJIA_PUBLIC_URL", "http://127.0.0.1:8000")
FONTS = Path(_fonts) if (_fonts := env.text("GONGJIA_FONTS", "")) else None
REGION = env.matching("GONGJIA_REGION", r"\d{2}|\d{4}|\d{6}", "4212", "两位、四位或六位的行政区划代码")

INSTALLED_APPS = [
    "gongjia.kernel",
    "gongjia.theme",
    "gongjia.backbone.regions",
    "gongjia.backbone.organisations",
    "gongjia.backbone.employers",
    "gongjia.backbone.people",
    "gongjia.backbone.memberships",
    "gongjia.backbone.posts",
    "gongjia.backbone.accounts",
    "gongjia.backbone.files",
    "gongjia.backbone.standings",
    "gongjia.engines.intake",
    "gongjia.engines.papers",
    "gongjia.engines.messages",
    "gongjia.engines.figures",
    "gongjia.engines.casework",
    "gongjia.engines.matching",
    "gongjia.domains.organising",
    "gongjia.domains.enrolment",
    "gongjia.domains.founding",
    "gongjia.domains.homes",
    "gongjia.domains.voices",
    "gongjia.domains.fieldwork",
    "gongjia.portals.signin",
    "gongjia.portals.work",
    "gongjia.portals.service",
    "gongjia.portals.liaison",
    "gongjia.portals.open",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django_htmx",
    "treebeard",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.weixin",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gongjia.kernel.middleware.request_facts",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gongjia.kernel.middleware.actor_and_refusals",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gongjia.theme.context.face",
            ],
            "builtins": ["gongjia.theme.templatetags.theme"],
        },
    }
]

# ── database ────────────────────────────────────────────────────────────────────────────────────────────────
DATABASE_URL = env.text("GONGJIA_DATABASE_URL", f"sqlite:///{VAR / 'gongjia.sqlite3'}")
_database = env.database("GONGJIA_DATABASE_URL", DATABASE_URL)
_database["CONN_MAX_AGE"] = 60
if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a reader that turns writer half way would otherwise fail at once
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=10000;"
        "PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536;",
    }
    if TEST:
        _database["TEST"] = {"NAME": str(VAR / "test.sqlite3")}  # a file: tests with threads share it
else:
    _database["CONN_HEALTH_CHECKS"] = True
    # A page's queries are short: compiling them, where the planner expects too many rows, takes longer than running.
    _database["OPTIONS"] = {"options": "-c jit=off", **_database.get("OPTIONS", {})}
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if TEST
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kernel_cache"}
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# ── language and time ───────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = True

# ── static files: served from the project itself, no third-party file in it ─────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
NODE_ROOT = BASE_DIR / "node_modules"
NODE_ASSETS = {
    "@tabler/core": ["dist/css/tabler.min.css*"],
    "echarts": ["dist/echarts.min.js"],
}
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "gongjia.theme.finders.NodeFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(VAR / "files")}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TEST
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TEST
WHITENOISE_KEEP_ONLY_HASHED_FILES = not TEST  # pages ask by hashed names only: half as much to compress

# ── who signs in, and how ───────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "/signin/"
LOGIN_REDIRECT_URL = "/start/"
SESSION_ENGINE = "gongjia.kernel.sessions"
SESSION_COOKIE_AGE = int(timedelta(days=30).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE = MODE == "production" and env.flag("GONGJIA_HTTPS", default=True)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if env.flag("GONGJIA_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "gongjia.portals.open.errors.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# The codes, limits and forms of sign-in are settings of allauth; they stand in the portal that owns the pages.
from gongjia.portals.signin.conf import *  # noqa: E402, F403

# ── what a page may load ────────────────────────────────────────────────────────────────────────────────────
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF],
        "base-uri": [SELF],
    }
}

# ── logs: no personal data; each line carries the request's number ──────────────────────────────────────────
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_number": {"()": "gongjia.kernel.logs.RequestNumber"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {request_number} {name}: {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_number"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"gongjia": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# ── messages to the outside: off unless named ───────────────────────────────────────────────────────────────
SMS_URL = env.address("GONGJIA_SMS_URL")
SMS_KEY = env.text("GONGJIA_SMS_KEY", "")
