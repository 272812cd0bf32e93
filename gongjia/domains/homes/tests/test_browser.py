"""The public face in a browser: the chair's way on a phone with and without script; every page fit for every eye."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from gongjia.backbone.posts.models import Post
from gongjia.domains.homes.models import Card, Display
from gongjia.domains.homes.tests.conftest import keep_site, show_all
from gongjia.kernel.actors import Actor
from tests import factories
from tests.eyes import expect, window, wrong_with

pytestmark = [pytest.mark.browser, pytest.mark.system("O12"), pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Client, Any], Client]
Tree = factories.Tree


@pytest.mark.parametrize("script", [True, False])
def test_a_chair_shows_the_union_from_a_phone(
    browser: Any, live_server: Any, tree: Tree, sign_in: SignIn, script: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    phone = sign_in(Client(), tree.chair)
    with window(browser, live_server, phone, java_script_enabled=script) as page:
        page.goto("/desk/faces/")
        page.get_by_role("link", name=re.compile("填写.*工会主席的职责")).click()
        page.get_by_role("button", name="保存并公开").click()
        page.goto("/my/names/")
        page.get_by_label("办公电话").fill("0715-0880016")
        page.get_by_role("button", name="同意公开姓名").click()
        expect(page.get_by_text("姓名已公开")).to_be_visible()
        page.goto(f"/desk/faces/{tree.union.reference}/")
        for zh in ("亮牌子", "亮身份", "亮承诺"):
            page.get_by_role("link", name=re.compile(f"登记.*{zh}")).click()
            page.get_by_role("button", name="登记", exact=True).click()
            expect(page.get_by_text(f"“{zh}”已经登记")).to_be_visible()
        page.get_by_role("link", name="登记自己的阵地").click()
        page.get_by_label("阵地名称").fill("青禾样例职工之家")
        page.get_by_label("地址").fill("样例路 1 号")
        page.get_by_label("开放时间").fill("每天 8:00–20:00")
        page.get_by_label("职工之家在这里").check()
        page.get_by_label("图书阅览").check()
        page.get_by_role("button", name="保存并公开").click()
        expect(page.get_by_text("三亮和阵地都齐全")).to_be_visible()
    with window(browser, live_server, java_script_enabled=script) as page:
        page.goto(f"/unions/{tree.union.reference}/")
        expect(page.get_by_text("何建平").first).to_be_visible()
        page.get_by_text("岗位职责").click()
        expect(page.get_by_text("主持工会委员会的工作")).to_be_visible()
        expect(page.get_by_text("图书阅览")).to_be_visible()


def test_the_pages_are_fit_for_every_eye(
    browser: Any, live_server: Any, tree: Tree, chair: Actor, post: Post, sign_in: SignIn, at: datetime
) -> None:
    show_all(chair, tree.union, post, at)
    keep_site(chair, tree.union, at)
    other = factories.organisation("溪口样例工会", tree.county, kind="grassroots_union")
    plate = Display._base_manager.get(kind="plate")
    card = Card._base_manager.get()
    desk, above = sign_in(Client(), tree.chair), sign_in(Client(), tree.officer)
    own, lone = f"/desk/faces/{tree.union.reference}/", f"/desk/faces/{other.reference}/"
    looked = [
        (None, f"/unions/{tree.union.reference}/"),
        *((desk, f"{own}{page}") for page in ("", "duty/?role=chair", "names/", "site/", "site/close/", "plate/")),
        (desk, f"{own}sheet/"),
        (desk, f"/desk/displays/{plate.reference}/down/"),
        (desk, "/my/names/"),
        (desk, f"/my/names/{card.reference}/withdraw/"),
        (above, "/desk/faces/"),
        (above, f"/desk/displays/{plate.reference}/check/"),
        *((above, f"{lone}{page}") for page in ("", "show/?kind=plate", "site/use/")),
    ]
    wrong = [each for client, path in looked for each in wrong_with(browser, live_server, path, client)]
    assert not wrong, wrong
