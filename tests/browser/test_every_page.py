"""Every page that a route draws, on a phone, at a desk and in large print: what the doors let in is fit to be seen."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from gongjia.engines.figures import indicators
from gongjia.engines.figures.repair import rebuild
from gongjia.kernel.reach import everywhere
from tests.doors import city as doors
from tests.doors.test_matrix import ALL, PERSONAS, addresses, read_file
from tests.eyes import wrong_with

pytestmark = [pytest.mark.browser, pytest.mark.doors]
#: Each page is looked at once, by the first of these who gets it.
LOOKING = ("signed out", "member", "chair", "officer", "auditor", "operator")


def pages_of(persona: str, built: doors.City) -> Iterator[str]:
    """The addresses of the own objects' pages that this persona is the first to get."""
    rows = read_file()
    for name, route in ALL:
        if "GET" not in route.methods:
            continue
        for which, address in addresses(name, route, built).items():
            row = rows.get((name, "GET", which), {})
            if which in {"", "own"} and next((each for each in LOOKING if row.get(each) == "200"), "") == persona:
                yield address


def test_nobody_else_gets_a_page_that_is_looked_at_by_nobody() -> None:
    answers = [row for (_, method, which), row in read_file().items() if method == "GET" and which in {"", "own"}]
    unseen = [row for row in answers if "200" in row.values() and not any(row[each] == "200" for each in LOOKING)]
    assert set(LOOKING) <= set(PERSONAS)
    assert unseen == []


@pytest.mark.parametrize("persona", LOOKING)
def test_every_page_is_fit_for_every_eye(
    browser: Any, live_server: Any, transactional_db: None, at: datetime, sign_in: Any, persona: str
) -> None:
    built = doors.city(at)
    with everywhere(reason="a test's figures"):
        for each in indicators.registered():
            rebuild(each.code)
    client = Client()
    if persona != "signed out":
        sign_in(client, getattr(built.tree, persona))
    wrong: list[str] = []
    for address in pages_of(persona, built):
        if b"<!doctype html" in client.get(address).getvalue()[:200].lower():  # the others are files and parts of pages
            wrong += wrong_with(browser, live_server, address, client if persona != "signed out" else None)
    assert wrong == []
