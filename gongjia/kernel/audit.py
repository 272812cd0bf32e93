"""The record of who did and who looked: plain rows in the business transaction, sealed into a chain by the tick.

A chained insert would serialise every writer; a sealed batch does not, and still shows each changed, removed or
inserted row. Rows and seals carry a MAC whose key is not in the database: its administrator can neither add a row nor
seal anew. Each seal is also noted in a file outside the database, so that a tail that was cut off is missed.
"""

import hmac
import json
import logging
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gongjia.kernel import keyring
from gongjia.kernel.actors import Actor
from gongjia.kernel.db import insert, lock, runs
from gongjia.kernel.models import AuditRow, AuditSeal
from gongjia.kernel.ticks import every

log = logging.getLogger("gongjia.audit")
_NONCE_BYTES = 8
_ENTRY = struct.Struct(">q40s")
_BATCH = 5000
_MOST_BATCHES = 200


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_JSON_COLUMNS = frozenset({"facts", "post_ids"})
#: The columns of a row as it is written; what a digest covers is all of them but itself, the instant last.
_COLUMNS = tuple(field.attname for field in AuditRow._meta.concrete_fields if field.name not in {"id", "seal"})
_PLAIN_COLUMNS = tuple(name for name in _COLUMNS if name not in {"digest", "at"})


def _text(value: Any) -> str:
    """A JSON column as sorted text; most rows have no facts, and every verb pays for this."""
    return _ENCODER.encode(value) if value else "{}" if isinstance(value, dict) else "[]"


def _content(plain: list[Any], at: datetime) -> bytes:
    """What a digest covers: every column, those of JSON as text, the instant in UTC."""
    return _ENCODER.encode([*plain, at.astimezone(UTC).isoformat()]).encode()


def _content_of(row: AuditRow) -> bytes:
    values = [getattr(row, name) for name in _PLAIN_COLUMNS]
    texts = [
        _text(value) if name in _JSON_COLUMNS else value for name, value in zip(_PLAIN_COLUMNS, values, strict=True)
    ]
    return _content(texts, row.at)


def _digest(content: bytes, nonce: bytes) -> bytes:
    """The nonce, and the MAC of nonce and content; by the nonce no two rows are alike, so a copied row is found."""
    return nonce + keyring.audit_mac()(b"row\0" + nonce + content)


def _is_whole(row: AuditRow) -> bool:
    digest = bytes(row.digest)
    return hmac.compare_digest(_digest(_content_of(row), digest[:_NONCE_BYTES]), digest)


def _plain(value: Any) -> Any:
    """Facts as every database gives them back. Raises TypeError for what one of them would change: a float, a date."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, dict) and all(isinstance(name, str) for name in value):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    raise TypeError(f"the audit keeps ids, counts, codes and hashes, not {value!r}")


def _plain_values(
    verb: str,
    by: Actor,
    subject: models.Model | None,
    about_person_id: int | None,
    about_last_id: int | None,
    organisation_id: int | None,
    facts: dict[str, Any] | None,
) -> list[Any]:
    """The values of _PLAIN_COLUMNS. Every verb pays for this: hence no dictionary."""
    return [
        verb,
        by.account_id,
        by.person_id,
        _text([held.post_id for held in by.posts]),
        by.channel,
        by.purpose,
        subject._meta.label_lower if subject is not None else "",
        subject.pk if subject is not None else None,
        about_person_id if about_person_id is not None else getattr(subject, "person_id", None),
        about_last_id,
        organisation_id if organisation_id is not None else getattr(subject, "organisation_id", None),
        _text(_plain(facts)) if facts else "{}",
    ]


def row_for(
    verb: str,
    *,
    by: Actor,
    at: datetime,
    subject: models.Model | None = None,
    about_person_id: int | None = None,
    organisation_id: int | None = None,
    facts: dict[str, Any] | None = None,
) -> AuditRow:
    """An audit row, not yet written: for bulk verbs that write many at once."""
    plain = _plain_values(verb, by, subject, about_person_id, None, organisation_id, facts)
    values = dict(zip(_PLAIN_COLUMNS, plain, strict=True))
    values |= {name: json.loads(values[name]) for name in _JSON_COLUMNS}
    return AuditRow(at=at, digest=_digest(_content(plain, at), os.urandom(_NONCE_BYTES)), **values)


def record(
    verb: str,
    *,
    by: Actor,
    at: datetime,
    subject: models.Model | None = None,
    about_person_id: int | None = None,
    about_last_id: int | None = None,
    organisation_id: int | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Write one row. `facts` holds ids, counts, codes and hashes; a name or a number of a person does not belong."""
    plain = _plain_values(verb, by, subject, about_person_id, about_last_id, organisation_id, facts)
    digest = _digest(_content(plain, at), os.urandom(_NONCE_BYTES))
    # Every verb pays for this one: the ORM would take longer to word the INSERT than the database to run it.
    insert(_TABLE, _COLUMNS, [connection.ops.adapt_datetimefield_value(at), *plain, digest])


_TABLE = AuditRow._meta.db_table


def record_many(
    verb: str,
    person_ids: Iterable[int],
    *,
    by: Actor,
    at: datetime,
    organisation_id: int | None = None,
) -> None:
    """Write that a verb was done to each of these persons: one row for each run of numbers without a gap, so that the
    record names nobody to whom it was not done."""
    for first, last in runs(sorted(set(person_ids))):
        record(
            verb, by=by, at=at, about_person_id=first, about_last_id=last, organisation_id=organisation_id,
            facts={"people": last - first + 1},
        )  # fmt: skip


def about_any(people: QuerySet[Any, Any]) -> Q:
    """A condition on rows: about one of these persons, alone or among many."""
    among = people.filter(pk__gte=OuterRef("about_person_id"), pk__lte=OuterRef("about_last_id"))
    return Q(about_person_id__in=people.values("pk")) | Q(Q(about_last_id__isnull=False), Exists(among))


def opened(subject: models.Model, *, by: Actor, at: datetime, about_person_id: int | None = None) -> None:
    """Record that somebody looked at something sensitive."""
    record(f"{subject._meta.label_lower}.opened", by=by, at=at, subject=subject, about_person_id=about_person_id)


def _mac(before: bytes, at: datetime, entries: bytes) -> bytes:
    return keyring.audit_mac()(b"seal\0" + before + at.astimezone(UTC).isoformat().encode() + entries)


@every(timedelta(seconds=30), name="audit.seal")
def seal(*, at: datetime) -> int:
    """Seal what is written and not yet sealed; returns how many rows."""
    count = 0
    for _ in range(_MOST_BATCHES):
        sealed = _seal_batch(at)
        count += sealed
        if sealed < _BATCH:
            break
    return count


def _seal_batch(at: datetime) -> int:
    with transaction.atomic():
        lock("audit.seal")
        last = AuditSeal.objects.order_by("-pk").first()
        rows = list(AuditRow.objects.filter(seal=None).order_by("pk").values_list("pk", "digest")[:_BATCH])
        if not rows:
            return 0
        entries = b"".join(_ENTRY.pack(pk, bytes(digest)) for pk, digest in rows)
        mac = _mac(bytes(last.mac) if last else b"", at, entries)
        made = AuditSeal.objects.create(at=at, before=last, row_count=len(rows), entries=entries, mac=mac)
        AuditRow.objects.filter(pk__in=[pk for pk, _ in rows]).update(seal=made)
        # Only a seal that stands may be noted; one that was rolled back would be missed for ever.
        transaction.on_commit(partial(_note_head, made.pk, mac))
    return len(rows)


def head_file() -> Path:
    """Where each seal is noted outside the database: a line with its number and MAC, appended and never rewritten."""
    return Path(settings.VAR) / "audit.head"


def _note_head(number: int, mac: bytes) -> None:
    try:
        handle = os.open(head_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{number} {mac.hex()}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        log.error("审计封存点没有记入文件 %s：%s", head_file(), error)  # noqa: TRY400 - its trace says no more


def noted_heads() -> dict[int, bytes]:
    """The seals noted in the file, by number; a line cut short by a crash is left out."""
    try:
        lines = head_file().read_text("ascii").splitlines()
    except FileNotFoundError:
        return {}
    parts = (line.split() for line in lines)
    return {int(each[0]): bytes.fromhex(each[1]) for each in parts if len(each) == 2 and len(each[1]) == 64}


@dataclass
class Verification:
    """What a check of the whole record found; lists hold row ids, those of seals the numbers of seals."""

    rows: int = 0
    seals: int = 0
    changed: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    inserted: list[int] = field(default_factory=list)
    unsealed: list[int] = field(default_factory=list)
    broken_seals: list[int] = field(default_factory=list)
    lost_seals: list[int] = field(default_factory=list)
    noted_seals: int = 0
    head: tuple[int, bytes] | None = None

    @property
    def is_sound(self) -> bool:
        """Unsealed rows alone are no forgery: the tick may stand still."""
        return not (self.changed or self.missing or self.inserted or self.broken_seals or self.lost_seals)


def verify(*, unsealed_before: datetime) -> Verification:
    """Recompute every row and seal. Rows written before `unsealed_before` and still unsealed are named."""
    found = Verification()
    heads = noted_heads()
    found.noted_seals = len(heads)
    for sealed in AuditSeal.objects.order_by("pk").iterator(chunk_size=50):
        _verify_seal(sealed, heads.pop(sealed.pk, None), found)
    found.lost_seals = sorted(heads)
    _verify_unsealed(unsealed_before, found)
    _verify_strays(found)
    return found


def _verify_seal(sealed: AuditSeal, noted: bytes | None, found: Verification) -> None:
    before_id, before_mac = found.head or (None, b"")
    entries, mac = bytes(sealed.entries), bytes(sealed.mac)
    expected = dict(_ENTRY.iter_unpack(entries)) if len(entries) % _ENTRY.size == 0 else {}
    if (
        sealed.before_id != before_id
        or sealed.row_count != len(expected)
        or noted not in {None, mac}
        or not hmac.compare_digest(mac, _mac(before_mac, sealed.at, entries))
    ):
        found.broken_seals.append(sealed.pk)
    found.seals += 1
    found.head = (sealed.pk, mac)
    seen: set[int] = set()
    for row in AuditRow.objects.filter(seal=sealed).order_by("pk").iterator(chunk_size=2000):
        seen.add(row.pk)
        if row.pk not in expected:
            found.inserted.append(row.pk)
        elif bytes(row.digest) != expected[row.pk] or not _is_whole(row):
            found.changed.append(row.pk)
    found.rows += len(seen)
    found.missing.extend(sorted(expected.keys() - seen))


def _verify_unsealed(before: datetime, found: Verification) -> None:
    """A row taken out of its seal and left in the table is missing there and unsealed here."""
    for row in AuditRow.objects.filter(seal=None).order_by("pk").iterator(chunk_size=2000):
        found.rows += 1
        if not _is_whole(row):
            found.changed.append(row.pk)
        if row.at < before:
            found.unsealed.append(row.pk)


def _verify_strays(found: Verification) -> None:
    """Rows of a seal that is not there, and copies of a row: the nonce makes every genuine digest the only one."""
    # Not `NOT IN`: PostgreSQL would read all seals again for every row once they no longer fit into memory.
    strays = AuditRow.objects.filter(~Exists(AuditSeal.objects.filter(pk=OuterRef("seal_id"))), seal__isnull=False)
    stray_ids = list(strays.order_by("pk").values_list("pk", flat=True))
    found.inserted.extend(stray_ids)
    found.rows += len(stray_ids)
    twice = AuditRow.objects.values("digest").annotate(n=Count("pk")).filter(n__gt=1).values("digest")
    copies = AuditRow.objects.filter(digest__in=twice).values_list("pk", flat=True)
    found.inserted = sorted({*found.inserted, *copies})


def openings_of(person_id: int, *, limit: int = 100) -> Iterator[AuditRow]:
    """Who opened this person's file, newest first: for the person and for the auditor."""
    return (
        AuditRow.objects.filter(about_person_id=person_id, verb__endswith=".opened")
        .order_by("-pk")[:limit]
        .iterator(chunk_size=limit)
    )


def opening_count_of(person_id: int, kind: type[models.Model]) -> int:
    """How often the person's file was opened as a row of this kind. What else was opened about a person is not counted
    for whoever may read the file: the number alone would tell that there is something."""
    return AuditRow.objects.filter(about_person_id=person_id, verb=f"{kind._meta.label_lower}.opened").count()


def facts_about(person_ids: Iterable[int], *, verb: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """What was recorded of a verb on these persons: (person, facts); one query."""
    rows = AuditRow.objects.filter(about_person_id__in=list(person_ids), verb=verb)
    for row in rows.only("about_person_id", "facts"):
        yield row.about_person_id or 0, row.facts
