"""What every run of the tests needs before Django wakes: its own empty folder, keys, and what may be left out.

Loaded by name (`-p tests.plugin` in pyproject.toml), because settings are read before any conftest.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

LOCAL = "PYTEST_XDIST_WORKER" not in os.environ
OWN_FOLDER = LOCAL and "GONGJIA_VAR" not in os.environ
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NO_BROWSER = "没有 Chromium"

os.environ["GONGJIA_MODE"] = "test"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright leaves an event loop running in the thread
if OWN_FOLDER:
    os.environ["GONGJIA_VAR"] = tempfile.mkdtemp(prefix="gongjia-tests-")

# No test may depend on how fast or busy the machine is.
settings.register_profile("gongjia", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gongjia")


@cache
def chromium() -> str | None:
    """The browser's program: GONGJIA_CHROMIUM, or the first one on the path."""
    return os.environ.get("GONGJIA_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def pytest_configure() -> None:
    if not LOCAL:
        return  # a worker stands in the folder of the run that started it
    from gongjia.kernel.keys import Keyring

    path = Path(os.environ.get("GONGJIA_KEYS_FILE") or Path(os.environ["GONGJIA_VAR"]) / "keys.json")
    (Path(os.environ["GONGJIA_VAR"]) / "static").mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        Keyring.create().save(path)


def pytest_unconfigure() -> None:
    if OWN_FOLDER:
        shutil.rmtree(os.environ["GONGJIA_VAR"], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reasons = dict(_left_out())
    for item in items:
        for marker, reason in reasons.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def _left_out() -> Iterator[tuple[str, str]]:
    if not os.environ.get("GONGJIA_DATABASE_URL", "").startswith("postgres"):
        yield "postgresql", "数据库不是 PostgreSQL"
    if os.environ.get("GONGJIA_LONG") != "1":
        yield "long", "耗时长：由 make test-long 运行"
    if not chromium() and os.environ.get("GONGJIA_BROWSER") != "required":
        yield "browser", NO_BROWSER


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and not chromium():
        pytest.fail(
            f"{NO_BROWSER}，而 GONGJIA_BROWSER=required：请安装 chromium，或用 GONGJIA_CHROMIUM 指明它在哪里",
            pytrace=False,
        )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum("browser" in report.keywords and NO_BROWSER in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.write_line(f"浏览器测试：跳过 {count} 项（没有 Chromium）")
