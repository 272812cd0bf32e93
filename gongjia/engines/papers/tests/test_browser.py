"""A clerk changes a template in a browser; every page fit for every eye."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gongjia.engines.papers.tests.conftest import REPLY
from gongjia.engines.papers.tests.test_issuing import issue
from gongjia.engines.papers.tests.test_templates import document
from gongjia.kernel.reach import everywhere
from tests import factories
from tests.eyes import browser, expect, window, wrong_with  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.system("O8"), pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Client, Any], Client]


@pytest.mark.parametrize("script", [True, False])
def test_a_clerk_changes_a_word_template_and_sees_it_at_once(
    browser: Any, live_server: Any, tree: factories.Tree, sign_in: SignIn, tmp_path: Path,  # noqa: F811
    script: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    wrong, right = tmp_path / "wrong.docx", tmp_path / "right.docx"
    wrong.write_bytes(document("{{ 公会名称 }}"))
    right.write_bytes(document("我们的批复：{{ 工会名称 }}"))
    clerk = sign_in(Client(), tree.officer)
    with window(browser, live_server, clerk, width=1440, java_script_enabled=script, answers=(409,)) as page:
        page.goto("/desk/papers/")
        page.get_by_role("link", name="Word 模板").click()
        page.get_by_role("link", name=REPLY.zh).click()
        expect(page.get_by_text("用的是随附的模板")).to_be_visible()
        page.get_by_label("改好的 Word 文件").set_input_files(wrong)
        page.get_by_role("button", name="上传并启用").click()
        expect(page.get_by_text("您是不是想写“工会名称”")).to_be_visible()
        page.get_by_label("改好的 Word 文件").set_input_files(right)
        page.get_by_role("button", name="上传并启用").click()
        expect(page.get_by_text("我们的批复：鸿运物业有限公司工会")).to_be_visible()
        page.get_by_role("button", name="恢复随附的模板").click()
        expect(page.get_by_text("用的是随附的模板")).to_be_visible()


def test_the_office_s_pages_are_fit_for_every_eye(
    browser: Any, live_server: Any, tree: factories.Tree, sign_in: SignIn, at: datetime  # noqa: F811
) -> None:  # fmt: skip
    with everywhere(reason="test"):
        paper = issue(REPLY, tree.county, at, addressee=tree.union)
    officer = sign_in(Client(), tree.officer)
    wrong: list[str] = []
    for path in (
        "/desk/papers/",
        f"/desk/papers/{paper.reference}/",
        f"/desk/papers/{paper.reference}/void/",
        f"/desk/unions/{tree.county.reference}/numbers/",
        f"/desk/unions/{tree.county.reference}/templates/",
        f"/desk/unions/{tree.county.reference}/template/?kind={REPLY.code}",
    ):
        wrong += wrong_with(browser, live_server, path, officer)
    assert wrong == []
