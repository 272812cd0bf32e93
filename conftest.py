"""Fixtures for every room: a fixed instant, a tiny invented city, and a way to sign somebody in."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client

from gongjia.backbone.accounts.tests.seats import sit_down
from tests import factories


@pytest.fixture
def at() -> datetime:
    """The instant at which everything in a test happens: a Friday morning in Shanghai."""
    return datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def tree(db: None) -> factories.Tree:
    return factories.tree()


@pytest.fixture
def sign_in(db: None) -> Callable[[Client, factories.Person | factories.Account], Client]:
    """`sign_in(client, who)`: the person's account, made where there is none, or an account that is nobody's yet, sits
    at the client, officers too."""

    def signed_in(client: Client, who: factories.Person | factories.Account) -> Client:
        return sit_down(client, who if isinstance(who, factories.Account) else _account_of(who))

    return signed_in


@pytest.fixture
def a_quota(transactional_db: None) -> Callable[[], AbstractContextManager[None]]:
    """`with a_quota():` the disk has no room for another page. Only SQLite can be given one."""
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite can be given a quota")

    @contextmanager
    def full() -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")  # no free page inside the file either
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
            try:
                yield
            finally:
                cursor.execute("PRAGMA max_page_count = 1073741823")

    return full


def _account_of(person: factories.Person) -> factories.Account:
    return factories.Account.objects.filter(person=person).first() or factories.account(person)
