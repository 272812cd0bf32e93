"""The liaison pages in a browser, empty and full."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from gongjia.portals.liaison.tests.test_letters import SignIn, write
from tests import factories
from tests.eyes import expect, window, wrong_with

pytestmark = [pytest.mark.browser, pytest.mark.system("G3"), pytest.mark.django_db(transaction=True)]


def test_the_pages_are_fit_for_every_eye(
    browser: Any, live_server: Any, tree: factories.Tree, sign_in: SignIn, at: datetime
) -> None:
    chair, county = sign_in(Client(), tree.chair), sign_in(Client(), tree.officer)
    wrong = wrong_with(browser, live_server, "/liaison/letters/", chair)
    letter = write(tree.member, at)
    for client, path in (
        (chair, "/liaison/letters/"),
        (chair, "/liaison/letters/?tab=all"),
        (chair, f"/liaison/letters/{letter.reference}/"),
        (county, "/liaison/letters/"),
    ):
        wrong += wrong_with(browser, live_server, path, client)
    assert not wrong, wrong


@pytest.mark.parametrize("script", [True, False])
def test_a_letter_and_its_answer_go_both_ways(
    browser: Any,
    live_server: Any,
    tree: factories.Tree,
    sign_in: SignIn,
    script: bool,  # noqa: FBT001
) -> None:
    phone, chair = sign_in(Client(), tree.member), sign_in(Client(), tree.chair)
    with window(browser, live_server, phone, java_script_enabled=script) as page:
        page.goto("/my/")
        page.get_by_role("link", name="给工会留言").click()
        page.get_by_label("内容").fill("夜班吃不上热菜")
        page.get_by_role("button", name="发送").click()
        expect(page.get_by_text("工会还没有打开")).to_be_visible()
    with window(browser, live_server, chair, java_script_enabled=script) as page:
        page.goto("/liaison/")
        page.get_by_role("link", name="夜班吃不上热菜").click()
        page.get_by_label("回复").fill("明天起留一个窗口")
        page.get_by_role("button", name="发送回复").click()
        expect(page.get_by_text("没有等待回复的留言")).to_be_visible()
    with window(browser, live_server, phone, java_script_enabled=script) as page:
        page.goto("/my/")
        page.get_by_role("link", name="回复：夜班吃不上热菜").click()
        expect(page.get_by_text("明天起留一个窗口")).to_be_visible()
