"""The worker's pages in a browser, full and empty, and what they weigh."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from gongjia.kernel import audit
from gongjia.portals.service.tests.test_pages import PAGES, tell
from tests import factories
from tests.eyes import wrong_with

pytestmark = [pytest.mark.browser, pytest.mark.system("G3"), pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Client, Any], Client]
#: What moves when a page is opened a second time: its own text, as files of the theme are kept by their name.
MOST_BYTES = 150 * 1024


def test_full_pages_are_fit_for_every_eye(
    browser: Any, live_server: Any, tree: factories.Tree, sign_in: SignIn, at: datetime
) -> None:
    message = tell(tree, at, body="带好身份证", path="/my/membership/")
    audit.opened(tree.membership, by=factories.actor(tree.officer).for_purpose("request"), at=at)
    phone = sign_in(Client(), tree.member)
    phone.post("/my/write/", {"body": "夜班吃不上热菜，能不能请厂里留一个窗口？", "key": "x"})
    paths = [
        *PAGES,
        f"/my/messages/{message.reference}/",
        "/my/me/numbers/",
        "/my/me/copy/",
        "/my/write/?about=leave",
    ]
    wrong = [each for path in paths for each in wrong_with(browser, live_server, path, phone)]
    assert not wrong, wrong


def test_empty_pages_are_fit_for_every_eye(
    browser: Any, live_server: Any, tree: factories.Tree, sign_in: SignIn
) -> None:
    nobody_yet = sign_in(Client(), factories.account(None))
    without_union = sign_in(Client(), factories.person("冯小雨"))
    looked = [(nobody_yet, "/my/"), (nobody_yet, "/my/me/"), *((without_union, path) for path in PAGES)]
    wrong = [each for client, path in looked for each in wrong_with(browser, live_server, path, client)]
    assert not wrong, wrong


@pytest.mark.parametrize("path", PAGES)
def test_a_page_moves_little_on_the_second_visit(tree: factories.Tree, sign_in: SignIn, path: str) -> None:
    assert len(sign_in(Client(), tree.member).get(path).content) < MOST_BYTES
