"""One object of every kind in an own and in a foreign county; the foreign one carries marks that no page may show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from gongjia.backbone.accounts.holders import by_reference as holder_by_reference
from gongjia.backbone.employers.queries import by_reference as employer_by_reference
from gongjia.backbone.files import services as file_services
from gongjia.backbone.files.models import StoredFile
from gongjia.backbone.memberships.queries import by_reference as membership_by_reference
from gongjia.backbone.memberships.queries import live_by_reference as live_membership_by_reference
from gongjia.backbone.organisations.queries import by_reference as organisation_by_reference
from gongjia.domains.enrolment import queries as enrolment
from gongjia.domains.enrolment.certificates import certify
from gongjia.domains.enrolment.changes import queries as changes
from gongjia.domains.enrolment.changes.models import BulkTransfer, BulkTransferLine, Correction, Leaving, Transfer
from gongjia.domains.enrolment.models import Application, Poster
from gongjia.domains.fieldwork.asking import queries as asking
from gongjia.domains.fieldwork.contacts import queries as contacts
from gongjia.domains.fieldwork.models import (
    Contact,
    FieldVisit,
    GrassrootsSuggestion,
    Observation,
    Questionnaire,
    QuestionnaireTally,
    ResearchTopic,
    VisitGoer,
    VisitPhoto,
    VisitPlan,
)
from gongjia.domains.fieldwork.surveys import queries as surveys
from gongjia.domains.fieldwork.visits import queries as visits
from gongjia.domains.founding import queries as founding
from gongjia.domains.founding.models import Founding, Unit
from gongjia.domains.homes import queries as homes
from gongjia.domains.homes.models import Card, Display, Duty, UnionSite
from gongjia.domains.organising import queries as organising
from gongjia.domains.organising.drives.rows import drive_by_reference
from gongjia.domains.organising.models import Drive, DriveTarget, EmployerResult, Lead, Run, RunList, UnionPair
from gongjia.domains.voices import queries as voices
from gongjia.domains.voices.models import BookAnswer, SmallMatter, Voice, VoiceFile
from gongjia.engines.casework.handing import queries as handed
from gongjia.engines.casework.handing.models import Assignment, Forwarding, Invitation
from gongjia.engines.casework.models import MatterIndex
from gongjia.engines.casework.sealing import queries as sealed
from gongjia.engines.casework.sealing.models import Sealing, Unsealing
from gongjia.engines.intake.models import BadRow, Batch, Import, ImportRow
from gongjia.engines.intake.queries import import_by_reference
from gongjia.engines.messages import queries as messages
from gongjia.engines.messages.models import Circular, Direction, Message
from gongjia.engines.papers.queries import number_by_reference, paper_by_reference
from gongjia.engines.papers.services import take_number
from gongjia.kernel.actors import COMMAND, TICK
from gongjia.kernel.reach import everywhere
from tests import factories
from tests.factories import Tree

#: Stands in every foreign text that is not public.
SECRET = "密语境外"
#: Stands in the foreign names that the open portal may show.
PUBLIC_NAME = "渡口样例"
#: The same of the own county, for whom that is the foreign one.
OWN_SECRET, OWN_NAME = "密语境内", "青禾样例"

By = Callable[..., Any]


@dataclass(frozen=True)
class City:
    """`own` and `foreign` hold, for the query that fetches a route's object, one that it finds."""

    tree: Tree
    own: Mapping[By, Any]
    foreign: Mapping[By, Any]


def city(at: datetime) -> City:
    tree = factories.tree()
    own = _things(at, tree.county, tree.union, tree.employer, tree.membership, OWN_SECRET)
    _rename(tree)
    foreign = _things(
        at, tree.foreign_county, tree.foreign_union, tree.foreign_employer, tree.foreign_membership, SECRET
    )
    for things, holder, name in ((own, tree.officer, "zhangmin"), (foreign, tree.foreign_officer, f"x-{SECRET}")):
        factories.account(holder, name)
        things[holder_by_reference] = holder
        things[enrolment.spot_by_reference] = _spot(at, things[organisation_by_reference], holder)
    return City(tree, own, foreign)


def _rename(tree: Tree) -> None:
    """The foreign member's name, address and job become marks."""
    person = tree.foreign_member
    person.name = f"李{SECRET}"
    person.save(update_fields=["name"])
    type(tree.foreign_employer)._base_manager.filter(pk=tree.foreign_employer.pk).update(address=f"{SECRET}路1号")
    person.employments.model._base_manager.filter(person=person).update(job=SECRET)


def _things(at: datetime, county: Any, union: Any, employer: Any, membership: Any, word: str) -> dict[By, Any]:
    person = membership.person
    poster = Poster._base_manager.create(organisation=union, employer=employer, place=f"{word}门口", made_at=at)
    run = _run(at, county, word)
    lead = Lead._base_manager.create(
        organisation=county, origin=county, key=word, run=run, name=f"{word}未建会厂", county=word, address=word,
        most=88, size="50", found_on=date(2026, 11, 1),
    )  # fmt: skip
    message = Message._base_manager.create(
        person=person, organisation=union, direction=Direction.DOWN, title=f"{word}通知", body=word, sent_at=at
    )
    letter = Message._base_manager.create(
        person=person, organisation=union, direction=Direction.UP, title=f"{word}留言", body=word, sent_at=at
    )
    circular = Circular._base_manager.create(
        organisation=union, title=f"{word}群发", body=word, answers=["去", "不去"], audience_count=9, sent_at=at
    )
    with everywhere(reason="a test's rows"):
        paper = certify(membership=membership, use=f"{word}用途", by=TICK, at=at)
        number = take_number(organisation=union, subject=f"{word}通知", by=COMMAND, at=at)
    return {
        paper_by_reference: paper,
        number_by_reference: number,
        organisation_by_reference: union,
        employer_by_reference: employer,
        membership_by_reference: membership,
        live_membership_by_reference: membership,
        enrolment.poster_by_reference: poster,
        enrolment.entry_by_reference: poster,
        enrolment.application_by_reference: _application(at, poster, person, word),
        **_changes(at, county, membership, word),
        **_handed(at, county, union, word),
        import_by_reference: _import(at, union, word),
        organising.run_by_reference: run,
        organising.run_with_counts: run,
        organising.draft_by_reference: _draft(run),
        organising.lead_by_reference: lead,
        drive_by_reference: _drive(at, county, word),
        homes.display_by_reference: _face(at, union, word),
        homes.card_by_reference: _card(at, union, person if word == OWN_SECRET else factories.person("方圆")),
        founding.by_reference: _founding(at, county, employer, word),
        **_voices(at, union, employer, person, word),
        **_field(at, county, union, word),
        messages.by_reference: message,
        messages.letter_by_reference: letter,
        messages.circular_by_reference: circular,
    }


def _spot(at: datetime, union: Any, officer: Any) -> Poster:
    return Poster._base_manager.create(
        organisation=union, way="spot", place="现场", made_at=at, shown_by=officer, shown_until=at + timedelta(hours=1)
    )


def _face(at: datetime, union: Any, word: str) -> Display:
    """What a union keeps of its display is its own; its duties and its site are public. Each site lies in a city of its
    own: those near a union are offered by name to whoever has none."""
    name, city = (PUBLIC_NAME, "4201") if word == SECRET else (OWN_NAME, "4207")
    Duty._base_manager.create(organisation=union, role="chair", duty=name, promise=name, changed_on=at.date())
    UnionSite._base_manager.create(
        organisation=union, region=factories.region(city, "外市"), name=f"{name}职工之家", is_home=True, address=name,
        opened_on=date(2026, 11, 1),
    )  # fmt: skip
    return Display._base_manager.create(
        organisation=union, kind="plate", shown_on=date(2026, 11, 1), place=f"{word}门口", recorded_at=at
    )


def _card(at: datetime, union: Any, person: Any) -> Card:
    """Who was on the committee and agreed to be named: of the own union the member, whose page takes it back."""
    post = factories.post(person, union, "committee_member", until_on=date(2026, 11, 2))
    return Card._base_manager.create(
        organisation=union, person=person, post=post, name="公开姓名", given="online", agreed_at=at
    )


def _application(at: datetime, poster: Poster, person: Any, word: str) -> Application:
    account = factories.Account.objects.filter(person=person).first() or factories.account(person)
    made = Application(
        poster=poster, organisation=poster.organisation, person=person, account_id=account.pk, name=f"申请人{word}",
        employer_name=word, state="submitted", flow_version=1, opened_at=at, consent_version="1",
    )  # fmt: skip
    made.seal_in(id_number=person.reveal("id_number"))
    made.save()
    MatterIndex._base_manager.create(
        flow_code=made.flow_code, matter_id=made.pk, reference=made.reference, title=f"{word}入会申请",
        organisation=made.organisation, person=person, state=made.state, opened_at=at, moved_at=at,
    )  # fmt: skip
    return made


def _changes(at: datetime, county: Any, membership: Any, word: str) -> dict[By, Any]:
    """A matter of each kind about the member; the other union of those with two sides lies in the same county."""
    union, person = membership.organisation, membership.person
    other = factories.organisation(f"{PUBLIC_NAME if word == SECRET else OWN_NAME}第二工会", county, kind=union.kind)
    common = {"organisation": union, "flow_version": 1, "opened_at": at}
    both = {**common, "counterpart": other, "state": "in"}
    asked = {**common, "person": person, "state": "asked"}
    transfer = Transfer._base_manager.create(
        **both, person=person, membership=membership, why="other", employer_name=word, begun_by="person"
    )
    leaving = Leaving._base_manager.create(**asked, membership=membership, why=word)
    correction = Correction._base_manager.create(**asked, fact="job", old_value=word, new_value=word)
    bulk = BulkTransfer._base_manager.create(**both, why="closed", words=word, total=1)
    BulkTransferLine._base_manager.create(bulk=bulk, person=person, membership=membership)
    for made in (transfer, leaving, correction, bulk):
        MatterIndex._base_manager.create(
            flow_code=made.flow_code, matter_id=made.pk, reference=made.reference, title=f"{word}会籍变动",
            organisation=union, counterpart=made.counterpart, holder=made.counterpart or union, person=made.person,
            state=made.state, opened_at=at, moved_at=at, due_at=at + timedelta(days=9),
        )  # fmt: skip
    return {
        changes.destination: other,
        changes.transfer_by_reference: transfer,
        changes.leaving_by_reference: leaving,
        changes.correction_by_reference: correction,
        changes.bulk_by_reference: bulk,
    }


def _handed(at: datetime, county: Any, union: Any, word: str) -> dict[By, Any]:
    """A matter of the union, and what was handed on about it to the county."""
    root = MatterIndex._base_manager.get(flow_code="enrolment.application", organisation=union)
    common = {"organisation": union, "of": root, "words": word, "state": "sent", "flow_version": 1, "opened_at": at}
    made: dict[By, Any] = {
        handed.forwarding_by_reference: Forwarding._base_manager.create(**common, counterpart=county),
        handed.assignment_by_reference: Assignment._base_manager.create(**common, counterpart=county, kind="joint"),
        handed.invitation_by_reference: Invitation._base_manager.create(
            **common, unit="court", unit_name=word, link=word, ends_at=at + timedelta(days=9)
        ),
    }
    copy = MatterIndex._base_manager.filter(flow_code="enrolment.leaving", organisation=union).get()
    seal = Sealing._base_manager.create(origin=root, copy=copy, at=at)
    made[sealed.unsealing_by_reference] = Unsealing._base_manager.create(
        organisation=union, counterpart=county, seal=seal, reason=word, state="asked", flow_version=1, opened_at=at
    )
    for each in made.values():
        MatterIndex._base_manager.create(
            flow_code=each.flow_code, matter_id=each.pk, of_id=getattr(each, "of_id", None), reference=each.reference,
            title=f"{word}交办", organisation=union, counterpart=each.counterpart, holder=each.counterpart,
            state=each.state, opened_at=at, moved_at=at,
        )  # fmt: skip
    return {handed.matter_by_reference: root, **made}


def _import(at: datetime, union: Any, word: str) -> Import:
    with everywhere(reason="a test's rows"):
        stored = file_services.store(
            organisation=union, name=f"{word}花名册.csv", kind="import", by=TICK, at=at,
            chunks=[f"姓名,身份证号\n{word},1\n".encode()],
        )  # fmt: skip
    part = {"sheet": "", "heading_row": 1, "columns": {"name": [0, "姓名"], "id_number": [1, "身份证号"]}}
    made = Import._base_manager.create(
        organisation=union, kind="enrolment.members", name=stored.name, file=stored, sent_at=at, read_on=at.date(),
        ends_on=at.date() + timedelta(days=30), state="checked",
        parts=[part | {"texts": ["姓名", "身份证号"], "unknown": [word], "fingerprint": "0" * 16}], bad_count=1,
    )  # fmt: skip
    row = ImportRow(source=made, number=2, state="bad", codes=" id_number:short_id ")
    row.seal_in(cells=f'["{word}", "1"]', problems=f'[{{"field": "id_number", "code": "x", "reason": "{word}"}}]')
    row.save()
    return made


def _founding(at: datetime, county: Any, employer: Any, word: str) -> Founding:
    made = Founding._base_manager.create(
        organisation=county, counterpart=county, way="single", name=f"{word}工会委员会", why=word, head_name=word,
        state="requested", flow_version=1, opened_at=at, requested_on=at.date(),
    )  # fmt: skip
    Unit._base_manager.create(founding=made, employer=employer, headcount=88)
    MatterIndex._base_manager.create(
        flow_code=made.flow_code, matter_id=made.pk, reference=made.reference, title=made.name, organisation=county,
        counterpart=county, holder=county, state=made.state, opened_at=at, moved_at=at,
    )  # fmt: skip
    return made


def _voices(at: datetime, union: Any, employer: Any, person: Any, word: str) -> dict[By, Any]:
    """A voice that the own union may know, with a file; a small matter that is public; an answer of the union's own."""
    name = PUBLIC_NAME if word == SECRET else OWN_NAME
    matter = SmallMatter._base_manager.create(
        organisation=union, title=name, state="promised", subject="wages", gathered_at=at, promise=name,
        promised_by="后勤部", promised_for=at.date(), promised_on=at.date(),
    )  # fmt: skip
    made = Voice(
        organisation=union, person=person, channel="web", subject="wages", words=word, employer=employer,
        region=employer.region, received_on=at.date(), opened_at=at, state="registered", flow_version=1,
        is_open_to_own_union=True, caller_name=word, small_matter=matter,
    )  # fmt: skip
    made.save()
    MatterIndex._base_manager.create(
        flow_code=made.flow_code, matter_id=made.pk, reference=made.reference, title=f"诉求：{word}",
        organisation=union, holder=union, person=person, state=made.state, opened_at=at, moved_at=at,
    )  # fmt: skip
    with everywhere(reason="a test's rows"):
        stored = file_services.store(
            organisation=union, name="照片1", kind="voice", chunks=[word.encode()], by=TICK, at=at
        )
    file = VoiceFile._base_manager.create(voice=made, file=stored, kind="picture", type="image/jpeg")
    entry = BookAnswer._base_manager.create(
        organisation=union, topic="wages", question=name, answer=name, source=name, reviewed_on=at.date(), changed_at=at
    )
    return {
        voices.by_reference: made,
        voices.file_by_reference: file,
        voices.small_matter: matter,
        voices.book_answer: entry,
    }


def _field(at: datetime, county: Any, union: Any, word: str) -> dict[By, Any]:
    """Work in the field at the county's union: a contact that is not public, a visit that has begun and was recorded,
    what it found, a suggestion, a topic with its report, a questionnaire that was sent."""
    officer = factories.Post._base_manager.filter(organisation=county).order_by("pk")[0]
    contact = Contact._base_manager.create(
        organisation=county, post=officer, person=officer.person, union=union, kind="contact",
        from_on=date(2026, 11, 1), office_line="0715-0880016",
    )  # fmt: skip
    common = {"organisation": county}
    with everywhere(reason="a test's rows"):
        stored = file_services.store(
            **common, name=f"{word}报告.pdf", kind="topic_report", by=TICK, at=at, chunks=[b"%PDF"]
        )
    day = date(2026, 11, 2)
    topic = ResearchTopic._base_manager.create(
        **common, name=f"{word}课题", question=word, from_on=day, to_on=day, summary=word, reported_on=day
    )
    plan = VisitPlan._base_manager.create(
        **common, purpose=f"{word}走访", items=[word], from_on=day, to_on=day, made_at=at, topic=topic
    )
    VisitGoer._base_manager.create(**common, plan=plan, person=officer.person)
    visit = FieldVisit._base_manager.create(
        **common, plan=plan, union=union, arrived_at=at, arrived_on=at.date(), words=word, recorded_at=at
    )
    photo = VisitPhoto._base_manager.create(**common, visit=visit, file=stored)
    matter = {**common, "flow_version": 1, "opened_at": at}
    found = Observation._base_manager.create(
        **matter, counterpart=county, state="todo", visit=visit, union=union, kind="block", grade="urgent", words=word,
        found_on=at.date(), due_on=date(2026, 12, 1),
    )  # fmt: skip
    said = GrassrootsSuggestion._base_manager.create(**matter, counterpart=union, state="asked", words=word)
    for made in (found, said):
        MatterIndex._base_manager.create(
            flow_code=made.flow_code, matter_id=made.pk, reference=made.reference, title=f"{word}走访",
            organisation=county, counterpart=made.counterpart, holder=county, state=made.state, opened_at=at,
            moved_at=at,
        )  # fmt: skip
    asked = Questionnaire._base_manager.create(
        organisation=union, title=f"{word}问卷", about="needs", made_on=day, opened_on=day, closes_on=date(2026, 12, 1),
        questions=[{"code": "q0", "zh": word, "asks": "words", "options": [], "is_needed": False}],
    )  # fmt: skip
    QuestionnaireTally._base_manager.create(questionnaire=asked)
    return {
        contacts.by_reference: contact,
        visits.plan_by_reference: plan,
        visits.visit_by_reference: visit,
        visits.photo_by_reference: photo,
        visits.observation_by_reference: found,
        asking.suggestion_by_reference: said,
        asking.topic_by_reference: topic,
        surveys.by_reference: asked,
    }


def _drive(at: datetime, county: Any, word: str) -> Drive:
    drive = Drive._base_manager.create(
        organisation=county, name=f"{word}攻坚", from_on=date(2026, 11, 1), until_on=date(2026, 12, 31), target=9,
        opened_at=at,
    )  # fmt: skip
    DriveTarget._base_manager.create(drive=drive, organisation=county, count=9)
    return drive


def _draft(run: Run) -> Run:
    """A comparison of the same list that has not begun."""
    draft = Run._base_manager.create(
        organisation=run.organisation, at_least=25, since=run.since, state="draft", asked_at=run.asked_at
    )
    batch = RunList._base_manager.get(run=run).batch
    RunList._base_manager.create(run=draft, place=0, kind="market", batch=batch)
    return draft


def _run(at: datetime, county: Any, word: str) -> Run:
    stored = StoredFile._base_manager.create(
        organisation=county, name=f"{word}名单.csv", kind="list", size=1, sha256="0" * 64, stored_at=at
    )
    batch = Batch._base_manager.create(organisation=county, kind="organising.market", file=stored, received_at=at)
    bad = BadRow(batch=batch, number=7, problems=[{"field": "name", "code": "x", "reason": word}])
    bad.seal_in(cells=f'["{word}"]')
    bad.save()
    run = Run._base_manager.create(
        organisation=county, at_least=25, since=date(2024, 11, 1), state="done", asked_at=at, finished_at=at,
        summary={"employers": 1, "unions": 1, "unorganised": 1, "review": 1},
    )  # fmt: skip
    RunList._base_manager.create(run=run, place=0, kind="market", batch=batch)
    EmployerResult._base_manager.create(run=run, place=0, key=word, name=f"{word}样例厂", found="should")
    UnionPair._base_manager.create(
        run=run, place=0, number="1", name=f"{word}工会", grade="review", score=5000, reason=word, candidates=[]
    )
    return run
