"""The demo's page of personas: it works in the demo, and cannot exist anywhere else."""

import os
import subprocess
import sys
from importlib import reload
from pathlib import Path
from types import ModuleType

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import NoReverseMatch, clear_url_caches, include, path, reverse

from gongjia.backbone.accounts.models import Account
from gongjia.kernel.models import AuditRow
from gongjia.portals.open import personas
from gongjia.portals.open import urls as open_urls
from tests import factories

ROOT = Path(personas.__file__).resolve().parents[3]
NAMES = {"member": "wangfang", "chair": "hejianping", "officer": "zhangmin", "leader": "chenli", "auditor": "zhaoqing"}
NAMES |= {"foreign_officer": "zhouyuan", "operator": "operator"}


@pytest.fixture
def accounts(db):
    tree = factories.tree()
    return {name: factories.account(getattr(tree, role), name) for role, name in NAMES.items()}


@pytest.fixture
def demo(settings):
    """The addresses as they are built in the demo."""
    settings.DEMO = True
    urls = ModuleType("urls_of_the_demo")
    home = path("start/", lambda request: HttpResponse(f"{request.actor.name}{len(request.actor.posts)}"))
    urls.urlpatterns = [
        path("", include("gongjia.theme.urls")),
        path("signin/", include("gongjia.portals.signin.urls")),
        home,
        path("", include((personas.routes(), "open"))),
    ]
    sys.modules[urls.__name__] = urls
    settings.ROOT_URLCONF = urls.__name__
    clear_url_caches()
    yield
    del sys.modules[urls.__name__]
    clear_url_caches()


def test_the_page_shows_eight_with_who_they_are_and_what_to_try(demo, db, client):
    page = client.get(reverse("open:personas")).content.decode()
    for persona in personas.PERSONAS:
        assert persona.name in page
        assert persona.what in page
        assert all(thing in page for thing in persona.try_this)
    assert len(personas.PERSONAS) == 8


@pytest.mark.parametrize("username", sorted(NAMES.values()))
def test_one_press_signs_in_as_any_of_them(username, demo, accounts, client):
    assert client.post("/demo/", {"username": username})["Location"] == "/start/"
    account = accounts[username]
    posts = 0 if username == "wangfang" else 1
    assert client.get("/start/").content.decode() == f"{account.person.name}{posts}"
    row = AuditRow.objects.get(verb="accounts.signed_in")
    assert (row.account_id, row.facts["how"]) == (account.pk, ["persona"])


def test_one_goes_from_one_to_another_and_is_only_the_last(demo, accounts, client):
    for username in ("zhangmin", "wangfang", "operator"):
        client.post("/demo/", {"username": username})
    assert client.get("/start/").content.decode() == "系统员1"


def test_nobody_else_can_be_become(demo, accounts, client):
    factories.account(None, "somebody")
    for username in ("somebody", "nobody", ""):
        assert client.post("/demo/", {"username": username}).status_code == 404
    assert client.get("/start/").content.decode() == "0"


def test_a_persona_that_the_city_has_not_made_is_no_page(demo, db, client):
    assert client.post("/demo/", {"username": "wangfang"}).status_code == 404


# ── outside the demo ────────────────────────────────────────────────────────────────────────────────────────


def test_outside_the_demo_the_route_is_not_built(db, client):
    assert personas.routes() == []
    assert not any(each.name == "personas" for each in reload(open_urls).urlpatterns)
    with pytest.raises(NoReverseMatch):
        reverse("open:personas")
    assert client.post("/demo/", {"username": "wangfang"}).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_view_itself_refuses_outside_the_demo(method, db):
    request = getattr(RequestFactory(), method)("/demo/", {"username": "wangfang"})
    with pytest.raises(Http404):
        personas.personas(request)


def test_a_sitting_begun_as_a_persona_is_too_weak_when_the_demo_is_over(accounts, client, settings, demo):
    from gongjia.portals.signin.entry import PERSONA, is_strong, methods_of

    client.post("/demo/", {"username": "zhangmin"})
    request = RequestFactory().get("/")
    request.session = client.session
    account = Account.objects.get(username="zhangmin")
    assert is_strong(methods_of(request, account))
    settings.DEMO = False
    assert PERSONA not in methods_of(request, account)
    assert not is_strong(methods_of(request, account))


@pytest.mark.parametrize("flags", [{}, {"GONGJIA_DEMO": "1", "DEMO": "1"}])
def test_in_production_the_address_does_not_exist_whatever_the_flags(flags, tmp_path):
    program = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "from django.urls import resolve, reverse, NoReverseMatch, Resolver404\n"
        "from gongjia.portals.open import personas\n"
        "print(settings.MODE, settings.DEMO, personas.routes())\n"
        "try: print(reverse('open:personas'))\n"
        "except NoReverseMatch: print('none')\n"
        "try: print(resolve('/demo/'))\n"
        "except Resolver404: print('none')\n"
    )
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GONGJIA_")},
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "GONGJIA_MODE": "production",
        "GONGJIA_SECRET_KEY": "a key of this test alone, long enough for anything",
        "GONGJIA_VAR": str(tmp_path),
        "GONGJIA_HOSTS": "example.org",
        **flags,
    }
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["production False []", "none", "none"], done.stderr
