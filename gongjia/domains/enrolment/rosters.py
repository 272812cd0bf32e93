"""Rosters of one union become files of persons and memberships: what each row would change, the verb per block, undo.

A person who is a member of another union is told of as such and in no other word: nothing of that file shows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from gongjia.backbone.accounts.queries import with_account
from gongjia.backbone.employers.models import Coverage, Employer
from gongjia.backbone.memberships import many as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE, Origin
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people import many as people
from gongjia.backbone.people.models import PHONE, Employment, Person
from gongjia.backbone.people.words import Education, Political
from gongjia.domains.enrolment import roster_words as words
from gongjia.domains.enrolment.roster_blocks import MANY
from gongjia.domains.enrolment.sheets import members
from gongjia.engines.intake.core import Problem, Row
from gongjia.engines.intake.importers import Fate, Importer, Judgement, Written
from gongjia.kernel import db
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.secrets import indexes_of
from gongjia.kernel.verbs import note, verb

KIND = "enrolment.members"


# ── what the registers know ────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class _Known:
    """Of a block of rows: files by ID number, spells by person, who has an account, what people put right."""

    people: Mapping[str, Person]
    spells: Mapping[int, Sequence[Membership]]
    accounts: frozenset[int] = frozenset()
    amended: Mapping[int, set[str]] = field(default_factory=dict)

    def live_of(self, person: Person) -> Membership | None:
        return next((each for each in self.spells.get(person.pk, ()) if each.state in LIVE), None)


def _known(rows: Sequence[Row], *, locks: bool = False) -> _Known:
    """Four queries, and one more that locks."""
    found = people.by_id_numbers(str(row.values["id_number"]) for row in rows)
    if locks:
        locked = (
            Person._base_manager.select_for_update(no_key=True).order_by("pk").in_bulk([p.pk for p in found.values()])
        )
        found = {number: locked[person.pk] for number, person in found.items() if person.pk in locked}
    numbers = [person.pk for person in found.values()]
    spells: dict[int, list[Membership]] = {}
    for each in Membership._base_manager.filter(person_id__in=numbers):
        spells.setdefault(each.person_id, []).append(each)
    return _Known(found, spells, with_account(numbers), people.amended_fields(numbers))


def classify(organisation: Organisation, rows: Sequence[Row], *, on: date) -> list[Judgement]:
    """What would become of good rows."""
    known = _known(rows)
    return [_judged(organisation, row, known, on)[0] for row in rows]


def _judged(
    organisation: Organisation, row: Row, known: _Known, on: date
) -> tuple[Judgement, Person | None, dict[str, Any]]:
    """The judgement, the file that there is, and what would change in it."""
    person = known.people.get(str(row.values["id_number"]))
    live = known.live_of(person) if person else None
    if live is not None and live.organisation_id != organisation.pk:
        return _conflict("member_elsewhere", "id_number", words.ELSEWHERE), None, {}
    if (joined_on := row.values.get("joined_on")) and joined_on > on:
        return _conflict("joined_later", "joined_on", words.TOO_LATE), None, {}
    if person is not None and person.name != row.values["name"]:
        return _conflict("other_name", "name", words.OTHER_NAME), None, {}
    if person is None or live is None:
        return Judgement(Fate.NEW), person, {}
    changes, remarks = _changes(person, row, known)
    fate = Fate.CHANGED if changes else Fate.SAME
    return Judgement(fate, tuple(remarks) if changes else ()), person, changes


def _conflict(code: str, field: str, reason: str) -> Judgement:
    return Judgement(Fate.CONFLICT, (Problem(code, field, reason),))


def _facts(row: Row) -> dict[str, Any]:
    """The plain columns of a person as the row says them; what it leaves empty is left out."""
    values = row.values
    facts = {
        "ethnicity": values.get("ethnicity"),
        "education": words.EDUCATION.get(values.get("education") or ""),
        "political": words.POLITICAL.get(values.get("political") or ""),
        "is_migrant": values.get("migrant"),
    }
    return {name: str(value) if isinstance(value, str) else value for name, value in facts.items() if value is not None}


def _changes(person: Person, row: Row, known: _Known) -> tuple[dict[str, Any], list[Problem]]:
    """What the row says otherwise than the file. An empty cell takes nothing away; what somebody put right on the
    platform, and the phone of whoever signs in, stays as it is."""
    kept = known.amended.get(person.pk, set())
    changes = {
        name: value for name, value in _facts(row).items() if getattr(person, name) != value and name not in kept
    }
    phone = row.values.get("phone")
    is_own = person.pk in known.accounts and bool(person.phone_index)
    if phone and not is_own and person.phone_index not in indexes_of(phone, purpose=PHONE):
        changes["phone"] = phone
    remarks = [
        Problem("changed", name, f"{words.ZH[name]}：{_was(person, name)} → {_shown(name, changes[name])}")
        for name in changes
    ]
    return changes, remarks


def _was(person: Person, name: str) -> str:
    return _shown(name, person.reveal("phone") if name == "phone" else getattr(person, name))


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return "未填"
    if name == "phone":
        return f"{value[:3]}****{value[-4:]}"
    if isinstance(value, bool):
        return "是" if value else "否"
    labels = {"education": Education, "political": Political}.get(name)
    return str(labels(value).label) if labels else str(value)


# ── write ──────────────────────────────────────────────────────────────────────────────────────────────────
@verb("enrolment.import_members", zh="导入会员花名册", may="memberships.write", on="organisation")
def write(
    *, organisation: Organisation, rows: Sequence[Row], takes_changes: bool, on: date, by: Actor, at: datetime
) -> list[Written]:
    """Write a block of good rows: new files and memberships, and changes in the files of this union's members.

    Raises IntegrityError where one of the persons is written by somebody else at the same time.
    """
    db.hold(Organisation, organisation.pk)
    organisation = Organisation._base_manager.get(pk=organisation.pk)
    if why := words.refusal(organisation):
        raise Refused(why)
    known = _known(rows, locks=True)
    judged = [(row, *_judged(organisation, row, known, on)) for row in rows]
    new = [(row, person) for row, judgement, person, _ in judged if judgement.fate is Fate.NEW]
    facts = dict(zip((id(row) for row, _ in new), _begin(organisation, new, known, on=on, by=by, at=at), strict=True))
    written = []
    for row, judgement, person, changes in judged:
        fact = facts.get(id(row))
        if judgement.fate is Fate.CHANGED and takes_changes and person is not None:
            fact = _amend(person, changes, by=by, at=at)
        written.append(Written(judgement, fact))
    note(organisation, rows=len(rows), added=len(new))
    return written


def _begin(
    organisation: Organisation,
    new: Sequence[tuple[Row, Person | None]],
    known: _Known,
    *,
    on: date,
    by: Actor,
    at: datetime,
) -> list[dict[str, Any]]:
    """Files for those who have none, memberships for all, employments where the employer is one that is covered."""
    if not new:
        return []
    unknown = [_entry(row) for row, person in new if person is None]
    made = iter(people.register_many(entries=unknown, by=by, at=at) if unknown else [])
    members_of = [(row, person or next(made)) for row, person in new]
    begun = memberships.start_many(
        memberships=[_membership(organisation, row, person, known, on) for row, person in members_of], by=by, at=at
    )
    employed = _employ(organisation, members_of, by=by, at=at)
    return [
        {
            "act": "began",
            "name": person.name,
            "person_id": person.pk,
            "person_version": person.version,
            "is_new": before is None,
            "membership_id": membership.pk,
            "membership_version": membership.version,
            "employment_id": employed.get(person.pk),
        }
        for (_, before), (_, person), membership in zip(new, members_of, begun, strict=True)
    ]


def _entry(row: Row) -> people.NewPerson:
    values = row.values
    return people.NewPerson(values["name"], values["id_number"], values.get("phone") or "", _facts(row))


def _membership(organisation: Organisation, row: Row, person: Person, known: _Known, on: date) -> Membership:
    """The spell begins when the person joined, but not before the union stood or an earlier spell ended."""
    joined_on = row.values.get("joined_on") or on
    ended = [each.until_on for each in known.spells.get(person.pk, ()) if each.until_on]
    return Membership(
        person=person,
        organisation=organisation,
        origin=Origin.ROSTER,
        joined_on=joined_on,
        from_on=max([joined_on, organisation.founded_on or joined_on, *ended]),
        group=words.GROUP.get(row.values.get("group") or "", ""),
        form=words.FORM.get(row.values.get("employment_form") or "", ""),
    )


def _employ(
    organisation: Organisation, members_of: Sequence[tuple[Row, Person]], *, by: Actor, at: datetime
) -> dict[int, int]:
    """person → the employment that was written: where the sheet names an employer as the union's coverage does."""
    names = {row.values.get("employer") for row, _ in members_of} - {None, ""}
    covered = Coverage._base_manager.filter(organisation=organisation, until_on=None, employer__name__in=names)
    employers: dict[str, Employer] = {each.employer.name: each.employer for each in covered.select_related("employer")}
    numbers = [person.pk for _, person in members_of]
    open_ones = Employment._base_manager.filter(person_id__in=numbers, employer__in=employers.values(), until_on=None)
    there = set(open_ones.values_list("person_id", "employer_id"))
    pairs = [
        (person, employers[name], {"job": (row.values.get("job") or "")[:60], "form": _form(row), "group": _group(row)})
        for row, person in members_of
        if (name := row.values.get("employer") or "") in employers and (person.pk, employers[name].pk) not in there
    ]
    rows = people.employ_many(pairs=pairs, by=by, at=at) if pairs else []
    return {each.person_id: each.pk for each in rows}


def _form(row: Row) -> str:
    return str(words.FORM.get(row.values.get("employment_form") or "", ""))


def _group(row: Row) -> str:
    return str(words.GROUP.get(row.values.get("group") or "", ""))


def _amend(person: Person, changes: dict[str, Any], *, by: Actor, at: datetime) -> dict[str, Any]:
    before = {name: person.reveal("phone") if name == "phone" else getattr(person, name) for name in changes}
    people.take_over(person=person, changes=changes, by=by, at=at)
    return {"act": "amended", "name": person.name, "person_id": person.pk, "before": before, "after": changes}


# ── undo ───────────────────────────────────────────────────────────────────────────────────────────────────
@verb("enrolment.undo_import", zh="撤销导入的会员", may="memberships.write", on="organisation")
def undo(*, organisation: Organisation, facts: Sequence[Mapping[str, Any]], by: Actor, at: datetime) -> list[str]:
    """Take back what a block wrote. What was changed since stays, and the answer says why."""
    db.hold(Organisation, organisation.pk)
    numbers = sorted({fact["person_id"] for fact in facts})
    locked = Person._base_manager.select_for_update(no_key=True).order_by("pk").in_bulk(numbers)
    accounts = with_account(numbers)
    answers = []
    for fact in facts:
        person = locked.get(fact["person_id"])
        if person is None:
            answers.append(words.GONE)
        elif fact["act"] == "began":
            answers.append(_take_back(person, fact, has_account=person.pk in accounts, by=by, at=at))
        else:
            answers.append(_restore(person, fact, by=by, at=at))
    note(organisation, rows=len(facts), kept=sum(map(bool, answers)))
    return answers


def _take_back(person: Person, fact: Mapping[str, Any], *, has_account: bool, by: Actor, at: datetime) -> str:
    rows = Membership._base_manager.select_for_update(of=("self",)).select_related("person")
    membership = rows.filter(pk=fact["membership_id"]).first()
    if membership is None or membership.version != fact["membership_version"] or membership.state != "active":
        return words.MEMBERSHIP_CHANGED
    if fact["is_new"] and has_account:
        return words.SIGNED_IN
    if fact["is_new"] and person.version != fact["person_version"]:
        return words.FILE_CHANGED
    try:
        with transaction.atomic():
            memberships.take_back(membership=membership, by=by, at=at)
            if fact["is_new"]:
                people.unregister(person=person, employment_id=fact["employment_id"], by=by, at=at)
    except ProtectedError:
        return words.MORE_HANGS_ON
    return ""


def _restore(person: Person, fact: Mapping[str, Any], *, by: Actor, at: datetime) -> str:
    """Put back each column that still holds what the import wrote."""
    back = {name: fact["before"][name] for name, value in fact["after"].items() if _holds(person, name, value)}
    later = [words.ZH[name] for name in fact["after"] if name not in back]
    if back:
        people.take_over(person=person, changes=back, by=by, at=at)
    return f"{'、'.join(later)}后来又改过，保留现在的" if later else ""


def _holds(person: Person, name: str, value: Any) -> bool:
    now = person.reveal("phone") if name == "phone" else getattr(person, name)
    return bool(now == value)


IMPORTER = Importer(KIND, "memberships.write", members, words.refusal, classify, write, undo, MANY)
