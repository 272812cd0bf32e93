"""The workers' way in: phone, code, and on a new device the last six of the ID."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from gongjia.backbone.accounts import newcomers
from gongjia.backbone.accounts.models import Account, KnownDevice
from gongjia.kernel.models import AuditRow
from gongjia.kernel.sessions import SessionStore
from gongjia.portals.signin.codes import SIGN_IN, PhoneCode
from gongjia.portals.signin.tests.steps import HOME, ask_for_code, by_phone, code_in, is_in, type_code
from tests import factories

UNKNOWN = "19900009999"


def phone_of(account: Account) -> str:
    return account.reveal("phone")


def digits_of(account: Account) -> str:
    assert account.person is not None
    return account.person.reveal("id_number")[-6:]


@pytest.mark.parametrize("typed", ["{0}", "+86{0}", "0086 {0}", "１{1}", " {2} "])
def test_a_phone_is_taken_however_it_is_written(typed, wangfang, phone_browser):
    phone = phone_of(wangfang)
    written = typed.format(phone, phone[1:], f"{phone[:3]} {phone[3:7]} {phone[7:]}")
    assert ask_for_code(phone_browser, written)["Location"] == "/signin/code"
    assert phone_browser.session["phone_code"]["phone"] == phone


@pytest.mark.parametrize(("typed", "why"), [("", "请填写手机号"), ("12345", "11 位"), ("0715-8234567", "固定电话")])
def test_what_is_no_mobile_phone_is_told_at_the_field(typed, why, db, phone_browser):
    answer = ask_for_code(phone_browser, typed)
    assert answer.status_code == 422
    assert why in answer.content.decode()


@pytest.mark.system("O7")
def test_a_known_phone_and_its_code_let_in(wangfang, phone_browser):
    answer = by_phone(phone_browser, phone_of(wangfang), digits_of(wangfang))
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert is_in(phone_browser)


def test_a_member_of_a_roster_who_comes_the_first_time_gets_an_account(tree, phone_browser):
    person = tree.member
    answer = by_phone(phone_browser, person.reveal("phone"), person.reveal("id_number")[-6:])
    assert answer["Location"] == HOME
    assert Account.objects.get(person=person).seen_at is not None


def test_requests_at_once_share_the_five_tries_of_a_code(db, moment):
    """Each has read the session before any of them has written its try into it."""
    session = SessionStore()
    session.create()

    def request():
        made = RequestFactory().get("/")
        made.session, made.at = SessionStore(session.session_key), moment.at
        return made

    first = request()
    PhoneCode.start(first, UNKNOWN, purpose=SIGN_IN)
    first.session.save()
    code = first.session["phone_code"]["code"]
    at_once = [PhoneCode.resume(request(), purpose=SIGN_IN) for _ in range(8)]
    wrong = "111111" if code != "111111" else "222222"
    assert not any(process.accepts(wrong) for process in at_once[:5])
    assert not any(process.accepts(code) for process in at_once[5:])
    assert at_once[-1].tries_left == 0


def test_a_phone_that_two_files_share_opens_neither(tree, phone_browser):
    tree.foreign_member.seal_in(phone=tree.member.reveal("phone"))
    tree.foreign_member.save()
    assert by_phone(phone_browser, tree.member.reveal("phone"))["Location"] == "/signin/welcome"
    assert not Account.objects.exists()


def test_an_unknown_phone_is_told_what_to_do_and_gets_no_account(db, phone_browser):
    assert by_phone(phone_browser, UNKNOWN)["Location"] == "/signin/welcome"
    assert "扫一扫" in phone_browser.get("/signin/welcome").content.decode()
    shown = phone_browser.get("/signin/welcome").content.decode()
    assert 'action="/unions/"' in shown, "nobody is left without a way on: the union is looked for right here"
    assert 'name="q"' in shown
    shown = phone_browser.get("/signin/welcome").content.decode()
    assert 'action="/unions/"' in shown, "nobody is left without a way on: the union is looked for right here"
    assert 'name="q"' in shown
    assert not Account.objects.exists()


@pytest.mark.system("O7")
def test_an_unknown_phone_from_a_poster_goes_on_to_joining_with_an_account_of_its_own(db, phone_browser, monkeypatch):
    monkeypatch.setattr(newcomers, "_routes", {"signin:devices"})
    phone_browser.get("/signin/?next=/signin/devices")
    answer = by_phone(phone_browser, UNKNOWN)
    assert answer["Location"] == "/signin/devices"
    account = Account.objects.get()
    assert (account.person_id, phone_of(account)) == (None, UNKNOWN)
    assert is_in(phone_browser)


def test_the_page_after_signing_in_is_the_one_that_was_wanted(wangfang, phone_browser):
    phone_browser.get("/signin/?next=/signin/phone")
    assert by_phone(phone_browser, phone_of(wangfang), digits_of(wangfang))["Location"] == "/signin/phone"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://elsewhere.example/", "//elsewhere.example/x", "/\\elsewhere.example", "javascript:alert(1)", "http:x"],
)
def test_no_other_site_can_be_wanted(elsewhere, wangfang, phone_browser, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://elsewhere.example"]
    phone_browser.get("/signin/", {"next": elsewhere})
    assert by_phone(phone_browser, phone_of(wangfang), digits_of(wangfang))["Location"] == HOME


def known_and_unknown(browser, known, act):
    """What two browsers get, one with a phone that has an account and one without, with phones and codes taken out."""
    bodies, counts = [], []
    for phone in (known, UNKNOWN):
        client = browser()
        client.get("/signin/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = act(client, phone)
        text = answer.content.decode().replace(phone, "").replace(f"{phone[:3]}****{phone[-4:]}", "")
        bodies.append((answer.status_code, answer.get("Location"), _without_tokens(text)))
        counts.append(len(queries))
    return bodies, counts


def _without_tokens(text):
    return "\n".join(line for line in text.splitlines() if "csrfmiddlewaretoken" not in line)


def _ask(client, phone):
    return ask_for_code(client, phone)


def _look(client, phone):
    ask_for_code(client, phone)
    return client.get("/signin/code")


def _wrong(client, phone):
    ask_for_code(client, phone)
    return type_code(client, "000000" if code_in(client) != "000000" else "111111")


@pytest.mark.parametrize("act", [_ask, _look, _wrong])
def test_before_the_code_is_proven_nothing_tells_a_known_phone_from_another(act, wangfang, browser):
    bodies, counts = known_and_unknown(browser, phone_of(wangfang), act)
    assert bodies[0] == bodies[1]
    assert counts[0] == counts[1]


def test_a_code_runs_out_after_five_minutes(wangfang, phone_browser, moment):
    ask_for_code(phone_browser, phone_of(wangfang))
    code = code_in(phone_browser)
    moment.later(minutes=5)
    assert type_code(phone_browser, code)["Location"] == "/signin/identity"
    other = ask_for_code(phone_browser, phone_of(wangfang))
    assert other.status_code == 302
    moment.later(minutes=5, seconds=1)
    assert type_code(phone_browser)["Location"] == "/signin/"


def test_a_code_opens_once(wangfang, browser):
    client = browser()
    ask_for_code(client, phone_of(wangfang))
    code = code_in(client)
    type_code(client, code)
    assert type_code(client, code)["Location"] == "/signin/"


def test_after_five_wrong_tries_the_right_code_is_worth_nothing(wangfang, phone_browser):
    ask_for_code(phone_browser, phone_of(wangfang))
    code = code_in(phone_browser)
    wrong = str((int(code) + 1) % 1_000_000).zfill(6)
    answers = [type_code(phone_browser, wrong).status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 302]
    assert type_code(phone_browser, code)["Location"] == "/signin/"
    assert not is_in(phone_browser)
    assert AuditRow.objects.filter(verb="accounts.sign_in_failed", subject_id=None).count() == 5


def test_a_phone_gets_one_code_a_minute_five_an_hour_and_ten_a_day(db, browser, moment):
    def ask():
        return ask_for_code(browser(), UNKNOWN).status_code

    assert [ask(), ask()] == [302, 429]
    moment.later(seconds=59)
    assert ask() == 429
    for _ in range(4):
        moment.later(seconds=61)
        assert ask() == 302
    moment.later(seconds=61)
    assert ask() == 429
    for _ in range(5):
        moment.later(hours=1)
        assert ask() == 302
    moment.later(hours=1)
    assert ask() == 429
    moment.later(days=1)
    assert ask() == 302


def test_too_soon_says_when_to_ask_again(db, browser, moment):
    ask_for_code(browser(), UNKNOWN)
    moment.later(seconds=20)
    answer = ask_for_code(browser(), UNKNOWN)
    assert answer["Retry-After"] == "40"
    assert "09:01:00" in answer.content.decode()


def test_a_whole_shop_floor_behind_one_address_can_sign_in(db, browser):
    answers = {ask_for_code(browser(), f"1990000{number:04d}").status_code for number in range(60)}
    assert answers == {302}
    assert ask_for_code(browser(), UNKNOWN).status_code == 429


def test_a_new_code_makes_the_one_before_worthless(wangfang, phone_browser, moment):
    ask_for_code(phone_browser, phone_of(wangfang))
    before = code_in(phone_browser)
    moment.later(seconds=61)
    assert phone_browser.post("/signin/code/again").status_code == 302
    if code_in(phone_browser) != before:
        assert type_code(phone_browser, before).status_code == 422
    assert type_code(phone_browser)["Location"] == "/signin/identity"


def test_the_session_in_the_database_holds_neither_phone_nor_code_in_clear(wangfang, phone_browser):
    import base64

    ask_for_code(phone_browser, phone_of(wangfang))
    stored = Session.objects.get().session_data
    for secret in (phone_of(wangfang), code_in(phone_browser)):
        assert secret not in stored
        assert secret.encode() not in base64.b64decode(stored)


# ── the device ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_device_is_asked_for_the_end_of_the_id_and_then_known(wangfang, phone_browser):
    assert by_phone(phone_browser, phone_of(wangfang))["Location"] == "/signin/identity"
    assert not is_in(phone_browser)
    assert phone_browser.post("/signin/identity", {"digits": digits_of(wangfang).lower()})["Location"] == HOME
    cookie = phone_browser.cookies["device"]
    assert cookie["httponly"]
    assert cookie.value not in set(KnownDevice.objects.values_list("token_hash", flat=True))


def test_a_known_device_is_not_asked_again(wangfang, phone_browser, moment):
    by_phone(phone_browser, phone_of(wangfang), digits_of(wangfang))
    phone_browser.post("/signin/out")
    moment.later(minutes=2)
    assert by_phone(phone_browser, phone_of(wangfang))["Location"] == HOME


@pytest.mark.parametrize(
    ("away", "asked"), [(timedelta(days=180) - timedelta(seconds=1), False), (timedelta(days=180), True)]
)
def test_a_device_that_was_away_for_180_days_is_asked_again(away, asked, wangfang, phone_browser, moment):
    by_phone(phone_browser, phone_of(wangfang), digits_of(wangfang))
    phone_browser.post("/signin/out")
    moment.at += away
    answer = by_phone(phone_browser, phone_of(wangfang))
    assert (answer["Location"] == "/signin/identity") is asked


def test_another_accounts_device_is_a_new_one(wangfang, tree, phone_browser):
    by_phone(phone_browser, phone_of(wangfang), digits_of(wangfang))
    phone_browser.post("/signin/out")
    other = factories.account(tree.foreign_member)
    assert by_phone(phone_browser, phone_of(other))["Location"] == "/signin/identity"


def test_a_wrong_end_of_the_id_may_be_tried_five_times_and_then_there_is_a_way_on(wangfang, browser, moment):
    client = browser()
    by_phone(client, phone_of(wangfang))
    wrong = "000000"
    answers = [client.post("/signin/identity", {"digits": wrong}) for _ in range(5)]
    assert [each.status_code for each in answers] == [422, 422, 422, 422, 200]
    page = answers[-1].content.decode()
    assert "当面核验" in page
    assert "2026年6月16日 09:00" in page
    again = browser()
    moment.later(hours=2)
    by_phone(again, phone_of(wangfang))
    assert "当面核验" in again.post("/signin/identity", {"digits": digits_of(wangfang)}).content.decode()
    assert not is_in(again)
    moment.later(hours=22)
    assert by_phone(browser(), phone_of(wangfang), digits_of(wangfang))["Location"] == HOME
    assert AuditRow.objects.filter(verb="accounts.locked", subject_id=wangfang.pk).count() == 1


def test_without_an_id_on_file_a_new_device_stays_out_and_is_told_where_to_go(wangfang, phone_browser):
    assert wangfang.person is not None
    wangfang.person.seal_in(id_number="")
    wangfang.person.save()
    by_phone(phone_browser, phone_of(wangfang))
    assert "还没有证件号码" in phone_browser.get("/signin/identity").content.decode()
    assert not is_in(phone_browser)


def test_whoever_was_vouched_for_is_let_in_once_within_a_day(wangfang, browser, moment):
    wangfang.vouched_until = moment.at + timedelta(hours=24)
    wangfang.save()
    moment.later(hours=24)
    assert by_phone(browser(), phone_of(wangfang))["Location"] == HOME
    moment.later(minutes=2)
    assert by_phone(browser(), phone_of(wangfang))["Location"] == "/signin/identity"


def test_the_page_of_the_end_of_the_id_cannot_be_reached_without_a_code(wangfang, phone_browser):
    assert phone_browser.get("/signin/identity")["Location"] == "/signin/"


# ── demo, and no SMS ────────────────────────────────────────────────────────────────────────────────────────


def test_in_the_demo_the_code_stands_on_the_page_and_no_message_goes_out(wangfang, phone_browser, settings):
    from gongjia.kernel.models import Event

    settings.DEMO = True
    ask_for_code(phone_browser, phone_of(wangfang))
    page = phone_browser.get("/signin/code").content.decode()
    assert code_in(phone_browser) in page
    assert "演示城市不发短信" in page
    assert not Event.objects.exists()


def test_outside_the_demo_the_code_is_on_no_page(wangfang, phone_browser):
    ask_for_code(phone_browser, phone_of(wangfang))
    assert code_in(phone_browser) not in phone_browser.get("/signin/code").content.decode()


def test_without_sms_the_page_says_so_and_nothing_can_be_sent(db, phone_browser, settings):
    settings.SMS_URL = ""
    page = phone_browser.get("/signin/").content.decode()
    assert "短信还没有接通" in page
    assert 'name="phone"' not in page
    assert ask_for_code(phone_browser, UNKNOWN).status_code == 200
    assert "phone_code" not in phone_browser.session
