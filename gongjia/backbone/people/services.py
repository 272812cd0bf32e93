"""The verbs on persons. Who may register whom is asked by the domain whose verb calls these."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.people.models import Employment, Person
from gongjia.backbone.people.queries import id_of_number
from gongjia.kernel import events, numbers
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.permissions import INSIDE, SIGNED_IN
from gongjia.kernel.pinyin import initials, pinyin_key
from gongjia.kernel.verbs import note, verb

_TAKEN = "这个证件号码登记在另一份档案里，不能改成它：请和本人核对证件原件。"
_AMENDABLE = ("name", "ethnicity", "education", "political", "skill_level", "is_migrant")


@verb("people.register", zh="登记人员", may=SIGNED_IN)
def register(
    *, name: str, id_number: str, by: Actor, at: datetime, phone: str = "", facts: dict[str, Any] | None = None
) -> Person:
    """Make a person's file. Sex and birth come from the ID number; `facts` are further plain columns. A 15-digit
    number is kept in its 18-digit form, so that both find the same person.

    Refused for an ID number that has a file already: the caller asks `id_of_number` first and links.
    """
    read = numbers.identity_number(id_number, on=at.date())
    if id_of_number(read.full) is not None:
        raise Refused("这个证件号码已经登记过，不能再登记一次。", fields=["id_number"])
    person = Person(name=name, pinyin_key=pinyin_key(name), initials=initials(name), **(facts or {}))
    person.sex, person.birth_on = str(read.sex), read.birth_on
    person.seal_in(id_number=read.full, phone=phone)
    person.save()
    note(person, about_person_id=person.pk)
    return person


@verb("people.amend", zh="修改人员信息", may=INSIDE)
def amend(*, person: Person, version: int, changes: dict[str, Any], by: Actor, at: datetime, key: str = "") -> Person:
    """Change plain facts of a person. Raises Stale when somebody changed them since `version` was shown."""
    changes = {name: value for name, value in changes.items() if name in _AMENDABLE}
    if "name" in changes:
        changes |= {"pinyin_key": pinyin_key(changes["name"]), "initials": initials(changes["name"])}
    before = Person._base_manager.select_for_update(no_key=True).get(pk=person.pk)
    current = Person.amend_row(before, version=version, changes=changes, what="这个人的资料")
    events.tell("people.amended", before=before, person=current, at=at)
    note(current, about_person_id=person.pk, fields=sorted(changes))
    return current


@verb("people.renumber", zh="更正证件号码", may=INSIDE)
def renumber(*, person: Person, id_number: str, by: Actor, at: datetime) -> Person:
    """Give a file another ID number; sex and birth follow it. Refused for a number that has a file: whose, nobody is
    told."""
    read = numbers.identity_number(id_number, on=at.date())
    if id_of_number(read.full) not in {None, person.pk}:
        raise Refused(_TAKEN, fields=["id_number"])
    before = Person._base_manager.select_for_update(no_key=True).get(pk=person.pk)
    current = Person._base_manager.get(pk=person.pk)
    current.seal_in(id_number=read.full)
    current.sex, current.birth_on, current.version = str(read.sex), read.birth_on, before.version + 1
    try:
        with transaction.atomic():
            current.save(update_fields=["id_number", "id_number_index", "sex", "birth_on", "version"])
    except IntegrityError as clash:  # another file took the number since it was looked for
        raise Refused(_TAKEN, fields=["id_number"]) from clash
    events.tell("people.amended", before=before, person=current, at=at)
    note(current, about_person_id=person.pk, fields=["id_number"])
    return current


@verb("people.employ", zh="登记工作单位", may=SIGNED_IN)
def employ(
    *,
    person: Person,
    employer: Employer,
    by: Actor,
    at: datetime,
    from_on: date | None = None,
    job: str = "",
    form: str = "",
    group: str = "",
) -> Employment:
    """Say where a person works; an open employment with the same employer is kept and brought up to date."""
    employment, _ = Employment._base_manager.update_or_create(
        person=person, employer=employer, until_on=None, defaults={"job": job, "form": form, "group": group}
    )
    if from_on and employment.from_on is None:
        employment.from_on = from_on
        employment.save(update_fields=["from_on"])
    note(employment, about_person_id=person.pk, employer_id=employer.pk)
    return employment
