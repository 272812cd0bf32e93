"""Drives: who belongs to one, its funnel and its rows, target and pace, and who may open, see and change it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlparse

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.regions.models import Region
from gongjia.domains.organising import queries as of_leads
from gongjia.domains.organising import services as on_leads
from gongjia.domains.organising.drives import queries, rows, rules, services, shown
from gongjia.domains.organising.drives.words import DEFINITIONS, Beside, DriveState, Stage
from gongjia.domains.organising.forms import LeadFilter
from gongjia.domains.organising.models import Drive, DriveTarget, Lead, Run
from gongjia.domains.organising.tests.lists import compared
from gongjia.domains.organising.words import LeadState, Progress, size_of
from gongjia.kernel.errors import Forbidden, Refused, Stale
from gongjia.kernel.models import AuditRow
from gongjia.kernel.reach import entering, everywhere
from tests import factories

pytestmark = [pytest.mark.system("O4"), pytest.mark.django_db]
SignIn = Callable[[Client, factories.Person], Client]
FROM, UNTIL, TODAY = date(2026, 11, 1), date(2026, 12, 30), date(2026, 11, 21)
S, P = LeadState, Progress


@pytest.fixture
def street(tree: factories.Tree) -> Organisation:
    region = factories.region("421202005", "浮山街道", Region.Level.TOWNSHIP)
    return factories.organisation("浮山街道总工会", tree.county, kind=Kind.TOWNSHIP_UNION, region=region)


@pytest.fixture
def clerk(street: Organisation) -> factories.Person:
    """Who works at the street's union."""
    person = factories.person("吴街道")
    factories.post(person, street, "township_officer")
    return person


@pytest.fixture
def run(tree: factories.Tree, at: datetime) -> Run:
    made = compared(tree.officer, tree.county, at)
    Lead._base_manager.all().delete()
    return made


def lead(run: Run, has: Organisation, **facts: Any) -> Lead:
    count = Lead._base_manager.count()
    facts = {"most": 30, "found_on": date(2026, 10, 20), "state": S.ASSIGNED, "county": "咸安", **facts}
    facts["size"] = size_of(facts["most"])
    if facts["state"] != S.OPEN:
        facts.setdefault("assigned_at", run.asked_at)
    return Lead._base_manager.create(
        organisation=has, origin=run.organisation, key=f"k{count}", run=run, name=f"样例{count:02}有限公司", **facts
    )


def facts_of(**changes: Any) -> dict[str, Any]:
    plain = {"name": "冬季攻坚", "from_on": FROM, "until_on": UNTIL, "target": 60, "at_least": None}
    return {**plain, "region": None, "site_kind": "", "migrants": False, **changes}


def opened(tree: factories.Tree, at: datetime, targets: dict[int, int] | None = None, **changes: Any) -> Drive:
    actor = factories.actor(tree.officer)
    with entering(actor.reach()):
        return services.open_drive(
            organisation=tree.county, facts=facts_of(**changes), targets=targets or {}, by=actor, at=at
        )


def counts(drive: Drive, who: factories.Person) -> dict[str, int]:
    with entering(factories.actor(who).reach("organising.see")):
        return queries.board(drive, on=TODAY).counts


def body(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def filled(run: Run, tree: factories.Tree, street: Organisation) -> None:
    """Employers at every stage, at the county and at the street."""
    lead(run, tree.county, state=S.OPEN)
    lead(run, tree.county, most=60)
    lead(run, tree.county, progress=P.VISITED, progressed_on=TODAY)
    lead(run, street, progress=P.AGREED, progressed_on=TODAY)
    lead(run, street, progress=P.REFUSED, progressed_on=TODAY, most=120)
    lead(run, street, progress=P.REPORTED, progressed_on=TODAY)
    lead(run, street, state=S.FOUNDING, progress=P.PREPARING, progressed_on=TODAY)
    lead(run, street, state=S.ORGANISED, progress=P.FOUNDED, progressed_on=date(2026, 11, 10), most=150)
    lead(run, tree.county, state=S.SET_ASIDE, aside_on=TODAY)
    lead(run, tree.county, state=S.UNFIT, aside_on=TODAY, aside_code="closed")
    lead(run, tree.county, state=S.UNFIT, progress=P.AGREED, aside_on=TODAY, aside_code="moved")


# ── arithmetic ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (5, [9, 2, 1], [4, 1, 0]),
        (3, [0, 7], [0, 3]),
        (7, [0, 0], [0, 0]),
        (0, [3, 4], [0, 0]),
        (4, [], []),
    ],
)
def test_a_target_is_shared_by_the_largest_remainders(total: int, weights: list[int], parts: list[int]) -> None:
    assert rules.shares(total, weights) == parts
    assert sum(parts) in {total, 0}


@pytest.mark.parametrize(
    ("on", "gone", "due"),
    [
        (FROM - timedelta(days=1), 0, 0),
        (FROM, 1, 1),
        (TODAY, 21, 21),
        (UNTIL, 60, 60),
        (UNTIL + timedelta(days=9), 60, 60),
    ],
)
def test_an_even_pace_counts_both_ends(on: date, gone: int, due: int) -> None:
    found = rules.pace(from_on=FROM, until_on=UNTIL, on=on, target=60, done=5)
    assert (found.days, found.gone, found.due) == (60, gone, due)
    assert (found.left, found.behind) == (60 - gone, due - 5)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"until_on": FROM - timedelta(days=1)}, "until_on"),
        ({"until_on": date(2036, 12, 31)}, "until_on"),
        ({"from_on": date(2026, 10, 1), "until_on": date(2026, 11, 20)}, "until_on"),
        ({"from_on": date(2016, 11, 1), "until_on": date(2016, 12, 1)}, "from_on"),
        ({"target": 0}, "target"),
        ({"target": 1_000_001}, "target"),
    ],
)
def test_what_cannot_be_so_of_a_drive(changes: dict[str, Any], field: str) -> None:
    asked = {"from_on": FROM, "until_on": UNTIL, "target": 60, "today": TODAY, **changes}
    assert field in rules.wrong_with(**asked)
    assert rules.wrong_with(**{**asked, "from_on": FROM, "until_on": UNTIL, "target": 60}) == {}


@pytest.mark.parametrize(
    ("done", "on", "word"),
    [(21, TODAY, "跟上进度"), (20, TODAY, "慢于进度"), (60, TODAY, "完成目标"), (3, date(2027, 1, 1), "没有完成")],
)
def test_the_pace_is_said_in_words(done: int, on: date, word: str) -> None:
    drive = Drive(**facts_of())
    pace = rules.pace(from_on=FROM, until_on=UNTIL, on=on, target=60, done=done)
    said = shown.said_of(drive, pace, on=on)
    assert said.word == word
    assert f"{done} 家" in said.zh


def test_how_a_drive_stands_follows_from_its_days() -> None:
    drive = Drive(**facts_of())
    days = (FROM - timedelta(days=1), FROM, UNTIL, UNTIL + timedelta(days=1))
    states = [drive.state_on(day) for day in days]
    assert states == [DriveState.PLANNED, DriveState.RUNNING, DriveState.RUNNING, DriveState.OVER]
    drive.ended_on = TODAY
    assert (drive.state_on(TODAY), drive.last_on) == (DriveState.ENDED, TODAY)


# ── who belongs, and how far they are ────────────────────────────────────────────────────────────────────────


def test_the_funnel_counts_who_came_so_far(filled, tree, at) -> None:
    found = counts(opened(tree, at), tree.officer)
    assert {code: found[code] for code in (*Stage.values, *Beside.values)} == {
        Stage.LISTED: 11,
        Stage.HANDED: 10,
        Stage.VISITED: 8,
        Stage.AGREED: 3,
        Stage.FOUNDING: 2,
        Stage.ORGANISED: 1,
        Beside.LEFT: 3,
        Beside.REFUSING: 2,
    }
    assert (found["fit-50"], found["done-50"]) == (3, 1), "50 and more that still fit, and have their union"
    assert (found["fit-100"], found["done-100"]) == (2, 1)
    assert set(DEFINITIONS) == {*Stage.values, *Beside.values}


def test_each_number_opens_exactly_its_rows(filled, tree, street, at, client: Client, sign_in: SignIn) -> None:
    """Of the whole, and of each union of the table: the number, and how many rows its address lists."""
    drive = opened(tree, at, {street.pk: 20, tree.county.pk: 40})
    with entering(factories.actor(tree.officer).reach("organising.see")):
        board = queries.board(drive, on=TODAY)
        url = f"?drive={drive.reference}"
        numbers = [(each.count, each.url) for each in shown.funnel_of(board.counts, url) if each.count]
        numbers += [(board.counts[code], f"{url}&stage={code}") for code in Beside.values]
        lines = shown.lines_of(board.lines, url)
        numbers += [(count, address) for line in lines for _, count, address in line["cells"]]
        for count, address in numbers:
            form = LeadFilter(dict(parse_qsl(urlparse(address).query)), today=TODAY)
            assert not form.errors
            assert of_leads.leads(**form.asked()).count() == count, address
        assert [line["zh"] for line in lines] == ["咸安区总工会（本级）", "浮山街道总工会"]
        assert [line["target"] for line in lines] == [40, 20]
    sign_in(client, tree.officer)
    page = body(client.get(reverse("organising:leads"), {"drive": drive.reference, "stage": "visited"}))
    assert "共 8 条" in page
    assert "攻坚行动“冬季攻坚”的单位" in page
    wrong = body(client.get(reverse("organising:leads"), {"drive": drive.reference, "stage": "nonsense"}))
    assert "有的条件认不出，没有用上：步骤" in wrong
    assert "共 8 条" not in body(client.get(reverse("organising:leads"), {"drive": "0000000000", "stage": "visited"}))


def test_who_was_done_with_before_or_came_after_does_not_belong(run, tree, at) -> None:
    inside = lead(run, tree.county)
    before = FROM - timedelta(days=1)
    lead(run, tree.county, state=S.ORGANISED, progress=P.FOUNDED, progressed_on=before)
    lead(run, tree.county, state=S.UNFIT, aside_on=before)
    lead(run, tree.county, state=S.GONE)
    lead(run, tree.county, found_on=UNTIL + timedelta(days=1))
    lead(run, tree.foreign_county)
    lead(run, tree.city)
    drive = opened(tree, at)
    with everywhere(reason="test"):
        assert list(Lead.objects.filter(rows.belonging(drive))) == [inside]


def test_after_its_last_day_nobody_is_organised_by_a_drive(run, tree, at) -> None:
    drive = opened(tree, at)
    late = lead(run, tree.county, state=S.ORGANISED, progress=P.FOUNDED, progressed_on=UNTIL + timedelta(days=1))
    found = counts(drive, tree.officer)
    assert (found[Stage.ORGANISED], found[Stage.FOUNDING]) == (0, 1)
    Lead._base_manager.filter(pk=late.pk).update(progressed_on=UNTIL)
    assert counts(drive, tree.officer)[Stage.ORGANISED] == 1


@pytest.mark.parametrize(
    ("scope", "count"),
    [
        ({}, 4),
        ({"at_least": 100}, 1),
        ({"site_kind": "park"}, 1),
        ({"migrants": True}, 1),
        ({"region": "421202005"}, 1),
    ],
)
def test_the_scope_chooses(run, tree, street, at, scope: dict[str, Any], count: int) -> None:
    lead(run, tree.county, most=100)
    lead(run, tree.county, site_kind="park", site="星河园区")
    lead(run, tree.county, has_migrants=True)
    lead(run, tree.county, township=street.region)
    if "region" in scope:
        scope = {"region": street.region}
    drive = opened(tree, at, **scope)
    assert counts(drive, tree.officer)[Stage.LISTED] == count
    assert bool(rows.scope_zh(drive)) == bool(scope)


def test_a_county_of_a_city_s_drive_is_known_by_its_name(run, tree, at) -> None:
    lead(run, tree.county, county="咸安区")
    lead(run, tree.county, county="嘉鱼县")
    drive = Drive(organisation=tree.city, **facts_of(region=tree.county.region))
    with everywhere(reason="test"):
        assert Lead.objects.filter(rows.belonging(drive)).count() == 1


def test_refusals_days_and_new_members(run, tree, street, at) -> None:
    drive = opened(tree, at)
    actor = factories.actor(tree.officer)
    refusing = lead(run, tree.county)
    said = {"on": at.date(), "met": "head", "outcome": "refuses", "refusal": "cost"}
    with entering(actor.reach()):
        on_leads.record_visit(lead=refusing, said=said, by=actor, at=at)
        assert queries.refusal_reasons(drive) == [("cost", "担心费用", 1)]
        assert list(of_leads.leads(drive=drive.reference, refusal="cost")) == [refusing]
        assert not of_leads.leads(drive=drive.reference, refusal="trouble").exists()
        assert queries.median_days(drive) is None
        for days in (10, 20, 40):
            done = {"state": S.ORGANISED, "progress": P.FOUNDED, "progressed_on": TODAY}
            lead(run, tree.county, **done, found_on=TODAY - timedelta(days=days))
        assert queries.median_days(drive) == 20
        assert queries.new_members(drive) == 0
        group = factories.organisation("新筹备组", street, kind=Kind.PREPARATORY_GROUP)
        lead(run, street, state=S.FOUNDING, progress=P.PREPARING, union=group)
        factories.membership(factories.person("新人"), group, joined_on=TODAY, from_on=TODAY)
        factories.membership(factories.person("老会员"), group, joined_on=date(2020, 1, 1), from_on=TODAY)
        assert queries.new_members(drive) == 1


def test_a_drive_costs_the_same_statements_whatever_its_size(
    filled, run, tree, street, at, client: Client, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    drive = opened(tree, at, {street.pk: 20})
    sign_in(client, tree.officer)
    address = reverse("organising:drive", args=[drive.reference])
    client.get(address)
    with django_assert_max_num_queries(60) as before:
        client.get(address)
    for number in range(6):
        other = factories.organisation(f"样例{number}镇总工会", tree.county, kind=Kind.TOWNSHIP_UNION)
        lead(run, other, progress=P.AGREED, progressed_on=TODAY)
        opened(tree, at, name=f"行动{number}")
    with django_assert_max_num_queries(len(before)):
        client.get(address)
    client.get(reverse("organising:drives"))
    with django_assert_max_num_queries(30):
        assert "行动5" in body(client.get(reverse("organising:drives")))


# ── verbs ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_officer_opens_a_drive_and_it_is_recorded(tree, street, at) -> None:
    drive = opened(tree, at, {street.pk: 20, tree.county.pk: 0})
    assert dict(DriveTarget._base_manager.values_list("organisation__name", "count")) == {"浮山街道总工会": 20}
    row = AuditRow.objects.filter(verb="organising.open_drive").get()
    assert row.subject_id == drive.pk


@pytest.mark.parametrize("who", ["leader", "auditor", "chair", "foreign_officer", "member"])
def test_nobody_else_opens_one(tree, at, who: str) -> None:
    actor = factories.actor(getattr(tree, who))
    with entering(actor.reach()), pytest.raises(Forbidden):
        services.open_drive(organisation=tree.county, facts=facts_of(), targets={}, by=actor, at=at)


def test_what_is_refused(tree, street, at) -> None:
    first = opened(tree, at)
    with pytest.raises(Refused, match="已经有一个“冬季攻坚”"):
        opened(tree, at)
    with pytest.raises(Refused, match="不能早于开始日"):
        opened(tree, at, until_on=date(2026, 10, 1))
    with pytest.raises(Refused, match="目标要填"):
        opened(tree, at, name="另一个", target=0)
    with pytest.raises(Refused, match="不能分任务"):
        opened(tree, at, {tree.union.pk: 3}, name="另一个")
    later = opened(tree, at, from_on=UNTIL + timedelta(days=1), until_on=UNTIL + timedelta(days=30))
    assert later.name == first.name, "the same name again when the first is over"
    actor = factories.actor(tree.officer)
    factories.post(tree.officer, street, "organisation_officer")
    with entering(actor.reach()), pytest.raises(Refused, match="由县级以上总工会开展"):
        services.open_drive(organisation=street, facts=facts_of(), targets={}, by=actor, at=at)


def test_a_drive_is_amended_until_it_is_over(tree, street, at) -> None:
    drive = opened(tree, at, {street.pk: 20})
    actor = factories.actor(tree.officer)
    sent: dict[str, Any] = {"by": actor, "at": at}
    with entering(actor.reach()):
        facts = facts_of(name="冬季攻坚", target=70)
        changed = services.amend_drive(drive=drive, version=1, facts=facts, targets={tree.county.pk: 70}, **sent)
        assert (changed.target, changed.version) == (70, 2)
        assert queries.targets_of(drive) == {tree.county.pk: 70}
        with pytest.raises(Stale):
            services.amend_drive(drive=drive, version=1, facts=facts_of(), targets={}, **sent)
        over = {"by": actor, "at": at + timedelta(days=90)}
        with pytest.raises(Refused, match="已经到期"):
            services.amend_drive(drive=changed, version=2, facts=facts_of(), targets={}, **over)
        with pytest.raises(Refused, match="为什么提前结束"):
            services.end_drive(drive=changed, version=2, reason="", **sent)
        ended = services.end_drive(drive=changed, version=2, reason="并入全市行动", **sent)
        assert (ended.ended_on, ended.state_on(TODAY)) == (at.date(), DriveState.ENDED)
        for act in (services.end_drive, services.amend_drive):
            more = {"reason": "再来"} if act is services.end_drive else {"facts": facts_of(), "targets": {}}
            with pytest.raises(Refused, match="已经提前结束"):
                act(drive=ended, version=3, **more, **sent)
        planned = opened(tree, at, name="以后", from_on=date(2027, 1, 1), until_on=date(2027, 2, 1))
        with pytest.raises(Refused, match="还没有开始"):
            services.end_drive(drive=planned, version=1, reason="不办了", **sent)


# ── doors and pages ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_street_with_a_target_sees_its_own_part_and_changes_nothing(
    filled, tree, street, clerk, at, client: Client, sign_in: SignIn
) -> None:
    drive = opened(tree, at, {street.pk: 20, tree.county.pk: 40})
    other = opened(tree, at, name="与街道无关")
    sign_in(client, clerk)
    page = body(client.get(reverse("organising:drive", args=[drive.reference])))
    assert "上级工会开展的行动" in page
    assert "本级" not in page
    assert counts(drive, clerk)[Stage.LISTED] == 5, "of the street only"
    listed = body(client.get(reverse("organising:drives")))
    assert "冬季攻坚" in listed
    assert "与街道无关" not in listed
    assert "开展新的行动" not in listed
    assert client.get(reverse("organising:drive", args=[other.reference])).status_code == 404
    for name in ("amend_drive", "end_drive"):
        assert client.get(reverse(f"organising:{name}", args=[drive.reference])).status_code == 403
    assert client.get(reverse("organising:open_drive")).status_code == 403


def test_a_county_sees_the_city_s_drive_and_does_not_change_it(tree, at, client: Client, sign_in: SignIn) -> None:
    drive = Drive._base_manager.create(organisation=tree.city, opened_at=at, **facts_of(name="全市攻坚"))
    DriveTarget._base_manager.create(drive=drive, organisation=tree.county, count=9)
    DriveTarget._base_manager.create(drive=drive, organisation=tree.foreign_county, count=51)
    sign_in(client, tree.officer)
    page = body(client.get(reverse("organising:drive", args=[drive.reference])))
    assert "上级工会开展的行动" in page
    assert "嘉鱼" not in page
    for name in ("amend_drive", "end_drive"):
        assert client.get(reverse(f"organising:{name}", args=[drive.reference])).status_code == 403
        assert client.post(reverse(f"organising:{name}", args=[drive.reference])).status_code == 403


def typed(**changes: Any) -> dict[str, str]:
    plain = {"name": "园区攻坚", "from_on": "2026-11-21", "until_on": "2026-12-31", "target": "6", "key": "k1"}
    return {**plain, **{name: str(value) for name, value in changes.items()}}


def test_a_drive_is_opened_shared_amended_and_ended_in_the_browser(
    filled, tree, street, client: Client, sign_in: SignIn
) -> None:
    sign_in(client, tree.officer)
    new = reverse("organising:open_drive")
    assert "还没有筹建的" in body(client.get(new))
    proposed = client.post(new, typed(propose="1"))
    assert proposed.status_code == 200
    assert "已按 6 家还没有筹建的单位分好" in body(proposed)
    assert Drive._base_manager.count() == 0
    share = {f"share_{street.reference}": 3, f"share_{tree.county.reference}": 3}
    wrong = client.post(new, typed(until_on="2026-11-01", **share))
    assert wrong.status_code == 422
    assert "到期日不能早于开始日" in body(wrong)
    client.post(new, typed(**share))
    drive = Drive._base_manager.get()
    page = body(client.get(reverse("organising:drive", args=[drive.reference])))
    for words in ("园区攻坚", "按时间到今天应建会", "从名单到建会", "各工会的目标加起来正好是 6 家"):
        assert words in page
    edit = reverse("organising:amend_drive", args=[drive.reference])
    assert 'value="3"' in body(client.get(edit))
    stale = client.post(edit, typed(version=9, target=8))
    assert stale.status_code == 422
    assert "刚刚被别人修改过" in body(stale)
    client.post(edit, typed(version=1, target=8))
    drive.refresh_from_db(from_queryset=Drive._base_manager.all())
    assert (drive.target, drive.targets.model._base_manager.count()) == (8, 0)
    end = reverse("organising:end_drive", args=[drive.reference])
    assert client.post(end, {"reason": "", "version": "2"}).status_code == 422
    assert client.post(end, {"reason": "并入全市行动", "version": "2"}).status_code == 302
    assert "提前结束：并入全市行动" in body(client.get(reverse("organising:drive", args=[drive.reference])))


def test_the_progress_leaves_as_a_workbook(filled, tree, street, clerk, at, client: Client, sign_in: SignIn) -> None:
    drive = opened(tree, at, {street.pk: 20})
    sign_in(client, tree.officer)
    answer = client.post(reverse("organising:export_drive", args=[drive.reference]))
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    progress = {row[0]: row[1] for row in book.get_sheet_by_name("进度").to_python() if len(row) > 1}
    assert (progress["行动"], progress["目标"], progress["在名单上"], progress["已建会"]) == ("冬季攻坚", 60, 11, 1)
    sign_in(client, clerk)
    part = client.post(reverse("organising:export_drive", args=[drive.reference]))
    own = CalamineWorkbook.from_filelike(BytesIO(part.content)).get_sheet_by_name("进度").to_python()
    assert [row[1] for row in own if row[0] == "目标"] == [20], "of the street alone"
    lines = book.get_sheet_by_name("各工会").to_python()
    assert [line[0] for line in lines] == ["工会", "咸安区总工会（本级）", "浮山街道总工会"]
    assert AuditRow.objects.filter(verb="organising.export_drive").exists()
