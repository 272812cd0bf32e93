"""The keyring: kept safely, rotated without losing anything, and never overwritten by another."""

import base64
import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjia.kernel.crypto import NotSealed, Suite, UnknownKey, WrongContext, context_of
from gongjia.kernel.keys import INDEX_LENGTH, Keyring, KeysBad, KeysMissing, index_key_id_of

HERE = context_of("people_person.phone", "7GK2M9QX4T")
PHONE = "19900001234"


@pytest.fixture(params=list(Suite))
def ring(request) -> Keyring:
    return Keyring.create(request.param)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "keys" / "keyring.json"


def damage(path: Path, change) -> None:
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


def test_a_saved_keyring_loads_as_it_was(ring, path):
    ring.save(path)
    assert Keyring.load(path) == ring
    assert Keyring.load(path).open_text(ring.seal("咸安区", context=HERE), context=HERE) == "咸安区"


def test_the_file_is_for_its_owner_alone_and_nothing_is_left_beside_it(ring, path):
    ring.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["keyring.json"]


def test_new_keyrings_share_no_secret():
    one, two = Keyring.create(), Keyring.create()
    assert one.suite is Suite.INTERNATIONAL
    secrets = {one.encryption[0].secret, one.index[0].secret, one.audit.secret, one.signer.seed}
    assert len(secrets) == 4
    assert not secrets & {two.encryption[0].secret, two.index[0].secret, two.audit.secret, two.signer.seed}


def test_a_missing_file_says_what_is_lost_and_what_to_do(path):
    with pytest.raises(KeysMissing, match=r"没有找到钥匙文件.*从单独保管的备份中恢复"):
        Keyring.load(path)


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_a_file_open_to_others_is_refused(ring, path):
    ring.save(path)
    path.chmod(0o604)
    with pytest.raises(KeysBad, match="chmod 600"):
        Keyring.load(path)
    path.chmod(0o640)
    assert Keyring.load(path) == ring


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"format": 1}'])
def test_a_half_written_file_is_refused_in_plain_words(path, text):
    path.parent.mkdir()
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeysBad, match="已损坏或不完整"):
        Keyring.load(path)


def test_a_file_that_is_no_text_is_refused(path):
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x00")
    path.chmod(0o600)
    with pytest.raises(KeysBad, match="无法读取"):
        Keyring.load(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(format=2),
        lambda data: data.update(suite="rot13"),
        lambda data: data.update(suite="gm"),
        lambda data: data["signing"][0].update(algorithm="sm2"),
        lambda data: data["signing"][0].update(secret=base64.b64encode(b"short").decode()),
        lambda data: data["signing"][0].update(state="old"),
        lambda data: data["signing"].append(data["signing"][0]),
        lambda data: data.update(signing=[]),
        lambda data: data["encryption"][0].update(secret="!!"),
        lambda data: data["encryption"][0].update(state="old"),
        lambda data: data["encryption"][0].update(id=0),
        lambda data: data["encryption"][0].update(id=65536),
        lambda data: data["encryption"].append(data["encryption"][0]),
        lambda data: data.update(index=[]),
        lambda data: data.pop("audit"),
    ],
)
def test_a_keyring_changed_by_hand_into_nonsense_is_refused(path, change):
    Keyring.create().save(path)
    damage(path, change)
    with pytest.raises(KeysBad, match="已损坏或不完整"):
        Keyring.load(path)


def test_another_keyring_does_not_overwrite_a_file(ring, path):
    ring.save(path)
    with pytest.raises(KeysBad, match="旧数据将无法解开"):
        Keyring.create(ring.suite).save(path)
    assert Keyring.load(path) == ring


def test_of_two_processes_that_start_together_one_keyring_wins(path, monkeypatch):
    """Both saw no file; the second must not replace what the first already uses."""
    first, second = Keyring.create(), Keyring.create()
    first.save(path)
    monkeypatch.setattr(Path, "exists", lambda self: False)
    with pytest.raises(KeysBad, match="另一个程序"):
        second.save(path)
    monkeypatch.undo()
    assert Keyring.load(path) == first
    assert [file.name for file in path.parent.iterdir()] == ["keyring.json"]


def test_a_save_that_breaks_off_leaves_the_old_file(ring, path, monkeypatch):
    ring.save(path)

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        ring.add_generation().save(path)
    monkeypatch.undo()
    assert Keyring.load(path) == ring
    assert [file.name for file in path.parent.iterdir()] == ["keyring.json"]


def test_old_values_stay_readable_and_new_ones_use_the_new_key(ring):
    old = ring.seal(PHONE, context=HERE)
    newer = ring.add_generation()
    new = newer.seal(PHONE, context=HERE)
    assert (old[3], new[3]) == (1, 2)
    assert newer.open_text(old, context=HERE) == newer.open_text(new, context=HERE) == PHONE
    with pytest.raises(UnknownKey, match="第 2 号钥匙"):
        ring.open_(new, context=HERE)


def test_while_rotating_both_indexes_are_searched_active_first(ring):
    newer = ring.add_generation()
    assert newer.rotating
    assert newer.blind_indexes(PHONE, purpose="phone") == [
        newer.blind_index(PHONE, purpose="phone"),
        ring.blind_index(PHONE, purpose="phone"),
    ]
    done = newer.retire_old()
    assert not done.rotating
    assert done.blind_indexes(PHONE, purpose="phone") == [newer.blind_index(PHONE, purpose="phone")]


def test_old_encryption_keys_outlive_a_rotation_because_backups_need_them(ring):
    old = ring.seal(PHONE, context=HERE)
    assert ring.add_generation().retire_old().open_text(old, context=HERE) == PHONE


def test_a_second_rotation_waits_for_the_first(ring):
    with pytest.raises(KeysBad, match="上一次换钥还没有做完"):
        ring.add_generation().add_generation()
    third = ring.add_generation().retire_old().add_generation()
    assert [key.id for key in third.encryption] == [3, 2, 1]
    assert [key.id for key in third.index] == [3, 2]


def test_a_rotation_survives_the_file_at_every_step(ring, path):
    ring.save(path)
    rotating = Keyring.load(path).add_generation()
    rotating.save(path)
    assert Keyring.load(path) == rotating
    Keyring.load(path).retire_old().save(path)
    assert Keyring.load(path) == rotating.retire_old()


def test_numbers_of_keys_end_at_65535(ring, path):
    ring.save(path)
    damage(path, lambda data: [data[kind][0].update(id=65535) for kind in ("encryption", "index")])
    last = Keyring.load(path)
    assert last.open_text(last.seal(PHONE, context=HERE), context=HERE) == PHONE
    with pytest.raises(KeysBad, match="65535"):
        last.add_generation()


@pytest.mark.parametrize(("before", "after"), [(Suite.INTERNATIONAL, Suite.GM), (Suite.GM, Suite.INTERNATIONAL)])
def test_changing_the_suite_keeps_what_the_other_suite_sealed(before, after, path):
    ring = Keyring.create(before)
    old, index = ring.seal(PHONE, context=HERE), ring.blind_index(PHONE, purpose="phone")
    ring.add_generation(after).save(path)
    loaded = Keyring.load(path)
    assert loaded.suite is after
    assert loaded.encryption[0].suite is after
    assert loaded.open_text(old, context=HERE) == PHONE
    assert loaded.open_text(loaded.seal(PHONE, context=HERE), context=HERE) == PHONE
    assert index in loaded.blind_indexes(PHONE, purpose="phone")


def test_a_value_in_another_place_does_not_open(ring):
    with pytest.raises(WrongContext):
        ring.open_(ring.seal(PHONE, context=HERE), context=context_of("people_person.phone", "0000000000"))


def test_what_was_never_sealed_does_not_open(ring):
    with pytest.raises(NotSealed):
        ring.open_(PHONE.encode(), context=HERE)


def test_a_database_driver_may_hand_over_a_memoryview(ring):
    assert ring.open_text(memoryview(ring.seal(PHONE, context=HERE)), context=HERE) == PHONE


def test_an_empty_context_is_refused_both_ways(ring):
    with pytest.raises(ValueError, match="context"):
        ring.seal(PHONE, context=b"")
    with pytest.raises(ValueError, match="context"):
        ring.open_(ring.seal(PHONE, context=HERE), context=b"")


def test_many_are_sealed_as_one_by_one(ring):
    places = [context_of("people_person.phone", number) for number in range(1, 6)]
    blobs = ring.seal_many((f"1990000{number:04}", place) for number, place in enumerate(places))
    assert [ring.open_text(blob, context=place) for blob, place in zip(blobs, places, strict=True)] == [
        f"1990000{number:04}" for number in range(5)
    ]


def test_many_indexes_are_as_one_by_one(ring):
    values = [f"1990000{number:04}" for number in range(5)]
    assert ring.blind_index_many(values, purpose="phone") == [ring.blind_index(v, purpose="phone") for v in values]


def test_an_index_tells_purposes_keys_and_values_apart(ring):
    indexes = {
        ring.blind_index(PHONE, purpose="phone"),
        ring.blind_index(PHONE, purpose="card"),
        ring.blind_index("19900001235", purpose="phone"),
        ring.add_generation().blind_index(PHONE, purpose="phone"),
        Keyring.create(ring.suite).blind_index(PHONE, purpose="phone"),
    }
    assert len(indexes) == 5


@given(value=st.text(min_size=1, max_size=30))
def test_an_index_fits_its_column_and_names_its_key(value):
    index = RING.blind_index(value, purpose="any")
    assert len(index) <= INDEX_LENGTH
    assert index_key_id_of(index) == 1


RING = Keyring.create()


@pytest.mark.parametrize(("value", "purpose"), [("", "phone"), (PHONE, "")])
def test_an_empty_value_has_no_index(ring, value, purpose):
    with pytest.raises(ValueError, match="fingerprint"):
        ring.blind_index(value, purpose=purpose)


def test_signatures_outlive_rotation_and_a_change_of_suite(ring):
    signature = ring.signer.sign(b"paper")
    later = ring.add_generation(Suite.GM).retire_old()
    assert later.signer_of(ring.signer.id).verify(b"paper", signature)
    assert not later.signer.verify(b"paper", signature), "a new key signs from now on"
    assert later.signer_of(99) is None
    assert later.audit_mac(b"row") == ring.audit_mac(b"row") != Keyring.create().audit_mac(b"row")


def test_a_file_with_one_unnumbered_signing_key_is_read_and_can_be_rotated(ring, path):
    ring.save(path)
    damage(path, lambda data: data.update(signing={each: data["signing"][0][each] for each in ("algorithm", "secret")}))
    read = Keyring.load(path)
    assert read.signer.verify(b"paper", ring.signer.sign(b"paper"))
    read.add_generation().save(path)
    assert [key.id for key in Keyring.load(path).signing] == [2, 1]


def test_a_keyring_that_lost_a_signing_key_is_not_written(ring, path):
    ring.add_generation().save(path)
    with pytest.raises(KeysBad, match="没有写入"):
        replace(Keyring.load(path), signing=Keyring.load(path).signing[:1]).save(path)


def test_a_keyring_printed_by_accident_shows_no_secret(ring):
    shown = repr(ring)
    assert repr(ring.signer.seed) not in shown
    assert repr(ring.encryption[0].secret) not in shown
    assert repr(ring.index[0].secret) not in shown


def test_threads_may_share_one_keyring(ring):
    failures: list[int] = []

    def work(number: int) -> None:
        text = f"1990000{number:04}"
        for _ in range(200):
            if ring.open_text(ring.seal(text, context=HERE), context=HERE) != text:
                failures.append(number)
            if not ring.blind_index(text, purpose="phone").startswith("1."):
                failures.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
