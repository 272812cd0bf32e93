"""Anybody checks a code without an account; what is not ours is told in one and the same way."""

import base64
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from gongjia.backbone.memberships import services as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Ending
from gongjia.domains.enrolment import cards
from gongjia.engines.papers import proofs
from gongjia.kernel import keyring, statements
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.keys import Keyring
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("O8"), pytest.mark.django_db]
SignIn = Callable[[Client, Any], Client]


@pytest.fixture
def token(tree: factories.Tree, at: datetime) -> str:
    with everywhere(reason="test"):
        card = cards.card_of(tree.membership, "王小芳", at=at)
    return proofs.token_in(card.address)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_a_stranger_sees_whose_card_it_is_and_no_more(client: Client, tree: factories.Tree, token: str) -> None:
    answer = client.get(f"/v/{token}/")
    shown = text_of(answer)
    assert answer.status_code == 200
    assert "核验通过" in shown
    assert "王*芳" in shown
    assert tree.union.name in shown
    assert "2026年12月20日" in shown
    for secret in ("王小芳", tree.member.reveal("id_number"), tree.member.reveal("phone")):
        assert secret not in shown
        assert secret.encode() not in base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert "no-store" in answer["Cache-Control"]


def test_an_ended_membership_is_told_on_line_at_once(
    client: Client, tree: factories.Tree, token: str, at: datetime
) -> None:
    with everywhere(reason="test"):
        live = Membership.objects.get(pk=tree.membership.pk)
        memberships.end(membership=live, ending=Ending.LEFT, on=date(2026, 11, 20), by=COMMAND, at=at)
    answer = client.get(f"/v/{token}/")
    assert answer.status_code == 200
    assert "已经失效" in text_of(answer)
    assert "核验通过" not in text_of(answer)


@pytest.mark.parametrize(("days", "said"), [(30, "核验通过"), (31, "已经过期")])
def test_the_last_day_is_the_last(days: int, said: str, tree: factories.Tree, token: str, at: datetime) -> None:
    with everywhere(reason="test"):
        verdict = proofs.verdict_on(token, at=at + timedelta(days=days))
    assert verdict is not None
    assert verdict.is_over == (said == "已经过期")
    assert verdict.holds == (said == "核验通过")


def test_what_is_not_ours_gets_one_answer(
    client: Client, token: str, monkeypatch: pytest.MonkeyPatch, at: datetime
) -> None:
    current = keyring.current()
    other = Keyring.create()
    monkeypatch.setattr(keyring, "current", lambda: other)
    foreign = statements.signed(statements.Statement("m", "ABCDEFGHJK", at.date()))
    monkeypatch.setattr(keyring, "current", lambda: current)
    unknown_kind = statements.signed(statements.Statement("zz", "ABCDEFGHJK", at.date()))
    wrong = ["x", "none", token[:-1], token[1:], f"{token}A", token.swapcase(), foreign, unknown_kind, "王芳", "%00"]
    answers = {(answer.status_code, answer.content) for each in wrong if (answer := client.get(f"/v/{each}/"))}
    assert len(answers) == 1
    status, content = answers.pop()
    assert status == 422
    assert "核验不通过" in content.decode()


def test_a_pasted_address_with_spaces_and_line_ends_is_read(client: Client, token: str) -> None:
    pasted = f"  http://127.0.0.1:8000/v/{token[:50]}\n{token[50:]}/ "
    answer = client.post("/verify/", {"code": pasted}, follow=True)
    assert "核验通过" in text_of(answer)
    for wrong in ("今天天气不错", "http://a/b/c", "/v//"):
        answer = client.post("/verify/", {"code": wrong}, follow=True)
        assert "核验不通过" in text_of(answer)
    assert client.post("/verify/", {"code": ""}).status_code == 422


def test_trying_codes_out_is_slowed(client: Client, token: str) -> None:
    for _ in range(60):
        assert client.get("/v/none/").status_code == 422
    assert client.get(f"/v/{token}/").status_code == 429
    assert client.get("/verify/offline/").status_code == 200


def test_the_public_keys_are_published(client: Client) -> None:
    (key,) = statements.public_keys()
    assert key.text in text_of(client.get("/verify/"))
    kept = client.get("/verify/offline/?keep")
    assert "attachment" in kept["Content-Disposition"]
    assert key.text in text_of(kept)
    assert "nonce" not in text_of(kept)
    assert "<script src" not in text_of(kept)


def test_the_member_s_page_shows_the_code_and_keeps_it_as_a_file(
    client: Client, tree: factories.Tree, sign_in: SignIn
) -> None:
    sign_in(client, tree.member)
    assert "card-qr" in text_of(client.get("/my/membership/"))
    picture = client.get("/my/membership/card.png")
    assert picture.content.startswith(b"\x89PNG")
    made = client.get("/my/membership/card.pdf")
    words = "".join(PdfReader(io.BytesIO(made.content)).pages[0].extract_text().split())
    assert "中国工会会员证" in words
    assert "王芳" in words
    assert tree.union.name in words


def test_who_is_no_member_has_no_card(client: Client, tree: factories.Tree, sign_in: SignIn) -> None:
    sign_in(client, tree.officer)
    assert client.get("/my/membership/card.png").status_code == 404
    assert "card-qr" not in text_of(client.get("/my/membership/"))
