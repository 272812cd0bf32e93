"""Visits, what they make of a lead, the way from a refusal, and what is looked at again."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongjia.domains.organising import recheck, rules, services
from gongjia.domains.organising.flow import FROM_REFUSAL, WORK, move_after, next_from_refusal
from gongjia.domains.organising.handlers import tell_superior
from gongjia.domains.organising.models import Lead, LeadStep, Run, Visit
from gongjia.domains.organising.rules import Left, Said, looks_again, wrong_with
from gongjia.domains.organising.tests.lists import EDGE, LARGE, compared
from gongjia.domains.organising.tests.test_comparing import figure
from gongjia.domains.organising.words import LeadState, Outcome, Progress
from gongjia.engines.figures.repair import check, rebuild
from gongjia.engines.messages.models import Message
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.reach import entering, everywhere
from tests import factories
from tests.eyes import browser, expect, window  # noqa: F401
from tests.eyes import wrong_with as seen_wrong_with

pytestmark = [pytest.mark.system("O4"), pytest.mark.django_db]
SignIn = Callable[[Client, factories.Person], Client]
TODAY = date(2026, 11, 21)
PLAIN = {"on": TODAY, "met": "head", "outcome": "hesitates"}


@pytest.fixture
def lead(tree: factories.Tree, at: datetime) -> Lead:
    compared(tree.officer, tree.county, at)
    return shown(LARGE[0])


def shown(name: str) -> Lead:
    return Lead._base_manager.select_related("organisation__region", "owner").get(name=name)


def body(response: Any) -> str:
    return str(response.content.decode())


def visit(lead: Lead, who: factories.Person, at: datetime, key: str = "", **said: Any) -> Visit:
    actor = factories.actor(who)
    facts = {"on": at.date(), "met": "head", "outcome": "hesitates", **said}
    with entering(actor.reach()):
        return services.record_visit(lead=lead, said=facts, by=actor, at=at, key=key)


def step(lead: Lead, who: factories.Person, at: datetime, move: str, words: str = "已送达") -> Lead:
    actor = factories.actor(who)
    with entering(actor.reach()):
        return services.take_step(lead=lead, move_code=move, words=words, by=actor, at=at)


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, ""),
        ({"on": TODAY + timedelta(days=1)}, "on"),
        ({"on": TODAY - timedelta(days=400)}, ""),
        ({"on": TODAY - timedelta(days=3653)}, ""),
        ({"on": TODAY - timedelta(days=3654)}, "on"),
        ({"outcome": "agrees", "refusal": "cost"}, "outcome"),
        ({"next_on": TODAY - timedelta(days=1)}, "next_on"),
        ({"next_on": TODAY}, ""),
        ({"outcome": "refuses"}, "refusal"),
        ({"outcome": "refuses", "refusal": "cost"}, ""),
        ({"outcome": "refuses", "refusal": "other"}, "words"),
        ({"outcome": "refuses", "refusal": "other", "words": "说年后再议"}, ""),
        ({"met": "nobody", "outcome": "agrees"}, "outcome"),
        ({"met": "nobody", "outcome": "no_answer"}, ""),
        ({"met": "nobody", "outcome": "closed"}, ""),
        ({"outcome": "small"}, "headcount"),
        ({"outcome": "small", "headcount": 24}, ""),
        ({"outcome": "small", "headcount": 25}, "headcount"),
        ({"outcome": "small", "headcount": 0}, ""),
    ],
)
def test_what_a_visit_cannot_say(said: dict[str, Any], field: str) -> None:
    assert set(wrong_with(Said(**{**PLAIN, **said}), today=TODAY, at_least=25)) == ({field} if field else set())


@pytest.mark.parametrize(
    ("outcome", "progress", "move"),
    [
        ("agrees", Progress.UNVISITED, "agree"),
        ("agrees", Progress.REFERRED, "agree"),
        ("hesitates", Progress.AGREED, "talk"),
        ("refuses", Progress.UNVISITED, "refuse"),
        ("refuses", Progress.AGREED, "refuse"),
        ("refuses", Progress.REMINDED, ""),  # a no that is known does not begin the way anew
        ("no_answer", Progress.UNVISITED, ""),
        ("closed", Progress.VISITED, ""),
        ("agrees", Progress.PREPARING, ""),
    ],
)
def test_the_move_that_an_outcome_makes(outcome: str, progress: str, move: str) -> None:
    made = move_after(outcome, progress)
    assert (made.code if made else "") == move


def test_the_codes_of_the_rules_are_those_that_people_choose() -> None:
    assert {*rules.ANSWERED, *rules.NO_LONGER, "no_answer"} == set(Outcome.values)


@pytest.mark.parametrize(
    ("code", "then", "now", "days", "again"),
    [
        ("closed", 40, 40, 179, False),
        ("closed", 40, 40, 180, True),
        ("closed", 40, 400, 1, False),  # the list lags behind what was seen
        ("small", 25, 25, 1, False),
        ("small", 25, 26, 1, True),
        ("small", 30, 24, 1, False),
        ("small", 30, 30, 180, True),
        ("", 40, 40, 180, True),
    ],
)
def test_when_an_employer_that_was_left_is_looked_at_again(
    code: str, then: int, now: int, days: int, *, again: bool
) -> None:
    found = looks_again(Left(code, TODAY, then), most=now, on=TODAY + timedelta(days=days), at_least=25, days=180)
    assert found is again


def test_every_step_is_reached_and_the_way_from_a_refusal_is_one_line() -> None:
    line, progress = [], Progress.REFUSED
    while move := next_from_refusal(progress):
        line.append(move.code)
        progress = move.to_state
    assert tuple(line) == FROM_REFUSAL
    assert next_from_refusal(Progress.VISITED) is None
    assert all(move.needs for move in map(WORK.move, FROM_REFUSAL))


# ── verbs ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_visit_is_kept_and_moves_the_lead(tree, lead, at) -> None:
    told = {"told": ("right", "steps"), "papers": ("notice",), "headcount": 180, "has_migrants": True}
    made = visit(lead, tree.officer, at, outcome="agrees", next_on=at.date(), words="厂长支持", **told)
    now = shown(LARGE[0])
    assert (now.progress, now.progressed_on, now.next_on, now.has_migrants) == ("agreed", at.date(), at.date(), True)
    made.refresh_from_db()
    assert (made.told, made.papers, made.by_person) == (["right", "steps"], ["notice"], tree.officer)
    assert LeadStep._base_manager.get(visit=made).move == "agree"
    assert figure(tree, at) == 2, "a visit changes nothing that is counted"


def test_a_visit_that_a_bad_connection_sends_twice_is_kept_once(tree, lead, at) -> None:
    first = visit(lead, tree.officer, at, key="a")
    assert visit(shown(LARGE[0]), tree.officer, at, key="a") == first
    assert Visit._base_manager.count() == LeadStep._base_manager.count() == 1


def test_two_officers_visits_are_both_kept(tree, lead, at) -> None:
    visit(lead, tree.officer, at, key="a")
    visit(shown(LARGE[0]), tree.officer, at, key="b", outcome="no_answer", met="nobody")
    assert shown(LARGE[0]).progress == Progress.VISITED
    assert LeadStep._base_manager.filter(move="visit").count() == 1


def test_an_older_visit_that_is_told_late_does_not_turn_the_stall_clock_back(tree, lead, at) -> None:
    visit(lead, tree.officer, at)
    visit(shown(LARGE[0]), tree.officer, at, on=at.date() - timedelta(days=20))
    assert shown(LARGE[0]).progressed_on == at.date()


@pytest.mark.parametrize("outcome", ["closed", "moved", "has_union", "small"])
def test_an_employer_that_is_no_longer_one_leaves_the_list(tree, lead, at, outcome: str) -> None:
    visit(lead, tree.officer, at, outcome=outcome, headcount=12)
    now = shown(LARGE[0])
    assert (now.state, now.aside_code, now.aside_on, now.aside_most) == (LeadState.UNFIT, outcome, at.date(), 210)
    assert Outcome(outcome).label in now.reason
    assert figure(tree, at) == 1
    with pytest.raises(Refused, match="不再办理"):
        visit(now, tree.officer, at)


def test_what_cannot_be_so_is_refused_and_nothing_is_kept(tree, lead, at) -> None:
    with pytest.raises(Refused, match="请选对方说的原因") as refused:
        visit(lead, tree.officer, at, outcome="refuses")
    assert list(refused.value.fields) == ["refusal"]
    assert not Visit._base_manager.exists()


def test_who_does_not_work_there_may_neither_visit_nor_step(tree, lead, at) -> None:
    visit(lead, tree.officer, at, outcome="refuses", refusal="cost")
    for who in (tree.foreign_officer, tree.chair, tree.leader, tree.auditor, tree.operator, tree.member):
        with pytest.raises(Forbidden):
            visit(shown(LARGE[0]), who, at)
        with pytest.raises(Forbidden):
            step(shown(LARGE[0]), who, at, "remind")


def test_the_way_from_a_refusal_is_walked_in_order_and_left_by_an_agreement(tree, lead, at) -> None:
    with pytest.raises(Refused, match="不能办"):
        step(lead, tree.officer, at, "remind")
    visit(lead, tree.officer, at, outcome="refuses", refusal="cost")
    with pytest.raises(Refused, match="不能办"):
        step(shown(LARGE[0]), tree.officer, at, "report")
    with pytest.raises(Refused, match="怎样送达"):
        step(shown(LARGE[0]), tree.officer, at, "remind", words="")
    for move, progress in zip(FROM_REFUSAL, ("reminded", "reported", "referred"), strict=True):
        assert step(shown(LARGE[0]), tree.officer, at, move).progress == progress
    visit(shown(LARGE[0]), tree.officer, at, outcome="agrees")
    assert shown(LARGE[0]).progress == Progress.AGREED
    moves = list(LeadStep._base_manager.order_by("pk").values_list("move", flat=True))
    assert moves == ["refuse", *FROM_REFUSAL, "agree"]


def test_a_move_of_another_path_or_none_is_no_step_from_a_refusal(tree, lead, at) -> None:
    for move in ("agree", "begin", "found", "unknown", ""):
        with pytest.raises(Refused):
            step(shown(LARGE[0]), tree.officer, at, move)


def test_the_superior_s_officers_are_told_of_a_report(tree, lead, at) -> None:
    above = factories.person("钱市级")
    factories.post(above, tree.city, "organisation_officer")
    tell_superior(at=at, lead_id=lead.pk)
    with everywhere(reason="test"):
        told = Message.objects.get(person=above)
    assert LARGE[0] in told.title
    assert told.leads_to == reverse("organising:lead", args=[lead.reference])


def test_a_comparison_opens_again_what_was_left_long_ago(tree, lead, at) -> None:
    visit(lead, tree.officer, at, outcome="closed")
    run = Run._base_manager.get()
    with everywhere(reason="test"):
        assert recheck.reopen(run, on=at.date() + timedelta(days=179)) == 0
        assert recheck.reopen(run, on=at.date() + timedelta(days=180)) == 1
    now = shown(LARGE[0])
    assert (now.state, now.progress, now.reason) == (LeadState.OPEN, Progress.UNVISITED, "")
    assert figure(tree, at) == 2


def test_what_was_handed_over_goes_back_to_its_union_without_its_old_day(tree, lead, at) -> None:
    handed = {"state": LeadState.ASSIGNED, "assigned_at": at, "due_on": at.date(), "owner": tree.officer}
    Lead._base_manager.filter(pk=lead.pk).update(**handed)
    with everywhere(reason="test"):
        rebuild("leads")  # what was written without a verb was not counted
    visit(shown(LARGE[0]), tree.officer, at, outcome="closed")
    with everywhere(reason="test"):
        assert recheck.reopen(Run._base_manager.get(), on=at.date() + timedelta(days=180)) == 1
    now = shown(LARGE[0])
    assert (now.state, now.owner, now.due_on) == (LeadState.ASSIGNED, None, None)
    with everywhere(reason="test"):
        assert check("leads") == []


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_visit_is_kept_from_its_page_and_stands_in_the_timeline(tree, lead, client, sign_in: SignIn) -> None:
    officer = sign_in(client, tree.officer)
    page = reverse("organising:visit", args=[lead.reference])
    wrong = {"on": "2020-01-01", "met": "head", "outcome": "refuses", "words": "电话13800000000", "key": "k"}
    answer = officer.post(page, wrong)
    assert answer.status_code == 422
    assert "不要写手机号" in body(answer)
    right = wrong | {"refusal": "cost", "words": "年后再谈", "told": ["right"], "papers": ["notice"]}
    shown_page = body(officer.post(page, right, follow=True))
    for words in (
        "走访，拒绝建会",
        "年后再谈",
        "职工有参加和组织工会的权利",
        "建会提示函",
        "担心费用",
        "拒绝建会怎么办",
    ):
        assert words in shown_page
    assert officer.post(page, right, headers={"X-Kept": "1"}).json() == {
        "next": reverse("organising:lead", args=[lead.reference])
    }
    assert Visit._base_manager.count() == 1


def test_employers_with_many_migrant_workers_are_a_list(tree, lead, at, client, sign_in: SignIn) -> None:
    visit(lead, tree.officer, at, has_migrants=True)
    visit(shown(EDGE[0]), tree.officer, at, has_migrants=False)
    found = body(sign_in(client, tree.officer).get(reverse("organising:leads"), {"migrants": "on"}))
    assert "共 1 条" in found
    assert LARGE[0] in found


def test_the_page_of_a_refusal_offers_the_next_step_only(tree, lead, at, client, sign_in: SignIn) -> None:
    officer = sign_in(client, tree.officer)
    page = reverse("organising:refusal", args=[lead.reference])
    assert "还没有拒绝的记录" in body(officer.get(page))
    visit(lead, tree.officer, at, outcome="refuses", refusal="cost")
    assert "提醒书怎样送达" in body(officer.get(page))
    made_from = {"version": shown(LARGE[0]).version}
    assert officer.post(page, {**made_from, "move": "remind", "words": ""}).status_code == 422
    for move in ("refer", "unknown", ""):
        answer = officer.post(page, {**made_from, "move": move, "words": "越级的理由"})
        assert answer.status_code == 422
        assert "没有办成" not in body(answer) or "越级的理由" in body(answer)
    assert "已书面提醒" in body(officer.post(page, {**made_from, "move": "remind", "words": "当面送达"}, follow=True))
    assert "情况说明" in body(officer.get(page))


@pytest.mark.parametrize("name", ["lead", "visit", "refusal"])
def test_a_page_takes_eight_queries_at_most_however_long_the_timeline(
    tree, lead, at, client, sign_in: SignIn, name: str, django_assert_max_num_queries: Any
) -> None:
    address = reverse(f"organising:{name}", args=[lead.reference])
    officer = sign_in(client, tree.officer)
    officer.get(address)

    def cost() -> int:
        with django_assert_max_num_queries(8) as seen:
            assert officer.get(address).status_code == 200
        return len(seen)

    few = cost()
    for _ in range(30):
        visit(shown(LARGE[0]), tree.officer, at)
    assert cost() == few


def fill(page: Any, words: str) -> None:
    page.get_by_label("法定代表人或负责人").check()
    page.get_by_label("职工有参加和组织工会的权利").check()
    page.get_by_label("同意建会").check()
    page.get_by_label("姓名或称呼").fill("李经理")
    page.get_by_label("说明").fill(words)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_visit_survives_a_bad_connection_on_a_phone(
    browser: Any,  # noqa: F811
    live_server: Any,
    tree: factories.Tree,
    at: datetime,
    sign_in: SignIn,
) -> None:
    compared(tree.officer, tree.county, at)
    reference = shown(LARGE[0]).reference
    address = reverse("organising:visit", args=[reference])
    client = sign_in(Client(), tree.officer)
    with window(browser, live_server, client) as page:
        page.goto(address)
        fill(page, "厂长支持")
        page.context.set_offline(True)
        page.get_by_role("button", name="记下走访").click()
        page.get_by_text("没有发出去").wait_for()
        assert not Visit._base_manager.exists()
        kept = page.evaluate("JSON.stringify(localStorage)")
        assert "agrees" in kept
        assert "李经理" not in kept
        assert "厂长" not in kept
        expect(page.get_by_label("说明"), "the page itself still holds all").to_have_value("厂长支持")
        page.context.set_offline(False)
        page.evaluate("document.querySelector('form[data-kept]').dataset.sent = '1'")
        page.goto(address)
        page.get_by_text("选过的已经填回来").wait_for()
        expect(page.get_by_label("同意建会")).to_be_checked()
        expect(page.get_by_label("说明")).to_have_value("")
        page.get_by_label("说明").fill("厂长支持")
        page.get_by_role("button", name="记下走访").click()
        page.get_by_text("走访已经记下").wait_for()
        assert page.evaluate("localStorage.length") == 0
    assert Visit._base_manager.get().outcome == "agrees"
    with window(browser, live_server, client, java_script_enabled=False) as page:
        page.goto(address)
        fill(page, "又去了一次")
        page.get_by_role("button", name="记下走访").click()
        page.get_by_text("走访已经记下").wait_for()
    assert Visit._base_manager.count() == 2
    names = ("visit", "lead", "arrange", "refusal")
    pages = [reverse(f"organising:{name}", args=[reference]) for name in names]
    for each in (*pages, reverse("organising:work_list"), reverse("organising:leads")):
        assert seen_wrong_with(browser, live_server, each, client) == []
