"""Many rows at once come out like rows one by one: written, numbered, found, and what hangs on them seen."""

from datetime import date
from random import Random

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction

from gongjia.kernel import bulk, db
from gongjia.kernel.crypto import EncryptionKey, Suite
from gongjia.kernel.keys import Keyring
from gongjia.kernel.pinyin import _read, _whole
from gongjia.kernel.references import is_reference, new_references
from gongjia.kernel.secrets import new_row_keys, sealed_column
from tests import factories
from tests.factories import Employment, Membership, Person, Tree

pytestmark = [pytest.mark.django_db, pytest.mark.system("O8")]

NAMES = ("白小满", '柳"青,\n', " 石 磊 ", "", "\\N", "许青禾\t")


def people(names: tuple[str, ...] = NAMES) -> pl.DataFrame:
    keys, count = new_row_keys(len(names)), len(names)
    numbers = [factories.id_number(700 + at) for at in range(count)]
    sealed, index = sealed_column(Person, "id_number", numbers, keys)
    return pl.DataFrame(
        {
            "id": bulk.take_numbers(Person, count),
            "reference": new_references(count),
            "row_key": keys,
            "name": names,
            "id_number": pl.Series(sealed, dtype=pl.Binary),
            "id_number_index": index,
            "birth_on": [date(1990, 1, 1), *[None] * (count - 1)],
            "is_migrant": [True, False, *[None] * (count - 2)],
        }
    )


def test_rows_come_out_as_bulk_create_writes_them() -> None:
    rows = people()
    bulk.copy_in(Person, rows)
    plain = [field.attname for field in Person._meta.concrete_fields]
    written = Person._base_manager.filter(pk__in=rows["id"].to_list()).order_by("pk")
    for person, given in zip(written, rows.rows(named=True), strict=True):
        alike = Person(**given)
        alike.row_key = person.row_key
        assert {name: getattr(person, name) for name in plain if name != "id_number"} == {
            name: getattr(alike, name) for name in plain if name != "id_number"
        }
    assert [person.reveal("id_number") for person in written] == [factories.id_number(700 + at) for at in range(6)]


def test_numbers_are_nobody_elses_and_rows_written_later_come_after_them() -> None:
    taken = bulk.take_numbers(Person, 5)
    bulk.copy_in(Person, people(("白小满", "柳青")))
    later = factories.person("石磊", number=1)
    assert sorted(set(taken)) == taken
    assert later.pk > max(taken)
    assert later.pk > Person._base_manager.get(name="柳青").pk


def test_a_row_that_is_there_already_stops_all(tree: Tree) -> None:
    rows = people(("白小满", "柳青"))
    known = rows.with_columns(id_number_index=pl.lit(tree.member.id_number_index))
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.copy_in(Person, known)
    assert not Person._base_manager.filter(name__in=("白小满", "柳青")).exists()


@pytest.mark.parametrize("missing", ["id", "reference", "row_key"])
def test_what_is_another_one_in_each_row_must_be_given(missing: str) -> None:
    with pytest.raises(TypeError, match=missing):
        bulk.copy_in(Person, people().drop(missing))


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(TypeError, match="nickname"):
        bulk.copy_in(Person, people().with_columns(nickname=pl.lit("")))


@pytest.mark.parametrize("step", [1, 2])
def test_rows_are_found_among_many_values_by_runs_and_without(tree: Tree, step: int) -> None:
    found = list(Person._base_manager.order_by("pk").values_list("pk", flat=True))
    asked = [*range(found[0], found[-1] + 60, step)]
    expected = [number for number in found if number in asked]
    rows = Person._base_manager.filter(pk__among=db.Values(asked)).order_by("pk")
    assert list(rows.values_list("pk", flat=True)) == expected
    assert Person._base_manager.filter(name__among=db.Values(["没有", tree.member.name])).count() == 1
    assert not Person._base_manager.filter(pk__among=db.Values([])).exists()
    spells = Membership._base_manager.filter(person__among=db.Values(asked))
    assert set(spells.values_list("person_id", flat=True)) <= set(expected)


def test_runs_have_no_gap_and_give_back_their_numbers() -> None:
    numbers = [1, 2, 3, 7, 9, 10]
    assert db.runs(numbers) == [(1, 3), (7, 7), (9, 10)]
    assert bulk.run_numbers(db.runs(numbers)) == numbers
    assert db.runs(numbers, most=2) == []


def test_what_hangs_on_a_row_is_seen_and_what_is_put_aside_is_not(tree: Tree) -> None:
    member, alone = tree.member, factories.person("白小满", number=901)
    spells, jobs = (list(each._base_manager.values_list("pk", flat=True)) for each in (Membership, Employment))
    aside = {Membership: spells, Employment: jobs}
    assert bulk.referred(Person, [member.pk, alone.pk]) == {member.pk}
    assert bulk.referred(Person, [member.pk, alone.pk], aside=aside) == set()
    post = factories.post(alone, tree.union, "committee_member")
    assert bulk.referred(Person, [member.pk, alone.pk], aside=aside) == {alone.pk}
    post.delete()
    assert bulk.remove(Person, [alone.pk]) == 1
    assert not Person._base_manager.filter(pk=alone.pk).exists()


def test_a_row_on_which_another_hangs_is_not_removed(tree: Tree) -> None:
    def remove() -> None:
        with transaction.atomic():
            bulk.remove(Person, [tree.member.pk])
            connection.check_constraints()

    with pytest.raises(IntegrityError):
        remove()
    assert Person._base_manager.filter(pk=tree.member.pk).exists()


# ── what rows are made of ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("suite", list(Suite))
def test_sealed_together_opens_one_by_one_in_its_own_context_only(suite: Suite) -> None:
    key = EncryptionKey(1, suite, b"k" * suite.key_bytes)
    items = [(f"number {at}".encode(), f"table.column:{at}".encode()) for at in range(50)]
    sealed = key.seal_many(items)
    assert [key.open_(blob, context=context) for blob, (_, context) in zip(sealed, items, strict=True)] == [
        plain for plain, _ in items
    ]
    assert len({blob[4:16] for blob in sealed}) == 50, "no nonce is used twice"
    assert all(len(blob) == len(plain) + 32 for blob, (plain, _) in zip(sealed, items, strict=True))


def test_indexes_made_together_are_those_made_one_by_one() -> None:
    ring = Keyring.create().add_generation()
    values = [f"number {at}" for at in range(20)]
    assert ring.blind_index_many(values, purpose="p") == [ring.blind_index(each, purpose="p") for each in values]
    older = ring.blind_index_many(values, purpose="p", key=ring.index[1])
    assert older == [ring.blind_indexes(each, purpose="p")[1] for each in values]


def test_references_and_row_keys_drawn_together_are_sound_and_different() -> None:
    references, keys = new_references(5000), new_row_keys(5000)
    assert all(map(is_reference, references))
    assert len(set(references)) == len(set(keys)) == 5000
    assert all(key[14] == "4" and key[19] in "89ab" and len(key) == 36 for key in keys)


def test_a_name_read_sign_by_sign_is_read_like_the_whole() -> None:
    draw = Random(3)
    signs = [chr(code) for code in range(0x4E00, 0x9FA6)]
    common = "王单行长重曾解朴仇查区乐佳慧晓东鹏飞中国建设大小朝阳还都会得地着了不一六尉迟"
    names = ["".join(draw.choices(pool, k=draw.randint(1, 4))) for pool in (signs, common) for _ in range(1500)]
    assert [name for name in names if _read(name) != _whole(name)] == []
