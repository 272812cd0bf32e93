"""Short signed statements for QR codes: anybody who holds the public keys can check one, with or without a network.

    token = base64url(version 1 byte | number of the key 2 bytes | body | signature 64 bytes)
    body  = UTF-8 JSON [kind, reference, day of issue, last day or "", {fact: text, …}]

Ed25519 signs a fixed beginning, then everything before the signature. A token has one spelling only. The static page
that checks without a network (gongjia/engines/papers) reads the same form; a locality with another algorithm puts it
behind the keyring's signers and takes another version.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from gongjia.kernel import keyring

VERSION = 1
SIGNATURE_BYTES = 64
DOMAIN = b"gongjia statement\0"
#: Longer ones fit in no code that a phone reads.
MOST_TOKEN = 1600
_HEAD = 3


class NotOurs(Exception):
    """Not signed by this installation, or not whole. Nothing more is told of why."""


@dataclass(frozen=True)
class Statement:
    """What is signed: that `facts` held on `issued_on`, and may be relied upon until `until_on` (None: no end)."""

    kind: str
    reference: str
    issued_on: date
    until_on: date | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PublicKey:
    number: int
    is_active: bool
    text: str


def signed(statement: Statement) -> str:
    """The token, under the newest key."""
    until = statement.until_on.isoformat() if statement.until_on else ""
    content = [statement.kind, statement.reference, statement.issued_on.isoformat(), until, dict(statement.facts)]
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    signer = keyring.current().signer
    before = bytes([VERSION]) + signer.id.to_bytes(2, "big") + body
    token = _encoded(before + signer.sign(DOMAIN + before))
    if len(token) > MOST_TOKEN:
        raise ValueError("too much for a code: sign fewer or shorter facts")
    return token


def read(token: str) -> Statement:
    """What a token states, whenever it was signed; whether its time is over, the reader asks. Raises NotOurs."""
    raw = _decoded(token)
    before, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    if len(before) <= _HEAD or before[0] != VERSION:
        raise NotOurs
    signer = keyring.current().signer_of(int.from_bytes(before[1:_HEAD], "big"))
    if signer is None or not signer.verify(DOMAIN + before, signature):
        raise NotOurs
    kind, reference, issued, until, facts = json.loads(before[_HEAD:])
    return Statement(
        kind=kind,
        reference=reference,
        issued_on=date.fromisoformat(issued),
        until_on=date.fromisoformat(until) if until else None,
        facts=facts,
    )


def public_keys() -> list[PublicKey]:
    """Every key under which something was signed, newest first: published."""
    ring = keyring.current()
    return [PublicKey(key.id, key is ring.signer, _encoded(key.public_key)) for key in ring.signing]


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(token: str) -> bytes:
    if len(token) > MOST_TOKEN:
        raise NotOurs
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise NotOurs from None
    if _encoded(raw) != token:
        raise NotOurs  # the last sign has bits to spare: another spelling of the same bytes
    return raw
