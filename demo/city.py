"""The invented city: a whole 咸宁市 of unions, employers and workers in an empty database.

Places are real, everybody and every firm in them is coined (demo/names). The same scale, seed and moment give the same
city on SQLite and on PostgreSQL.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from time import perf_counter

from django.apps import apps
from django.db import connection, transaction

from demo.firms import coin_firms, write_firms
from demo.frame import build_divisions, lay_frame
from demo.history import tell_history
from demo.officers import build_people
from demo.organised import organise
from demo.papers import complete_papers
from demo.personas import lay_home, open_accounts
from demo.sizes import settle_sizes
from demo.traces import leave_traces
from demo.tree import number_tree, write_unions
from demo.world import City
from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.figures import indicators, repair
from gongjia.kernel import audit
from gongjia.kernel.moments import SHANGHAI
from gongjia.kernel.reach import everywhere

SCALE = 60_000
SEED = 1
AT = datetime(2026, 11, 20, 9, 0, tzinfo=SHANGHAI)
PARTS: tuple[tuple[str, Callable[[City], None]], ...] = (
    ("行政区划", build_divisions),
    ("工会组织", write_unions),
    ("用人单位", write_firms),
    ("职工和会籍", build_people),
    ("演示账号", open_accounts),
    ("消息和查阅记录", leave_traces),
)
DOMAINS: tuple[str, ...] = ("organising", "enrolment", "founding", "homes", "voices", "fieldwork")
"""Domains that add a part of their own, by `build(city)` in their demo.py, in this order."""


def build(*, scale: int = SCALE, seed: int = SEED, at: datetime = AT, report: Callable[[str], None] = print) -> City:
    """People an empty, migrated database with about `scale` members, as the city stands at a moment.

    Each part is one transaction: a build that was stopped leaves whole parts only, and is begun again on an empty
    database. Raises ValueError when there are organisations already, or for a scale that is too small.
    """
    with everywhere(reason="build the demo city"):
        if Organisation.objects.exists():
            raise ValueError("数据库里已有数据：演示城市只建在空数据库里。")
        city = City(at=at, scale=scale, seed=seed, report=report)
        with _told(city, "规划"):
            lay_out(city)
        for name, part in [*PARTS, *_parts_of_domains()]:
            with _told(city, name), transaction.atomic():
                part(city)
                city.close()
        while audit.seal(at=city.at):
            pass
        with connection.cursor() as cursor:  # whoever counts next should know how large the tables have become
            cursor.execute("ANALYZE")
        with _told(city, "汇总指标"):
            for indicator in indicators.registered():
                repair.rebuild(indicator.code)
    return city


@contextmanager
def _told(city: City, name: str) -> Iterator[None]:
    """Report how long a part took."""
    started = perf_counter()
    yield
    city.report(f"{name}：{perf_counter() - started:.1f} 秒")


def lay_out(city: City) -> None:
    """Decide which unions and employers there are and what happened to them. Writes nothing."""
    lay_frame(city)
    lay_home(city)
    coin_firms(city)
    organise(city)
    tell_history(city)
    settle_sizes(city)
    complete_papers(city)
    number_tree(city)


def _parts_of_domains() -> list[tuple[str, Callable[[City], None]]]:
    """Each domain's part, told under the domain's Chinese name."""
    named = {label: str(config.verbose_name) for label, config in apps.app_configs.items()}
    return [(named.get(name, name), import_module(f"gongjia.domains.{name}.demo").build) for name in DOMAINS]
