"""Voices in a browser: the worker on a phone, with script and without; the officer at the desk; every page for every
eye."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gongjia.domains.voices import handling
from gongjia.domains.voices.models import SmallMatter, Voice
from gongjia.domains.voices.tests.conftest import WORDS, Desk
from gongjia.domains.voices.words import Subject
from gongjia.kernel.reach import everywhere
from tests import eyes
from tests.eyes import expect, window, wrong_with

pytestmark = [pytest.mark.browser, pytest.mark.system("R1"), pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Client, Any], Client]


@pytest.mark.parametrize("script", [True, False])
def test_a_worker_speaks_and_is_answered(
    browser: Any, live_server: Any, desk: Desk, sign_in: SignIn, script: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    phone, officer, other = (sign_in(Client(), who) for who in (desk.tree.member, desk.officer, desk.colleague))
    with window(browser, live_server, phone, java_script_enabled=script) as page:
        page.goto("/my/")
        page.get_by_role("link", name="我要反映").first.click()
        page.get_by_label("想说什么，直接写").press_sequentially(WORDS)
        if script:
            expect(page.get_by_text("单位拖欠工资怎么办")).to_be_visible()
        page.get_by_role("button", name="下一步").click()
        expect(page.get_by_text("您的档案").first).to_be_visible()
        page.get_by_role("button", name="送出").click()
        expect(page.get_by_text("已经收到").first).to_be_visible()
        expect(page.get_by_text("工会签收").first).to_be_visible()
    with window(browser, live_server, officer, width=1440, java_script_enabled=script) as page:
        page.goto("/desk/voices/")
        page.get_by_role("link", name="工资报酬").first.click()
        page.get_by_role("button", name="受理", exact=True).click()
        expect(page.get_by_text("已经受理").first).to_be_visible()
        page.get_by_label("答复", exact=False).first.fill("单位已经把三个月工资补发到卡上。")
        page.get_by_role("button", name="办结答复").click()
        expect(page.get_by_text("等别人回访")).to_be_visible()
    with window(browser, live_server, phone, java_script_enabled=script) as page:
        page.goto("/my/voices/")
        page.get_by_role("link", name="工资报酬").click()
        page.get_by_label("想说的话").fill("还差一个月")
        page.get_by_role("button", name="不满意，请重新办理").click()
        expect(page.get_by_text("已经退回重新办理").first).to_be_visible()
    with window(browser, live_server, other, width=1440, java_script_enabled=script) as page:
        page.goto("/desk/voices/")
        page.get_by_role("link", name="工资报酬").first.click()
        page.get_by_label("答复", exact=False).first.fill("最后一个月也已经补发，附转账记录。")
        page.get_by_role("button", name="办结答复").click()
        expect(page.get_by_text("等别人回访")).to_be_visible()
    with window(browser, live_server, officer, width=1440, java_script_enabled=script) as page:
        page.goto(f"/desk/voices/{Voice._base_manager.get().reference}/")
        page.get_by_label("满意", exact=True).check()
        page.get_by_role("button", name="回访").click()
        expect(page.get_by_text("归档了").first).to_be_visible()
    assert Voice._base_manager.get().state == "archived"


def test_without_a_name_on_a_phone(browser: Any, live_server: Any, desk: Desk) -> None:
    with window(browser, live_server, Client()) as page:
        page.goto("/speak/")
        page.get_by_label("想说什么，直接写").fill("食堂饭菜太差，宿舍没有热水")
        page.get_by_role("button", name="下一步").click()
        page.get_by_label("在哪个区县").select_option("421202")
        page.get_by_role("button", name="送出").click()
        expect(page.get_by_text("没有记下您是谁")).to_be_visible()
    assert Voice._base_manager.get().is_anonymous


def test_every_page_is_fit_for_every_eye(browser: Any, live_server: Any, desk: Desk, sign_in: SignIn) -> None:
    asked = desk.act(handling.ask, desk.accepted(), words="请补充工资条")
    answered, fresh = desk.answered(), desk.speak(people=12)
    small = desk.speak(words="宿舍没有热水", subject=Subject.WELFARE)
    with everywhere(reason="test"):
        handling.mark_small(voice=desk.fresh(small), title="宿舍没有热水", by=desk.handler, at=desk.at)
    matter = SmallMatter._base_manager.get()
    county = desk.tree.county.reference
    phone, officer = sign_in(Client(), desk.tree.member), sign_in(Client(), desk.officer)
    mine = [f"/my/voices/{each.reference}/" for each in (asked, answered, fresh)]
    for client, paths in (
        (phone, ["/my/", "/my/voices/", "/my/voices/new/", *mine, f"{mine[2]}?sent=1"]),
        (Client(), ["/", "/speak/", "/answers/?topic=wages", f"/unions/{county}/small-matters/"]),
        (
            officer,
            [
                "/desk/voices/", "/desk/voices/new/", "/desk/voices/groups/", "/desk/voices/rows/",
                "/desk/voices/uses/",
                *(f"/desk/voices/{each.reference}/" for each in (asked, answered, fresh)),
                "/desk/small-matters/", f"/desk/small-matters/{matter.reference}/",
                "/desk/answers/", "/desk/answers/new/",
            ],
        ),
    ):  # fmt: skip
        assert [each for path in paths for each in wrong_with(browser, live_server, path, client)] == []
    with window(browser, live_server, phone) as page:
        page.goto("/my/voices/new/")
        page.get_by_label("想说什么，直接写").fill(WORDS)
        page.get_by_role("button", name="下一步").click()
        expect(page.get_by_role("button", name="送出")).to_be_visible()
        assert eyes._seen(page, "phone", eyes.PHONE) == []
