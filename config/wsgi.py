"""The WSGI application that gunicorn serves."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from config import safety
from config.environment import BadSetting

BOOT_FAILED = 3  # gunicorn stops at once instead of trying again for ever

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
try:
    safety.refuse_unsafe()
except BadSetting as refusal:
    print(refusal, file=sys.stderr)  # noqa: T201 - before there is a log
    raise SystemExit(BOOT_FAILED) from None
application = get_wsgi_application()
