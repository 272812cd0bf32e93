"""Going back to a form that was sent: changed, it is a new one, not one that is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongjia.backbone.organisations.models import Organisation
from gongjia.kernel.reach import everywhere
from tests import factories
from tests.eyes import DESK, expect, window
from tests.plugin import chromium

pytestmark = pytest.mark.browser
#: Playwright switches off what browsers keep of a page that was left; people's browsers keep it.
NO_MEMORY = "--disable-back-forward-cache"


@pytest.fixture(params=[True, False], ids=["from memory", "read again"])
def opened_browser(request: pytest.FixtureRequest) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # not needed where there is no browser

    with sync_playwright() as playwright:
        left_out = [NO_MEMORY] if request.param else []
        opened = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox"], ignore_default_args=left_out
        )
        yield opened
        opened.close()


def test_a_form_gone_back_to_and_changed_is_sent_as_a_new_one(
    city: factories.Tree, opened_browser: Any, live_server: Any, sign_in: Any
) -> None:
    client = sign_in(Client(), city.officer)
    with window(opened_browser, live_server, client, width=DESK) as page:
        form = page.locator("main form[method=post]")
        page.goto(reverse("work:union_found", args=[city.county.reference]))
        number = form.locator("[name=key]").input_value()
        form.locator("[name=kind]").select_option("grassroots_union")
        form.locator("[name=name]").fill("柳林样例一厂工会委员会")
        form.locator("[name=approval_number]").fill("咸工发〔2026〕12号")
        form.get_by_role("button").click()
        page.get_by_text("已经登记成立。").wait_for()
        page.go_back(wait_until="commit")  # a page from memory loads nothing
        page.wait_for_function("old => document.querySelector('main [name=key]').value !== old", arg=number)
        expect(form.locator("[name=approval_number]"), "what was typed stays").to_have_value("咸工发〔2026〕12号")
        form.locator("[name=name]").fill("柳林样例二厂工会委员会")
        form.get_by_role("button").click()
        page.get_by_text("已经登记成立。").wait_for()
    with everywhere(reason="test"):
        assert Organisation.objects.filter(name__startswith="柳林样例").count() == 2
