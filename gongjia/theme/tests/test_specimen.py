"""The specimen in a browser: nothing for axe-core to find, nothing wider than the phone, nothing in the console."""

from itertools import product
from typing import Any

import pytest

from gongjia.theme.specimen import CONDITIONS
from tests.eyes import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("gongjia.theme.tests.urls"),
    pytest.mark.django_db(transaction=True),
]
FACES = {"work": CONDITIONS, "service": CONDITIONS, "liaison": ("full",), "open": ("full",)}
PAGES = ("question", "wrong", "check", "receipt", "confirm", "paper", "poster")
WIDTHS = (390, 1440)


def look(browser: Any, live_server: Any, path: str, *, width: int, large: bool) -> list[str]:
    """Whatever is wrong with the page, as sentences."""
    from axe_playwright_python.sync_playwright import Axe  # not needed where there is no browser

    context = browser.new_context(viewport={"width": width, "height": 844})
    if large:
        context.add_cookies([{"name": "print_size", "value": "large", "url": live_server.url}])
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{live_server.url}{path}", wait_until="load")
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        wrong.append(f"{wide} px wide on {width}")
    violations = Axe().run(page).response["violations"]
    wrong += [f"{each['id']}: {[node['html'][:120] for node in each['nodes']][:3]}" for each in violations]
    context.close()
    return wrong


@pytest.mark.parametrize("size", ["normal", "large"])
@pytest.mark.parametrize("face", FACES)
def test_every_component_is_fit_for_every_eye_on_every_face(
    browser: Any, live_server: Any, face: str, size: str
) -> None:
    for condition, width in product(FACES[face], WIDTHS):
        wrong = look(browser, live_server, f"/specimen/{face}/{condition}/", width=width, large=size == "large")
        assert not wrong, (condition, width, wrong)


@pytest.mark.parametrize("size", ["normal", "large"])
def test_every_page_of_a_form_is_fit_for_every_eye(browser: Any, live_server: Any, size: str) -> None:
    for name, width in product(PAGES, WIDTHS):
        wrong = look(browser, live_server, f"/ask/{name}/", width=width, large=size == "large")
        assert not wrong, (name, width, wrong)


def test_a_second_press_sends_nothing_and_the_keys_walk_the_list(browser: Any, live_server: Any) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/specimen/work/full/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator("tr.is-here").get_attribute("id") == "row-2"
    page.keyboard.press("k")
    assert page.locator("tr.is-here").get_attribute("id") == "row-1"
    page.keyboard.press("x")
    expect(page.locator("tr.is-here .pick input")).to_be_checked()
    page.keyboard.press("?")
    expect(page.locator("#key-help")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.evaluate(
        """() => { const form = document.querySelector('form[method=post]');
        window.sent = 0;
        window.addEventListener('submit', e => { window.sent += !e.defaultPrevented; e.preventDefault(); });
        form.requestSubmit(); form.requestSubmit(); }"""
    )
    page.wait_for_selector("text=正在提交…")
    assert page.evaluate("window.sent") == 1


def test_a_chart_is_drawn_where_script_runs_and_stays_a_table_where_none_does(browser: Any, live_server: Any) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/specimen/work/full/", wait_until="load")
    expect(page.locator(".chart-canvas canvas")).to_have_count(4)
    expect(page.locator(".chart-data[open]")).to_have_count(0)
    still = browser.new_context(java_script_enabled=False).new_page()
    still.goto(f"{live_server.url}/specimen/work/full/", wait_until="load")
    expect(still.locator(".chart-canvas canvas")).to_have_count(0)
    expect(still.locator(".chart-data[open] table")).to_have_count(4)


def test_what_htmx_could_not_do_is_said_in_the_page(browser: Any, live_server: Any) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/specimen/work/full/", wait_until="load")
    page.evaluate("htmx.ajax('GET', '/no-such-page', {target: '#pane'})")
    page.wait_for_selector("#notices >> text=没有找到这一页")
    expect(page.locator("#pane")).to_have_text("")
    page.route("**/broken", lambda route: route.abort())
    page.evaluate("htmx.ajax('GET', '/broken', {target: '#pane'}).catch(() => 0)")
    page.wait_for_selector("#notices >> text=网络断开了")
    page.route("**/proxy", lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"))
    page.evaluate("htmx.ajax('GET', '/proxy', {target: '#pane'})")
    page.wait_for_selector("#notices >> text=系统暂时没有办成（502）")
    assert "Bad Gateway" not in page.content()
