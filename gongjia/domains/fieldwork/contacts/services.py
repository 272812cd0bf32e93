"""The verbs of contacts: who looks after whom, the days there, the report of the year."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE
from gongjia.backbone.people.office_lines import clean_office_line
from gongjia.backbone.posts.models import Post
from gongjia.domains.fieldwork import places, rules
from gongjia.domains.fieldwork.contacts import keeping
from gongjia.domains.fieldwork.contacts.models import Contact, DutySpell, YearlyReport
from gongjia.domains.fieldwork.permissions import LOG, LOOK_AFTER
from gongjia.domains.fieldwork.words import ContactEnding, ContactKind
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.numbers import tells_a_number
from gongjia.kernel.verbs import note, verb

_NUMBERS = "这里不要写手机号、身份证号，请删去后再提交。"


@verb("fieldwork.look_after", zh="安排联系点", may=LOOK_AFTER, on="post")
def look_after(
    *,
    post: Post,
    kind: ContactKind,
    from_on: date,
    by: Actor,
    at: datetime,
    union: Organisation | None = None,
    employer: Employer | None = None,
    office_line: str = "",
    key: str = "",
) -> Contact:
    """From a day on the holder of a post looks after a union or an employer below. Refused for a post that is not held
    then, for a place that is not below, and for one that the same holder has already in the same way."""
    if not post.from_on <= from_on or not post.is_open_on(max(from_on, today_of(at))):
        raise Refused("这位干部那天不在任，请重新选人或者改日期。", fields=["from_on"])
    above = employer.organisation.path if employer else union.path if union else ""
    own_place = union is not None and employer is None and union.pk == post.organisation_id
    if not above.startswith(post.organisation.path) or own_place:
        raise Refused("联系点要在本级以下：请选下级工会，或者本地的单位。", fields=["place"])
    if union is not None and employer is None and union.state not in IN_FORCE:
        raise Refused(f"“{union.name}”{union.get_state_display()}，不能作联系点。", fields=["place"])
    contact = Contact(
        organisation=post.organisation,
        post=post,
        person_id=post.person_id,
        union=union if employer is None else places.covering(employer),
        employer=employer,
        kind=kind,
        from_on=from_on,
        office_line=_line(office_line),
    )
    try:
        with transaction.atomic():
            contact.save(force_insert=True)
    except IntegrityError as clash:
        raise Refused("这位干部已经用同样的方式联系这里了。", fields=["place"]) from clash
    note(contact, kind=str(kind))
    return contact


def _line(office_line: str) -> str:
    try:
        return clean_office_line(office_line)
    except ValueError as wrong:
        raise Refused(str(wrong), fields=["office_line"]) from wrong


@verb("fieldwork.publish_contact", zh="向联系点公开干部", may=LOOK_AFTER, on="contact")
def publish(*, contact: Contact, office_line: str, by: Actor, at: datetime, key: str = "") -> Contact:
    """From today on the place sees who looks after it, with the telephone of the office."""
    line = _line(office_line)
    if not line:
        raise Refused("请填办公电话：公开了，联系点才找得到人。", fields=["office_line"])
    contact = _open(contact, at)
    contact.office_line, contact.published_on = line, contact.published_on or today_of(at)
    contact.save(update_fields=["office_line", "published_on"])
    note(contact)
    return contact


@verb("fieldwork.end_contact", zh="结束联系", may=LOOK_AFTER, on="contact")
def end(*, contact: Contact, ending: ContactEnding, on: date, by: Actor, at: datetime, key: str = "") -> Contact:
    """The last day was the one before `on`; the days and reports stay on record."""
    contact = _open(contact, at)
    if not contact.from_on <= on <= today_of(at):
        raise Refused(f"结束日期要在 {contact.from_on:%Y-%m-%d} 到今天之间。", fields=["on"])
    keeping.end(contact, on=on, ending=ending)
    note(contact, ending=str(ending))
    return contact


def _open(contact: Contact, at: datetime) -> Contact:
    held: Contact = (
        Contact._base_manager.select_for_update(of=("self",)).select_related("organisation").get(pk=contact.pk)
    )
    if held.until_on is not None and held.until_on <= today_of(at):
        raise Refused("这个联系已经结束。")
    return held


@verb("fieldwork.log_days", zh="记蹲点日志", may=LOG, on="contact")
def log_days(
    *, contact: Contact, from_on: date, to_on: date, did: str, by: Actor, at: datetime, solved: str = "", key: str = ""
) -> DutySpell:
    """Days on end at the place, by the officer alone. Where somebody stood is not asked, and no picture is needed."""
    _own(contact, by)
    held = Contact._base_manager.select_for_update(of=("self",)).get(pk=contact.pk)
    if tells_a_number([did, solved]):
        raise Refused(_NUMBERS, fields=["did"])
    spell = rules.Spell(from_on, to_on)
    span: dict[str, Any] = {"from_on": held.from_on, "until_on": held.until_on}
    if wrong := rules.wrong_with_spell(spell, today=today_of(at), others=keeping.spells_of(held), **span):
        raise Refused(*wrong.values(), fields=list(wrong))
    made: DutySpell = DutySpell._base_manager.create(
        organisation_id=held.organisation_id,
        contact=held,
        from_on=from_on,
        to_on=to_on,
        did=did,
        solved=solved,
        recorded_at=at,
    )
    note(made, count=spell.days)
    return made


@verb("fieldwork.report_year", zh="写联系点年度报告", may=LOG, on="contact")
def report_year(
    *, contact: Contact, year: int, words: str, by: Actor, at: datetime, solved: str = "", key: str = ""
) -> YearlyReport:
    """The report of a year that has begun, by the officer alone; written again, the newest stands."""
    _own(contact, by)
    today = today_of(at)
    last = contact.until_on or today
    if not contact.from_on.year <= year <= min(last, today).year:
        raise Refused("这一年没有联系这里，不用写报告。", fields=["year"])
    if tells_a_number([words, solved]):
        raise Refused(_NUMBERS, fields=["words"])
    facts: dict[str, Any] = {"words": words, "solved": solved, "written_on": today}
    keys = {"contact": contact, "year": year}
    made, _ = YearlyReport._base_manager.update_or_create(
        **keys, defaults=facts, create_defaults={**facts, "organisation_id": contact.organisation_id}
    )
    note(made, number=year)
    return made


def _own(contact: Contact, by: Actor) -> None:
    if by.channel != "command" and by.person_id != contact.person_id:
        raise Forbidden("由联系干部本人记")
