"""A worker joins, from the code to the card: counted, timed for the reader, and with script switched off."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import cache

from gongjia.domains.enrolment.models import Application, Poster
from gongjia.kernel import clock
from tests import factories
from tests.browser.conftest import Opened
from tests.eyes import DESK, PHONE, Watch, expect, window, wrong_with

pytestmark = [pytest.mark.browser, pytest.mark.system("O7")]
MOST_FIELDS, MOST_WRITING = 5, 3


@pytest.fixture(autouse=True)
def sms(settings: Any) -> None:
    """Codes are sent to nowhere; the test reads them where the page keeps them."""
    settings.SMS_URL, settings.SMS_KEY = "http://127.0.0.1:9/sms", "a test's key"
    settings.PUBLIC_URL = "https://gongjia.example"
    cache.clear()


class Sent:
    """What a window has sent that may write, and how many fields were filled in on the way."""

    def __init__(self, page: Any) -> None:
        self.page, self.posts, self.fields = page, 0, 0
        self.began = time.perf_counter()
        page.on("request", self._seen)

    def _seen(self, request: Any) -> None:
        self.posts += request.method == "POST"

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)
        self.fields += 1

    def choose(self, words: str) -> None:
        self.page.get_by_text(words, exact=True).click()
        self.fields += 1

    def within_bounds(self, what: str) -> None:
        print(f"\n{what}: {self.fields} fields, {self.posts} requests, {time.perf_counter() - self.began:.1f} s")
        assert self.fields <= MOST_FIELDS
        assert self.posts <= MOST_WRITING


def code_of(page: Any) -> str:
    key = next(each["value"] for each in page.context.cookies() if each["name"] == configured.SESSION_COOKIE_NAME)
    session = import_module(configured.SESSION_ENGINE).SessionStore(key)
    return str(session["phone_code"]["code"])


@contextmanager
def phone(browser: Any, live_server: Any, *, script: bool) -> Iterator[Any]:
    with window(browser, live_server, width=PHONE, java_script_enabled=script) as page:
        watch = Watch(page)
        yield page
        assert watch.wrong == []


def go_through(page: Any, sent: Sent, employer: str, number: int) -> None:
    """From the landing page to the end of the form."""
    page.get_by_role("link", name="我要入会").click()
    sent.fill("手机号", f"139000{number:05d}")
    page.get_by_role("button", name="获取验证码").click()
    sent.fill("验证码", code_of(page))
    page.get_by_role("button", name="登录").click()
    sent.fill("姓名", "白小满")
    sent.fill("身份证号", factories.id_number(number))
    sent.choose(employer)
    page.get_by_role("button", name="同意并申请入会").click()


@pytest.mark.parametrize("script", [True, False])
def test_an_officer_s_code_leads_to_the_card(
    browser: Any,
    live_server: Any,
    city: factories.Tree,
    opened: Opened,
    script: bool,  # noqa: FBT001
) -> None:
    with opened(city.chair, width=PHONE, java_script_enabled=script) as desk:
        desk.goto(f"/desk/unions/{city.union.reference}/spot/")
        desk.get_by_role("button", name="开始现场入会").click()
        expect(desk.locator(".spot-code svg")).to_be_visible()
        address = desk.locator(".spot-code").get_attribute("aria-label").split("gongjia.example")[1]
        with phone(browser, live_server, script=script) as page:
            page.goto(address)
            sent = Sent(page)
            expect(page.get_by_text("现场码有效")).to_be_visible()
            go_through(page, sent, city.employer.name, 901)
            expect(page.get_by_text("中国工会会员证")).to_be_visible()
            sent.within_bounds("an officer's code to the card")
        desk.get_by_role("link", name="马上换一个新码").click()
        expect(desk.get_by_text("白小满")).to_be_visible()
        assert desk.locator(".spot-code").get_attribute("aria-label").split("gongjia.example")[1] != address or script
        desk.get_by_role("button", name="收起，结束这一场").click()
        expect(desk.get_by_text("这一场已经结束")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_poster_leads_to_the_queue_and_the_chair_s_yes_to_the_card(
    browser: Any,
    live_server: Any,
    city: factories.Tree,
    opened: Opened,
    script: bool,  # noqa: FBT001
) -> None:
    poster = Poster._base_manager.create(organisation=city.union, place="一号车间门口", made_at=clock.now())
    with phone(browser, live_server, script=script) as page:
        page.goto(f"/j/{poster.reference}/")
        sent = Sent(page)
        go_through(page, sent, city.employer.name, 902)
        expect(page.get_by_text("已经送到工会")).to_be_visible()
        sent.within_bounds("a poster to the queue")
        with opened(city.chair, width=DESK, java_script_enabled=script) as desk:
            desk.goto("/desk/joining/")
            desk.get_by_role("link", name="白小满").click()
            desk.get_by_role("button", name="同意入会").click()
            expect(desk.get_by_text("白小满已经入会。")).to_be_visible()
        page.reload()
        page.get_by_role("link", name="打开我的会员证").click()
        expect(page.get_by_text("中国工会会员证")).to_be_visible()
        sent.within_bounds("a poster to the card")


@pytest.mark.parametrize("script", [True, False])
def test_a_worker_whom_no_union_takes_is_answered_by_the_county(
    browser: Any,
    live_server: Any,
    city: factories.Tree,
    opened: Opened,
    script: bool,  # noqa: FBT001
) -> None:
    with phone(browser, live_server, script=script) as page:
        page.goto("/")
        page.get_by_role("link", name="我要入会").click()
        page.get_by_label("在哪个县（市、区）").select_option(label="咸安区")
        page.get_by_label("做什么工作").select_option(label="快递员")
        page.get_by_role("button", name="找能加入的工会").click()
        page.get_by_role("link", name="交给咸安区总工会").click()
        sent = Sent(page)
        page.get_by_role("link", name="我要入会").click()
        sent.fill("手机号", "13900000903")
        page.get_by_role("button", name="获取验证码").click()
        sent.fill("验证码", code_of(page))
        page.get_by_role("button", name="登录").click()
        sent.fill("姓名", "白小满")
        sent.fill("身份证号", factories.id_number(903))
        sent.fill("单位或平台名称", "溪口样例驿站")
        page.get_by_role("button", name="同意并申请入会").click()
        expect(page.get_by_text("前答复您")).to_be_visible()
        sent.within_bounds("the front page to the county's pool")
    made = Application._base_manager.get()
    assert (made.organisation, made.group, made.region) == (city.county, "courier", city.county.region)
    with opened(city.officer, width=DESK, java_script_enabled=script) as desk:
        desk.goto("/desk/")
        expect(desk.get_by_text("份入会申请还没有工会，等待答复")).to_be_visible()
        desk.locator("main a[href$='?tab=pool']").first.click()
        desk.get_by_role("link", name="白小满").click()
        desk.get_by_label("转给哪个工会").fill(city.union.name)
        desk.get_by_role("button", name="转给这个工会").click()
        expect(desk.get_by_text("已经转给青禾样例制衣工会委员会")).to_be_visible()


def test_the_new_pages_are_fit_for_every_eye(
    browser: Any, live_server: Any, city: factories.Tree, sign_in: Any
) -> None:
    from django.test import Client

    chair, officer = sign_in(Client(), city.chair), sign_in(Client(), city.officer)
    spot = chair.post(f"/desk/unions/{city.union.reference}/spot/", {"key": "a"}).url
    looked = [
        (None, "/join/"),
        (None, "/join/?county=421202&group=courier"),
        (None, f"/j/{city.county.reference}/"),
        (None, f"/j/{spot.split('/')[3]}/?late=1"),
        (sign_in(Client(), factories.account(None, "fresh")), f"/j/{city.county.reference}/join/"),
        (chair, f"/desk/unions/{city.union.reference}/spot/"),
        (chair, spot),
        (officer, spot),
        (chair, spot.replace("spots", "posters") + "revoke/"),
        (officer, "/desk/joining/?tab=pool"),
    ]
    wrong = [each for client, path in looked for each in wrong_with(browser, live_server, path, client)]
    assert not wrong, wrong
