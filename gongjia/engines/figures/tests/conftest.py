from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.figures import indicators
from gongjia.engines.figures.tests import loans
from gongjia.kernel.reach import everywhere


@dataclass
class Town:
    """city ─ (east ─ (mill, farm), west ─ harbour)"""

    city: Organisation
    east: Organisation
    west: Organisation
    mill: Organisation
    farm: Organisation
    harbour: Organisation


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The invented indicator alone is registered, and every row is in reach."""
    monkeypatch.setattr(indicators, "_registered", {"loans": loans.LOANS})
    with everywhere(reason="test"):
        yield


@pytest.fixture
def town(db: None, declared: None) -> Town:
    loans.create_table()
    return plant()


def plant() -> Town:
    city = loans.add("市图书馆")
    east, west = loans.add("东区图书馆", city), loans.add("西区图书馆", city)
    mill, farm = loans.add("工厂书屋", east), loans.add("农家书屋", east)
    return Town(city, east, west, mill, farm, loans.add("港口书屋", west))
