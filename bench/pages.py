"""Our list of members, thirty rows, signed in, beside the same page of a plain Django project, and Django's hello.

Both run in this process, in turn, through their whole stack of middleware, and send the same bytes. Rounds alternate,
so that a busy moment slows both; the ratio is the median of the rounds' ratios. On a busy machine the processor's time
tells more than the clock; the database's own work is only in the clock, and the same for both. GONGJIA_BENCH_ROUNDS
sets how many.
"""

import os
import re
import statistics
import time
from http.cookies import SimpleCookie
from itertools import zip_longest
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext, override_settings

from bench import plain_django, scratch_database
from gongjia.backbone.accounts.models import Account
from gongjia.backbone.accounts.tests.seats import sit_down
from gongjia.backbone.posts.words import Role
from tests import factories

ROUNDS = int(os.environ.get("GONGJIA_BENCH_ROUNDS", "41"))
EACH = 4
MEMBERS = 1_000
LIST, HELLO = "/desk/members/", "/hello/"
FLOOR = 0.8


class Site:
    """A stack of middleware and one signed-in browser."""

    def __init__(self, cookie: str, different: dict[str, Any]) -> None:
        self._cookie = cookie
        with override_settings(**different):
            self._handler = WSGIHandler()

    def get(self, path: str) -> str:
        """The body of the page; raises where it is no page."""
        said: list[str] = []
        answer = self._handler(self._environ(path), lambda status, _headers: said.append(status))
        body = b"".join(answer)
        answer.close()
        if not said[0].startswith("200"):
            raise RuntimeError(f"{path}: {said[0]}")
        return body.decode()

    def _environ(self, path: str) -> dict[str, Any]:
        environ = RequestFactory().get(path).environ
        return environ | {"HTTP_COOKIE": self._cookie}

    def rates(self, path: str) -> tuple[float, float]:
        """Pages a second over a short round, by the clock and by the processor's time of this process."""
        begun, worked = time.perf_counter(), time.process_time()
        for _ in range(EACH):
            self.get(path)
        return EACH / (time.perf_counter() - begun), EACH / (time.process_time() - worked)


def run() -> None:
    backends = [*settings.AUTHENTICATION_BACKENDS, plain_django.BACKEND]
    with scratch_database(), override_settings(AUTHENTICATION_BACKENDS=backends):
        account = _fill()
        ours = Site(_our_cookie(account), {})
        plain_django.learn(ours.get(LIST))
        peer = Site(_plain_cookie(account), plain_django.SETTINGS)
        _must_be_alike(ours, peer)
        print(f"  {connection.vendor}, {MEMBERS:,} memberships")
        print(f"  queries for the page: {_queries(ours)}, of plain Django {_queries(peer)}")
        rounds = [(peer.rates(HELLO), peer.rates(LIST), ours.rates(LIST)) for _ in range(ROUNDS)]
        for place, name in enumerate(("by the clock", "by the processor's time")):
            print(f"  {name}, medians of {ROUNDS} rounds")
            _show([(hello[place], plain[place], mine[place]) for hello, plain, mine in rounds])


def _show(rounds: list[tuple[float, float, float]]) -> None:
    hello, plain, mine = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratio = statistics.median(our / their for _, their, our in rounds)
    print(f"  {'  hello of Django':<48}{hello:10.1f} pages/s")
    print(f"  {'  plain Django, the same page':<48}{plain:10.1f} pages/s   {plain / hello:6.3f} × hello")
    print(f"  {'  ours, with reach, actor and sitting':<48}{mine:10.1f} pages/s   {mine / hello:6.3f} × hello")
    print(f"  {'  ours to plain Django':<48}{ratio:10.3f} ×         (promised: {FLOOR})", flush=True)


def _fill() -> Account:
    """A city whose officer sees every member, so that the plain page, which asks nobody, lists the same ones."""
    tree = factories.tree()
    unions = [
        factories.organisation(f"第{number}样例厂工会", tree.county, kind="grassroots_union") for number in range(30)
    ]
    for number in range(MEMBERS):
        name = (
            "赵钱孙李周吴郑王冯陈"[number % 10]
            + "青禾山川"[number // 10 % 4]
            + "一二三四五六七八九十"[number // 40 % 10]
        )
        person = factories.person(name, number=100 + number)
        factories.membership(person, unions[number % 30], group="courier" if number % 3 == 0 else "")
    officer = factories.person("程远山", number=5000)
    factories.post(officer, tree.city, Role.ORGANISATION_OFFICER)
    return factories.account(officer)


def _our_cookie(account: Account) -> str:
    client = sit_down(Client(), account)
    client.get(LIST)
    return _header(client.cookies)


def _plain_cookie(account: Account) -> str:
    session = SessionStore()
    session["_auth_user_id"], session["_auth_user_hash"] = str(account.pk), account.get_session_auth_hash()
    session["_auth_user_backend"] = plain_django.BACKEND
    session.create()
    return _header(SimpleCookie({"sessionid": session.session_key, "csrftoken": "a" * 32}))


def _header(cookies: SimpleCookie) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())


def _must_be_alike(ours: Site, peer: Site) -> None:
    """The two pages differ in the token, in the key of the next page and in blank lines only."""
    for our, their in zip(_bare(ours.get(LIST)), _bare(peer.get(LIST)), strict=True):
        if our != their:
            at = next(place for place, signs in enumerate(zip_longest(our, their)) if len(set(signs)) > 1)
            raise RuntimeError(f"the pages differ:\n{our[at - 40 : at + 80]}\n{their[at - 40 : at + 80]}")


def _bare(page: str) -> list[str]:
    page = re.sub(r'(X-CSRFToken": ")\w{64}|\?(?:cursor|page)=[\w-]+', "", page)
    return [line.strip() for line in page.splitlines() if line.strip()]


def _queries(site: Site) -> int:
    with CaptureQueriesContext(connection) as seen:
        site.get(LIST)
    return len(seen)
