"""A union is founded end to end: officers at a desk, the group's people with a phone, the chair at work at the end."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind
from gongjia.domains.founding.models import Founding
from gongjia.domains.founding.tests import walk
from gongjia.domains.founding.words import Tie
from gongjia.domains.organising.models import Lead
from gongjia.domains.organising.tests.lists import LARGE, compared
from gongjia.kernel import clock
from tests import factories
from tests.eyes import PHONE, expect, wrong_with

pytestmark = [pytest.mark.system("O5"), pytest.mark.django_db(transaction=True)]

LONG_AGO = timedelta(days=20)


@pytest.fixture
def street(city: factories.Tree) -> factories.Person:
    """The officer of the street that has the lead of the largest employer."""
    union = factories.organisation("浮山街道总工会", city.county, kind=Kind.TOWNSHIP_UNION)
    person = factories.person("周街道")
    factories.post(person, union, "township_officer")
    compared(city.officer, city.county, clock.now())
    Lead._base_manager.filter(name=LARGE[0]).update(organisation=union, state="assigned", assigned_at=clock.now())
    return person


def asked(page: Any) -> None:
    """From the lead to the request at the superior's."""
    lead = Lead._base_manager.get(name=LARGE[0])
    page.goto(reverse("organising:lead", args=[lead.reference]))
    page.get_by_role("button", name="申请筹建").click()
    page.get_by_role("link", name="写请示").click()
    page.fill("[name=head_name]", "白小满")
    page.fill("[name=staff_names]", "白小满、程守一")
    page.get_by_role("button", name="存好并报送").click()
    page.wait_for_selector("text=请示已经报送")


def replied(page: Any, *, done: str) -> None:
    page.goto(reverse("work:home"))
    page.goto(reverse("founding:foundings"))
    page.get_by_role("link", name=LARGE[0]).click()
    page.get_by_role("link", name="去批复").click()
    page.get_by_role("button", name="批复", exact=True).click()
    page.wait_for_selector(f"text={done}")


def long_ago(street: factories.Person) -> list[Any]:
    """Three weeks pass: workers have joined, and one of them works for the group."""
    one = Founding._base_manager.get()
    group = Organisation._base_manager.get(pk=one.group_id)
    Founding._base_manager.update(group_on=one.group_on - LONG_AGO)
    town = walk.Town(None, group, None, {}, clock.now() - LONG_AGO)  # type: ignore[arg-type]
    return walk.joined(town, group)


def planned(page: Any) -> None:
    page.goto(reverse("founding:foundings"))
    page.get_by_role("link", name=LARGE[0]).click()
    page.get_by_role("link", name="定选举方案").click()
    page.fill("[name=seats_committee]", "4")
    page.fill("[name=shown_on]", f"{clock.now() - LONG_AGO:%Y-%m-%d}")
    page.get_by_role("button", name="定下方案").click()
    page.wait_for_selector("text=委员 4 人，应当是单数")
    page.fill("[name=seats_committee]", "3")
    page.get_by_role("button", name="定下方案").click()
    page.wait_for_selector("text=选举方案定好了")


def named(page: Any, body: str, members: list[Any], *, tie: str = "none", on: datetime | None = None) -> None:
    for each in members:
        page.select_option("[name=body]", body)
        page.select_option("[name=member]", each.reference)
        page.locator("label", has_text=Tie(tie).zh).click()
        page.fill("[name=named_on]", f"{on or clock.now():%Y-%m-%d}")
        page.get_by_role("button", name="列为候选人").click()
        page.wait_for_selector("text=选举工作条例" if tie != "none" else f"text={each.person.name}已经列为")


def counted(page: Any, body: str, yes: list[int], *, ballots: int = 25, present: bool = False) -> None:
    page.locator("tr", has_text=body).get_by_role("link").click()
    if present:
        page.fill("[name=present]", str(ballots))
    for name, number in (("issued", ballots), ("collected", ballots), ("valid", ballots), ("void", 0)):
        page.fill(f"[name={name}]", str(number))
    rows = page.locator("form[data-count] tbody tr")
    for number, votes in enumerate(yes):
        inputs = rows.nth(number).locator("input")
        inputs.nth(0).fill(str(votes))
        inputs.nth(1).fill(str(ballots - votes - 1))
        inputs.nth(2).fill("0")
        output = rows.nth(number).locator("output")
        assert "founding-off" in (output.get_attribute("class") or ""), "the sheet says at once that it does not add up"
        inputs.nth(2).fill("1")
        expect(output).to_have_text(str(ballots))
    page.get_by_role("button", name="登记计票单").click()
    page.wait_for_selector("text=的计票单登记好了")


def elected(page: Any, members: list[Any]) -> None:
    page.get_by_role("link", name="登记大会").click()
    page.fill("[name=present]", "17")
    page.fill("[name=scrutineers]", "陆知秋")
    page.get_by_role("button", name="登记大会").click()
    page.wait_for_selector("text=应到会 27 人，实到会：现为 17 人，要求 18 人以上")
    page.fill("[name=present]", "25")
    page.get_by_role("button", name="登记大会").click()
    page.wait_for_selector("text=大会已经登记")
    counted(page, "工会委员会委员", [23, 21, 19, 8])
    page.locator("tr", has_text="主席").get_by_role("link").click()
    named(page, "chair", members[:1])
    page.get_by_role("link", name="回到建会").click()
    counted(page, "主席", [2], ballots=3, present=True)
    counted(page, "经费审查委员", [22, 20, 18, 5])
    counted(page, "女职工委员", [24])


def test_a_union_is_founded_from_a_lead_to_a_chair_at_work(
    city: factories.Tree, street: factories.Person, opened: Any, browser: Any, live_server: Any, sign_in: Any
) -> None:
    with opened(street) as desk:
        asked(desk)
    with opened(city.officer) as desk:
        replied(desk, done="已经批复筹建")
    members = long_ago(street)
    clerk = sign_in(Client(), members[-1].person)
    one = Founding._base_manager.get()
    address = reverse("founding:founding", args=[one.reference])
    with opened(members[-1].person, width=PHONE) as phone:
        planned(phone)
        then = clock.now() - LONG_AGO
        named(phone, "committee", members[:4], on=then)
        named(phone, "committee", [members[9]], tie="legal", on=then)
        named(phone, "fund_audit", members[10:14], on=then)
        named(phone, "womens", members[5:6], on=then)
        for name in ("plan", "candidates", "meeting"):
            assert wrong_with(browser, live_server, reverse(f"founding:{name}", args=[one.reference]), clerk) == []
        phone.goto(address)
        phone.get_by_role("button", name="选举办法").click()
        phone.wait_for_selector("text=选举办法做好了")
        elected(phone, members)
        assert wrong_with(browser, live_server, address, clerk) == []
        phone.get_by_role("link", name="报告选举结果").click()
        phone.get_by_role("button", name="报送").click()
        phone.wait_for_selector("text=选举结果已经报")
    with opened(city.officer) as desk:
        replied(desk, done="已经批复")
        expect(desk.locator("main")).to_contain_text("工会已成立")
    officer = sign_in(Client(), city.officer)
    for path in (address, reverse("founding:foundings"), reverse("founding:begin")):
        assert wrong_with(browser, live_server, path, officer) == []
    lead = Lead._base_manager.get(name=LARGE[0])
    assert (lead.state, lead.union_id) == ("organised", Founding._base_manager.get().group_id)
    with opened(members[0].person, width=PHONE) as phone:
        union = Organisation._base_manager.get(pk=lead.union_id)
        phone.goto(reverse("work:union", args=[union.reference]))
        expect(phone.locator("body")).to_contain_text("工会主席")
        phone.goto(reverse("enrolment:waiting"))
        expect(phone.locator("main")).to_contain_text("没有等待审批的申请")
