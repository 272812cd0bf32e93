"""Sessions: what they hold is sealed in the database, and one that does not open is an empty one."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from gongjia.kernel import keyring, rotation
from gongjia.kernel.keys import Keyring, KeysMissing
from gongjia.kernel.sessions import SessionStore
from tests.factories import Tree

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1")]


@pytest.fixture
def keys(settings: Any, tmp_path: Path) -> Path:
    settings.KEYS_FILE = tmp_path / "keys.json"
    Keyring.create().save(settings.KEYS_FILE)
    return settings.KEYS_FILE


def stored(**values: Any) -> str:
    session = SessionStore()
    session.update(values)
    session.save()
    return str(session.session_key)


def test_a_session_comes_back_as_it_was() -> None:
    held = {"phone": "19900000001", "purposes": {"a": ["audit", "x"]}, "count": 3}
    assert dict(SessionStore(stored(**held)).items()) == held


def test_the_database_holds_no_word_of_it() -> None:
    key = stored(phone="19900000001", name="王芳")
    text = Session.objects.get(session_key=key).session_data
    assert "19900000001" not in text
    assert "phone" not in text


@pytest.mark.parametrize("data", ["", "x", "bm90aGluZw==", "中文"])
def test_a_session_that_does_not_open_is_an_empty_one(data: str) -> None:
    key = stored(phone="19900000001")
    Session.objects.filter(session_key=key).update(session_data=data)
    assert dict(SessionStore(key).items()) == {}


def test_a_session_of_another_installation_is_an_empty_one(keys: Path) -> None:
    key = stored(phone="19900000001")
    keys.unlink()
    Keyring.create().save(keys)
    assert dict(SessionStore(key).items()) == {}


def test_missing_keys_are_an_error_and_sign_nobody_out(keys: Path) -> None:
    key = stored(phone="19900000001")
    keys.unlink()
    with pytest.raises(KeysMissing):
        SessionStore(key).load()


def test_a_session_outlives_a_rotation_of_the_keys(keys: Path, tree: Tree, sign_in: Any) -> None:
    client = sign_in(Client(), tree.officer)
    keyring.current().add_generation().save(keys)
    assert client.session["_auth_user_id"]


def test_a_session_moved_into_the_row_of_another_is_an_empty_one(tree: Tree, sign_in: Any) -> None:
    """Whoever can write to the database would otherwise sit in an officer's place with a cookie of their own."""
    member, officer = sign_in(Client(), tree.member), sign_in(Client(), tree.officer)
    theirs = Session.objects.get(session_key=officer.session.session_key)
    Session.objects.filter(session_key=member.session.session_key).update(session_data=theirs.session_data)
    assert dict(SessionStore(member.session.session_key).items()) == {}


def test_a_session_is_sealed_anew_for_its_own_row(keys: Path) -> None:
    key = stored(phone="19900000001")
    before = Session.objects.get(session_key=key).session_data
    keyring.current().add_generation().save(keys)
    assert [(found.old, found.done) for found in (rotation._sweep_sessions(), rotation._sweep_sessions())] == [
        (1, 1),
        (0, 0),
    ]
    assert Session.objects.get(session_key=key).session_data != before
    assert SessionStore(key)["phone"] == "19900000001"
