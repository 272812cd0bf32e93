"""What a worker's real pages move, as the real application serves them: HTML and every file, compressed by brotli."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse

from gongjia.backbone.memberships.models import Membership
from tests import factories
from tests.factories import Tree

pytestmark = [pytest.mark.django_db, pytest.mark.system("G3")]
KB = 1024
FIRST, SECOND = 450 * KB, 150 * KB
PAGES = ("service:home", "enrolment:membership", "service:messages", "service:me", "service:write")
_LINK = re.compile(r'<(?:link|script|img|source)\b[^>]*?(?:href|src)="([^"]+)"')
_INSIDE = re.compile(r"url\(\s*[\"']?([^\"')]+)")


@pytest.fixture
def served(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """Static files as they are served: hashed names, compressed, kept for ever by browsers."""
    storage = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    with override_settings(
        STATIC_ROOT=tmp_path, STORAGES=settings.STORAGES | {"staticfiles": storage}, WHITENOISE_USE_FINDERS=False
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield tmp_path


def fetched(client: Client, address: str) -> tuple[int, bool]:
    """Bytes of a file as sent to a browser that takes brotli, and whether it may keep it."""
    answer = client.get(address, headers={"accept-encoding": "br"})
    assert answer.status_code == 200, address
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return len(body), "immutable" in answer.get("Cache-Control", "")


def files_of(page: str, root: Path) -> set[str]:
    """Every file that a page and its style sheets name on this server."""
    found = {each for each in _LINK.findall(page) if each.startswith("/static/")}
    for style in [each for each in found if each.endswith(".css")]:
        path = root / style.removeprefix("/static/").replace("%40", "@")
        inside = _INSIDE.findall(path.read_text("utf-8"))
        assert not [each for each in inside if not each.startswith(("data:", "#"))], "style sheets name no more files"
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_workers_page_is_light_on_the_first_visit_and_on_the_second(
    tree: Tree, served: Path, sign_in: Callable[..., Client], name: str
) -> None:
    client = sign_in(Client(), tree.member)
    assert Membership._base_manager.filter(person=tree.member).exists()
    page = client.get(reverse(name))
    assert page.status_code == 200
    html = len(brotli.compress(page.content))
    sizes = [fetched(client, each) for each in files_of(page.content.decode(), served)]
    first = html + sum(size for size, _ in sizes)
    second = html + sum(size for size, may_keep in sizes if not may_keep)
    print(f"{name}: {first / KB:.1f} KB first, {second / KB:.1f} KB second, HTML {len(page.content) / KB:.1f} KB plain")
    assert sizes
    assert first <= FIRST
    assert second <= SECOND


def test_nothing_is_fetched_from_elsewhere(tree: Tree, sign_in: Callable[..., Client]) -> None:
    client = sign_in(Client(), tree.member)
    factories.membership(factories.person("白小满"), tree.union)
    for name in PAGES:
        named = _LINK.findall(client.get(reverse(name)).content.decode())
        assert named
        assert not [each for each in named if not each.startswith(("/", "data:"))]
