"""Installations to back up, restore, check and rotate."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import installation
from tests.installation import Installation


@pytest.fixture(scope="session")
def first_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One that is filled; no test changes it."""
    with installation.empty(tmp_path_factory.mktemp("installations"), "first") as made:
        yield installation.filled(made)


@pytest.fixture
def city(first_city: Installation, tmp_path: Path) -> Iterator[Installation]:
    """One that is filled, the test's own."""
    with installation.empty(tmp_path, "city") as made:
        yield installation.copied(first_city, made)


@pytest.fixture
def machine(tmp_path: Path, first_city: Installation) -> Iterator[Installation]:
    """An empty machine, on which the keys were put back from where they are kept."""
    with installation.empty(tmp_path, "machine") as made:
        made.keys.write_bytes(first_city.keys.read_bytes())
        yield made
