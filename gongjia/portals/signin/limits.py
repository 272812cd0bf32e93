"""How often something may be tried, by the time of the request: the figures of sign-in over the accounts' `tries`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from allauth.core.internal.ratelimit import Rate, get_ip

from gongjia.backbone.accounts import tries
from gongjia.kernel.errors import TooFast
from gongjia.kernel.requests import Request

#: One code a minute for a phone, and ten a day. Many workers of one factory stand behind one address.
CODE_TO_PHONE = (Rate(1, 60, "key"), Rate(5, 3600, "key"), Rate(10, 86400, "key"))
CODES_FROM_ADDRESS = (Rate(60, 60, "ip"), Rate(600, 3600, "ip"))
#: A machine that reads the public register through is slowed.
SEARCHES_FROM_ADDRESS = (Rate(60, 60, "ip"), Rate(1000, 3600, "ip"))
PASSWORDS_FROM_ADDRESS = (Rate(30, 60, "ip"),)
#: A changing code opens once; longer than one lives, with its tolerance.
CODE_OF_SECOND_FACTOR = (Rate(1, 120, "key"),)


@dataclass(frozen=True)
class Lockout:
    """After `failures` within `within`, nothing is looked at for `lasts`."""

    name: str
    failures: int
    within: timedelta
    lasts: timedelta

    @property
    def allowance(self) -> tuple[int, float]:
        return self.failures, self.within.total_seconds()


#: 等级保护 2.0 as it is customarily set: five failures in 15 minutes lock for 20 (between 15 and 30).
PASSWORD = Lockout("password", 5, timedelta(minutes=15), timedelta(minutes=20))
SECOND_FACTOR = Lockout("second_factor", 5, timedelta(minutes=15), timedelta(minutes=20))
#: The last six of an ID hold few secrets: who knows the birthday has some hundreds to guess from.
ID_DIGITS = Lockout("id_digits", 5, timedelta(hours=24), timedelta(hours=24))


def take(what: str, rates: tuple[Rate, ...], *, at: datetime) -> int:
    """Count one use of `what`; 0, or after how many seconds it is allowed. A use that is refused is not counted."""
    return ceil(tries.take(f"use:{what}", [(rate.amount, rate.duration) for rate in rates], at=at))


def take_or_stop(request: Request, what: str, rates: tuple[Rate, ...], words: str) -> None:
    """Raises TooFast with `words`."""
    if wait := take(what, rates, at=request.at):
        raise TooFast(words, wait_seconds=wait)


def address_of(request: Request) -> str:
    """What stands for the sender's address in `take`."""
    return f"address:{get_ip(request)}"


def try_once(lockout: Lockout, who: str, *, at: datetime) -> datetime | None:
    """Count a try before it is looked at, so that a hundred at once are not all let through.

    None, or until when nothing is looked at.
    """
    return tries.take_unless_locked(_name(lockout, who), lockout.allowance, at=at)


def failed(lockout: Lockout, who: str, *, at: datetime) -> datetime | None:
    """A counted try was wrong. Locks after the last of them and says until when; else None."""
    return tries.lock_if_spent(_name(lockout, who), lockout.allowance, at=at, lasts=lockout.lasts)


def locked_until(lockout: Lockout, everyone: Iterable[str], *, at: datetime) -> dict[str, datetime]:
    """Who of these is locked out now, and until when: one query."""
    names = {_name(lockout, who): who for who in everyone}
    return {names[name]: until for name, until in tries.locked(names, at=at).items()}


def lift(lockout: Lockout, who: str) -> None:
    """Let somebody try again at once: what was guessed at has been set anew, or the right answer was given."""
    tries.forget(_name(lockout, who))


#: The right answer was given: earlier failures are forgotten.
passed = lift


def _name(lockout: Lockout, who: str) -> str:
    return f"{lockout.name}:{who}"
