"""A small city for the tests of one file, built once and taken back at the end."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from demo.city import AT, build
from demo.world import City
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import everywhere

SCALE = 3_000
TODAY = today_of(AT)


def quiet(_words: str) -> None:
    pass


@pytest.fixture(scope="module")
def the_city(django_db_setup: Any, django_db_blocker: Any) -> Iterator[City]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(scale=SCALE, report=quiet)
        transaction.set_rollback(True)


@pytest.fixture
def city(the_city: City, db: Any) -> Iterator[City]:
    """The city with every row in sight."""
    with everywhere(reason="tests of the demo city"):
        yield the_city
