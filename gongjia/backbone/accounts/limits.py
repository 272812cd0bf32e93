"""How long signing in lasts, and what a password must be. Figures for grade 3 of GB/T 22239-2019 (等级保护 2.0): the
standard names the points, the numbers are the customary ones; two of them are settings, which may only be stricter.

以上、以内 include the number; a device that was away for 180 days has been away too long.
"""

from datetime import datetime, timedelta

SHORTEST_PASSWORD = 8
SHORTEST_OFFICER_PASSWORD = 12
FEWEST_CLASSES = 3
PASSWORDS_REMEMBERED = 5

SESSION_LASTS = timedelta(days=30)
DEVICE_FORGOTTEN_AFTER = timedelta(days=180)
VOUCHER_LASTS = timedelta(hours=24)
#: A number is given to somebody else at the earliest after this rest (电信网码号 practice: 90 days).
NUMBER_RESTS = timedelta(days=90)

MOST_SESSIONS = 10
MOST_OFFICER_SESSIONS = 3

SEEN_EVERY = timedelta(minutes=10)
OFFICER_SEEN_EVERY = timedelta(minutes=1)

_CLASSES = (str.islower, str.isupper, str.isdigit)


def classes_in(password: str) -> int:
    """How many of the four kinds of sign a password has: small letters, capitals, digits, and all others."""
    found = {next((i for i, is_of in enumerate(_CLASSES) if is_of(sign)), len(_CLASSES)) for sign in password}
    return len(found)


def is_over(signed_in_at: datetime, *, at: datetime) -> bool:
    """Whether a session has had its thirty days."""
    return at - signed_in_at >= SESSION_LASTS


def is_idle(seen_at: datetime, *, at: datetime, minutes: int) -> bool:
    """Whether nothing was done for more than `minutes`."""
    return at - seen_at > timedelta(minutes=minutes)


def is_away(last_at: datetime, *, at: datetime) -> bool:
    """Whether a device was not used for so long that its number may have gone to somebody else."""
    return at - last_at >= DEVICE_FORGOTTEN_AFTER


def is_old(password_changed_at: datetime | None, *, at: datetime, days: int) -> bool:
    """Whether a password must be changed: older than `days`, or set by somebody else."""
    return password_changed_at is None or at - password_changed_at > timedelta(days=days)
