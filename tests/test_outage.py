"""When the ground gives way: a full disk, a database gone, missing keys. A clear word, and nothing half done."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.db import close_old_connections, connection, connections
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client
from django.urls import clear_url_caches

from config import urls as whole_house
from gongjia.backbone.regions.models import Region
from gongjia.kernel import events, routes, verbs
from gongjia.kernel.actors import Actor
from gongjia.kernel.models import AuditRow, Event, Sending
from gongjia.kernel.permissions import ANYONE
from gongjia.kernel.requests import Request
from gongjia.kernel.routes import page
from gongjia.kernel.verbs import note, verb
from tests.factories import Tree

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.system("O1")]

CUT_ALL_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
before_writing: list[Callable[[], None]] = []


@pytest.fixture(autouse=True)
def _a_page_that_writes(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(verbs, "_registered", dict(verbs._registered))
    monkeypatch.setattr(routes, "_registered", list(routes._registered))
    monkeypatch.setattr(events, "_names", {**events._names, "tests.noted": "记下了"})
    monkeypatch.setattr(events, "_handlers", {**events._handlers, "tests.noted": ["tests.nowhere"]})
    before_writing.clear()

    @verb("tests.write_down", zh="记下", may=ANYONE)
    def write_down(*, text: str, by: Actor, at: datetime, key: str = "") -> Region:
        made = Region.objects.create(code="901", name=text[:60], level="village")
        for happen in before_writing:
            happen()
        events.emit("tests.noted", key=str(made.pk), at=at, text=text)
        note(length=len(text))
        return made

    def form(request: Request) -> HttpResponse:
        write_down(text=request.POST["text"], by=request.actor, at=request.at, key=request.POST["key"])
        return HttpResponseRedirect("/done/")

    urls: Any = ModuleType("urls_of_these_tests")
    urls.urlpatterns = [page("form/", form, may=ANYONE, name="tests-form")]
    for name in ("handler400", "handler403", "handler404", "handler500"):
        setattr(urls, name, getattr(whole_house, name))
    settings.ROOT_URLCONF = urls
    clear_url_caches()
    yield
    clear_url_caches()


def send(text: str = "王芳的申请") -> Any:
    return Client(raise_request_exception=False).post("/form/", {"text": text, "key": "k"})


def written() -> list[int]:
    regions = Region.objects.filter(code="901")
    return [rows.count() for rows in (regions, AuditRow.objects, Event.objects, Sending.objects)]


def test_on_sound_ground_it_is_written() -> None:
    assert send().status_code == 302
    assert written() == [1, 1, 1, 1]


def test_a_full_disk_is_told_and_leaves_nothing_half_done(a_quota: Callable[[], AbstractContextManager[None]]) -> None:
    with a_quota():
        answer = send("长" * 400_000)
    assert answer.status_code == 507
    assert "存储空间满了" in answer.content.decode()
    assert "没有保存" in answer.content.decode()
    assert written() == [0, 0, 0, 0]
    assert send().status_code == 302  # the same form, when there is room again
    assert written() == [1, 1, 1, 1]


@pytest.mark.postgresql
def test_a_connection_that_is_cut_in_the_middle_is_told_and_leaves_nothing_half_done() -> None:
    def cut() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            mine = cursor.fetchone()[0]
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [mine])
        other.close()

    before_writing.append(cut)
    answer = send()
    assert answer.status_code == 503
    assert "数据库暂时连不上" in answer.content.decode()
    assert "没有保存" in answer.content.decode()
    before_writing.clear()
    connections.close_all()
    assert written() == [0, 0, 0, 0]
    assert send().status_code == 302
    assert written() == [1, 1, 1, 1]


@pytest.mark.postgresql
def test_a_connection_that_was_cut_between_two_requests_is_made_anew() -> None:
    assert send().status_code == 302
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(CUT_ALL_OTHERS)
    other.close()
    close_old_connections()  # as Django does when a request begins, which its test client leaves out
    assert send().status_code == 302


@pytest.mark.postgresql
def test_a_database_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    connections.close_all()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "PORT", 1)
        answer = send()
    assert answer.status_code == 503
    assert "数据库暂时连不上" in answer.content.decode()
    assert "127.0.0.1" not in answer.content.decode()
    assert written() == [0, 0, 0, 0]


def test_missing_keys_are_told_and_sign_nobody_out(
    settings: Any, tmp_path: Path, tree: Tree, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Client(raise_request_exception=False), tree.officer)
    kept = settings.KEYS_FILE
    settings.KEYS_FILE = tmp_path / "keys.json"
    answer = client.post("/form/", {"text": "a", "key": "k"})
    assert answer.status_code == 503
    assert "钥匙" in answer.content.decode()
    assert str(tmp_path) not in answer.content.decode()
    settings.KEYS_FILE = kept
    assert client.post("/form/", {"text": "a", "key": "k"}).status_code == 302
    assert AuditRow.objects.latest("pk").person_id == tree.officer.pk
