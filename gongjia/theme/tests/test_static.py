import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import override_settings

from gongjia.theme.finders import NodeFinder

THEME = Path(__file__).resolve().parent.parent
GONGJIA = THEME.parent
KB = 1024
pytestmark = [pytest.mark.urls("gongjia.theme.tests.urls"), pytest.mark.django_db]


def test_only_what_is_listed_leaves_node_modules() -> None:
    finder = NodeFinder()
    assert finder.find("vendor/echarts/dist/echarts.min.js")
    for outside in ("vendor/echarts/package.json", "vendor/../package.json", "echarts/dist/echarts.min.js"):
        assert not finder.find(outside)
        assert not finders.find(outside)
    assert finder.find("vendor/echarts/package.json", find_all=True) == []
    listed = {path for path, _ in finder.list([])}
    assert listed == {
        "@tabler/core/dist/css/tabler.min.css",
        "@tabler/core/dist/css/tabler.min.css.map",
        "echarts/dist/echarts.min.js",
    }


def test_an_empty_node_modules_is_named_by_check(tmp_path: Path) -> None:
    with override_settings(NODE_ROOT=tmp_path):
        assert [error.id for error in NodeFinder().check()] == ["theme.E003"]
    assert NodeFinder().check() == []


def test_the_manifest_storage_finds_every_file_that_a_file_names(tmp_path: Path) -> None:
    manifest = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    storages = settings.STORAGES | {"staticfiles": manifest}
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").is_file()
    assert list(tmp_path.glob("vendor/@tabler/core/dist/css/tabler.min.*.css.br"))


def weight(client: Any, path: str) -> int:
    """Bytes of the page and of all that it names, as brotli sends them."""
    page = client.get(path).content.decode()
    named = set(re.findall(r'(?:href|src)="/static/([^"]+)"', page))
    assert "theme/gongjia.js" in named
    found = [finders.find(unquote(name)) for name in named]
    assert all(found)
    return len(page.encode()) + sum(len(brotli.compress(Path(str(file)).read_bytes())) for file in found)


@pytest.mark.parametrize("path", ["/specimen/service/much/", "/ask/question/", "/ask/check/"])
def test_a_workers_page_is_light_on_the_first_visit_and_on_the_second(client: Any, path: str) -> None:
    """At most 450 KB and 150 KB are promised; without Tabler and charts a first visit stays under the second's."""
    assert weight(client, path) < 150 * KB
    page = client.get(path).content.decode()
    assert "echarts" not in page
    assert "tabler" not in page


def test_an_officers_page_without_a_chart_is_light_too(client: Any) -> None:
    assert weight(client, "/ask/confirm/") < 150 * KB


@pytest.mark.parametrize("name", ["gongjia.js", "work.js"])
def test_our_own_script_is_small(name: str) -> None:
    assert (THEME / "static/theme" / name).stat().st_size <= 10 * KB


TEMPLATES = [file for folder in GONGJIA.rglob("templates") for file in folder.rglob("*.html")]
BLOCKED = re.compile(
    r"""\s(?:style|on[a-z]+)\s*=\s*["']|javascript:|<style(?![^>]*nonce)|<script(?![^>]*(?:src=|nonce))"""
)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(GONGJIA)))
def test_no_template_holds_what_the_content_policy_blocks(file: Path) -> None:
    assert not BLOCKED.findall(file.read_text("utf-8"))


@pytest.mark.parametrize("file", sorted((THEME / "static/theme").glob("*.css")), ids=lambda file: file.name)
def test_styles_keep_to_what_old_phones_know(file: Path) -> None:
    """Chromium 86 and iOS 14 drop a rule whose selector or colour they do not know."""
    text = re.sub(r"/\*.*?\*/", "", file.read_text("utf-8"), flags=re.DOTALL)
    selectors = (":has(", ":is(", ":where(", "@layer", "@container", "&")
    for unknown in (*selectors, "light-dark(", "oklch(", "color-mix(", "inset:"):
        assert unknown not in text
    assert not re.search(r"(?<!grid-)\bgap:", text), "flexible boxes know no gap on iOS 14"
