"""The public pages in a browser, and the search without script."""

from datetime import datetime
from typing import Any

import pytest
from django.core.cache import cache

from gongjia.domains.enrolment.models import Poster
from tests import factories
from tests.eyes import browser, expect, window, wrong_with  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.system("G3"), pytest.mark.django_db(transaction=True)]


def test_the_pages_are_fit_for_every_eye(
    browser: Any,  # noqa: F811
    live_server: Any,
    tree: factories.Tree,
    at: datetime,
) -> None:
    cache.clear()
    village = factories.organisation("怀德社区工会委员会", tree.county, kind="village_union")
    Poster._base_manager.create(organisation=village, made_at=at)
    lone = factories.employer("小满样例餐饮店", tree.county)
    paths = (
        "/",
        "/unions/",
        "/unions/?q=工会",
        "/unions/?q=样例&among=employers",
        "/unions/?q=没有的",
        f"/unions/{tree.union.reference}/",
        f"/unions/{village.reference}/",
        f"/unions/{tree.county.reference}/",
        f"/employers/{lone.reference}/",
        "/help/",
        "/privacy/",
    )
    wrong = [each for path in paths for each in wrong_with(browser, live_server, path)]
    wrong += wrong_with(browser, live_server, "/unions/?q=工", answer=422)
    assert not wrong, wrong


@pytest.mark.parametrize("script", [True, False])
def test_a_visitor_finds_the_union_and_comes_to_the_button(
    browser: Any,  # noqa: F811
    live_server: Any,
    tree: factories.Tree,
    at: datetime,
    settings: Any,
    script: bool,  # noqa: FBT001
) -> None:
    cache.clear()
    settings.SMS_URL = "http://127.0.0.1:9/sms"  # the page of sign-in asks for a phone where a code can be sent
    Poster._base_manager.create(organisation=tree.union, made_at=at)
    with window(browser, live_server, java_script_enabled=script) as page:
        page.goto("/")
        page.get_by_label("单位或工会的名称").fill("青禾")
        page.get_by_role("button", name="找一找").click()
        page.get_by_role("navigation", name="在哪里找").get_by_role("link", name="单位").click()
        page.get_by_role("link", name="青禾样例制衣有限公司").click()
        page.get_by_role("link", name="我要入会").click()
        page.get_by_role("link", name="我要入会").click()
        expect(page.get_by_label("手机号")).to_be_visible()
