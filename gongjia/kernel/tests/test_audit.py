"""The record: whatever somebody with the whole database in hand does to it, the check finds and names."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from gongjia.kernel import audit
from gongjia.kernel.actors import Actor
from gongjia.kernel.audit import Verification
from gongjia.kernel.models import AuditRow, AuditSeal
from tests.factories import Region
from tests.threads import together

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1")]

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
BY = Actor(account_id=7, person_id=8, purpose="membership")


@pytest.fixture(autouse=True)
def var(settings: Any, tmp_path: Path) -> Path:
    """Each test notes its seals in a file of its own."""
    settings.VAR = tmp_path
    return tmp_path


def write(count: int, *, at: datetime = AT) -> list[AuditRow]:
    for number in range(count):
        audit.record("tests.act", by=BY, at=at, about_person_id=number, facts={"n": number})
    return list(AuditRow.objects.order_by("-pk")[:count])


def verify() -> Verification:
    return audit.verify(unsealed_before=LATER)


@dataclass(frozen=True)
class Record:
    """Three seals of four rows each, noted in the file, and two rows that are not yet sealed."""

    rows: list[AuditRow]
    seals: list[AuditSeal]


@pytest.fixture
def record(django_capture_on_commit_callbacks: Any) -> Record:
    for number in range(3):
        write(4, at=AT + timedelta(minutes=number))
        with django_capture_on_commit_callbacks(execute=True):
            audit.seal(at=AT + timedelta(minutes=number))
    write(2, at=AT + timedelta(minutes=4))
    return Record(list(AuditRow.objects.order_by("pk")), list(AuditSeal.objects.order_by("pk")))


def sql(statement: str, *values: Any) -> None:
    """What somebody does who holds the database and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


# ── written and sealed ──────────────────────────────────────────────────────────────────────────────────────────


def test_an_untouched_record_is_sound(record: Record) -> None:
    found = audit.verify(unsealed_before=AT)
    assert found.is_sound
    assert (found.rows, found.seals, found.noted_seals) == (14, 3, 3)
    assert found.head == (record.seals[-1].pk, bytes(record.seals[-1].mac))
    assert not found.unsealed


def test_rows_left_unsealed_are_named(record: Record) -> None:
    found = verify()
    assert found.unsealed == [row.pk for row in record.rows[-2:]]
    assert found.is_sound


def test_an_empty_record_is_sound() -> None:
    assert verify() == Verification()


def test_a_row_takes_person_and_organisation_from_its_subject() -> None:
    @dataclass
    class Subject:
        pk: int = 5
        person_id: int = 6
        organisation_id: int = 7
        _meta: Any = Region._meta

    audit.record("tests.act", by=BY, at=AT, subject=Subject())  # type: ignore[arg-type]
    row = AuditRow.objects.get()
    assert (row.subject_kind, row.subject_id, row.about_person_id, row.organisation_id) == ("regions.region", 5, 6, 7)


def test_a_row_written_by_itself_and_one_written_in_bulk_are_alike() -> None:
    facts = {"n": 1, "codes": ["甲", "乙"], "none": None, "yes": True, "of": {"b": 1, "a": 2}}
    audit.record("tests.act", by=BY, at=AT, about_person_id=3, organisation_id=4, facts=facts)
    AuditRow.objects.bulk_create(
        [audit.row_for("tests.act", by=BY, at=AT, about_person_id=3, organisation_id=4, facts=facts)]
    )
    one, other = AuditRow.objects.values().order_by("pk")
    for row in (one, other):
        del row["id"], row["digest"]
    assert one == other
    assert one["facts"] == facts
    assert verify().is_sound


def test_who_opened_a_file_is_answered_newest_first() -> None:
    region = Region.objects.create(code="901", name="测试", level="village")
    for minutes in range(3):
        audit.opened(region, by=BY, at=AT + timedelta(minutes=minutes), about_person_id=8)
    audit.opened(region, by=BY, at=AT, about_person_id=9)
    audit.record("tests.act", by=BY, at=AT, about_person_id=8)
    openings = list(audit.openings_of(8))
    assert [row.at for row in openings] == [AT + timedelta(minutes=minutes) for minutes in (2, 1, 0)]
    assert {(row.verb, row.purpose) for row in openings} == {("regions.region.opened", "membership")}
    assert audit.opening_count_of(8, Region) == 3
    assert audit.opening_count_of(8, AuditRow) == 0, "of what else was opened about a person nothing is told"


def test_a_long_wait_is_sealed_in_one_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_BATCH", 5)
    write(23)
    assert audit.seal(at=AT) == 23
    assert AuditSeal.objects.count() == 5
    assert audit.seal(at=AT) == 0
    assert verify().is_sound


@pytest.mark.django_db(transaction=True)
def test_sealers_and_writers_at_once_make_one_chain() -> None:
    def act(number: int) -> None:
        for _ in range(5):
            with transaction.atomic():
                write(2)
            audit.seal(at=AT)

    together(6, act)
    audit.seal(at=AT)
    found = verify()
    assert found.is_sound
    assert (found.rows, found.unsealed) == (60, [])


# ── tampered with ───────────────────────────────────────────────────────────────────────────────────────────────

OTHER: dict[str, Any] = {
    "at": AT - timedelta(days=1),
    "verb": "tests.other",
    "account_id": 99,
    "person_id": None,
    "post_ids": "[1]",
    "channel": "api",
    "purpose": "audit",
    "subject_kind": "people.person",
    "subject_id": 99,
    "about_person_id": 99,
    "organisation_id": 99,
    "facts": '{"n": 99}',
    "digest": b"\0" * 40,
}
COLUMNS = st.sampled_from(sorted(OTHER))
ROWS = st.integers(0, 13)
SEALED = st.integers(0, 11)
SEALS = st.integers(0, 2)
_COPIED = ", ".join(sorted(set(OTHER) - {"digest"}))


def _change(record: Record, column: str, place: int) -> set[int]:
    sql(f"UPDATE kernel_auditrow SET {column} = %s WHERE id = %s", OTHER[column], record.rows[place].pk)  # noqa: S608
    return {record.rows[place].pk}


def _delete(record: Record, places: set[int]) -> set[int]:
    gone = {record.rows[place].pk for place in places}
    for pk in gone:
        sql("DELETE FROM kernel_auditrow WHERE id = %s", pk)
    return gone


def _copy(record: Record, place: int, seal: int | None) -> set[int]:
    """A second row with the content and the digest of a genuine one, in a seal or waiting for one."""
    source, number = record.rows[place].pk, record.rows[-1].pk + 1000
    into = None if seal is None else record.seals[seal].pk
    sql(
        f"INSERT INTO kernel_auditrow (id, seal_id, digest, {_COPIED}) "  # noqa: S608
        f"SELECT %s, CAST(%s AS bigint), digest, {_COPIED} FROM kernel_auditrow WHERE id = %s",
        number,
        into,
        source,
    )
    return {number}


def _forge(record: Record, place: int, seal: int | None) -> set[int]:
    """A copy with other content, and a digest made without the key."""
    (number,) = _copy(record, place, seal)
    forged = AuditRow.objects.get(pk=number)
    forged.person_id = 99
    nonce = bytes(8)
    digest = nonce + hashlib.sha256(b"row\0" + nonce + audit._content_of(forged)).digest()
    sql("UPDATE kernel_auditrow SET person_id = 99, digest = %s WHERE id = %s", digest, number)
    return {number}


def _move(record: Record, place: int, seal: int) -> set[int]:
    target = record.seals[(place // 4 + 1 + seal % 2) % 3]
    sql("UPDATE kernel_auditrow SET seal_id = %s WHERE id = %s", target.pk, record.rows[place].pk)
    return {record.rows[place].pk}


def _unseal(record: Record, place: int) -> set[int]:
    sql("UPDATE kernel_auditrow SET seal_id = NULL WHERE id = %s", record.rows[place].pk)
    return {record.rows[place].pk}


def _swap_content(record: Record, place: int, other: int) -> set[int]:
    """Two genuine rows change places: each keeps its number and takes the other's content and digest."""
    one, two = record.rows[place], record.rows[other]
    for row, source in ((one, two), (two, one)):
        sql("UPDATE kernel_auditrow SET digest = %s WHERE id = %s", bytes(source.digest), row.pk)
        sql("UPDATE kernel_auditrow SET about_person_id = %s WHERE id = %s", source.about_person_id, row.pk)
        facts = f'{{"n": {source.facts["n"]}}}'
        sql("UPDATE kernel_auditrow SET facts = %s, at = %s WHERE id = %s", facts, source.at, row.pk)
    return {one.pk, two.pk}


Tampering = Callable[[Record], set[int]]
TAMPERINGS = st.one_of(
    st.builds(lambda column, place: lambda record: _change(record, column, place), COLUMNS, ROWS),
    st.builds(lambda places: lambda record: _delete(record, places), st.sets(SEALED, min_size=1)),
    st.builds(lambda place, seal: lambda record: _copy(record, place, seal), ROWS, SEALS | st.none()),
    st.builds(lambda place, seal: lambda record: _forge(record, place, seal), ROWS, SEALS | st.none()),
    st.builds(lambda place, seal: lambda record: _move(record, place, seal), SEALED, SEALS),
    st.builds(lambda place: lambda record: _unseal(record, place), SEALED),
    st.builds(
        lambda place, step: lambda record: _swap_content(record, place, (place + step) % 12), SEALED, st.integers(1, 11)
    ),
)


def named(found: Verification) -> set[int]:
    return {*found.changed, *found.missing, *found.inserted}


@examples(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tampering=TAMPERINGS)
def test_any_row_changed_removed_or_inserted_is_found_and_named(record: Record, tampering: Tampering) -> None:
    with transaction.atomic():
        touched = tampering(record)
        found = verify()
        transaction.set_rollback(True)
    assert not found.is_sound
    assert touched <= named(found)
    assert verify().is_sound


@pytest.mark.parametrize(
    ("way", "list_name"),
    [
        (lambda record: _change(record, "purpose", 2), "changed"),
        (lambda record: _change(record, "purpose", 13), "changed"),
        (lambda record: _delete(record, {10, 11}), "missing"),
        (lambda record: _forge(record, 2, 1), "inserted"),
        (lambda record: _forge(record, 2, None), "changed"),
        (lambda record: _copy(record, 2, None), "inserted"),
    ],
    ids=["sealed row", "unsealed row", "newest sealed rows", "forged into a seal", "forged to be sealed", "copied"],
)
def test_each_tampering_is_called_what_it_is(record: Record, way: Tampering, list_name: str) -> None:
    touched = way(record)
    assert touched <= set(getattr(verify(), list_name))


def test_a_forged_row_is_still_found_when_the_tick_has_sealed_it(record: Record) -> None:
    touched = _forge(record, 2, None) | _copy_again(record)
    audit.seal(at=LATER)
    assert touched <= named(verify())


def _copy_again(record: Record) -> set[int]:
    sql("UPDATE kernel_auditrow SET id = id + 1 WHERE id = %s", record.rows[-1].pk + 1000)
    return {pk + 1 for pk in _copy(record, 3, None)} | {record.rows[-1].pk + 1000}


# ── seals ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", AT - timedelta(days=1)),
        ("row_count", 5),
        ("entries", b"\0" * 48 * 4),
        ("entries", b"\0" * 47),
        ("mac", b"\0" * 32),
        ("before_id", None),
    ],
)
def test_a_seal_changed_in_any_column_is_broken(record: Record, column: str, value: Any) -> None:
    sql(f"UPDATE kernel_auditseal SET {column} = %s WHERE id = %s", value, record.seals[1].pk)  # noqa: S608
    assert record.seals[1].pk in verify().broken_seals


def test_a_seal_rewritten_to_fit_a_changed_row_lacks_the_key(record: Record) -> None:
    row, sealed = record.rows[5], record.seals[1]
    digest = b"\1" * 40
    _change(record, "verb", 5)
    sql("UPDATE kernel_auditrow SET digest = %s WHERE id = %s", digest, row.pk)
    entries = bytes(sealed.entries).replace(bytes(row.digest), digest)
    sql("UPDATE kernel_auditseal SET entries = %s WHERE id = %s", entries, sealed.pk)
    found = verify()
    assert found.broken_seals == [sealed.pk]
    assert found.changed == [row.pk]


def test_a_whole_seal_removed_with_its_rows_breaks_the_chain(record: Record) -> None:
    first, second, third = (each.pk for each in record.seals)
    sql("DELETE FROM kernel_auditrow WHERE seal_id = %s", second)
    sql("UPDATE kernel_auditseal SET before_id = NULL WHERE id = %s", second)
    sql("UPDATE kernel_auditseal SET before_id = %s WHERE id = %s", first, third)
    sql("DELETE FROM kernel_auditseal WHERE id = %s", second)
    found = verify()
    assert found.broken_seals == [third]
    assert found.lost_seals == [second]


def test_rows_that_a_removed_seal_left_behind_are_named(record: Record) -> None:
    last = record.seals[-1].pk
    sql("UPDATE kernel_auditrow SET seal_id = NULL WHERE seal_id = %s", last)
    sql("DELETE FROM kernel_auditseal WHERE id = %s", last)
    found = verify()
    assert found.unsealed == [row.pk for row in record.rows[8:]]
    assert found.lost_seals == [last]


def test_rows_of_a_seal_that_is_not_there_are_named(record: Record) -> None:
    with transaction.atomic():
        sql("UPDATE kernel_auditrow SET seal_id = 9999 WHERE id = %s", record.rows[0].pk)
        with CaptureQueriesContext(connection) as asked:
            found = verify()
        transaction.set_rollback(True)
    # Beyond what fits into memory PostgreSQL would read such a list again for every row.
    assert not [each["sql"] for each in asked if '"seal_id" IN (SELECT' in each["sql"]]
    assert record.rows[0].pk in found.inserted
    assert record.rows[0].pk in found.missing


# ── the tail ────────────────────────────────────────────────────────────────────────────────────────────────────


def _cut_tail(record: Record) -> int:
    """Everything since the second seal is removed: what is left is a chain without a fault."""
    last = record.seals[-1].pk
    sql("DELETE FROM kernel_auditrow WHERE seal_id = %s OR seal_id IS NULL", last)
    sql("DELETE FROM kernel_auditseal WHERE id = %s", last)
    return last


def test_a_tail_that_was_cut_off_is_missed(record: Record) -> None:
    last = _cut_tail(record)
    found = verify()
    assert found.lost_seals == [last]
    assert not found.is_sound


def test_without_the_file_a_tail_cut_off_would_not_be_missed(record: Record) -> None:
    _cut_tail(record)
    audit.head_file().unlink()
    assert verify().is_sound


@pytest.mark.django_db(transaction=True)
def test_a_tail_cut_off_is_missed_also_when_the_record_has_gone_on(var: Path) -> None:
    write(2)
    audit.seal(at=AT)
    write(2)
    audit.seal(at=AT)
    lost = AuditSeal.objects.latest("pk").pk
    sql("DELETE FROM kernel_auditrow WHERE seal_id = %s", lost)
    sql("DELETE FROM kernel_auditseal WHERE id = %s", lost)
    write(2)
    audit.seal(at=AT)
    found = verify()
    assert found.lost_seals == [lost]
    assert not found.broken_seals


@pytest.mark.django_db(transaction=True)
def test_each_seal_that_stands_is_noted_and_none_that_was_undone(var: Path) -> None:
    write(1)

    @transaction.atomic
    def undone() -> None:
        audit.seal(at=AT)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert not audit.head_file().exists()
    audit.seal(at=AT)
    sealed = AuditSeal.objects.get()
    assert audit.head_file().read_text() == f"{sealed.pk} {bytes(sealed.mac).hex()}\n"
    assert audit.head_file().stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db(transaction=True)
def test_a_file_that_cannot_be_written_does_not_stop_the_sealing(var: Path, caplog: pytest.LogCaptureFixture) -> None:
    audit.head_file().mkdir()
    write(1)
    assert audit.seal(at=AT) == 1
    assert "没有记入文件" in caplog.text


def test_a_line_cut_short_by_a_crash_is_left_out(record: Record) -> None:
    with audit.head_file().open("a") as file:
        file.write("77 abcdef")
    assert verify().is_sound
    assert verify().noted_seals == 3
