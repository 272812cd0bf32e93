"""New keys while people work: killed anywhere, resumed, everybody found by their whole number all the time."""

from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connections

from gongjia.command import rotate
from gongjia.kernel import keyring, rotation
from gongjia.kernel.crypto import Suite, key_id_of
from gongjia.kernel.keys import Keyring, index_key_id_of
from gongjia.kernel.rotation import Sweep
from gongjia.kernel.secrets import indexes_of
from gongjia.kernel.sessions import SessionStore
from tests import factories
from tests.factories import Account, Person

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1")]

PEOPLE = 7


@pytest.fixture(autouse=True)
def keys(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key file of the test's own, small batches, and no file or second factor to walk through."""
    settings.KEYS_FILE = tmp_path / "keys.json"
    Keyring.create().save(settings.KEYS_FILE)
    monkeypatch.setattr(rotation, "BATCH", 2)
    monkeypatch.setattr(rotation, "_registered", {})
    return settings.KEYS_FILE


@pytest.fixture
def people(keys: Path, db: None) -> list[Person]:
    made = [factories.person(f"王芳{number}", number=number) for number in range(PEOPLE)]
    for person in made[:3]:
        factories.account(person)
    made[-1].seal_in(phone="")
    made[-1].save()
    return made


def everybody_is_found() -> bool:
    found = [
        Person._base_manager.get(
            id_number_index__in=indexes_of(factories.id_number(number), purpose="person.id_number")
        )
        for number in range(PEOPLE)
    ]
    return [each.reveal("id_number") for each in found] == [factories.id_number(number) for number in range(PEOPLE)]


def key_numbers() -> set[tuple[int, int]]:
    """Under which encryption and index key the columns stand."""
    columns = [(person.id_number, person.id_number_index) for person in Person._base_manager.all()]
    columns += [(person.phone, person.phone_index) for person in Person._base_manager.exclude(phone_index="")]
    columns += [(account.phone, account.phone_index) for account in Account.objects.all()]
    return {(key_id_of(bytes(sealed)), index_key_id_of(index)) for sealed, index in columns}


def test_after_a_rotation_everything_stands_under_the_new_keys_and_one_index_key_is_left(
    people: list[Person], keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = SessionStore()
    session["phone"] = "19900000001"
    session.save()
    assert rotate.run(["--wait", "0", "--suite", "gm"]) == 0
    assert key_numbers() == {(2, 2)}
    assert everybody_is_found()
    assert SessionStore(session.session_key)["phone"] == "19900000001"
    ring = Keyring.load(keys)
    assert (ring.suite, ring.rotating, [key.id for key in ring.encryption]) == (Suite.GM, False, [2, 1])
    said = capsys.readouterr().out
    assert "人员：共 7，换了 7" in said
    assert "登录会话：共 1，换了 1" in said
    assert "请现在就把这个文件另外备份一份" in said


def test_a_second_rotation_finds_everything_again(people: list[Person]) -> None:
    assert rotate.run(["--wait", "0"]) == 0
    assert rotate.run(["--wait", "0"]) == 0
    assert key_numbers() == {(3, 3)}
    assert everybody_is_found()


@pytest.mark.parametrize("place", range(10))
def test_killed_anywhere_it_goes_on_and_everybody_is_found_all_the_time(
    people: list[Person], keys: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    rows = count()
    sound = rotation._reseal_row

    def killed(row: Any, columns: list[str]) -> None:
        assert everybody_is_found()
        sound(row, columns)
        if next(rows) == place:
            raise KeyboardInterrupt

    with monkeypatch.context() as kill:
        kill.setattr(rotation, "_reseal_row", killed)
        with pytest.raises(KeyboardInterrupt):
            rotate.run(["--wait", "0"])
    assert Keyring.load(keys).rotating
    assert everybody_is_found()
    assert rotate.run(["--wait", "0"]) == 0
    assert key_numbers() == {(2, 2)}
    assert everybody_is_found()
    assert not Keyring.load(keys).rotating


def test_while_rotating_a_known_number_is_still_refused(people: list[Person], keys: Path) -> None:
    """The column's own constraint holds under one key only: verbs ask for the indexes under both."""
    keyring.current().add_generation().save(keys)
    index = indexes_of(factories.id_number(0), purpose="person.id_number")
    assert len(index) == 2
    assert Person._base_manager.filter(id_number_index__in=index).count() == 1


def test_two_rows_with_one_number_are_named_and_the_old_keys_stay(
    people: list[Person], keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keyring.current().add_generation().save(keys)
    twin = Person(name="王芳", pinyin_key="wang fang", initials="wf")
    twin.seal_in(id_number=factories.id_number(0))
    twin.save()
    assert rotate.run(["--wait", "0"]) == 1
    assert f"人员第 {people[0].pk} 行：与另一行的内容相同" in capsys.readouterr().err
    assert Keyring.load(keys).rotating
    Person._base_manager.filter(pk=twin.pk).delete()
    assert rotate.run(["--wait", "0"]) == 0


def test_a_value_that_does_not_open_is_named_and_the_old_keys_stay(
    people: list[Person], keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Person._base_manager.filter(pk=people[2].pk).update(phone=people[3].phone)
    assert rotate.run(["--wait", "0"]) == 1
    assert f"人员第 {people[2].pk} 行：密文与所在的行、列不符" in capsys.readouterr().err
    assert Keyring.load(keys).rotating


def test_a_row_that_is_always_being_written_keeps_the_old_keys(
    people: list[Person], keys: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rotation, "_registered", {"文件": f"{__name__}.busy"})
    assert rotate.run(["--wait", "0"]) == 1
    assert "没有换完" in capsys.readouterr().err
    assert Keyring.load(keys).rotating


def busy() -> Sweep:
    return Sweep("文件", seen=3, old=1, done=0)


def test_a_session_that_does_not_open_is_left_alone(people: list[Person]) -> None:
    Session.objects.create(session_key="x" * 32, session_data="?", expire_date="2030-01-01T00:00:00Z")
    assert rotate.run(["--wait", "0"]) == 0


@pytest.mark.django_db(transaction=True)
def test_people_go_on_working_while_the_keys_change(people: list[Person]) -> None:
    ended, failures = Event(), []

    def work(person: Person) -> None:
        """Changes the phone of one person again and again, and looks everybody up."""
        try:
            for number in count(100 * person.pk):
                if ended.is_set():
                    break
                mine = Person._base_manager.get(pk=person.pk)
                mine.seal_in(phone=factories.phone_number(number % 10000))
                mine.save(update_fields=["phone", "phone_index"])
                assert everybody_is_found()
        except Exception as failure:  # noqa: BLE001 - told when the threads have ended
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=(person,)) for person in people[:3]]
    for thread in threads:
        thread.start()
    try:
        assert rotate.run(["--wait", "2"]) == 0
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert not failures
    assert everybody_is_found()
    assert key_numbers() == {(2, 2)}
