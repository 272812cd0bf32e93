"""A browser for looking at the specimen, as a phone and as a desk, in both sizes of print."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest

from gongjia.kernel.actors import Actor
from tests.plugin import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # not needed where there is no browser

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def asked(rf: Any, at: Any) -> Any:
    """`asked("/path")`: a request as the first middleware leaves it, by nobody or by the actor given."""

    def request(path: str = "/", actor: Actor | None = None, **headers: str) -> HttpRequest:
        made = rf.get(path, headers=headers)
        made.at, made.number, made.actor = at, "7f3a9c21", actor or Actor()
        return made

    return request
