"""Ciphers, keyed hashes and signatures of the two suites; every algorithm is the library's, only the layout is ours.

Suite `international`: AES-256-GCM and HMAC-SHA256. Suite `gm` (国密): SM4-GCM and HMAC-SM3. Signatures are Ed25519.

A sealed value is: 1 byte version, 1 byte suite, 2 bytes key id (big-endian), 12 bytes nonce, 16 bytes tag, ciphertext.
The first four bytes and the context are authenticated too, so a value moved to another row or column does not open.
Nonces are random and 96 bits long: change the key before it has sealed 2**32 values.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

VERSION = 1
HEADER_BYTES, NONCE_BYTES, TAG_BYTES = 4, 12, 16
OVERHEAD_BYTES = HEADER_BYTES + NONCE_BYTES + TAG_BYTES
MAC_BYTES = 32


class SealError(Exception):
    """A sealed value could not be opened."""


class NotSealed(SealError):
    """The bytes are no sealed value of a version and suite known here."""


class UnknownKey(SealError):
    """The value names a key that this keyring does not hold."""


class WrongContext(SealError):
    """The value was changed, or stands in another row or column than it was sealed for: GCM cannot say which."""


class Suite(StrEnum):
    INTERNATIONAL = "international"
    GM = "gm"

    @property
    def key_bytes(self) -> int:
        return 32 if self is Suite.INTERNATIONAL else 16

    @property
    def hash(self) -> hashes.HashAlgorithm:
        return hashes.SHA256() if self is Suite.INTERNATIONAL else hashes.SM3()


_SUITE_BYTE = {Suite.INTERNATIONAL: 1, Suite.GM: 2}


class _Aead(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...


class _Sm4Gcm:
    """SM4-GCM in the shape of the library's AESGCM (tag after the ciphertext), which it does not offer for SM4."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = SM4(secret)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        encryptor = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        decryptor = Cipher(self._cipher, modes.GCM(nonce, data[-TAG_BYTES:])).decryptor()
        decryptor.authenticate_additional_data(associated_data)
        return decryptor.update(data[:-TAG_BYTES]) + decryptor.finalize()


@dataclass(frozen=True)
class EncryptionKey:
    """One numbered key; `id` is 1 to 65535 and is never given twice."""

    id: int
    suite: Suite
    secret: bytes = field(repr=False)

    @cached_property
    def _aead(self) -> _Aead:
        return AESGCM(self.secret) if self.suite is Suite.INTERNATIONAL else _Sm4Gcm(self.secret)

    @cached_property
    def _header(self) -> bytes:
        return bytes((VERSION, _SUITE_BYTE[self.suite])) + self.id.to_bytes(2, "big")

    def seal(self, plaintext: bytes, *, context: bytes) -> bytes:
        return self.seal_many([(plaintext, context)])[0]

    def seal_many(self, items: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """`seal` for (plaintext, context) pairs. A roster seals two million: hence nothing is looked up in the loop."""
        encrypt, header = self._aead.encrypt, self._header
        nonces = iter(_pieces(os.urandom(NONCE_BYTES * len(items)), NONCE_BYTES))
        found = []
        for (plaintext, context), nonce in zip(items, nonces, strict=True):
            sealed = encrypt(nonce, plaintext, header + context)
            found.append(header + nonce + sealed[-TAG_BYTES:] + sealed[:-TAG_BYTES])
        return found

    def open_(self, blob: bytes, *, context: bytes) -> bytes:
        """Raises WrongContext; the caller has chosen this key by `key_id_of(blob)`."""
        nonce = blob[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES]
        tag = blob[HEADER_BYTES + NONCE_BYTES : OVERHEAD_BYTES]
        try:
            return self._aead.decrypt(nonce, blob[OVERHEAD_BYTES:] + tag, self._header + context)
        except InvalidTag:
            raise WrongContext("密文与所在的行、列不符，或者已被改动，不能解开。请联系系统管理员核对备份") from None


def _pieces(whole: bytes, length: int) -> list[bytes]:
    return [whole[at : at + length] for at in range(0, len(whole), length)]


def key_id_of(blob: bytes) -> int:
    """The number of the key that sealed `blob`. Raises NotSealed."""
    if len(blob) < OVERHEAD_BYTES or blob[0] != VERSION or blob[1] not in _SUITE_BYTE.values():
        raise NotSealed("这段数据不是本平台加密过的格式，不能解开。请联系系统管理员核对备份")
    return int.from_bytes(blob[2:HEADER_BYTES], "big")


def context_of(column: str, row: str | int) -> bytes:
    """Where a value lives, as `seal` wants it: `context_of("people_person.id_number", reference)`."""
    if not column or row in ("", None):
        raise ValueError("a sealed value needs its column and a row key that exists before it is saved")
    return f"{column}:{row}".encode()


def mac_maker(suite: Suite, secret: bytes) -> Callable[[bytes], bytes]:
    """A function giving the 32-byte HMAC of a message; the key is expanded once."""
    keyed = hmac.HMAC(secret, suite.hash)

    def mac(message: bytes) -> bytes:
        copy = keyed.copy()
        copy.update(message)
        return copy.finalize()

    return mac


@dataclass(frozen=True)
class MacKey:
    """A key for keyed hashes: of the blind index (numbered) or of the audit trail (number 0)."""

    id: int
    suite: Suite
    secret: bytes = field(repr=False)

    @cached_property
    def mac(self) -> Callable[[bytes], bytes]:
        return mac_maker(self.suite, self.secret)


def digest(suite: Suite, message: bytes) -> bytes:
    """The suite's plain 32-byte hash."""
    engine = hashes.Hash(suite.hash)
    engine.update(message)
    return engine.finalize()


class Signer(Protocol):
    """What signs papers and votes' receipts; a locality may put another algorithm behind it."""

    @property
    def public_key(self) -> bytes: ...

    def sign(self, message: bytes) -> bytes: ...

    def verify(self, message: bytes, signature: bytes) -> bool: ...


@dataclass(frozen=True)
class Ed25519Signer:
    """`seed` is the 32-byte private key of RFC 8032; signatures are 64 bytes."""

    seed: bytes = field(repr=False)

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @cached_property
    def public_key(self) -> bytes:
        return self._private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)

    def verify(self, message: bytes, signature: bytes) -> bool:
        return verify_ed25519(self.public_key, message, signature)


def verify_ed25519(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """For whoever holds nothing but the public key."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
