"""A card is checked with the network cut off: on the page that was opened before, and on the copy that was kept."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gongjia.domains.enrolment import cards
from gongjia.engines.papers import proofs
from gongjia.kernel import clock, keyring, statements
from gongjia.kernel.keys import Keyring
from gongjia.kernel.reach import everywhere
from gongjia.kernel.statements import Statement
from tests import factories
from tests.eyes import PHONE, window, wrong_with

pytestmark = [pytest.mark.browser, pytest.mark.system("O8"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def address(tree: factories.Tree) -> str:
    """What the code of a member's card holds, signed today as the browser counts."""
    with everywhere(reason="test"):
        return cards.card_of(tree.membership, "王小芳", at=clock.now()).address


@pytest.fixture
def kept(client: Client, tmp_path: Path) -> str:
    """The page as somebody keeps it on a phone."""
    file = tmp_path / "offline.html"
    file.write_bytes(client.get("/verify/offline/?keep").content)
    return file.as_uri()


@pytest.fixture(params=["open", "kept"])
def page(request: Any, browser: Any, live_server: Any, kept: str, tree: factories.Tree) -> Iterator[Any]:
    with window(browser, live_server, None, width=PHONE) as found:
        found.goto("/verify/offline/" if request.param == "open" else kept)
        found.context.set_offline(True)
        yield found


def check(page: Any, text: str) -> str:
    page.get_by_label("二维码里的文字").fill(text)
    page.get_by_role("button", name="核验").click()
    page.locator("#answer:not([hidden])").wait_for()
    return str(page.locator("#answer").inner_text())


def test_without_a_network_a_card_is_good_and_a_forged_one_is_not(
    page: Any, address: str, tree: factories.Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = check(page, f" {address[:40]}\n{address[40:]} ")
    assert "会员证核验通过" in said
    assert "王*芳" in said
    assert tree.union.name in said
    assert "没有联网" in said, "what the signature cannot know is said"
    token = proofs.token_in(address)
    for at in (0, 1, 2, 5, 20, len(token) // 2, len(token) - 80, len(token) - 2):
        other = "A" if token[at] != "A" else "B"
        assert "核验不通过" in check(page, token[:at] + other + token[at + 1 :])
    for text in ("今天天气不错", token[:-4], f"{token}AAAA", f"{token}=", "<img src=x onerror=alert(1)>"):
        assert "核验不通过" in check(page, text)
    monkeypatch.setattr(keyring, "current", Keyring.create)
    assert "核验不通过" in check(page, statements.signed(Statement("m", "ABCDEFGHJK", clock.now().date())))


def test_without_a_network_a_card_speaks_until_its_last_day(page: Any, tree: factories.Tree) -> None:
    def signed(days: int) -> str:
        with everywhere(reason="test"):
            return cards.card_of(tree.membership, "王小芳", at=clock.now() - timedelta(days=days)).address

    assert "会员证核验通过" in check(page, signed(30))
    said = check(page, signed(31))
    assert "已经过期" in said
    assert "核验通过" not in said


def test_after_a_change_of_keys_the_page_knows_old_and_new_ones(
    browser: Any, live_server: Any, tree: factories.Tree, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = keyring.current().add_generation().retire_old()
    monkeypatch.setattr(keyring, "current", lambda: later)
    with everywhere(reason="test"):
        after = cards.card_of(tree.membership, "王小芳", at=clock.now()).address
    with window(browser, live_server, None, width=PHONE) as page:
        page.goto("/verify/offline/")
        page.context.set_offline(True)
        assert "核验通过" in check(page, address)
        assert "核验通过" in check(page, after)


def test_the_pages_of_checking_are_fit_for_every_eye(
    browser: Any, live_server: Any, tree: factories.Tree, address: str, at: datetime
) -> None:
    wrong: list[str] = []
    for path in ("/verify/", "/verify/offline/", f"/v/{proofs.token_in(address)}/"):
        wrong += wrong_with(browser, live_server, path, None)
    assert wrong == []
