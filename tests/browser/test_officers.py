"""The first five minutes of each officer, on a phone and at a desk; and every page fit for every eye."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongjia.domains.organising.models import Drive, DriveTarget, Lead, Run
from gongjia.domains.organising.tests.lists import EMPLOYERS, LARGE, ask, compared, lists, put_in
from gongjia.domains.organising.words import RunState
from tests import factories
from tests.eyes import DESK, PHONE, expect, wrong_with

pytestmark = pytest.mark.browser
WIDTHS = pytest.mark.parametrize("width", [PHONE, DESK])


def to(page: Any, name: str, width: int) -> None:
    """By the menu, as the width offers it."""
    if width == PHONE:
        page.get_by_role("link", name="菜单", exact=True).click()
    page.locator(".work-menu").get_by_role("link", name=name, exact=True).click()
    page.wait_for_load_state()


@WIDTHS
def test_a_chair_finds_applications_members_and_the_poster(city: factories.Tree, opened: Any, width: int) -> None:
    with opened(city.chair, width=width) as page:
        page.goto(reverse("work:home"))
        expect(page.locator("h1")).to_contain_text(city.union.name)
        to(page, "会员", width)
        expect(page.locator("main")).to_contain_text("王芳")
        to(page, "首页", width)
        page.get_by_role("link", name="入会海报").click()
        page.fill("[name=place]", "食堂门口")
        page.get_by_role("button", name="生成海报").click()
        page.wait_for_url("**/desk/posters/*/")
        page.goto(reverse("enrolment:posters", args=[city.union.reference]))
        expect(page.locator("main")).to_contain_text("食堂门口")


@WIDTHS
def test_a_county_officer_walks_from_the_figure_to_its_rows(city: factories.Tree, opened: Any, width: int) -> None:
    with opened(city.officer, width=width) as page:
        page.goto(reverse("work:home"))
        page.locator(".fig", has_text="用人单位").get_by_role("link").first.click()
        page.get_by_role("link", name=city.employer.name).press("Enter")
        page.wait_for_selector(f"h1:has-text('{city.employer.name}')")
        page.fill("#search", "青禾")
        page.press("#search", "Enter")
        page.wait_for_selector("text=找到的")
        expect(page.locator("main")).to_contain_text(city.union.name)
        assert "渡口" not in page.content()


def test_the_tree_opens_level_by_level(city: factories.Tree, opened: Any) -> None:
    with opened(city.leader) as page:
        page.goto(reverse("work:home"))
        side = page.locator(".work-side .tree")
        side.get_by_role("link", name="咸安区总工会", exact=True).wait_for()
        side.get_by_role("link", name="咸安区总工会的下级").click()
        side.get_by_role("link", name=city.union.name, exact=True).click()
        page.wait_for_selector(f"h1:has-text('{city.union.name}')")
        side.locator("[aria-current=page]", has_text=city.union.name).wait_for()
    with opened(city.leader, java_script_enabled=False) as page:
        page.goto(reverse("work:home"))
        page.get_by_role("link", name="组织树").click()
        expect(page.locator("main")).to_contain_text("嘉鱼县总工会")


@WIDTHS
def test_a_leader_sees_drawn_figures_and_takes_them_apart(city: factories.Tree, opened: Any, width: int) -> None:
    with opened(city.leader, width=width) as page:
        page.goto(reverse("work:home"))
        page.wait_for_selector(".chart-canvas canvas")
        page.locator(".fig", has_text="会员").first.locator("summary").click()
        page.get_by_role("link", name="按月份").first.click()
        page.wait_for_selector("text=近 24 个月月末")
        page.locator("main").get_by_role("link", name="嘉鱼县总工会").click()
        page.wait_for_selector(".kicker:has-text('嘉鱼县总工会')")


@WIDTHS
def test_an_opened_file_is_asked_why_and_seen_by_the_auditor(city: factories.Tree, opened: Any, width: int) -> None:
    with opened(city.officer, width=width, answers={403}) as page:
        page.goto(reverse("work:members"))
        page.get_by_role("link", name="王芳").press("Enter")
        page.locator("[name=purpose][value=verify]").check(force=True)
        page.locator("main button[type=submit]").first.click()
        page.wait_for_selector("text=这次查阅已经记录")
        page.get_by_role("link", name="核验身份").click()
        expect(page.locator("h1")).to_have_count(1)
    with opened(city.auditor, width=width) as page:
        page.goto(reverse("work:home"))
        expect(page.locator("main")).to_contain_text("王芳")
        to(page, "操作记录", width)
        expect(page.locator("main")).to_contain_text("查阅个人档案")


@WIDTHS
def test_the_operator_sees_that_it_runs_and_nobody_s_data(city: factories.Tree, opened: Any, width: int) -> None:
    with opened(city.operator, width=width) as page:
        page.goto(reverse("work:home"))
        expect(page.locator("h1")).to_have_text("运行状况")
        assert "王芳" not in page.content()


@pytest.fixture
def filled(city: factories.Tree, at: datetime) -> dict[str, str]:
    """The addresses of every page of the work portal and of the radar, with something in each."""
    bad = ("", "91421202MA00000000", "咸宁", "咸安区", "长安路9号", "60")
    run = compared(city.officer, city.county, at, lists(employers=(*EMPLOYERS, bad)))
    lead = Lead._base_manager.get(name=LARGE[0])
    days = {"from_on": at.date() - timedelta(days=9), "until_on": at.date() + timedelta(days=50), "opened_at": at}
    drive = Drive._base_manager.create(organisation=city.county, name="冬季攻坚", target=60, **days)
    DriveTarget._base_manager.create(drive=drive, organisation=city.county, count=60)
    named = {name: reverse(f"work:{name}") for name in ("home", "unions", "employers", "members", "rights", "tree")}
    union, radar = [city.union.reference], [run.reference]
    named |= {name: reverse(f"work:{name}", args=union) for name in ("union", "union_on", "union_move")}
    named |= {name: reverse(f"organising:{name}", args=radar) for name in ("run", "bad_rows", "run_employers")}
    acts = ("union_found", "union_amend", "union_merge", "union_dissolve")
    named |= {name: reverse(f"work:{name}", args=union) for name in acts}
    firm = [city.employer.reference]
    named |= {name: reverse(f"work:{name}", args=firm) for name in ("employer_heads", "employer_cover")}
    return named | {
        "appoint": reverse("work:appoint", args=[city.membership.reference]),
        "county": reverse("work:union", args=[city.county.reference]),
        "employer": reverse("work:employer", args=[city.employer.reference]),
        "figure": reverse("work:figure", args=["members"]),
        "search": reverse("work:search") + "?q=青禾",
        "purpose": reverse("work:person", args=[city.membership.reference]),
        "radar": reverse("organising:radar"),
        "leads": reverse("organising:leads"),
        "lead": reverse("organising:lead", args=[lead.reference]),
        "drives": reverse("organising:drives"),
        "drive": reverse("organising:drive", args=[drive.reference]),
        "amend_drive": reverse("organising:amend_drive", args=[drive.reference]),
    }


def test_every_full_page_is_fit_for_every_eye(
    browser: Any, live_server: Any, city: factories.Tree, filled: dict[str, str], sign_in: Any
) -> None:
    officer = sign_in(Client(), city.officer)
    for name, address in filled.items():
        answer = 403 if name == "purpose" else 200
        assert wrong_with(browser, live_server, address, officer, answer=answer) == []
    for person, names in ((city.chair, ["home"]), (city.leader, ["home"]), (city.auditor, ["home", "audit"])):
        client = sign_in(Client(), person)
        for name in names:
            assert wrong_with(browser, live_server, reverse(f"work:{name}"), client) == []
    assert wrong_with(browser, live_server, reverse("work:operations"), sign_in(Client(), city.operator)) == []


def test_every_empty_page_is_fit_for_every_eye(
    browser: Any, live_server: Any, transactional_db: None, at: datetime, sign_in: Any
) -> None:
    county = factories.organisation("崇阳县总工会")
    person = factories.person("吴组织")
    factories.post(person, county, "organisation_officer")
    client = sign_in(Client(), person)
    nothing = ["work:search", "work:employers", "work:members", "organising:radar", "organising:leads", "work:home"]
    addresses = [reverse(name) for name in nothing]
    addresses += [reverse("work:search") + "?q=没有的", reverse("work:unions") + "?q=没有的"]
    run = ask(person, county, at)
    addresses.append(reverse("organising:run", args=[run.reference]))
    waiting = put_in(client, ("看不懂.csv", "甲,乙\n1,2\n".encode()), lists()["market"])
    addresses.insert(-1, reverse("organising:run", args=[waiting.reference]))
    addresses.insert(-1, reverse("organising:run_heading", args=[waiting.reference]) + "?list=0")
    for address in addresses:
        assert wrong_with(browser, live_server, address, client) == []
    Run._base_manager.update(state=RunState.FAILED, error="文件在第 3 行断了，请重新导出。")
    assert wrong_with(browser, live_server, addresses[-1], client) == []


def test_what_must_be_mended_is_said_for_every_eye(city: factories.Tree, filled: dict[str, str], opened: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe  # not needed where there is no browser

    presses = (("radar", "放进名单"), ("lead", "记下"), ("union_merge", "下一步：核对"))
    for width in (PHONE, DESK):
        with opened(city.officer, width=width) as page:
            for name, button in presses:
                page.goto(filled[name])
                page.get_by_role("button", name=button).click()
                page.wait_for_selector("[data-error-summary]")
                assert Axe().run(page).response["violations"] == []
                assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_chosen_row_stands_beside_its_list(city: factories.Tree, opened: Any) -> None:
    """Press and j, k show it; a second press and Enter open the file; Esc shuts it and the list has not moved."""
    with opened(city.officer) as page:
        page.goto(reverse("work:unions"))
        first, second = (page.locator("[data-list] tbody tr").nth(number) for number in (0, 1))
        first.locator(".main a").click()
        page.wait_for_selector(".brief")
        expect(page.locator(".brief-head h2")).to_have_text(first.locator(".main").inner_text())
        expect(page.locator("#pane-said")).to_contain_text(first.locator(".main").inner_text())
        page.keyboard.press("j")
        page.wait_for_function(
            "words => document.querySelector('.brief h2').innerText === words", arg=second.locator(".main").inner_text()
        )
        assert page.evaluate("document.activeElement.innerText") == second.locator(".main").inner_text()
        assert page.url.endswith(reverse("work:unions"))
        page.keyboard.press("Escape")
        page.wait_for_selector(".brief", state="detached")
        file = second.get_attribute("data-url")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{file}")
        page.go_back()
        first.locator(".main a").click()
        page.wait_for_selector(".brief")
        page.locator(".brief-close").click()
        page.wait_for_selector(".brief", state="detached")
        first.locator(".main a").click()
        page.wait_for_selector(".brief")
        first.locator(".main a").click()
        page.wait_for_url("**/desk/unions/*/")


@pytest.mark.parametrize("options", [{"width": PHONE}, {"java_script_enabled": False}], ids=["phone", "no script"])
def test_without_room_or_script_a_row_opens_its_file(
    city: factories.Tree, opened: Any, options: dict[str, Any]
) -> None:
    with opened(city.officer, **options) as page:
        page.goto(reverse("work:employers"))
        page.get_by_role("link", name=city.employer.name).click()
        page.wait_for_url(f"**{reverse('work:employer', args=[city.employer.reference])}")
        expect(page.locator("h1")).to_have_text(city.employer.name)


def test_what_stands_beside_a_list_is_fit_for_every_eye(city: factories.Tree, opened: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe  # not needed where there is no browser

    with opened(city.officer) as page:
        for name in ("work:unions", "work:employers", "work:members"):
            page.goto(reverse(name))
            page.locator("[data-list] tbody .main a").first.click()
            page.wait_for_selector(".brief")
            assert not [each["id"] for each in Axe().run(page).response["violations"]], name
            assert page.evaluate("document.documentElement.scrollWidth") <= DESK
