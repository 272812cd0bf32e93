"""Verbs on many persons at once, by a fixed number of queries: what imports stand on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.people.models import ID_NUMBER, Employment, Person
from gongjia.kernel import audit, events, numbers
from gongjia.kernel.actors import Actor
from gongjia.kernel.models import AuditRow
from gongjia.kernel.permissions import INSIDE
from gongjia.kernel.pinyin import initials, pinyin_key
from gongjia.kernel.secrets import indexes_of
from gongjia.kernel.verbs import note, verb


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to be registered. `facts` are plain columns."""

    name: str
    id_number: str
    phone: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def by_id_numbers(id_numbers: Iterable[str]) -> dict[str, Person]:
    """ID number → person, for those that have a file; one query, under each live key. For verbs and background work:
    no page may tell it."""
    asked = {index: number for number in set(id_numbers) for index in indexes_of(number, purpose=ID_NUMBER)}
    found = Person._base_manager.filter(id_number_index__in=list(asked))
    return {asked[person.id_number_index]: person for person in found}


def amended_fields(person_ids: Iterable[int]) -> dict[int, set[str]]:
    """person → the columns that somebody put right on the platform since they were registered; one query."""
    amended: dict[int, set[str]] = {}
    for person_id, facts in audit.facts_about(person_ids, verb="people.amend"):
        amended.setdefault(person_id, set()).update(facts.get("fields", ()))
    return amended


@verb("people.register_many", zh="批量登记人员", may=INSIDE)
def register_many(*, entries: Sequence[NewPerson], by: Actor, at: datetime) -> list[Person]:
    """Make the files of persons who have none. Each leaves its own row in the record.

    Raises IntegrityError where somebody else was faster with one of them: nothing of this is then written.
    """
    people = [_person(entry, at) for entry in entries]
    Person._base_manager.bulk_create(people)
    AuditRow.objects.bulk_create(
        audit.row_for("people.register", by=by, at=at, subject=person, about_person_id=person.pk) for person in people
    )
    note(people=len(people))
    return people


def _person(entry: NewPerson, at: datetime) -> Person:
    read = numbers.identity_number(entry.id_number, on=at.date())
    person = Person(
        name=entry.name, pinyin_key=pinyin_key(entry.name), initials=initials(entry.name), **dict(entry.facts)
    )
    person.sex, person.birth_on = str(read.sex), read.birth_on
    person.seal_in(id_number=read.full, phone=entry.phone)
    return person


@verb("people.employ_many", zh="批量登记工作单位", may=INSIDE)
def employ_many(
    *, pairs: Sequence[tuple[Person, Employer, dict[str, str]]], by: Actor, at: datetime
) -> list[Employment]:
    """Say where persons work who have no open employment there yet."""
    rows = [Employment(person=person, employer=employer, **facts) for person, employer, facts in pairs]
    note(rows=len(rows))
    return Employment._base_manager.bulk_create(rows)


@verb("people.take_over", zh="按名册更新人员资料", may=INSIDE)
def take_over(*, person: Person, changes: Mapping[str, Any], by: Actor, at: datetime) -> Person:
    """Put plain facts, and the phone, as a roster says into the file of a person whom the caller has locked."""
    before = Person._base_manager.get(pk=person.pk)
    facts = dict(changes)
    if "phone" in facts:
        person.seal_in(phone=facts.pop("phone"))
    for name, value in facts.items():
        setattr(person, name, value)
    person.version += 1
    person.save()
    events.tell("people.amended", before=before, person=person, at=at)
    note(person, about_person_id=person.pk, fields=sorted(changes))
    return person


@verb("people.unregister", zh="撤销登记人员", may=INSIDE)
def unregister(*, person: Person, employment_id: int | None, by: Actor, at: datetime) -> None:
    """Take a file away that was made by mistake, with the employment that came with it.

    Raises ProtectedError where anything else has come to hang on it; the caller's transaction is then undone.
    """
    note(about_person_id=person.pk)
    if employment_id is not None:
        Employment._base_manager.filter(pk=employment_id, person=person).delete()
    person.delete()
