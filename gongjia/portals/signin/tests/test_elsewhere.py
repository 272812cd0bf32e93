"""WeChat and single sign-on: off unless set up, bound once by a proven sign-in, never found or made by e-mail."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken

from gongjia.backbone.accounts.models import Account
from gongjia.kernel.models import AuditRow
from gongjia.portals.signin.tests import fake_providers
from gongjia.portals.signin.tests.conftest import DESK
from gongjia.portals.signin.tests.steps import (
    HOME,
    by_password,
    by_password_and_code,
    by_phone,
    changing_code,
    is_in,
)
from tests import factories


@pytest.fixture
def other_side(settings):
    with fake_providers.running() as server:
        settings.SOCIALACCOUNT_PROVIDERS = fake_providers.settings_for(server.url)
        yield server


def by_wechat(client, code="good"):
    """Out to WeChat and back; gives the answer to the way back."""
    out = client.get("/signin/wechat")
    return client.get(
        "/signin/wechat/back", {"code": code, "state": fake_providers.question_of(out["Location"])["state"]}
    )


def by_sso(client, server):
    out = client.get("/signin/sso")
    asked = fake_providers.question_of(out["Location"])
    server.challenge = asked["code_challenge"]
    return client.get("/signin/sso/back", {"code": "good", "state": asked["state"]})


def sign_in(client, account):
    return by_phone(client, account.reveal("phone"), account.person.reveal("id_number")[-6:])


def test_both_are_off_unless_set_up(db, phone_browser):
    for page in ("wechat", "wechat/back", "sso", "sso/back"):
        assert phone_browser.get(f"/signin/{page}").status_code == 404
    page = phone_browser.get("/signin/").content.decode()
    assert "微信登录" not in page
    assert "统一身份认证" not in page


def test_wechat_is_offered_in_its_own_browser_only(other_side, db, phone_browser, browser):
    assert "用微信登录" in phone_browser.get("/signin/").content.decode()
    assert "用微信登录" not in browser(DESK).get("/signin/").content.decode()


def test_wechats_own_page_is_asked_silently_for_the_openid_alone(other_side, db, phone_browser):
    out = phone_browser.get("/signin/wechat")["Location"]
    assert out.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?")
    assert out.endswith("#wechat_redirect")
    asked = fake_providers.question_of(out)
    assert (asked["appid"], asked["scope"], asked["response_type"]) == ("wx1", "snsapi_base", "code")
    assert asked["redirect_uri"] == "http://testserver/signin/wechat/back"


def test_an_unknown_wechat_opens_nothing_and_waits_for_a_phones_code(other_side, wangfang, phone_browser):
    assert by_wechat(phone_browser)["Location"] == "/signin/"
    assert not is_in(phone_browser)
    assert "正在绑定微信" in phone_browser.get("/signin/").content.decode()
    assert sign_in(phone_browser, wangfang)["Location"] == HOME
    bound = SocialAccount.objects.get()
    assert (bound.user_id, bound.uid, bound.extra_data) == (wangfang.pk, "o-first", {})
    assert not SocialToken.objects.exists()
    assert AuditRow.objects.filter(verb="accounts.identity_bound").count() == 1


def test_a_bound_wechat_signs_in_without_a_code_on_any_device(other_side, wangfang, phone_browser, browser):
    by_wechat(phone_browser)
    sign_in(phone_browser, wangfang)
    other = browser()
    assert by_wechat(other)["Location"] == HOME
    assert is_in(other)
    other.get("/signin/out")


def test_it_goes_on_to_the_page_that_was_wanted(other_side, wangfang, phone_browser, browser):
    by_wechat(phone_browser)
    sign_in(phone_browser, wangfang)
    other = browser()
    other.get("/signin/?next=/signin/devices")
    assert by_wechat(other)["Location"] == "/signin/devices"


def test_an_unknown_phone_does_not_bind_a_wechat(other_side, db, phone_browser):
    by_wechat(phone_browser)
    assert by_phone(phone_browser, "19900009999")["Location"] == "/signin/welcome"
    assert not SocialAccount.objects.exists()
    assert not Account.objects.exists()


def test_a_new_device_binds_only_behind_the_end_of_the_id(other_side, wangfang, phone_browser):
    by_wechat(phone_browser)
    assert by_phone(phone_browser, wangfang.reveal("phone"))["Location"] == "/signin/identity"
    assert not SocialAccount.objects.exists()


def test_a_waiting_wechat_is_dropped_by_a_press_or_after_ten_minutes(other_side, wangfang, phone_browser, moment):
    by_wechat(phone_browser)
    phone_browser.post("/signin/wechat/drop")
    assert "正在绑定" not in phone_browser.get("/signin/").content.decode()
    by_wechat(phone_browser)
    moment.later(minutes=10, seconds=1)
    sign_in(phone_browser, wangfang)
    assert not SocialAccount.objects.exists()


def test_a_wechat_stays_with_its_first_account(other_side, wangfang, tree, browser):
    second = factories.account(tree.foreign_member)
    first_browser, second_browser = browser(), browser()
    by_wechat(first_browser)
    by_wechat(second_browser)
    sign_in(first_browser, wangfang)
    sign_in(second_browser, second)
    assert SocialAccount.objects.get().user_id == wangfang.pk


def test_wechat_is_too_weak_for_a_strict_post(other_side, zhangmin, desk_browser):
    SocialAccount.objects.create(user=zhangmin, provider="weixin", uid="o-first")
    assert by_wechat(desk_browser)["Location"] == "/signin/officer"
    assert not is_in(desk_browser)


def test_a_closed_account_is_not_opened_by_its_wechat(other_side, wangfang, phone_browser):
    SocialAccount.objects.create(user=wangfang, provider="weixin", uid="o-first")
    Account.objects.filter(pk=wangfang.pk).update(is_active=False)
    assert by_wechat(phone_browser)["Location"] == "/signin/"
    assert not is_in(phone_browser)


@pytest.mark.parametrize(
    "query", [{"code": "bad"}, {"error": "access_denied"}, {}, {"code": "good", "state": "forged"}]
)
def test_a_wechat_that_says_no_leads_back_to_the_phone(query, other_side, db, phone_browser):
    out = phone_browser.get("/signin/wechat")
    query = {"state": fake_providers.question_of(out["Location"])["state"]} | query
    assert phone_browser.get("/signin/wechat/back", query)["Location"] == "/signin/"
    assert "没有收到“微信”的确认" in phone_browser.get("/signin/").content.decode()


def test_a_wechat_that_cannot_be_reached_leads_back_to_the_phone(settings, db, phone_browser):
    settings.SOCIALACCOUNT_PROVIDERS = fake_providers.settings_for("http://127.0.0.1:9")
    assert by_wechat(phone_browser)["Location"] == "/signin/"


def test_a_binding_is_listed_and_undone_by_its_owner_only(other_side, wangfang, tree, phone_browser, browser):
    by_wechat(phone_browser)
    sign_in(phone_browser, wangfang)
    bound = SocialAccount.objects.get()
    page = phone_browser.get("/signin/devices")
    assert [each.zh for each in page.context["identities"]] == ["微信"]
    assert "解除绑定" in page.content.decode()
    stranger = browser()
    sign_in(stranger, factories.account(tree.foreign_member))
    stranger.post("/signin/identities/release", {"identity": bound.pk})
    assert SocialAccount.objects.exists()
    phone_browser.post("/signin/identities/release", {"identity": bound.pk})
    assert not SocialAccount.objects.exists()
    assert AuditRow.objects.filter(verb="accounts.identity_released").count() == 1


# ── single sign-on ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_single_sign_on_is_bound_by_an_officers_password_and_then_needs_the_changing_code(
    other_side, zhangmin, browser, moment
):
    first = browser(DESK)
    assert by_sso(first, other_side)["Location"] == "/signin/"
    by_password_and_code(first, "zhangmin")
    assert SocialAccount.objects.get().user_id == zhangmin.pk
    moment.later(seconds=31)
    second = browser(DESK)
    assert by_sso(second, other_side)["Location"] == "/signin/second-factor"
    assert not is_in(second)
    assert second.post("/signin/second-factor", {"code": changing_code()})["Location"] == HOME
    assert is_in(second)


def test_an_email_finds_no_account_and_makes_none(other_side, wangfang, phone_browser):
    EmailAddress.objects.create(user=wangfang, email=other_side.email, verified=True, primary=True)
    assert by_sso(phone_browser, other_side)["Location"] == "/signin/"
    assert not is_in(phone_browser)
    assert Account.objects.count() == 1
    assert not SocialAccount.objects.exists()


def test_a_stolen_answer_is_worth_nothing_without_the_browsers_own_secret(other_side, wangfang, phone_browser):
    out = phone_browser.get("/signin/sso")
    other_side.challenge = "another browser's"
    answer = phone_browser.get(
        "/signin/sso/back", {"code": "good", "state": fake_providers.question_of(out["Location"])["state"]}
    )
    assert answer["Location"] == "/signin/"
    assert "没有收到" in phone_browser.get("/signin/").content.decode()


def test_only_the_one_single_sign_on_has_an_address(other_side, db, phone_browser):
    assert phone_browser.get("/signin/other/back").status_code == 404


def test_a_password_alone_does_not_bind(other_side, zhangmin, desk_browser):
    by_sso(desk_browser, other_side)
    by_password(desk_browser, "zhangmin")
    assert not SocialAccount.objects.exists()
