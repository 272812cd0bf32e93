"""The verbs of correcting a file (信息更正, 个人信息保护法 第四十六条): asked by the person, looked at by the union."""

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from gongjia.backbone.files import services as files
from gongjia.backbone.files.queries import content_of
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.people import services as people
from gongjia.backbone.people.models import Employment, Person
from gongjia.domains.enrolment.changes.evidence import type_of
from gongjia.domains.enrolment.changes.flow import CORRECTION
from gongjia.domains.enrolment.changes.holding import hold, is_live_at
from gongjia.domains.enrolment.changes.models import Correction
from gongjia.domains.enrolment.changes.telling import not_own, tell
from gongjia.domains.enrolment.changes.words import Fact
from gongjia.engines.casework import services as casework
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, Gone, Refused
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.verbs import note, verb


def value_of(person: Person, fact: str) -> str:
    """What the file says now, as it is stored; of an ID number the whole of it."""
    if fact == Fact.ID_NUMBER:
        return person.reveal("id_number")
    if fact == Fact.JOB:
        found = _job_of(person)
        return found.job if found else ""
    return str(getattr(person, fact))


@verb("enrolment.ask_correction", zh="本人要求更正信息", may=SIGNED_IN)
def ask(
    *,
    membership: Membership,
    fact: Fact,
    value: str,
    why: str,
    by: Actor,
    at: datetime,
    evidence: "UploadedFile[Any] | None" = None,
    key: str = "",
) -> Correction:
    """The member says what a fact should be, with a photograph that shows it, if there is one. Of a number nothing is
    said about another file that may have it."""
    if by.person_id != membership.person_id:
        raise Forbidden("由本人办理")
    made = Correction(organisation=membership.organisation, person=membership.person, fact=fact, why=why.strip())
    hold(made)
    if not is_live_at(membership.person_id, membership.organisation_id):
        raise Refused("您的会籍刚刚有变动：请打开“我的工会”看看现在在哪里，再提一次。")
    person = Person._base_manager.get(pk=membership.person_id)
    _check_another(person, fact, value)
    _fill(made, person, value)
    _keep(made, evidence, by=by, at=at)
    try:
        with transaction.atomic():
            casework.open_matter(matter=made, title=f"{CORRECTION.zh}：{fact.label}", by=by, at=at)
    except IntegrityError as clash:
        raise Refused(f"“{fact.label}”的更正已经在办理：请看它的进度，或者撤回再提。") from clash
    note(made, about_person_id=person.pk, fact=str(fact))
    return made


@verb("enrolment.resubmit_correction", zh="改后再提交更正", may=SIGNED_IN)
def resubmit(
    *,
    correction: Correction,
    value: str,
    why: str,
    by: Actor,
    at: datetime,
    evidence: "UploadedFile[Any] | None" = None,
    key: str = "",
) -> Correction:
    """The member mends what was sent back; another photograph takes the place of the first."""
    hold(correction)
    person = Person._base_manager.get(pk=correction.person_id or 0)
    _check_another(person, Fact(correction.fact), value)
    casework.move(matter=correction, move_code="resubmit", by=by, at=at)
    correction.why = why.strip()
    _fill(correction, person, value)
    _keep(correction, evidence, by=by, at=at)
    columns = ["why", "old_value", "new_value", "id_number", "id_number_index", "evidence"]
    correction.save(update_fields=columns)
    return correction


@verb("enrolment.approve_correction", zh="同意更正信息", may="memberships.write", on="correction")
def approve(*, correction: Correction, by: Actor, at: datetime, key: str = "") -> Correction:
    """Write the fact into the file. Refused where the file says something else by now than when it was asked."""
    not_own(by, correction.person_id)
    hold(correction)
    casework.move(matter=correction, move_code="approve", by=by, at=at)
    person = Person._base_manager.select_for_update(no_key=True).get(pk=correction.person_id or 0)
    fact = Fact(correction.fact)
    if fact != Fact.ID_NUMBER and value_of(person, fact) != correction.old_value:
        raise Refused(f"档案里的“{fact.label}”后来已经改过，请退回，让本人看过再提。")
    if fact == Fact.ID_NUMBER:
        people.renumber(person=person, id_number=correction.reveal("id_number"), by=by, at=at)
    elif fact == Fact.JOB:
        _set_job(person, correction.new_value, by=by, at=at)
    else:
        changes: dict[str, Any] = {fact.value: correction.new_value}
        people.amend(person=person, version=person.version, changes=changes, by=by, at=at)
    _forget(correction, by=by, at=at)
    tell(correction, f"“{fact.label}”已经更正", "档案已经改好，可以在“我的资料”里查看。", by=by, at=at)
    return correction


@verb("enrolment.return_correction", zh="退回更正要求", may="memberships.write", on="correction")
def send_back(*, correction: Correction, words: str, by: Actor, at: datetime, key: str = "") -> Correction:
    """Say why it cannot be corrected so; the member mends it or takes it back."""
    not_own(by, correction.person_id)
    hold(correction)
    casework.move(matter=correction, move_code="return", by=by, at=at, words=words)
    tell(correction, f"“{Fact(correction.fact).label}”的更正需要补充", words, by=by, at=at)
    return correction


@verb("enrolment.withdraw_correction", zh="本人撤回更正要求", may=SIGNED_IN)
def withdraw(*, correction: Correction, by: Actor, at: datetime, key: str = "") -> Correction:
    hold(correction)
    casework.move(matter=correction, move_code="withdraw", by=by, at=at)
    _forget(correction, by=by, at=at)
    return correction


@verb("enrolment.look_at_number", zh="核对更正的完整证件号", may="memberships.write", on="correction")
def look_at_numbers(*, correction: Correction, by: Actor, at: datetime) -> dict[str, str]:
    """The old and new number in whole, for who compares them with the card: for a purpose, and written down."""
    not_own(by, correction.person_id)
    person = Person._base_manager.get(pk=correction.person_id or 0)
    note(correction, about_person_id=person.pk)
    return {"old": person.reveal("id_number"), "new": correction.reveal("id_number")}


@verb("enrolment.look_at_evidence", zh="打开更正的证明材料", may="memberships.write", on="correction")
def look_at_evidence(*, correction: Correction, by: Actor, at: datetime) -> tuple[bytes, str]:
    """What the member sent to prove it, with its media type: for a purpose, and written down. Raises Gone for one that
    was not sent, or is over."""
    not_own(by, correction.person_id)
    if correction.evidence is None:
        raise Gone("没有附材料，或者办结以后已经删除。请本人带原件来核对。")
    content = b"".join(content_of(correction.evidence))
    note(correction, about_person_id=correction.person_id)
    return content, type_of(content)


def _keep(correction: Correction, evidence: "UploadedFile[Any] | None", *, by: Actor, at: datetime) -> None:
    """Seal what was sent, with the matter's union; what it takes the place of is removed."""
    if evidence is None:
        return
    _forget(correction, by=by, at=at)
    correction.evidence = files.store(
        organisation=correction.organisation,
        name=evidence.name or "材料",
        kind="correction_evidence",
        chunks=evidence.chunks(),
        by=by,
        at=at,
    )


def _forget(correction: Correction, *, by: Actor, at: datetime) -> None:
    """What proved a fact is needed no longer once the matter is over."""
    if (stored := correction.evidence) is not None:
        correction.evidence = None
        files.remove(stored=stored, by=by, at=at)


def _fill(correction: Correction, person: Person, value: str) -> None:
    if correction.fact == Fact.ID_NUMBER:
        correction.seal_in(id_number=value)
    else:
        correction.old_value, correction.new_value = value_of(person, correction.fact), value


def _check_another(person: Person, fact: Fact, value: str) -> None:
    if not value:
        raise Refused(f"请写上“{fact.label}”应当是什么。", fields=["value"])
    if value == value_of(person, fact):
        raise Refused(f"档案里的“{fact.label}”已经是这样，不用更正。", fields=["value"])
    if fact == Fact.JOB and _job_of(person) is None:
        raise Refused("档案里还没有登记工作单位，请先写给工会登记单位。", fields=["value"])


def _job_of(person: Person) -> Employment | None:
    found = Employment._base_manager.filter(person=person, until_on=None).select_related("employer")
    return found.order_by("-pk").first()


def _set_job(person: Person, job: str, *, by: Actor, at: datetime) -> None:
    found = _job_of(person)
    if found is None:
        raise Refused("档案里已经没有在职的工作单位，请退回，先登记单位。")
    people.employ(person=person, employer=found.employer, job=job, form=found.form, group=found.group, by=by, at=at)
