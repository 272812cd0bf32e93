"""Sealed columns: open in their own row and column only, found by the whole value only."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection

from gongjia.kernel import keyring
from gongjia.kernel.crypto import SealError, Suite, UnknownKey, WrongContext
from gongjia.kernel.keys import Keyring, KeysMissing
from gongjia.kernel.secrets import SecretField, indexes_of, sealed_columns
from tests import factories
from tests.factories import Account, Person

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1")]

ID_NUMBER = Person.secret_purposes["id_number"]


@pytest.fixture
def keys(settings: Any, tmp_path: Path) -> Path:
    """A key file of the test's own."""
    settings.KEYS_FILE = tmp_path / "keys.json"
    Keyring.create().save(settings.KEYS_FILE)
    return settings.KEYS_FILE


def reread(person: Person) -> Person:
    return Person._base_manager.get(pk=person.pk)


def test_a_secret_is_read_back_from_its_own_row() -> None:
    person = reread(factories.person("王芳", number=7))
    assert person.reveal("id_number") == factories.id_number(7)
    assert person.reveal("phone") == factories.phone_number(7)


def test_the_database_holds_neither_number_nor_a_part_of_it() -> None:
    person = factories.person("王芳", number=7)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_person WHERE id = %s", [person.pk])
        stored = b"|".join(
            bytes(each) if isinstance(each, bytes | memoryview) else str(each).encode() for each in cursor.fetchone()
        )
    for number in (factories.id_number(7), factories.phone_number(7)):
        for begin in range(len(number) - 8):
            assert number[begin : begin + 9].encode() not in stored


def test_a_value_moved_to_another_row_does_not_open() -> None:
    one, other = factories.person("王芳"), factories.person("李青禾")
    Person._base_manager.filter(pk=one.pk).update(id_number=other.id_number)
    with pytest.raises(WrongContext, match="行、列不符"):
        reread(one).reveal("id_number")


def test_a_value_moved_to_another_column_does_not_open() -> None:
    person = factories.person("王芳")
    Person._base_manager.filter(pk=person.pk).update(phone=person.id_number)
    with pytest.raises(WrongContext):
        reread(person).reveal("phone")


def test_a_value_moved_to_a_column_of_the_same_name_elsewhere_does_not_open() -> None:
    person = factories.person("王芳")
    account = factories.account(person)
    Account.objects.filter(pk=account.pk).update(phone=person.phone, row_key=person.row_key)
    with pytest.raises(WrongContext):
        Account.objects.get(pk=account.pk).reveal("phone")


def test_a_changed_value_does_not_open() -> None:
    person = factories.person("王芳")
    changed = bytearray(person.phone)
    changed[-1] ^= 1
    Person._base_manager.filter(pk=person.pk).update(phone=bytes(changed))
    with pytest.raises(SealError):
        reread(person).reveal("phone")


def test_the_same_value_looks_different_in_each_row_and_is_found_all_the_same() -> None:
    one, other = factories.person("王芳", number=7), factories.person("李青禾", number=8)
    other.seal_in(phone=factories.phone_number(7))
    other.save()
    assert bytes(one.phone) != bytes(other.phone)
    found = Person._base_manager.filter(phone_index__in=indexes_of(factories.phone_number(7), purpose="person.phone"))
    assert set(found) == {one, other}


def test_a_person_is_found_by_the_whole_number_and_by_nothing_less() -> None:
    person = factories.person("王芳", number=7)
    number = factories.id_number(7)

    def found(text: str) -> list[Person]:
        return list(Person._base_manager.filter(id_number_index__in=indexes_of(text, purpose=ID_NUMBER)))

    assert found(number) == [person]
    assert not any(found(part) for part in (number[:-1], number[1:], number[-6:], number[:6]))


def test_indexes_of_two_purposes_do_not_match() -> None:
    assert not set(indexes_of("19900000007", purpose="person.phone")) & set(
        indexes_of("19900000007", purpose="account.phone")
    )


def test_the_database_refuses_the_same_number_twice() -> None:
    factories.person("王芳", number=7)
    with pytest.raises(IntegrityError):
        factories.person("王芬", number=7)


def test_an_empty_text_clears_value_and_index_and_matches_nobody() -> None:
    one, other = factories.person("王芳"), factories.person("李青禾")
    for person in (one, other):
        person.seal_in(id_number="", phone="")
        person.save()
    assert [(each.reveal("phone"), each.phone_index, bytes(each.phone)) for each in map(reread, (one, other))] == [
        ("", "", b"")
    ] * 2
    with pytest.raises(ValueError, match="empty value"):
        indexes_of("", purpose=ID_NUMBER)


def test_every_model_with_a_secret_is_walked_by_a_rotation() -> None:
    with_a_secret = {
        model._meta.label: sorted(field.name for field in model._meta.concrete_fields if isinstance(field, SecretField))
        for model in apps.get_models()
    }
    walked = {model._meta.label: sorted(columns) for model, columns in sealed_columns()}
    assert walked == {label: columns for label, columns in with_a_secret.items() if columns}
    assert walked["people.Person"] == ["id_number", "phone"]


def test_the_index_of_a_secret_stands_beside_it() -> None:
    for model, columns in sealed_columns():
        names = {field.name for field in model._meta.concrete_fields}
        assert set(model.secret_purposes) <= set(columns)
        assert {f"{column}_index" for column in model.secret_purposes} <= names
        assert {f"{column}_index" for column in columns} & names == {f"{c}_index" for c in model.secret_purposes}


# ── the key file ────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_the_keys_nothing_opens_and_the_word_is_clear(keys: Path) -> None:
    person = factories.person("王芳")
    keys.unlink()
    with pytest.raises(KeysMissing, match=r"没有找到钥匙文件.*从单独保管的备份中恢复"):
        reread(person).reveal("phone")


def test_under_the_keys_of_another_installation_nothing_opens(keys: Path) -> None:
    person = factories.person("王芳")
    keys.unlink()
    Keyring.create().save(keys)
    with pytest.raises(WrongContext):
        reread(person).reveal("phone")


def test_a_running_process_takes_over_the_keys_of_a_rotation(keys: Path) -> None:
    person = factories.person("王芳", number=7)
    keyring.current().add_generation(Suite.GM).save(keys)
    assert keyring.current().active_id == 2
    assert reread(person).reveal("id_number") == factories.id_number(7)
    assert len(indexes_of("19900000007", purpose="person.phone")) == 2


def test_a_value_of_a_key_that_is_gone_says_which_key_is_needed(keys: Path, tmp_path: Path) -> None:
    before = keyring.current()
    person = factories.person("王芳")
    before.add_generation().save(keys)
    sealed_later = factories.person("李青禾")
    keys.unlink()
    before.save(keys)
    assert reread(person).reveal("phone")
    with pytest.raises(UnknownKey, match="第 2 号钥匙"):
        reread(sealed_later).reveal("phone")
