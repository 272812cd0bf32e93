"""Changes of membership in a browser: the worker on a phone, without script too; the officer at the desk."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gongjia.domains.enrolment.changes.models import BulkTransfer, Correction, Leaving, Transfer
from gongjia.domains.enrolment.changes.tests.conftest import Change, rows_of
from gongjia.domains.enrolment.changes.words import Fact
from tests import factories
from tests.eyes import expect, window, wrong_with

pytestmark = [pytest.mark.browser, pytest.mark.system("O8"), pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Client, Any], Client]


@pytest.mark.parametrize("script", [True, False])
def test_a_worker_transfers_corrects_and_leaves(
    browser: Any, live_server: Any, change: Change, sign_in: SignIn, script: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    tree = change.tree
    phone, chair, other = (sign_in(Client(), who) for who in (tree.member, tree.chair, change.in_chair))
    with window(browser, live_server, phone, java_script_enabled=script) as page:
        page.goto("/my/membership/")
        page.get_by_role("link", name="换了单位，转接会籍").click()
        page.get_by_label("工会或单位的名称").fill("渡口样例")
        page.get_by_role("button", name="查找", exact=True).click()
        page.get_by_role("link", name=tree.foreign_union.name).click()
        page.get_by_text("换了工作单位").click()
        page.get_by_role("button", name="提出转接").click()
        expect(page.get_by_text("等转出工会确认").first).to_be_visible()
    with window(browser, live_server, chair, width=1440, java_script_enabled=script) as page:
        page.goto("/desk/changes/")
        page.get_by_role("link", name="王芳：会籍转接").click()
        page.get_by_role("button", name="确认转出").click()
        expect(page.get_by_text("已经确认转出。")).to_be_visible()
    with window(browser, live_server, other, width=1440, java_script_enabled=script) as page:
        page.goto("/desk/changes/")
        page.get_by_role("link", name="王芳：会籍转接").click()
        page.get_by_role("button", name="同意接收").click()
        expect(page.get_by_text("已转接").first).to_be_visible()
    with window(browser, live_server, phone, java_script_enabled=script) as page:
        page.goto("/my/membership/")
        page.get_by_role("link", name="更正我的信息").click()
        page.get_by_role("link", name="民族", exact=True).click()
        page.get_by_label("民族应当是").fill("土家族")
        page.get_by_role("button", name="送工会核对").click()
        expect(page.get_by_text("等工会核对").first).to_be_visible()
        page.goto("/my/membership/leave/")
        page.get_by_label("我看过退会以后会怎样").check()
        page.get_by_role("button", name="提出退会").click()
        expect(page.get_by_text("等工会谈话、宣布").first).to_be_visible()
    with window(browser, live_server, other, width=1440, java_script_enabled=script) as page:
        page.goto("/desk/changes/")
        page.get_by_role("link", name="信息更正：民族").click()
        page.get_by_role("button", name="同意更正").click()
        page.get_by_role("link", name="王芳：退会").click()
        page.get_by_role("button", name="宣布退会").click()
        expect(page.get_by_text("已经宣布王芳退会。")).to_be_visible()
    assert [row.ending for row in rows_of(tree.member)] == ["transferred", "left"]
    assert Correction._base_manager.get().state == "approved"
    assert Leaving._base_manager.get().state == "left"


def test_the_worker_s_pages_are_fit_for_every_eye(
    browser: Any, live_server: Any, change: Change, sign_in: SignIn
) -> None:
    phone = sign_in(Client(), change.tree.member)
    chair = sign_in(Client(), change.tree.chair)
    looked = [
        "/my/membership/transfer/?q=样例",
        "/my/membership/transfer/?place=没有",
        f"/my/membership/transfer/to/{change.tree.foreign_union.reference}/",
        "/my/membership/transfer/code/",
        "/my/membership/leave/",
        "/my/membership/correct/",
        *(f"/my/membership/correct/?fact={each}" for each in (Fact.NAME, Fact.ETHNICITY)),
    ]
    wrong = [each for path in looked for each in wrong_with(browser, live_server, path, phone)]
    made, name = change.transfer(), change.correction()
    chair.post(f"/desk/changes/transfers/{made.reference}/", {"object": "1", "words": "工具没有交还"})
    chair.post(f"/desk/changes/corrections/{name.reference}/", {"return": "1", "words": "请带身份证"})
    looked = [
        "/my/membership/",
        f"/my/membership/transfers/{made.reference}/",
        f"/my/membership/corrections/{name.reference}/",
    ]
    wrong += [each for path in looked for each in wrong_with(browser, live_server, path, phone)]
    phone.post(f"/my/membership/transfers/{made.reference}/", {"withdraw": "1"})
    leaving = change.leaving("想清静")
    wrong += wrong_with(browser, live_server, f"/my/membership/leaving/{leaving.reference}/", phone)
    assert not wrong, wrong


def test_the_unions_pages_are_fit_for_every_eye(
    browser: Any, live_server: Any, change: Change, sign_in: SignIn
) -> None:
    tree = change.tree
    chair, other = sign_in(Client(), tree.chair), sign_in(Client(), change.in_chair)
    wrong = wrong_with(browser, live_server, "/desk/changes/", chair)
    factories.membership(factories.person("孙样例"), tree.union)
    made, name, batch = change.transfer(), change.correction(), change.bulk()
    number = change.correction(Fact.ID_NUMBER, factories.id_number(7777))
    whole = f"/desk/changes/corrections/{number.reference}/numbers/"
    chair.post(whole, {"purpose": "verify"})
    reference = tree.membership.reference
    acts = ("transfer", "retained", "left", "lapsed", "expelled", "died")
    looked = [
        "/desk/changes/",
        "/desk/changes/?tab=out",
        "/desk/changes/rows/?what=in",
        "/desk/changes/transfers/by-code/",
        f"/desk/changes/transfers/{made.reference}/",
        f"/desk/changes/corrections/{name.reference}/",
        whole,
        f"/desk/members/{reference}/change/",
        *(f"/desk/members/{reference}/change/?act={each}" for each in acts),
        f"/desk/unions/{tree.union.reference}/bulk-transfers/",
        f"/desk/changes/bulk-transfers/{batch.reference}/",
    ]
    wrong += [each for path in looked for each in wrong_with(browser, live_server, path, chair)]
    chair.post(f"/desk/changes/bulk-transfers/{batch.reference}/", {"send": "1"})
    chair.post(f"/desk/changes/transfers/{made.reference}/", {"confirm": "1"})
    looked = [f"/desk/changes/bulk-transfers/{batch.reference}/", f"/desk/changes/transfers/{made.reference}/"]
    wrong += [each for path in looked for each in wrong_with(browser, live_server, path, other)]
    assert Transfer._base_manager.get().state == "in"
    assert BulkTransfer._base_manager.get().state == "in"
    assert not wrong, wrong
