"""Looking at pages in a browser, as a phone and as a desk, in both sizes of print: whatever is wrong, as sentences."""

from collections.abc import Container, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client

from tests.plugin import chromium

PHONE, DESK = 390, 1440


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # not needed where there is no browser

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield opened
        opened.close()


_PATIENCE = 30_000  # milliseconds: a loaded machine draws late, and that is no fault


def expect(what: Any, message: str | None = None) -> Any:
    """Playwright's assertion that waits: a click returns when the next page begins to come, not when it stands."""
    from playwright.sync_api import expect as waiting  # not needed where there is no browser

    waiting.set_options(timeout=_PATIENCE)
    return waiting(what, message)


_OFFLINE = "net::ERR_INTERNET_DISCONNECTED"


class Watch:
    """What the documents of a window answered and what its console says, as sentences.

    A form to mend answers 422, and the browser writes a line about that; of no other answer, and of no script, picture
    or fragment, is such a line let pass. `answers`: further statuses that the test asks for on purpose. A window that a
    test takes off the network says so, which is no fault.
    """

    def __init__(self, page: Any, answers: Container[int] = ()) -> None:
        self._answers = answers
        self._documents: set[tuple[str, int]] = set()
        self._refused: list[str] = []
        self._said: list[tuple[str, str]] = []
        page.on("response", lambda answer: self._document(page, answer))
        page.on("console", lambda line: self._console(line.text, line.location["url"]) if line.type == "error" else 0)
        page.on("pageerror", lambda error: self._console(str(error), ""))

    def _document(self, page: Any, answer: Any) -> None:
        if not answer.request.is_navigation_request() or answer.frame != page.main_frame:
            return
        self._documents.add((answer.url, answer.status))
        if answer.status >= 400 and answer.status != 422 and answer.status not in self._answers:
            self._refused.append(f"{answer.url} answered {answer.status}")

    def _console(self, text: str, url: str) -> None:
        self._said.append((text, url))

    @property
    def refused(self) -> list[str]:
        """The documents that are error pages."""
        return self._refused

    @property
    def wrong(self) -> list[str]:
        """Error pages, and errors of the console but for a document's own line about its status."""
        own = {(url, f"status of {status} ") for url, status in self._documents}
        return self._refused + [
            text
            for text, url in self._said
            if _OFFLINE not in text and not any(url == at and words in text for at, words in own)
        ]


@contextmanager
def window(
    browser: Any,
    live_server: Any,
    client: Client | None = None,
    *,
    width: int = PHONE,
    answers: Container[int] = (),
    **options: Any,
) -> Iterator[Any]:
    """A page in a window of its own, signed in as the client is; it may open no error page but of the statuses named
    by `answers`. `options`: the browser's, such as no script."""
    context = browser.new_context(viewport={"width": width, "height": 844}, base_url=live_server.url, **options)
    for name, morsel in (client.cookies if client else {}).items():
        context.add_cookies([{"name": name, "value": morsel.value, "url": live_server.url}])
    page = context.new_page()
    watch = Watch(page, answers)
    yield page
    context.close()
    assert watch.refused == []


def wrong_with(
    browser: Any, live_server: Any, path: str, client: Client | None = None, *, answer: int = 200
) -> list[str]:
    """What axe-core, the width and the console say against a page: on a phone, on a desk, in large print.

    The page must answer with the status `answer`: an error page has nothing wrong with it either.
    """
    said: list[str] = []
    with window(browser, live_server, client, answers=(answer,)) as page:
        watch = Watch(page, (answer,))
        said += _opened(page, path, answer)
        said += _seen(page, "phone", PHONE)
        page.set_viewport_size({"width": DESK, "height": 844})
        said += _seen(page, "desk", DESK)
        page.set_viewport_size({"width": PHONE, "height": 844})
        page.context.add_cookies([{"name": "print_size", "value": "large", "url": live_server.url}])
        said += _opened(page, path, answer)
        said += _seen(page, "large print", PHONE)
        said += watch.wrong
    return [f"{path}: {words}" for words in said]


def _opened(page: Any, path: str, answer: int) -> list[str]:
    found = page.goto(path, wait_until="load").status
    return [] if found == answer else [f"answered {found} instead of {answer}"]


def _seen(page: Any, window_name: str, width: int) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe  # not needed where there is no browser

    found = Axe().run(page).response["violations"]
    said = [f"{window_name}: {each['id']}: {each['nodes'][0]['html'][:120]}" for each in found]
    wide = page.evaluate("document.documentElement.scrollWidth")
    return said + ([f"{window_name}: {wide} px wide on {width}"] if wide > width else [])
