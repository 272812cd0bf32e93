"""Joining in a browser: on a phone without script, and every page fit for every eye."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from gongjia.domains.enrolment.models import Application, Poster
from gongjia.domains.enrolment.tests.conftest import Newcomer
from tests import factories
from tests.eyes import expect, window, wrong_with

pytestmark = [pytest.mark.browser, pytest.mark.system("O7"), pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Client, Any], Client]


@pytest.mark.parametrize("script", [True, False])
def test_a_phone_joins_with_and_without_script(
    browser: Any, live_server: Any, tree: factories.Tree, poster: Poster, newcomer: Newcomer, sign_in: SignIn,
    script: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    phone = sign_in(Client(), newcomer().account)
    with window(browser, live_server, phone, java_script_enabled=script) as page:
        page.goto(f"/j/{poster.reference}/")
        page.get_by_role("link", name="我要入会").click()
        page.get_by_label("姓名").fill("白小满")
        page.get_by_label("身份证号").fill(factories.id_number(901))
        page.get_by_text("青禾样例制衣有限公司").click()
        page.get_by_role("button", name="同意并申请入会").click()
        expect(page.get_by_text("已经送到工会")).to_be_visible()
        page.go_back()
        page.reload()
        expect(page.get_by_text("已经送到工会")).to_be_visible()
    application = Application._base_manager.get()
    assert (application.employer, application.state) == (tree.employer, "submitted")
    chair = sign_in(Client(), tree.chair)
    with window(browser, live_server, chair, width=1440, java_script_enabled=script) as page:
        page.goto("/desk/joining/")
        page.get_by_role("link", name="白小满").click()
        page.get_by_role("button", name="同意入会").click()
        expect(page.get_by_text("白小满已经入会。")).to_be_visible()
    with window(browser, live_server, phone, java_script_enabled=script) as page:
        page.goto("/my/membership/")
        expect(page.get_by_text("中国工会会员证")).to_be_visible()


def test_the_worker_s_pages_are_fit_for_every_eye(
    browser: Any, live_server: Any, tree: factories.Tree, poster: Poster, newcomer: Newcomer, sign_in: SignIn,
    at: datetime,
) -> None:  # fmt: skip
    fresh, waiting, returned = newcomer(), newcomer(), newcomer()
    for number, worker in enumerate((waiting, returned)):
        worker.apply(poster, number=901 + number, at=at, employer=tree.employer, group="courier")
    mine, back = Application._base_manager.order_by("pk")
    answer = {"send_back": "return", "reason": "other", "words": "请核对"}
    sign_in(Client(), tree.chair).post(f"/desk/joining/{back.reference}/", answer)
    dead = Poster._base_manager.create(organisation=tree.union, made_at=at, revoked_at=at)
    phone = sign_in(Client(), fresh.account)
    looked = [
        (None, f"/j/{poster.reference}/"),
        (None, f"/j/{dead.reference}/"),
        (phone, f"/j/{poster.reference}/join/"),
        (None, "/join/?county=421202&group=courier"),
        (phone, "/my/membership/"),
        (sign_in(Client(), waiting.account), f"/joining/{mine.reference}/"),
        (sign_in(Client(), returned.account), f"/joining/{back.reference}/"),
        (sign_in(Client(), tree.member), "/my/membership/"),
    ]
    over = f"/j/{dead.reference}/"
    wrong = [
        each
        for client, path in looked
        for each in wrong_with(browser, live_server, path, client, answer=410 if path == over else 200)
    ]
    assert not wrong, wrong


def test_the_union_s_pages_are_fit_for_every_eye(
    browser: Any, live_server: Any, tree: factories.Tree, poster: Poster, newcomer: Newcomer, sign_in: SignIn,
    at: datetime,
) -> None:  # fmt: skip
    chair = sign_in(Client(), tree.chair)
    empty = wrong_with(browser, live_server, "/desk/joining/", chair)
    roster = factories.person("田小麦", number=950)
    factories.membership(roster, tree.union)
    newcomer().apply(poster, number=901, at=at)
    newcomer().apply(poster, number=950, at=at, name="田小麦")
    newcomer().apply(poster, number=0, at=at, name="李青禾", id_number=tree.foreign_member.reveal("id_number"))
    looked = [
        "/desk/joining/",
        *(f"/desk/joining/{each.reference}/" for each in Application._base_manager.all()),
        f"/desk/unions/{tree.union.reference}/posters/",
        f"/desk/posters/{poster.reference}/",
    ]
    wrong = empty + [each for path in looked for each in wrong_with(browser, live_server, path, chair)]
    assert not wrong, wrong
