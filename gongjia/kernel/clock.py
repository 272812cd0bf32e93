"""The one place that reads the clock: for the middleware, the worker and the command line. All else takes `at`."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    return timezone.localtime(timezone.now())
