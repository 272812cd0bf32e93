"""The whole main job, as officer and worker walk it: from three lists to one member more in the city's figure."""

import re
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings as configured
from django.urls import reverse

from gongjia.domains.organising import tasks
from gongjia.domains.organising.models import Run
from gongjia.domains.organising.tests.lists import LARGE, lists
from gongjia.kernel import clock
from tests import factories
from tests.eyes import PHONE, expect

pytestmark = [pytest.mark.browser, pytest.mark.system("O3"), pytest.mark.system("O4"), pytest.mark.system("O7")]
NEWCOMER = 700


@pytest.fixture(autouse=True)
def sms(settings: Any) -> None:
    """Codes are sent to nowhere; the test reads them where the page keeps them."""
    settings.SMS_URL, settings.SMS_KEY = "http://127.0.0.1:9/sms", "a test's key"


def members_of(page: Any) -> int:
    """The figure of members, as the first page of the work portal shows it."""
    page.goto(reverse("work:home"))
    shown = page.locator(".fig", has_text="会员").first.inner_text()
    return int(re.search(r"会员\s+([\d,]+)", shown).group(1).replace(",", ""))


def code_of(page: Any) -> str:
    """The code that was sent to the phone in this window."""
    key = next(each["value"] for each in page.context.cookies() if each["name"] == configured.SESSION_COOKIE_NAME)
    session = import_module(configured.SESSION_ENGINE).SessionStore(key)
    return str(session["phone_code"]["code"])


def compare(page: Any) -> None:
    page.goto(reverse("work:home"))
    page.get_by_role("link", name="数据比对").click()
    files = [{"name": name, "mimeType": "text/csv", "buffer": content} for name, content in lists().values()]
    page.set_input_files("[name=lists]", files)
    expect(page.locator(".drop")).to_contain_text("工会.csv")
    page.get_by_role("button", name="放进名单").click()
    page.get_by_role("button", name="开始比对").click()
    page.wait_for_selector(".progress-box")
    tasks.run_now(Run._base_manager.get().pk, now=clock.now)  # the worker's turn
    page.wait_for_selector("h2:has-text('各类单位')")  # the bar sees the end by itself


def found_at(page: Any, county: factories.Organisation) -> None:
    """Assign the lead and ask for its union."""
    page.get_by_role("link", name="看应建未建单位").click()
    row = page.locator("tr", has_text=LARGE[0])
    row.locator("[name=pick]").check(force=True)
    page.select_option("[name=to]", label=county.name)
    page.get_by_role("button", name="派发打勾的").click()
    page.wait_for_selector("text=1 家单位已派给")
    page.get_by_role("link", name=LARGE[0]).click()
    page.get_by_role("button", name="申请筹建").click()
    page.get_by_role("link", name="写请示").click()
    page.fill("[name=head_name]", "白小满")
    page.fill("[name=staff_names]", "白小满、程守一")
    page.get_by_role("button", name="存好并报送").click()
    page.wait_for_selector("text=请示已经报送")


def approve(page: Any) -> None:
    """Approve the preparatory group, by a number of one's own."""
    page.goto(reverse("founding:foundings"))
    page.get_by_role("link", name=LARGE[0]).click()
    page.get_by_role("link", name="去批复").click()
    page.get_by_text("已有纸质批复，填写文号").click()
    page.fill("[name=number]", "咸工发〔2026〕12号")
    page.get_by_role("button", name="批复", exact=True).click()
    page.wait_for_selector("text=已经批复筹建")


def poster_made(page: Any) -> str:
    """Make a poster; returns the address that its code holds."""
    page.reload()
    page.get_by_role("link", name="做入会海报").click()
    page.fill("[name=place]", "食堂门口")
    page.get_by_role("button", name="生成海报").click()
    page.wait_for_load_state()
    found = re.search(r"/j/\w{10}/", page.content())
    assert found
    return found.group()


def join(page: Any, address: str) -> None:
    """A worker with a phone only."""
    page.goto(address)
    page.locator("main .button-primary").first.click()
    page.fill("[name=phone]", factories.phone_number(NEWCOMER))
    page.get_by_role("button", name="获取验证码").click()
    page.wait_for_selector("[name=code]")
    page.fill("[name=code]", code_of(page))
    page.get_by_role("button", name="登录").click()
    page.wait_for_selector("[name=name]")
    page.fill("[name=name]", "白小满")
    page.fill("[name=id_number]", factories.id_number(NEWCOMER))
    page.locator("main form").get_by_text(LARGE[0], exact=True).click()
    page.fill("[name=job]", "装配工")
    page.get_by_role("button", name="同意并申请入会").click()
    page.wait_for_selector("text=已经送到工会")


def test_from_three_lists_to_a_member_more(city: factories.Tree, opened: Any) -> None:
    colleague = factories.person("吴组织")
    factories.post(colleague, city.county, "organisation_officer")
    with (
        opened(city.leader) as leader,
        opened(city.officer) as officer,
        opened(colleague) as superior,
        opened(width=PHONE) as worker,
    ):
        before = members_of(leader)
        compare(officer)
        found_at(officer, city.county)
        approve(superior)
        join(worker, poster_made(officer))
        officer.goto(reverse("enrolment:waiting"))
        officer.get_by_role("link", name="白小满").click()
        officer.get_by_role("button", name="同意入会").click()
        officer.wait_for_load_state()
        worker.goto(reverse("enrolment:membership"))
        expect(worker.locator("main")).to_contain_text("白小满")
        expect(worker.locator("main")).to_contain_text(f"{LARGE[0]}工会筹备组")
        assert members_of(leader) == before + 1
