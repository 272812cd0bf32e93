"""Signed statements: what was signed is read again, and nothing else is."""

import base64
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjia.kernel import keyring, statements
from gongjia.kernel.keys import Keyring
from gongjia.kernel.statements import NotOurs, Statement

pytestmark = pytest.mark.system("O8")

CARD = Statement("m", "ABCDEFGHJK", date(2026, 11, 21), date(2026, 12, 21), {"n": "张*三", "u": "青禾样例制衣工会"})


def test_what_was_signed_is_read_again() -> None:
    assert statements.read(statements.signed(CARD)) == CARD
    endless = Statement("p", "ABCDEFGHJK", date(2026, 11, 21))
    assert statements.read(statements.signed(endless)) == endless


def test_every_changed_byte_is_noticed() -> None:
    token = statements.signed(CARD)
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for at in range(len(raw)):
        for bit in (1, 128):
            other = raw[:at] + bytes([raw[at] ^ bit]) + raw[at + 1 :]
            with pytest.raises(NotOurs):
                statements.read(base64.urlsafe_b64encode(other).rstrip(b"=").decode())


def test_every_changed_sign_and_every_cut_is_noticed() -> None:
    token = statements.signed(CARD)
    for at in range(len(token)):
        for sign in "A-z9":
            other = token[:at] + sign + token[at + 1 :]
            if other != token:
                with pytest.raises(NotOurs):
                    statements.read(other)
        with pytest.raises(NotOurs):
            statements.read(token[:at])


@given(st.text(max_size=300))
def test_no_text_is_taken_for_a_token(text: str) -> None:
    with pytest.raises(NotOurs):
        statements.read(text)


@pytest.mark.parametrize("change", ["{}=", "{}==", " {}", "{}\n", "{}A"])
def test_a_token_has_one_spelling(change: str) -> None:
    with pytest.raises(NotOurs):
        statements.read(change.format(statements.signed(CARD)))


def test_another_installation_signs_nothing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = keyring.current()
    monkeypatch.setattr(keyring, "current", Keyring.create)
    foreign = statements.signed(CARD)
    monkeypatch.setattr(keyring, "current", lambda: ours)
    with pytest.raises(NotOurs):
        statements.read(foreign)


def test_a_signature_for_something_else_is_none_for_a_statement() -> None:
    ring = keyring.current()
    before = b"\x01" + ring.signer.id.to_bytes(2, "big") + b'["m","ABCDEFGHJK","2026-11-21","",{}]'
    token = base64.urlsafe_b64encode(before + ring.signer.sign(before)).rstrip(b"=").decode()
    with pytest.raises(NotOurs):
        statements.read(token)


def test_statements_outlive_a_change_of_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    before = statements.signed(CARD)
    later = keyring.current().add_generation().retire_old()
    monkeypatch.setattr(keyring, "current", lambda: later)
    assert statements.read(before) == CARD
    after = statements.signed(CARD)
    assert after != before
    assert statements.read(after) == CARD
    assert [(key.number, key.is_active) for key in statements.public_keys()] == [(2, True), (1, False)]


def test_what_fits_in_no_code_is_not_signed() -> None:
    with pytest.raises(ValueError, match="too much"):
        statements.signed(Statement("m", "ABCDEFGHJK", date(2026, 11, 21), None, {"n": "长" * 600}))
