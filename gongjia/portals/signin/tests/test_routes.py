"""What can be reached, what the operator is told, and what becomes of a code on its way."""

import base64
import json
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.urls import NoReverseMatch, Resolver404, get_resolver, resolve, reverse

from config.environment import BadSetting
from gongjia.engines.messages import sms
from gongjia.kernel import events, keyring, routes
from gongjia.kernel.models import AuditRow, Event
from gongjia.portals.signin import codes, conf, limits
from gongjia.portals.signin.checks import check_signin
from gongjia.portals.signin.tests.conftest import PASSWORD
from gongjia.portals.signin.tests.steps import ask_for_code, by_password_and_code, code_in, is_in
from tests import factories

ALLAUTH_PATHS = ("/accounts/login/", "/accounts/signup/", "/signin/signup", "/signin/login/", "/mfa/", "/2fa/")
PHONE = "19900009999"


def test_nothing_of_allauth_is_reachable_but_the_two_addresses_named(db):
    named = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    prefixes = ("account_", "mfa_", "socialaccount_", "usersessions_", "weixin_", "openid_connect_")
    assert {name for name in named if name.startswith(prefixes)} == {"weixin_callback", "openid_connect_callback"}
    for path in ALLAUTH_PATHS:
        with pytest.raises(Resolver404):
            resolve(path)


def test_every_page_of_sign_in_was_built_with_its_permission():
    from gongjia.portals.signin import callbacks, urls

    built = {id(route) for route in routes.registered()}
    for pattern in [*urls.urlpatterns, *callbacks.urlpatterns]:
        assert id(pattern.callback.route) in built


def test_no_page_of_sign_in_is_kept_by_a_cache(db, phone_browser):
    for page in ("", "officer", "welcome"):
        assert phone_browser.get(f"/signin/{page}")["Cache-Control"] == "no-store"


def test_pages_that_change_something_want_a_post(db, phone_browser):
    for page in ("code/again", "wechat/drop"):
        assert phone_browser.get(f"/signin/{page}").status_code == 405


# ── what the operator is told ───────────────────────────────────────────────────────────────────────────────


def test_check_says_that_codes_cannot_be_sent(settings):
    settings.MODE, settings.SMS_URL = "production", ""
    assert [each.id for each in check_signin(None)] == ["signin.W001"]
    settings.MODE = "demo"
    assert check_signin(None) == []


def test_check_says_what_is_set_up_by_half(settings):
    settings.SMS_URL, settings.SMS_KEY = "https://sms.example/", ""
    providers = {
        "weixin": {"APPS": [{"client_id": "wx1", "secret": ""}]},
        "openid_connect": {"APPS": [{"client_id": "x", "secret": ""}]},
    }
    settings.SOCIALACCOUNT_PROVIDERS = providers
    assert [each.id for each in check_signin(None)] == ["signin.E001", "signin.E002", "signin.E003"]


@pytest.mark.parametrize("value", ["0", "91", "-1"])
def test_an_installation_may_be_stricter_than_the_rule_and_never_laxer(value, monkeypatch):
    monkeypatch.setenv("GONGJIA_PASSWORD_DAYS", value)
    with pytest.raises(BadSetting, match="应在 1 到 90 之间"):
        conf._at_most("GONGJIA_PASSWORD_DAYS", 90)
    monkeypatch.setenv("GONGJIA_PASSWORD_DAYS", "60")
    assert conf._at_most("GONGJIA_PASSWORD_DAYS", 90) == 60


# ── a code on its way ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def sent(monkeypatch):
    """What was handed to the provider."""
    out = []
    monkeypatch.setattr(sms, "send", lambda phone, text, **more: out.append((phone, text, more)))
    return out


def test_the_code_goes_out_by_an_event_that_holds_neither_phone_nor_code(db, phone_browser, moment, sent):
    ask_for_code(phone_browser, PHONE)
    event = Event.objects.get(name=codes.EVENT)
    stored = json.dumps(event.payload)
    assert PHONE not in stored
    assert code_in(phone_browser) not in stored
    assert events.run_due(at=moment.at) == 1
    ((phone, text, more),) = sent
    assert (phone, more["values"]["code"], more["template"]) == (PHONE, code_in(phone_browser), "code")
    assert code_in(phone_browser) in text
    assert more["key"] == event.key


def test_a_code_that_could_not_be_sent_is_tried_again_and_not_after_it_ran_out(db, phone_browser, moment, monkeypatch):
    tried = []

    def fail(phone, text, **more):
        tried.append(more["key"])
        raise sms.Unavailable("连不上短信服务")

    monkeypatch.setattr(sms, "send", fail)
    ask_for_code(phone_browser, PHONE)
    assert events.run_due(at=moment.at) == 0
    assert events.run_due(at=moment.at + timedelta(minutes=1)) == 0
    assert len(tried) == 2
    assert len(set(tried)) == 1
    assert events.run_due(at=moment.at + timedelta(minutes=6)) == 1
    assert len(tried) == 2


def test_a_number_that_the_provider_refuses_is_not_tried_again(db, phone_browser, moment, monkeypatch):
    def refuse(phone, text, **more):
        raise sms.Undeliverable("短信服务拒绝了这条短信（400）")

    monkeypatch.setattr(sms, "send", refuse)
    ask_for_code(phone_browser, PHONE)
    assert events.run_due(at=moment.at) == 1
    assert events.run_due(at=moment.at + timedelta(hours=1)) == 0


def test_what_is_sealed_in_the_event_opens_nowhere_else(db, phone_browser):
    ask_for_code(phone_browser, PHONE)
    sealed = base64.b64decode(Event.objects.get().payload["sealed"])
    with pytest.raises(Exception, match="密文"):
        keyring.current().open_text(sealed, context=b"somewhere else")


# ── counting ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_hundred_tries_at_once_are_not_all_looked_at(db, moment):
    let_through = [limits.try_once(limits.PASSWORD, "x", at=moment.at) is None for _ in range(100)]
    assert let_through.count(True) == 5


# ── vouching, as a page ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def chair_browser(tree, browser):
    account = factories.account(tree.chair, "hejianping")
    client = browser()
    from gongjia.backbone.accounts.tests.seats import sit_down

    return sit_down(client, account)


def test_a_chair_lets_a_member_in_by_vouching(tree, wangfang, chair_browser, browser, moment):
    from gongjia.portals.signin.tests.steps import by_phone

    url = reverse("signin:vouch", args=[tree.membership.reference])
    assert "当面核验：王芳" in chair_browser.get(url).content.decode()
    assert chair_browser.post(url, {"phone": ""}).status_code == 422
    answer = chair_browser.post(url, {"phone": "19900004321", "seen": "on"})
    assert "199****4321" in answer.content.decode()
    newcomer = browser()
    by_phone(newcomer, "19900004321")
    assert is_in(newcomer)
    assert AuditRow.objects.get(verb="accounts.vouch").about_person_id == tree.member.pk


def test_a_chair_vouches_for_nobody_elsewhere(tree, chair_browser):
    assert chair_browser.get(f"/signin/vouch/{tree.foreign_membership.reference}").status_code == 404


def test_a_leader_is_told_what_vouching_needs(tree, browser, moment):
    from gongjia.portals.signin import second_factor
    from gongjia.portals.signin.tests.conftest import SECRET, officer_account

    second_factor.activate(officer_account(tree.leader, "chenli", at=moment.at), SECRET)
    client = browser()
    by_password_and_code(client, "chenli")
    answer = client.get(f"/signin/vouch/{tree.membership.reference}")
    assert answer.status_code == 403
    assert "当面核对证件" in answer.content.decode()


def test_the_password_of_the_tests_is_a_good_one():
    assert len(PASSWORD) >= 12
    assert django_settings.PASSWORD_DAYS == 90


def test_there_is_no_page_of_personas_here():
    with pytest.raises(NoReverseMatch):
        reverse("open:personas")
