from datetime import datetime
from typing import Any

import pytest

from gongjia.kernel.moments import SHANGHAI
from tests import factories


@pytest.fixture(autouse=True)
def quick_hashing(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 6, 15, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def tree(db: Any) -> factories.Tree:
    return factories.tree()
