"""The officers' way in: password, lock-out, second factor, and what is asked at the first sign-in."""

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongjia.backbone.accounts.models import Account
from gongjia.backbone.posts.words import STRICT, Role
from gongjia.kernel.models import AuditRow
from gongjia.portals.signin import second_factor
from gongjia.portals.signin.tests.conftest import PASSWORD, SECRET, officer_account
from gongjia.portals.signin.tests.steps import (
    HOME,
    by_password,
    by_password_and_code,
    by_phone,
    changing_code,
    is_in,
)
from tests import factories

OTHER = "暮色-Lianghu-77"


def verbs():
    return list(AuditRow.objects.order_by("pk").values_list("verb", flat=True))


def test_password_and_changing_code_let_an_officer_in(zhangmin, desk_browser):
    assert by_password(desk_browser, "zhangmin")["Location"] == "/signin/second-factor"
    assert not is_in(desk_browser)
    assert desk_browser.post("/signin/second-factor", {"code": changing_code()})["Location"] == HOME
    assert is_in(desk_browser)
    row = AuditRow.objects.get(verb="accounts.signed_in")
    assert (row.account_id, row.facts["how"]) == (zhangmin.pk, ["mfa", "password"])


def test_a_name_is_taken_in_any_case_and_with_blanks(zhangmin, desk_browser):
    assert by_password(desk_browser, " ZhangMin ")["Location"] == "/signin/second-factor"


@pytest.mark.parametrize("role", sorted(STRICT))
def test_every_strict_post_is_refused_by_phone_and_sent_to_the_password(role, tree, phone_browser):
    person = factories.person("试岗人")
    factories.post(person, tree.county, role)
    factories.account(person)
    assert by_phone(phone_browser, person.reveal("phone"))["Location"] == "/signin/officer"
    assert not is_in(phone_browser)


@pytest.mark.parametrize("role", [Role.CHAIR, Role.CLERK])
def test_chairs_and_clerks_of_grassroots_unions_may_come_by_phone(role, tree, phone_browser):
    person = factories.person("试岗人")
    factories.post(person, tree.union, role)
    answer = by_phone(phone_browser, person.reveal("phone"), person.reveal("id_number")[-6:])
    assert answer["Location"] == HOME


def test_nobody_tells_an_unknown_name_from_a_wrong_password(zhangmin, browser):
    found = []
    for name in ("zhangmin", "zhangxin"):
        client = browser()
        client.get("/signin/officer")
        with CaptureQueriesContext(connection) as queries:
            answer = by_password(client, name, "wrong")
        text = "\n".join(line for line in answer.content.decode().splitlines() if "csrfmiddleware" not in line)
        found.append((answer.status_code, text.replace(name, ""), len(queries)))
    assert found[0] == found[1]
    assert "登录名或密码不对" in found[0][1]


@pytest.mark.parametrize("name", ["zhangmin", "nobody-at-all"])
def test_five_failures_within_fifteen_minutes_lock_for_twenty(name, zhangmin, desk_browser, moment):
    for _ in range(4):
        assert "登录名或密码不对" in by_password(desk_browser, name, "wrong").content.decode()
        moment.later(minutes=3)
    locked = by_password(desk_browser, name, "wrong").content.decode()
    assert "在 09:32 以后再试" in locked
    assert "在 09:32 以后再试" in by_password(desk_browser, name, PASSWORD).content.decode()
    moment.later(minutes=19, seconds=59)
    assert "在 09:32 以后再试" in by_password(desk_browser, name, PASSWORD).content.decode()
    moment.later(seconds=1)
    assert "以后再试" not in by_password(desk_browser, name, PASSWORD).content.decode()
    assert verbs().count("accounts.locked") == 1


def test_failures_spread_over_more_than_fifteen_minutes_do_not_lock(zhangmin, desk_browser, moment):
    for _ in range(12):
        assert "登录名或密码不对" in by_password(desk_browser, "zhangmin", "wrong").content.decode()
        moment.later(minutes=4)


def test_the_right_password_forgets_the_failures_before(zhangmin, desk_browser, moment):
    for _ in range(3):
        for _ in range(4):
            by_password(desk_browser, "zhangmin", "wrong")
        assert by_password(desk_browser, "zhangmin")["Location"] == "/signin/second-factor"


def test_the_record_of_failures_holds_no_name(zhangmin, desk_browser):
    by_password(desk_browser, "zhangmin", "wrong")
    by_password(desk_browser, "zhangxin", "wrong")
    known, unknown = AuditRow.objects.filter(verb="accounts.sign_in_failed").order_by("pk")
    assert (known.subject_id, unknown.subject_id) == (zhangmin.pk, None)
    assert known.facts == unknown.facts == {"why": "password"}


def test_a_wrong_changing_code_is_counted_and_locks_like_a_password(zhangmin, desk_browser):
    by_password(desk_browser, "zhangmin")
    wrong = str((int(changing_code()) + 1) % 1_000_000).zfill(6)
    pages = [desk_browser.post("/signin/second-factor", {"code": wrong}).content.decode() for _ in range(5)]
    assert all("动态码不对" in page for page in pages[:4])
    assert "以后再试" in pages[4]
    assert "以后再试" in desk_browser.post("/signin/second-factor", {"code": changing_code()}).content.decode()
    assert not is_in(desk_browser)


def test_a_changing_code_opens_once(zhangmin, browser, moment):
    code = changing_code()
    assert by_password_and_code(browser(), "zhangmin")["Location"] == HOME
    client = browser()
    by_password(client, "zhangmin")
    moment.later(seconds=30)
    assert client.post("/signin/second-factor", {"code": code}).status_code == 422
    assert client.post("/signin/second-factor", {"code": changing_code()})["Location"] == HOME


def test_a_recovery_code_stands_in_once(tree, moment, browser):
    account = officer_account(tree.officer, "zhangmin", at=moment.at)
    codes = second_factor.activate(account, SECRET)
    assert len(codes) == 10
    for expected in (302, 422):
        client = browser()
        by_password(client, "zhangmin")
        assert client.post("/signin/second-factor", {"code": codes[0]}).status_code == expected


def test_the_second_page_cannot_be_reached_without_the_first(zhangmin, desk_browser):
    for page in ("second-factor", "renew-password", "enrol"):
        assert desk_browser.get(f"/signin/{page}")["Location"] == "/signin/officer"


def test_the_secret_of_the_changing_code_stands_sealed_in_the_database(zhangmin):
    stored = [str(each.data) for each in Authenticator.objects.filter(user=zhangmin)]
    assert len(stored) == 2
    assert not any(SECRET in each for each in stored)


# ── the first sign-in ───────────────────────────────────────────────────────────────────────────────────────


def test_an_officer_without_a_second_factor_sets_it_up_before_being_in(tree, moment, desk_browser):
    account = officer_account(tree.officer, "zhangmin", at=moment.at)
    assert by_password(desk_browser, "zhangmin")["Location"] == "/signin/enrol"
    page = desk_browser.get("/signin/enrol")
    secret = page.context["secret"]
    assert "<svg" in page.content.decode()
    assert desk_browser.get("/signin/enrol").context["secret"] == secret
    assert not is_in(desk_browser)
    assert desk_browser.post("/signin/enrol", {"code": "000000"}).status_code == 422
    answer = desk_browser.post("/signin/enrol", {"code": changing_code(secret)})
    assert answer["Location"] == "/signin/recovery-codes?next=%2Fstart%2F"
    codes = desk_browser.get(answer["Location"]).context["codes"]
    assert len(set(codes)) == 10
    assert "accounts.second_factor_set" in verbs()
    assert Authenticator.objects.filter(user=account, type="totp").exists()


def test_the_same_session_cannot_skip_setting_it_up(tree, moment, desk_browser):
    officer_account(tree.officer, "zhangmin", at=moment.at)
    by_password(desk_browser, "zhangmin")
    for page in ("/signin/devices", "/signin/recovery-codes", "/signin/confirm"):
        assert desk_browser.get(page)["Location"].startswith("/signin/?next=")


def test_a_password_that_somebody_else_set_is_changed_first(tree, moment, desk_browser):
    account = officer_account(tree.officer, "zhangmin", at=moment.at)
    second_factor.activate(account, SECRET)
    Account.objects.filter(pk=account.pk).update(password_changed_at=None)
    answer = by_password_and_code(desk_browser, "zhangmin")
    assert answer["Location"] == "/signin/renew-password"
    assert "别人替您设的" in desk_browser.get("/signin/renew-password").content.decode()
    assert not is_in(desk_browser)
    refused = desk_browser.post("/signin/renew-password", {"password": PASSWORD, "again": PASSWORD})
    assert "最近用过" in refused.content.decode()
    answer = desk_browser.post("/signin/renew-password", {"password": OTHER, "again": OTHER})
    assert answer["Location"] == HOME
    account.refresh_from_db()
    assert account.password_changed_at == moment.at


@pytest.mark.parametrize(("days", "seconds", "is_due"), [(90, 0, False), (90, 1, True)])
def test_a_password_serves_ninety_days_and_not_a_second_more(days, seconds, is_due, zhangmin, desk_browser, moment):
    moment.later(days=days, seconds=seconds)
    answer = by_password_and_code(desk_browser, "zhangmin")
    assert (answer["Location"] == "/signin/renew-password") is is_due


def test_a_closed_account_is_told_so_only_behind_the_right_password(zhangmin, desk_browser):
    Account.objects.filter(pk=zhangmin.pk).update(is_active=False)
    assert "登录名或密码不对" in by_password(desk_browser, "zhangmin", "wrong").content.decode()
    answer = by_password(desk_browser, "zhangmin")
    assert answer["Location"] == "/signin/"
    assert "已经停用" in desk_browser.get("/signin/").content.decode()
    assert not is_in(desk_browser)


# ── one's own password ──────────────────────────────────────────────────────────────────────────────────────


def test_changing_the_password_keeps_this_device_and_ends_the_others(zhangmin, browser, moment):
    here, there = browser(), browser()
    by_password_and_code(there, "zhangmin")
    moment.later(seconds=31)
    by_password_and_code(here, "zhangmin")
    answer = here.post("/signin/password", {"present": PASSWORD, "password": OTHER, "again": OTHER})
    assert answer["Location"] == "/signin/devices"
    assert is_in(here)
    assert not is_in(there)


def test_changing_the_password_needs_the_present_one_and_counts_wrong_ones(zhangmin, desk_browser):
    by_password_and_code(desk_browser, "zhangmin")
    sent = {"present": "wrong", "password": OTHER, "again": OTHER}
    pages = [desk_browser.post("/signin/password", sent).content.decode() for _ in range(5)]
    assert all("现在的密码不对" in page for page in pages[:4])
    assert "以后再试" in pages[4]
    assert "以后再试" in desk_browser.post("/signin/password", sent | {"present": PASSWORD}).content.decode()


def test_two_passwords_that_differ_are_told_at_the_second(zhangmin, desk_browser):
    by_password_and_code(desk_browser, "zhangmin")
    answer = desk_browser.post("/signin/password", {"present": PASSWORD, "password": OTHER, "again": OTHER + "x"})
    assert "两次填的不一样" in answer.content.decode()


def test_new_recovery_codes_make_the_old_ones_worthless(tree, moment, browser):
    account = officer_account(tree.officer, "zhangmin", at=moment.at)
    old = second_factor.activate(account, SECRET)
    client = browser()
    by_password_and_code(client, "zhangmin")
    client.post("/signin/recovery-codes")
    new = client.get("/signin/recovery-codes").context["codes"]
    assert not set(old) & set(new)
    other = browser()
    by_password(other, "zhangmin")
    assert other.post("/signin/second-factor", {"code": old[1]}).status_code == 422


def test_neither_lock_nor_used_code_lies_in_the_cache(settings, zhangmin, browser):
    """What stands in a cache may be thrown away at any time."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    first, second = browser(), browser()
    by_password_and_code(first, "zhangmin")
    by_password_and_code(second, "zhangmin")
    assert (is_in(first), is_in(second)) == (True, False)
    for _ in range(5):
        by_password(second, "zhangmin", "wrong")
    assert by_password(second, "zhangmin").status_code == 422
