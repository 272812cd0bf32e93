"""A street under a county, and an employer that has no union."""

from datetime import datetime

import pytest

from gongjia.domains.founding.tests import walk
from tests import factories
from tests.eyes import browser  # noqa: F401


@pytest.fixture
def town(tree: factories.Tree, at: datetime) -> walk.Town:
    return walk.town(tree, at)
