"""Work in the field in a browser: a plan made, a visit recorded on a phone without a signal, what was found solved and
verified by two, a questionnaire answered; every page fit for every eye."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongjia.domains.fieldwork.asking import services as asking
from gongjia.domains.fieldwork.permissions import ASK, PLAN, STUDY, SUGGEST
from gongjia.domains.fieldwork.surveys import services as surveys
from gongjia.domains.fieldwork.tests.conftest import Field, doing
from gongjia.domains.fieldwork.tests.test_contacts import log, look_after
from gongjia.domains.fieldwork.tests.test_questionnaires import ASKED, members, say
from gongjia.domains.fieldwork.visits import services as visits
from gongjia.domains.fieldwork.visits.models import FieldVisit, Observation
from gongjia.domains.fieldwork.words import About
from tests.eyes import expect, window, wrong_with

pytestmark = [pytest.mark.browser, pytest.mark.system("T5"), pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Client, Any], Client]


def test_a_plan_is_made_and_a_visit_survives_a_bad_connection(
    browser: Any, live_server: Any, field: Field, sign_in: SignIn
) -> None:
    tree = field.tree
    officer = sign_in(Client(), tree.officer)
    with window(browser, live_server, officer, width=1440) as page:
        page.goto(reverse("fieldwork:plan_new"))
        page.get_by_label("按名称找工会或单位").fill(tree.union.name[:4])
        page.get_by_role("button", name="查找").click()
        page.get_by_label(tree.union.name, exact=True).check()
        page.get_by_label("走访目的").fill("看午间服务")
        page.get_by_label("查看清单").fill("门开着\n台账齐")
        page.get_by_label("张敏").check()
        page.get_by_role("button", name="定下计划").click()
        expect(page.get_by_text("要去的地方现在看不到它")).to_be_visible()
    visit = FieldVisit._base_manager.get()
    address = reverse("fieldwork:record", args=[visit.reference])
    with window(browser, live_server, officer) as page:
        page.goto(address)
        page.get_by_role("group", name="门开着").get_by_label("不是").check()
        page.get_by_label("一线职工").fill("3")
        page.locator("[name=o0-kind]").select_option("block")
        page.locator("[name=o0-grade]").select_option("urgent")
        page.locator("[name=o0-words]").fill("中午不开门，职工吃不上热饭")
        page.context.set_offline(True)
        page.get_by_role("button", name="记下走访").click()
        expect(page.get_by_text("没有发出去")).to_be_visible()
        kept = page.evaluate("JSON.stringify(localStorage)")
        assert "urgent" in kept
        assert "热饭" not in kept
        expect(page.locator("[name=o0-words]")).to_have_value("中午不开门，职工吃不上热饭")
        page.context.set_offline(False)
        page.evaluate("document.querySelector('form[data-kept]').dataset.sent = '1'")
        page.goto(address)
        expect(page.get_by_text("选过的已经填回来")).to_be_visible()
        expect(page.get_by_label("一线职工")).to_have_value("3")
        expect(page.locator("[name=o0-kind]")).to_have_value("block")
        page.locator("[name=o0-words]").fill("中午不开门，职工吃不上热饭")
        page.get_by_role("button", name="记下走访").click()
        expect(page.get_by_text("没有人负责的问题不能保存。").first).to_be_visible()
        assert not Observation._base_manager.exists()
        page.locator("[name=o0-owner]").select_option(label=tree.union.name)
        page.get_by_role("button", name="记下走访").click()
        expect(page.get_by_text("走访已经记下")).to_be_visible()
        assert page.evaluate("localStorage.length") == 0
    assert Observation._base_manager.get().organisation == tree.union


@pytest.mark.parametrize("script", [True, False])
def test_what_was_found_is_solved_by_one_and_verified_by_another(
    browser: Any, live_server: Any, field: Field, sign_in: SignIn, script: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    one = field.observe()
    address = reverse("fieldwork:observation", args=[one.reference])

    def act(who: Any, link: str, label: str, words: str) -> None:
        with window(browser, live_server, sign_in(Client(), who), java_script_enabled=script) as page:
            page.goto(address)
            page.get_by_role("link", name=link, exact=True).click()
            page.get_by_label(label).fill(words)
            page.get_by_role("button", name=link, exact=True).click()
            expect(page.get_by_text(f"已经办理：{link}")).to_be_visible()

    act(field.tree.chair, "着手办理", "打算怎样解决", "中午排班")
    act(field.tree.chair, "报告解决", "解决的情况", "已经排班")
    act(field.colleague, "核实解决", "怎样核实的", "去看过，开着")
    one.refresh_from_db()
    assert (one.state, one.result) == ("closed", "on_time")


def test_the_pages_are_fit_for_every_eye(
    browser: Any, live_server: Any, field: Field, sign_in: SignIn, at: datetime
) -> None:
    tree = field.tree
    contact = look_after(field)
    log(field, contact, date(2026, 3, 2), solved="食堂延时")
    plan = field.plan()
    visit = field.visit(plan)
    facts: dict[str, Any] = {"arrived_at": at, "answers": {"0": "no"}, "spoken": {"workers": 3}, "words": "都在"}
    visit = doing(field.officer, visits.record_visit, PLAN, visit=visit, **facts, at=at)
    one, two = field.observe(visit), field.observe(visit)
    field.report(field.take(two))
    to = {"to": tree.county, "words": "多办夜校"}
    said = doing(field.chair, asking.suggest, SUGGEST, organisation=tree.union, **to, at=at)
    leader = field.post()
    topic = doing(
        field.officer, asking.begin_topic, STUDY, organisation=tree.county, name="驿站午间服务", question="为什么不开",
        from_on=at.date(), to_on=at.date(), leader=leader, members=[], at=at,
    )  # fmt: skip
    facts = {"organisation": tree.union, "about": About.NEEDS, "intro": "说说看", "questions": ASKED, "at": at}
    titles = ("没有发的", "正在答的", "答完的")
    asked = [doing(field.chair, surveys.draw_up, ASK, title=title, **facts) for title in titles]
    for each in asked[1:]:
        doing(field.chair, surveys.send, ASK, questionnaire=each, closes_on=date(2026, 12, 1), at=at)
    for each in members(tree, 5):
        say(each, asked[2], at, q1="4", q2="要班车")
    doing(field.chair, surveys.close, ASK, questionnaire=asked[2], at=at)
    doing(field.chair, surveys.tell_changed, ASK, questionnaire=asked[2], words="下月起开夜校", at=at)
    desk, chair, phone = (sign_in(Client(), who) for who in (tree.officer, tree.chair, tree.member))

    def of(name: str, subject: Any = None) -> str:
        return reverse(f"fieldwork:{name}", args=[subject.reference] if subject else [])

    lists = ("contacts", "plans", "visits", "observations", "suggestions", "topics", "questionnaires")
    looked = [
        *((desk, of(name)) for name in (*lists, "arrange", "plan_new", "topic_new", "questionnaire_new")),
        (desk, f"{of('arrange')}?find={tree.union.name[:4]}"),
        *((desk, of(name, contact)) for name in ("contact", "publish", "end_contact", "log_days", "report_year")),
        *((desk, of(name, plan)) for name in ("plan", "plan_places", "plan_drop")),
        *((desk, of(name, visit)) for name in ("visit", "record", "observe", "suggest_on_visit")),
        *((desk, of(name, two)) for name in ("observation", "verify", "send_back")),
        (chair, of("observation", one)),
        (chair, of("take", one)),
        (chair, of("visit", visit)),
        (chair, of("suggest")),
        (desk, of("suggestion", said)),
        (desk, of("topic", topic)),
        (desk, of("topic_report", topic)),
        *((chair, of("questionnaire", each)) for each in asked),
        (phone, of("my_questionnaires")),
        *((phone, of("my_questionnaire", each)) for each in asked[1:]),
    ]
    wrong = [each for client, path in looked for each in wrong_with(browser, live_server, path, client)]
    assert not wrong, wrong
