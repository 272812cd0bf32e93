"""From raw files to a visit: an officer drops lists in at a desk, a township's officer goes there with a phone."""

from typing import Any

import pytest
from django.urls import reverse

from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.regions.models import Region
from gongjia.domains.organising import placing, tasks
from gongjia.domains.organising.models import Lead, Run, Visit
from gongjia.domains.organising.tests.lists import EDGE, LARGE, NAMED, SMALL
from gongjia.engines.intake.tests.sheets import csv_of, xlsx_of
from gongjia.engines.matching.tests.registers import code_of
from gongjia.kernel import clock
from gongjia.kernel.reach import everywhere
from tests import factories
from tests.eyes import PHONE, expect

pytestmark = [pytest.mark.system("O3", "O4"), pytest.mark.django_db(transaction=True)]

#: As three offices export them: a title above, other headings, another encoding, a footer.
FIRMS = csv_of(
    ("咸安区市场主体登记情况", "", "", "", ""),
    ("市场主体名称", "统一社会信用代码", "住所", "登记状态", "职工人数"),
    *((each[0], each[1], f"湖北省咸宁市{each[4]}", "存续", each[5]) for each in (SMALL, NAMED, LARGE, EDGE)),
    ("咸宁关门样例厂", code_of(21), "湖北省咸宁市咸安区长安路9号", "注销", "60"),
    encoding="gb18030",
)
STAFF = xlsx_of({"明细": [("参保单位", "信用代码", "缴费人数"), (LARGE[0], LARGE[1], 18), (EDGE[0], EDGE[1], 31)]})
ROSTER = csv_of(("编号", "基层工会名称", "会员人数"), ("1", f"{NAMED[0]}工会委员会", "120"), ("合计", "", "120"))


def file(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.fixture
def street(city: factories.Tree) -> factories.Person:
    """The officer of the street in which the largest employer lies."""
    region = factories.region("421202005", "浮山街道", Region.Level.TOWNSHIP)
    union = factories.organisation("浮山街道总工会", city.county, kind=Kind.TOWNSHIP_UNION, region=region)
    person = factories.person("周街道")
    factories.post(person, union, "organisation_officer")
    return person


def test_from_three_raw_files_to_a_visit_on_a_phone(
    city: factories.Tree, street: factories.Person, opened: Any
) -> None:
    with opened(city.officer) as page:
        page.goto(reverse("organising:radar"))
        page.set_input_files("[name=lists]", [file("1.csv", FIRMS), file("2.xlsx", STAFF), file("3.csv", ROSTER)])
        page.get_by_role("button", name="放进名单").click()
        page.wait_for_selector("text=要比对的名单")
        chosen = [page.locator(f"[name=kind_{place}]").input_value() for place in range(3)]
        assert chosen == ["market", "insured", "roster"]
        expect(page.locator("main")).to_contain_text("表头在第 2 行")
        page.fill("[name=as_of_1]", "2026-06-30")
        page.get_by_role("button", name="开始比对").click()
        page.wait_for_selector(".progress-box")
        tasks.run_now(Run._base_manager.get().pk, now=clock.now)
        with everywhere(reason="test"):
            placing.place_run(Run._base_manager.get())
        page.wait_for_selector("h2:has-text('各类单位')")
        page.get_by_role("link", name="已注销、吊销、停业").click()
        expect(page.locator("main")).to_contain_text("咸宁关门样例厂")
        page.go_back()
        page.get_by_role("link", name="看应建未建单位").click()
        row = page.locator("tr", has_text=LARGE[0])
        expect(row, "the street that answers is named").to_contain_text("浮山街道总工会")
        row.locator("[name=pick]").check(force=True)
        page.get_by_role("button", name="派发打勾的").click()
        page.wait_for_selector("text=1 家单位已派给")
    lead = Lead._base_manager.get(name=LARGE[0])
    assert (lead.organisation.name, lead.contradiction) == ("浮山街道总工会", "counts")
    with opened(street, width=PHONE) as phone:
        phone.goto(reverse("organising:leads"))
        phone.get_by_role("link", name=LARGE[0]).click()
        expect(phone.locator("main")).to_contain_text("名单之间有矛盾")
        phone.get_by_role("link", name="记走访").click()
        phone.get_by_text("人事、行政负责人").click()
        phone.get_by_text("建会怎么做、要准备什么").click()
        phone.get_by_text("同意建会", exact=True).click()
        phone.fill("[name=headcount]", "62")
        phone.context.set_offline(True)
        phone.get_by_role("button", name="记下走访").click()
        phone.wait_for_selector("[data-kept-box]:not([hidden])")
        assert not Visit._base_manager.exists()
        phone.context.set_offline(False)
        phone.get_by_role("button", name="记下走访").click()
        phone.wait_for_selector("text=同意建会")
        phone.wait_for_url(f"**{reverse('organising:lead', args=[lead.reference])}")
    visit = Visit._base_manager.get()
    assert (visit.outcome, visit.headcount, visit.organisation) == ("agrees", 62, lead.organisation)
    lead.refresh_from_db()
    assert lead.progress == "agreed"
