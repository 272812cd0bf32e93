"""How long a sitting lasts, where it is open, and how it ends."""

from datetime import date, timedelta
from urllib.parse import quote

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path

from gongjia.backbone.accounts import sittings
from gongjia.backbone.accounts.fresh import require_fresh
from gongjia.backbone.accounts.models import Account, KnownDevice
from gongjia.backbone.posts.models import Post
from gongjia.kernel import ticks
from gongjia.kernel.models import AuditRow
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.routes import page
from gongjia.portals.signin.tests.conftest import AGENT, DESK
from gongjia.portals.signin.tests.steps import (
    by_password_and_code,
    by_phone,
    changing_code,
    code_in,
    is_in,
)
from tests import factories


def sign_in(client: Client, account: Account) -> Client:
    assert account.person is not None
    by_phone(client, account.reveal("phone"), account.person.reveal("id_number")[-6:])
    return client


def reasons_of_ending():
    return [row.facts["why"] for row in AuditRow.objects.filter(verb="accounts.sitting_ended").order_by("pk")]


@pytest.mark.parametrize(
    ("after", "open_still"), [(timedelta(minutes=30), True), (timedelta(minutes=30, seconds=1), False)]
)
def test_an_officer_who_does_nothing_for_half_an_hour_is_out(after, open_still, zhangmin, desk_browser, moment):
    by_password_and_code(desk_browser, "zhangmin")
    moment.at += after
    assert is_in(desk_browser) is open_still


def test_an_officer_who_works_on_stays_in(zhangmin, desk_browser, moment):
    by_password_and_code(desk_browser, "zhangmin")
    for _ in range(20):
        moment.later(minutes=25)
        assert is_in(desk_browser)


def test_an_ending_by_idleness_is_explained_once_and_recorded(zhangmin, desk_browser, moment):
    by_password_and_code(desk_browser, "zhangmin")
    moment.later(minutes=31)
    answer = desk_browser.get("/signin/devices")
    assert answer["Location"] == "/signin/?next=%2Fsignin%2Fdevices"
    assert "有一阵没有操作" in desk_browser.get(answer["Location"]).content.decode()
    assert "有一阵没有操作" not in desk_browser.get("/signin/").content.decode()
    assert reasons_of_ending() == ["idle"]
    assert not UserSession.objects.exists()


def test_a_worker_may_leave_the_phone_alone_for_days(wangfang, phone_browser, moment):
    sign_in(phone_browser, wangfang)
    moment.later(days=29, hours=23)
    assert is_in(phone_browser)


def test_thirty_days_after_signing_in_the_code_is_asked_again_however_much_was_done(wangfang, phone_browser, moment):
    sign_in(phone_browser, wangfang)
    for _ in range(29):
        moment.later(days=1)
        assert is_in(phone_browser)
    moment.later(days=1)
    assert not is_in(phone_browser)
    assert "已满 30 天" in phone_browser.get("/signin/").content.decode()


def test_who_is_given_a_strict_post_is_out_until_signed_in_as_strictly(wangfang, tree, phone_browser, moment):
    sign_in(phone_browser, wangfang)
    factories.post(tree.member, tree.county, "rights_officer", from_on=date(2026, 6, 16))
    assert is_in(phone_browser)
    moment.later(days=1)
    assert not is_in(phone_browser)
    assert reasons_of_ending() == ["weak"]
    told = phone_browser.get("/signin/").content.decode()
    assert "您现在的职务要求用登录名、密码和动态码登录" in told
    assert "由本级工会的系统管理员给您" in told
    assert told.count("工会干部用密码登录") == 2, "the notice names the link as it is called"


def test_a_post_that_ends_takes_its_rights_along_the_same_night(zhangmin, tree, desk_browser, moment):
    url = f"/signin/vouch/{tree.membership.reference}"
    by_password_and_code(desk_browser, "zhangmin")
    assert desk_browser.get(url).status_code == 200
    Post._base_manager.filter(person=tree.officer).update(until_on=date(2026, 6, 16))
    moment.at = moment.at.replace(hour=23, minute=50)
    by_password_and_code(desk_browser, "zhangmin")
    assert desk_browser.get(url).status_code == 200
    moment.later(minutes=10)
    assert desk_browser.get(url).status_code in {403, 404}


def test_use_is_written_down_at_most_once_in_ten_minutes(
    wangfang, phone_browser, moment, django_assert_max_num_queries
):
    sign_in(phone_browser, wangfang)
    began = moment.at
    moment.later(minutes=9)
    is_in(phone_browser)
    assert Account.objects.get(pk=wangfang.pk).seen_at == began
    moment.later(minutes=1)
    is_in(phone_browser)
    assert Account.objects.get(pk=wangfang.pk).seen_at == moment.at
    assert UserSession.objects.get().last_seen_at == moment.at
    assert KnownDevice.objects.get().last_at == moment.at


def test_an_ended_account_is_out_at_once(wangfang, phone_browser):
    sign_in(phone_browser, wangfang)
    Account.objects.filter(pk=wangfang.pk).update(is_active=False)
    assert not is_in(phone_browser)


def test_a_fragment_of_a_signed_out_page_sends_the_whole_page_to_sign_in(db, phone_browser):
    answer = phone_browser.get("/signin/devices", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/signin/")


# ── devices ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def two(wangfang, browser, moment):
    """The same person on a phone and at a desk, the desk last."""
    phone, desk = browser(AGENT), browser(DESK)
    sign_in(phone, wangfang)
    moment.later(minutes=5)
    sign_in(desk, wangfang)
    return phone, desk


def test_the_list_names_each_device_with_first_and_last_use_this_one_first(two, wangfang):
    phone, _desk = two
    listed = phone.get("/signin/devices").context["sittings"]
    assert [(each.name, each.is_current, each.first_at.minute) for each in listed] == [
        ("安卓手机 · 微信", True, 0),
        ("Windows 电脑 · Chrome 浏览器", False, 5),
    ]
    page = phone.get("/signin/devices").content.decode()
    assert wangfang.reveal("phone") not in page
    assert "199****" in page


def test_the_list_costs_the_same_for_one_device_and_for_many(wangfang, browser, moment, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in(browser(), wangfang)
    client.get("/signin/devices")
    with CaptureQueriesContext(connection) as alone:
        client.get("/signin/devices")
    for _ in range(4):
        moment.later(minutes=61)
        sign_in(browser(), wangfang)
    client.get("/signin/devices")
    with CaptureQueriesContext(connection) as among_many:
        assert len(client.get("/signin/devices").context["sittings"]) == 5
    assert len(among_many) == len(alone) <= 8


def test_ending_a_device_takes_effect_at_its_next_request_and_forgets_it(two, wangfang, moment):
    phone, desk = two
    other = next(each for each in phone.get("/signin/devices").context["sittings"] if not each.is_current)
    phone.post("/signin/devices/end", {"device": other.pk})
    assert not is_in(desk)
    assert is_in(phone)
    moment.later(minutes=2)
    assert by_phone(desk, wangfang.reveal("phone"))["Location"] == "/signin/identity"
    assert "by_list" in reasons_of_ending()


def test_all_others_are_ended_with_one_press(two, wangfang, browser, moment):
    phone, desk = two
    moment.later(minutes=5)
    third = sign_in(browser(), wangfang)
    third.post("/signin/devices/end-others")
    assert [is_in(each) for each in (phone, desk, third)] == [False, False, True]
    assert Session.objects.filter(session_key=phone.cookies["sessionid"].value).count() == 0


def test_nobody_ends_anothers_device(two, tree, browser, moment):
    phone, _ = two
    stranger = sign_in(browser(), factories.account(tree.foreign_member))
    for row in UserSession.objects.all():
        stranger.post("/signin/devices/end", {"device": row.pk})
    assert is_in(phone)


def test_a_copied_cookie_of_an_ended_session_opens_nothing(wangfang, browser):
    client = sign_in(browser(), wangfang)
    thief = browser()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert is_in(thief)
    client.post("/signin/out")
    assert not is_in(thief)


def test_signing_in_changes_the_number_of_the_session(wangfang, phone_browser):
    phone_browser.post("/signin/", {"phone": wangfang.reveal("phone")})
    before = phone_browser.cookies["sessionid"].value
    sign_in_digits = wangfang.person.reveal("id_number")[-6:]
    phone_browser.post("/signin/code", {"code": code_in(phone_browser)})
    phone_browser.post("/signin/identity", {"digits": sign_in_digits})
    assert phone_browser.cookies["sessionid"].value != before


def test_signing_out_asks_first_and_says_that_it_was_done(wangfang, phone_browser):
    sign_in(phone_browser, wangfang)
    assert "退出以后" in phone_browser.get("/signin/out").content.decode()
    assert is_in(phone_browser)
    assert phone_browser.post("/signin/out")["Location"] == "/signin/out"
    assert "您已经退出" in phone_browser.get("/signin/out").content.decode()
    assert not is_in(phone_browser)


def test_an_officer_has_at_most_three_sittings_the_oldest_gives_way(zhangmin, browser, moment):
    clients = []
    for _ in range(4):
        client = browser()
        by_password_and_code(client, "zhangmin")
        clients.append(client)
        moment.later(seconds=31)
    assert [is_in(each) for each in clients] == [False, True, True, True]


def test_what_ran_out_is_thrown_away(two, moment):
    assert sittings.clear(at=moment.at) == 0
    assert (UserSession.objects.count(), KnownDevice.objects.count()) == (2, 2)
    moment.later(days=31)
    sittings.clear(at=moment.at)
    assert (Session.objects.count(), UserSession.objects.count(), KnownDevice.objects.count()) == (0, 0, 2)
    moment.later(days=150)
    sittings.clear(at=moment.at)
    assert KnownDevice.objects.count() == 0
    assert "accounts.clear" in {each.name for each in ticks.registered()}


# ── a fresh proof ───────────────────────────────────────────────────────────────────────────────────────────


def sensitive(request):
    require_fresh(request, minutes=15)
    return HttpResponse("open")


urlpatterns = [page("sensitive", sensitive, may=SIGNED_IN, name="tests-sensitive")]


@pytest.fixture
def with_sensitive_page(settings):
    import sys
    from types import ModuleType

    from config.urls import urlpatterns as all_of_them

    urls = ModuleType("urls_with_a_sensitive_page")
    urls.urlpatterns = [*all_of_them, *urlpatterns, path("", lambda request: HttpResponse("home"))]
    sys.modules[urls.__name__] = urls
    settings.ROOT_URLCONF = urls.__name__
    yield
    del sys.modules[urls.__name__]


@pytest.mark.parametrize(
    ("after", "is_open"), [(timedelta(minutes=15), True), (timedelta(minutes=15, seconds=1), False)]
)
def test_a_sensitive_page_asks_for_a_fresh_code_after_fifteen_minutes(
    after, is_open, wangfang, phone_browser, moment, with_sensitive_page
):
    sign_in(phone_browser, wangfang)
    moment.at += after
    answer = phone_browser.get("/sensitive?a=1")
    assert (answer.status_code == 200) is is_open
    if not is_open:
        assert answer["Location"] == f"/signin/confirm?next={quote('/sensitive?a=1', safe='')}"


def test_a_worker_confirms_by_a_code_to_the_phone_and_goes_on(wangfang, phone_browser, moment, with_sensitive_page):
    sign_in(phone_browser, wangfang)
    moment.later(hours=1)
    url = phone_browser.get("/sensitive")["Location"]
    assert "发送验证码" in phone_browser.get(url).content.decode()
    assert phone_browser.post(url, {"send": "1"})["Location"] == url
    code = code_in(phone_browser)
    assert phone_browser.post(url, {"code": str((int(code) + 1) % 1_000_000).zfill(6)}).status_code == 422
    assert phone_browser.post(url, {"code": code})["Location"] == "/sensitive"
    assert phone_browser.get("/sensitive").content == b"open"


def test_an_officer_confirms_by_the_changing_code(zhangmin, desk_browser, moment, with_sensitive_page):
    by_password_and_code(desk_browser, "zhangmin")
    moment.later(minutes=20)
    url = desk_browser.get("/sensitive")["Location"]
    assert desk_browser.post(url, {"code": "000000"}).status_code == 422
    assert desk_browser.post(url, {"code": changing_code()})["Location"] == "/sensitive"
    assert desk_browser.get("/sensitive").content == b"open"


def test_a_code_to_confirm_does_not_sign_in_and_the_other_way_round(
    wangfang, phone_browser, moment, with_sensitive_page
):
    sign_in(phone_browser, wangfang)
    moment.later(hours=1)
    url = phone_browser.get("/sensitive")["Location"]
    phone_browser.post(url, {"send": "1"})
    assert phone_browser.post("/signin/code", {"code": code_in(phone_browser)})["Location"] == "/signin/"
    assert phone_browser.post("/signin/phone/code", {"code": code_in(phone_browser)})["Location"].startswith("/signin/")
    assert phone_browser.get("/sensitive").status_code == 302


def test_a_fragment_that_needs_a_fresh_code_sends_the_page_around_it(
    wangfang, phone_browser, moment, with_sensitive_page
):
    sign_in(phone_browser, wangfang)
    moment.later(hours=1)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/around"}
    answer = phone_browser.get("/sensitive", headers=headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/signin/confirm?next=%2Faround")


def test_confirming_leads_to_no_other_site(wangfang, phone_browser, moment):
    sign_in(phone_browser, wangfang)
    moment.later(hours=1)
    url = "/signin/confirm?next=https%3A%2F%2Felsewhere.example%2F"
    phone_browser.post(url, {"send": "1"})
    assert phone_browser.post(url, {"code": code_in(phone_browser)})["Location"] == "/"


def test_the_number_is_changed_by_a_code_to_the_new_one(wangfang, tree, phone_browser, moment):
    sign_in(phone_browser, wangfang)
    assert phone_browser.post("/signin/phone", {"phone": "19900007777"})["Location"] == "/signin/phone/code"
    assert phone_browser.post("/signin/phone/code", {"code": code_in(phone_browser)})["Location"] == "/signin/devices"
    wangfang.refresh_from_db()
    assert wangfang.reveal("phone") == "19900007777"
    moment.later(minutes=2)
    taken = factories.account(tree.foreign_member).reveal("phone")
    phone_browser.post("/signin/phone", {"phone": taken})
    answer = phone_browser.post("/signin/phone/code", {"code": code_in(phone_browser)})
    assert answer.status_code == 409
    assert "已经用在另一个账号上" in answer.content.decode()


def test_what_was_noted_of_a_session_that_is_gone_is_cleared_away_without_reading_all_of_them(
    wangfang, phone_browser, moment
):
    by_phone(phone_browser, wangfang.reveal("phone"), wangfang.person.reveal("id_number")[-6:])
    gone = UserSession.objects.get()
    gone.pk, gone.session_key = None, "gone"
    gone.save()
    with CaptureQueriesContext(connection) as asked:
        sittings.clear(at=moment.at)
    assert [each.session_key for each in UserSession.objects.all()] == [phone_browser.session.session_key]
    assert not [each["sql"] for each in asked if "NOT IN (SELECT" in each["sql"] or "IN (SELECT" in each["sql"]]
