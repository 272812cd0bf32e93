"""The ciphers against published vectors, and the layout against tampering, in both suites."""

import hashlib
import hmac as stdlib_hmac

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from hypothesis import given
from hypothesis import strategies as st

from gongjia.kernel import crypto
from gongjia.kernel.crypto import (
    Ed25519Signer,
    EncryptionKey,
    MacKey,
    NotSealed,
    Suite,
    WrongContext,
    context_of,
    key_id_of,
    verify_ed25519,
)

SM4_VECTOR = bytes.fromhex("0123456789abcdeffedcba9876543210")
HERE = context_of("people_person.id_number", "7GK2M9QX4T")


def key(suite: Suite, number: int = 1) -> EncryptionKey:
    return EncryptionKey(number, suite, bytes(range(suite.key_bytes)))


def test_sm3_of_abc_is_the_value_in_the_standard():
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert crypto.digest(Suite.GM, b"abc").hex() == expected


def test_sha256_of_abc_is_the_value_in_the_standard():
    assert crypto.digest(Suite.INTERNATIONAL, b"abc") == hashlib.sha256(b"abc").digest()


def test_sm4_block_is_the_value_in_the_standard():
    encryptor = Cipher(SM4(SM4_VECTOR), modes.ECB()).encryptor()  # noqa: S305 - a published vector of one block
    assert encryptor.update(SM4_VECTOR).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm4_gcm_is_the_value_of_rfc_8998():
    secret = bytes.fromhex("0123456789abcdeffedcba9876543210")
    nonce = bytes.fromhex("00001234567800000000abcd")
    extra = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    plain = bytes.fromhex("aa" * 8 + "bb" * 8 + "cc" * 8 + "dd" * 8 + "ee" * 8 + "ff" * 8 + "ee" * 8 + "aa" * 8)
    sealed = crypto._Sm4Gcm(secret).encrypt(nonce, plain, extra)
    assert sealed[-16:].hex() == "83de3541e4c2b58177e065a9bf7b62ec"
    assert sealed[:16].hex() == "17f399f08c67d5ee19d0dc9969c4bb7d"
    assert crypto._Sm4Gcm(secret).decrypt(nonce, sealed, extra) == plain


def test_aes_256_gcm_is_the_value_of_the_gcm_specification():
    sealed = AESGCM(bytes(32)).encrypt(bytes(12), bytes(16), b"")
    assert sealed.hex() == "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919"


def test_sealed_bytes_open_with_the_library_alone():
    one = key(Suite.INTERNATIONAL)
    blob = one.seal(b"421202", context=HERE)
    assert AESGCM(one.secret).decrypt(blob[4:16], blob[32:] + blob[16:32], blob[:4] + HERE) == b"421202"


@pytest.mark.parametrize(
    ("secret", "message", "expected"),
    [
        ("0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (
            b"Jefe".hex(),
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
    ],
)
def test_hmac_sha256_is_the_value_of_rfc_4231(secret, message, expected):
    assert crypto.mac_maker(Suite.INTERNATIONAL, bytes.fromhex(secret))(message).hex() == expected


def test_hmac_sm3_is_the_construction_of_rfc_2104_over_the_library_hash():
    secret, message = b"k" * 32, "咸宁".encode()

    def sm3(data: bytes) -> bytes:
        engine = hashes.Hash(hashes.SM3())
        engine.update(data)
        return engine.finalize()

    padded = secret.ljust(64, b"\0")
    inner = sm3(bytes(byte ^ 0x36 for byte in padded) + message)
    outer = sm3(bytes(byte ^ 0x5C for byte in padded) + inner)
    assert MacKey(1, Suite.GM, secret).mac(message) == outer


def test_hmac_sha256_agrees_with_the_standard_library():
    assert MacKey(1, Suite.INTERNATIONAL, b"k" * 32).mac(b"m") == stdlib_hmac.digest(b"k" * 32, b"m", "sha256")


def test_a_mac_key_gives_the_same_value_twice():
    one = MacKey(1, Suite.GM, b"k" * 32)
    assert one.mac(b"m") == one.mac(b"m")


@pytest.mark.parametrize("suite", Suite)
@given(plaintext=st.binary(max_size=80))
def test_what_was_sealed_opens_again(suite, plaintext):
    assert key(suite).open_(key(suite).seal(plaintext, context=HERE), context=HERE) == plaintext


@pytest.mark.parametrize("suite", Suite)
def test_a_sealed_value_is_32_bytes_longer_and_names_its_key(suite):
    blob = key(suite, 513).seal(b"12345", context=HERE)
    assert len(blob) == 5 + crypto.OVERHEAD_BYTES == 37
    assert blob[0] == 1
    assert key_id_of(blob) == 513


@pytest.mark.parametrize("suite", Suite)
def test_sealing_twice_gives_different_bytes(suite):
    assert key(suite).seal(b"same", context=HERE) != key(suite).seal(b"same", context=HERE)


@pytest.mark.parametrize("suite", Suite)
@pytest.mark.parametrize(
    "elsewhere", [context_of("people_person.id_number", "7GK2M9QX4U"), context_of("people_person.phone", "7GK2M9QX4T")]
)
def test_a_value_moved_to_another_row_or_column_is_refused(suite, elsewhere):
    with pytest.raises(WrongContext, match="行、列不符"):
        key(suite).open_(key(suite).seal(b"421202", context=HERE), context=elsewhere)


@pytest.mark.parametrize("suite", Suite)
def test_every_changed_byte_is_refused(suite):
    blob = key(suite).seal(b"421202", context=HERE)
    for place in range(4, len(blob)):
        changed = blob[:place] + bytes([blob[place] ^ 1]) + blob[place + 1 :]
        with pytest.raises(WrongContext):
            key(suite).open_(changed, context=HERE)


@pytest.mark.parametrize("suite", Suite)
def test_a_changed_key_number_is_refused_even_by_the_same_secret(suite):
    blob = key(suite, 1).seal(b"421202", context=HERE)
    with pytest.raises(WrongContext):
        key(suite, 2).open_(blob[:2] + (2).to_bytes(2, "big") + blob[4:], context=HERE)


def test_another_secret_of_the_same_number_is_refused():
    blob = key(Suite.GM).seal(b"421202", context=HERE)
    with pytest.raises(WrongContext):
        EncryptionKey(1, Suite.GM, b"x" * 16).open_(blob, context=HERE)


@pytest.mark.parametrize("blob", [b"", b"\x01" * 31, b"\x02" + b"\x01" * 40, b"\x01\x03" + b"\x01" * 40])
def test_bytes_of_no_known_layout_are_named_as_such(blob):
    with pytest.raises(NotSealed, match="不是本平台加密过的格式"):
        key_id_of(blob)


@pytest.mark.parametrize(("column", "row"), [("", "A1"), ("people_person.phone", "")])
def test_a_context_without_column_or_row_is_refused(column, row):
    with pytest.raises(ValueError, match="row key"):
        context_of(column, row)


def test_ed25519_is_the_value_of_rfc_8032():
    signer = Ed25519Signer(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert signer.public_key.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert signer.sign(b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )


def test_a_signature_holds_for_its_message_and_key_alone():
    signer, other = Ed25519Signer(b"a" * 32), Ed25519Signer(b"b" * 32)
    signature = signer.sign("批复".encode())
    assert signer.verify("批复".encode(), signature)
    assert not signer.verify("批覆".encode(), signature)
    assert not other.verify("批复".encode(), signature)
    assert not verify_ed25519(b"short", "批复".encode(), signature)


def test_secrets_do_not_show_when_keys_are_printed():
    for shown in (repr(key(Suite.GM)), repr(MacKey(1, Suite.GM, b"hidden-in-the-key")), repr(Ed25519Signer(b"s" * 32))):
        assert "hidden" not in shown
        assert "\\x01" not in shown
        assert "sss" not in shown
