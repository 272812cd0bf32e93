"""Real pages in bad weather: the person is told that nothing was saved, nothing is half written, and the same form,
sent again when the weather is fine, is taken once."""

import errno
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections
from django.test import Client
from django.urls import reverse

from gongjia.backbone.files import storage
from gongjia.backbone.files.models import StoredFile
from gongjia.domains.organising.models import Run
from gongjia.engines.intake.models import Batch
from gongjia.engines.messages.models import Message
from gongjia.kernel.keys import Keyring
from gongjia.kernel.models import AuditRow, Event
from tests.factories import Person, Tree

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.system("O1")]
SignIn = Callable[[Client, Person], Client]
LETTER = {"body": "车间太热了，能不能装风扇？", "key": "letter-of-wang-fang"}
LISTS = {
    "employers": "企业名称,统一社会信用代码,所属区县,参保人数\n溪口样例厂,,咸安区,40\n",
    "unions": "工会名称,所属区县\n别处样例厂工会,咸安区\n",
}


@pytest.fixture
def worker(tree: Tree, sign_in: SignIn) -> Client:
    return sign_in(Client(raise_request_exception=False), tree.member)


@pytest.fixture
def officer(tree: Tree, sign_in: SignIn, settings: Any, tmp_path: Path) -> Client:
    """Signed in, with a folder for uploads of this test's own."""
    settings.VAR = tmp_path
    return sign_in(Client(raise_request_exception=False), tree.officer)


def write(client: Client) -> Any:
    return client.post(reverse("service:write"), LETTER)


def upload(client: Client) -> Any:
    files = [SimpleUploadedFile(f"{kind}.csv", text.encode()) for kind, text in LISTS.items()]
    return client.post(reverse("organising:radar"), {"lists": files, "key": "lists"})


def left(folder: Path) -> list[Path]:
    return [each for each in (folder / "files").rglob("*") if each.is_file()]


def rows() -> list[int]:
    return [model._base_manager.count() for model in (Message, StoredFile, Batch, Run, AuditRow, Event)]


def is_told(answer: Any, status: int, title: str) -> None:
    text = answer.content.decode()
    assert answer.status_code == status
    assert title in text
    assert "没有保存" in text
    assert "Traceback" not in text


@pytest.mark.postgresql
def test_a_letter_sent_while_the_database_goes_away_is_told_and_may_be_sent_again(
    worker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows()
    create = Message.save

    def cut(self: Message, *args: Any, **kwargs: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            mine = cursor.fetchone()[0]
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [mine])
        other.close()
        create(self, *args, **kwargs)

    with monkeypatch.context() as storm:
        storm.setattr(Message, "save", cut)
        is_told(write(worker), 503, "数据库暂时连不上")
    connections.close_all()
    assert rows() == before
    assert write(worker).status_code == 302
    assert write(worker).status_code == 302
    assert Message._base_manager.filter(body=LETTER["body"]).count() == 1


def test_a_letter_on_a_full_disk_is_told_and_may_be_sent_again(
    worker: Client, a_quota: Callable[[], AbstractContextManager[None]]
) -> None:
    before = rows()
    full = {**LETTER, "body": "长" * 2000}
    with a_quota():
        answers = [worker.post(reverse("service:write"), {**full, "key": f"k{turn}"}) for turn in range(4)]
        refused = next(answer for answer in answers if answer.status_code != 302)
    is_told(refused, 507, "存储空间满了")
    taken = sum(answer.status_code == 302 for answer in answers)
    assert Message._base_manager.count() == before[0] + taken
    assert write(worker).status_code == 302


def test_lists_on_a_full_disk_are_told_and_nothing_of_them_is_left(
    officer: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows()

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as storm:
        storm.setattr(storage.os, "fsync", full)
        is_told(upload(officer), 507, "存储空间满了")
    assert left(tmp_path) == []
    assert rows() == before
    assert upload(officer).status_code == 302
    assert len(left(tmp_path)) == len(LISTS)


def test_lists_that_the_database_could_not_take_are_told(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows()

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as storm:
        storm.setattr(Run, "save", away)
        is_told(upload(officer), 503, "数据库暂时连不上")
    assert rows() == before
    assert upload(officer).status_code == 302
    assert Run._base_manager.count() == 1


def test_the_keys_of_another_installation_open_nothing_and_say_so(
    worker: Client, settings: Any, tmp_path: Path
) -> None:
    kept = settings.KEYS_FILE
    settings.KEYS_FILE = tmp_path / "keys.json"
    Keyring.create().save(settings.KEYS_FILE)
    answer = worker.get(reverse("service:me"))
    assert answer.status_code == 302, "a session sealed under other keys is none"
    assert answer["Location"].startswith(settings.LOGIN_URL)
    settings.KEYS_FILE = kept
    assert worker.get(reverse("service:me")).status_code == 200, "the session stands when the right keys are back"
