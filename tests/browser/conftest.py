"""A browser, a counted city, and windows of whoever walks."""

from collections.abc import Callable, Container, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from gongjia.engines.figures import indicators
from gongjia.engines.figures.repair import rebuild
from gongjia.kernel.reach import everywhere
from tests import factories
from tests.eyes import DESK, Watch, browser, window

__all__ = ["browser"]
Opened = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def city(transactional_db: None) -> factories.Tree:
    """The small city with its figures counted."""
    cache.clear()
    made = factories.tree()
    with everywhere(reason="a test's figures"):
        for each in indicators.registered():
            rebuild(each.code)
    return made


@pytest.fixture
def opened(browser: Any, live_server: Any, sign_in: Any) -> Opened:
    """`with opened(person) as page:` a window of somebody signed in; an error page and what its console complains of
    fail the test. `answers`: the statuses of error pages that a test opens on purpose."""

    @contextmanager
    def at(
        person: factories.Person | None = None, *, width: int = DESK, answers: Container[int] = (), **options: Any
    ) -> Iterator[Any]:
        client = sign_in(Client(), person) if person else None
        with window(browser, live_server, client, width=width, answers=answers, **options) as page:
            watch = Watch(page, answers)
            yield page
            assert watch.wrong == []

    return at
