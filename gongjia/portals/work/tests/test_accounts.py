"""Whoever manages accounts: the list, one account, and what is done with it, each with the person told."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from gongjia.backbone.accounts.models import Account
from gongjia.backbone.accounts.tests.seats import sit_down
from gongjia.engines.messages.models import Message
from gongjia.kernel.models import AuditRow
from gongjia.portals.signin import limits
from tests import factories

pytestmark = pytest.mark.django_db
SignIn = Callable[[Client, factories.Person], Client]
PASSWORD = re.compile(r"[A-Za-z2-9]{4}(?:-[A-Za-z2-9]{4}){3}")
ACTS = ("account_open", "account_password", "account_second_factor", "account_close", "account_reopen")


@pytest.fixture(autouse=True)
def ground(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def operator(tree: factories.Tree, client: Client, sign_in: SignIn) -> Client:
    return sign_in(client, tree.operator)


def body(response: Any) -> str:
    return str(response.content.decode())


def address(name: str, person: factories.Person) -> str:
    return reverse(f"work:{name}", args=[person.reference])


def password_on(response: Any) -> str:
    found = PASSWORD.search(body(response))
    assert found is not None, body(response)
    return found[0]


def second_factor(account: Account) -> None:
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})


def told(person: factories.Person) -> list[str]:
    return list(Message._base_manager.filter(person=person).order_by("pk").values_list("title", flat=True))


def facts_of(verb: str) -> dict[str, Any]:
    return dict(AuditRow.objects.get(verb=verb).facts)


# ── the list ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_has_officers_first_and_no_plain_member(tree: factories.Tree, operator: Client) -> None:
    page = body(operator.get(reverse("work:accounts")))
    assert page.index("张敏") < page.index("何建平")
    assert "王芳" not in page
    factories.post(factories.person("离开的"), tree.county, until_on="2024-01-01")
    page = body(operator.get(reverse("work:accounts")))
    assert page.index("何建平") < page.index("离开的")


def test_the_list_tells_the_state_of_each_account(tree: factories.Tree, operator: Client, at: datetime) -> None:
    factories.account(tree.chair, "laohe", is_active=False)
    zhangmin = factories.account(tree.officer, "zhangmin", seen_at=at)
    second_factor(zhangmin)
    lines = dict(_lines(body(operator.get(reverse("work:accounts")))))
    assert "已停用" in lines["何建平"]
    assert all(words in lines["张敏"] for words in ("使用中", "已设置", "zhangmin"))
    assert "没有账号" in lines["陈立"]


def _lines(page: str) -> list[tuple[str, str]]:
    rows = re.findall(r'<tr role="row" class="line.*?</tr>', page, re.DOTALL)
    return [(re.search(r"<a [^>]*>([^<]+)</a>", row)[1], row) for row in rows]  # type: ignore[index]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"q": "zm"}, {"张敏"}),
        ({"q": "laoh"}, {"何建平"}),
        ({"q": "没有这个人"}, set()),
        ({"show": "others"}, {"何建平"}),
        ({"show": "former"}, {"离开的"}),
        ({"state": "closed"}, {"何建平"}),
        ({"state": "bare"}, {"系统员"}),
        ({"state": "open"}, {"系统员", "张敏"}),
        ({"show": "officers", "state": "none"}, {"陈立", "赵清", "周远"}),
        ({"state": "no such state"}, {"系统员", "张敏", "何建平", "陈立", "赵清", "周远", "离开的"}),
    ],
)
def test_the_list_is_filtered(tree: factories.Tree, operator: Client, asked: dict[str, str], names: set[str]) -> None:
    factories.account(tree.chair, "laohe", is_active=False)
    second_factor(factories.account(tree.officer, "zhangmin"))
    factories.post(factories.person("离开的"), tree.county, until_on="2024-01-01")
    assert {name for name, _ in _lines(body(operator.get(reverse("work:accounts"), asked)))} == names


def test_a_county_s_operator_sees_the_county_only(tree: factories.Tree, sign_in: SignIn) -> None:
    county_s = factories.person("区管理员")
    factories.post(county_s, tree.county, "system_operator")
    client = sign_in(Client(), county_s)
    names = {name for name, _ in _lines(body(client.get(reverse("work:accounts"))))}
    assert names == {"张敏", "何建平", "区管理员"}
    assert client.get(address("account", tree.leader)).status_code == 404


def test_the_list_and_a_page_cost_the_same_at_one_and_at_thirty_rows(
    tree: factories.Tree, operator: Client, django_assert_max_num_queries: Any
) -> None:
    operator.get(reverse("work:accounts"))

    def cost(where: str) -> int:
        with django_assert_max_num_queries(8) as seen:
            assert operator.get(where).status_code == 200
        return len(seen)

    few = cost(reverse("work:accounts"))
    for number in range(30):
        person = factories.person(f"白{'一二三四五六七八九十'[number % 10]}{'甲乙丙'[number // 10]}")
        factories.post(person, tree.county, "office_officer")
        factories.account(person)
    assert cost(reverse("work:accounts")) == few
    factories.account(tree.officer, "zhangmin")
    with django_assert_max_num_queries(9):
        assert operator.get(address("account", tree.officer)).status_code == 200


# ── who may ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["account", *ACTS])
def test_only_whoever_manages_accounts_comes_here(tree: factories.Tree, sign_in: SignIn, name: str) -> None:
    where = address(name, tree.officer)
    assert sign_in(Client(), tree.leader).get(where).status_code == 403
    assert sign_in(Client(), tree.foreign_officer).get(where).status_code == 404
    assert reverse("work:accounts") not in body(sign_in(Client(), tree.officer).get(reverse("work:home")))


def test_a_plain_member_s_account_is_not_here(tree: factories.Tree, operator: Client) -> None:
    assert operator.get(address("account", tree.member)).status_code == 404


@pytest.mark.parametrize("name", ACTS)
def test_each_act_wants_a_fresh_proof(tree: factories.Tree, name: str) -> None:
    client = sit_down(Client(), factories.account(tree.operator))
    session = client.session
    session["sitting"] |= {"fresh": "2020-01-01T00:00:00+08:00"}
    session.save()
    for answer in (client.get(address(name, tree.officer)), client.post(address(name, tree.officer))):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("signin:confirm"))


# ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_account_is_opened_with_a_password_that_is_shown_once_and_must_be_changed(
    tree: factories.Tree, operator: Client
) -> None:
    where = address("account_open", tree.officer)
    assert where in body(operator.get(address("account", tree.officer)))
    assert 'value="zhangmin"' in body(operator.get(where))
    facts = {"username": " ZhangMin ", "seen": "on", "key": "a"}
    slip = operator.post(where, facts)
    password = password_on(slip)
    assert slip["Cache-Control"] == "no-store"
    made = Account.objects.get(person=tree.officer)
    assert made.username == "zhangmin"
    assert made.check_password(password)
    assert made.password_changed_at is None
    assert told(tree.officer) == ["为您开立了账号"]
    assert password not in Message._base_manager.get(person=tree.officer).body
    assert facts_of("accounts.open_for_holder") == {}
    again = operator.post(where, facts, follow=True)
    assert "只显示一次" in body(again)
    assert not PASSWORD.search(body(again))
    assert Account.objects.get(person=tree.officer).check_password(password)
    assert operator.get(where).status_code == 409


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"username": "zm"}, "3 到 40 个小写字母"),
        ({"username": "13800001111"}, "以字母开头"),
        ({"username": "张敏"}, "3 到 40 个小写字母"),
        ({"username": "laohe"}, "已经有人用了"),
        ({"username": "zhangmin", "seen": ""}, "请先核对"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    tree: factories.Tree, operator: Client, facts: dict[str, str], words: str
) -> None:
    factories.account(tree.chair, "laohe")
    answer = operator.post(address("account_open", tree.officer), {"seen": "on", **facts})
    assert answer.status_code == 422
    assert words in body(answer)
    assert f'value="{facts["username"]}"' in body(answer)
    assert not Account.objects.filter(person=tree.officer).exists()


def test_nobody_without_a_post_gets_an_account(tree: factories.Tree, operator: Client) -> None:
    left = factories.person("离开的")
    factories.post(left, tree.county, until_on="2024-01-01")
    assert address("account_open", left) not in body(operator.get(address("account", left)))
    answer = operator.post(address("account_open", left), {"username": "likai", "seen": "on"})
    assert "现在没有职务" in body(answer)


# ── password, second factor ─────────────────────────────────────────────────────────────────────────────────


def test_a_one_time_password_ends_what_is_open_and_lifts_the_lock(
    tree: factories.Tree, operator: Client, at: datetime
) -> None:
    account = factories.account(tree.officer, "zhangmin", password="Alt-wort-2026", password_changed_at=at)
    elsewhere = sit_down(Client(), account)
    for _ in range(limits.PASSWORD.failures):
        limits.try_once(limits.PASSWORD, "zhangmin", at=_now())
        limits.failed(limits.PASSWORD, "zhangmin", at=_now())
    assert "暂时锁定" in body(operator.get(reverse("work:accounts")))
    assert "暂时锁定" in body(operator.get(address("account", tree.officer)))
    where = address("account_password", tree.officer)
    assert 'name="username"' not in body(operator.get(where))
    assert operator.post(where, {"key": "empty"}).status_code == 422
    first, second = (password_on(operator.post(where, {"seen": "on", "key": "a"})) for _ in range(2))
    account.refresh_from_db()
    assert first != second
    assert account.check_password(second)
    assert account.password_changed_at is None
    assert "暂时锁定" not in body(operator.get(address("account", tree.officer)))
    assert elsewhere.get(reverse("signin:devices")).status_code == 302
    assert told(tree.officer) == ["您的登录密码被重设"] * 2


def _now() -> datetime:
    from django.utils import timezone

    return timezone.now()


def test_whoever_came_by_phone_is_given_a_name_to_sign_in_with(tree: factories.Tree, operator: Client) -> None:
    account = factories.account(tree.chair, "u8f3k2m9qx4")
    where = address("account_password", tree.chair)
    assert 'value="hejianping"' in body(operator.get(where))
    factories.account(tree.leader, "chenli")
    assert "已经有人用了" in body(operator.post(where, {"username": "chenli", "seen": "on"}))
    password = password_on(operator.post(where, {"username": "hejianping", "seen": "on"}))
    account.refresh_from_db()
    assert account.username == "hejianping"
    assert account.check_password(password)


def test_a_second_factor_is_reset_for_a_reason(tree: factories.Tree, operator: Client) -> None:
    account = factories.account(tree.officer, "zhangmin")
    where = address("account_second_factor", tree.officer)
    assert where not in body(operator.get(address("account", tree.officer)))
    second_factor(account)
    page = body(operator.get(address("account", tree.officer)))
    assert where in page
    assert "0 处" in page
    assert operator.post(where, {"seen": "on"}).status_code == 422
    assert operator.post(where, {"seen": "on", "reason": "lost"}).status_code == 302
    assert not Authenticator.objects.filter(user=account).exists()
    assert facts_of("accounts.reset_second_factor") == {"reason": "lost"}
    assert told(tree.officer) == ["您的动态码被重设"]
    assert "手机丢失" in Message._base_manager.get(person=tree.officer).body


# ── closing, reopening ──────────────────────────────────────────────────────────────────────────────────────


def test_an_account_is_closed_for_a_reason_and_opened_again_without_its_password(
    tree: factories.Tree, operator: Client
) -> None:
    account = factories.account(tree.officer, "zhangmin", password="Alt-wort-2026")
    elsewhere = sit_down(Client(), account)
    where = address("account_close", tree.officer)
    assert operator.post(where, {"key": "empty"}).status_code == 422
    assert operator.post(where, {"reason": "left"}).status_code == 302
    assert elsewhere.get(reverse("signin:devices")).status_code == 302
    assert facts_of("accounts.close") == {"reason": "left"}
    page = body(operator.get(address("account", tree.officer)))
    assert "已停用" in page
    assert where not in page
    refused = operator.post(address("account_password", tree.officer), {"seen": "on"})
    assert "请先恢复账号" in body(refused)
    assert operator.post(address("account_reopen", tree.officer), {"seen": "on"}).status_code == 302
    account.refresh_from_db()
    assert account.is_active
    assert not account.has_usable_password()
    assert told(tree.officer) == ["您的账号被停用", "您的账号恢复使用"]
    assert "不需要恢复" in body(operator.post(address("account_reopen", tree.officer), {"seen": "on"}))


def test_nobody_manages_the_own_account(tree: factories.Tree, operator: Client) -> None:
    assert "由另一位管理员办理" in body(operator.get(address("account", tree.operator)))
    for name, facts in (
        ("account_password", {"seen": "on", "username": "sysop"}),
        ("account_second_factor", {"seen": "on", "reason": "lost"}),
        ("account_close", {"reason": "left"}),
        ("account_reopen", {"seen": "on"}),
    ):
        answer = operator.post(address(name, tree.operator), facts)
        assert "请由另一位管理员办理" in body(answer), name
        assert answer.status_code == 422


def test_a_county_s_operator_does_not_come_by_an_account_of_the_city(tree: factories.Tree, sign_in: SignIn) -> None:
    county_s = factories.person("区管理员")
    factories.post(county_s, tree.county, "system_operator")
    factories.post(tree.leader, tree.county, "office_officer")  # serves the city, and the county beside it
    account = factories.account(tree.leader, "chenli", password="Alt-wort-2026")
    client = sign_in(Client(), county_s)
    answer = client.post(address("account_password", tree.leader), {"seen": "on"})
    assert "请由上级的系统管理员办理" in body(answer)
    account.refresh_from_db()
    assert account.check_password("Alt-wort-2026")


def test_whoever_left_and_still_has_an_account_is_named(tree: factories.Tree, operator: Client) -> None:
    left = factories.person("离开的")
    factories.post(left, tree.county, "office_officer", until_on="2024-01-01", ending="retired")
    factories.account(left, "likai", seen_at=_now() - timedelta(days=400))
    page = body(operator.get(address("account", left)))
    assert "已经没有职务，账号还在使用" in page
    assert "2024-01-01 离任，退休" in page
