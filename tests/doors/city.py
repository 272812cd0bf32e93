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
from gongjia.domains.enrolment.models import Application, Poster
from gongjia.domains.organising import queries as organising
from gongjia.domains.organising.models import EmployerResult, Lead, Run, RunList, UnionPair
from gongjia.engines.casework.models import MatterIndex
from gongjia.engines.intake.models import BadRow, Batch, Import, ImportRow
from gongjia.engines.intake.queries import import_by_reference
from gongjia.engines.messages import queries as messages
from gongjia.engines.messages.models import Direction, Message
from gongjia.kernel.actors import TICK
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
    return {
        organisation_by_reference: union,
        employer_by_reference: employer,
        membership_by_reference: membership,
        live_membership_by_reference: membership,
        enrolment.poster_by_reference: poster,
        enrolment.entry_by_reference: poster,
        enrolment.application_by_reference: _application(at, poster, person, word),
        import_by_reference: _import(at, union, word),
        organising.run_by_reference: run,
        organising.run_with_counts: run,
        organising.draft_by_reference: _draft(run),
        organising.lead_by_reference: lead,
        messages.by_reference: message,
        messages.letter_by_reference: letter,
    }


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
